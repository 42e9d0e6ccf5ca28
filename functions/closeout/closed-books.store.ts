import { TransientError } from '../kernel/errors.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { adjustmentsOf, journalLines, readPool } from '../matching/matching-pool.store.ts';
import type { Table } from '../platform/table.ts';
import { finalisedSequenceIn, firstOf } from './booked-gifts.store.ts';
import type { ClosedBooks } from './closed-books.ts';

/**
 * Reads what a closeout needs of a pool, as it was after its first `adjustments` adjustments. Throws TransientError when
 * they cannot all be seen, PermanentError when matching was never finalised.
 */
export async function readClosedBooks(table: Table, campaignId: string, adjustments: number): Promise<ClosedBooks> {
  // The pool first: every adjustment that it counts can be read afterwards, and those that came since are left aside.
  const pool = await readPool(table, campaignId);
  const finalisedSequence = finalisedSequenceIn(pool);
  const lines: JournalLine[] = [];
  let lateGifts = 0;
  for await (const line of journalLines(table, campaignId)) {
    if (lines.length < finalisedSequence) lines.push(line);
    else lateGifts += 1;
  }
  const all = firstOf(await adjustmentsOf(table, campaignId), pool.adjustments, campaignId);
  if (adjustments > all.length)
    throw new TransientError(
      `the pool of ${campaignId} counts ${all.length} adjustments, but ${adjustments} are asked for`,
    );
  return {
    pool,
    lines,
    lateGifts,
    adjustments: all.slice(0, adjustments),
    later: all.slice(adjustments),
  };
}
