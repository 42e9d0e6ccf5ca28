import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, amountAnswer as amount, nextAnswer } from '../platform/contract.ts';
import { providerSchema } from './payment-event.ts';
import { refundRequestsSchema } from './refund-request.ts';

const instruction = z.object({
  giftId: z.string(),
  provider: providerSchema,
  merchantId: z.string(),
  paymentId: z.string(),
  orderNo: z.string(),
  amountMinor: amount,
  refundedMinor: amount.describe('What went back already'),
  refundableMinor: amount.describe('What is still to go back'),
  currency: currencySchema,
  paidAt: instantSchema,
  way: z.enum(['online', 'by-hand']).describe('`by-hand`: on the platform, at the bank, or goods'),
  state: z.enum(['to-do', 'requested', 'accepted', 'refused', 'refunded']),
  reason: z.string().nullable(),
});

const notRefunding = { 404: ['unknown-campaign'], 409: ['nothing-to-refund'] } as const;

export const refundsContract = {
  tag: 'Refunds of a cancelled campaign',
  named: { RefundInstruction: instruction },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/refund-instructions',
      operation: 'listRefundInstructions',
      summary: 'What of a cancelled campaign is to be given back, gift by gift, at most 91 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'In the order in which the gifts were counted',
          body: z.object({ campaignId: z.string(), instructions: z.array(instruction), next: nextAnswer }),
        },
      },
      problems: { ...notRefunding, 400: ['bad-cursor'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/refund-requests',
      operation: 'requestRefunds',
      summary: 'Asks the providers to give up to fifty gifts back, each under one number for ever.',
      body: refundRequestsSchema,
      answers: {
        200: {
          description: 'What became of each',
          body: z.object({
            campaignId: z.string(),
            refunds: z.array(
              z.object({
                giftId: z.string(),
                kind: z.enum(['accepted', 'refused', 'by-hand', 'nothing-left', 'unknown-gift', 'later']),
                reason: z.string().optional(),
              }),
            ),
          }),
        },
      },
      problems: notRefunding,
    },
  ],
} as const satisfies AreaContract;
