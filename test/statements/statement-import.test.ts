import { utils, write } from '@e965/xlsx';
import { beforeEach, describe, expect, it } from 'vitest';
import { listInArchive } from '../../functions/donations/alipay-bill-archive.ts';
import { findDonation } from '../../functions/donations/donation-entry.store.ts';
import { definition as enterDefinition } from '../../functions/donations/enter-offline-gift.lambda.ts';
import { giftIdOf } from '../../functions/donations/payment-event.ts';
import { recordRefundedSum } from '../../functions/donations/payment-intake.store.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { organisationKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { definition as bookPart } from '../../functions/statements/book-statement-part.lambda.ts';
import { definition as check } from '../../functions/statements/check-statement.lambda.ts';
import { definition as create } from '../../functions/statements/create-statement-import.lambda.ts';
import { definition as finish } from '../../functions/statements/finish-statement.lambda.ts';
import { definition as show } from '../../functions/statements/get-statement-import.lambda.ts';
import { definition as run } from '../../functions/statements/run-statement-import.lambda.ts';
import { definition as saveMapping } from '../../functions/statements/save-statement-mapping.lambda.ts';
import type { StatementFiles } from '../../functions/statements/statement-files.gateway.ts';
import { alipayBillArchive } from '../../local/sandbox/alipay-bill.ts';
import { AlipayBook } from '../../local/sandbox/alipay-book.ts';
import { tradeBillOf } from '../../local/sandbox/bill.ts';
import { inGbk } from '../../local/sandbox/gbk.ts';
import { zipOf } from '../../local/sandbox/zip.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { putTeam, TEAM_ID } from '../donations/put-team.ts';
import { type AnyHttpDefinition, anyHttpFunction } from '../platform/any-http-function.ts';
import { type HttpEventParts, httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const FINANCE = { id: 'finance-chen', groups: ['finance'] };
const donorKey = async (): Promise<string> => 'donor key of the test';

const MAPPING = {
  mappingId: 'platform',
  name: '平台名单',
  file: 'delimited',
  encoding: 'utf-8',
  columns: { paidAt: '时间', amount: '金额', paymentId: '单号', name: '姓名', anonymous: '匿名', unit: '单位' },
  timeFormat: 'YYYY-MM-DD HH:mm:ss',
  publicValues: ['否'],
  units: { 宣汉: 'xuanhan' },
  summary: { label: '合计', amount: '金额' },
  account: 'platform-1',
};
const HEADER = '时间,金额,单号,姓名,匿名,单位';
const ROWS = [
  '2026-09-07 10:00:00,17.70,PX00000001,何 <b>,否,宣汉',
  '2026-09-07 10:00:01,"1,000.00",PX00000002,周,是,',
  '2026-09-08 09:00:00,0.30,PX00000003,,,',
];
const fileOf = (rows: readonly string[], sum: string): string => [HEADER, ...rows, `合计,${sum},,,,`].join('\r\n');

/** The system around an import, in memory: every handler behind its grants, the workflow played by hand. */
class Desk {
  readonly table: MemoryTable = memoryTable();
  readonly stored = new Map<string, Buffer>();
  readonly started: { importId: string; mode: string; attempt: string; parts: readonly number[] }[] = [];
  now: Instant = NOW;
  readonly files: StatementFiles = {
    uploadAddress: async (key) => `https://files.example/${key}`,
    downloadAddress: async (key) => `https://files.example/${key}?download`,
    sizeOf: async (key) => this.stored.get(key)?.length,
    open: async (key) => chunksOf(this.stored.get(key) ?? Buffer.alloc(0)),
    write: async (key, content) => void this.stored.set(key, Buffer.from(content)),
  };

  async call<Use>(
    definition: AnyHttpDefinition<Use>,
    parts: HttpEventParts,
  ): Promise<{ status: number; body: Answer }> {
    const use = {
      table: restrictedTable(this.table, definition.name as never),
      files: this.files,
      workflow: { start: async (input: (typeof this.started)[number]) => void this.started.push(input) },
    };
    const handler = anyHttpFunction(definition, { use: use as unknown as Use, tellTime: async () => this.now });
    const result = await handler(httpEvent({ actor: FINANCE, ...parts }), lambdaContext);
    return { status: result.statusCode ?? 0, body: JSON.parse(String(result.body ?? '{}')) as Answer };
  }

  async open(request: object, content: Buffer): Promise<string> {
    const { status, body } = await this.call(create, {
      method: 'POST',
      path: '/statement-imports',
      body: JSON.stringify({ organisationId: 'dazhou', fileName: 'list.csv', bytes: content.length, ...request }),
    });
    expect(status).toBe(201);
    this.stored.set(`statements/${body.importId}/original`, content);
    return body.importId;
  }

  run(importId: string, what: 'checks' | 'bookings', body?: object) {
    return this.call(run, {
      method: 'POST',
      path: `/statement-imports/${importId}/${what}`,
      routeParameters: { importId },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  see = async (importId: string): Promise<Answer> =>
    (await this.call(show, { path: `/statement-imports/${importId}`, routeParameters: { importId } })).body;

  /** What the workflow does in mode check. */
  async checked(importId: string): Promise<Answer> {
    expect((await this.run(importId, 'checks')).status).toBe(202);
    await check.handle(
      { importId },
      { table: restrictedTable(this.table, 'check-statement'), files: this.files },
      this.now,
    );
    return this.see(importId);
  }

  async bookParts(importId: string, parts: readonly number[]): Promise<void> {
    const use = {
      table: restrictedTable(this.table, 'book-statement-part'),
      files: this.files,
      readDonorKey: donorKey,
    };
    for (const part of parts) await bookPart.handle({ importId, part }, use, this.now);
  }

  /** What the workflow does in mode book. */
  async booked(importId: string, body?: object): Promise<Answer> {
    expect((await this.run(importId, 'bookings', body)).status).toBe(202);
    await this.bookParts(importId, this.started.at(-1)?.parts ?? []);
    await finish.handle(
      { importId },
      { table: restrictedTable(this.table, 'finish-statement'), files: this.files },
      this.now,
    );
    return this.see(importId);
  }

  gifts = () => this.table.everything().filter(({ type }) => type === 'donation');
}
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON; a test says by name what it expects of it
type Answer = any;

async function* chunksOf(content: Buffer, size = 7): AsyncGenerator<Uint8Array> {
  // Small chunks cut characters and lines in two, as a network does.
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

describe('a file of gifts', () => {
  let desk: Desk;
  const mapped = { mappingId: 'platform', campaignId: CAMPAIGN_ID };
  const save = (mapping: object) =>
    desk.call(saveMapping, {
      method: 'PUT',
      path: '/organisations/dazhou/statement-mappings/platform',
      routeParameters: { organisationId: 'dazhou', mappingId: 'platform' },
      body: JSON.stringify(mapping),
    });

  beforeEach(async () => {
    desk = new Desk();
    await desk.table.write({
      put: {
        ...organisationKey('dazhou'),
        type: 'organisation',
        organisationId: 'dazhou',
        name: '达州',
        path: ['dazhou'],
        createdAt: NOW,
      },
    });
    await putCampaign(desk.table);
    expect((await save(MAPPING)).status).toBe(200);
  });

  it('is previewed before anything is booked, and then booked with exact amounts, units and consent', async () => {
    const importId = await desk.open(mapped, Buffer.from(fileOf(ROWS, '1018.00')));
    const preview = await desk.checked(importId);
    expect(preview).toMatchObject({
      state: 'checked',
      preview: { rows: 3, gifts: 3, giftsMinor: 101_800, problems: 0, summary: 'agrees', skipped: 0 },
      problemsUrl: null,
    });
    expect(desk.gifts()).toEqual([]);
    expect(await desk.booked(importId)).toMatchObject({
      state: 'booked',
      booked: { recorded: 3, repeated: 0, unassigned: 0, contradicted: 0 },
      progress: { partsBooked: 1, parts: 1 },
    });
    expect(
      desk
        .gifts()
        .map((gift) => [gift['amountMinor'], gift['unitId'], gift['anonymous'], gift['campaignId']])
        .sort(),
    ).toEqual(
      [
        [100_000, undefined, true, CAMPAIGN_ID],
        [1_770, 'xuanhan', false, CAMPAIGN_ID],
        [30, undefined, true, CAMPAIGN_ID],
      ].sort(),
    );
    const names = desk.table.everything().filter(({ type }) => type === 'donor-contact');
    expect(names.map((item) => item['name'])).toEqual(['何 <b>']);
  });

  it('names teams as the platform calls them: those of the campaign count, and a name that nobody mapped counts for nobody', async () => {
    await putTeam(desk.table);
    const columns = { ...MAPPING.columns, team: '队伍' };
    const other = 'tem_00000000000000000000';
    const mapping = { ...MAPPING, columns, summary: undefined, teams: { 宣汉一队: TEAM_ID, 别处的队: other } };
    expect((await save(mapping)).status).toBe(200);
    const rows = ['宣汉一队', '别处的队', '无人知晓', '__proto__'].map(
      (team, n) => `2026-09-07 10:00:0${n},1${n}.00,PX1000000${n},,,,${team}`,
    );
    const importId = await desk.open(mapped, Buffer.from([`${HEADER},队伍`, ...rows].join('\r\n')));
    await desk.checked(importId);
    await desk.booked(importId);
    expect(
      desk
        .gifts()
        .map((gift) => [gift['amountMinor'], gift['teamId']])
        .toSorted(),
    ).toEqual([
      [1_000, TEAM_ID],
      [1_100, undefined],
      [1_200, undefined],
      [1_300, undefined],
    ]);
  });

  it('adds nothing when it is imported again, as itself or inside a longer one', async () => {
    await desk
      .checked(await desk.open(mapped, Buffer.from(fileOf(ROWS, '1018.00'))))
      .then(({ importId }) => desk.booked(importId));
    const longer = fileOf([...ROWS, '2026-09-09 09:00:00,5.00,PX00000004,,,'], '1023.00');
    const again = await desk.checked(await desk.open(mapped, Buffer.from(longer)));
    expect(await desk.booked(again.importId)).toMatchObject({ booked: { recorded: 1, repeated: 3 } });
    expect(desk.gifts()).toHaveLength(4);
  });

  it('keeps two rows of one day that say just the same, and finds both again in the next file', async () => {
    const {
      columns: { paymentId: _, ...columns },
      ...rest
    } = MAPPING;
    await save({ ...rest, columns });
    const rows = [
      '2026-09-07 10:00:00,20.00,,王,是,',
      '2026-09-07 10:00:00,20.00,,王,是,',
      '2026-09-07 10:00:00,20.00,,李,是,',
    ];
    for (const expected of [
      { recorded: 3, repeated: 0 },
      { recorded: 0, repeated: 3 },
    ]) {
      const { importId } = await desk.checked(await desk.open(mapped, Buffer.from(fileOf(rows, '60.00'))));
      expect(await desk.booked(importId)).toMatchObject({ booked: expected });
    }
    expect(desk.gifts()).toHaveLength(3);
  });

  it('is refused whole where its summary is not what its rows add up to, and says both figures', async () => {
    const seen = await desk.checked(await desk.open(mapped, Buffer.from(fileOf(ROWS.slice(1), '1018.00'))));
    expect(seen).toMatchObject({
      state: 'refused',
      refusal: { problem: expect.stringMatching(/sums to ¥1,000.30, but its summary in line 4 says ¥1,018.00/) },
    });
    expect((await desk.run(seen.importId, 'bookings')).status).toBe(409);
    expect(desk.gifts()).toEqual([]);
  });

  it('is refused where the summary is missing, because it may be cut off', async () => {
    const seen = await desk.checked(await desk.open(mapped, Buffer.from([HEADER, ...ROWS].join('\n'))));
    expect(seen.refusal.problem).toContain('does not end with its summary');
  });

  it('names each row that cannot be read, hands them out as a file, and books the rest only when told so', async () => {
    const rows = [...ROWS, '2026-09-08 09:00:00,1.005,PX00000009,=HYPERLINK("x"),,', 'yesterday,1.00,PX00000010,,,'];
    const seen = await desk.checked(await desk.open(mapped, Buffer.from(fileOf(rows, '1018.00'))));
    expect(seen.preview.firstProblems.map(({ line, column }: Answer) => [line, column])).toEqual([
      [5, '金额'],
      [6, '时间'],
    ]);
    expect(seen.problemsUrl).toContain('problems.csv');
    const problems = desk.stored.get(`statements/${seen.importId}/problems.csv`)?.toString() ?? '';
    expect(problems.split('\r\n')[1]).toBe('5,金额,has more decimals than CNY has: 1.005,write it as 17.70');
    const refused = await desk.run(seen.importId, 'bookings');
    expect([refused.status, refused.body.problems[0].field]).toEqual([422, 'leaveOutProblems']);
    expect(await desk.booked(seen.importId, { leaveOutProblems: true })).toMatchObject({ booked: { recorded: 3 } });
  });

  it('goes on where its booking was interrupted, and counts each row once', async () => {
    const importId = await desk.open(mapped, Buffer.from(fileOf(ROWS, '1018.00')));
    await desk.checked(importId);
    await desk.run(importId, 'bookings');
    // The part was booked and its result written; the workflow then died and was started again.
    await desk.bookParts(importId, [1]);
    await desk.bookParts(importId, [1]);
    await finish.handle({ importId }, { table: desk.table, files: desk.files }, NOW);
    expect(await desk.see(importId)).toMatchObject({ state: 'booked', booked: { recorded: 3, repeated: 0 } });
  });

  it('says on the import that it stopped and why, and can be started again', async () => {
    const importId = await desk.open(mapped, Buffer.from(fileOf(ROWS, '1018.00')));
    await desk.checked(importId);
    await desk.run(importId, 'bookings');
    const failure = { Error: 'TransientError', Cause: 'the store was away' };
    await finish.handle({ importId, failure }, { table: desk.table, files: desk.files }, NOW);
    expect(await desk.see(importId)).toMatchObject({ state: 'failed', failure: 'TransientError: the store was away' });
    desk.now = instantOf('2026-09-10T11:00:00+08:00');
    expect(await desk.booked(importId)).toMatchObject({ state: 'booked', booked: { recorded: 3 } });
    expect(new Set(desk.started.map(({ attempt }) => attempt)).size).toBeGreaterThan(1);
  });

  it('finishes only when every part is booked', async () => {
    const importId = await desk.open(mapped, Buffer.from(fileOf(ROWS, '1018.00')));
    await desk.checked(importId);
    await desk.run(importId, 'bookings');
    await expect(finish.handle({ importId }, { table: desk.table, files: desk.files }, NOW)).rejects.toThrow(
      /1 parts, and 0 of them/,
    );
  });

  it('in GB18030 is read as such, and said where it is not', async () => {
    await save({ ...MAPPING, encoding: 'gb18030' });
    // "时间,金额,单号,姓名,匿名,单位" and one row, in GB18030.
    const header = 'cab1bce42cbdf0b6ee2cb5a5bac52cd0d5c3fb2cc4e4c3fb2cb5a5ceba'.replace('ceba', 'cebb');
    const bytes = Buffer.concat([
      Buffer.from(header, 'hex'),
      Buffer.from('\n2026-09-07 10:00:00,1.00,PX00000001,'),
      Buffer.from('bace', 'hex'),
      Buffer.from(',,\n'),
      Buffer.from('bacfbcc6', 'hex'),
      Buffer.from(',1.00,,,,\n'),
    ]);
    expect(await desk.checked(await desk.open(mapped, bytes))).toMatchObject({
      state: 'checked',
      preview: { gifts: 1 },
    });
    const utf8 = await desk.checked(await desk.open(mapped, Buffer.from([...Buffer.from(HEADER), 0xff, 0xff])));
    expect(utf8.refusal.problem).toMatch(/is not GB18030 text|has no column/);
  });

  it('whose header lacks a column of the mapping is refused with what it has', async () => {
    const seen = await desk.checked(await desk.open(mapped, Buffer.from(`时间,金额\n${ROWS[0]}`)));
    expect(seen.refusal).toMatchObject({
      problem: expect.stringContaining('has no column “单号”'),
      fix: expect.stringContaining('时间, 金额'),
    });
  });

  it('that is another size than was announced, or not there, is refused', async () => {
    const importId = await desk.open({ ...mapped, bytes: 99 }, Buffer.from(fileOf(ROWS, '1018.00')));
    expect((await desk.checked(importId)).refusal.problem).toMatch(/and 99 were announced/);
    const absent = await desk.open({ ...mapped, bytes: 99 }, Buffer.from('x'));
    desk.stored.clear();
    expect((await desk.checked(absent)).refusal.problem).toBe('has not been uploaded');
  });

  it('as a workbook is read by the decimals that people see, so that 0.1 + 0.2 is 30 fen', async () => {
    await save({ ...MAPPING, file: 'workbook' });
    const sheet = utils.aoa_to_sheet([
      HEADER.split(','),
      ['2026-09-07 10:00:00', 0.1 + 0.2, 'PX00000001', '何', '否', '宣汉'],
      ['2026-09-07 10:00:01', 17.7, 'PX00000002', '', '', ''],
      ['合计', 18, '', '', '', ''],
    ]);
    const book = utils.book_new(sheet, '名单');
    const file = Buffer.from(write(book, { type: 'buffer', bookType: 'xlsx' }) as Uint8Array);
    const seen = await desk.checked(await desk.open(mapped, file));
    expect(seen).toMatchObject({ state: 'checked', preview: { gifts: 2, giftsMinor: 1_800 } });
  });

  it.each([
    ['no workbook at all', Buffer.from('PK\u0003\u0004 this is nothing')],
    ['an empty file of one byte', Buffer.from('x')],
  ])('that should be a workbook and is %s is refused with a reason', async (_what, content) => {
    await save({ ...MAPPING, file: 'workbook' });
    const seen = await desk.checked(await desk.open(mapped, content));
    expect(seen.state).toBe('refused');
    expect(seen.refusal.fix.length).toBeGreaterThan(10);
  });

  it('from WeChat Pay is the same gift as the one that came by its notification', async () => {
    const keys = { appid: 'wx8888888888888888', mchid: '1900000109' };
    const payment = {
      transactionId: '4200002026090712345678901234',
      orderNo: 'int_nobodyknowsthisone00',
      amountMinor: 1_770,
      payerAmountMinor: 1_770,
      openid: 'openid-1',
      paidAt: instantOf('2026-09-07T10:00:00+08:00'),
      tradeType: 'JSAPI',
    } as const;
    const bill = tradeBillOf(keys, [payment], []);
    const first = await desk.checked(await desk.open({ file: 'wechat-trade-bill', campaignId: CAMPAIGN_ID }, bill));
    expect(await desk.booked(first.importId)).toMatchObject({ booked: { recorded: 1 } });
    const giftId = giftIdOf({ provider: 'wechat-pay', paymentId: payment.transactionId });
    expect(await findDonation(desk.table, giftId)).toMatchObject({ amountMinor: 1_770, merchantId: keys.mchid });
    const again = await desk.checked(await desk.open({ file: 'wechat-trade-bill' }, bill));
    expect(await desk.booked(again.importId)).toMatchObject({ booked: { recorded: 0, repeated: 1 } });
  });

  describe('of a bank, in which a transfer stands that was entered by hand', () => {
    const enter = async (gift: object, key: string) => {
      const use = { table: restrictedTable(desk.table, 'enter-offline-gift'), readDonorKey: donorKey };
      const handler = anyHttpFunction(enterDefinition, { use, tellTime: async () => desk.now });
      const result = await handler(
        httpEvent({
          method: 'POST',
          name: 'enter-offline-gift',
          actor: FINANCE,
          routeParameters: { campaignId: CAMPAIGN_ID },
          headers: { 'Idempotency-Key': key },
          body: JSON.stringify({ kind: 'transfer', receivedOn: '2026-09-07', evidence: '流水', ...gift }),
        }),
        lambdaContext,
      );
      return { status: result.statusCode ?? 0, body: JSON.parse(String(result.body)) as Answer };
    };
    const file = Buffer.from(fileOf(ROWS, '1018.00'));

    it('knows it by the bank’s number, whichever of the two comes first', async () => {
      expect((await enter({ amountMinor: 1_770, bankReference: 'PX00000001' }, 'by-hand-first')).status).toBe(201);
      const preview = await desk.checked(await desk.open(mapped, file));
      expect(preview.preview.perhapsOffline).toBe(0);
      expect(await desk.booked(preview.importId)).toMatchObject({ booked: { recorded: 2, repeated: 1 } });
      const late = await enter({ amountMinor: 100_000, bankReference: 'PX00000002' }, 'statement-first');
      expect(late).toMatchObject({ status: 409, body: { title: 'already-booked' } });
      expect(late.body.detail).toContain('¥1,000.00');
      expect(desk.gifts()).toHaveLength(3);
    });

    it('leaves it to a person where there is no number: nothing is booked until they have said which it is', async () => {
      const { body } = await enter({ amountMinor: 1_770 }, 'no-number');
      await enter({ amountMinor: 1_770, receivedOn: '2026-09-08' }, 'another-day');
      await enter({ amountMinor: 100_000, kind: 'cash' }, 'no-transfer');
      const twice = [...ROWS, '2026-09-07 23:59:59,17.70,PX00000009,,,'];
      const content = Buffer.from(fileOf(twice, '1035.70'));
      const preview = await desk.checked(await desk.open(mapped, content));
      expect(preview.preview).toMatchObject({
        perhapsOffline: 1,
        firstPerhapsOffline: [{ line: 2, offlineId: body.offlineId, amountMinor: 1_770 }],
      });
      const refused = await desk.run(preview.importId, 'bookings');
      expect(refused).toMatchObject({ status: 422, body: { title: 'perhaps-entered-by-hand' } });
      const booked = await desk.booked(preview.importId, { perhapsOffline: 'leave-out' });
      expect(booked).toMatchObject({ booked: { recorded: 3, leftOut: 1 } });
      const other = await desk.checked(await desk.open(mapped, content));
      const again = await desk.booked(other.importId, { perhapsOffline: 'book' });
      expect(again).toMatchObject({ booked: { recorded: 1, repeated: 3, leftOut: 0 } });
    });
  });

  describe('from Alipay', () => {
    const SELLER = '2088101117955611';
    const day = '2026-09-07' as LocalDate;
    const book = new AlipayBook();
    const trade = book.pay({
      orderNo: 'int_nobody',
      amountMinor: 1_770,
      paidAt: instantOf('2026-09-07T10:00:00+08:00'),
    });
    for (const hour of [11, 12]) book.refund(trade, 300, instantOf(`2026-09-07T${hour}:00:00+08:00`));
    const archive = alipayBillArchive(SELLER, day, book);
    const refundedMinor = () =>
      desk.table
        .everything()
        .filter(({ type }) => type === 'refund')
        .reduce((sum, entry) => sum + Number(entry['amountMinor']), 0);
    const importAgain = async (content: Buffer) => {
      const { importId, ...preview } = await desk.checked(
        await desk.open({ file: 'alipay-bill', fileName: 'bill.zip', campaignId: CAMPAIGN_ID }, content),
      );
      return { preview: preview['preview'], booked: (await desk.booked(importId)).booked };
    };

    it('is read in the archive in which Alipay hands it out, or unpacked, and the second adds nothing', async () => {
      expect(await importAgain(archive)).toMatchObject({
        preview: { gifts: 1, giftsMinor: 1_770, refunds: 2, refundsMinor: 600, problems: 0 },
        booked: { recorded: 1, refundsRecorded: 2 },
      });
      const list = listInArchive(archive);
      if (list.kind === 'refused') throw new Error(list.reason);
      const before = desk.table.everything().filter(({ pk }) => pk.startsWith('GIFT#'));
      expect((await importAgain(Buffer.from(list.content))).booked).toMatchObject({ repeated: 1, refundsRepeated: 2 });
      expect(desk.table.everything().filter(({ pk }) => pk.startsWith('GIFT#'))).toEqual(before);
      expect([desk.gifts().length, refundedMinor()]).toEqual([1, 600]);
      const giftId = giftIdOf({ provider: 'alipay', paymentId: trade.tradeNo });
      expect(await findDonation(desk.table, giftId)).toMatchObject({ amountMinor: 1_770, merchantId: SELLER });
    });

    it('adds nothing beside notices that have told the sum, and the difference where they have told less', async () => {
      const of = { provider: 'alipay', merchantId: SELLER, paymentId: trade.tradeNo, orderNo: 'int_nobody' } as const;
      const told = { ...of, currency: 'CNY', refundedMinor: minor(300), occurredAt: NOW } as const;
      await recordRefundedSum(desk, told, NOW);
      expect((await importAgain(archive)).booked).toMatchObject({ refundsRecorded: 1, refundsRepeated: 1 });
      expect(refundedMinor()).toBe(600);
      await recordRefundedSum(desk, { ...told, refundedMinor: minor(600) }, NOW);
      expect(refundedMinor()).toBe(600);
    });

    it('is refused whole where the archive holds no list, or a list that does not add up', async () => {
      const cut = zipOf([{ name: Buffer.from('a.csv'), content: inGbk('#支付宝业务明细查询\r\n#账号：[1]\r\n') }]);
      for (const content of [cut, archive.subarray(0, 200), Buffer.from('PK')])
        expect(await desk.checked(await desk.open({ file: 'alipay-bill' }, content))).toMatchObject({
          state: 'refused',
          refusal: { fix: expect.stringContaining('业务明细') },
        });
    });
  });

  it('without a campaign is kept as unassigned money, and nothing of it is lost', async () => {
    const { importId } = await desk.checked(
      await desk.open({ mappingId: 'platform' }, Buffer.from(fileOf(ROWS, '1018.00'))),
    );
    expect(await desk.booked(importId)).toMatchObject({ booked: { recorded: 0, unassigned: 3 } });
    expect(desk.gifts().map((gift) => gift['campaignId'])).toEqual(['unassigned', 'unassigned', 'unassigned']);
  });

  it('whose payment is in the books with another amount changes nothing and is counted as contradicting', async () => {
    const first = await desk.checked(await desk.open(mapped, Buffer.from(fileOf(ROWS, '1018.00'))));
    await desk.booked(first.importId);
    const changed = ROWS.map((row) => row.replace('17.70', '18.70'));
    const second = await desk.checked(await desk.open(mapped, Buffer.from(fileOf(changed, '1019.00'))));
    expect(await desk.booked(second.importId)).toMatchObject({ booked: { repeated: 2, contradicted: 1 } });
    expect(desk.gifts().reduce((sum, gift) => sum + Number(gift['amountMinor']), 0)).toBe(101_800);
  });

  it('is nobody’s to import who has not the role, and unknown imports are not found', async () => {
    const donor = { id: 'x', groups: [] };
    const asked = await desk.call(create, { method: 'POST', path: '/statement-imports', actor: donor, body: '{}' });
    expect(asked.status).toBe(403);
    expect((await desk.run('stm_00000000000000000000', 'checks')).status).toBe(403);
    expect((await desk.run('..%2F..%2Fetc', 'checks')).status).toBe(403);
  });

  it.each([{ campaignId: 'cmp_nope' }, { organisationId: 'nope' }])(
    'is opened for nothing that does not exist or is not the caller’s: %j',
    async (request) => {
      const asked = { organisationId: 'dazhou', mappingId: 'platform', fileName: 'list.csv', bytes: 10, ...request };
      const parts = { method: 'POST', path: '/statement-imports', body: JSON.stringify(asked) };
      expect((await desk.call(create, parts)).status).toBe(403);
    },
  );

  it.each([
    [{ mappingId: 'nope' }, 'mappingId'],
    [{ mappingId: 'platform', file: 'wechat-trade-bill' }, 'mappingId'],
    [{ mappingId: 'platform', bytes: 300 * 1024 * 1024 }, 'bytes'],
    [{ mappingId: 'platform', fileName: '../x.csv' }, 'fileName'],
  ])('asked for as %j is refused with its field', async (request, field) => {
    const { status, body } = await desk.call(create, {
      method: 'POST',
      path: '/statement-imports',
      body: JSON.stringify({ organisationId: 'dazhou', fileName: 'list.csv', bytes: 10, ...request }),
    });
    expect([status, body.problems[0].field]).toEqual([422, field]);
  });
});
