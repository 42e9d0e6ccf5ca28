import { TransientError } from '../kernel/errors.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import { adjustmentsOf, journalLines, readPool } from '../matching/matching-pool.store.ts';
import { matchEntryKey } from '../platform/keys.ts';
import { readMany, type Table } from '../platform/table.ts';
import { finalisedSequenceIn, firstOf } from './booked-gifts.store.ts';
import { type ClosedBooks, JournalReader, type SpokenOf } from './closed-books.ts';

/**
 * Reads what a closeout needs of a pool, as it was after its first `adjustments` adjustments. The journal goes by line by line.
 * Throws TransientError when adjustments cannot all be seen, PermanentError when matching was never finalised.
 */
export async function readClosedBooks(table: Table, campaignId: string, adjustments: number): Promise<ClosedBooks> {
  // The pool first: every adjustment that it counts can be read afterwards, and those that came since are left aside.
  const pool = await readPool(table, campaignId);
  const finalisedSequence = finalisedSequenceIn(pool);
  const all = firstOf(await adjustmentsOf(table, campaignId), pool.adjustments, campaignId);
  if (adjustments > all.length)
    throw new TransientError(
      `the pool of ${campaignId} counts ${all.length} adjustments, but ${adjustments} are asked for`,
    );
  const counted = all.slice(0, adjustments);
  const spokenOf = await giftsSpokenOf(table, counted, finalisedSequence);
  // A gift that came after the end is not part of the closed campaign, and so neither is what happened to it.
  const ours = counted.filter(({ giftId }) => giftId === undefined || spokenOf.has(giftId));
  const reader = new JournalReader(
    { pool, adjustments: ours, later: all.slice(adjustments), spokenOf },
    finalisedSequence,
  );
  for await (const line of journalLines(table, campaignId)) reader.line(line);
  return reader.closed();
}

/** Of the gifts that adjustments are about, those that were counted before the end; by their own keys, a few of a million. */
async function giftsSpokenOf(
  table: Table,
  adjustments: readonly Adjustment[],
  finalisedSequence: number,
): Promise<ReadonlyMap<string, SpokenOf>> {
  const giftIds = new Set(adjustments.flatMap(({ giftId }) => (giftId === undefined ? [] : [giftId])));
  const entries = (await readMany(table, [...giftIds].map(matchEntryKey))).map((item) => matchEntrySchema.parse(item));
  return new Map(
    entries
      .filter(({ sequence }) => sequence <= finalisedSequence)
      .map(({ giftId, sequence, amountMinor }) => [giftId, { giftNo: sequence, amountMinor }]),
  );
}
