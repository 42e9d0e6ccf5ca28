import * as z from 'zod';
import { type AreaContract, afterQuery, countAnswer as count, nextAnswer } from '../platform/contract.ts';
import { auditLineSchema } from './audit-line.ts';
import { CHAIN_PROBLEMS } from './verify-chain.ts';

const lines = z.object({ organisationId: z.string(), lines: z.array(auditLineSchema), next: nextAnswer });
const verification = z.object({
  organisationId: z.string(),
  lines: count.describe('How many were checked in this answer'),
  upTo: count.describe('The number of the last line that was checked'),
  hash: z.string().describe('Its hash: keep both elsewhere, and later trails can be held against them'),
  anchors: count.describe('How many daily anchors stood in what was checked'),
  isWhole: z.boolean(),
  problems: z.array(z.object({ number: count, problem: z.enum(CHAIN_PROBLEMS) })),
  next: nextAnswer,
});

export const auditContract: AreaContract = {
  tag: 'Audit',
  named: { AuditLine: auditLineSchema, AuditVerification: verification },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/audit-lines',
      operation: 'listAuditLines',
      summary: 'Lists who did what in an organisation, when, from where, and what it changed.',
      query: z.object({ after: afterQuery }),
      answers: { 200: { description: 'Up to 50 lines in order', body: lines } },
      problems: { 400: ['bad-cursor'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/audit-lines.csv',
      operation: 'exportAuditLines',
      summary: 'The same as CSV, a row for each field that changed; nothing in it is a formula.',
      description: 'Where there are more than 500 lines, the header `Link` names the next file with `rel="next"`.',
      query: z.object({ after: afterQuery }),
      answers: { 200: { description: 'Up to 500 lines', contentType: 'text/csv' } },
      problems: { 400: ['bad-cursor'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/audit-verification',
      operation: 'verifyAuditTrail',
      summary: 'Checks up to 5,000 lines: every hash, every link, the end, and the daily anchors.',
      query: z.object({ after: afterQuery }),
      answers: { 200: { description: 'What was found', body: verification } },
      problems: { 400: ['bad-cursor'], 404: ['unknown-line'] },
    },
  ],
};
