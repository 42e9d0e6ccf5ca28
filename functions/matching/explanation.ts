import * as z from 'zod';
import { currencySchema, floorRatio, type Minor, minor } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { type Adjustment, adjustmentSchema, changeSchema } from './adjustment.ts';
import { type DrawnGift, offerOfSteps, offerSteps, stepSchema } from './explanation-offer.ts';
import { type GiftAccount, type MatchStanding, standingOf } from './gift-account.ts';
import { type MatchEntry, standingSchema } from './match-entry.ts';
import { MATCH_OUTCOMES } from './match-outcome.ts';
import { type CampaignFrame, type Draw, windowsOf } from './matching-engine.ts';
import type { MatchingPlan } from './matching-plan.ts';
import { frameOf, MATCH_STAGES, type MatchingPool, openingPlanOf } from './matching-pool.ts';
import { type GiftRule, isGiftRule, type MatchingRule, matchingRuleSchema } from './matching-rule.ts';
import { CAPS, type Cap, unitCapMinor } from './rules/caps.ts';
import { seedKeyOf, wordsOf } from './rules/luck.ts';
import { HOLDS } from './rules/screen.ts';
import { windowAt } from './rules/windows.ts';

const amount = z.number().int();

/** A cap that decided a draw: its limit, and what it left for this gift. */
const capHitSchema = z.strictObject({ cap: z.enum(CAPS), limitMinor: amount, leftMinor: amount });
export type CapHit = z.infer<typeof capHitSchema>;

/** A draw of lots, and what it takes to make it again by hand (docs/matching.md, "Check a draw by hand"). */
const lotSchema = z.strictObject({
  /** What the HMAC is made of: `rule id:gift id`. */
  message: z.string(),
  /** Published before the campaign opened: SHA-256 of the seed. */
  seedHash: z.string().nullable(),
  /** Revealed when matching is finalised; until then nobody outside can know what a gift would draw. */
  seed: z.string().nullable(),
  /** The four words in decimal; null until the seed is revealed. */
  words: z.array(z.number().int()).length(4).nullable(),
  won: z.boolean(),
  shareBasisPoints: z.number().int().nullable(),
  multiple: z.number().int().nullable(),
});
export type Lot = z.infer<typeof lotSchema>;

const windowSchema = z.strictObject({ from: instantSchema, until: instantSchema, subPoolId: z.string().nullable() });

/** What one rule that follows gifts gave to this one, and how. */
const drawnSchema = z.strictObject({
  role: z.literal('follows-gifts'),
  rule: matchingRuleSchema,
  /** The window that the payment fell into; null where the rule was not in force. */
  window: windowSchema.nullable(),
  outcome: z.enum(MATCH_OUTCOMES),
  steps: z.array(stepSchema),
  offerMinor: amount,
  lot: lotSchema.nullable(),
  capsHit: z.array(capHitSchema),
  /** What the rule's pool, or the part of it for this window, held before this gift. */
  leftBeforeMinor: amount.nullable(),
  matchMinor: amount,
});
export type DrawnExplained = z.infer<typeof drawnSchema>;

const explainedRuleSchema = z.discriminatedUnion('role', [
  drawnSchema,
  /** A challenge pays a lump sum and nothing to a single gift: what is told is whether the gift counts towards it now. */
  z.strictObject({ role: z.literal('challenge'), rule: matchingRuleSchema, counts: z.boolean() }),
  /** Shared over the units after the close. */
  z.strictObject({ role: z.literal('round'), rule: matchingRuleSchema }),
]);
export type ExplainedRule = z.infer<typeof explainedRuleSchema>;

/** What happened to the match after the gift was counted. */
const eventSchema = z.strictObject({
  number: z.number().int(),
  kind: adjustmentSchema.shape.kind,
  at: instantSchema,
  by: z.string(),
  reason: z.string().nullable(),
  refundId: z.string().nullable(),
  refundMinor: amount.nullable(),
  /** What this gift's match lost (below zero) or won, by rule. */
  changes: z.array(changeSchema),
  /** For an approved claim: how its match came to be. */
  draw: drawnSchema.nullable(),
  /** Challenges that this turned. */
  challenges: z.array(z.strictObject({ ruleId: z.string(), kind: z.enum(['unlocked', 'locked']), lumpMinor: amount })),
  confirmed: z.boolean(),
});
export type ExplainedEvent = z.infer<typeof eventSchema>;

/** How one gift's match came to be, from beginning to end, as data. */
export const matchExplanationSchema = z.strictObject({
  campaignId: z.string(),
  giftId: z.string(),
  currency: currencySchema,
  zone: z.string(),
  gift: z.strictObject({
    amountMinor: amount,
    occurredAt: instantSchema,
    day: localDateSchema,
    orderNo: z.string(),
    donorId: z.string(),
    unitId: z.string().nullable(),
    standing: standingSchema.nullable(),
  }),
  place: z.strictObject({ sequence: z.number().int(), countedAt: instantSchema, afterFinalisation: z.boolean() }),
  plan: z.strictObject({ planId: z.string(), planVersion: z.number().int() }),
  rules: z.array(explainedRuleSchema),
  /** All rules together give at most this, where the plan limits it. */
  most: z
    .strictObject({
      numerator: z.number().int(),
      denominator: z.number().int(),
      mostMinor: amount,
      reached: z.boolean(),
    })
    .nullable(),
  hold: z.strictObject({ reason: z.enum(HOLDS), gifts: z.number().int(), waiting: z.boolean() }).nullable(),
  events: z.array(eventSchema),
  /** Refunds that arrived and have not been settled yet: within minutes they are. */
  refundsWaiting: z.array(z.strictObject({ refundId: z.string(), amountMinor: amount, occurredAt: instantSchema })),
  result: z.strictObject({
    /** When the gift was counted. */
    matchMinor: amount,
    claimedMinor: amount,
    takenBackMinor: amount,
    /** What stands now. */
    netMinor: amount,
    refundedMinor: amount,
    /** `none`: nothing stands. Else how far the match has come; `held` waits for a person, `void` was taken away. */
    stage: z.enum(['none', 'held', 'void', ...MATCH_STAGES]),
    noticeUntil: instantSchema.nullable(),
  }),
});
export type MatchExplanation = z.infer<typeof matchExplanationSchema>;

export type ToExplain = {
  readonly match: MatchEntry;
  readonly account: Pick<GiftAccount, 'refunds' | 'settlements'>;
  readonly pool: MatchingPool;
  /** The adjustments of the whole pool that changed its size, in order; each made the plan's next version. */
  readonly resizes: readonly Adjustment[];
  /** As published before the opening, by rule id. */
  readonly seedHashes: Readonly<Record<string, string>>;
};

/** The plan as it was in a version: the current one with later changes taken back, those after the pool was read left aside. */
const planOf = ({ pool, resizes }: ToExplain, version: number): MatchingPlan =>
  openingPlanOf(pool.plan, resizes.slice(version - 1, pool.planVersion - 1));

/** Explains a counted gift from what is recorded of it; computes nothing that is not there but the arithmetic itself. */
export function explainMatch(input: ToExplain): MatchExplanation {
  const { match, account, pool } = input;
  const plan = planOf(input, match.planVersion);
  const standing = standingOf(match, account.settlements);
  const afterFinalisation = match.sequence > (pool.finalisedSequence ?? match.sequence);
  const most = mostOf(plan, match.amountMinor);
  const rules = plan.rules.flatMap((rule) => explainedRule(rule, most, standing, afterFinalisation, input));
  return {
    campaignId: match.campaignId,
    giftId: match.giftId,
    currency: match.currency,
    zone: pool.zone,
    gift: {
      amountMinor: match.amountMinor,
      occurredAt: match.occurredAt,
      day: match.day,
      orderNo: match.orderNo,
      donorId: match.donorId,
      unitId: match.unitId ?? null,
      standing: match.standing ?? null,
    },
    place: { sequence: match.sequence, countedAt: match.allocatedAt, afterFinalisation },
    plan: { planId: match.planId, planVersion: match.planVersion },
    rules,
    most:
      most === undefined
        ? null
        : {
            ...(plan.maxMultiple ?? { numerator: 1, denominator: 1 }),
            mostMinor: most,
            reached: rules.some(
              (one) => one.role === 'follows-gifts' && one.capsHit.some(({ cap }) => cap === 'multiple'),
            ),
          },
    hold:
      match.held === undefined ? null : { reason: match.held, gifts: match.heldGifts ?? 0, waiting: standing.isHeld },
    events: account.settlements.map((settlement) => explainedEvent(settlement, input)),
    refundsWaiting: refundsWaiting(account),
    result: resultOf(match, standing, account.settlements, pool),
  };
}

const mostOf = ({ maxMultiple }: MatchingPlan, amountMinor: Minor): Minor | undefined =>
  maxMultiple === undefined ? undefined : floorRatio(amountMinor, maxMultiple.numerator, maxMultiple.denominator);

function explainedRule(
  rule: MatchingRule,
  most: Minor | undefined,
  standing: MatchStanding,
  afterFinalisation: boolean,
  input: ToExplain,
): ExplainedRule[] {
  const { match } = input;
  if (rule.kind === 'challenge') {
    const [time] = windowsOf(rule, frameOf(input.pool));
    const inTime = time !== undefined && time.from <= match.occurredAt && match.occurredAt < time.until;
    const stands = !standing.isHeld && !standing.isVoid && standing.refundedMinor < match.amountMinor;
    return [{ role: 'challenge', rule, counts: inTime && stands && !afterFinalisation }];
  }
  if (!isGiftRule(rule)) return [{ role: 'round', rule }];
  const draw = match.draws.find(({ ruleId }) => ruleId === rule.id) as Draw | undefined;
  if (draw === undefined) return [];
  return [drawnExplained(rule, draw, most, input)];
}

function drawnExplained(rule: GiftRule, draw: Draw, most: Minor | undefined, input: ToExplain): DrawnExplained {
  const { match, pool } = input;
  const gift: DrawnGift = { amountMinor: draw.ofMinor ?? match.amountMinor, standing: match.standing };
  const steps = offerSteps(rule, draw, gift);
  return {
    role: 'follows-gifts',
    rule,
    window: windowOf(rule, frameOf(pool), match),
    outcome: draw.outcome,
    steps,
    offerMinor: offerOfSteps(steps),
    lot: lotOf(rule, draw, input),
    capsHit: (draw.capsHit ?? []).map((cap) => ({
      cap,
      limitMinor: cap === 'multiple' ? (most ?? 0) : limitOf(rule, cap),
      // A cap that decided left exactly what was given.
      leftMinor: draw.matchMinor,
    })),
    leftBeforeMinor: draw.leftBeforeMinor ?? null,
    matchMinor: draw.matchMinor,
  };
}

function windowOf(rule: GiftRule, frame: CampaignFrame, { occurredAt }: MatchEntry): DrawnExplained['window'] {
  const window = windowAt(windowsOf(rule, frame), occurredAt);
  return window === undefined ? null : { ...window, subPoolId: window.subPoolId ?? null };
}

function limitOf({ perGift, perDonor, perUnit, poolMinor }: GiftRule, cap: Exclude<Cap, 'multiple'>): number {
  switch (cap) {
    case 'per-gift':
      return perGift?.capMinor ?? 0;
    case 'per-donor':
      return perDonor?.capMinor ?? 0;
    case 'per-donor-day':
      return perDonor?.perDayMinor ?? 0;
    case 'per-donor-year':
      return perDonor?.perYear?.capMinor ?? 0;
    case 'per-unit':
      return perUnit === undefined ? 0 : unitCapMinor(perUnit, minor(poolMinor));
  }
}

function lotOf({ id }: GiftRule, { luck }: Draw, { match, pool, seedHashes }: ToExplain): Lot | null {
  if (luck === undefined) return null;
  const seed = pool.revealedSeeds?.[id];
  return {
    message: `${id}:${match.giftId}`,
    seedHash: seedHashes[id] ?? null,
    seed: seed ?? null,
    words: seed === undefined ? null : [...wordsOf(seedKeyOf(seed), id, match.giftId)],
    won: luck.won,
    shareBasisPoints: luck.shareBasisPoints ?? null,
    multiple: luck.multiple ?? null,
  };
}

function explainedEvent(settlement: Adjustment, input: ToExplain): ExplainedEvent {
  const { number, kind, at, by, reason, refundId, refundMinor, changes, challenges = [], confirmed } = settlement;
  const lumps = new Set(challenges.map(({ ruleId }) => ruleId));
  return {
    number,
    kind,
    at,
    by,
    reason: reason ?? null,
    refundId: refundId ?? null,
    refundMinor: refundMinor ?? null,
    changes: changes.filter(({ ruleId }) => !lumps.has(ruleId)),
    draw: claimExplained(settlement, input),
    challenges: [...challenges],
    confirmed: confirmed === true,
  };
}

function claimExplained({ number, draw }: Adjustment, input: ToExplain): DrawnExplained | null {
  if (draw === undefined) return null;
  // Pools may have been raised between the gift and its claim.
  const plan = planOf(input, 1 + input.resizes.filter((resize) => resize.number < number).length);
  const rule = plan.rules.find(({ id }) => id === draw.ruleId);
  if (rule === undefined || !isGiftRule(rule)) return null;
  return drawnExplained(rule, draw as Draw, mostOf(plan, minor(draw.ofMinor ?? input.match.amountMinor)), input);
}

function refundsWaiting({ refunds, settlements }: ToExplain['account']): MatchExplanation['refundsWaiting'] {
  const settled = new Set(settlements.map(({ refundId }) => refundId));
  return refunds
    .filter(({ refundId }) => !settled.has(refundId))
    .map(({ refundId, amountMinor, occurredAt }) => ({ refundId, amountMinor, occurredAt }));
}

function resultOf(
  match: MatchEntry,
  standing: MatchStanding,
  settlements: readonly Adjustment[],
  pool: MatchingPool,
): MatchExplanation['result'] {
  const claimedMinor = settlements.reduce((total, { draw }) => total + (draw?.matchMinor ?? 0), 0);
  const { netMinor, refundedMinor, isHeld, isVoid } = standing;
  return {
    matchMinor: match.matchMinor,
    claimedMinor,
    takenBackMinor: match.matchMinor + claimedMinor - netMinor,
    netMinor,
    refundedMinor,
    stage: isVoid ? 'void' : netMinor === 0 ? 'none' : isHeld ? 'held' : pool.stage,
    noticeUntil: pool.stage === 'publicised' ? (pool.noticeUntil ?? null) : null,
  };
}
