import * as z from 'zod';
import { BUDGET_KINDS } from '../campaigns/budget.ts';
import { currencySchema } from '../kernel/money.ts';
import { localDateSchema } from '../kernel/time.ts';
import {
  type AreaContract,
  afterQuery,
  amountAnswer as amount,
  countAnswer as count,
  nextAnswer,
} from '../platform/contract.ts';
import { beneficiaryRequestSchema, beneficiarySchema } from './beneficiary.ts';
import { beneficiaryIdSchema } from './beneficiary-id.ts';
import { spendingEntrySchema } from './spending-entry.ts';
import { spendingDecisionSchema, spendingRequestSchema, standingRequestSchema } from './spending-request.ts';

const unseen = { type: true, campaignId: true } as const;
const [expenditure, aid, reversal, transfer, surplusOut, surplusIn, varianceNote] = spendingEntrySchema.options;
const entry = z.discriminatedUnion('kind', [
  expenditure.omit(unseen),
  aid.omit(unseen),
  reversal.omit(unseen),
  transfer.omit(unseen),
  surplusOut.omit(unseen),
  surplusIn.omit(unseen),
  varianceNote.omit(unseen),
]);
const [asked1, asked2, asked3, asked4, asked5, asked6] = standingRequestSchema.options;
const untyped = { type: true } as const;
const request = z.discriminatedUnion('kind', [
  asked1.omit(untyped),
  asked2.omit(untyped),
  asked3.omit(untyped),
  asked4.omit(untyped),
  asked5.omit(untyped),
  asked6.omit(untyped),
]);

const line = z.object({
  lineNo: count.describe('Its place in the first plan that had it; stays its own through amendments'),
  item: z.string(),
  kind: z.enum(BUDGET_KINDS),
  plannedMinor: amount.describe('What the plan says today; 0 where the plan has the line no more'),
  transferredMinor: amount.describe('What came from other lines less what went to them'),
  currentMinor: amount.describe('Planned and transferred: what may be spent on it'),
  spentMinor: amount,
  leftMinor: amount,
  varianceReason: z.string().optional().describe('Why it came out otherwise than planned'),
});
const aidFigure = z.object({ beneficiaries: count, payments: count, amountMinor: amount });
const goods = z.object({
  item: z.string(),
  unit: z.string(),
  received: count,
  issued: count,
  writtenOff: count,
  onHand: count,
  receivedMinor: amount,
  issuedMinor: amount,
  writtenOffMinor: amount,
});
const funds = z
  .object({
    raisedMinor: amount.describe('Gifts of money less refunds; goods are not in it'),
    feesMinor: amount.describe('What providers kept, by the statements that were compared'),
    feesUntil: localDateSchema.optional().describe('The last day whose statement is in feesMinor'),
    matchPaidMinor: amount.describe('Match and lump sums that sponsors have paid'),
    interestMinor: amount.describe('By a signed closeout statement; 0 before'),
    surplusInMinor: amount,
    surplusOutMinor: amount,
    spentMinor: amount,
    leftMinor: amount.describe('What may still be spent; below zero where others have lent'),
    owedMatchMinor: amount.describe('Match and lump sums that are confirmed and not paid yet'),
    unconfirmedMatchMinor: amount.describe('What would be added if the matches were confirmed as they stand'),
  })
  .describe('The money of the campaign');

const spending = z.object({
  campaignId: z.string(),
  currency: currencySchema,
  lines: z.array(line),
  spentMinor: amount,
  aid: aidFigure.describe('Aid to people, which is in spentMinor too'),
  aidByLine: z
    .array(aidFigure.extend({ lineNo: count.optional() }))
    .describe(
      'As it may be published: groups of fewer than three people are in one group without a lineNo, or nowhere',
    ),
  goods: z.array(goods),
  goodsReceivedMinor: amount.describe('What goods are worth; never in one sum with money'),
  goodsIssuedMinor: amount,
  surplus: z.object({ amountMinor: amount, destination: z.string(), decidedOn: localDateSchema }).nullable(),
  surplusInMinor: amount.describe("What came from other campaigns' surplus, all together"),
  surplusIn: z
    .array(
      z.object({
        from: z.string().describe('What that campaign and its organisation are called'),
        fromCampaignId: z.string(),
        amountMinor: amount,
        decidedOn: localDateSchema,
      }),
    )
    .describe('Each of them, in the order in which they came'),
  entries: count.describe('How many entries the book has'),
  funds,
  page: z.array(entry),
  next: nextAnswer,
});

const aidPayment = z.object({
  campaignId: z.string(),
  number: count,
  lineNo: count,
  paidOn: localDateSchema,
  amountMinor: amount,
});

const recorded = z.object({
  campaignId: z.string(),
  beneficiaryId: beneficiaryIdSchema,
  paidBefore: z.array(aidPayment).describe('What the same person was paid, in all campaigns of the organisation'),
});
const beneficiary = beneficiarySchema.omit({ type: true, organisationId: true, expiresAt: true, accountMark: true });

const ratios = z.object({
  organisationId: z.string(),
  year: count,
  programmeMinor: amount,
  fundraisingMinor: amount,
  managementMinor: amount,
  spentMinor: amount,
  incomeOfYearBeforeMinor: amount,
  charityBasisPoints: z.number().int().nullable(),
  managementBasisPoints: z.number().int().nullable(),
  leastCharityBasisPoints: count,
  mostManagementBasisPoints: count,
  campaigns: count,
  definition: z.object({ en: z.string(), 'zh-CN': z.string() }),
});

export const spendingContract = {
  tag: 'Spending',
  named: { Spending: spending, SpendingEntry: entry, SpendingRequest: request, Beneficiary: beneficiary },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/spending',
      operation: 'getSpending',
      summary: 'What a campaign has, what it spent on each line of its budget, and the entries, 100 a page.',
      query: z.object({ after: z.string().optional().describe('Number of the last entry of the page before') }),
      answers: { 200: { description: 'Figures of all entries, and one page of these', body: spending } },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/spending.csv',
      operation: 'exportSpending',
      summary: 'The entries as CSV, 1,000 a file; a Link header names the following one.',
      query: z.object({ after: z.string().optional().describe('Number of the last entry of the file before') }),
      answers: { 200: { description: 'A row for each entry', contentType: 'text/csv' } },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/spending-check',
      operation: 'checkSpending',
      summary: 'Runs every invariant of spending and goods over all entries of a campaign.',
      answers: {
        200: {
          description: 'Each invariant, with what contradicts it; nothing does where the books are right',
          body: z.object({
            campaignId: z.string(),
            entries: count,
            goodsEntries: count,
            invariants: z.array(z.object({ invariant: z.string(), violations: z.array(z.string()) })),
          }),
        },
      },
      problems: { 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/spending-requests',
      operation: 'enterSpending',
      summary:
        'Asks for a payment, aid, a reversal, a transfer between lines, a surplus or a word on a line to be booked.',
      description:
        'A small expenditure and a word on a line are booked at once; everything else waits for a second person. What could not be booked now is refused now.',
      idempotencyKey: 'needed',
      body: spendingRequestSchema,
      answers: {
        200: { description: 'It was there before', body: request },
        201: { description: 'The request, which waits or is booked', body: request },
      },
      problems: {
        404: ['unknown-campaign'],
        409: [
          'campaign-not-open',
          'idempotency-key-reused',
          'paper-booked',
          'paid-before',
          'not-raised',
          'surplus-not-known',
          'money-goes-back',
        ],
        422: ['impossible-spending'],
      },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/spending-requests',
      operation: 'listWaitingSpending',
      summary: 'Requests that wait for a second person, in order of entry, 50 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({ campaignId: z.string(), waiting: z.array(request), next: nextAnswer }),
        },
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/spending-requests/{requestId}/decisions',
      operation: 'decideSpending',
      summary: 'A second person’s word on a request. The same again answers what stands.',
      description: 'What is confirmed is booked in the same moment, and judged by the books of that moment.',
      body: spendingDecisionSchema,
      answers: { 200: { description: 'What stands', body: request } },
      problems: {
        403: ['own-entry'],
        404: ['unknown-campaign', 'unknown-request'],
        409: [
          'already-decided',
          'nothing-to-confirm',
          'paper-booked',
          'paid-before',
          'not-raised',
          'surplus-not-known',
          'money-goes-back',
        ],
        422: ['impossible-spending', 'minutes-needed'],
      },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/spending-ratios',
      operation: 'getSpendingRatios',
      summary: 'The two ratios of Charity Law art. 61 for one year, as far as an organisation’s campaigns know them.',
      query: z.object({ year: z.string().describe('Four digits') }),
      answers: {
        200: { description: 'Sums, ratios in basis points, and what they are made of in words', body: ratios },
      },
      problems: { 400: ['bad-question'], 409: ['too-many-campaigns'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/beneficiaries',
      operation: 'recordBeneficiary',
      summary: 'Keeps who a beneficiary is, apart from all books, and answers the id by which they are paid.',
      body: beneficiaryRequestSchema,
      answers: {
        200: { description: 'They were a beneficiary of this campaign before', body: recorded },
        201: { description: 'They are recorded', body: recorded },
      },
      problems: { 404: ['unknown-campaign'], 409: ['another-account'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/beneficiaries/{beneficiaryId}/readings',
      operation: 'readBeneficiary',
      summary: 'Tells who a beneficiary is to somebody who says why they ask. That they did stands in the audit trail.',
      body: z.strictObject({ reason: z.string().describe('1 to 200 characters') }),
      answers: { 200: { description: 'The record', body: beneficiary } },
      problems: { 404: ['unknown-campaign', 'unknown-beneficiary', 'erased'] },
    },
    {
      method: 'DELETE',
      path: '/campaigns/{campaignId}/beneficiaries/{beneficiaryId}',
      operation: 'eraseBeneficiary',
      summary: 'Forgets who a beneficiary is. What they were paid stays in the book under an id.',
      answers: { 204: { description: 'It is forgotten; also for a repeat' } },
      problems: { 404: ['unknown-campaign', 'unknown-beneficiary'] },
    },
  ],
} as const satisfies AreaContract;
