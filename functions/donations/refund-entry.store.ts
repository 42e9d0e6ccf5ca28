import { TransientError } from '../kernel/errors.ts';
import { type Minor, minor, sum } from '../kernel/money.ts';
import { refundEntryKey, refundsKey, refundsOfGift } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import { type RefundEntry, type RefundEvent, refundEntrySchema, refundItemOf } from './refund-entry.ts';

/**
 * `already-recorded` is success: the same refund came again. `contradicts`: it was recorded before with another amount;
 * the entry stays as it is, and a person must look.
 */
export type RecordRefundOutcome = 'recorded' | 'already-recorded' | 'contradicts';

/**
 * Writes a refund's entry, once for ever, together with the mark under the gift that there are refunds: whoever counts the
 * gift later finds the mark, and whoever settles refunds finds the gift. Throws TransientError when the store could not
 * take both just now.
 */
export async function recordRefund(table: Table, entry: RefundEntry): Promise<RecordRefundOutcome> {
  const { giftId, refundId } = entry;
  const outcome = await table.transact(refundWrites(entry));
  if (outcome.kind === 'committed') return 'recorded';
  const existing = refundEntrySchema.optional().parse(await table.get(refundEntryKey(giftId, refundId)));
  if (existing === undefined) throw new TransientError(`refund ${refundId} could not be written just now`);
  return existing.amountMinor === entry.amountMinor && existing.currency === entry.currency
    ? 'already-recorded'
    : 'contradicts';
}

/** A refund's entry and the mark under its gift, for a transaction. `refundsBefore` guards how many there are already. */
export function refundWrites(entry: RefundEntry, refundsBefore?: number): TransactWrite[] {
  const { giftId, campaignId } = entry;
  const mark = { update: refundsKey(giftId), set: { type: 'refunds', giftId, campaignId }, add: { refunds: 1 } };
  const guard =
    refundsBefore === undefined
      ? {}
      : { when: refundsBefore === 0 ? { absent: true as const } : { equals: { refunds: refundsBefore } } };
  return [
    { put: refundItemOf(entry), when: { absent: true } },
    { ...mark, ...guard },
  ];
}

/** How often somebody else may record a refund of the same gift in between before the provider is asked to come again. */
const ATTEMPTS = 5;

/**
 * Records what is new where a provider tells only how much of a payment has been given back in all (Alipay's
 * `refund_fee`): the difference to the refunds that are known, under an id derived from the sum. An older, smaller sum
 * after a newer one finds everything known. Throws TransientError where others keep recording refunds of the gift.
 */
export async function recordRefundedUpTo(
  table: Table,
  upTo: { readonly giftId: string; readonly refundedMinor: Minor },
  entryOf: (refund: Pick<RefundEvent, 'refundId' | 'amountMinor'>) => RefundEntry,
): Promise<'recorded' | 'already-recorded'> {
  const { giftId, refundedMinor } = upTo;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // The mark first: a refund that comes between the two reads moves it, and the guard then refuses the write.
    const mark = await table.get(refundsKey(giftId));
    const known = await refundsKnown(table, giftId);
    const missing = refundedMinor - sum(known.map(({ amountMinor }) => amountMinor));
    if (missing <= 0) return 'already-recorded';
    const entry = entryOf({ refundId: `up-to-${refundedMinor}`, amountMinor: minor(missing) });
    const outcome = await table.transact(refundWrites(entry, Number(mark?.['refunds'] ?? 0)));
    if (outcome.kind === 'committed') return 'recorded';
  }
  throw new TransientError(`the refunds of gift ${giftId} could not be written just now`);
}

async function refundsKnown(table: Table, giftId: string): Promise<RefundEntry[]> {
  const known: RefundEntry[] = [];
  for await (const item of everyItem(table, refundsOfGift(giftId))) known.push(refundEntrySchema.parse(item));
  return known;
}
