import * as z from 'zod';
import { fingerprint } from '../kernel/ids.ts';
import { floorRatio, least, type Minor, positiveAmountMinorSchema, subtract, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';

/**
 * How a sponsor's money follows gifts: rules R1, R2 (cap) and R6 of the domain notes. A ratio of whole numbers, a cap on
 * what one gift may draw, and the pool that ends it all. Versioned: a stored match names the rule it was made by.
 */
export const matchingRuleSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('ratio'),
  /** 1 and 1 is "yuan for yuan"; 1 and 2 is half. Whole numbers, so that nothing is rounded but the result. */
  numerator: z.number().int().min(1).max(1000),
  denominator: z.number().int().min(1).max(1000),
  /** The most that one gift may draw, in minor units. */
  perGiftCapMinor: positiveAmountMinorSchema,
});
export type MatchingRule = z.infer<typeof matchingRuleSchema>;

/** Names a rule by its content, so that two rules that differ can never share a name. */
export const ruleIdOf = (rule: MatchingRule): string =>
  `rule_${fingerprint([String(rule.version), rule.kind, String(rule.numerator), String(rule.denominator), String(rule.perGiftCapMinor)])}`;

/** What a rule needs to know of a gift. */
export type GiftToMatch = { readonly amountMinor: Minor; readonly occurredAt: Instant };

/** What a rule needs to know of its pool. `state` is `finalised` once matching has been closed for good. */
export type PoolToDraw = {
  readonly remainingMinor: Minor;
  readonly opensAt: Instant;
  readonly closesAt: Instant;
  readonly state: 'open' | 'finalised';
};

/**
 * Why a gift drew what it drew.
 * `matched`: the full ratio. `capped`: the per-gift cap held it back. `partly`: the last money of the pool, less than the rule gives.
 * `exhausted`: the pool was empty. `outside-window`: paid before opening or after close. `pool-finalised`: came after matching was closed.
 * `too-small`: the ratio of so small a gift is less than one minor unit.
 */
export const MATCH_OUTCOMES = [
  'matched',
  'capped',
  'partly',
  'exhausted',
  'outside-window',
  'pool-finalised',
  'too-small',
] as const;
export type MatchOutcome = (typeof MATCH_OUTCOMES)[number];

/**
 * What one gift draws from the pool: `floor(gift * ratio)`, at most the cap, at most what is left. Pure, and the one function
 * by which the live batch matches; the oracle computes the same without it. The result is never more than `remainingMinor`.
 */
export function matchOf(
  rule: MatchingRule,
  pool: PoolToDraw,
  gift: GiftToMatch,
): { outcome: MatchOutcome; matchMinor: Minor } {
  if (pool.state === 'finalised') return { outcome: 'pool-finalised', matchMinor: ZERO };
  if (gift.occurredAt < pool.opensAt || gift.occurredAt >= pool.closesAt)
    return { outcome: 'outside-window', matchMinor: ZERO };
  const byRatio = floorRatio(gift.amountMinor, rule.numerator, rule.denominator);
  if (byRatio === 0) return { outcome: 'too-small', matchMinor: ZERO };
  const byRule = least(byRatio, rule.perGiftCapMinor);
  if (pool.remainingMinor === 0) return { outcome: 'exhausted', matchMinor: ZERO };
  if (byRule > pool.remainingMinor) return { outcome: 'partly', matchMinor: pool.remainingMinor };
  return { outcome: byRule < byRatio ? 'capped' : 'matched', matchMinor: byRule };
}

/** Draws for one gift and gives the pool as it is afterwards. */
export function draw<Pool extends PoolToDraw>(rule: MatchingRule, pool: Pool, gift: GiftToMatch) {
  const { outcome, matchMinor } = matchOf(rule, pool, gift);
  return { outcome, matchMinor, pool: { ...pool, remainingMinor: subtract(pool.remainingMinor, matchMinor) } };
}
