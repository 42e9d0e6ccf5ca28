import type { Minor } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import type { DonorRecords } from './donor-records.ts';
import type { ChallengeProgress } from './rules/challenge.ts';

/** What the rules may know of a gift. Nothing of the donor but the keyed hash and what stands about it in our own lists. */
export type GiftToMatch = {
  readonly giftId: string;
  readonly donorId: string;
  readonly unitId?: string | undefined;
  readonly amountMinor: Minor;
  /** Goods, whose amount is what somebody assessed: no sponsor's money follows it. */
  readonly inKind?: true | undefined;
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

/**
 * Everything that the next gift's match depends on. Whoever makes it owns it: it is changed in place by `book` and
 * `bookAdjustment` and by nothing else, because copying the donors of a campaign for each gift would be all the work.
 */
export type MatchingState = {
  open: boolean;
  /** In the plan's order. */
  readonly funds: Fund[];
  readonly donors: DonorRecords;
};

/** The name under which gifts without a unit share a cap per unit. */
export const NO_UNIT = '-';
export const unitOf = (gift: { readonly unitId?: string | undefined }): string => gift.unitId ?? NO_UNIT;

/** What is left for a gift in a fund, or in the part of it that the gift's window draws from. */
export const remainingIn = (fund: Fund, subPoolId: string | undefined): number =>
  subPoolId === undefined ? fund.remainingMinor : (fund.subPools?.[subPoolId] ?? 0);
