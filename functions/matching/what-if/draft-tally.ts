import { floorRatio, minor } from '../../kernel/money.ts';
import type { Instant } from '../../kernel/time.ts';
import { DonorRecords } from '../donor-records.ts';
import type { MatchOutcome } from '../match-outcome.ts';
import { book, type ChallengeTurn } from '../matching-books.ts';
import { type Decision, decisionOf, type Engine } from '../matching-engine.ts';
import { planIdOf, planPoolMinor } from '../matching-plan.ts';
import { openingFunds } from '../matching-pool.ts';
import { isGiftRule, isRoundRule, type MatchingRule } from '../matching-rule.ts';
import { type Fund, type GiftToMatch, type MatchingState, remainingIn, unitOf } from '../matching-state.ts';
import { BASIS_POINTS } from '../rules/caps.ts';
import { progressOf } from '../rules/challenge.ts';
import { CappedTally } from './capped-tally.ts';
import type { DraftFigures, RuleFigures } from './figures.ts';
import { RoundTally } from './round-tally.ts';

/** What one rule gave so far. */
type RuleTally = {
  usedMinor: number;
  matchedGifts: number;
  readonly outcomes: Partial<Record<MatchOutcome, number>>;
  readonly usedByHourMinor: number[];
  runsOutAt: Instant | null;
  readonly subPoolsRunOutAt: Map<string, Instant>;
};
type UnitTally = { gifts: number; amountMinor: number; matchMinor: number; roundMinor: number };

/** Runs one draft over gifts as the real allocation would, gift by gift, and adds up what comes of it. Keeps no gift. */
export class DraftTally {
  readonly #engine: Engine;
  readonly #state: MatchingState;
  readonly #rules: readonly RuleTally[];
  readonly #units = new Map<string, UnitTally>();
  readonly #capped = new CappedTally();
  readonly #rounds: RoundTally | undefined;
  readonly #places: ReadonlyMap<string, number>;
  #matchMinor = 0;
  #matchedGifts = 0;
  #heldGifts = 0;
  #heldMinor = 0;

  constructor(engine: Engine, unitIds: readonly string[]) {
    const { plan } = engine;
    this.#engine = engine;
    this.#state = { open: true, funds: openingFunds(plan), donors: new DonorRecords() };
    this.#rules = plan.rules.map(newRuleTally);
    this.#places = new Map(plan.rules.map(({ id }, place) => [id, place]));
    this.#rounds = plan.rules.some(isRoundRule) ? new RoundTally(unitIds) : undefined;
  }

  /** `hour` is the place of the gift's hour; `undefined` for one outside the campaign. */
  take(gift: GiftToMatch, hour: number | undefined): void {
    const decision = decisionOf(this.#engine, this.#state, gift);
    const turns = book(this.#engine, this.#state, gift, decision);
    for (const draw of decision.draws) this.#takeDraw(draw, gift, hour);
    for (const turn of turns) this.#takeTurn(turn, gift, hour);
    this.#takeGift(gift, decision);
    this.#capped.take(gift.donorId, decision);
    if (hour !== undefined && decision.held === undefined) this.#rounds?.take(gift);
  }

  #takeDraw(
    { ruleId, outcome, matchMinor, subPoolId }: Decision['draws'][number],
    gift: GiftToMatch,
    hour: number | undefined,
  ): void {
    const place = this.#places.get(ruleId) ?? -1;
    const tally = this.#rules[place];
    const fund = this.#state.funds[place];
    if (tally === undefined || fund === undefined) return;
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
    if (matchMinor === 0) return;
    tally.matchedGifts += 1;
    use(tally, matchMinor, hour);
    if (subPoolId !== undefined && remainingIn(fund, subPoolId) === 0)
      tally.subPoolsRunOutAt.set(subPoolId, gift.occurredAt);
    if (fund.remainingMinor === 0) tally.runsOutAt = gift.occurredAt;
  }

  #takeTurn({ ruleId, lumpMinor }: ChallengeTurn, gift: GiftToMatch, hour: number | undefined): void {
    const tally = this.#rules[this.#places.get(ruleId) ?? -1];
    if (tally === undefined) return;
    use(tally, lumpMinor, hour);
    tally.runsOutAt = gift.occurredAt;
  }

  #takeGift(gift: GiftToMatch, { matchMinor, held }: Decision): void {
    const unit = this.#unit(unitOf(gift));
    unit.gifts += 1;
    unit.amountMinor += gift.amountMinor;
    if (matchMinor === 0) return;
    unit.matchMinor += matchMinor;
    this.#matchMinor += matchMinor;
    this.#matchedGifts += 1;
    if (held === undefined) return;
    this.#heldGifts += 1;
    this.#heldMinor += matchMinor;
  }

  #unit(unitId: string): UnitTally {
    let unit = this.#units.get(unitId);
    if (unit === undefined) {
      unit = { gifts: 0, amountMinor: 0, matchMinor: 0, roundMinor: 0 };
      this.#units.set(unitId, unit);
    }
    return unit;
  }

  /** Splits the rounds and gives the figures; `gifts` and `hours` are how many there were. Once, at the end. */
  figures(gifts: number, hours: number): DraftFigures {
    const { plan } = this.#engine;
    for (const [place, rule] of plan.rules.entries()) if (isRoundRule(rule)) this.#split(rule, place);
    const roundMinor = this.#sumOf(isRoundRule);
    const lumpMinor = this.#sumOf(({ kind }) => kind === 'challenge');
    const usedMinor = this.#matchMinor + lumpMinor + roundMinor;
    const poolMinor = planPoolMinor(plan);
    return {
      planId: planIdOf(plan),
      poolMinor,
      matchMinor: this.#matchMinor,
      lumpMinor,
      roundMinor,
      usedMinor,
      remainingMinor: poolMinor - usedMinor,
      matchedGifts: this.#matchedGifts,
      matchedBasisPoints: gifts === 0 ? 0 : floorRatio(minor(this.#matchedGifts), BASIS_POINTS, gifts),
      held: { gifts: this.#heldGifts, matchMinor: this.#heldMinor },
      capped: this.#capped.figures(),
      rules: plan.rules.map((rule, place) => ruleFigures(rule, this.#rules[place], this.#state.funds[place], hours)),
      units: [...this.#units]
        .map(([unitId, unit]) => ({ unitId, ...unit }))
        .sort((a, b) => (a.unitId < b.unitId ? -1 : 1)),
    };
  }

  #sumOf(isOfKind: (rule: MatchingRule) => boolean): number {
    return this.#engine.plan.rules.reduce(
      (total, rule, place) => total + (isOfKind(rule) ? (this.#rules[place]?.usedMinor ?? 0) : 0),
      0,
    );
  }

  #split(rule: Extract<MatchingRule, { kind: 'quadratic' | 'performance' }>, place: number): void {
    const fund = this.#state.funds[place];
    const tally = this.#rules[place];
    if (fund === undefined || tally === undefined || this.#rounds === undefined) return;
    for (const { unitId, shareMinor } of this.#rounds.sharesOf(rule)) {
      if (shareMinor > 0) this.#unit(unitId).roundMinor += shareMinor;
      tally.usedMinor += shareMinor;
      fund.remainingMinor -= shareMinor;
    }
  }
}

const newRuleTally = (): RuleTally => ({
  usedMinor: 0,
  matchedGifts: 0,
  outcomes: {},
  usedByHourMinor: [],
  runsOutAt: null,
  subPoolsRunOutAt: new Map(),
});

function use(tally: RuleTally, amountMinor: number, hour: number | undefined): void {
  tally.usedMinor += amountMinor;
  if (hour !== undefined) tally.usedByHourMinor[hour] = (tally.usedByHourMinor[hour] ?? 0) + amountMinor;
}

function ruleFigures(
  rule: MatchingRule,
  tally: RuleTally = newRuleTally(),
  fund: Fund | undefined,
  hours: number,
): RuleFigures {
  const { challenge } = fund ?? {};
  return {
    ruleId: rule.id,
    kind: rule.kind,
    sponsor: rule.sponsor,
    poolMinor: rule.poolMinor,
    usedMinor: tally.usedMinor,
    remainingMinor: rule.poolMinor - tally.usedMinor,
    matchedGifts: tally.matchedGifts,
    outcomes: tally.outcomes,
    usedByHourMinor: Array.from({ length: hours }, (_, hour) => tally.usedByHourMinor[hour] ?? 0),
    runsOutAt: isGiftRule(rule) ? tally.runsOutAt : null,
    subPools: ('subPools' in rule ? (rule.subPools ?? []) : []).map(({ id, poolMinor }) => ({
      id,
      poolMinor,
      usedMinor: poolMinor - (fund?.subPools?.[id] ?? 0),
      runsOutAt: tally.subPoolsRunOutAt.get(id) ?? null,
    })),
    challenge:
      rule.kind === 'challenge' && challenge !== undefined
        ? {
            measure: rule.measure,
            threshold: rule.threshold,
            progress: progressOf(rule, challenge),
            reachedAt: tally.runsOutAt,
          }
        : null,
  };
}
