import { floorRatio, type Minor, minor, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import type { MatchOutcome } from './match-outcome.ts';
import type { MatchingPlan } from './matching-plan.ts';
import { type GiftRule, isGiftRule, type MatchingRule } from './matching-rule.ts';
import { type Fund, type GiftToMatch, type MatchingState, remainingIn, unitOf } from './matching-state.ts';
import { type Luck, type Offer, offerOf } from './offer.ts';
import { type Cap, programmeYearOf, unitCapMinor } from './rules/caps.ts';
import { type OpenWindow, openWindows, windowAt } from './rules/windows.ts';

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
};

/** A gift's match: what each rule gave, in the plan's order. */
export type Decision = {
  readonly matchMinor: Minor;
  /** The outcome of the first rule that gave something, else of the first rule. */
  readonly outcome: MatchOutcome;
  readonly draws: readonly Draw[];
  /** Why the match is held for a person, where it is. */
  readonly held?: 'velocity';
};

/** The plan as it is run: windows as instants, seeds at hand. Made once per batch. */
export type Engine = {
  readonly plan: MatchingPlan;
  readonly rules: readonly RuleAtWork[];
  /** Whether any rule needs to know what the donor has drawn or when they gave last. */
  readonly needsDonors: boolean;
  readonly needsStandings: boolean;
};
type RuleAtWork = {
  readonly rule: MatchingRule;
  readonly windows: readonly OpenWindow[];
  readonly seed: Buffer | undefined;
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
  const rules = plan.rules.map((rule): RuleAtWork => {
    const seed = rule.kind === 'random' ? seeds[rule.id] : undefined;
    if (rule.kind === 'random' && seed === undefined)
      throw new RangeError(`rule ${rule.id} draws lots and has no seed`);
    return {
      rule,
      windows: windowsOf(rule, campaign),
      seed: seed === undefined ? undefined : Buffer.from(seed, 'hex'),
    };
  });
  return {
    plan,
    rules,
    needsDonors: plan.screen !== undefined || plan.rules.some(looksAtDonor),
    needsStandings: plan.rules.some(looksAtStanding),
  };
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
  let total = 0;
  let outcome: MatchOutcome | undefined;
  const draws: Draw[] = [];
  const mostMinor = mostOf(engine.plan, gift.amountMinor);
  for (let index = 0; index < engine.rules.length; index += 1) {
    const atWork = engine.rules[index];
    const fund = state.funds[index];
    if (atWork === undefined || fund === undefined || !isGiftRule(atWork.rule)) continue;
    const drawn = drawOf(atWork.rule, atWork, fund, state, gift, mostMinor - total);
    draws.push(drawn);
    if (total === 0 && (drawn.matchMinor > 0 || outcome === undefined)) outcome = drawn.outcome;
    total += drawn.matchMinor;
  }
  if (outcome === undefined) return NO_MATCH;
  const { screen } = engine.plan;
  const held = screen !== undefined && total > 0 && isTooFast(screen.giftsPerMinute, state, gift);
  return { matchMinor: total as Minor, outcome, draws, ...(held ? { held: 'velocity' as const } : {}) };
}

const mostOf = ({ maxMultiple }: MatchingPlan, amountMinor: Minor): number =>
  maxMultiple === undefined
    ? Number.MAX_SAFE_INTEGER
    : floorRatio(amountMinor, maxMultiple.numerator, maxMultiple.denominator);

const MS_PER_MINUTE = 60_000;

/** Whether this is at least the `giftsPerMinute`th gift of its donor inside one minute, by times of payment. */
function isTooFast(giftsPerMinute: number, state: MatchingState, gift: GiftToMatch): boolean {
  const recent = state.donors.get(gift.donorId)?.recent ?? [];
  const at = Date.parse(gift.occurredAt);
  let close = 1;
  for (const other of recent) if (Math.abs(at - other) < MS_PER_MINUTE) close += 1;
  return close >= giftsPerMinute;
}

function drawOf(
  rule: GiftRule,
  { windows, seed }: RuleAtWork,
  fund: Fund,
  state: MatchingState,
  gift: GiftToMatch,
  multipleRoom: number,
): Draw {
  const window = windowAt(windows, gift.occurredAt);
  if (window === undefined) return { ruleId: rule.id, outcome: 'outside-window', matchMinor: ZERO };
  const { minMinor } = rule.perGift ?? {};
  if (minMinor !== undefined && gift.amountMinor < minMinor)
    return { ruleId: rule.id, outcome: 'below-minimum', matchMinor: ZERO };
  const offer = offerOf(rule, gift, seed, state.donors.get(gift.donorId)?.uses[rule.id]);
  return drawnFrom(rule, fund, window.subPoolId, offer, state, gift, multipleRoom);
}

/** Cuts an offer to what the caps and the pool leave. Also what an approved claim goes through. */
export function drawnFrom(
  rule: GiftRule,
  fund: Fund,
  subPoolId: string | undefined,
  offer: Offer,
  state: MatchingState,
  gift: GiftToMatch,
  multipleRoom: number,
): Draw {
  const { minor: offerMinor, nothing, baseMinor, bandBasisPoints, luck, streakBonus } = offer;
  const about = {
    ruleId: rule.id,
    ...(baseMinor === undefined ? {} : { baseMinor }),
    ...(bandBasisPoints === undefined ? {} : { bandBasisPoints }),
    ...(luck === undefined ? {} : { luck }),
    ...(subPoolId === undefined ? {} : { subPoolId }),
  };
  if (nothing !== undefined) return { ...about, outcome: nothing, matchMinor: ZERO };
  const left = remainingIn(fund, subPoolId);
  const rooms = roomsOf(rule, fund, state, gift, multipleRoom);
  let room = offerMinor as number;
  for (const cap of rooms.caps) room = Math.min(room, cap.room);
  const matched = Math.min(room, left);
  return {
    ...about,
    outcome: outcomeOf(offerMinor, room, left),
    matchMinor: matched as Minor,
    leftBeforeMinor: left as Minor,
    ...(matched < offerMinor ? { offerMinor } : {}),
    ...(room < offerMinor && room <= left
      ? { capsHit: rooms.caps.filter((cap) => cap.room === room).map(({ cap }) => cap) }
      : {}),
    ...(rooms.year === undefined ? {} : { year: rooms.year, yearBeforeMinor: rooms.yearBeforeMinor as Minor }),
    // A bonus that was cut to nothing is not used up.
    ...(streakBonus === true && matched > 0 ? { streakBonus } : {}),
  };
}

function outcomeOf(offer: number, room: number, left: number): MatchOutcome {
  if (room <= 0) return 'capped';
  if (left <= 0) return 'exhausted';
  if (left < room) return 'partly';
  return room < offer ? 'capped' : 'matched';
}

type Rooms = {
  readonly caps: readonly { readonly cap: Cap; readonly room: number }[];
  readonly year?: string;
  readonly yearBeforeMinor?: number;
};

/** How much each cap still leaves for this gift; never below zero. */
function roomsOf(rule: GiftRule, fund: Fund, state: MatchingState, gift: GiftToMatch, multipleRoom: number): Rooms {
  const caps: { cap: Cap; room: number }[] = [];
  if (rule.perGift?.capMinor !== undefined) caps.push({ cap: 'per-gift', room: rule.perGift.capMinor });
  if (multipleRoom !== Number.MAX_SAFE_INTEGER) caps.push({ cap: 'multiple', room: Math.max(0, multipleRoom) });
  if (rule.perUnit !== undefined) {
    const drawn = fund.units?.[unitOf(gift)] ?? 0;
    caps.push({ cap: 'per-unit', room: Math.max(0, unitCapMinor(rule.perUnit, minor(fund.poolMinor)) - drawn) });
  }
  const { perDonor } = rule;
  if (perDonor === undefined) return { caps };
  const use = state.donors.get(gift.donorId)?.uses[rule.id];
  if (perDonor.capMinor !== undefined)
    caps.push({ cap: 'per-donor', room: Math.max(0, perDonor.capMinor - (use?.totalMinor ?? 0)) });
  if (perDonor.perDayMinor !== undefined)
    caps.push({ cap: 'per-donor-day', room: Math.max(0, perDonor.perDayMinor - (use?.days[gift.day] ?? 0)) });
  if (perDonor.perYear === undefined) return { caps };
  const year = programmeYearOf(gift.day, perDonor.perYear.startsOn);
  const yearBeforeMinor = use?.years[year] ?? 0;
  caps.push({ cap: 'per-donor-year', room: Math.max(0, perDonor.perYear.capMinor - yearBeforeMinor) });
  return { caps, year, yearBeforeMinor };
}
