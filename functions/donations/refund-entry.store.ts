import { TransientError } from '../kernel/errors.ts';
import { refundEntryKey, refundedIndexKey, refundsKey } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import { type RefundEntry, refundEntrySchema, refundItemOf } from './refund-entry.ts';

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

/** A refund's entry and the mark under its gift, for a transaction. `changesBefore` guards what was recorded already. */
export const refundWrites = (entry: RefundEntry, changesBefore?: number): TransactWrite[] => [
  { put: refundItemOf(entry), when: { absent: true } },
  refundMark(entry, changesBefore),
];

/**
 * The mark that there are refunds of a gift, one change further on; guarded by how many there have been, where that is said.
 * It stands in the index under the day on which it moved last, where those look who have something to do about refunds.
 */
export function refundMark(
  { giftId, campaignId, recordedAt }: Pick<RefundEntry, 'giftId' | 'campaignId' | 'recordedAt'>,
  changesBefore?: number,
): TransactWrite {
  const set = { type: 'refunds', giftId, campaignId, ...refundedIndexKey(recordedAt, giftId) };
  const mark = { update: refundsKey(giftId), set, add: { refunds: 1 } };
  if (changesBefore === undefined) return mark;
  return { ...mark, when: changesBefore === 0 ? { absent: true } : { equals: { refunds: changesBefore } } };
}
