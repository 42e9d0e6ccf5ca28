import { PermanentError, type Refusal, refuse } from '../kernel/errors.ts';
import type { Adjustment, Change } from './adjustment.ts';
import { changesForRefund, changesForVoid, type GiftAccount, type MatchStanding, standingOf } from './gift-account.ts';
import type { MatchEntry } from './match-entry.ts';
import { bookDraw, type ChallengeTurn, countForChallenges } from './matching-books.ts';
import type { Engine } from './matching-engine.ts';
import type { MatchingPool } from './matching-pool.ts';
import type { MatchingState } from './matching-state.ts';

/** The books of a pool, read for one change of them. */
export type OpenBooks = { readonly pool: MatchingPool; readonly engine: Engine; readonly state: MatchingState };

/** A change of the books that is decided and booked into the state, but not written yet. */
export type Settlement = {
  readonly adjustment: Pick<Adjustment, 'kind' | 'changes'> & Partial<Adjustment>;
  /** What changes in totals that the gift was counted in. */
  readonly totals: { readonly matchMinor: number; readonly refundedMinor: number; readonly goodsBackMinor?: number };
  /** What changes in the campaign's totals alone. */
  readonly campaignTotals: Readonly<Record<string, number>>;
};

/** Whether challenges may still turn: until the matches are confirmed, and for gifts that were counted in time. */
const countsForChallenges = (pool: MatchingPool, match: MatchEntry): boolean =>
  (pool.stage === 'provisional' || pool.stage === 'publicised') &&
  match.sequence <= (pool.finalisedSequence ?? match.sequence);

/**
 * Settles the next refund of a gift that has not been settled, in order of time: its part of every match goes back.
 * `undefined` when all are settled. Throws PermanentError when refunds exceed the gift: a person must look.
 */
export function refundSettlement(account: GiftAccount, books: OpenBooks): Settlement | undefined {
  const { match, refunds, settlements } = account;
  if (match === undefined) return undefined;
  const settled = new Set(settlements.map(({ refundId }) => refundId));
  const [next] = refunds
    .filter(({ refundId }) => !settled.has(refundId))
    .sort((a, b) =>
      a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a.refundId < b.refundId ? -1 : 1,
    );
  if (next === undefined) return undefined;
  if (next.currency !== match.currency)
    throw new PermanentError(
      `refund ${next.refundId} of gift ${match.giftId} is in ${next.currency}, but the gift is in ${match.currency}`,
    );
  const standing = standingOf(match, settlements);
  const refundedMinor = standing.refundedMinor + next.amountMinor;
  if (refundedMinor > match.amountMinor)
    throw new PermanentError(
      `refunds of gift ${match.giftId} sum to ${refundedMinor}, but it was ${match.amountMinor}: refund ${next.refundId} is not settled`,
    );
  const changes = changesForRefund(standing, match.amountMinor, refundedMinor);
  const isWhole = refundedMinor === match.amountMinor;
  const turns =
    standing.isHeld || standing.isVoid || !countsForChallenges(books.pool, match)
      ? []
      : countForChallenges(books.engine, books.state, match, -next.amountMinor, isWhole ? -1 : 0);
  return bookedSettlement(match, standing, changes, turns, books, {
    kind: 'refund',
    by: 'system',
    refundId: next.refundId,
    refundMinor: next.amountMinor,
  });
}

/** A person releases a held match, or takes a match away: from a held gift, or from any gift before confirmation. */
export function decisionSettlement(
  decision: { readonly kind: 'release' | 'void'; readonly by: string; readonly reason: string },
  account: GiftAccount,
  books: OpenBooks,
): Settlement | Refusal {
  const { match, settlements } = account;
  if (match === undefined) return refuse('not-counted', 'This gift has not been counted yet.');
  if (match.sequence > (books.pool.finalisedSequence ?? match.sequence))
    return refuse('not-matched', 'This gift was counted after matching was closed; there is no match to decide on.');
  const standing = standingOf(match, settlements);
  if (standing.isVoid) return refuse('already-void', 'The match of this gift was taken away already.');
  if (decision.kind === 'release' && !standing.isHeld)
    return refuse('not-held', 'The match of this gift is not held, so there is nothing to release.');
  if (books.pool.stage === 'confirmed' || books.pool.stage === 'paid')
    return refuse('already-confirmed', 'The matches of this campaign are confirmed; a decision on one comes too late.');
  const wasCounted = !standing.isHeld && standing.refundedMinor < match.amountMinor;
  const remaining = match.amountMinor - standing.refundedMinor;
  const turns = !countsForChallenges(books.pool, match)
    ? []
    : decision.kind === 'release' && remaining > 0
      ? countForChallenges(books.engine, books.state, match, remaining, 1)
      : decision.kind === 'void' && wasCounted
        ? countForChallenges(books.engine, books.state, match, -remaining, -1)
        : [];
  const changes = decision.kind === 'void' ? changesForVoid(standing) : [];
  return bookedSettlement(match, standing, changes, turns, books, decision);
}

function bookedSettlement(
  match: MatchEntry,
  standing: MatchStanding,
  changes: readonly Change[],
  turns: readonly ChallengeTurn[],
  { engine, state }: OpenBooks,
  about: Pick<Adjustment, 'kind'> & Partial<Adjustment>,
): Settlement {
  for (const change of changes) {
    const draw = standing.draws.findLast(({ draw: { ruleId } }) => ruleId === change.ruleId)?.draw;
    bookDraw(engine, state, match, draw ?? change, change.matchMinor);
  }
  const matchMinor = changes.reduce((total, change) => total + change.matchMinor, 0);
  const lumps = turns.map(lumpChange);
  const lumpMinor = lumps.reduce((total, change) => total + change.matchMinor, 0);
  const refundMinor = about.refundMinor ?? 0;
  const lostMatch = standing.netMinor > 0 && standing.netMinor + matchMinor === 0;
  const isDecided = standing.isHeld && (about.kind === 'release' || about.kind === 'void');
  const wholeRefund = refundMinor > 0 && standing.refundedMinor + refundMinor === match.amountMinor;
  return {
    adjustment: {
      ...about,
      giftId: match.giftId,
      changes: [...changes, ...lumps],
      ...(turns.length === 0 ? {} : { challenges: [...turns] }),
    },
    totals: {
      matchMinor,
      refundedMinor: refundMinor,
      ...(match.inKind === true && refundMinor > 0 ? { goodsBackMinor: refundMinor } : {}),
    },
    campaignTotals: {
      ...(lostMatch ? { matchedGifts: -1 } : {}),
      ...(wholeRefund ? { refundedGifts: 1 } : {}),
      ...(isDecided ? { heldGifts: -1 } : {}),
      ...(lumpMinor === 0 ? {} : { lumpMinor }),
    },
  };
}

export const lumpChange = ({ ruleId, kind, lumpMinor }: ChallengeTurn): Change => ({
  ruleId,
  matchMinor: kind === 'unlocked' ? lumpMinor : -lumpMinor,
});
