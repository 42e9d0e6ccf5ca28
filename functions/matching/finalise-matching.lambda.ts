import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { dueAt } from '../campaigns/campaign-calendar.ts';
import { PermanentError } from '../kernel/errors.ts';
import {
  type CampaignWindow,
  daysBetween,
  type Instant,
  localDateOf,
  plusSeconds,
  SECONDS_PER_HOUR,
} from '../kernel/time.ts';
import { readBooks } from '../ledger/books.store.ts';
import { type Violation, violationsOf } from '../ledger/invariants.ts';
import { poolKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { matchedMinorOf } from './matching-pool.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type Outcome =
  | { readonly kind: 'finalised'; readonly gifts: number; readonly matchedMinor: number }
  | { readonly kind: 'not-settled'; readonly uncounted: number };

/** How long after settling gifts may stay uncounted before a person has to look: the stream retries within minutes. */
const PATIENCE_SECONDS = 6 * SECONDS_PER_HOUR;
/** More violations than this are not listed in one failure; the first ones tell the story. */
const LISTED_VIOLATIONS = 5;

// A gift that arrived but is not counted yet is the stream being late, not the books being wrong.
const isLateness = (violation: Violation): boolean => violation.invariant === 'every gift that arrived is counted';

/**
 * Replays the whole pool with the naive oracle, holds the books against every invariant, and only then closes the
 * pool, guarded by the sequence that was checked. Repeated, it checks again and finds the pool closed.
 */
async function finaliseMatching({ campaignId }: Input, use: { table: Table }, now: Instant): Promise<Outcome> {
  const { window } = (await readCampaign(use.table, campaignId)).proposal;
  const books = await readBooks(use.table, campaignId, daysBetween(window.firstDay, localDateOf(now, window.zone)));
  // Gifts are still being counted this very moment: ask again.
  if (books === undefined) return notSettled(0, window, now);
  const violations = violationsOf(books);
  const wrong = violations.filter((violation) => !isLateness(violation));
  if (wrong.length > 0) {
    const listed = wrong.slice(0, LISTED_VIOLATIONS).map(({ invariant, detail }) => `${invariant}: ${detail}`);
    throw new PermanentError(`the books are wrong in ${wrong.length} places: ${listed.join('; ')}`);
  }
  if (violations.length > 0) return notSettled(violations.length, window, now);
  const closed = books.pool.state === 'finalised' || (await closePool(use.table, campaignId, books.pool.sequence, now));
  if (!closed) return notSettled(0, window, now);
  return { kind: 'finalised', gifts: books.journal.length, matchedMinor: matchedMinorOf(books.pool) };
}

/** Asks for another try, but not for ever: then a person must find out what keeps gifts from being counted. */
function notSettled(uncounted: number, window: CampaignWindow, now: Instant): Outcome {
  if (now <= plusSeconds(dueAt('settling', window), PATIENCE_SECONDS)) return { kind: 'not-settled', uncounted };
  throw new PermanentError(
    `matching is not settled six hours after settling: ${uncounted} gifts are still not counted`,
  );
}

/** Closes the pool if no gift was counted since it was checked. */
async function closePool(table: Table, campaignId: string, sequence: number, now: Instant): Promise<boolean> {
  const closed = await table.write({
    update: poolKey(campaignId),
    set: { state: 'finalised', finalisedSequence: sequence, finalisedAt: now },
    when: { equals: { sequence, state: 'open' } },
  });
  return closed.kind === 'written';
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'finalise-matching',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: finaliseMatching,
};
export const handler = taskFunction(definition);
