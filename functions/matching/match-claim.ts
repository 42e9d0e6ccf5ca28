import * as z from 'zod';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema, type LocalDate, plusDays, startOfDay } from '../kernel/time.ts';
import { claimIndexKey, claimKey } from '../platform/keys.ts';
import { reasonSchema } from './adjustment.ts';
import type { RuleOf } from './matching-rule.ts';
import { isEligible } from './rules/employer.ts';
import { slugSchema } from './rules/slug.ts';

export type EmployerRule = RuleOf<'employer'>;

/** A donor asks for an employer's match. Who knows the order's number has made the order: it cannot be guessed. */
export const claimRequestSchema = z.strictObject({
  orderNo: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the number of an order'),
  ruleId: slugSchema,
  /** The code that the employer gave its people; needed where neither a list nor the address with the order says enough. */
  code: slugSchema.optional(),
});
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

export const claimDecisionSchema = z
  .strictObject({
    ruleId: slugSchema,
    decision: z.enum(['approve', 'decline']),
    /** Needed to decline. */
    reason: reasonSchema.optional(),
  })
  .refine((request) => request.decision === 'approve' || request.reason !== undefined, {
    path: ['reason'],
    message: 'is needed when a claim is declined',
  });
export type ClaimDecision = z.infer<typeof claimDecisionSchema>;

/** By what a gift is said to be the employer's people's. Of an address no more than the domain, which the rule itself names. */
const proofSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('code'), code: z.string() }),
  z.object({ kind: z.literal('list') }),
  z.object({ kind: z.literal('email-domain'), domain: z.string() }),
]);
export type ClaimProof = z.infer<typeof proofSchema>;

/** A claim as it is stored under its gift: pending, then decided once. It is paid with the campaign's matches. */
export const matchClaimSchema = z.object({
  type: z.literal('match-claim'),
  campaignId: z.string(),
  giftId: z.string(),
  orderNo: z.string(),
  ruleId: z.string(),
  amountMinor: positiveAmountMinorSchema,
  proof: proofSchema,
  requestedAt: instantSchema,
  state: z.enum(['pending', 'approved', 'declined']),
  decidedBy: z.string().optional(),
  decidedAt: instantSchema.optional(),
  reason: z.string().optional(),
  /** What an approved claim has drawn. */
  matchMinor: positiveAmountMinorSchema.optional(),
});
export type MatchClaim = z.infer<typeof matchClaimSchema>;

/** The claim as an item, with its place among those that wait. */
export const claimItemOf = (claim: MatchClaim) => ({
  ...claimKey(claim.giftId, claim.ruleId),
  ...claimIndexKey(claim.campaignId, claim.state !== 'pending', claim),
  ...claim,
});

/** A claim's decision as one guarded change: who decides on what was decided meanwhile changes nothing. */
export const decidedClaim = (claim: MatchClaim, decided: Partial<Omit<MatchClaim, 'proof'>>) => ({
  update: claimKey(claim.giftId, claim.ruleId),
  set: {
    ...claimIndexKey(claim.campaignId, true, claim),
    ...Object.fromEntries(Object.entries(decided).filter(([, value]) => value !== undefined)),
  },
  when: { equals: { state: 'pending' } },
});

/** Until when a gift may be claimed for: whole local days, as people count them. */
export const claimableUntil = (rule: EmployerRule, day: LocalDate, zone: string): Instant =>
  startOfDay(plusDays(day, rule.requestWithinDays + 1), zone);

/** What may prove that a gift is an employee's, as the store knows it; the address is looked at and not kept. */
export type ProofAtHand = {
  readonly code: string | undefined;
  readonly isListed: boolean;
  readonly email: string | undefined;
};

/** The proof by which a gift for this unit may be claimed for, or why there is none. */
export function proofOf(
  rule: EmployerRule,
  unitId: string | undefined,
  { code, isListed, email }: ProofAtHand,
): ClaimProof | Refusal {
  if (!isEligible(rule, unitId, { listed: true }))
    return refuse('not-eligible', 'This employer matches gifts for other units only.');
  if (code !== undefined) return isEligible(rule, unitId, { code }) ? { kind: 'code', code } : withoutProof(WRONG_CODE);
  if (isListed) return { kind: 'list' };
  const domain = email?.split('@').at(-1)?.toLowerCase();
  if (domain !== undefined && isEligible(rule, unitId, { emailDomain: domain }))
    return { kind: 'email-domain', domain };
  return withoutProof(NO_CODE);
}

const WRONG_CODE = { problem: 'is not a code of this rule', fix: 'send it as the employer gave it, or leave it out' };
const NO_CODE = { problem: 'is missing', fix: 'send the code that the employer gave its people' };
const withoutProof = (about: { readonly problem: string; readonly fix: string }): Refusal =>
  refuse('not-eligible', 'Nothing says that this gift was made by one of the employer’s people.', [
    { field: 'code', ...about },
  ]);
