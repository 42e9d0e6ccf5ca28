import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { pauseBefore } from '../matching/patience.ts';
import { giftReceiptKey } from '../platform/keys.ts';
import { giftReceiptPut } from './issuing.ts';
import { giftReceiptSchema, headUpdate, type Receipt, receiptItemOf, referenceTo } from './receipt.ts';
import { findSeries, type SeriesUse } from './receipt-series.store.ts';
import { readReceipt } from './reverse.store.ts';

export type VoidOutcome = { readonly kind: 'voided' | 'already-void'; readonly receipt: Receipt } | Refusal;

/**
 * Makes a receipt void: for a mistake in it, never for money that went back. Its number stays and says so; the gift may have another one,
 * which then names it. Refuses a reversal, what a reversal took back, and a receipt of another year than `seriesYear`, the one it is now: a series
 * that is over stays as it was reported, and its mistakes are reversed (reverse-mistake.store.ts). Throws TransientError where others keep writing to the series.
 */
export async function voidReceipt(
  use: SeriesUse,
  found: Receipt,
  { by, reason, seriesYear }: { readonly by: string; readonly reason: string; readonly seriesYear: number },
  now: Instant,
): Promise<VoidOutcome> {
  const { organisationId, year } = found;
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, use.patience, `series ${organisationId} ${year} stayed busy`);
    const head = await findSeries(use.table, organisationId, year);
    const receipt = await readReceipt(use.table, organisationId, referenceTo(found));
    const current = giftReceiptSchema.optional().parse(await use.table.get(giftReceiptKey(receipt.giftId)));
    if (receipt.state === 'void') return { kind: 'already-void', receipt };
    if (receipt.kind !== 'gift' || receipt.state !== 'valid')
      return refuse('not-voidable', 'Only a valid receipt of a gift is made void: what was reversed stays reversed.');
    if (year !== seriesYear)
      return refuse(
        'year-over',
        `The receipts of ${year} stay as they were reported. Reverse this one: that takes a number of ${seriesYear}.`,
      );
    const next: Receipt = {
      ...receipt,
      state: 'void',
      stateReason: reason,
      stateAt: now,
      stateBy: by,
      version: receipt.version + 1,
    };
    const outcome = await use.table.transact([
      { put: receiptItemOf(next), when: { equals: { version: receipt.version, state: 'valid' } } },
      giftReceiptPut(
        { giftId: receipt.giftId, current },
        {
          organisationId,
          state: 'none',
          generation: current?.generation ?? 1,
          last: referenceTo(receipt),
          ...(current?.waiver === undefined ? {} : { waiver: current.waiver }),
          changedAt: now,
          changedBy: by,
        },
      ),
      headUpdate(head, receipt, { voids: 1, amountMinor: -receipt.amountMinor }),
    ]);
    if (outcome.kind === 'committed') return { kind: 'voided', receipt: next };
  }
}
