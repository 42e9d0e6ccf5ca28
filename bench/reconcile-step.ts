import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Item, Table } from '../functions/platform/table.ts';
import { type DayPlan, entryItem, intentItem, positionOf } from './reconcile-gifts.ts';

/**
 * One closeout's reconciliation in a process of its own, as a function runs it: every day, then the days together. The books
 * are made as they are asked for, so that what the process holds is what the step holds. Says what it took on its last line.
 */
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
const [folder = '', planText = ''] = process.argv.slice(2);
const plan = JSON.parse(planText) as DayPlan;
const { definition: reconcileDay } = await import('../functions/reconciliation/reconcile-day.lambda.ts');
const { definition: reconcileBills } = await import('../functions/reconciliation/reconcile-bills.lambda.ts');
const { memoryTable } = await import('../functions/platform/table.memory.ts');
const { putCampaign, CAMPAIGN_ID } = await import('../test/donations/open-campaign.ts');
const { shardOf } = await import('../functions/kernel/ids.ts');
const { instantOf } = await import('../functions/kernel/time.ts');

const stored = memoryTable();
await putCampaign(stored);
const files = new Map<string, Uint8Array>();
const PAGE = 500;
const shards = new Map<string, Uint32Array[]>();

/** Which gifts of a day fall into which shard: four bytes each. */
function shardsOf(day: string): Uint32Array[] {
  let known = shards.get(day);
  if (known === undefined) {
    const parts: number[][] = Array.from({ length: 8 }, () => []);
    for (let position = 0; position < plan.giftsPerDay; position += 1)
      parts[shardOf(entryItem(plan, day, position, CAMPAIGN_ID)['giftId'] as string, 8)]?.push(position);
    known = parts.map((part) => Uint32Array.from(part));
    shards.clear();
    shards.set(day, known);
  }
  return known;
}

const table: Table = {
  ...stored,
  async query(question, options = {}) {
    const match = /#DAY#([\d-]+)#SHARD#(\d)$/.exec(question.partition);
    if (match === null) return stored.query(question, options);
    const [, day = '', shard = '0'] = match;
    if (!plan.days.includes(day)) return { items: [] };
    const part = shardsOf(day)[Number(shard)] ?? new Uint32Array();
    const from = Number(options.cursor ?? 0);
    const items = [...part.subarray(from, from + PAGE)].map((position) => entryItem(plan, day, position, CAMPAIGN_ID));
    return from + PAGE < part.length ? { items, cursor: String(from + PAGE) } : { items };
  },
  async getMany(keys) {
    const orders: Item[] = [];
    const rest = keys.filter(({ pk, sk }) => {
      const position = sk === 'INTENT' ? positionOf(pk) : undefined;
      if (position !== undefined) orders.push(intentItem(plan, position, CAMPAIGN_ID));
      return position === undefined;
    });
    return rest.length === 0 ? orders : [...orders, ...(await stored.getMany(rest))];
  },
};
const merchant = { mchid: plan.merchantId } as never;
const bill = (kind: string, day: string) => ({
  kind: 'bill' as const,
  content: Uint8Array.from(readFileSync(join(folder, `${kind}-${day}.csv`))),
});
const use = {
  table,
  files: {
    write: async (key: string, content: Uint8Array | string) =>
      void files.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    read: async (key: string) => files.get(key) ?? new Uint8Array(),
  },
  readMerchants: async () => ({ merchants: [merchant], bySerial: new Map() }),
  readAccounts: async () => undefined,
  fetchTrade: async ({ billDate }: { billDate: string }) => bill('trade', billDate),
  fetchFunds: async ({ billDate, account }: { billDate: string; account: string }) =>
    account === 'BASIC' ? bill('funds', billDate) : ({ kind: 'no-statement' } as const),
  fetchAlipay: async () => ({ kind: 'no-statement' }) as const,
  readStripeAccounts: async () => [],
  fetchStripe: async () => ({ kind: 'no-statement' }) as const,
  readSources: async () => new Map(),
  baseUrl: '',
  gatewayUrl: '',
} as never;
const now = instantOf('2026-10-01T12:00:00+08:00');
const dayMs: number[] = [];
for (const day of plan.days) {
  const began = process.cpuUsage();
  await reconcileDay.handle({ campaignId: CAMPAIGN_ID, day: day as never }, use, now);
  const { user, system } = process.cpuUsage(began);
  dayMs.push((user + system) / 1000);
  // The bills of a day stay in the bucket, not in the next function's memory.
  for (const key of files.keys()) if (key.endsWith('.csv')) files.delete(key);
}
const daysRssKb = process.resourceUsage().maxRSS;
const began = process.cpuUsage();
const outcome = await reconcileBills.handle({ campaignId: CAMPAIGN_ID, billDays: plan.days as never }, use, now);
const { user, system } = process.cpuUsage(began);
process.stdout.write(`${JSON.stringify({ dayMs, togetherMs: (user + system) / 1000, daysRssKb, outcome })}\n`);
