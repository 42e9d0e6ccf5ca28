import type { Instant } from '../kernel/time.ts';
import type { DonorRecords } from './donor-records.ts';
import type { MatchEntry } from './match-entry.ts';
import type { Decision, Engine } from './matching-engine.ts';
import { type GiftRule, isGiftRule, type RuleOf } from './matching-rule.ts';
import { type Fund, type GiftToMatch, type MatchingState, remainingIn, unitOf } from './matching-state.ts';
import { isReached } from './rules/challenge.ts';
import { rememberGift } from './rules/screen.ts';
import type { OpenWindow } from './rules/windows.ts';

/** A challenge that this gift unlocked, or that a refund locked again. */
export type ChallengeTurn = {
  readonly ruleId: string;
  readonly kind: 'unlocked' | 'locked';
  readonly lumpMinor: number;
};

/**
 * Books a decided gift into the state: the one place, with `bookChange`, where money leaves a fund. Gives the challenges
 * that it unlocked.
 */
export function book(
  engine: Engine,
  state: MatchingState,
  gift: GiftToMatch,
  decision: Decision,
): readonly ChallengeTurn[] {
  for (const drawn of decision.draws) if (drawn.matchMinor > 0) bookDraw(engine, state, gift, drawn, drawn.matchMinor);
  if (engine.plan.screen !== undefined && gift.inKind !== true)
    rememberGift(engine.plan.screen, state.donors.ownMemoryOf(gift.donorId), gift);
  if (!state.open || decision.held !== undefined) return NO_TURNS;
  return countForChallenges(engine, state, gift, gift.amountMinor, 1);
}

const NO_TURNS: readonly ChallengeTurn[] = [];

/**
 * Books what a counted gift changed in what is remembered of its donor, and nothing else: what `book` did to the donor when
 * the gift was counted, from its match entry. Years are left out, as they have items of their own.
 */
export function bookToDonor(engine: Engine, donors: DonorRecords, match: MatchEntry): void {
  for (const { ruleId, matchMinor, streakBonus } of match.draws) {
    const rule = engine.plan.rules.find(({ id }) => id === ruleId);
    if (matchMinor > 0 && rule !== undefined && isGiftRule(rule))
      bookDonor(rule, donors, match, { streakBonus }, matchMinor);
  }
  if (match.inKind === true) return;
  if (engine.plan.screen !== undefined) rememberGift(engine.plan.screen, donors.ownMemoryOf(match.donorId), match);
  if (match.outcome === 'pool-finalised' || match.held !== undefined) return;
  for (const { rule, windows } of engine.rules)
    if (rule.kind === 'challenge' && rule.measure === 'donors' && isWithin(windows, match.occurredAt))
      donors.add(match.donorId, rule.id, 'challenge-gifts', 1);
}

/** Whether a challenge counts what was paid at that instant: it has one time. */
const isWithin = ([time]: readonly OpenWindow[], at: Instant): boolean =>
  time !== undefined && at >= time.from && at < time.until;

/** Of a draw, what says where its money came from. */
type DrawnFrom = {
  readonly ruleId: string;
  readonly subPoolId?: string | undefined;
  readonly year?: string | undefined;
  readonly streakBonus?: true | undefined;
};

/** Moves `amountMinor` of a draw out of its fund and into what donor and unit have drawn; a negative amount takes it back. */
export function bookDraw(
  engine: Engine,
  state: MatchingState,
  gift: Pick<GiftToMatch, 'donorId' | 'unitId' | 'day'>,
  drawn: DrawnFrom,
  amountMinor: number,
): void {
  const index = engine.rules.findIndex(({ rule }) => rule.id === drawn.ruleId);
  const rule = engine.rules[index]?.rule;
  const fund = state.funds[index];
  if (rule === undefined || fund === undefined || !isGiftRule(rule))
    throw new RangeError(`there is no rule ${drawn.ruleId} that follows gifts`);
  fund.remainingMinor -= amountMinor;
  if (drawn.subPoolId !== undefined && fund.subPools !== undefined)
    fund.subPools[drawn.subPoolId] = remainingIn(fund, drawn.subPoolId) - amountMinor;
  if (rule.perUnit !== undefined) {
    fund.units ??= {};
    fund.units[unitOf(gift)] = (fund.units[unitOf(gift)] ?? 0) + amountMinor;
  }
  bookDonor(rule, state.donors, gift, drawn, amountMinor);
}

function bookDonor(
  rule: GiftRule,
  donors: DonorRecords,
  gift: Pick<GiftToMatch, 'donorId' | 'day'>,
  drawn: Pick<DrawnFrom, 'year' | 'streakBonus'>,
  amountMinor: number,
): void {
  const { perDonor } = rule;
  if (perDonor === undefined && drawn.streakBonus !== true) return;
  const { donorId } = gift;
  if (perDonor?.capMinor !== undefined) donors.add(donorId, rule.id, 'total', amountMinor);
  if (perDonor?.perDayMinor !== undefined) donors.add(donorId, rule.id, gift.day, amountMinor);
  if (drawn.year !== undefined) donors.add(donorId, rule.id, `year ${drawn.year}`, amountMinor);
  // A streak bonus stays given when the gift is refunded later: it is one in a donor's life, not one at a time.
  if (drawn.streakBonus === true && amountMinor > 0) donors.add(donorId, rule.id, 'streak-bonus', 1);
}

/**
 * Counts a gift for every challenge whose time it falls into (`gifts` is 1), or takes money or the whole gift out again
 * (-1, or 0 for a part). Goods count for none. Gives the challenges that turned.
 */
export function countForChallenges(
  engine: Engine,
  state: MatchingState,
  gift: Pick<GiftToMatch, 'donorId' | 'occurredAt' | 'inKind'>,
  amountMinor: number,
  gifts: -1 | 0 | 1,
): readonly ChallengeTurn[] {
  if (!engine.hasChallenges || gift.inKind === true) return NO_TURNS;
  return engine.rules.flatMap(({ rule, windows }, index) => {
    const fund = state.funds[index];
    if (rule.kind !== 'challenge' || fund?.challenge === undefined || !isWithin(windows, gift.occurredAt)) return [];
    fund.challenge.amountMinor += amountMinor;
    fund.challenge.gifts += gifts;
    if (rule.measure === 'donors') fund.challenge.donors += donorsCounted(state, gift.donorId, rule.id, gifts);
    return turnOf(rule, fund);
  });
}

/** How the number of donors changes: by one with a donor's first gift and with the loss of their last. */
function donorsCounted(state: MatchingState, donorId: string, ruleId: string, gifts: -1 | 0 | 1): number {
  const before = state.donors.sumOf(donorId, ruleId, 'challenge-gifts');
  state.donors.add(donorId, ruleId, 'challenge-gifts', gifts);
  return Number(before + gifts > 0) - Number(before > 0);
}

function turnOf(rule: RuleOf<'challenge'>, fund: Fund): ChallengeTurn[] {
  const { challenge } = fund;
  if (challenge === undefined || challenge.unlocked === isReached(rule, challenge)) return [];
  challenge.unlocked = !challenge.unlocked;
  const lumpMinor = fund.poolMinor;
  fund.remainingMinor = challenge.unlocked ? 0 : lumpMinor;
  return [{ ruleId: rule.id, kind: challenge.unlocked ? 'unlocked' : 'locked', lumpMinor }];
}
