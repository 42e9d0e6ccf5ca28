import { type DonationEntry, donationEntrySchema, donationItemOf } from '../../functions/donations/donation-entry.ts';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { type RefundEntry, refundEntrySchema } from '../../functions/donations/refund-entry.ts';
import { type Instant, instantOf, localDateSchema, plusSeconds } from '../../functions/kernel/time.ts';
import { refundsArrived } from '../../functions/ledger/books.store.ts';
import type { Books } from '../../functions/ledger/invariants.ts';
import { readTeamTotals, readTotals } from '../../functions/ledger/totals.ts';
import type { JournalLine } from '../../functions/matching/match-entry.ts';
import { matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import { adjustmentsOf, journalLines, readPool, readSeeds } from '../../functions/matching/matching-pool.store.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import type { Patience } from '../../functions/matching/patience.ts';
import { changeBooks } from '../../functions/matching/settlement.store.ts';
import { decisionSettlement } from '../../functions/matching/settlement.ts';
import { seedsKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';

/** A campaign of 7 to 9 September in Dazhou, for tests of the money path below the handlers. */
export const CAMPAIGN = 'cmp_test';
export const ZONE = 'Asia/Shanghai';
export const WINDOW = {
  firstDay: localDateSchema.parse('2026-09-07'),
  lastDay: localDateSchema.parse('2026-09-09'),
  zone: ZONE,
};
const OPENS = instantOf('2026-09-07T00:00:00+08:00');

export async function openCampaignPool(
  table: Table,
  plan: { poolMinor: number; perGiftCapMinor?: number; numerator?: number; denominator?: number },
): Promise<void> {
  const { poolMinor, perGiftCapMinor = 10_000, numerator = 1, denominator = 1 } = plan;
  await openPool(table, {
    rules: [
      {
        version: 2,
        kind: 'ratio',
        id: 'main',
        sponsor: 'Sponsor',
        poolMinor,
        numerator,
        denominator,
        perGift: { capMinor: perGiftCapMinor },
      },
    ],
  });
}

/** Opens the campaign with any plan; `seeds` are those of its random rules. */
export async function openPool(table: Table, plan: unknown, seeds?: Record<string, string>): Promise<void> {
  await table.write({ put: openingPoolItem(CAMPAIGN, matchingPlanSchema.parse(plan), WINDOW, 'CNY') });
  if (seeds !== undefined) await table.write({ put: { ...seedsKey(CAMPAIGN), type: 'seeds', seeds } });
}

/** The nth gift of a test: a minute after the one before, 10 yuan, from a donor of its own, unless said otherwise. */
export function entry(n: number, changes: Partial<Record<keyof DonationEntry, unknown>> = {}): DonationEntry {
  const occurredAt = plusSeconds(OPENS, 60 * (n + 1));
  return donationEntrySchema.parse({
    type: 'donation',
    giftId: `gft_${n}`,
    provider: 'wechat-pay',
    merchantId: '1900000001',
    paymentId: `4200${String(n).padStart(8, '0')}`,
    orderNo: `int_${n}`,
    campaignId: CAMPAIGN,
    unitId: `unit-${n % 5}`,
    donorId: `dnr_${n}`,
    anonymous: true,
    thankYouDue: false,
    amountMinor: 1_000,
    payerAmountMinor: 1_000,
    currency: 'CNY',
    occurredAt,
    recordedAt: occurredAt,
    day: '2026-09-07',
    zone: ZONE,
    ...changes,
  });
}

/** Puts entries into the table as the intake does. */
export async function record(table: Table, entries: readonly DonationEntry[]): Promise<void> {
  for (const one of entries) await table.write({ put: donationItemOf(one), when: { absent: true } });
}

/** Patience that neither waits nor rolls dice. */
export const hurried: Patience = { random: () => 0, pause: async () => undefined };

/** A refund of part of a gift, as a door records it. */
export function refundOf(
  gift: DonationEntry | undefined,
  refundId: string,
  amountMinor: number,
  at: Instant,
): RefundEntry {
  if (gift === undefined) throw new Error('there is no such gift');
  const { giftId, provider, merchantId, paymentId, orderNo, campaignId, currency } = gift;
  return refundEntrySchema.parse({
    type: 'refund',
    giftId,
    refundId,
    provider,
    merchantId,
    paymentId,
    orderNo,
    campaignId,
    amountMinor,
    currency,
    occurredAt: at,
    recordedAt: at,
  });
}

/** Puts refunds into the table as the intake does, not settled yet. */
export async function recordRefunds(table: Table, refunds: readonly RefundEntry[]): Promise<void> {
  for (const one of refunds) await recordRefund(table, one);
}

/** A person's decision on a gift's match. */
export const decided = (table: Table, giftId: string, kind: 'release' | 'void', now: Instant) =>
  changeBooks(
    table,
    CAMPAIGN,
    giftId,
    now,
    (books, account) => {
      const settlement = decisionSettlement({ kind, by: 'finance-chen', reason: 'looked at it' }, account, books);
      return 'kind' in settlement ? settlement : { settlement, cause: kind.toUpperCase() };
    },
    hurried,
  );

/** The books as the table has them, with the given entries as what arrived. */
export async function booksOf(table: Table, arrived: readonly DonationEntry[]): Promise<Books> {
  const journal: JournalLine[] = [];
  for await (const line of journalLines(table, CAMPAIGN)) journal.push(line);
  return {
    pool: await readPool(table, CAMPAIGN),
    seeds: await readSeeds(table, CAMPAIGN),
    journal,
    adjustments: await adjustmentsOf(table, CAMPAIGN),
    refunds: await refundsArrived(table, CAMPAIGN),
    arrived: new Set(arrived.map((one) => one.giftId)),
    totals: await readTotals(table, CAMPAIGN),
    teams: await readTeamTotals(table, CAMPAIGN),
  };
}
