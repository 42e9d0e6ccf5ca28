import * as z from 'zod';
import { providerSchema } from '../donations/payment-event.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import {
  type AreaContract,
  afterQuery,
  amountAnswer as amount,
  countAnswer as count,
  nextAnswer,
} from '../platform/contract.ts';
import { bankDaySchema } from '../statements/bank-row.ts';
import { bankRowKindSchema } from '../statements/bank-terms.ts';
import { DAY_STATES, dayRecordSchema } from './day-record.ts';
import { BANK_DAY_STATES } from './day-view.ts';
import { arrivalRequestSchema, payoutSchema } from './payout.ts';
import { BILLED_PROVIDERS } from './reconciliation.ts';
import {
  decisionSchema,
  discrepancyClassSchema,
  reasonSchema,
  reconciliationItemSchema,
} from './reconciliation-item.ts';

const item = z.object({
  ...reconciliationItemSchema.omit({ type: true }).shape,
  ourAmountMinor: amount.optional(),
  theirAmountMinor: amount.optional(),
  assignee: z.string().nullable(),
  atStakeMinor: amount.describe('The difference of the two sides, or the amount that one of them alone knows'),
});
const comment = z.object({
  number: count,
  by: z.string(),
  at: instantSchema,
  text: z.string(),
  about: z.enum(['comment', 'decision']).describe('`decision`: the reason that was given with one'),
});
const shownItem = z.object({ ...item.shape, said: z.array(comment).describe('What was said of it, never changed') });
const standing = z.object({
  campaignId: z.string(),
  version: count.describe('What a signature is made on'),
  open: count,
  resolved: count,
  carried: count,
  uncovered: count.describe('Open, and not as anybody has signed it over: while there is one, the closeout waits'),
  openMinor: amount.describe('What is at stake in the open ones together'),
  openItems: z.array(z.object({ itemId: z.string(), class: discrepancyClassSchema, atStakeMinor: amount })),
  signedOver: z
    .object({
      by: z.string(),
      at: instantSchema,
      reason: z.string(),
      itemIds: z.array(z.string()),
      sumMinor: amount,
    })
    .nullable(),
});
const account = z.object({
  currency: z.string().describe('Of the sums; what an account has in others is never added to them'),
  grossMinor: amount,
  refundsMinor: amount,
  feesMinor: amount,
  netMinor: amount.describe('What the provider owes for the day'),
  settledMinor: amount.describe('What left for the bank on the day, where the provider states it'),
  arrivedMinor: amount.describe('What of that was seen at the bank'),
  inTransitMinor: amount.describe('What of that was not'),
  otherMinor: amount.describe('What else moved: with net less settled, what the balance changed by'),
  otherMovements: z
    .array(z.object({ type: z.string(), currency: z.string(), lines: count, changeMinor: amount }))
    .describe('Movements that are of no payment, each under the provider’s word for it'),
  otherCurrencies: z.array(
    z.object({
      currency: z.string(),
      lines: count,
      grossMinor: amount,
      refundsMinor: amount,
      feesMinor: amount,
      settledMinor: amount,
      otherMinor: amount,
      balanceMinor: amount,
    }),
  ),
  foreignLines: count.describe('Payments that are somebody else’s'),
  foreignMinor: amount,
});
const accountDay = z.object({
  provider: providerSchema,
  merchantId: z.string(),
  day: localDateSchema,
  state: z.enum(DAY_STATES),
  comparedAt: instantSchema,
  refusedBill: z.string().optional().describe('Why a statement that somebody has brought cannot be used'),
  campaigns: dayRecordSchema.shape.campaigns,
  account: account.nullable().describe('For whose account it is'),
});
const payout = z.object({
  ...payoutSchema.omit({ type: true, organisationId: true }).shape,
  amountMinor: amount,
  state: z
    .enum(['in-transit', 'arrived', 'differs', 'late'])
    .describe('`late`: not seen at the bank within seven days; `differs`: another amount was'),
});
const bankDay = z.object({
  ...bankDaySchema.omit({ type: true, organisationId: true, version: true, moved: true }).shape,
  state: z.enum(BANK_DAY_STATES).describe('`not-compared`: imported since the last hourly look'),
  isWhole: z.boolean().describe('The file was uploaded after the day, and each of its rows could be read'),
  kinds: z.array(z.object({ kind: bankRowKindSchema, rows: count, inMinor: amount, outMinor: amount })),
});
const changeable = { etag: true, problems: { 404: ['unknown-item'] } } as const;
const answered = (description: string, body: z.ZodType) => ({ description, body });

export const reconciliationContract = {
  tag: 'Reconciliation',
  named: {
    ReconciliationItem: item,
    ReconciliationStanding: standing,
    ReconciledAccountDay: accountDay,
    Payout: payout,
    BankDay: bankDay,
  },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/reconciliation-items',
      operation: 'listReconciliationItems',
      summary: 'What does not agree in an organisation’s campaigns, by state and by whose it is, 50 a page.',
      query: z.object({
        state: z.enum(['open', 'settled']).optional().describe('`open` unless said otherwise'),
        assignee: z.string().optional().describe('A person’s id, `me`, or `nobody`'),
        after: afterQuery,
      }),
      answers: {
        200: answered(
          'By assignee, then by when it was found',
          z.object({ organisationId: z.string(), items: z.array(item), next: nextAnswer }),
        ),
      },
      problems: { 400: ['bad-question'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/reconciliation',
      operation: 'getReconciliation',
      summary: 'How a campaign’s discrepancies stand, and whether its closeout waits for them.',
      answers: { 200: answered('The standing', standing) },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/reconciliation-items',
      operation: 'listCampaignReconciliationItems',
      summary: 'Every discrepancy of a campaign, settled ones too, 50 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: answered(
          'In order of their ids',
          z.object({ campaignId: z.string(), items: z.array(item), next: nextAnswer }),
        ),
      },
      problems: { 400: ['bad-cursor'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/reconciliation-items/{itemId}',
      operation: 'getReconciliationItem',
      summary: 'One discrepancy with all that was said of it.',
      answers: { 200: answered('The item', shownItem) },
      ...changeable,
    },
    {
      method: 'PUT',
      path: '/campaigns/{campaignId}/reconciliation-items/{itemId}/assignee',
      operation: 'assignReconciliationItem',
      summary: 'Gives a discrepancy to a person of the organisation, or to nobody.',
      ifMatch: true,
      body: z.strictObject({ personId: z.string().min(1).max(128).nullable() }),
      answers: { 200: answered('The item', shownItem) },
      etag: true,
      problems: { 404: ['unknown-item'], 409: ['already-settled', 'changed-meanwhile'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/reconciliation-items/{itemId}/comments',
      operation: 'commentReconciliationItem',
      summary: 'Says something of a discrepancy, which nobody changes again.',
      idempotencyKey: 'needed',
      body: z.strictObject({ text: reasonSchema }),
      answers: { 201: answered('The comment', comment), 200: answered('It was said before', comment) },
      problems: {
        404: ['unknown-item'],
        409: ['idempotency-key-reused', 'too-many-comments'],
        412: ['changed-meanwhile'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/reconciliation-items/{itemId}/decisions',
      operation: 'decideReconciliationItem',
      summary: 'Resolves a discrepancy with a reason, carries it on to a day, or opens it again.',
      description: 'To write off takes two people: the first proposes, and another one says the same.',
      body: decisionSchema,
      answers: { 200: answered('The item', shownItem) },
      etag: true,
      problems: {
        403: ['own-proposal'],
        404: ['unknown-item'],
        409: ['already-resolved', 'not-settled', 'too-many-comments', 'changed-meanwhile'],
        412: ['changed-meanwhile'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/reconciliation-sign-off',
      operation: 'signReconciliationOver',
      summary: 'Signs all open discrepancies over, so that the closeout goes on without them.',
      description: 'Names each of them and what is at stake together, on the version of the standing that was read.',
      body: z.strictObject({
        version: count,
        reason: reasonSchema,
        itemIds: z.array(z.string()).min(1).max(1_000),
        sumMinor: count,
      }),
      answers: { 201: answered('The standing', standing) },
      problems: { 403: ['own-item'], 409: ['nothing-open', 'changed-meanwhile'], 422: ['not-what-is-open'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/reconciliation-days',
      operation: 'listReconciliationDays',
      summary: 'How each account stands for each day of a month at the most: bills, books, fees, what is in transit.',
      query: z.object({ from: localDateSchema, to: localDateSchema }),
      answers: {
        200: answered(
          'In order of the days',
          z.object({
            organisationId: z.string(),
            days: z.array(accountDay),
            withoutAccount: z.array(
              z.object({ day: localDateSchema, state: z.enum(['not-over', 'not-due', 'nothing']) }),
            ),
            sums: z.array(
              z.object({
                provider: z.string(),
                merchantId: z.string(),
                currency: z.string(),
                grossMinor: amount,
                refundsMinor: amount,
                feesMinor: amount,
                netMinor: amount,
                otherMinor: amount.describe('What else moved'),
                heldMinor: amount.describe('What the provider owes for these days and has not paid out in them'),
                settledMinor: amount,
                arrivedMinor: amount,
                inTransitMinor: amount,
              }),
            ),
            payouts: z.array(payout),
            bankDays: z.array(bankDay),
          }),
        ),
      },
      problems: { 400: ['bad-question'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/reconciliation-days/{day}/runs',
      operation: 'reconcileDayAgain',
      summary: 'Asks that a day be fetched and compared again, which the next hourly run does.',
      answers: { 202: answered('Asked', z.object({ day: localDateSchema, state: z.literal('asked') })) },
      problems: { 409: ['not-due'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/reconciliation-days/{day}/bills',
      operation: 'importMissingBill',
      summary: 'Says where to put a bill that the provider does not give, and has the day compared again with it.',
      body: z.strictObject({
        provider: z.enum(BILLED_PROVIDERS),
        merchantId: z.string(),
        bytes: z.number().int().min(1),
      }),
      answers: {
        201: answered(
          'Where the file goes, for a quarter of an hour',
          z.object({
            day: localDateSchema,
            provider: z.enum(BILLED_PROVIDERS),
            merchantId: z.string(),
            uploadUrl: z.string(),
          }),
        ),
      },
      problems: { 409: ['not-due'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/reconciliation-days/{day}/arrivals',
      operation: 'confirmPayoutArrival',
      summary: 'Records that a payout of the day was seen at the bank, by the bank’s row.',
      description:
        'A row of the bank is one payout’s. What was entered wrongly is entered anew, with the version that was read.',
      body: arrivalRequestSchema,
      answers: { 201: answered('The payout', payout), 200: answered('It was known', payout) },
      problems: {
        404: ['unknown-payout'],
        409: ['not-due', 'row-taken', 'known-by-the-bank', 'changed-meanwhile'],
        422: ['invalid'],
      },
    },
  ],
} as const satisfies AreaContract;
