import * as z from 'zod';
import { amountMinorSchema, currencySchema, type Minor, minor } from '../kernel/money.ts';
import { instantSchema, windowBounds } from '../kernel/time.ts';
import { poolKey } from '../platform/keys.ts';
import type { Adjustment } from './adjustment.ts';
import type { CampaignFrame } from './matching-engine.ts';
import { type MatchingPlan, matchingPlanSchema, planIdOf, planPoolMinor } from './matching-plan.ts';
import type { Fund } from './matching-state.ts';
import { NO_PROGRESS } from './rules/challenge.ts';

const whole = z.number().int();
const fundSchema = z.object({
  ruleId: z.string(),
  poolMinor: amountMinorSchema,
  remainingMinor: amountMinorSchema,
  subPools: z.record(z.string(), whole.min(0)).optional(),
  units: z.record(z.string(), whole.min(0)).optional(),
  challenge: z.object({ amountMinor: whole, donors: whole, gifts: whole, unlocked: z.boolean() }).optional(),
});

/**
 * How far the matches of a campaign have come (DOMAIN 4.4). `provisional`: gifts draw. `publicised`: the oracle has agreed,
 * no gift draws any more, and the public may object. `confirmed`: the sponsors owe it. `paid`: they have paid.
 */
export const MATCH_STAGES = ['provisional', 'publicised', 'confirmed', 'paid'] as const;
export type MatchStage = (typeof MATCH_STAGES)[number];

/** A campaign's pool as it is stored: the one item that every batch of gifts and every adjustment goes through. */
export const matchingPoolSchema = z.object({
  type: z.literal('pool'),
  campaignId: z.string(),
  currency: currencySchema,
  zone: z.string(),
  opensAt: instantSchema,
  closesAt: instantSchema,
  plan: matchingPlanSchema,
  planId: z.string(),
  /** 1 at the opening; one more each time a sponsor raises or lowers a pool. */
  planVersion: whole.min(1),
  /** The adjustment that made this version of the plan; none for the first. */
  planChange: whole.min(1).optional(),
  /** Of every rule in the plan's order. */
  funds: z.array(fundSchema),
  /** All funds together. */
  poolMinor: amountMinorSchema,
  remainingMinor: amountMinorSchema,
  /** How many gifts have been counted: the last one's place in the recorded order. With `adjustments` it guards every write. */
  sequence: whole.min(0),
  adjustments: whole.min(0),
  /** Fingerprint of what moved the pool last: tells a committed transaction from a lost one after a time-out. */
  lastBatch: z.string(),
  state: z.enum(['open', 'finalised']),
  stage: z.enum(MATCH_STAGES),
  /** How many gifts had been counted when matching was finalised; those after have no claim on the pool. */
  finalisedSequence: whole.min(0).optional(),
  finalisedAt: instantSchema.optional(),
  /** The seeds of random rules, by rule id: put here, and so before everybody, when no gift can draw any more. */
  revealedSeeds: z.record(z.string(), z.string()).optional(),
  /** Until when the public may object to the publicised matches. */
  noticeUntil: instantSchema.optional(),
  /** What sponsors have paid, by rule id. */
  paidMinor: z.record(z.string(), amountMinorSchema).optional(),
  /** How many payments that were; guards each further one. */
  payments: whole.min(0).optional(),
});
export type MatchingPool = z.infer<typeof matchingPoolSchema>;

/** The funds of a plan, full. */
export const openingFunds = (plan: MatchingPlan): Fund[] =>
  plan.rules.map((rule): Fund => {
    const fund: Fund = { ruleId: rule.id, poolMinor: rule.poolMinor, remainingMinor: rule.poolMinor };
    if (rule.kind === 'challenge') fund.challenge = { ...NO_PROGRESS };
    else if ('subPools' in rule && rule.subPools !== undefined)
      fund.subPools = Object.fromEntries(rule.subPools.map(({ id, poolMinor }) => [id, poolMinor]));
    return fund;
  });

/** The full pool that a campaign opens with. */
export function openingPoolItem(
  campaignId: string,
  plan: MatchingPlan,
  window: Parameters<typeof windowBounds>[0],
  currency: MatchingPool['currency'],
) {
  const poolMinor = minor(planPoolMinor(plan));
  const pool: MatchingPool = {
    type: 'pool',
    campaignId,
    currency,
    zone: window.zone,
    ...windowBounds(window),
    plan,
    planId: planIdOf(plan),
    planVersion: 1,
    funds: openingFunds(plan).map((fund) => fundSchema.parse(fund)),
    poolMinor,
    remainingMinor: poolMinor,
    sequence: 0,
    adjustments: 0,
    lastBatch: 'none',
    state: 'open',
    stage: 'provisional',
  };
  return { ...poolKey(campaignId), ...pool };
}

export const frameOf = ({ zone, opensAt, closesAt }: MatchingPool): CampaignFrame => ({ zone, opensAt, closesAt });

export const matchedMinorOf = (pool: Pick<MatchingPool, 'poolMinor' | 'remainingMinor'>): Minor =>
  minor(pool.poolMinor - pool.remainingMinor);

/** What a rule has given in all: what its sponsor owes once the matches are confirmed. */
export const givenMinorOf = ({ poolMinor, remainingMinor }: Pick<Fund, 'poolMinor' | 'remainingMinor'>): Minor =>
  minor(poolMinor - remainingMinor);

/** `paid` as soon as every sponsor has paid what is owed, be it by a payment or because a refund made it less. */
export function stageAfter(
  { stage, paidMinor = {} }: Pick<MatchingPool, 'stage' | 'paidMinor'>,
  funds: readonly Fund[],
): MatchStage {
  const isPaid = funds.every((fund) => (paidMinor[fund.ruleId] ?? 0) >= givenMinorOf(fund));
  return stage === 'confirmed' && isPaid ? 'paid' : stage;
}

/** A fund of its own for each user of a pool that was read, because states are changed in place. */
export const ownFunds = (pool: Pick<MatchingPool, 'funds'>): Fund[] =>
  pool.funds.map(({ ruleId, poolMinor, remainingMinor, subPools, units, challenge }) => ({
    ruleId,
    poolMinor,
    remainingMinor,
    ...(subPools === undefined ? {} : { subPools: { ...subPools } }),
    ...(units === undefined ? {} : { units: { ...units } }),
    ...(challenge === undefined ? {} : { challenge: { ...challenge } }),
  }));

/** The funds together. */
export const remainingOf = (funds: readonly Pick<Fund, 'remainingMinor'>[]): number =>
  funds.reduce((total, { remainingMinor }) => total + remainingMinor, 0);

/** The plan that a campaign opened with: the current one with every resize taken back, the last one first. */
export function openingPlanOf(plan: MatchingPlan, adjustments: readonly Pick<Adjustment, 'resizes'>[]): MatchingPlan {
  const opening = structuredClone(plan);
  for (const { resizes } of adjustments.toReversed())
    for (const { ruleId, subPoolId, fromMinor, toMinor } of (resizes ?? []).toReversed()) {
      const rule = opening.rules.find(({ id }) => id === ruleId);
      if (rule === undefined) continue;
      rule.poolMinor = minor(rule.poolMinor - (toMinor - fromMinor));
      const part = 'subPools' in rule ? rule.subPools?.find(({ id }) => id === subPoolId) : undefined;
      if (part !== undefined) part.poolMinor = fromMinor;
    }
  return opening;
}
