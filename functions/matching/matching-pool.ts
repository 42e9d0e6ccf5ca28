import * as z from 'zod';
import { amountMinorSchema, currencySchema, type Minor } from '../kernel/money.ts';
import { instantSchema, windowBounds } from '../kernel/time.ts';
import { poolKey } from '../platform/keys.ts';
import { matchingRuleSchema, ruleIdOf } from './matching-rule.ts';

/** A campaign's matching pool as it is stored: the one item that every batch of gifts goes through. */
export const matchingPoolSchema = z.object({
  type: z.literal('pool'),
  campaignId: z.string(),
  sponsor: z.string(),
  currency: currencySchema,
  rule: matchingRuleSchema,
  ruleId: z.string(),
  poolMinor: amountMinorSchema,
  remainingMinor: amountMinorSchema,
  /** How many gifts have been counted: the last one's place in the recorded order. Guards every write. */
  sequence: z.number().int().min(0),
  /** Fingerprint of the batch that moved the sequence last: tells a committed batch from a lost one after a time-out. */
  lastBatch: z.string(),
  opensAt: instantSchema,
  closesAt: instantSchema,
  state: z.enum(['open', 'finalised']),
  /** How many gifts had been counted when matching was finalised; those after have no claim on the pool. */
  finalisedSequence: z.number().int().min(0).optional(),
});
export type MatchingPool = z.infer<typeof matchingPoolSchema>;

/** A proposal's matching part, of which a pool is made when the campaign opens. */
export const matchingPlanSchema = z.strictObject({
  sponsor: z.string().trim().min(1).max(120),
  poolMinor: amountMinorSchema,
  rule: matchingRuleSchema,
});
export type MatchingPlan = z.infer<typeof matchingPlanSchema>;

/** The full pool that a campaign opens with. */
export function openingPoolItem(
  campaignId: string,
  plan: MatchingPlan,
  window: Parameters<typeof windowBounds>[0],
  currency: MatchingPool['currency'],
) {
  const pool: MatchingPool = {
    type: 'pool',
    campaignId,
    sponsor: plan.sponsor,
    currency,
    rule: plan.rule,
    ruleId: ruleIdOf(plan.rule),
    poolMinor: plan.poolMinor,
    remainingMinor: plan.poolMinor,
    sequence: 0,
    lastBatch: 'none',
    ...windowBounds(window),
    state: 'open',
  };
  return { ...poolKey(campaignId), ...pool };
}

export const matchedMinorOf = (pool: Pick<MatchingPool, 'poolMinor' | 'remainingMinor'>): Minor =>
  (pool.poolMinor - pool.remainingMinor) as Minor;
