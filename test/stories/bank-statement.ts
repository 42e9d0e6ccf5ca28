import { expect } from 'vitest';
import { definition as enterOffline } from '../../functions/donations/enter-offline-gift.lambda.ts';
import { definition as bookPart } from '../../functions/statements/book-statement-part.lambda.ts';
import { definition as check } from '../../functions/statements/check-statement.lambda.ts';
import { definition as create } from '../../functions/statements/create-statement-import.lambda.ts';
import { definition as finish } from '../../functions/statements/finish-statement.lambda.ts';
import { definition as show } from '../../functions/statements/get-statement-import.lambda.ts';
import { definition as manageRows } from '../../functions/statements/manage-bank-rows.lambda.ts';
import { definition as run } from '../../functions/statements/run-statement-import.lambda.ts';
import { definition as saveMapping } from '../../functions/statements/save-statement-mapping.lambda.ts';
import type { StatementFiles } from '../../functions/statements/statement-files.gateway.ts';
import { FINANCE } from './people.ts';
import type { Answer, World } from './world.ts';

/** How the account of the stories is read: all that came and left, with the balance after each row. */
export const BANK_MAPPING = {
  mappingId: 'bank-account',
  name: '对公账户',
  file: 'delimited',
  columns: { paidAt: '时间', amount: '金额', paymentId: '流水号', payer: '账号', name: '户名', message: '摘要' },
  timeFormat: 'YYYY-MM-DD HH:mm:ss',
  bank: {
    direction: { by: 'values', column: '借贷', incoming: ['贷'], outgoing: ['借'] },
    balance: '余额',
    kinds: [
      { kind: 'interest', words: ['结息'] },
      { kind: 'fee', words: ['手续费'] },
    ],
  },
  account: 'bank-6222',
};
const HEADER = '时间,借贷,金额,余额,流水号,账号,户名,摘要';

/** One row: what moved in yuan, and the rest as the bank prints it. */
export type BankCsvRow = readonly [
  time: string,
  side: '贷' | '借',
  yuan: string,
  no: string,
  name: string,
  text: string,
];

/** A file of the bank that adds up: the balance is worked out from the rows, in fen. */
export function bankFile(rows: readonly BankCsvRow[], openingMinor = 0): string {
  let held = openingMinor;
  const lines = rows.map(([time, side, yuan, no, name, text]) => {
    const amount = Math.round(Number(yuan) * 100);
    held += side === '贷' ? amount : -amount;
    return [time, side, yuan, (held / 100).toFixed(2), no, '6222', name, text].join(',');
  });
  return [HEADER, ...lines].join('\r\n');
}

/** The doors of statements, played by hand as the workflow would. */
export class BankDesk {
  readonly world: World;
  readonly organisationId: string;
  readonly #stored = new Map<string, Buffer>();
  readonly #files: StatementFiles = {
    uploadAddress: async (key) => `https://files.example/${key}`,
    downloadAddress: async (key) => `https://files.example/${key}`,
    sizeOf: async (key) => this.#stored.get(key)?.length,
    open: async (key) => Promise.resolve([this.#stored.get(key) ?? Buffer.alloc(0)] as never),
    write: async (key, content) => void this.#stored.set(key, Buffer.from(content)),
  };
  #parts: readonly number[] = [];

  constructor(world: World, organisationId: string) {
    this.world = world;
    this.organisationId = organisationId;
  }

  async #with<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = this.world.more;
    const start = async ({ parts }: { readonly parts: readonly number[] }): Promise<void> => {
      this.#parts = parts;
    };
    this.world.more = { ...before, files: this.#files, workflow: { start } };
    try {
      return await act();
    } finally {
      this.world.more = before;
    }
  }

  async saveMapping(mapping: object = BANK_MAPPING): Promise<Answer> {
    const { organisationId } = this;
    return this.#with(() =>
      this.world.request('save-statement-mapping', saveMapping, {
        method: 'PUT',
        path: `/organisations/${organisationId}/statement-mappings/bank-account`,
        routeParameters: { organisationId, mappingId: 'bank-account' },
        body: JSON.stringify(mapping),
        actor: FINANCE,
      }),
    );
  }

  /** Imports a file up to its preview. */
  async checked(content: string, rest: object = {}): Promise<Answer['body']> {
    return this.#with(async () => {
      const file = Buffer.from(content);
      const opened = await this.world.request('create-statement-import', create, {
        method: 'POST',
        path: '/statement-imports',
        body: JSON.stringify({
          organisationId: this.organisationId,
          mappingId: 'bank-account',
          fileName: 'bank.csv',
          bytes: file.length,
          ...rest,
        }),
        actor: FINANCE,
      });
      expect(opened).toMatchObject({ status: 201 });
      const { importId } = opened.body;
      this.#stored.set(`statements/${importId}/original`, file);
      expect((await this.#run(importId, 'checks')).status).toBe(202);
      await this.world.task('check-statement', check, { importId });
      return (await this.#see(importId)).body;
    });
  }

  /** Imports a file into the books. */
  async imported(content: string, rest: object = {}, decided: object = {}): Promise<Answer['body']> {
    const { importId, state, refusal } = await this.checked(content, rest);
    expect({ state, refusal }).toEqual({ state: 'checked', refusal: undefined });
    return this.#with(async () => {
      expect((await this.#run(importId, 'bookings', decided)).status).toBe(202);
      for (const part of this.#parts) await this.world.task('book-statement-part', bookPart, { importId, part });
      await this.world.task('finish-statement', finish, { importId });
      await this.world.drainStream();
      return (await this.#see(importId)).body;
    });
  }

  #run = (importId: string, what: string, body?: object) =>
    this.world.request('run-statement-import', run, {
      method: 'POST',
      path: `/statement-imports/${importId}/${what}`,
      routeParameters: { importId },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      actor: FINANCE,
    });
  #see = (importId: string) =>
    this.world.request('get-statement-import', show, {
      path: `/statement-imports/${importId}`,
      routeParameters: { importId },
      actor: FINANCE,
    });

  rows = (query: Record<string, string>) =>
    this.world.request('manage-bank-rows', manageRows, {
      path: `/organisations/${this.organisationId}/bank-rows`,
      routeParameters: { organisationId: this.organisationId },
      query,
      actor: FINANCE,
    });

  name = (row: { readonly day: string; readonly rowId: string }, body: object, actor = FINANCE) =>
    this.world.request('manage-bank-rows', manageRows, {
      method: 'POST',
      path: `/organisations/${this.organisationId}/bank-rows/${row.day}/${row.rowId}/namings`,
      routeParameters: { organisationId: this.organisationId, day: row.day, rowId: row.rowId },
      body: JSON.stringify(body),
      actor,
    });

  /** Enters money that came to the bank by hand. */
  enter = (campaignId: string, gift: object, key: string) =>
    this.world.request('enter-offline-gift', enterOffline, {
      method: 'POST',
      path: `/campaigns/${campaignId}/offline-gifts`,
      routeParameters: { campaignId },
      headers: { 'Idempotency-Key': key },
      body: JSON.stringify({ kind: 'transfer', evidence: '流水', ...gift }),
      actor: FINANCE,
    });
}
