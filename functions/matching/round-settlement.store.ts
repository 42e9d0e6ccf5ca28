import type { Instant } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import type { JournalLine } from './match-entry.ts';
import { adjustmentsOf, journalLines, readPool } from './matching-pool.store.ts';
import { frameOf } from './matching-pool.ts';
import { isRoundRule } from './matching-rule.ts';
import type { Patience } from './patience.ts';
import { countedGifts, openRounds, roundSettlement } from './round-settlement.ts';
import { changeBooks } from './settlement.store.ts';

/**
 * Splits the sums of a campaign's rounds over its units, by the gifts that count now, each as one adjustment. Repeated, it
 * finds them as they must be; after a refund or a decision it books the difference. Gives how many it booked.
 */
export async function settleRounds(
  table: Table,
  campaignId: string,
  unitIds: readonly string[],
  now: Instant,
  patience: Patience,
): Promise<number> {
  const { plan, finalisedSequence } = await readPool(table, campaignId);
  if (!plan.rules.some(isRoundRule)) return 0;
  const journal: JournalLine[] = [];
  for await (const line of journalLines(table, campaignId))
    if (journal.length < (finalisedSequence ?? Number.POSITIVE_INFINITY)) journal.push(line);
  for (let booked = 0; ; booked += 1) {
    const outcome = await changeBooks(
      table,
      campaignId,
      undefined,
      now,
      async ({ pool, state }) => {
        // Read after the pool, whose guard then covers it.
        const adjustments = await adjustmentsOf(table, campaignId);
        const gifts = countedGifts(journal, adjustments, frameOf(pool));
        const [next] = openRounds(pool.plan, adjustments, gifts, unitIds);
        return next === undefined ? { kind: 'unchanged' } : { settlement: roundSettlement(next, state) };
      },
      patience,
    );
    if (outcome.kind !== 'changed') return booked;
  }
}
