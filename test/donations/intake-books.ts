import { intentOf } from '../../functions/donations/donation-intent.ts';
import { type Currency, minor } from '../../functions/kernel/money.ts';
import { type Instant, localDateSchema } from '../../functions/kernel/time.ts';
import { readBooks } from '../../functions/ledger/books.store.ts';
import { MANIFEST } from '../../functions/manifest.ts';
import { allocateDonations } from '../../functions/matching/allocate-donations.lambda.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { intentKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { CAMPAIGN_ID, putCampaign } from './open-campaign.ts';

const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'].map((day) => localDateSchema.parse(day));
/** What of the stream reaches the consumer that counts gifts, as the manifest says. */
export const COUNTED_TYPES: readonly string[] = MANIFEST['allocate-donations'].trigger.itemTypes;
const patience = { random: () => 0, pause: async () => undefined };

/** An open campaign that matches one to one, with an order, and what comes behind the doors: the stream, the real allocation, the books. */
export async function openBooks(order: { orderNo: string; amountMinor: number; currency?: Currency }, now: Instant) {
  const table: MemoryTable = memoryTable();
  const currency = order.currency ?? 'CNY';
  const campaign = await putCampaign(table);
  await table.write({
    put: openingPoolItem(CAMPAIGN_ID, campaign.proposal.matching, campaign.proposal.window, currency),
  });
  const request = { amountMinor: minor(order.amountMinor), currency, anonymous: true, language: 'zh-CN' } as const;
  const { intent } = intentOf(request, campaign, order.orderNo, now);
  await table.write({ put: { ...intentKey(order.orderNo), ...intent } });
  let delivered = 0;
  const setAside: unknown[] = [];
  return {
    table,
    setAside,
    of: (type: string) => table.everything().filter((item) => item.type === type),
    /** Brings what is new in the table to the real consumer of the stream. */
    async deliver(): Promise<void> {
      const images = table.changes
        .slice(delivered)
        .filter(({ before, after }) => before === undefined && COUNTED_TYPES.includes(after?.type ?? ''))
        .map(({ after }, n) => ({ position: String(n), image: after }));
      delivered = table.changes.length;
      const use = { table, patience, setAside: async (record: unknown) => void setAside.push(record) };
      if (images.length > 0) await allocateDonations(images, use, now);
    },
    async books() {
      const books = await readBooks(table, CAMPAIGN_ID, DAYS);
      if (books === undefined) throw new Error('the books moved while they were read');
      return books;
    },
  };
}
