import { type Refusal, refuse } from '../kernel/errors.ts';
import { giftReceiptKey } from '../platform/keys.ts';
import { giftReceiptPut, type Issuer, reversalOf, seriesYearOf } from './issuing.ts';
import { giftReceiptSchema, type Receipt, receiptItemOf, referenceTo } from './receipt.ts';
import { type SeriesUse, writeInSeries } from './receipt-series.store.ts';
import { seriesCodeOf } from './receipt-settings.ts';
import { readReceipt, reversedPut } from './reverse.store.ts';

/** `reversal`: the receipt below zero. */
export type MistakeOutcome = { readonly kind: 'reversed' | 'already-reversed'; readonly reversal: Receipt };

/**
 * Takes a receipt back that was a mistake by one below zero (冲红), under a number of the year in which it is done: the way where the receipt's
 * own year is over and stays as it was reported (docs/decisions/0063). The gift may then have another receipt, which names this one. Refuses
 * what is void and a reversal itself. Throws TransientError where others keep writing to the series.
 */
export async function reverseMistake(
  use: SeriesUse,
  issuer: Issuer,
  found: Receipt,
  reason: string,
): Promise<MistakeOutcome | Refusal> {
  const { settings, by, now } = issuer;
  const { organisationId } = found;
  const year = seriesYearOf(settings, now);
  return writeInSeries<MistakeOutcome>(
    use,
    { organisationId, year, code: seriesCodeOf(settings, year) },
    async (numbered) => {
      const original = await readReceipt(use.table, organisationId, referenceTo(found));
      if (original.reversedBy !== undefined) {
        const reversal = await readReceipt(use.table, organisationId, original.reversedBy);
        return { writes: [], change: {}, value: { kind: 'already-reversed', reversal } };
      }
      if (original.kind !== 'gift' || original.state !== 'valid')
        return refuse('not-reversible', 'Only a valid receipt of a gift is reversed: what is void stays void.');
      const { giftId } = original;
      const current = giftReceiptSchema.parse(await use.table.get(giftReceiptKey(giftId)));
      const reversal = reversalOf(original, reason, numbered, issuer);
      const next = {
        organisationId,
        state: 'none',
        generation: current.generation,
        last: referenceTo(original),
        ...(current.waiver === undefined ? {} : { waiver: current.waiver }),
        changedAt: now,
        changedBy: by,
      } as const;
      return {
        writes: [
          reversedPut(original, reversal, issuer),
          { put: receiptItemOf(reversal), when: { absent: true } },
          giftReceiptPut({ giftId, current }, next),
        ],
        change: { numbers: 1, amountMinor: reversal.amountMinor, reversals: 1 },
        value: { kind: 'reversed', reversal },
      };
    },
  );
}
