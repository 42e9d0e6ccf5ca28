import type { Minor } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import type { ChallengeProgress } from './rules/challenge.ts';
import type { ScreenMemory } from './rules/screen.ts';

/** What the rules may know of a gift. Nothing of the donor but the keyed hash and what stands about it in our own lists. */
export type GiftToMatch = {
  readonly giftId: string;
  readonly donorId: string;
  readonly unitId?: string | undefined;
  readonly amountMinor: Minor;
  readonly occurredAt: Instant;
  /** The local day of payment in the campaign's zone. */
  readonly day: LocalDate;
  /** What was known of the donor when the gift was counted; kept with the match, so that it can be recomputed. */
  readonly standing?: Standing | undefined;
};

/** What a charity's own lists say of a donor: how many they moved, how long they have given, whose people they are. */
export type Standing = {
  readonly reach?: number | undefined;
  readonly years?: number | undefined;
  readonly employerRuleIds?: readonly string[] | undefined;
};

/** One rule's money, as it is now. `subPools` holds the parts of a rule that keeps its money in sub-pools. */
export type Fund = {
  readonly ruleId: string;
  poolMinor: number;
  remainingMinor: number;
  subPools?: Record<string, number> | undefined;
  /** What each unit's gifts have drawn, where the rule caps it. */
  units?: Record<string, number> | undefined;
  challenge?: ChallengeProgress | undefined;
};

/** What one donor has drawn from one rule so far. */
export type DonorUse = {
  totalMinor: number;
  /** By local day of the gift. */
  days: Record<string, number>;
  /** By year of the rule's programme, all campaigns together. */
  years: Record<string, number>;
  /** That the streak bonus was given, which is given once. */
  streakBonus?: boolean | undefined;
  /** How many gifts of this donor count for this challenge. */
  challengeGifts?: number | undefined;
};
export type DonorState = ScreenMemory & {
  /** By rule id. */
  readonly uses: Record<string, DonorUse>;
};

/**
 * Everything that the next gift's match depends on. Whoever makes it owns it: it is changed in place by `book` and
 * `bookAdjustment` and by nothing else, because copying the donors of a campaign for each gift would be all the work.
 */
export type MatchingState = {
  open: boolean;
  /** In the plan's order. */
  readonly funds: Fund[];
  readonly donors: Map<string, DonorState>;
};

/** The name under which gifts without a unit share a cap per unit. */
export const NO_UNIT = '-';
export const unitOf = (gift: { readonly unitId?: string | undefined }): string => gift.unitId ?? NO_UNIT;

export const newDonorState = (): DonorState => ({ uses: {}, recent: [] });
export const newDonorUse = (): DonorUse => ({ totalMinor: 0, days: {}, years: {} });

/** What a donor has drawn from a rule, made where there is nothing yet. */
export function donorUseOf(state: MatchingState, donorId: string, ruleId: string): DonorUse {
  const donor = donorOf(state, donorId);
  donor.uses[ruleId] ??= newDonorUse();
  return donor.uses[ruleId];
}

export function donorOf(state: MatchingState, donorId: string): DonorState {
  let donor = state.donors.get(donorId);
  if (donor === undefined) {
    donor = newDonorState();
    state.donors.set(donorId, donor);
  }
  return donor;
}

/** What is left for a gift in a fund, or in the part of it that the gift's window draws from. */
export const remainingIn = (fund: Fund, subPoolId: string | undefined): number =>
  subPoolId === undefined ? fund.remainingMinor : (fund.subPools?.[subPoolId] ?? 0);
