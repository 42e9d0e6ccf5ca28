import * as z from 'zod';
import { localDateSchema } from '../kernel/time.ts';
import {
  type AreaContract,
  afterQuery,
  amountAnswer as amount,
  countAnswer as count,
  nextAnswer,
} from '../platform/contract.ts';
import { bankRowSchema, namingSchema } from './bank-row.ts';
import { bankRowKindSchema } from './bank-terms.ts';
import {
  bookingCountsSchema,
  bookingRequestSchema,
  importRequestSchema,
  KNOWN_FILES,
  statementImportSchema,
} from './statement-import.ts';
import { statementMappingSchema } from './statement-mapping.ts';

const shown = z.object({
  ...statementImportSchema.omit({ type: true, source: true }).shape,
  source: z.union([
    z.object({ kind: z.literal('mapping'), mappingId: z.string() }),
    z.object({ kind: z.enum(KNOWN_FILES) }),
  ]),
  progress: z
    .object({ partsBooked: count, parts: count, ...bookingCountsSchema.shape })
    .nullable()
    .describe('How far a booking has come, in parts of 5,000 rows, and what became of the rows; null before it began'),
});

const bankRow = z.object({
  ...bankRowSchema.omit({ type: true, organisationId: true, paymentId: true }).shape,
  amountMinor: amount,
  number: z.string().describe('By which an arrival of a payout, or a gift entered by hand, names the row'),
});

const illegalStep = { 409: ['illegal-step'] };

export const statementsContract = {
  tag: 'Statements',
  named: { StatementMapping: statementMappingSchema, StatementImport: shown, BankRow: bankRow },
  routes: [
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/statement-mappings/{mappingId}',
      operation: 'saveStatementMapping',
      summary: 'Saves how an organisation’s files of one kind are read. The same again changes nothing.',
      body: statementMappingSchema,
      answers: { 200: { description: 'The mapping as it is saved', body: statementMappingSchema } },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/statement-mappings',
      operation: 'listStatementMappings',
      summary: 'The mappings of an organisation.',
      answers: { 200: { description: 'All of them', body: z.object({ mappings: z.array(statementMappingSchema) }) } },
    },
    {
      method: 'POST',
      path: '/statement-imports',
      operation: 'createStatementImport',
      summary: 'Opens an import and says where to put its file. Nothing is booked before the file has been read.',
      idempotencyKey: 'optional',
      body: importRequestSchema,
      answers: {
        201: {
          description: 'The import, also for a repeat',
          body: z.object({
            ...statementImportSchema.pick({ importId: true, state: true, bytes: true }).shape,
            uploadUrl: z.string().describe('Where the file is put, with exactly `bytes` bytes, within 15 minutes'),
            method: z.literal('PUT'),
          }),
        },
      },
      problems: { 409: ['idempotency-key-reused'] },
    },
    {
      method: 'POST',
      path: '/statement-imports/{importId}/checks',
      operation: 'checkStatementImport',
      summary: 'Reads the uploaded file and books nothing.',
      answers: { 202: { description: 'It is being read, also for a repeat', body: shown } },
      problems: illegalStep,
    },
    {
      method: 'POST',
      path: '/statement-imports/{importId}/bookings',
      operation: 'bookStatementImport',
      summary: 'Books what was read. Repeated after a failure it goes on where that stopped.',
      body: bookingRequestSchema.optional(),
      answers: {
        200: { description: 'It is booked already', body: shown },
        202: { description: 'It is being booked, also for a repeat', body: shown },
      },
      problems: { ...illegalStep, 422: ['has-problems', 'perhaps-entered-by-hand'] },
    },
    {
      method: 'GET',
      path: '/statement-imports/{importId}',
      operation: 'getStatementImport',
      summary: 'An import with what its file holds and how far its booking has come.',
      answers: {
        200: {
          description: 'The import',
          body: z.object({
            ...shown.shape,
            problemsUrl: z
              .string()
              .nullable()
              .describe('All rows that cannot be read, as CSV, for 15 minutes; null where there are none'),
          }),
        },
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/bank-rows',
      operation: 'listBankRows',
      summary: 'What statements of the bank hold beside gifts, in days of a month at the most, 100 a page.',
      query: z.object({
        from: localDateSchema,
        to: localDateSchema,
        kind: bankRowKindSchema.optional(),
        account: z.string().optional().describe('As its mapping names it'),
        after: afterQuery,
      }),
      answers: {
        200: {
          description: 'In order of the days',
          body: z.object({ organisationId: z.string(), rows: z.array(bankRow), next: nextAnswer }),
        },
      },
      problems: { 400: ['bad-question'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/bank-rows/{day}/{rowId}/namings',
      operation: 'nameBankRow',
      summary: 'Says what a row of the bank is, with a reason.',
      description:
        'A row that is a gift is entered by hand as a transfer with the row’s `number` as its bank reference.',
      body: namingSchema,
      answers: {
        201: { description: 'The row', body: bankRow },
        200: { description: 'It was said before', body: bankRow },
      },
      problems: { 404: ['unknown-row'], 409: ['row-is-a-gift', 'changed-meanwhile'], 422: ['invalid'] },
    },
  ],
} as const satisfies AreaContract;
