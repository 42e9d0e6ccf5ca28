import type { KeyObject } from 'node:crypto';
import { floorRatio, type Minor, minor, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import type { DonorRecords } from './donor-records.ts';
import type { MatchOutcome } from './match-outcome.ts';
import type { MatchingPlan } from './matching-plan.ts';
import { type GiftRule, isGiftRule, type MatchingRule } from './matching-rule.ts';
import { type Fund, type GiftToMatch, type MatchingState, remainingIn, unitOf } from './matching-state.ts';
import { type Luck, type Offer, offerOf } from './offer.ts';
import { type Cap, programmeYearOf, unitCapMinor } from './rules/caps.ts';
import { seedKeyOf } from './rules/luck.ts';
import { type Hold, holdOf } from './rules/screen.ts';
import { type OpenWindow, openWindows, type WindowFinder, windowFinder } from './rules/windows.ts';

/** What one rule gave to one gift, and everything that decided it: inputs, caps, result. */
export type Draw = {
  readonly ruleId: string;
  readonly outcome: MatchOutcome;
  readonly matchMinor: Minor;
  /** What the rule gives before caps and pool; left out where that is the match. */
  readonly offerMinor?: Minor;
  /** The base, where a bonus came on top. */
  readonly baseMinor?: Minor;
  readonly bandBasisPoints?: number;
  readonly luck?: Luck;
  readonly streakBonus?: true;
  /** The caps that were as tight as the result, where it is less than the offer. */
  readonly capsHit?: readonly Cap[];
  readonly subPoolId?: string;
  /** The programme year whose cap counted, and what the donor had drawn from it before, in all campaigns. */
  readonly year?: string;
  readonly yearBeforeMinor?: Minor;
  /** What was left in the rule's pool, or sub-pool, before this gift. */
  readonly leftBeforeMinor?: Minor;
  /** For claims: what was left of the gift when it was claimed for, where part of it had gone back before. */
  readonly ofMinor?: Minor;
};

/** A gift's match: what each rule gave, in the plan's order; and why it is held for a person, where it is. */
export type Decision = {
  readonly matchMinor: Minor;
  /** The outcome of the first rule that gave something, else of the first rule. */
  readonly outcome: MatchOutcome;
  readonly draws: readonly Draw[];
} & Partial<Hold>;

/** The plan as it is run: windows as instants, seeds as keys. Made once per batch. */
export type Engine = {
  readonly plan: MatchingPlan;
  readonly rules: readonly RuleAtWork[];
  /** Those of them that follow single gifts, in the plan's order. */
  readonly giftRules: readonly GiftRuleAtWork[];
  /** Whether any rule needs to know what the donor has drawn or when they gave last. */
  readonly needsDonors: boolean;
  readonly needsStandings: boolean;
  readonly hasChallenges: boolean;
};
type RuleAtWork = {
  readonly rule: MatchingRule;
  readonly windows: readonly OpenWindow[];
};
type GiftRuleAtWork = RuleAtWork & {
  readonly rule: GiftRule;
  /** Where in the plan the rule stands, and so which fund is its. */
  readonly place: number;
  readonly windowAt: WindowFinder;
  readonly seed: KeyObject | undefined;
  /** The caps that hold this rule back, as draws name them: no gift need look at the others. */
  readonly caps: readonly Cap[];
};

export type CampaignFrame = { readonly zone: string; readonly opensAt: Instant; readonly closesAt: Instant };

/**
 * Makes a plan ready to run. `seeds` are those of its random rules, by rule id, in hex. Throws RangeError where a random
 * rule has none: then nothing can be drawn, and no gift may be counted as if it had not won.
 */
export function engineOf(
  plan: MatchingPlan,
  campaign: CampaignFrame,
  seeds: Readonly<Record<string, string>> = {},
): Engine {
  const rules = plan.rules.map((rule): RuleAtWork => ({ rule, windows: windowsOf(rule, campaign) }));
  const giftRules = rules.flatMap(({ rule, windows }, place): GiftRuleAtWork[] =>
    isGiftRule(rule)
      ? [
          {
            rule,
            windows,
            place,
            windowAt: windowFinder(windows),
            seed: rule.kind === 'random' ? seedOf(rule, seeds) : undefined,
            caps: CAPS_IN_ORDER.filter((cap) => isInForce(cap, rule, plan)),
          },
        ]
      : [],
  );
  return {
    plan,
    rules,
    giftRules,
    needsDonors: plan.screen !== undefined || plan.rules.some(looksAtDonor),
    needsStandings: plan.rules.some(looksAtStanding),
    hasChallenges: plan.rules.some(({ kind }) => kind === 'challenge'),
  };
}

function seedOf(rule: MatchingRule, seeds: Readonly<Record<string, string>>): KeyObject {
  const seed = seeds[rule.id];
  if (seed === undefined) throw new RangeError(`rule ${rule.id} draws lots and has no seed`);
  return seedKeyOf(seed);
}

/** When a rule is in force, as instants in time order. */
export function windowsOf(rule: MatchingRule, campaign: CampaignFrame): OpenWindow[] {
  if (isGiftRule(rule)) return openWindows(rule.windows, campaign);
  if (rule.kind !== 'challenge') return openWindows(undefined, campaign);
  const [whole] = openWindows(undefined, campaign);
  const from = rule.from === undefined ? undefined : openWindows([{ from: rule.from, until: rule.from }], campaign)[0];
  const until =
    rule.until === undefined ? undefined : openWindows([{ from: rule.until, until: rule.until }], campaign)[0];
  if (whole === undefined) return [];
  return [{ ...whole, from: from?.from ?? whole.from, until: until?.from ?? whole.until }];
}

function looksAtDonor(rule: MatchingRule): boolean {
  if (rule.kind === 'challenge') return rule.measure === 'donors';
  if (!isGiftRule(rule)) return false;
  return rule.perDonor !== undefined || (rule.kind === 'loyalty' && rule.streakBonus !== undefined);
}

function looksAtStanding(rule: MatchingRule): boolean {
  if (rule.kind === 'ratio') return rule.bands !== undefined;
  if (rule.kind === 'random') return rule.bands !== undefined || rule.multiplier !== undefined;
  return rule.kind === 'loyalty';
}

/** What a gift draws before matching has begun to look at the pool at all. */
const NO_MATCH: Decision = { matchMinor: ZERO, outcome: 'no-rule', draws: [] };
const FINALISED: Decision = { matchMinor: ZERO, outcome: 'pool-finalised', draws: [] };

/**
 * What one gift draws: each rule in the plan's order, on the original gift, at most its caps, at most what is left, and
 * together at most the plan's multiple. Reads the state and changes nothing; `book` is what changes it. Floor everywhere, so
 * that no rounding can exceed a cap or a pool. The oracle computes the same without any of this code.
 */
export function decisionOf(engine: Engine, state: MatchingState, gift: GiftToMatch): Decision {
  if (!state.open) return FINALISED;
  let multipleRoom = mostOf(engine.plan, gift.amountMinor);
  let matchMinor = 0;
  const draws = engine.giftRules.map((atWork) => {
    const drawn = drawOf(atWork, state, gift, multipleRoom);
    multipleRoom -= drawn.matchMinor;
    matchMinor += drawn.matchMinor;
    return drawn;
  });
  const first = matchMinor > 0 ? draws.find((drawn) => drawn.matchMinor > 0) : draws[0];
  if (first === undefined) return NO_MATCH;
  const decision = { matchMinor: matchMinor as Minor, outcome: first.outcome, draws };
  const { screen } = engine.plan;
  const hold =
    screen === undefined || matchMinor === 0 ? undefined : holdOf(screen, state.donors.memoryOf(gift.donorId), gift);
  return hold === undefined ? decision : { ...decision, ...hold };
}

/** The most that all rules together give to so large a gift; `NO_LIMIT` where the plan has no multiple. */
export const mostOf = ({ maxMultiple }: MatchingPlan, amountMinor: Minor): number =>
  maxMultiple === undefined ? NO_LIMIT : floorRatio(amountMinor, maxMultiple.numerator, maxMultiple.denominator);

function drawOf(atWork: GiftRuleAtWork, state: MatchingState, gift: GiftToMatch, multipleRoom: number): Draw {
  const { rule } = atWork;
  if (gift.inKind === true) return { ruleId: rule.id, outcome: 'in-kind', matchMinor: ZERO };
  const window = atWork.windowAt(gift.occurredAt);
  if (window === undefined) return { ruleId: rule.id, outcome: 'outside-window', matchMinor: ZERO };
  const { minMinor } = rule.perGift ?? {};
  if (minMinor !== undefined && gift.amountMinor < minMinor)
    return { ruleId: rule.id, outcome: 'below-minimum', matchMinor: ZERO };
  const hadStreakBonus = rule.kind === 'loyalty' && state.donors.sumOf(gift.donorId, rule.id, 'streak-bonus') > 0;
  const offer = offerOf(rule, gift, atWork.seed, hadStreakBonus);
  return drawnFrom(atWork, window.subPoolId, offer, state, gift, multipleRoom);
}

/** A draw while it is put together, field by field: a million of them are made of one object each, and not of ten. */
type DrawInTheMaking = { -readonly [Field in keyof Draw]: Draw[Field] };

/** Cuts an offer to what the caps and the pool leave. Also what an approved claim goes through. */
export function drawnFrom(
  { rule, place, caps }: GiftRuleAtWork,
  subPoolId: string | undefined,
  offer: Offer,
  state: MatchingState,
  gift: GiftToMatch,
  multipleRoom: number,
): Draw {
  if (offer.nothing !== undefined)
    return withInputs({ ruleId: rule.id, outcome: offer.nothing, matchMinor: ZERO }, offer, subPoolId);
  const fund = state.funds[place];
  if (fund === undefined) throw new RangeError(`rule ${rule.id} has no fund`);
  const left = remainingIn(fund, subPoolId);
  const offerMinor = offer.minor;
  let room: number = offerMinor;
  for (const cap of caps) room = Math.min(room, roomUnder(cap, rule, fund, state.donors, gift, multipleRoom));
  const matched = Math.min(room, left);
  const draw: DrawInTheMaking = {
    ruleId: rule.id,
    outcome: outcomeOf(offerMinor, room, left),
    matchMinor: matched as Minor,
    leftBeforeMinor: left as Minor,
  };
  if (matched < offerMinor) draw.offerMinor = offerMinor;
  if (room < offerMinor && room <= left)
    draw.capsHit = caps.filter((cap) => roomUnder(cap, rule, fund, state.donors, gift, multipleRoom) === room);
  const perYear = rule.perDonor?.perYear;
  if (perYear !== undefined) {
    draw.year = programmeYearOf(gift.day, perYear.startsOn);
    draw.yearBeforeMinor = state.donors.sumOf(gift.donorId, rule.id, `year ${draw.year}`) as Minor;
  }
  // A bonus that was cut to nothing is not used up.
  if (offer.streakBonus === true && matched > 0) draw.streakBonus = true;
  return withInputs(draw, offer, subPoolId);
}

/** Adds what the offer was made of, where there is anything to say. */
function withInputs(draw: DrawInTheMaking, offer: Offer, subPoolId: string | undefined): Draw {
  if (offer.baseMinor !== undefined) draw.baseMinor = offer.baseMinor;
  if (offer.bandBasisPoints !== undefined) draw.bandBasisPoints = offer.bandBasisPoints;
  if (offer.luck !== undefined) draw.luck = offer.luck;
  if (subPoolId !== undefined) draw.subPoolId = subPoolId;
  return draw;
}

function outcomeOf(offer: number, room: number, left: number): MatchOutcome {
  if (room <= 0) return 'capped';
  if (left <= 0) return 'exhausted';
  if (left < room) return 'partly';
  return room < offer ? 'capped' : 'matched';
}

/** As draws name them. */
const CAPS_IN_ORDER: readonly Cap[] = [
  'per-gift',
  'multiple',
  'per-unit',
  'per-donor',
  'per-donor-day',
  'per-donor-year',
];
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

function isInForce(cap: Cap, { perGift, perDonor, perUnit }: GiftRule, { maxMultiple }: MatchingPlan): boolean {
  switch (cap) {
    case 'per-gift':
      return perGift?.capMinor !== undefined;
    case 'multiple':
      return maxMultiple !== undefined;
    case 'per-unit':
      return perUnit !== undefined;
    case 'per-donor':
      return perDonor?.capMinor !== undefined;
    case 'per-donor-day':
      return perDonor?.perDayMinor !== undefined;
    case 'per-donor-year':
      return perDonor?.perYear !== undefined;
  }
}

/** How much a cap still leaves for this gift: never below zero, and no limit where the rule has no such cap. */
function roomUnder(
  cap: Cap,
  { id, perGift, perDonor, perUnit }: GiftRule,
  fund: Fund,
  donors: DonorRecords,
  gift: GiftToMatch,
  multipleRoom: number,
): number {
  switch (cap) {
    case 'per-gift':
      return perGift?.capMinor ?? NO_LIMIT;
    case 'multiple':
      return Math.max(0, multipleRoom);
    case 'per-unit':
      if (perUnit === undefined) return NO_LIMIT;
      return roomLeft(unitCapMinor(perUnit, minor(fund.poolMinor)), fund.units?.[unitOf(gift)] ?? 0);
    case 'per-donor':
      return roomLeft(perDonor?.capMinor, donors.sumOf(gift.donorId, id, 'total'));
    case 'per-donor-day':
      return roomLeft(perDonor?.perDayMinor, donors.sumOf(gift.donorId, id, gift.day));
    case 'per-donor-year': {
      const perYear = perDonor?.perYear;
      if (perYear === undefined) return NO_LIMIT;
      const year = programmeYearOf(gift.day, perYear.startsOn);
      return roomLeft(perYear.capMinor, donors.sumOf(gift.donorId, id, `year ${year}`));
    }
  }
}

const roomLeft = (capMinor: number | undefined, drawnMinor: number): number =>
  capMinor === undefined ? NO_LIMIT : Math.max(0, capMinor - drawnMinor);
