import * as z from 'zod';
import { amountMinorSchema } from '../kernel/money.ts';
import { performanceRuleSchema } from './rounds/performance-round.ts';
import { quadraticRuleSchema } from './rounds/quadratic-round.ts';
import { perDonorSchema, perGiftSchema, perUnitSchema } from './rules/caps.ts';
import { challengeShape } from './rules/challenge.ts';
import { employerShape } from './rules/employer.ts';
import { loyaltyShape } from './rules/loyalty.ts';
import { luckShape } from './rules/luck.ts';
import { ratioShape } from './rules/ratio.ts';
import { bandsSchema } from './rules/reach.ts';
import { slugSchema, sponsorSchema } from './rules/slug.ts';
import { subPoolsSchema, windowsSchema } from './rules/windows.ts';

/** The shape of rules. A change that would read an old rule differently is a new version, beside this one. */
export const RULE_VERSION = 2;

/** What every rule has: its own pool of one sponsor's money. `id` is unique in the plan and stands in every match. */
const ruleShape = {
  version: z.literal(RULE_VERSION),
  id: slugSchema,
  sponsor: sponsorSchema,
  /** Zero only where a sponsor has lowered a pool of which nothing was drawn; a proposal with it is refused. */
  poolMinor: amountMinorSchema,
} as const;

/** What every rule has that follows single gifts: when it is in force, and the caps on what it gives. */
const giftRuleShape = {
  ...ruleShape,
  subPools: subPoolsSchema.optional(),
  windows: windowsSchema.optional(),
  perGift: perGiftSchema.optional(),
  perDonor: perDonorSchema.optional(),
  perUnit: perUnitSchema.optional(),
} as const;

/**
 * How a sponsor's money follows gifts. The numbers are those of the domain notes: R1 ratio, R2-R7 caps and pools,
 * R8 windows, R9 challenge, R10 random, R11 bands, R12 employer, R13 quadratic, R14 performance, R15 loyalty.
 */
export const matchingRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ratio'), ...giftRuleShape, ...ratioShape, bands: bandsSchema.optional() }),
  z.strictObject({ kind: z.literal('random'), ...giftRuleShape, ...luckShape, bands: bandsSchema.optional() }),
  z.strictObject({ kind: z.literal('loyalty'), ...giftRuleShape, ...loyaltyShape }),
  z.strictObject({ kind: z.literal('employer'), ...giftRuleShape, ...ratioShape, ...employerShape }),
  z.strictObject({ kind: z.literal('challenge'), ...ruleShape, ...challengeShape }),
  quadraticRuleSchema,
  performanceRuleSchema,
]);
export type MatchingRule = z.infer<typeof matchingRuleSchema>;
export type RuleKind = MatchingRule['kind'];
export type RuleOf<Kind extends RuleKind> = Extract<MatchingRule, { readonly kind: Kind }>;
/** A rule that splits its pool over the units at the end. */
export type RoundRule = RuleOf<'quadratic' | 'performance'>;
/** A rule that follows single gifts. */
export type GiftRule = RuleOf<'ratio' | 'random' | 'loyalty' | 'employer'>;

export const isGiftRule = (rule: MatchingRule): rule is GiftRule =>
  rule.kind === 'ratio' || rule.kind === 'random' || rule.kind === 'loyalty' || rule.kind === 'employer';

export const isRoundRule = (rule: MatchingRule): rule is RoundRule =>
  rule.kind === 'quadratic' || rule.kind === 'performance';
