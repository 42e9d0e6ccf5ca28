import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, amountAnswer, countAnswer, nextAnswer } from '../platform/contract.ts';
import { addendumChangeSchema } from './addendum-change.ts';
import { ADDENDUM_FIGURES } from './addendum-figure.ts';
import { changedItemSchema } from './addendum-item.ts';
import { signatureSchema } from './closeout.ts';
import { closeoutStatementSchema } from './closeout-statement.ts';
import { sourceSchema } from './report-account.ts';
import { addendumRequestSchema } from './report-addendum.ts';

const sha256 = z.string().describe('SHA-256, hexadecimal');
const fieldProblem = z.object({
  field: z.string(),
  problem: z.string(),
  fix: z.string(),
  rule: z.string().optional(),
});

const statement = z.object({
  campaignId: z.string(),
  version: z.number().int().min(1),
  state: z.enum(['open', 'submitted', 'signed']),
  round: countAnswer.describe('How many times it was submitted; the number by which its report is decided'),
  statement: closeoutStatementSchema,
  workedOnBy: z.array(z.string()).describe('They sign none of it'),
  submittedAt: instantSchema.nullable(),
  returned: z.object({ at: instantSchema, why: z.string() }).nullable(),
  problems: z.array(fieldProblem).describe('All that keeps it from being submitted'),
});

const report = z.object({
  campaignId: z.string(),
  state: z.enum(['draft', 'signed']),
  round: countAnswer,
  reportSha256: sha256,
  preparedAt: instantSchema,
  preparedBy: z.array(z.object({ personId: z.string(), name: z.string() })),
  signatures: z.array(signatureSchema),
  signedAt: instantSchema.nullable(),
  lateGifts: countAnswer,
  laterAdjustments: countAnswer.describe('Settled after the closeout had begun: for an addendum'),
  addenda: countAnswer,
  files: z.array(z.object({ format: z.enum(['json', 'pdf', 'xlsx']), sha256, url: z.string() })),
});

const addendum = z.object({
  campaignId: z.string(),
  number: z.number().int().min(1),
  reportSha256: sha256,
  reason: z.string(),
  corrections: z.array(z.object({ what: z.string(), was: z.string(), is: z.string() })),
  figures: z.array(z.object({ figure: z.enum(ADDENDUM_FIGURES), was: amountAnswer, is: amountAnswer })),
  changes: z
    .array(addendumChangeSchema)
    .describe('The entries that changed the figures: what they change adds up to the differences'),
  items: z.array(changedItemSchema).describe('Items of the reconciliation that stand otherwise than was stated last'),
  sources: z.array(sourceSchema).describe('How each figure was computed'),
  state: z
    .enum(['waiting', 'returned', 'signed'])
    .describe('`waiting`: for its signatures, and its number is not given yet'),
  round: z.number().int().min(1).describe('The number by which it is decided, with the subject `addendum`'),
  signatures: z.array(signatureSchema),
  signedAt: instantSchema.nullable(),
  returned: z.object({ at: instantSchema, why: z.string() }).nullable(),
  writtenBy: z.string(),
  writtenAt: instantSchema,
  sha256,
  url: z.string().describe('The PDF, for a quarter of an hour'),
});

export const closeoutContract = {
  tag: 'Closeout',
  named: { CloseoutStatement: closeoutStatementSchema, ReportAddendum: addendum },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/closeout',
      operation: 'getCloseout',
      summary: 'How far the closeout report has come, who signed it, and where its files are.',
      answers: { 200: { description: 'The newest draft, or the signed report', body: report } },
      problems: { 404: ['unknown-campaign', 'no-report'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/closeout-statement',
      operation: 'getCloseoutStatement',
      summary: 'What only people can say in the closeout report, and what is missing.',
      etag: true,
      answers: { 200: { description: 'The statement', body: statement } },
      problems: { 404: ['unknown-campaign'] },
    },
    {
      method: 'PUT',
      path: '/campaigns/{campaignId}/closeout-statement',
      operation: 'saveCloseoutStatement',
      summary: 'Saves the statement whole; anything may still be missing.',
      ifMatch: true,
      etag: true,
      body: closeoutStatementSchema,
      answers: { 200: { description: 'The statement as it is now', body: statement } },
      problems: { 400: ['bad-if-match'], 404: ['unknown-campaign'], 409: ['already-submitted', 'already-signed'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/closeout-statement/submissions',
      operation: 'submitCloseoutStatement',
      summary: 'Submits the statement: the report is written with it and goes to those who sign.',
      description:
        'Refused with all problems at once. Those who wrote it do not sign. The signatures are decisions (`POST /campaigns/{campaignId}/decisions`) with the subject `closeout` and the round that this answers.',
      etag: true,
      answers: { 200: { description: 'Submitted, or submitted before', body: statement } },
      problems: {
        404: ['unknown-campaign'],
        409: ['nothing-written', 'already-signed', 'not-closing'],
        422: ['incomplete'],
      },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/report-addenda',
      operation: 'listReportAddenda',
      summary: 'Addenda to the signed report, in their order, and the draft that waits for its signatures.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'A page of addenda',
          body: z.object({
            campaignId: z.string(),
            addenda: z.array(addendum),
            draft: addendum.nullable().describe('What is being signed, or was given back last'),
            next: nextAnswer,
          }),
        },
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/report-addenda',
      operation: 'addReportAddendum',
      summary: 'Drafts the next addendum to the signed report: what changed since, from the books, and why.',
      description:
        'It is signed as the report is, by the same route: decisions (`POST /campaigns/{campaignId}/decisions`) with the subject `addendum` and the round that this answers. Where the books move before it is signed, it is written anew by itself.',
      idempotencyKey: 'needed',
      body: addendumRequestSchema,
      answers: {
        200: { description: 'It was drafted before with this key', body: addendum },
        201: { description: 'Drafted; once it is signed it is mailed to those who had the report', body: addendum },
      },
      problems: {
        400: ['bad-idempotency-key'],
        404: ['unknown-campaign'],
        409: ['not-signed', 'nothing-changed', 'addendum-waiting', 'items-open'],
        422: ['idempotency-key-reused'],
      },
    },
  ],
} as const satisfies AreaContract;
