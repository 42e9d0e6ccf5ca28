import { PermanentError, TransientError } from '../kernel/errors.ts';
import { refundEntryKey, refundsKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type RefundEntry, refundEntrySchema, refundItemOf } from './refund-entry.ts';

/** `already-recorded` is success: the same refund came again. */
export type RecordRefundOutcome = 'recorded' | 'already-recorded';

/**
 * Writes a refund's entry, once for ever, together with the mark under the gift that there are refunds: whoever counts the
 * gift later finds the mark, and whoever settles refunds finds the gift. Throws PermanentError when the same refund was
 * recorded before with another amount, and TransientError when the store could not take both just now.
 */
export async function recordRefund(table: Table, entry: RefundEntry): Promise<RecordRefundOutcome> {
  const { giftId, campaignId } = entry;
  const outcome = await table.transact([
    { put: refundItemOf(entry), when: { absent: true } },
    { update: refundsKey(giftId), set: { type: 'refunds', giftId, campaignId }, add: { refunds: 1 } },
  ]);
  if (outcome.kind === 'committed') return 'recorded';
  const existing = refundEntrySchema.optional().parse(await table.get(refundEntryKey(giftId, entry.refundId)));
  if (existing === undefined) throw new TransientError(`refund ${entry.refundId} could not be written just now`);
  if (existing.amountMinor !== entry.amountMinor || existing.currency !== entry.currency)
    throw new PermanentError(
      `refund ${entry.refundId} came again as ${entry.amountMinor} ${entry.currency}, but is recorded as ${existing.amountMinor} ${existing.currency}`,
    );
  return 'already-recorded';
}
