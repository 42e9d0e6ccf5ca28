import type { DonationEntry } from '../donations/donation-entry.ts';
import { fingerprint } from '../kernel/ids.ts';
import { minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { adjustmentKey, matchEntryKey, poolKey } from '../platform/keys.ts';
import { LARGEST_TRANSACTION, type Put, type TransactWrite } from '../platform/table.ts';
import type { Adjustment } from './adjustment.ts';
import { totalsActions } from './allocation-totals.ts';
import { announcementsOf } from './announcement.ts';
import { mostYearActions, yearActions } from './donor-years.ts';
import type { DonorsAtHand } from './donors-at-hand.ts';
import { journalPageItem } from './journal-page.ts';
import type { JournalLine, MatchEntry } from './match-entry.ts';
import { book, type ChallengeTurn } from './matching-books.ts';
import { type Decision, decisionOf, type Engine } from './matching-engine.ts';
import { type MatchingPool, ownFunds, remainingOf } from './matching-pool.ts';
import type { GiftToMatch, MatchingState } from './matching-state.ts';

/** One action of the batch's transaction, with what it stands for when it is the one that fails. */
export type BatchAction = {
  readonly about: 'pool' | 'journal' | 'donor' | 'totals' | 'adjustment' | { readonly giftId: string };
  readonly write: TransactWrite;
};

export type BatchPlan = {
  /** Written before the transaction, each under its own guard; without one of them it may not be tried. */
  readonly announcements: readonly Put[];
  readonly actions: readonly BatchAction[];
  readonly counted: readonly DonationEntry[];
  readonly lastBatch: string;
};

// The pool, the journal page and the campaign's totals are in every batch.
const FIXED_ACTIONS = 3;

/**
 * The order in which gifts of one delivery are counted: time of payment, then payment id. Across deliveries the
 * order is the one in which they were counted: the pool's recorded sequence.
 */
export function inCountingOrder(entries: readonly DonationEntry[]): DonationEntry[] {
  return [...entries].sort((a, b) => compare(a.occurredAt, b.occurredAt) || compare(a.paymentId, b.paymentId));
}
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** How many of these gifts, taken from the front, fit into one transaction of 100 actions. */
export function fittingGifts(entries: readonly DonationEntry[], engine: Engine): number {
  const challenges = engine.plan.rules.filter(({ kind }) => kind === 'challenge').length;
  const extra = new Set<string>();
  let gifts = 0;
  for (const entry of entries) {
    for (const action of mostYearActions(entry, engine)) extra.add(action);
    if (entry.unitId !== undefined) extra.add(`unit ${entry.unitId}`);
    if (entry.teamId !== undefined) extra.add(`team ${entry.teamId}`);
    extra.add(`day ${entry.day}`);
    if (FIXED_ACTIONS + challenges + gifts + 1 + extra.size > LARGEST_TRANSACTION) return gifts;
    gifts += 1;
  }
  return gifts;
}

/** What a batch is planned from: gifts that fit, and what the store says of their donors. */
export type BatchInput = {
  readonly pool: MatchingPool;
  readonly engine: Engine;
  readonly entries: readonly DonationEntry[];
  readonly donors: DonorsAtHand;
  readonly now: Instant;
};

/**
 * Turns waiting gifts of one campaign into one transaction: a match entry each (which must be absent: the mark that a gift
 * has been counted), the journal page, donors' years, totals, and the pool guarded by its sequence and its money. So a
 * gift is counted, matched and totalled exactly once or not at all, and the pool is written once per batch.
 */
export function planBatch({ pool, engine, entries, donors, now }: BatchInput): BatchPlan {
  const state: MatchingState = { open: pool.state === 'open', funds: ownFunds(pool), donors: donors.recordsOf() };
  const lines: JournalLine[] = [];
  const matches: BatchAction[] = [];
  const turns: Adjustment[] = [];
  for (const entry of entries) {
    const gift = giftOf(entry, donors);
    const decision = decisionOf(engine, state, gift);
    const sequence = pool.sequence + lines.length + 1;
    for (const turn of book(engine, state, gift, decision))
      turns.push(challengeAdjustment(pool, turns.length + 1, sequence, turn, now));
    lines.push(journalLineOf(entry, gift, decision));
    matches.push(matchAction(pool, entry, gift, decision, sequence, now));
  }
  const lastBatch = fingerprint([
    String(pool.sequence),
    String(pool.adjustments),
    ...entries.map((entry) => entry.giftId),
  ]);
  const newDonors = donors.countNew(entries);
  return {
    counted: entries,
    lastBatch,
    announcements: announcementsOf(engine, pool.campaignId, entries, donors, state.donors),
    actions: [
      poolAction(pool, state, lines.length, turns.length, lastBatch),
      journalAction(pool, lines),
      ...matches,
      ...yearActions(engine, entries, donors, state).map((write): BatchAction => ({ about: 'donor', write })),
      ...totalsActions(pool.campaignId, lines, newDonors, turns).map(
        (write): BatchAction => ({ about: 'totals', write }),
      ),
      ...turns.map(
        (adjustment): BatchAction => ({
          about: 'adjustment',
          write: {
            put: { ...adjustmentKey(pool.campaignId, adjustment.number), ...adjustment },
            when: { absent: true },
          },
        }),
      ),
    ],
  };
}

function giftOf(entry: DonationEntry, donors: DonorsAtHand): GiftToMatch {
  const { giftId, donorId, unitId, amountMinor, inKind, occurredAt, day } = entry;
  const standing = donors.standingOf(donorId);
  return {
    giftId,
    donorId,
    unitId,
    amountMinor,
    ...(inKind === undefined ? {} : { inKind }),
    occurredAt,
    day,
    ...(standing === undefined ? {} : { standing }),
  };
}

function poolAction(
  pool: MatchingPool,
  state: MatchingState,
  gifts: number,
  adjustments: number,
  lastBatch: string,
): BatchAction {
  const remainingMinor = remainingOf(state.funds);
  return {
    about: 'pool',
    write: {
      update: poolKey(pool.campaignId),
      set: {
        funds: state.funds,
        remainingMinor,
        sequence: pool.sequence + gifts,
        ...(adjustments === 0 ? {} : { adjustments: pool.adjustments + adjustments }),
        lastBatch,
      },
      // The sequence alone would do; the money is guarded as well because it is what a mistake here would cost.
      when: {
        equals: { sequence: pool.sequence, adjustments: pool.adjustments, state: pool.state },
        atLeast: { remainingMinor: pool.remainingMinor - remainingMinor },
      },
    },
  };
}

/** A challenge that a gift turned, as an entry of its own right after the gift. */
function challengeAdjustment(
  pool: MatchingPool,
  nth: number,
  afterSequence: number,
  turn: ChallengeTurn,
  now: Instant,
): Adjustment {
  const { ruleId, lumpMinor } = turn;
  return {
    type: 'adjustment',
    campaignId: pool.campaignId,
    number: pool.adjustments + nth,
    afterSequence,
    kind: 'challenge',
    at: now,
    by: 'system',
    changes: [{ ruleId, matchMinor: turn.kind === 'unlocked' ? lumpMinor : -lumpMinor }],
    challenges: [turn],
  };
}

function matchAction(
  pool: MatchingPool,
  entry: DonationEntry,
  gift: GiftToMatch,
  decision: Decision,
  sequence: number,
  now: Instant,
): BatchAction {
  const { giftId, donorId, unitId, teamId, amountMinor, currency, occurredAt, day, thankYouDue, orderNo, campaignId } =
    entry;
  const match: MatchEntry = {
    type: 'match',
    giftId,
    campaignId,
    orderNo,
    donorId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(gift.inKind === undefined ? {} : { inKind: gift.inKind }),
    sequence,
    planId: pool.planId,
    planVersion: pool.planVersion,
    amountMinor,
    matchMinor: decision.matchMinor,
    currency,
    outcome: decision.outcome,
    draws: decision.draws as MatchEntry['draws'],
    ...(gift.standing === undefined ? {} : { standing: gift.standing as MatchEntry['standing'] }),
    ...(decision.held === undefined ? {} : { held: decision.held, heldGifts: decision.heldGifts }),
    occurredAt,
    day,
    allocatedAt: now,
    thankYouDue,
  };
  return { about: { giftId }, write: { put: { ...matchEntryKey(giftId), ...match }, when: { absent: true } } };
}

function journalLineOf(entry: DonationEntry, gift: GiftToMatch, decision: Decision): JournalLine {
  const { giftId, orderNo, donorId, unitId, teamId, anonymous, thankYouDue, amountMinor, occurredAt, day } = entry;
  return {
    giftId,
    orderNo,
    donorId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    anonymous,
    thankYouDue,
    ...(gift.inKind === undefined ? {} : { inKind: gift.inKind }),
    amountMinor,
    matchMinor: decision.matchMinor,
    outcome: decision.outcome,
    draws: decision.draws.map(({ ruleId, matchMinor, outcome, yearBeforeMinor }) => ({
      ruleId,
      matchMinor,
      outcome,
      ...(yearBeforeMinor === undefined ? {} : { yearBeforeMinor: minor(yearBeforeMinor) }),
    })),
    ...(gift.standing === undefined ? {} : { standing: gift.standing as JournalLine['standing'] }),
    ...(decision.held === undefined ? {} : { held: decision.held, heldGifts: decision.heldGifts }),
    occurredAt,
    day,
  };
}

function journalAction(pool: MatchingPool, lines: readonly JournalLine[]): BatchAction {
  const page = { campaignId: pool.campaignId, firstSequence: pool.sequence + 1, lines };
  return { about: 'journal', write: { put: journalPageItem(page), when: { absent: true } } };
}
