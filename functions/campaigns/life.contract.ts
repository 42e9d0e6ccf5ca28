import * as z from 'zod';
import { amendmentFilingRequestSchema, filingSchema } from '../filing/filing.ts';
import { instantSchema } from '../kernel/time.ts';
import type { AreaContract } from '../platform/contract.ts';
import { AMENDMENT_KINDS, AMENDMENT_STATES, amendmentRequestSchema } from './amendment.ts';
import { cancellationSchema } from './campaign.ts';
import { CAMPAIGN_STATUSES } from './campaign-state.ts';
import { cancellationRequestSchema, pauseRequestSchema } from './life.ts';

/** Loose: what else a campaign shows is said with the campaigns. */
const campaign = z.looseObject({
  campaignId: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  pauseReason: z.string().nullable(),
  cancellation: cancellationSchema.nullable(),
});

const amendment = z.object({
  campaignId: z.string(),
  number: z.number().int().min(1),
  kind: z.enum(AMENDMENT_KINDS),
  changes: z.record(z.string(), z.unknown()),
  fields: z.array(z.string()).describe('The fields that it changes'),
  needsFiling: z.boolean().describe('Whether the authority has to have it before it is applied'),
  reason: z.string(),
  state: z.enum(AMENDMENT_STATES),
  stateReason: z.string().nullable(),
  filing: filingSchema.nullable(),
  proposedBy: z.string(),
  proposedAt: instantSchema,
  updatedAt: instantSchema,
});

const answered = (description: string, body: z.ZodType) => ({ description, body });
const unknown = { 404: ['unknown-campaign'] } as const;

export const lifeContract = {
  tag: 'Life of a campaign',
  named: { Amendment: amendment },
  routes: [
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/pauses',
      operation: 'pauseCampaign',
      summary: 'Stops new orders. What is paid is kept and counted, and the campaign closes at its end all the same.',
      body: pauseRequestSchema,
      answers: { 200: answered('The campaign, paused', campaign) },
      problems: { ...unknown, 409: ['illegal-step'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/resumptions',
      operation: 'resumeCampaign',
      summary: 'Takes orders again, unless the campaign is over or must not run unfiled.',
      answers: { 200: answered('The campaign, open', campaign) },
      problems: { ...unknown, 409: ['illegal-step', 'window-over', 'not-filed', 'filed-late'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/cancellations',
      operation: 'cancelCampaign',
      summary: 'Ends a campaign before its time, with what becomes of its gifts.',
      description:
        'Orders are refused from this moment; the workflow notices within six hours and settles from it. `refund-all`: see the refund instructions.',
      body: cancellationRequestSchema,
      answers: { 200: answered('The campaign, cancelled', campaign) },
      problems: { ...unknown, 409: ['illegal-step', 'already-cancelled'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/amendments',
      operation: 'proposeAmendment',
      summary: 'Proposes a change of an approved plan, which then goes through the approval route.',
      idempotencyKey: 'needed',
      body: amendmentRequestSchema,
      answers: {
        201: answered('The amendment, which waits for its approval', amendment),
        200: answered('It was proposed before under this key', amendment),
      },
      problems: {
        400: ['idempotency-key-needed', 'bad-idempotency-key'],
        ...unknown,
        409: ['not-amendable', 'amendment-waiting', 'changes-nothing', 'idempotency-key-reused'],
        422: ['impossible-amendment'],
      },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/amendments',
      operation: 'listAmendments',
      summary: 'Every amendment of a campaign, the first one first.',
      answers: {
        200: answered('The amendments', z.object({ campaignId: z.string(), amendments: z.array(amendment) })),
      },
      problems: unknown,
    },
    {
      method: 'PUT',
      path: '/campaigns/{campaignId}/amendments/{number}/filing',
      operation: 'fileAmendment',
      summary: 'Records that the authority has a changed plan, which is applied with it.',
      ifMatch: true,
      body: amendmentFilingRequestSchema,
      answers: { 200: answered('The amendment: applied, or lapsed with the reason', amendment) },
      problems: {
        400: ['bad-if-match'],
        404: ['unknown-campaign', 'unknown-amendment'],
        409: ['nothing-to-file'],
        422: ['impossible-filing'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/amendments/{number}/withdrawals',
      operation: 'withdrawAmendment',
      summary: 'Takes an amendment back that was not applied yet.',
      answers: { 200: answered('The amendment, withdrawn', amendment) },
      problems: { 404: ['unknown-campaign', 'unknown-amendment'], 409: ['amendment-closed'] },
    },
  ],
} as const satisfies AreaContract;
