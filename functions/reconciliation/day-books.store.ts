import { DISPUTE_STATES, disputeEntrySchema, disputeOfRefund } from '../donations/dispute-entry.ts';
import { donationEntrySchema } from '../donations/donation-entry.ts';
import { donationIntentSchema } from '../donations/donation-intent.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { type RefundEntry, refundEntrySchema } from '../donations/refund-entry.ts';
import {
  type Instant,
  type LocalDate,
  localDateOf,
  plusDays,
  plusSeconds,
  SECONDS_PER_HOUR,
  startOfDay,
} from '../kernel/time.ts';
import {
  disputeEntryKey,
  donationEntryKey,
  donationsOfCampaignDay,
  donationsOfCampaignDayFrom,
  INTAKE_SHARDS,
  intentKey,
  refundsOfCampaign,
  refundsOfGift,
  UNASSIGNED,
} from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type Account, type DayEntry, dayEntryOf, isOrderNo } from './account-day.ts';
import { BILL_ZONE, isBilled } from './reconciliation.ts';
import type { BookedDispute, BookedEntry, OrderedPayment, RefundInBooks, StatementLine } from './three-way.ts';

/** A campaign whose books may have payments of a day. */
export type DayCampaign = { readonly campaignId: string; readonly zone: string };

/** The campaign's own days that a Beijing day touches. */
export const localDaysOf = (day: LocalDate, zone: string): LocalDate[] => {
  const first = localDateOf(startOfDay(day, BILL_ZONE), zone);
  const last = localDateOf(plusSeconds(startOfDay(plusDays(day, 1), BILL_ZONE), -1), zone);
  return first === last ? [first] : [first, last];
};

/** What a campaign's books have of a Beijing day at providers whose bills are fetched. */
export async function entriesPaidOn(
  table: Table,
  { campaignId, zone }: DayCampaign,
  day: LocalDate,
): Promise<DayEntry[]> {
  const shards = Array.from({ length: INTAKE_SHARDS }, (_, shard) => shard);
  const parts = localDaysOf(day, zone).flatMap((local) => shards.map((shard) => ({ local, shard })));
  const read = await Promise.all(
    parts.map(async ({ local, shard }) => {
      const entries: DayEntry[] = [];
      for await (const item of everyItem(table, donationsOfCampaignDay(campaignId, local, shard))) {
        const entry = dayEntryOf(donationEntrySchema.parse(item));
        if (isBilled(entry.provider) && entry.day === day) entries.push(entry);
      }
      return entries;
    }),
  );
  return read.flat();
}

/**
 * The entries of payments that a statement names and that are not among those of its day: they were paid on another one, belong to a
 * campaign that was not asked for, or to none ({@link isUnassigned}).
 */
export async function entriesNamedBy(
  table: Table,
  { provider }: Account,
  lines: readonly StatementLine[],
  known: ReadonlySet<string>,
): Promise<DayEntry[]> {
  const unknown = new Set(lines.map(({ paymentId }) => paymentId).filter((paymentId) => !known.has(paymentId)));
  const keys = [...unknown].map((paymentId) => donationEntryKey(giftIdOf({ provider, paymentId })));
  return (await readMany(table, keys)).map((item) => dayEntryOf(donationEntrySchema.parse(item)));
}

/** Whether a payment is booked and belongs to no campaign yet. */
export const isUnassigned = ({ campaignId }: DayEntry): boolean => campaignId === UNASSIGNED;

/** Gift -> the disputes of it that our books know, of those that a statement names. */
export async function disputesBooked(
  table: Table,
  entries: readonly DayEntry[],
  lines: readonly StatementLine[],
): Promise<Map<string, BookedDispute[]>> {
  const giftOf = new Map(entries.map(({ paymentId, giftId }) => [paymentId, giftId]));
  const keys = lines.flatMap(({ kind, paymentId, reference }) => {
    const giftId = giftOf.get(paymentId);
    if (kind !== 'dispute' || giftId === undefined || reference === undefined) return [];
    return DISPUTE_STATES.map((state) => disputeEntryKey(giftId, reference, state));
  });
  const disputes = (await readMany(table, keys)).map((item) => disputeEntrySchema.parse(item));
  return Map.groupBy(disputes, ({ giftId }) => giftId);
}

/** An order with when and by which clock it was made. */
export type KnownOrder = OrderedPayment & { readonly createdAt: Instant; readonly zone: string };
/** The orders of ours among these numbers. */
export async function ordersNamed(table: Table, orderNos: Iterable<string>): Promise<Map<string, KnownOrder>> {
  const ours = new Set<string>();
  for (const orderNo of orderNos) if (isOrderNo(orderNo)) ours.add(orderNo);
  const items = await readMany(table, [...ours].map(intentKey));
  return new Map(
    items.map((item) => {
      const { orderNo, campaignId, amountMinor, currency, createdAt, zone } = donationIntentSchema.parse(item);
      return [orderNo, { orderNo, campaignId, amountMinor, currency, createdAt, zone }];
    }),
  );
}

/** How long before midnight a payment may be whose order is paid once more after it: orders live for half an hour, and clocks differ. */
const BEFORE_MIDNIGHT_SECONDS = SECONDS_PER_HOUR;

/**
 * What the books have of these orders on the evening before a day: an order that was made before midnight may have been paid
 * before it and after it, and only the two together show it. Reads that hour alone, and only where there is such an order.
 */
export async function paidTheEveningBefore(
  table: Table,
  { provider, merchantId }: Account,
  day: LocalDate,
  orders: Iterable<KnownOrder>,
): Promise<DayEntry[]> {
  const midnight = startOfDay(day, BILL_ZONE);
  const from = plusSeconds(midnight, -BEFORE_MIDNIGHT_SECONDS);
  const before = [...orders].filter(({ createdAt }) => from <= createdAt && createdAt < midnight);
  const asked = new Set(before.map(({ orderNo }) => orderNo));
  const campaigns = new Map(before.map(({ campaignId, zone }) => [campaignId, zone]));
  const entries: DayEntry[] = [];
  for (const [campaignId, zone] of campaigns)
    for (const local of new Set([localDateOf(from, zone), localDateOf(plusSeconds(midnight, -1), zone)]))
      for (let shard = 0; shard < INTAKE_SHARDS; shard += 1)
        for await (const item of everyItem(table, donationsOfCampaignDayFrom(campaignId, local, shard, from))) {
          const entry = dayEntryOf(donationEntrySchema.parse(item));
          const isOfAccount = entry.provider === provider && entry.merchantId === merchantId;
          if (isOfAccount && entry.occurredAt < midnight && asked.has(entry.orderNo)) entries.push(entry);
        }
  return entries;
}

type Refunds = BookedEntry['refunds'];

/** A refund of our books as a comparison sees it: one that is a lost dispute goes by the dispute's number. */
export function refundInBooks({ refundId, amountMinor, occurredAt }: RefundEntry): RefundInBooks {
  const disputeId = disputeOfRefund(refundId);
  const about = { amountMinor, day: localDateOf(occurredAt, BILL_ZONE), reference: disputeId ?? refundId };
  return disputeId === undefined ? about : { ...about, isDispute: true };
}

/** Gift -> what of it has gone back, of everything in these campaigns, and of these gifts whatever their campaign. */
export async function refundsBooked(
  table: Table,
  campaignIds: Iterable<string>,
  giftIds: readonly string[],
): Promise<Map<string, Refunds>> {
  const found = new Map<string, Refunds>();
  const keep = (item: unknown): void => {
    const refund = refundEntrySchema.parse(item);
    found.set(refund.giftId, [...(found.get(refund.giftId) ?? []), refundInBooks(refund)]);
  };
  for (const campaignId of new Set(campaignIds))
    for await (const item of everyItem(table, refundsOfCampaign(campaignId))) keep(item);
  for (const giftId of giftIds)
    if (!found.has(giftId)) for await (const item of everyItem(table, refundsOfGift(giftId))) keep(item);
  return found;
}
