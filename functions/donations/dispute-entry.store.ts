import { TransientError } from '../kernel/errors.ts';
import { disputeEntryKey } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import { type DisputeEntry, disputeEntrySchema, disputeItemOf } from './dispute-entry.ts';
import { type RecordRefundOutcome, refundWrites } from './refund-entry.store.ts';
import type { RefundEntry } from './refund-entry.ts';

/**
 * Writes one state of a dispute, once for ever; with `lost`, and in the same transaction, the refund that it is in the
 * books. Each state stands for itself, so the order of their arrival does not matter, and a lost dispute stays lost.
 * Throws TransientError when the store could not take all of it just now.
 */
export async function recordDispute(
  table: Table,
  entry: DisputeEntry,
  refund: RefundEntry | undefined,
): Promise<RecordRefundOutcome> {
  const state: TransactWrite = { put: disputeItemOf(entry), when: { absent: true } };
  const outcome = await table.transact([state, ...(refund === undefined ? [] : refundWrites(refund))]);
  if (outcome.kind === 'committed') return 'recorded';
  const { giftId, disputeId } = entry;
  const existing = disputeEntrySchema
    .optional()
    .parse(await table.get(disputeEntryKey(giftId, disputeId, entry.state)));
  if (existing === undefined) throw new TransientError(`dispute ${disputeId} could not be written just now`);
  return existing.amountMinor === entry.amountMinor && existing.currency === entry.currency
    ? 'already-recorded'
    : 'contradicts';
}
