import * as z from 'zod';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import {
  type AreaContract,
  afterQuery,
  amountAnswer as amount,
  countAnswer as count,
  nextAnswer,
} from '../platform/contract.ts';
import { adjustmentSchema, resizeSchema } from './adjustment.ts';
import { standingsSchema } from './donor-standing.ts';
import { matchExplanationSchema } from './explanation.ts';
import { claimDecisionSchema, claimRequestSchema, matchClaimSchema } from './match-claim.ts';
import { matchDecisionSchema } from './match-decision.ts';
import { MATCH_OUTCOMES } from './match-outcome.ts';
import { matchPaymentRequestSchema, matchPaymentSchema } from './match-payment.ts';
import { matchingPlanSchema } from './matching-plan.ts';
import { matchingRuleSchema } from './matching-rule.ts';
import { poolChangeSchema } from './pool-change.ts';
import { CAPS } from './rules/caps.ts';
import { HOLDS } from './rules/screen.ts';
import { WHAT_IF_NOTES } from './what-if/notes.ts';
import { whatIfRequestSchema } from './what-if/what-if-request.ts';

const measure = z.enum(['amount', 'donors', 'gifts']);
const language = z.enum(['zh-CN', 'en']).optional();

const heldMatch = z.object({
  no: count,
  giftId: z.string(),
  orderNo: z.string(),
  donorId: z.string().describe('A keyed hash: the same donor has the same'),
  unitId: z.string().optional(),
  amountMinor: amount,
  refundedMinor: amount.optional(),
  matchMinor: amount.optional(),
  held: z.enum(HOLDS).optional(),
  heldGifts: count.optional(),
  reason: z.string().describe('Why it is held, in words'),
  occurredAt: instantSchema,
  day: localDateSchema,
});

const ruleFigures = z.object({
  ruleId: z.string(),
  kind: z.string(),
  sponsor: z.string(),
  poolMinor: amount.optional(),
  givenMinor: amount.optional(),
  remainingMinor: amount.optional(),
  subPools: z.array(z.object({ id: z.string(), poolMinor: amount, remainingMinor: amount })).optional(),
  challenge: z.object({ measure, threshold: count, reached: count, unlocked: z.boolean() }).optional(),
  paidMinor: amount.optional(),
  owedMinor: amount.optional().describe('Below zero where a refund came after the sponsor had paid'),
});

const payment = matchPaymentSchema.omit({ type: true, campaignId: true });

const matching = z.object({
  campaignId: z.string(),
  stage: z.string(),
  state: z.enum(['open', 'finalised']),
  noticeUntil: instantSchema.nullable(),
  planId: z.string(),
  planVersion: z.number().int().min(1),
  gifts: count,
  poolMinor: amount,
  matchedMinor: amount,
  remainingMinor: amount,
  rules: z.array(ruleFigures),
  held: z.object({ gifts: count }),
  pendingClaims: z.object({ claims: count, more: z.boolean() }),
  payments: z.object({ payments: z.array(payment), more: z.boolean() }),
  adjustments: z.object({
    adjustments: z.array(adjustmentSchema.omit({ type: true, campaignId: true })),
    next: nextAnswer,
  }),
});

const hours = z.array(amount).describe('One figure for each of `hours`');
const draftFigures = z.object({
  planId: z.string(),
  poolMinor: amount,
  matchMinor: amount,
  lumpMinor: amount,
  roundMinor: amount,
  usedMinor: amount,
  remainingMinor: amount,
  matchedGifts: count,
  matchedBasisPoints: count,
  held: z.object({ gifts: count, matchMinor: amount }),
  capped: z.object({
    gifts: count,
    donors: count,
    byCap: z.array(z.object({ cap: z.enum(CAPS), gifts: count, donors: count })),
    top: z.array(z.object({ donorId: z.string(), gifts: count, withheldMinor: amount })),
  }),
  rules: z.array(
    z.object({
      ruleId: z.string(),
      kind: z.string(),
      sponsor: z.string(),
      poolMinor: amount,
      usedMinor: amount,
      remainingMinor: amount,
      matchedGifts: count,
      outcomes: z.partialRecord(z.enum(MATCH_OUTCOMES), count),
      usedByHourMinor: hours,
      runsOutAt: instantSchema.nullable(),
      subPools: z.array(
        z.object({ id: z.string(), poolMinor: amount, usedMinor: amount, runsOutAt: instantSchema.nullable() }),
      ),
      challenge: z
        .object({ measure, threshold: count, progress: count, reachedAt: instantSchema.nullable() })
        .nullable(),
    }),
  ),
  units: z.array(
    z.object({ unitId: z.string(), gifts: count, amountMinor: amount, matchMinor: amount, roundMinor: amount }),
  ),
});

const whatIfResult = z.object({
  gifts: z.object({
    count,
    amountMinor: amount,
    donors: count,
    outside: z.object({ gifts: count, amountMinor: amount }),
  }),
  hours: z.array(z.object({ hour: z.string(), gifts: count, amountMinor: amount })),
  drafts: z.array(draftFigures),
  notes: z.array(z.enum(Object.keys(WHAT_IF_NOTES) as [keyof typeof WHAT_IF_NOTES])),
});

const claims = z.array(
  z.object({
    giftId: z.string(),
    orderNo: z.string(),
    ruleId: z.string(),
    sponsor: z.string().optional(),
    amountMinor: amount,
    offerMinor: amount.describe('What the rule gives for the whole gift, before caps and what the pool has left'),
    proof: matchClaimSchema.shape.proof,
    email: z.string().optional(),
    requestedAt: instantSchema,
  }),
);

const decidedClaim = matchClaimSchema.pick({
  campaignId: true,
  giftId: true,
  ruleId: true,
  state: true,
  decidedBy: true,
  decidedAt: true,
  reason: true,
  matchMinor: true,
});

export const matchingContract = {
  tag: 'Matching',
  named: {
    MatchingRule: matchingRuleSchema,
    MatchingPlan: matchingPlanSchema,
    Matching: matching,
    MatchExplanation: matchExplanationSchema,
  },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/matching',
      operation: 'getMatching',
      summary: 'Stage, pools, what each rule gave, was paid and is owed, and what waits for a person.',
      query: z.object({ after: afterQuery.describe('Adjustments after this number') }),
      answers: { 200: { description: 'The matching as it stands', body: matching } },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/gifts/{giftId}/match',
      operation: 'explainMatch',
      summary: 'How a gift’s match came to be, as data and in plain words.',
      query: z.object({ lang: language }),
      answers: {
        200: {
          description: 'The explanation',
          body: z.strictObject({
            ...matchExplanationSchema.shape,
            language: z.enum(['zh-CN', 'en']),
            text: z.array(z.object({ heading: z.string(), lines: z.array(z.string()) })),
          }),
        },
      },
      problems: { 404: ['unknown-campaign', 'unknown-gift'], 409: ['not-counted-yet'], 422: ['invalid'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/held-matches',
      operation: 'listHeldMatches',
      summary: 'Gifts whose match is held and not decided, with the reason. A page may be empty and not the last.',
      query: z.object({ after: afterQuery, lang: language }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({ campaignId: z.string(), held: z.array(heldMatch), next: nextAnswer }),
        },
      },
      problems: { 400: ['bad-cursor', 'bad-language'], 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/gifts/{giftId}/match-decisions',
      operation: 'decideMatch',
      summary: 'Releases a held match, or voids any before confirmation. The same again answers what stands.',
      body: matchDecisionSchema,
      answers: {
        200: {
          description: 'The decision that stands',
          body: z.object({
            giftId: z.string().optional(),
            decision: z.string(),
            reason: z.string().optional(),
            decidedBy: z.string(),
            decidedAt: instantSchema,
            matchMinor: amount.describe('What the gift has as match after it'),
          }),
        },
      },
      problems: {
        404: ['unknown-campaign', 'unknown-gift'],
        409: ['not-held', 'already-void', 'not-counted', 'not-matched', 'already-confirmed'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/pool-changes',
      operation: 'changePools',
      summary: 'Raises or lowers pools while gifts draw, as a new version of the plan.',
      body: poolChangeSchema,
      answers: {
        200: {
          description: 'The change, also for a repeat',
          body: z.object({
            campaignId: z.string(),
            planVersion: z.number().int(),
            adjustment: count,
            changes: z.array(resizeSchema),
            reason: z.string().optional(),
            by: z.string(),
            at: instantSchema,
          }),
        },
      },
      problems: {
        404: ['unknown-campaign'],
        409: ['another-version', 'pool-finalised'],
        422: ['impossible-change'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/match-claims',
      operation: 'requestMatchClaim',
      summary: 'Asks for an employer’s match of one’s own gift.',
      body: claimRequestSchema,
      answers: Object.fromEntries(
        [200, 201].map((status) => [
          status,
          {
            description: status === 201 ? 'Asked for' : 'It was asked for before',
            body: matchClaimSchema.pick({
              campaignId: true,
              orderNo: true,
              ruleId: true,
              state: true,
              requestedAt: true,
            }),
          },
        ]),
      ),
      problems: {
        404: ['unknown-order'],
        409: ['too-late', 'not-claimable', 'already-confirmed', 'not-counted'],
        422: ['not-eligible', 'no-employer-rule'],
      },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/match-claims',
      operation: 'listMatchClaims',
      summary: 'Claims that wait for a decision, oldest first, with their proof.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: { description: 'One page', body: z.object({ campaignId: z.string(), claims, next: nextAnswer }) },
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/match-claims/{giftId}/decisions',
      operation: 'decideMatchClaim',
      summary: 'Approves or declines a claim. The same again answers what stands.',
      body: claimDecisionSchema,
      answers: { 200: { description: 'The decision that stands', body: decidedClaim } },
      problems: {
        404: ['unknown-campaign', 'unknown-claim'],
        409: ['already-decided', 'match-held', 'nothing-left', 'not-claimable', 'already-confirmed', 'not-counted'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/match-payments',
      operation: 'recordMatchPayment',
      summary: 'Books a sponsor’s payment of confirmed matches, once for each reference.',
      body: matchPaymentRequestSchema,
      answers: Object.fromEntries(
        [200, 201].map((status) => [
          status,
          {
            description: status === 201 ? 'Booked' : 'It was booked before',
            body: z.object({ campaignId: z.string(), ...payment.shape, stage: z.string() }),
          },
        ]),
      ),
      problems: {
        404: ['unknown-campaign'],
        409: ['not-confirmed', 'reference-taken'],
        422: ['impossible-payment'],
      },
    },
    {
      method: 'PUT',
      path: '/campaigns/{campaignId}/standings',
      operation: 'putStandings',
      summary: 'Replaces what the charity’s lists say of these donors, all or none, for gifts from now on.',
      body: standingsSchema,
      answers: { 200: { description: 'Stored', body: z.object({ campaignId: z.string(), stored: count }) } },
      problems: { 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/what-ifs',
      operation: 'runWhatIf',
      summary: 'Replays gifts against one or two draft plans. Stores nothing.',
      body: whatIfRequestSchema,
      answers: { 200: { description: 'The figures', body: whatIfResult } },
    },
  ],
} as const satisfies AreaContract;
