import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, amountAnswer as amount, nextAnswer } from '../platform/contract.ts';
import { donationRequestSchema } from './donation-intent.ts';
import { donorLinkRequestSchema, donorLinkSchema } from './donor-link.ts';
import { MANDATE_STANDINGS, mandateSchema } from './mandate.ts';
import { mandateRequestSchema } from './mandate-request.ts';
import { confirmationSchema, offlineGiftRequestSchema, offlineGiftSchema } from './offline-gift.ts';
import { regularGiftEventSchema } from './regular-gift-event.ts';

const payment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('native'), codeUrl: z.string().describe('Shown as a QR code') }),
  z
    .object({
      kind: z.literal('jsapi'),
      appId: z.string(),
      timeStamp: z.string(),
      nonceStr: z.string(),
      package: z.string(),
      signType: z.literal('RSA'),
      paySign: z.string(),
    })
    .describe('Handed to WeixinJSBridge.invoke("getBrandWCPayRequest", …) as it is, without `kind`'),
  z.object({ kind: z.literal('alipay'), url: z.string().describe('Where the donor goes to pay') }),
  z.object({ kind: z.literal('alipay-code'), codeUrl: z.string().describe('Shown as a QR code') }),
]);

const order = z.object({
  orderNo: z.string(),
  campaignId: z.string(),
  amountMinor: amount,
  currency: currencySchema,
  payment: payment.optional().describe('What a page needs to let the donor pay; there where `pay` was sent'),
});

const agreedMandate = z.object({
  mandateId: z.string().describe('Who knows it may cancel: it belongs to the donor alone'),
  orderNo: z.string().describe('Handed to the provider with the mandate, so that its charges are this order’s'),
  campaignId: z.string(),
  amountMinor: amount,
  currency: currencySchema,
  dayOfMonth: z.number().int(),
  state: z.enum(MANDATE_STANDINGS),
  firstOn: localDateSchema,
  secondOn: localDateSchema,
});

const mandate = mandateSchema.omit({ type: true, version: true });

const unseen = { provider: true, merchantId: true, mandateReference: true } as const;
const [charged, chargeFailed, mandateEvent] = regularGiftEventSchema.options;
const regularGiftEvent = z.discriminatedUnion('kind', [
  z.object({
    ...charged.omit(unseen).shape,
    giftId: z.string().optional().describe('What it is booked as, where the provider said by which payment'),
  }),
  chargeFailed.omit(unseen),
  mandateEvent.omit(unseen),
]);

const offlineGift = z.object({
  ...offlineGiftSchema.omit({ type: true, merchantId: true, occurredAt: true }).shape,
  giftId: z.string().nullable().describe('Once it is in the books'),
});

/** The same answer for what was made and for what was there before. */
const madeOrFound = (made: string, body: z.ZodType) => ({
  200: { description: 'It was there before', body },
  201: { description: made, body },
});

export const donationsContract = {
  tag: 'Gifts',
  named: { Order: order, Mandate: mandate, OfflineGift: offlineGift },
  routes: [
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/donation-intents',
      operation: 'createDonationIntent',
      summary: 'Makes the order that ties a coming payment to a campaign.',
      idempotencyKey: 'optional',
      body: donationRequestSchema,
      answers: madeOrFound('The order', order),
      problems: {
        404: ['unknown-campaign'],
        409: ['campaign-not-open', 'campaign-paused', 'pay-not-configured', 'idempotency-key-reused'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/mandates',
      operation: 'createMandate',
      summary: 'Agrees to a regular gift.',
      description: 'The Idempotency-Key has 20 to 64 random characters here, because the id follows from it.',
      idempotencyKey: 'needed',
      body: mandateRequestSchema,
      answers: madeOrFound('The mandate, with the days of its first two charges', agreedMandate),
      problems: { 404: ['unknown-campaign'], 409: ['campaign-not-open', 'campaign-paused', 'idempotency-key-reused'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/mandates',
      operation: 'listMandates',
      summary:
        'Regular gifts of a campaign whose charge is expected on a day, or that their provider has not ended yet.',
      query: z.object({
        expectedOn: localDateSchema.optional(),
        state: z.literal('cancelling').optional().describe('Instead of `expectedOn`'),
        after: z.string().optional().describe('`next` of the page before'),
      }),
      answers: {
        200: {
          description: 'One page; it may be empty and not the last',
          body: z.object({
            mandates: z.array(mandate),
            next: z.string().nullable().describe('What to send as `after`, or null'),
          }),
        },
      },
      problems: { 400: ['bad-question', 'bad-cursor'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/mandates/{mandateId}',
      operation: 'getMandate',
      summary: 'A regular gift with all that its provider has said of it.',
      answers: {
        200: { description: 'The mandate', body: z.object({ ...mandate.shape, events: z.array(regularGiftEvent) }) },
      },
      problems: { 404: ['unknown-mandate'] },
    },
    {
      method: 'POST',
      path: '/mandates/{mandateId}/cancellations',
      operation: 'cancelMandate',
      summary: 'Cancels a regular gift for the donor who knows its id.',
      answers: {
        200: {
          description: 'What stands, also for a repeat',
          body: z.object({ mandateId: z.string(), state: z.enum(MANDATE_STANDINGS), cancelledAt: instantSchema }),
        },
      },
      problems: { 404: ['unknown-mandate'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/offline-gifts',
      operation: 'enterOfflineGift',
      summary: 'Enters a gift by hand: cash, a transfer, a directed gift or goods.',
      idempotencyKey: 'needed',
      body: offlineGiftRequestSchema,
      answers: madeOrFound('The gift, which waits for a second person or is in the books', offlineGift),
      problems: {
        404: ['unknown-campaign'],
        409: ['campaign-not-open', 'idempotency-key-reused', 'already-booked'],
      },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/offline-gifts',
      operation: 'listWaitingOfflineGifts',
      summary: 'Gifts by hand that wait for a second person, in order of entry, 50 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({ campaignId: z.string(), waiting: z.array(offlineGift), next: nextAnswer }),
        },
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/offline-gifts/{offlineId}/confirmations',
      operation: 'confirmOfflineGift',
      summary: 'A second person’s word on a gift by hand. The same again answers what stands.',
      body: confirmationSchema,
      answers: { 200: { description: 'What stands', body: offlineGift } },
      problems: {
        403: ['own-entry'],
        404: ['unknown-gift'],
        409: ['already-decided', 'nothing-to-confirm', 'already-booked'],
      },
    },
    {
      method: 'POST',
      path: '/donor-links',
      operation: 'linkDonors',
      summary: 'Records that two payers are one person, or are not after all. The same again answers what stands.',
      body: donorLinkRequestSchema,
      answers: {
        200: { description: 'The link that stands', body: donorLinkSchema.omit({ type: true, version: true }) },
      },
      problems: { 409: ['same-donor', 'already-linked', 'linked-elsewhere', 'others-linked', 'not-linked'] },
    },
  ],
} as const satisfies AreaContract;
