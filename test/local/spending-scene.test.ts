import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Attachment } from '../../functions/campaigns/attachment.ts';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { readSpendingBooks } from '../../functions/spending/spending-books.store.ts';
import { spendingViolations } from '../../functions/spending/spending-invariants.ts';
import type { Api } from '../../local/demo/api.ts';
import { decideSurplus, playSpending } from '../../local/demo/spending-scene.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { NOW, spendingBooks } from '../spending/spending-books.ts';

const TOKENS = {
  admin: 'admin-zhao',
  manager: 'manager-wu',
  finance: 'finance-chen',
  approver: 'approver-wang',
  leader: 'approver-sun',
};
const STORE = 'https://files.example/';
afterEach(() => vi.unstubAllGlobals());

it('the demo spends, helps three people, gives boxes out and decides a surplus, and its books hold', async () => {
  const { table } = await spendingBooks();
  let announced: Attachment | undefined;
  const files = {
    upload: async (attachment: Attachment) => {
      announced = attachment;
      return { url: STORE, headers: {} };
    },
    look: async () => announced && { ...announced, begins: Buffer.from('%PDF-1.4') },
  };
  vi.stubGlobal('fetch', async (url: string) => new Response(null, { status: url === STORE ? 200 : 404 }));

  /** The API, with every handler in this process. */
  const call: Api['call'] = async (method, path, { body, token = '', key, expected = [200, 201] } = {}) => {
    const { name, spec, parameters } = routeOf(method, path);
    const { definition } = await import(join(import.meta.dirname, '../../functions', spec.entry));
    const use = { table: restrictedTable(table, name), files, readDonorKey: async () => 'donor key' };
    const handler = anyHttpFunction(definition, { use: use as never, tellTime: async () => NOW });
    const event = httpEvent({
      name,
      method,
      path,
      routeParameters: parameters,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
      actor: { id: token, groups: ['finance', 'approver', 'manager', 'admin'] },
    });
    const { statusCode = 0, body: text } = await handler(event, lambdaContext);
    if (!expected.includes(statusCode)) throw new Error(`${method} ${path} answered ${statusCode}: ${text}`);
    return { status: statusCode, body: JSON.parse(String(text)), etag: undefined };
  };

  const stage = {
    api: { call } as Api,
    tokens: TOKENS,
    campaignId: CAMPAIGN_ID,
    today: localDateSchema.parse('2026-10-08'),
    show: () => undefined,
  };
  await playSpending(stage);
  await decideSurplus(stage);
  const books = await readSpendingBooks(table, CAMPAIGN_ID);
  expect(books?.entries.map(({ kind }) => kind)).toEqual([
    'expenditure',
    'transfer',
    'aid',
    'aid',
    'aid',
    'expenditure',
    'reversal',
    'expenditure',
    'variance-note',
    'surplus-out',
  ]);
  expect(books?.goods.map(({ kind }) => kind)).toEqual(['received', 'issued', 'issued', 'written-off']);
  expect(books === undefined ? undefined : spendingViolations(books)).toEqual([]);
});

/** Which function answers a call, and what stands in its path. */
function routeOf(method: string, path: string) {
  for (const [name, spec] of Object.entries(MANIFEST) as [FunctionName, FunctionSpec][])
    for (const route of spec.trigger.kind === 'http' ? spec.trigger.routes : []) {
      const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
      const found = route.method === method ? pattern.exec(path) : null;
      if (found !== null) return { name, spec, parameters: { ...found.groups } };
    }
  throw new Error(`there is no route ${method} ${path}`);
}
