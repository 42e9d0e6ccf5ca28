import * as z from 'zod';
import { approvalStandingAnswer } from '../approvals/approvals.contract.ts';
import { emergencySchema, filingSchema } from '../filing/filing.ts';
import { instantSchema } from '../kernel/time.ts';
import { slugSchema } from '../matching/rules/slug.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import type { AnswerContract, AreaContract } from '../platform/contract.ts';
import { ATTACHMENT_KINDS, attachmentRequestSchema, CONTENT_TYPES } from './attachment.ts';
import { cancellationSchema } from './campaign.ts';
import { campaignIdSchema } from './campaign-id.ts';
import { campaignProposalSchema, unitSchema } from './campaign-proposal.ts';
import { CAMPAIGN_STATUSES } from './campaign-state.ts';
import { TEAM_STATES, teamDecisionSchema, teamRequestSchema } from './team.ts';

const count = z.number().int().min(0);
const fieldProblem = z.object({
  field: z.string(),
  problem: z.string(),
  fix: z.string(),
  rule: z.string().optional().describe('The law or the contract that asks for it'),
});
const status = z.enum(CAMPAIGN_STATUSES);

/** Any fields of a proposal; null takes one out. */
const someFields = z.object(
  Object.fromEntries(
    Object.entries(campaignProposalSchema.partial().shape).map(([field, schema]) => [field, schema.nullable()]),
  ),
);
const newDraft = z.object({
  ...campaignProposalSchema.partial().shape,
  organisationId: organisationIdSchema,
  copyOf: campaignIdSchema
    .optional()
    .describe('An earlier campaign of the organisation to begin with, its days moved by whole years'),
  templateId: slugSchema.optional().describe('A template of the organisation or of one above it to begin with'),
});

const draft = z.object({
  campaignId: z.string(),
  status: z.enum(['draft', 'withdrawn']),
  round: z.literal(0),
  proposal: z.looseObject({ organisationId: z.string() }).describe('What has been written so far'),
  createdBy: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  problems: z.array(fieldProblem).describe('What stands between the draft and its submission'),
});
const campaign = z.object({
  campaignId: z.string(),
  status,
  round: count,
  proposal: z.looseObject({ organisationId: z.string() }),
  submittedBy: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  returnReason: z.string().nullable(),
  attention: z
    .object({ phase: z.string(), reason: z.string(), at: instantSchema })
    .nullable()
    .describe('Why its life has stopped and a person must look'),
  draft: z
    .looseObject({ organisationId: z.string() })
    .nullable()
    .describe('What is being written while it is returned'),
  openedAt: instantSchema.nullable(),
  filing: filingSchema.nullable(),
  emergency: emergencySchema.nullable(),
  pauseReason: z.string().nullable(),
  cancellation: cancellationSchema.nullable(),
  approval: approvalStandingAnswer.nullable(),
  history: z.array(
    z.object({
      from: z.string().nullable(),
      to: z.string(),
      at: instantSchema,
      by: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});
const anyCampaign = z.union([draft, campaign]);

const attachmentShape = {
  attachmentId: z.string(),
  name: z.string(),
  kind: z.enum(ATTACHMENT_KINDS),
  contentType: z.enum(CONTENT_TYPES),
  bytes: count,
  sha256: z.string(),
  state: z.enum(['awaiting-upload', 'stored']),
  addedBy: z.string(),
  addedAt: instantSchema,
};
const attachment = z.object(attachmentShape);
const announced = z.object({
  ...attachmentShape,
  upload: z
    .object({ method: z.literal('PUT'), url: z.string(), headers: z.record(z.string(), z.string()) })
    .nullable()
    .describe('Where to put the file within a quarter of an hour, with these headers; null once it is stored'),
});

const template = z.object({
  organisationId: z.string(),
  templateId: z.string(),
  name: z.string(),
  proposal: z.record(z.string(), z.unknown()),
  savedBy: z.string(),
  updatedAt: instantSchema,
});

const teamShape = {
  campaignId: z.string(),
  teamId: z.string(),
  name: z.string(),
  slogan: z.string().optional(),
  targetMinor: count,
  state: z.enum(TEAM_STATES),
  createdAt: instantSchema,
  decidedBy: z.string().optional(),
  decidedAt: instantSchema.optional(),
  reason: z.string().optional(),
};
const team = z.object(teamShape);
const begunTeam = z.object({
  teamId: z.string(),
  campaignId: z.string(),
  name: z.string(),
  slogan: z.string().nullable(),
  targetMinor: count,
  state: z.enum(TEAM_STATES),
});

const answered = (description: string, body: z.ZodType): AnswerContract => ({ description, body });
const unknownCampaign = { 404: ['unknown-campaign'] };
const page = z.object({ after: z.string().optional().describe('`next` of the page before') });

export const campaignsContract = {
  tag: 'Campaigns',
  named: {
    Campaign: campaign,
    CampaignDraft: draft,
    Attachment: attachment,
    ProposalTemplate: template,
    Team: team,
    Unit: unitSchema,
    ProposalFields: someFields,
  },
  routes: [
    {
      method: 'GET',
      path: '/campaigns',
      operation: 'listCampaigns',
      summary: 'Campaigns of an organisation, or of it and all below it, drafts included, 50 a page.',
      query: z.object({
        organisationId: organisationIdSchema.describe('Whose campaigns'),
        reach: z.enum(['here', 'and-below']).optional(),
        status: z.enum(CAMPAIGN_STATUSES).optional(),
        after: z.string().optional().describe('`next` of the page before'),
      }),
      answers: {
        200: answered(
          'One page, newest first within each organisation; a page may be short and have a next',
          z.object({
            campaigns: z.array(
              z.object({
                campaignId: z.string(),
                status,
                organisationId: z.string(),
                title: z.unknown().describe('null in a draft that has none'),
                window: z.unknown(),
                targetMinor: z.unknown(),
                parentCampaignId: z.unknown(),
                createdAt: instantSchema,
                updatedAt: instantSchema,
              }),
            ),
            next: z.string().nullable(),
          }),
        ),
      },
      problems: { 422: ['invalid'] },
    },
    {
      method: 'POST',
      path: '/campaigns',
      operation: 'createDraft',
      summary: 'Makes a draft: empty, with some fields, from a template, or from an earlier campaign.',
      idempotencyKey: 'optional',
      etag: true,
      body: newDraft,
      answers: { 201: answered('The draft', anyCampaign), 200: answered('What became of it since', anyCampaign) },
      problems: { 409: ['idempotency-key-reused'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}',
      operation: 'getCampaign',
      summary: 'A campaign as staff see it, or a draft with what stands between it and its submission.',
      etag: true,
      answers: { 200: answered('The campaign or the draft', anyCampaign) },
      problems: unknownCampaign,
    },
    {
      method: 'PATCH',
      path: '/campaigns/{campaignId}',
      operation: 'saveDraft',
      summary:
        'Saves fields of a draft or of a returned proposal: each that is sent replaces that field whole, null takes it out.',
      ifMatch: true,
      etag: true,
      body: someFields,
      answers: { 200: answered('As it is now', anyCampaign) },
      problems: { ...unknownCampaign, 400: ['bad-if-match'], 409: ['not-editable'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/submissions',
      operation: 'submitCampaign',
      summary: 'Hands a proposal in, or says everything that is wrong with it at once.',
      etag: true,
      answers: { 201: answered('Handed in', campaign), 200: answered('Handed in before', campaign) },
      problems: {
        ...unknownCampaign,
        400: ['bad-if-match'],
        409: ['illegal-step'],
        412: ['changed-meanwhile'],
        422: ['invalid'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/withdrawals',
      operation: 'withdrawCampaign',
      summary: 'Gives up a draft or a returned proposal. It stays to be read.',
      etag: true,
      answers: { 200: answered('Withdrawn', anyCampaign) },
      problems: { ...unknownCampaign, 409: ['illegal-step'], 412: ['changed-meanwhile'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/attachments',
      operation: 'listAttachments',
      summary: 'Files of a campaign, all of them: at most 30.',
      answers: { 200: answered('The files', z.object({ attachments: z.array(attachment) })) },
      problems: unknownCampaign,
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/attachments',
      operation: 'announceAttachment',
      summary: 'Announces a file and says where to put it: exactly this size, type and content.',
      idempotencyKey: 'optional',
      body: attachmentRequestSchema,
      answers: { 201: answered('Announced', announced), 200: answered('Announced before', announced) },
      problems: { ...unknownCampaign, 409: ['idempotency-key-reused', 'too-many-attachments', 'campaign-over'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/attachments/{attachmentId}',
      operation: 'getAttachment',
      summary: 'A file, with an address to fetch it from for a quarter of an hour.',
      answers: { 200: answered('The file', z.object({ ...attachmentShape, downloadUrl: z.string() })) },
      problems: { 404: ['unknown-campaign', 'unknown-attachment'], 409: ['not-confirmed'] },
    },
    {
      method: 'DELETE',
      path: '/campaigns/{campaignId}/attachments/{attachmentId}',
      operation: 'deleteAttachment',
      summary: 'Deletes a file, while the proposal is a draft or returned.',
      answers: { 204: { description: 'Deleted' } },
      problems: { 404: ['unknown-campaign', 'unknown-attachment'], 409: ['not-editable'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/attachments/{attachmentId}/confirmations',
      operation: 'confirmAttachment',
      summary: 'Looks at an uploaded file: size, type, SHA-256 and first bytes are as announced, or it is refused.',
      answers: { 200: answered('The file, stored', attachment) },
      problems: {
        404: ['unknown-campaign', 'unknown-attachment'],
        409: ['not-uploaded'],
        422: ['another-file'],
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/proposal-templates',
      operation: 'listProposalTemplates',
      summary: 'Templates of an organisation, all of them: at most 50.',
      answers: {
        200: answered(
          'The templates',
          z.object({
            templates: z.array(z.object({ templateId: z.string(), name: z.string(), updatedAt: instantSchema })),
          }),
        ),
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/proposal-templates/{templateId}',
      operation: 'getProposalTemplate',
      summary: 'A template.',
      etag: true,
      answers: { 200: answered('The template', template) },
      problems: { 404: ['unknown-template'] },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/proposal-templates/{templateId}',
      operation: 'saveProposalTemplate',
      summary: 'Saves a template. If-Match is needed unless it is new.',
      ifMatch: true,
      etag: true,
      body: z.object({ name: z.string().min(1).max(80), proposal: someFields }),
      answers: { 201: answered('New', template), 200: answered('Saved', template) },
      problems: { 400: ['bad-if-match'], 409: ['too-many-templates'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/teams',
      operation: 'beginTeam',
      summary: 'Begins a team (一起捐). It is seen and takes gifts once the campaign’s manager has approved it.',
      idempotencyKey: 'needed',
      body: teamRequestSchema,
      answers: { 201: answered('Begun', begunTeam), 200: answered('Begun before', begunTeam) },
      problems: { ...unknownCampaign, 409: ['idempotency-key-reused', 'no-place-for-teams'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/teams',
      operation: 'listTeams',
      summary: 'Teams in every state, 50 a page, without their captains.',
      query: page,
      answers: { 200: answered('One page', z.object({ teams: z.array(team), next: z.string().nullable() })) },
      problems: unknownCampaign,
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/teams/{teamId}',
      operation: 'getTeam',
      summary: 'A team, with how to reach its captain.',
      answers: {
        200: answered(
          'The team',
          z.object({
            ...teamShape,
            captain: z
              .object({ name: z.string(), email: z.string().nullable(), phone: z.string().nullable() })
              .nullable(),
          }),
        ),
      },
      problems: { 404: ['unknown-campaign', 'unknown-team'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/teams/{teamId}/decisions',
      operation: 'decideTeam',
      summary: 'Approves, declines or closes a team.',
      body: teamDecisionSchema,
      answers: { 200: answered('As it is now', team) },
      problems: { 404: ['unknown-campaign', 'unknown-team'], 409: ['illegal-step'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/units',
      operation: 'joinUnit',
      summary: 'Lets a unit join a campaign that is approved and not over.',
      etag: true,
      body: unitSchema,
      answers: {
        201: answered('Joined', z.object({ campaignId: z.string(), unit: unitSchema, units: count })),
        200: answered('Joined before', z.object({ campaignId: z.string(), unit: unitSchema, units: count })),
      },
      problems: { ...unknownCampaign, 409: ['id-taken', 'not-joinable', 'too-many-units'] },
    },
  ],
} as const satisfies AreaContract;
