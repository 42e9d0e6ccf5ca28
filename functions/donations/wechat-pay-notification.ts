import { createDecipheriv, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { positiveAmountMinorSchema } from '../kernel/money.ts';
import { jsonOf, utf8TextOf } from '../kernel/text.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import type { PaymentEvent } from './payment-event.ts';
import type { Merchant, WechatPayMerchants } from './wechat-pay-merchant.ts';
import { checkSignature, type Headers, type SignatureRefusal } from './wechat-pay-signature.ts';

/** Real notifications have about 1 KB; nothing larger is hashed, verified or parsed. */
export const LARGEST_NOTIFICATION_BYTES = 64 * 1024;

/** Every reason for which a notification is refused. The order is the order of the checks. */
export type NotificationRefusal =
  | 'too-large'
  | SignatureRefusal
  | 'not-utf8'
  | 'not-json'
  | 'wrong-envelope'
  | 'wrong-algorithm'
  | 'undecryptable'
  | 'wrong-transaction'
  | 'wrong-merchant'
  | 'wrong-currency';

export type WechatPayNotification =
  /** Verified, decrypted, to one of our accounts, and paid. */
  | { readonly kind: 'payment'; readonly event: PaymentEvent; readonly notificationId: string }
  /**
   * Verified, but no payment that succeeded. May be acknowledged without loss: before a payment there is no money, and
   * refunds are rows of the provider's bill, which the closeout reads.
   */
  | { readonly kind: 'ignored'; readonly eventType: string; readonly notificationId: string }
  | { readonly kind: 'refused'; readonly reason: NotificationRefusal };

const ALGORITHM = 'AEAD_AES_256_GCM';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

// What the provider adds later is not ours to refuse, so unknown fields are dropped here and below.
const envelopeSchema = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string().regex(/^[A-Z_.]{1,64}$/),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.string().max(64),
    ciphertext: z.base64().min(1),
    nonce: z.string().max(64),
    associated_data: z.string().max(64).optional(),
  }),
});
type Envelope = z.infer<typeof envelopeSchema>;

// The provider's numbers are ASCII words; printable is all that a key of ours needs.
const providerId = z.string().regex(/^[\x21-\x7e]{1,64}$/);

const transactionSchema = z
  .object({
    appid: providerId,
    mchid: providerId,
    out_trade_no: providerId,
    transaction_id: providerId,
    success_time: instantSchema,
    payer: z.object({ openid: providerId.optional() }).optional(),
    amount: z.object({
      total: positiveAmountMinorSchema,
      payer_total: z.number().int().min(0).optional(),
      currency: z.string().max(16).default('CNY'),
    }),
  })
  .refine(({ amount }) => (amount.payer_total ?? amount.total) <= amount.total);
type Transaction = z.infer<typeof transactionSchema>;
/** A transaction that did not succeed has no time of success, so its state is read before the rest. */
const stateSchema = z.object({ trade_state: z.string().max(32) });

/**
 * Reads a WeChat Pay APIv3 notification (DOMAIN sources: pay.weixin.qq.com, payment notification). Nothing of the body
 * is parsed before its signature has been verified, and nothing of the payment before its tag has. Never throws on
 * what it is sent.
 */
export function readWechatPayNotification(input: {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly merchants: WechatPayMerchants;
  readonly now: Instant;
}): WechatPayNotification {
  const { headers, body, merchants, now } = input;
  if (body.length > LARGEST_NOTIFICATION_BYTES) return refused('too-large');
  const signature = checkSignature(headers, body, merchants.bySerial, now);
  if (signature.kind === 'refused') return signature;
  const read = jsonIn(body);
  if (read.kind === 'refused') return read;
  const parsed = envelopeSchema.safeParse(read.value);
  if (!parsed.success) return refused('wrong-envelope');
  const envelope = parsed.data;
  if (envelope.event_type !== 'TRANSACTION.SUCCESS') return ignored(envelope, envelope.event_type);
  if (envelope.resource.algorithm !== ALGORITHM) return refused('wrong-algorithm');
  const owners = signature.owner.merchants;
  const plaintext = decrypted(envelope.resource, owners);
  return plaintext === undefined ? refused('undecryptable') : paymentOf(envelope, plaintext, owners);
}

function paymentOf(envelope: Envelope, plaintext: Buffer, owners: readonly Merchant[]): WechatPayNotification {
  const read = jsonIn(plaintext);
  if (read.kind === 'refused') return read;
  const state = stateSchema.safeParse(read.value);
  if (!state.success) return refused('wrong-transaction');
  if (state.data.trade_state !== 'SUCCESS')
    return ignored(envelope, `${envelope.event_type}/${state.data.trade_state}`);
  const transaction = transactionSchema.safeParse(read.value);
  if (!transaction.success) return refused('wrong-transaction');
  const { mchid, appid, amount } = transaction.data;
  if (!owners.some((merchant) => merchant.mchid === mchid && merchant.appid === appid))
    return refused('wrong-merchant');
  if (amount.currency !== 'CNY') return refused('wrong-currency');
  return { kind: 'payment', event: eventOf(transaction.data), notificationId: envelope.id };
}

function eventOf({ mchid, transaction_id, out_trade_no, amount, success_time, payer }: Transaction): PaymentEvent {
  return {
    provider: 'wechat-pay',
    merchantId: mchid,
    paymentId: transaction_id,
    orderNo: out_trade_no,
    amountMinor: amount.total,
    payerAmountMinor: amount.payer_total ?? amount.total,
    currency: 'CNY',
    occurredAt: success_time,
    // Some ways of paying name no payer. The money counts all the same, as a donor's of their own.
    payerReference: payer?.openid ?? `payment:${transaction_id}`,
  };
}

const refused = (reason: NotificationRefusal): { kind: 'refused'; reason: NotificationRefusal } => ({
  kind: 'refused',
  reason,
});
const ignored = (envelope: Envelope, eventType: string): WechatPayNotification => ({
  kind: 'ignored',
  eventType,
  notificationId: envelope.id,
});

type Read =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly reason: NotificationRefusal };

function jsonIn(bytes: Buffer): Read {
  const text = utf8TextOf(bytes);
  if (text === undefined) return refused('not-utf8');
  const json = jsonOf(text);
  return json === undefined ? refused('not-json') : { kind: 'read', value: json.value };
}

/** The plaintext by the first account whose key opens it: the tag proves which one it was sealed for. */
function decrypted(resource: Envelope['resource'], owners: readonly Merchant[]): Buffer | undefined {
  for (const { apiV3Key } of owners) {
    const plaintext = opened(resource, apiV3Key);
    if (plaintext !== undefined) return plaintext;
  }
  return undefined;
}

function opened({ nonce, ciphertext, associated_data }: Envelope['resource'], key: KeyObject): Buffer | undefined {
  const iv = Buffer.from(nonce);
  const sealed = Buffer.from(ciphertext, 'base64');
  if (iv.length !== NONCE_BYTES || sealed.length <= TAG_BYTES) return undefined;
  // Without authTagLength Node takes tags down to 4 bytes, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(associated_data ?? ''));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The one thing that final() throws here: the tag does not belong to these bytes and this key.
    return undefined;
  }
  return plaintext;
}
