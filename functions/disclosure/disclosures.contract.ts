import * as z from 'zod';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import type { AreaContract } from '../platform/contract.ts';
import {
  correctionRequestSchema,
  DISCLOSURE_KINDS,
  fieldCorrectionSchema,
  PUBLISHED_KINDS,
  publicationRequestSchema,
} from './disclosure-entry.ts';
import { disclosureFiguresSchema } from './disclosure-figures.ts';
import { disclosureSettingsRequestSchema } from './disclosure-settings.ts';

const entryShape = {
  entryId: z.string(),
  campaignId: z.string(),
  number: z.number().int().min(1).describe('From 1, without gaps within a campaign'),
  kind: z.enum(DISCLOSURE_KINDS),
  dutyId: z.string().optional().describe('The duty of the calendar that it does'),
  title: z.string(),
  period: z.object({ from: localDateSchema, until: localDateSchema }),
  text: z.string(),
  responsible: z.string().describe('Who answers for it'),
  figures: disclosureFiguresSchema.nullable().describe('As they were when it was published; null in a correction'),
  corrects: z
    .object({ number: z.number().int().min(1), changes: z.array(fieldCorrectionSchema) })
    .optional()
    .describe('Of a correction: which entry, and what is right instead'),
  publishedOn: localDateSchema,
  publishedAt: instantSchema,
  previous: z.string().describe('The hash of the entry before'),
  hash: z
    .string()
    .describe('SHA-256 of the entry as JSON with its names in order, without `hash`, `correctedBy` and `by`'),
  correctedBy: z.array(z.number().int().min(1)).describe('The numbers of the notes that correct it'),
};
const entry = z.object(entryShape);
const entryForStaff = z.object({ ...entryShape, by: z.string().describe('Who published it') });

const draft = z.object({
  dutyId: z.string(),
  kind: z.enum(PUBLISHED_KINDS),
  dueOn: localDateSchema,
  text: z.string().describe('A text made of the figures, to begin with'),
  draftedAt: instantSchema,
});

const settings = z.object({
  organisationId: z.string(),
  publishesProgress: z.enum(['by-hand', 'by-schedule']),
  responsible: z.string().nullable(),
});

const account = z.object({
  campaignId: z.string(),
  generatedData: z.boolean(),
  ...disclosureFiguresSchema.shape,
});

const unknown = { 404: ['unknown-campaign'] };
const lang = z.object({ lang: z.enum(['zh-CN', 'en']).optional() });
const file = { description: 'The file', contentType: 'text/csv' };
const known = { description: 'You have it' };

export const disclosuresContract = {
  tag: 'Disclosure',
  named: { DisclosureEntry: entry, DisclosureFigures: disclosureFiguresSchema },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/disclosures',
      operation: 'listDisclosures',
      summary: 'What was published of a campaign and by whom, drafts of what is due, and the figures as they are now.',
      answers: {
        200: {
          description: 'Entries in order, and drafts',
          body: z.object({
            campaignId: z.string(),
            entries: z.array(entryForStaff),
            drafts: z.array(draft),
            figures: disclosureFiguresSchema.nullable(),
          }),
        },
      },
      problems: unknown,
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/disclosures',
      operation: 'publishDisclosure',
      summary: 'Publishes an entry with the figures up to the last signed day, and does the duty that asks for it.',
      description:
        'Nobody sends figures: they are frozen from the books. What was published cannot be changed or taken back by anybody.',
      idempotencyKey: 'needed',
      body: publicationRequestSchema,
      answers: {
        201: { description: 'Published', body: entryForStaff },
        200: { description: 'It was published by an earlier request with this key', body: entryForStaff },
      },
      problems: {
        400: ['bad-idempotency-key'],
        ...unknown,
        409: ['nothing-signed-yet', 'not-over-yet', 'idempotency-key-reused'],
        422: ['invalid'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/disclosures/{number}/corrections',
      operation: 'correctDisclosure',
      summary: 'Publishes a note (更正说明) of what is wrong in an entry. Both stay, and the entry is marked.',
      idempotencyKey: 'needed',
      body: correctionRequestSchema,
      answers: {
        201: { description: 'Published', body: entryForStaff },
        200: { description: 'It was published by an earlier request with this key', body: entryForStaff },
      },
      problems: {
        400: ['bad-idempotency-key'],
        404: ['unknown-campaign', 'unknown-entry'],
        409: ['is-a-correction', 'idempotency-key-reused'],
        422: ['invalid'],
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/disclosure-settings',
      operation: 'getDisclosureSettings',
      summary: 'Whether a person or the schedule publishes progress reports, and who answers for the latter.',
      etag: true,
      answers: { 200: { description: 'The settings', body: settings } },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/disclosure-settings',
      operation: 'putDisclosureSettings',
      summary: 'Says how an organisation publishes.',
      ifMatch: true,
      etag: true,
      body: disclosureSettingsRequestSchema,
      answers: { 200: { description: 'The settings', body: settings } },
      problems: { 400: ['bad-if-match'], 422: ['invalid'] },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/disclosures',
      operation: 'listPublicDisclosures',
      summary: 'Everything that was published of a campaign, in order, corrected entries with what corrects them.',
      etag: true,
      answers: {
        200: { description: 'The entries', body: z.object({ campaignId: z.string(), entries: z.array(entry) }) },
        304: known,
      },
      problems: unknown,
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/disclosures/{number}',
      operation: 'getPublicDisclosure',
      summary: 'One entry.',
      etag: true,
      answers: { 200: { description: 'The entry', body: entry }, 304: known },
      problems: { 404: ['unknown-campaign', 'unknown-entry'] },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/disclosures/page',
      operation: 'getDisclosurePage',
      summary: 'The same and the account as a page for people, without script.',
      etag: true,
      query: lang,
      answers: { 200: { description: 'The page', contentType: 'text/html' }, 304: known },
      problems: unknown,
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/account',
      operation: 'getPublicAccount',
      summary: 'Raised by channel, refunds, match, fees, spending by line and the balance, up to the last signed day.',
      etag: true,
      answers: { 200: { description: 'The account', body: account }, 304: known },
      problems: { ...unknown, 409: ['nothing-signed-yet'] },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/account.csv',
      operation: 'getPublicAccountFile',
      summary: 'The same as CSV.',
      etag: true,
      query: lang,
      answers: { 200: file, 304: known },
      problems: { ...unknown, 409: ['nothing-signed-yet'] },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/gifts.csv',
      operation: 'getPublicGiftsFile',
      summary: 'The list of gifts as CSV, oldest first, 2,000 in a part; each part ends with its sum.',
      description:
        'Where there is another part, the header `Link` names it with `rel="next"`. The parts’ sums together are the campaign’s totals.',
      etag: true,
      query: z.object({
        lang: z.enum(['zh-CN', 'en']).optional(),
        part: z.string().optional().describe('From 1, which is what is sent without it'),
      }),
      answers: { 200: file, 304: known },
      problems: { 400: ['bad-part'], 404: ['unknown-campaign', 'no-such-part'] },
    },
  ],
} as const satisfies AreaContract;
