import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { LONGEST_WAIT_SECONDS } from '../campaigns/campaign-calendar.ts';
import { PermanentError } from '../kernel/errors.ts';
import { daysBetween, type Instant, localDateOf, plusSeconds, SECONDS_PER_DAY, secondsUntil } from '../kernel/time.ts';
import { readBooks } from '../ledger/books.store.ts';
import { openNoticeQueue, type QueueNotices } from '../notices/notice-queue.gateway.ts';
import { poolKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type FinalUse, mustFit, refuseWrongBooks, settleLateness } from './final-books.store.ts';
import { readPool } from './matching-pool.store.ts';
import { frameOf, matchedMinorOf } from './matching-pool.ts';
import { realPatience } from './patience.ts';
import { settleRounds } from './round-settlement.store.ts';
import { countedGifts, heldGifts, openRounds } from './round-settlement.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type Outcome =
  | { readonly kind: 'confirmed'; readonly matchedMinor: number }
  /** The public may still object, or something moved while the books were read. */
  | { readonly kind: 'wait'; readonly waitSeconds: number }
  /** The notice is over, and a person has not decided on every held match. */
  | { readonly kind: 'held'; readonly gifts: number; readonly waitSeconds: number };

/** How long after the notice held matches may wait for a person before the workflow stops and says so. */
const DECISION_DAYS = 14;
const SOON_SECONDS = 60;

export type ConfirmUse = FinalUse & { readonly queueNotices: QueueNotices };

/**
 * Ends the public notice: with every held match decided, refunds settled and the rounds split by the gifts that count now,
 * the books are checked once more, and the sponsors owe what was matched. Changes after it are corrections.
 */
async function confirmMatching(input: Input, use: ConfirmUse, now: Instant): Promise<Outcome> {
  const outcome = await confirm(input, use, now);
  // Queued after it is written, and again by a repeat that finds it written: donors are told once, by their claims.
  if (outcome.kind === 'confirmed') await use.queueNotices([{ kind: 'match-confirmed', campaignId: input.campaignId }]);
  return outcome;
}

async function confirm({ campaignId }: Input, use: FinalUse, now: Instant): Promise<Outcome> {
  const pool = await readPool(use.table, campaignId);
  if (pool.stage === 'confirmed' || pool.stage === 'paid')
    return { kind: 'confirmed', matchedMinor: matchedMinorOf(pool) };
  if (pool.noticeUntil === undefined)
    throw new PermanentError(`matching of campaign ${campaignId} has not been finalised: nothing can be confirmed`);
  const noticeSeconds = secondsUntil(pool.noticeUntil, now);
  if (noticeSeconds > 0) return { kind: 'wait', waitSeconds: Math.min(noticeSeconds, LONGEST_WAIT_SECONDS) };
  mustFit(pool);
  const { proposal } = await readCampaign(use.table, campaignId);
  const { organisationId } = proposal;
  const unitIds = proposal.units.map(({ id }) => id);
  await settleRounds(use.table, campaignId, unitIds, now, use.patience);
  const { zone, firstDay } = proposal.window;
  const books = await readBooks(use.table, campaignId, daysBetween(firstDay, localDateOf(now, zone)));
  if (books === undefined) return { kind: 'wait', waitSeconds: SOON_SECONDS };
  const journal = books.journal.slice(0, books.pool.finalisedSequence);
  const held = heldGifts(journal, books.adjustments);
  if (held.length > 0) return waitForDecisions(held.length, pool.noticeUntil, now);
  const late = refuseWrongBooks(books);
  if (late > 0) {
    await settleLateness(books, use, now);
    return { kind: 'wait', waitSeconds: SOON_SECONDS };
  }
  // A refund may have been settled since the rounds were looked at: what is confirmed must be split by what counts now.
  const { plan, sequence, adjustments } = books.pool;
  const counted = countedGifts(journal, books.adjustments, frameOf(books.pool));
  if (openRounds(plan, books.adjustments, counted, unitIds).length > 0)
    return { kind: 'wait', waitSeconds: SOON_SECONDS };
  const audit = { organisationId, by: 'workflow', action: 'matching is confirmed', now };
  const confirmed = await auditedTable(use.table, audit, use.patience).write({
    update: poolKey(campaignId),
    set: { stage: 'confirmed', confirmedAt: now },
    when: { equals: { sequence, adjustments, stage: 'publicised' } },
  });
  if (confirmed.kind !== 'written') return { kind: 'wait', waitSeconds: SOON_SECONDS };
  return { kind: 'confirmed', matchedMinor: matchedMinorOf(books.pool) };
}

/** Held matches are money that somebody expects: a person decides, and until then nothing is confirmed. */
function waitForDecisions(gifts: number, noticeUntil: Instant, now: Instant): Outcome {
  count(METRICS.matchesHeld, gifts);
  log.warn('held matches are not decided', { gifts });
  if (now > plusSeconds(noticeUntil, DECISION_DAYS * SECONDS_PER_DAY))
    throw new PermanentError(
      `${gifts} held matches have not been decided ${DECISION_DAYS} days after the public notice: release or void them`,
    );
  return { kind: 'held', gifts, waitSeconds: LONGEST_WAIT_SECONDS };
}

export const definition: TaskDefinition<Input, ConfirmUse> = {
  name: 'confirm-matching',
  input: inputSchema,
  open: () => ({ table: openTable(), patience: realPatience, queueNotices: openNoticeQueue() }),
  handle: confirmMatching,
};
export const handler = taskFunction(definition);
