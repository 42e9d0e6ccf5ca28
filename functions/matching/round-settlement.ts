import { PermanentError } from '../kernel/errors.ts';
import { type Minor, minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import type { Adjustment } from './adjustment.ts';
import type { JournalLine } from './match-entry.ts';
import type { MatchingPlan } from './matching-plan.ts';
import { isRoundRule, type RoundRule } from './matching-rule.ts';
import type { MatchingState } from './matching-state.ts';
import { recheckPerformanceRound } from './rounds/performance-oracle.ts';
import { type ProjectResults, performanceRound } from './rounds/performance-round.ts';
import { recheckQuadraticRound } from './rounds/quadratic-oracle.ts';
import { type GiftLine, type QuadraticOutcome, quadraticRound, totalsByDonor } from './rounds/quadratic-round.ts';
import { performanceViolations, quadraticViolations } from './rounds/round-invariants.ts';
import type { Settlement } from './settlement.ts';

/** A gift as rounds count it: paid in time, not held, not void, less what was refunded. */
export type CountedGift = { readonly line: JournalLine; readonly amountMinor: Minor };

type Frame = { readonly opensAt: Instant; readonly closesAt: Instant };

/** The gifts that count in rounds, of everything that a pool's journal and adjustments say. */
export function countedGifts(
  journal: readonly JournalLine[],
  adjustments: readonly Adjustment[],
  { opensAt, closesAt }: Frame,
): CountedGift[] {
  const refunded = new Map<string, number>();
  const decided = new Map<string, 'release' | 'void'>();
  for (const { giftId, kind, refundMinor } of adjustments) {
    if (giftId === undefined) continue;
    if (refundMinor !== undefined) refunded.set(giftId, (refunded.get(giftId) ?? 0) + refundMinor);
    if (kind === 'release' || kind === 'void') decided.set(giftId, kind);
  }
  return journal.flatMap((line) => {
    const decision = decided.get(line.giftId);
    if (decision === 'void' || (line.held !== undefined && decision !== 'release')) return [];
    if (line.occurredAt < opensAt || line.occurredAt >= closesAt) return [];
    const amountMinor = minor(line.amountMinor - (refunded.get(line.giftId) ?? 0));
    return amountMinor > 0 ? [{ line, amountMinor }] : [];
  });
}

/** Gifts whose match waits for a person: held when they were counted, and not decided on since. */
export function heldGifts(journal: readonly JournalLine[], adjustments: readonly Adjustment[]): JournalLine[] {
  const decided = new Set(
    adjustments.filter(({ kind }) => kind === 'release' || kind === 'void').map(({ giftId }) => giftId),
  );
  return journal.filter(({ held, giftId }) => held !== undefined && !decided.has(giftId));
}

/** `outcome` says why, in the words of a quadratic round; a performance round's tiers speak for themselves. */
export type Share = {
  readonly unitId: string;
  readonly shareMinor: number;
  readonly outcome?: QuadraticOutcome | undefined;
};

/**
 * The shares of one round over the campaign's units, each checked by the round's own oracle and invariants before anything is
 * written. A gift that names no unit is no project's. Throws PermanentError where rule and oracle differ.
 */
export function sharesOf(rule: RoundRule, gifts: readonly CountedGift[], unitIds: readonly string[]): Share[] {
  const named = gifts.flatMap(({ line: { unitId, donorId }, amountMinor }) =>
    unitId === undefined ? [] : [{ unitId, donorId, amountMinor }],
  );
  return rule.kind === 'quadratic' ? quadraticShares(rule, named) : performanceShares(rule, named, unitIds);
}

function quadraticShares(rule: Extract<RoundRule, { kind: 'quadratic' }>, gifts: readonly GiftLine[]): Share[] {
  const round = quadraticRound(rule, totalsByDonor(gifts));
  const wrong = quadraticViolations(round);
  const verdict = recheckQuadraticRound(rule, gifts, round.projects);
  mustBeRight(rule, wrong, verdict.kind);
  return round.projects.map(({ unitId, shareMinor, outcome }) => ({ unitId, shareMinor, outcome }));
}

function performanceShares(
  rule: Extract<RoundRule, { kind: 'performance' }>,
  gifts: readonly GiftLine[],
  unitIds: readonly string[],
): Share[] {
  const results = unitIds.map((unitId): ProjectResults => {
    const own = gifts.filter((gift) => gift.unitId === unitId);
    return {
      unitId,
      raisedMinor: minor(own.reduce((total, { amountMinor }) => total + amountMinor, 0)),
      donors: new Set(own.map(({ donorId }) => donorId)).size,
      gifts: own.length,
    };
  });
  const round = performanceRound(rule, results);
  const verdict = recheckPerformanceRound(rule.tiers, results, round.projects);
  mustBeRight(rule, performanceViolations(round), verdict.kind);
  return round.projects.map(({ unitId, shareMinor }) => ({ unitId, shareMinor }));
}

function mustBeRight(rule: RoundRule, violations: readonly string[], verdict: 'agrees' | 'disagrees'): void {
  if (violations.length === 0 && verdict === 'agrees') return;
  throw new PermanentError(
    `the round of rule ${rule.id} is not what its oracle says: ${violations.join('; ') || 'shares differ'}`,
  );
}

/** The rounds of a plan whose shares are not, or not any more, what the gifts give. */
export function openRounds(
  plan: MatchingPlan,
  adjustments: readonly Adjustment[],
  gifts: readonly CountedGift[],
  unitIds: readonly string[],
): { readonly rule: RoundRule; readonly shares: readonly Share[]; readonly beforeMinor: number }[] {
  return plan.rules.filter(isRoundRule).flatMap((rule) => {
    const shares = sharesOf(rule, gifts, unitIds);
    const last = adjustments.findLast(({ kind, ruleId }) => kind === 'round' && ruleId === rule.id);
    if (last !== undefined && JSON.stringify(last.shares) === JSON.stringify(shares)) return [];
    return [{ rule, shares, beforeMinor: sumOf(last?.shares ?? []) }];
  });
}

const sumOf = (shares: readonly Share[]): number => shares.reduce((total, { shareMinor }) => total + shareMinor, 0);

/** Books a round's shares into its fund: the first time all of them, later what is different in sum. */
export function roundSettlement(
  { rule, shares, beforeMinor }: ReturnType<typeof openRounds>[number],
  state: MatchingState,
): Settlement {
  const matchMinor = sumOf(shares) - beforeMinor;
  const fund = state.funds.find(({ ruleId }) => ruleId === rule.id);
  if (fund === undefined) throw new PermanentError(`rule ${rule.id} has no pool`);
  fund.remainingMinor -= matchMinor;
  return {
    adjustment: {
      kind: 'round',
      by: 'system',
      ruleId: rule.id,
      shares: [...shares],
      changes: matchMinor === 0 ? [] : [{ ruleId: rule.id, matchMinor }],
    },
    totals: { matchMinor: 0, refundedMinor: 0 },
    campaignTotals: matchMinor === 0 ? {} : { lumpMinor: matchMinor },
  };
}
