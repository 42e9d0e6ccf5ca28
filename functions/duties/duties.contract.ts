import * as z from 'zod';
import { localDateSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, nextAnswer } from '../platform/contract.ts';
import { feedRequestSchema } from './calendar-feed.ts';
import { DUTY_STATES, dutyEventSchema } from './duty.ts';
import { DUTY_KINDS, type DutyKind } from './duty-kind.ts';
import { completionRequestSchema, eventRequestSchema } from './duty-request.ts';

const dutyShape = {
  dutyId: z.string(),
  kind: z.enum(Object.keys(DUTY_KINDS) as [DutyKind, ...DutyKind[]]),
  title: z.object({ 'zh-CN': z.string(), en: z.string() }),
  about: z.string().nullable(),
  dueOn: localDateSchema,
  state: z.enum(DUTY_STATES).describe('`near`: within 14 days'),
  rule: z.string().describe('The law, or our own rule'),
  byHand: z.boolean().describe('Whether a person says that it is done'),
  doneOn: localDateSchema.nullable(),
  doneBy: z.string().nullable(),
};
const duty = z.object(dutyShape);
const answered = (description: string, body: z.ZodType) => ({ description, body });

const completion = {
  body: completionRequestSchema,
  answers: { 201: answered('The duty, done', duty), 200: answered('It was done before', duty) },
};

const feed = z.object({
  feedId: z.string(),
  organisationId: z.string(),
  language: z.enum(['zh-CN', 'en']),
  path: z.string().describe('Below the address of this API'),
});

export const dutiesContract = {
  tag: 'Duties',
  named: { Duty: duty },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/calendar',
      operation: 'getCampaignCalendar',
      summary: 'What a campaign has to do by when, by law and by our own rules, and what is done.',
      answers: { 200: answered('In order of the days', z.object({ campaignId: z.string(), duties: z.array(duty) })) },
      problems: { 404: ['no-calendar'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/calendar',
      operation: 'getOrganisationCalendar',
      summary: 'What an organisation has to do by when, for its campaigns and for itself, 100 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: answered(
          'In order of the days',
          z.object({
            organisationId: z.string(),
            duties: z.array(
              z.object({
                campaignId: z.string().nullable(),
                campaignTitle: z.string().nullable(),
                ...dutyShape,
              }),
            ),
            next: nextAnswer,
          }),
        ),
      },
      problems: { 400: ['bad-cursor'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/duties/{dutyId}/completions',
      operation: 'completeCampaignDuty',
      summary: "Records that a campaign's duty is done.",
      ...completion,
      problems: { 404: ['no-calendar', 'unknown-duty'], 409: ['done-by-itself'], 422: ['not-yet'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/duties/{dutyId}/completions',
      operation: 'completeOrganisationDuty',
      summary: "Records that one of an organisation's own duties is done.",
      ...completion,
      problems: { 404: ['unknown-duty'], 409: ['done-by-itself'], 422: ['not-yet'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/duty-events',
      operation: 'recordDutyEvent',
      summary: 'Records what has happened and has to be published within 30 days.',
      idempotencyKey: 'needed',
      body: eventRequestSchema,
      answers: {
        201: answered('The event', dutyEventSchema),
        200: answered('It was recorded before', dutyEventSchema),
      },
      problems: {
        400: ['idempotency-key-needed', 'bad-idempotency-key'],
        409: ['idempotency-key-reused', 'too-many-events'],
        422: ['not-yet'],
      },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/calendar-feeds',
      operation: 'createCalendarFeed',
      summary: 'Makes a secret address under which a calendar program reads the duties.',
      idempotencyKey: 'optional',
      body: feedRequestSchema,
      answers: {
        200: answered('It was made before: the same address', feed),
        201: answered('The feed, its address shown to who made it and nowhere else', feed),
      },
      problems: { 409: ['feed-revoked', 'idempotency-key-reused'] },
    },
    {
      method: 'DELETE',
      path: '/organisations/{organisationId}/calendar-feeds/{feedId}',
      operation: 'revokeCalendarFeed',
      summary: "Closes a feed's address for good: one's own, or as an admin anybody's.",
      answers: { 204: { description: 'It is closed' } },
      problems: { 404: ['unknown-feed'] },
    },
    {
      method: 'GET',
      path: '/calendar-feeds/{file}',
      operation: 'readCalendarFeed',
      summary: 'The duties as text/calendar (RFC 5545), for whoever has the address.',
      answers: { 200: { description: 'Whole days, each with a stable UID', contentType: 'text/calendar' } },
      problems: { 404: ['unknown-feed'] },
    },
  ],
} as const satisfies AreaContract;
