import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import {
  type AreaContract,
  afterQuery,
  amountAnswer as amount,
  countAnswer,
  nextAnswer,
} from '../platform/contract.ts';
import { UNASSIGNED_REASONS } from './donation-entry.ts';
import { providerSchema } from './payment-event.ts';
import {
  proposalDecisionSchema,
  proposalRequestSchema,
  proposalSchema,
  UNASSIGNED_STATES,
} from './unassigned-money.ts';

const unassignedMoney = z.object({
  giftId: z.string(),
  state: z.enum(UNASSIGNED_STATES),
  why: z.enum(UNASSIGNED_REASONS).describe('Why it could not be booked for a campaign'),
  intendedCampaignId: z.string().nullable().describe('The campaign that its order or its door named'),
  organisationId: z.string().nullable().describe('Whose campaign that is; null: the top of the tree looks after it'),
  provider: providerSchema,
  merchantId: z.string(),
  paymentId: z.string(),
  orderNo: z.string(),
  amountMinor: amount,
  refundedMinor: amount.describe('What of it has gone back already'),
  currency: currencySchema,
  ordered: z.object({ amountMinor: amount, currency: currencySchema }).nullable().describe('What its order says'),
  occurredAt: instantSchema,
  recordedAt: instantSchema,
  ageDays: countAnswer.describe('Whole days since it was paid'),
  proposal: proposalSchema.nullable(),
  needsSecondPerson: z.boolean().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: instantSchema.nullable(),
  rejected: z
    .object({ proposal: proposalSchema, by: z.string(), at: instantSchema, reason: z.string() })
    .nullable()
    .describe('The last proposal that was turned down'),
  refund: z
    .object({
      state: z.enum(['requested', 'accepted', 'refused']),
      amountMinor: amount,
      reason: z.string().nullable(),
    })
    .nullable()
    .describe('That its provider was asked to give it back'),
});
const outcome = unassignedMoney.extend({
  asked: z
    .enum(['accepted', 'refused', 'by-hand', 'nothing-left', 'unknown-gift', 'later'])
    .optional()
    .describe('What its provider said of the return just now; `by-hand`: on the platform or at the bank'),
});

const wrongTarget = ['campaign-not-open', 'nothing-left', 'too-many-refunds'] as const;

export const unassignedContract = {
  tag: 'Unassigned money',
  named: { UnassignedMoney: unassignedMoney },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/unassigned-money',
      operation: 'listUnassignedMoney',
      summary: 'Money that came for no campaign and is not done with, oldest payment first, at most 50 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'One page; it may hold few and not be the last',
          body: z.object({ organisationId: z.string(), waiting: z.array(unassignedMoney), next: nextAnswer }),
        },
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-organisation'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/unassigned-money/{giftId}',
      operation: 'getUnassignedMoney',
      summary: 'One payment that came for no campaign, also after it was assigned or returned.',
      answers: { 200: { description: 'How it stands', body: unassignedMoney } },
      problems: { 404: ['unknown-organisation', 'unknown-gift'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/unassigned-money/{giftId}/proposals',
      operation: 'proposeForUnassignedMoney',
      summary: 'Says what becomes of it: a campaign, unit or team, or back to who paid it.',
      description:
        'Done at once under 10,000 yuan where it goes where its donor meant it, or where nobody knows; a second person confirms everything else. ' +
        'The same again asks once more for a return that has not gone.',
      idempotencyKey: 'needed',
      body: proposalRequestSchema,
      answers: {
        200: { description: 'It was proposed before: how it stands', body: outcome },
        201: { description: 'It waits for a second person, or is done', body: outcome },
      },
      problems: {
        404: ['unknown-organisation', 'unknown-gift'],
        409: [
          ...wrongTarget,
          'idempotency-key-reused',
          'already-proposed',
          'already-assigned',
          'already-returning',
          'already-returned',
        ],
      },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/unassigned-money/{giftId}/decisions',
      operation: 'decideUnassignedMoney',
      summary: 'A second person’s word on what was proposed. The same again answers what stands.',
      body: proposalDecisionSchema,
      answers: { 200: { description: 'How it stands', body: outcome } },
      problems: {
        403: ['own-entry'],
        404: ['unknown-organisation', 'unknown-gift'],
        409: [...wrongTarget, 'other-proposal', 'nothing-to-confirm', 'already-decided'],
      },
    },
  ],
} as const satisfies AreaContract;
