import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
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
import type { Books } from '../ledger/invariants.ts';
import { poolKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type FinalUse, mustFit, refuseWrongBooks, settleLateness } from './final-books.store.ts';
import { readPool } from './matching-pool.store.ts';
import { matchedMinorOf } from './matching-pool.ts';
import { realPatience } from './patience.ts';
import { settleRounds } from './round-settlement.store.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type Outcome =
  | { readonly kind: 'finalised'; readonly gifts: number; readonly matchedMinor: number }
  | { readonly kind: 'not-settled'; readonly uncounted: number };

/** How long after settling gifts may stay uncounted before a person has to look: the stream retries within minutes. */
const PATIENCE_SECONDS = 6 * SECONDS_PER_HOUR;
/** The public notice of matches runs for ten whole days (Tencent's practice since 2016, DOMAIN 4.4). */
const NOTICE_DAYS = 10;

/**
 * Replays the whole pool with the naive oracle, holds the books against every invariant, and only then closes the pool,
 * guarded by what was checked. That publicises the matches: no gift draws any more, the seeds of random rules are
 * revealed, the rounds are split, and the public may object for ten days. Repeated, it checks again and finds it done.
 */
async function finaliseMatching({ campaignId }: Input, use: FinalUse, now: Instant): Promise<Outcome> {
  const campaign = await readCampaign(use.table, campaignId);
  mustFit(await readPool(use.table, campaignId));
  const closed = await checkedAndClosed(campaign, use, now);
  if (closed.kind === 'not-settled') return closed;
  // The books that were checked are let go before the rounds read the journal once more: memory has room for one of the two.
  const unitIds = campaign.proposal.units.map(({ id }) => id);
  await settleRounds(use.table, campaignId, unitIds, now, use.patience);
  const matchedMinor = matchedMinorOf(await readPool(use.table, campaignId));
  return { kind: 'finalised', gifts: closed.gifts, matchedMinor };
}

type Closed = { readonly kind: 'closed'; readonly gifts: number } | Extract<Outcome, { readonly kind: 'not-settled' }>;

/** Holds the books against every invariant and closes the pool, guarded by what was checked. */
async function checkedAndClosed(
  { campaignId, proposal, cancellation }: Campaign,
  use: FinalUse,
  now: Instant,
): Promise<Closed> {
  const { window } = proposal;
  const settledAt = dueAt('settling', window, cancellation?.at);
  const books = await readBooks(use.table, campaignId, daysBetween(window.firstDay, localDateOf(now, window.zone)));
  // Gifts are still being counted this very moment: ask again.
  if (books === undefined) return notSettled(0, settledAt, now);
  const late = refuseWrongBooks(books);
  if (late > 0) {
    await settleLateness(books, use, now);
    return notSettled(late, settledAt, now);
  }
  // The one write that is a deed; what the rounds book are entries of the pool, which is a record of its own.
  const { organisationId } = proposal;
  const audit = { organisationId, by: 'workflow', action: 'matching is finalised', now };
  const audited = auditedTable(use.table, audit, use.patience);
  const closed = books.pool.state === 'finalised' || (await closePool(audited, books, window, now));
  return closed ? { kind: 'closed', gifts: books.journal.length } : notSettled(0, settledAt, now);
}

/** Asks for another try, but not for ever: then a person must find out what keeps gifts from being counted. */
function notSettled(
  uncounted: number,
  settledAt: Instant,
  now: Instant,
): Extract<Outcome, { readonly kind: 'not-settled' }> {
  if (now <= plusSeconds(settledAt, PATIENCE_SECONDS)) return { kind: 'not-settled', uncounted };
  throw new PermanentError(
    `matching is not settled six hours after settling: ${uncounted} gifts are still not counted`,
  );
}

/** Closes the pool if nothing was counted or settled since it was checked. */
async function closePool(table: Table, { pool, seeds }: Books, window: CampaignWindow, now: Instant): Promise<boolean> {
  const { campaignId, sequence, adjustments } = pool;
  // Whole days: the notice ends at the 24:00 of the tenth day after today. Where nothing is matched nobody can object.
  const hasRules = pool.plan.rules.length > 0;
  const noticeUntil = hasRules
    ? startOfDay(plusDays(localDateOf(now, window.zone), NOTICE_DAYS + 1), window.zone)
    : now;
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

export const definition: TaskDefinition<Input, FinalUse> = {
  name: 'finalise-matching',
  input: inputSchema,
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: finaliseMatching,
};
export const handler = taskFunction(definition);
