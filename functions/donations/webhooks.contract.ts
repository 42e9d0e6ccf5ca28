import * as z from 'zod';
import type { AreaContract } from '../platform/contract.ts';
import { standardMessageSchema } from './standard-webhook-event.ts';

/** Stripe's shape of an error, with the codes of one status. */
const stripeError = (
  type: 'invalid_request_error' | 'api_error',
  ...codes: readonly [string, ...(readonly string[])]
) => z.object({ error: z.object({ type: z.literal(type), code: z.enum(codes), message: z.string() }) });

const received = z.object({ received: z.literal(true) });
const wechatPayFailure = z.object({ code: z.literal('FAIL'), message: z.string() });
const alipayFailure = z.literal('fail');

/** What each status says to a provider: those that it repeats, and it repeats what is not 2XX, are the same at every door. */
const WHY = {
  400: 'It cannot be read',
  401: 'The signature could not be verified',
  403: 'It is of an account that is not ours',
  404: 'No account of this provider is configured',
  409: 'It contradicts what is in the books',
  413: 'It is too large',
  415: 'The content type is another',
  422: 'It is of a currency or a version that is not booked',
  503: 'It could not be recorded. It is to be sent again',
} as const;
type Why = keyof typeof WHY;
const refusals = (body: z.ZodType, contentType: string, statuses: readonly Why[]) =>
  Object.fromEntries(statuses.map((status) => [status, { description: WHY[status], body, contentType }]));

export const webhooksContract = {
  tag: 'Webhooks',
  routes: [
    {
      method: 'POST',
      path: '/webhooks/wechat-pay',
      operation: 'receiveWechatPay',
      summary: 'A notification of WeChat Pay (APIv3), at most 64 KB. Success means that it is in the books.',
      headers: {
        'Wechatpay-Serial': 'Whose key has signed: a certificate or a public key of WeChat Pay that is configured',
        'Wechatpay-Timestamp': 'Seconds since 1970, at most five minutes off',
        'Wechatpay-Nonce': 'Signed with the body',
        'Wechatpay-Signature': 'RSA with SHA-256 over time, nonce and the bytes of the body, in base64',
      },
      body: z.looseObject({
        id: z.string(),
        event_type: z.string().describe('Of another type than TRANSACTION.SUCCESS and REFUND.* nothing is booked'),
        resource_type: z.literal('encrypt-resource'),
        resource: z.looseObject({
          algorithm: z.string().describe('AEAD_AES_256_GCM'),
          ciphertext: z.string(),
          nonce: z.string(),
          associated_data: z.string().optional(),
        }),
      }),
      ownProblems: true,
      answers: {
        200: {
          description: 'It is in the books, or moves no money',
          body: z.object({ code: z.literal('SUCCESS'), message: z.string() }),
        },
        ...refusals(wechatPayFailure, 'application/json', [400, 401, 403, 409, 413, 415, 422, 503]),
      },
    },
    {
      method: 'POST',
      path: '/webhooks/alipay',
      operation: 'receiveAlipay',
      summary: 'A notice of Alipay, signed with RSA2, at most 64 KB. `success` means that it is in the books.',
      body: z
        .looseObject({
          app_id: z.string(),
          sign_type: z.literal('RSA2'),
          sign: z.string(),
          notify_id: z.string(),
          notify_type: z.string(),
        })
        .describe('A form in the charset that its field `charset` names: utf-8, gbk, gb2312 or gb18030'),
      bodyType: 'application/x-www-form-urlencoded',
      ownProblems: true,
      answers: {
        200: {
          description: 'It is in the books, or moves no money',
          body: z.literal('success'),
          contentType: 'text/plain',
        },
        ...refusals(alipayFailure, 'text/plain', [400, 401, 403, 404, 409, 413, 415, 503]),
      },
    },
    {
      method: 'POST',
      path: '/webhooks/stripe',
      operation: 'receiveStripe',
      summary: 'A snapshot event of Stripe, at most 512 KB. 200 means that it is in the books.',
      headers: { 'Stripe-Signature': 't=…,v1=…: HMAC-SHA256 over time and the bytes of the body' },
      body: z.looseObject({
        object: z.literal('event'),
        id: z.string(),
        type: z.string().describe('Of a type that moves no money nothing is booked'),
        created: z.number().int(),
        livemode: z.boolean(),
        data: z.looseObject({ object: z.unknown() }),
      }),
      ownProblems: true,
      answers: {
        200: { description: 'It is in the books, or moves no money', body: received },
        400: {
          description: 'It is not signed by Stripe, or cannot be read',
          body: stripeError(
            'invalid_request_error',
            'signature_not_verified',
            'not_utf8',
            'too_deep',
            'not_json',
            'wrong_envelope',
            'thin_event',
            'wrong_object',
          ),
        },
        403: { description: WHY[403], body: stripeError('invalid_request_error', 'wrong_account', 'wrong_mode') },
        409: {
          description: 'It contradicts what is in the books, or its order is not known yet: it is to be sent again',
          body: stripeError('invalid_request_error', 'contradicts', 'order_not_known_yet'),
        },
        413: { description: WHY[413], body: stripeError('invalid_request_error', 'too_large') },
        415: { description: WHY[415], body: stripeError('invalid_request_error', 'wrong_content_type') },
        422: { description: WHY[422], body: stripeError('invalid_request_error', 'refund_without_id') },
        503: { description: WHY[503], body: stripeError('api_error', 'unavailable') },
      },
    },
    {
      method: 'POST',
      path: '/webhooks/standard/{sourceId}',
      operation: 'receiveStandardWebhook',
      summary: 'A message of a platform that we know, by the Standard Webhooks specification.',
      headers: {
        'webhook-id': 'The same in every attempt to send the message',
        'webhook-timestamp': 'Seconds since 1970, at most five minutes off',
        'webhook-signature':
          'v1,… (HMAC-SHA256) or v1a,… (Ed25519) over id, time and the bytes of the body; any of several that blanks set apart',
      },
      body: standardMessageSchema,
      answers: { 200: { description: 'It is in the books, or kept for a person', body: received } },
      problems: { 401: ['unverified'], 409: ['contradicts'], 415: ['wrong-content-type'] },
    },
  ],
} as const satisfies AreaContract;
