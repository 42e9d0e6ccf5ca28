import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { dueAt } from '../campaigns/campaign-calendar.ts';
import { PermanentError } from '../kernel/errors.ts';
import {
  type CampaignWindow,
  daysBetween,
  type Instant,
  localDateOf,
  plusDays,
  plusSeconds,
  SECONDS_PER_HOUR,
  startOfDay,
} from '../kernel/time.ts';
import { readBooks } from '../ledger/books.store.ts';
import { type Books, type Violation, violationsOf } from '../ledger/invariants.ts';
import { poolKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { matchedMinorOf } from './matching-pool.ts';
import { type Patience, realPatience } from './patience.ts';
import { settleRefunds } from './settlement.store.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type FinaliseUse = { readonly table: Table; readonly patience: Patience };
type Outcome =
  | { readonly kind: 'finalised'; readonly gifts: number; readonly matchedMinor: number }
  | { readonly kind: 'not-settled'; readonly uncounted: number };

/** How long after settling gifts may stay uncounted before a person has to look: the stream retries within minutes. */
const PATIENCE_SECONDS = 6 * SECONDS_PER_HOUR;
/** More violations than this are not listed in one failure; the first ones tell the story. */
const LISTED_VIOLATIONS = 5;
/** The public notice of matches runs for ten whole days (Tencent's practice since 2016, DOMAIN 4.4). */
const NOTICE_DAYS = 10;

const LATENESS: ReadonlySet<Violation['invariant']> = new Set([
  'every gift that arrived is counted',
  'every refund of a counted gift is settled',
]);
// A gift that arrived but is not counted yet is the stream being late, not the books being wrong.
const isLateness = (violation: Violation): boolean => LATENESS.has(violation.invariant);

/**
 * Replays the whole pool with the naive oracle, holds the books against every invariant, and only then closes the pool,
 * guarded by what was checked. That publicises the matches: no gift draws any more, the seeds of random rules are
 * revealed, and the public may object for ten days. Repeated, it checks again and finds the pool closed.
 */
async function finaliseMatching({ campaignId }: Input, use: FinaliseUse, now: Instant): Promise<Outcome> {
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
  if (violations.length > 0) {
    await settleStragglers(books, use, now);
    return notSettled(violations.length, window, now);
  }
  const closed = books.pool.state === 'finalised' || (await closePool(use.table, books, window, now));
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

/** Refunds that met their gift at the very moment it was counted, and so were seen by neither side. */
async function settleStragglers({ adjustments, refunds }: Books, use: FinaliseUse, now: Instant): Promise<void> {
  const settled = new Set(adjustments.map(({ giftId, refundId }) => `${giftId} ${refundId}`));
  const open = refunds.filter(({ giftId, refundId }) => !settled.has(`${giftId} ${refundId}`));
  for (const giftId of new Set(open.map((refund) => refund.giftId)))
    await settleRefunds(use.table, giftId, now, use.patience);
}

/** Closes the pool if nothing was counted or settled since it was checked. */
async function closePool(table: Table, { pool, seeds }: Books, window: CampaignWindow, now: Instant): Promise<boolean> {
  const { campaignId, sequence, adjustments } = pool;
  // Whole days: the notice ends at the 24:00 of the tenth day after today.
  const noticeUntil = startOfDay(plusDays(localDateOf(now, window.zone), NOTICE_DAYS + 1), window.zone);
  const closed = await table.write({
    update: poolKey(campaignId),
    set: {
      state: 'finalised',
      stage: 'publicised',
      finalisedSequence: sequence,
      finalisedAt: now,
      noticeUntil,
      ...(Object.keys(seeds).length === 0 ? {} : { revealedSeeds: seeds }),
    },
    when: { equals: { sequence, adjustments, state: 'open' } },
  });
  return closed.kind === 'written';
}

export const definition: TaskDefinition<Input, FinaliseUse> = {
  name: 'finalise-matching',
  input: inputSchema,
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: finaliseMatching,
};
export const handler = taskFunction(definition);
