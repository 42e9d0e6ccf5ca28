import * as z from 'zod';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import {
  type AreaContract,
  afterQuery,
  amountAnswer as amount,
  countAnswer as count,
  nextAnswer,
} from '../platform/contract.ts';
import { RECEIPT_STATES, receiptLineSchema, WAIVER_REASONS } from './receipt.ts';
import { batchFiguresSchema, batchRequestSchema, receiptBatchSchema } from './receipt-batch.ts';
import { issueBodySchema, mistakeBodySchema } from './receipt-bodies.ts';
import { receiptAskSchema } from './receipt-request.ts';
import { receiptSettingsRequestSchema, receiptSettingsSchema } from './receipt-settings.ts';
import { NOT_RECEIPTABLE } from './receiptable.ts';

const settings = receiptSettingsSchema.omit({ type: true, version: true, publicUrl: true });
const line = receiptLineSchema.extend({ standardMinor: amount.optional(), amountMinor: amount });
const reference = z.object({ receiptId: z.string(), year: count, code: z.string(), number: z.string() });
const receipt = z.object({
  receiptId: z.string(),
  kind: z.enum(['gift', 'reversal']),
  organisationId: z.string(),
  year: count,
  code: z.string().describe('票据代码'),
  number: z.string().describe('票据号码, ten digits'),
  giftId: z.string(),
  campaignId: z.string(),
  title: z.string(),
  payer: z.object({ name: z.string(), creditCode: z.string().optional() }),
  issuedOn: localDateSchema,
  issuedAt: instantSchema,
  issuedBy: z.string().describe('A person’s id, or the batch or job that issued it'),
  currency: z.literal('CNY'),
  amountMinor: amount,
  amountInWords: z.string().describe('In Chinese capitals'),
  lines: z.array(line),
  remark: z.string(),
  other: z.string(),
  issuer: z.object({ name: z.string(), creditCode: z.string() }),
  reviewer: z.string(),
  handler: z.string(),
  checkCode: z.string().describe('校验码, 20 digits'),
  inKind: z.boolean(),
  generatedData: z.boolean(),
  state: z.enum(RECEIPT_STATES),
  stateReason: z.string().nullable(),
  stateAt: instantSchema.nullable(),
  stateBy: z.string().nullable(),
  reverses: reference.nullable().describe('Of a reversal: what it takes back'),
  reversedBy: reference.nullable(),
  replaces: reference.nullable(),
  handedOutAt: instantSchema.nullable().describe('When its original was handed out on paper'),
  copies: count.describe('How often it was handed out again since'),
  verification: z.string().describe('The path under which anybody can verify it'),
  document: z.string().describe('The path of the donor’s own copy: whoever knows it sees the whole receipt'),
});
const waiver = z.object({
  giftId: z.string(),
  campaignId: z.string(),
  reason: z.enum(WAIVER_REASONS),
  amountMinor: amount,
  recordedAt: instantSchema,
  recordedBy: z.string(),
  endedByReceiptId: z.string().nullable().describe('The receipt that was issued after all'),
});
const series = z.object({
  organisationId: z.string(),
  year: count,
  code: z.string().nullable(),
  issued: count.describe('The last number'),
  amountMinor: amount.describe('All that is not void, reversals below zero'),
  voids: count,
  reversals: count,
  waivers: z.object({ recorded: count, ended: count, amountMinor: amount }),
  problems: z
    .array(z.object({ rule: z.string(), about: z.string() }))
    .describe('What does not hold: a gap, a double, sums that disagree. Empty when all is well'),
});
const batch = z.object({
  ...receiptBatchSchema.omit({ type: true }).shape,
  state: z.enum(['running', 'finished']),
  campaignsDone: count,
  figures: batchFiguresSchema,
  campaigns: z.array(
    z.object({
      campaignId: z.string(),
      done: z.boolean(),
      day: localDateSchema.nullable().describe('The day that it has come to'),
      ...batchFiguresSchema.shape,
    }),
  ),
});
const verification = z.object({
  genuine: z.literal(true),
  state: z.enum(['valid', 'void', 'reversed', 'reversal']),
  title: z.string(),
  code: z.string(),
  number: z.string(),
  issuedOn: localDateSchema,
  amountMinor: amount,
  currency: z.literal('CNY'),
  payer: z.string().describe('Masked'),
  organisationName: z.string(),
  campaignTitle: z.string().nullable(),
  inKind: z.boolean(),
  copies: count,
  other: z.object({ code: z.string(), number: z.string() }).nullable(),
  generatedData: z.boolean(),
});

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const range = z.object({
  year: z.string().optional(),
  from: z.string().optional().describe('The first number'),
  to: z.string().optional().describe('The last number'),
});
const lang = z.enum(['zh-CN', 'en']).optional();
const notIssued = NOT_RECEIPTABLE.filter((why) => why !== 'unknown-gift');
const noSettings = 'no-receipt-settings';
const unknownReceipt = { 404: ['unknown-receipt'] };
const page = {
  200: { description: 'The page', contentType: 'text/html' },
  404: { description: 'The page that says that there is none', contentType: 'text/html' },
};
const printed = {
  receiptCode: z.string().optional().describe('票据代码'),
  number: z.string().optional().describe('票据号码'),
  code: z.string().optional().describe('校验码'),
};

export const receiptsContract = {
  tag: 'Receipts',
  named: { ReceiptSettings: settings, Receipt: receipt, ReceiptSeries: series, ReceiptBatch: batch },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipt-settings',
      operation: 'getReceiptSettings',
      summary: 'What the receipts of an organisation say of it.',
      etag: true,
      answers: { 200: { description: 'The settings', body: settings } },
      problems: { 404: [noSettings] },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/receipt-settings',
      operation: 'saveReceiptSettings',
      summary: 'Saves them whole. The first time needs no If-Match. A code prefix is one organisation’s for good.',
      ifMatch: true,
      etag: true,
      body: receiptSettingsRequestSchema,
      answers: {
        200: { description: 'Changed', body: settings },
        201: { description: 'Saved for the first time', body: settings },
      },
      problems: { 409: ['code-taken'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/gifts/{giftId}/receipts',
      operation: 'issueReceipt',
      summary:
        'Issues the receipt of a settled gift. One that has a valid receipt keeps it; 409 `already-issued` where that names another payer.',
      body: issueBodySchema,
      answers: {
        200: { description: 'It has one already', body: receipt },
        201: { description: 'Issued', body: receipt },
      },
      problems: {
        404: ['unknown-gift'],
        409: [noSettings, 'already-issued', 'series-full', ...notIssued],
        422: ['payer-needed'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/gifts/{giftId}/receipt-waivers',
      operation: 'waiveReceipt',
      summary: 'Records that a donor wants no receipt. A receipt may be issued all the same when they ask.',
      answers: {
        200: { description: 'On record already', body: z.object({ giftId: z.string(), state: z.literal('waived') }) },
        201: { description: 'Recorded', body: z.object({ giftId: z.string(), state: z.literal('waived') }) },
      },
      problems: { 404: ['unknown-gift'], 409: [noSettings, 'already-issued', 'series-full', ...notIssued] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipt-requests',
      operation: 'listReceiptRequests',
      summary: 'What donors have asked for and not got yet, oldest first.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({
            requests: z.array(
              z.object({
                orderNo: z.string(),
                campaignId: z.string(),
                payerName: z.string(),
                creditCode: z.string().nullable(),
                requestedAt: instantSchema,
              }),
            ),
            next: nextAnswer,
          }),
        },
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipts',
      operation: 'listReceipts',
      summary: 'The register of a year, in the order of the numbers, void ones and reversals with it.',
      query: z.object({ year: z.string().optional(), after: afterQuery }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({ year: count, receipts: z.array(receipt), next: nextAnswer }),
        },
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipts/{receiptId}',
      operation: 'getReceipt',
      summary: 'One receipt.',
      answers: { 200: { description: 'The receipt', body: receipt } },
      problems: unknownReceipt,
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipts/{receiptId}/document',
      operation: 'printReceipt',
      summary: 'One receipt as it is printed: what was handed out with a key, else a copy that says that it is one.',
      query: z.object({ handOut: z.string().optional().describe('The Idempotency-Key with which it was handed out') }),
      answers: { 200: { description: 'The PDF', contentType: 'application/pdf' } },
      problems: { 404: ['unknown-receipt', 'unknown-hand-out'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/receipts/{receiptId}/voids',
      operation: 'voidReceipt',
      summary:
        'Makes a receipt of this year void that was a mistake. Its number stays and says so. For money that went back there are reversals.',
      body: mistakeBodySchema,
      answers: { 200: { description: 'It is void, also for a repeat', body: receipt } },
      problems: { ...unknownReceipt, 409: [noSettings, 'not-voidable', 'year-over'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/receipts/{receiptId}/reversals',
      operation: 'reverseReceipt',
      summary:
        'Takes a receipt back that was a mistake, by one below zero with a number of this year: also where its own year is over.',
      body: mistakeBodySchema,
      answers: {
        200: { description: 'It was reversed before: the reversal', body: receipt },
        201: { description: 'The reversal', body: receipt },
      },
      problems: { ...unknownReceipt, 409: [noSettings, 'not-reversible', 'series-full'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/receipts/{receiptId}/copies',
      operation: 'copyReceipt',
      summary:
        'Hands a receipt out on paper: first the original, then duplicates of the same number. `…/document?handOut=` with the same key prints it.',
      idempotencyKey: 'needed',
      answers: {
        200: {
          description: 'The receipt, also for a repeat',
          body: receipt.extend({
            copy: count.describe('What this key hands out: 0 the original, n the nth duplicate'),
          }),
        },
      },
      problems: unknownReceipt,
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipt-waivers',
      operation: 'listReceiptWaivers',
      summary: 'Gifts of which it is on record that no receipt was issued (Charity Law art. 38).',
      query: z.object({ year: z.string().optional(), after: afterQuery }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({ year: count, waivers: z.array(waiver), next: nextAnswer }),
        },
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipt-series/{year}',
      operation: 'getReceiptSeries',
      summary: 'Figures of a year’s series, and whether a number is missing.',
      answers: { 200: { description: 'The series', body: series } },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipts.csv',
      operation: 'exportReceiptsCsv',
      summary: 'The register as CSV, 2,000 receipts at most; a `Link` with rel="next" leads to the next file.',
      query: range,
      answers: { 200: { description: 'The file', contentType: 'text/csv' } },
      problems: { 404: ['no-receipts'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipts.xlsx',
      operation: 'exportReceiptsXlsx',
      summary: 'The same as a workbook.',
      query: range,
      answers: { 200: { description: 'The file', contentType: XLSX } },
      problems: { 404: ['no-receipts'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipt-batches',
      operation: 'listReceiptBatches',
      summary: 'Batches of an organisation, newest first.',
      answers: {
        200: {
          description: 'The last fifty',
          body: z.object({
            batches: z.array(receiptBatchSchema.omit({ type: true, attempts: true, organisationId: true })),
          }),
        },
      },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/receipt-batches',
      operation: 'startReceiptBatch',
      summary: 'Issues the receipts of all gifts of some campaigns that are due one.',
      idempotencyKey: 'needed',
      body: batchRequestSchema,
      answers: { 202: { description: 'It runs, also for a repeat', body: batch } },
      problems: { 409: [noSettings, 'idempotency-key-reused', 'try-again'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/receipt-batches/{batchId}',
      operation: 'getReceiptBatch',
      summary: 'How far a batch has come.',
      answers: { 200: { description: 'The batch', body: batch } },
      problems: { 404: ['unknown-batch'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/receipt-batches/{batchId}/resumptions',
      operation: 'resumeReceiptBatch',
      summary: 'Goes on with a batch that has stopped.',
      answers: { 202: { description: 'It runs', body: batch } },
      problems: { 404: ['unknown-batch'] },
    },
    {
      method: 'GET',
      path: '/public/receipts',
      operation: 'getReceiptCheckPage',
      summary: 'A page for people on which a receipt is checked, by what is printed on it.',
      query: z.object({ ...printed, lang }),
      answers: page,
    },
    {
      method: 'GET',
      path: '/public/receipts/{receiptId}',
      operation: 'getReceiptPage',
      summary: 'The same by the address in its QR code. A wrong code is answered like a receipt that is not there.',
      query: z.object({
        code: z.string().optional().describe('校验码'),
        token: z.string().optional().describe('From the donor’s letter: then the page has the document'),
        lang,
      }),
      answers: page,
    },
    {
      method: 'GET',
      path: '/public/receipt-checks',
      operation: 'checkReceipt',
      summary: 'Whether a receipt is genuine, by its id or by what is printed on it, for programs.',
      query: z.object({ receiptId: z.string().optional(), ...printed }),
      answers: { 200: { description: 'It is genuine', body: verification } },
      problems: unknownReceipt,
    },
    {
      method: 'GET',
      path: '/public/receipts/{receiptId}/document',
      operation: 'getReceiptDocument',
      summary: 'The donor’s own copy, by the address that their mail has. It says that it is one.',
      query: z.object({ token: z.string().optional() }),
      answers: { 200: { description: 'The PDF', contentType: 'application/pdf' } },
      problems: unknownReceipt,
    },
    {
      method: 'POST',
      path: '/public/receipt-requests',
      operation: 'requestReceipt',
      summary:
        'A donor asks for a receipt after all. The answer is the same whether the order is there and the contact right.',
      body: receiptAskSchema,
      answers: { 202: { description: 'Taken', body: z.object({ kind: z.literal('taken'), orderNo: z.string() }) } },
    },
  ],
} as const satisfies AreaContract;
