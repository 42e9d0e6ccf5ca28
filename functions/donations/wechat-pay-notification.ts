import { createDecipheriv, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { type Currency, currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import type { PaymentEvent } from './payment-event.ts';
import type { RefundEvent } from './refund-entry.ts';
import { type EnvelopeRefusal, envelopeRefusal, type Headers, type JsonRefusal, messageIn } from './webhook-body.ts';
import type { Merchant, WechatPayMerchants } from './wechat-pay-merchant.ts';
import { checkSignature, type SignatureRefusal } from './wechat-pay-signature.ts';

/** Every reason for which a notification is refused. The order is the order of the checks. */
export type NotificationRefusal =
  | EnvelopeRefusal
  | SignatureRefusal
  | JsonRefusal
  | 'wrong-envelope'
  | 'wrong-algorithm'
  | 'undecryptable'
  | 'wrong-transaction'
  | 'wrong-merchant'
  | 'wrong-currency';

export type WechatPayNotification =
  /** Verified, decrypted, to one of our accounts, and paid. */
  | { readonly kind: 'payment'; readonly event: PaymentEvent; readonly notificationId: string }
  /** As much is verified of money that went back. */
  | { readonly kind: 'refund'; readonly event: RefundEvent; readonly notificationId: string }
  /** A refund that did not reach the donor: closed, or stuck with the provider. The gift stands as it was; a person must act. */
  | {
      readonly kind: 'refund-failed';
      readonly refundStatus: string;
      readonly refundId: string;
      readonly orderNo: string;
      readonly notificationId: string;
    }
  /** Verified, but nothing of money that moved: may be acknowledged without loss. */
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
    /** Base64; that it is, is seen when it is decoded. */
    ciphertext: z.string().min(1),
    nonce: z.string().max(64),
    associated_data: z.string().max(64).optional(),
  }),
});
type Envelope = z.infer<typeof envelopeSchema>;

// The provider's numbers are ASCII words; printable is all that a key of ours needs.
const providerId = z.string().regex(/^[\x21-\x7e]{1,64}$/);

const transactionSchema = z
  .object({
    trade_state: z.string().max(32),
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

// A merchant's own refunds name no app and no currency: it is the order's, and that is yuan.
const refundSchema = z.object({
  mchid: providerId,
  out_trade_no: providerId,
  transaction_id: providerId,
  refund_id: providerId,
  success_time: instantSchema,
  amount: z
    .object({ total: positiveAmountMinorSchema, refund: positiveAmountMinorSchema })
    .refine(({ total, refund }) => refund <= total),
});
const refundStateSchema = z.object({
  refund_status: z.string().max(32),
  refund_id: providerId,
  out_trade_no: providerId,
});

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
  const unfit = envelopeRefusal(headers, body, 'application/json');
  if (unfit !== undefined) return refused(unfit);
  const signature = checkSignature(headers, body, merchants.bySerial, now);
  if (signature.kind === 'refused') return signature;
  const read = messageIn(body);
  if (read.kind === 'refused') return read;
  const parsed = envelopeSchema.safeParse(read.value);
  if (!parsed.success) return refused('wrong-envelope');
  const envelope = parsed.data;
  const readContent = READERS.get(envelope.event_type);
  if (readContent === undefined) return ignored(envelope, envelope.event_type);
  if (envelope.resource.algorithm !== ALGORITHM) return refused('wrong-algorithm');
  const owners = signature.owner.merchants;
  const sealed = Buffer.from(envelope.resource.ciphertext, 'base64');
  if (sealed.toString('base64') !== envelope.resource.ciphertext) return refused('wrong-envelope');
  const plaintext = decrypted(envelope.resource, sealed, owners);
  if (plaintext === undefined) return refused('undecryptable');
  const content = messageIn(plaintext);
  return content.kind === 'refused' ? content : readContent(envelope, content.value, owners);
}

/** `REFUND` was paid too, and since then all or a part has gone back: of that the refunds themselves tell. */
const PAID_STATES: ReadonlySet<string> = new Set(['SUCCESS', 'REFUND']);

type ReadContent = (envelope: Envelope, content: unknown, owners: readonly Merchant[]) => WechatPayNotification;
// A Map, so that an event type such as `constructor` names nothing.
const READERS: ReadonlyMap<string, ReadContent> = new Map([
  ['TRANSACTION.SUCCESS', paymentOf],
  ['REFUND.SUCCESS', refundOf],
  ['REFUND.ABNORMAL', refundOf],
  ['REFUND.CLOSED', refundOf],
]);

function paymentOf(envelope: Envelope, content: unknown, owners: readonly Merchant[]): WechatPayNotification {
  const outcome = transactionOutcome(content, owners);
  if (outcome.kind === 'unpaid') return ignored(envelope, `${envelope.event_type}/${outcome.state}`);
  return outcome.kind === 'refused' ? outcome : { ...outcome, notificationId: envelope.id };
}

/** What a transaction says, in a notification or in the answer to a question about an order. */
export type TransactionOutcome =
  | { readonly kind: 'payment'; readonly event: PaymentEvent }
  | { readonly kind: 'unpaid'; readonly state: string }
  | { readonly kind: 'refused'; readonly reason: NotificationRefusal };

/** Reads a transaction that has been verified to come from the provider, to one of these accounts. */
export function transactionOutcome(
  content: unknown,
  owners: readonly Pick<Merchant, 'mchid' | 'appid'>[],
): TransactionOutcome {
  const transaction = transactionSchema.safeParse(content);
  if (!transaction.success) return unpaidOrRefused(content);
  if (!PAID_STATES.has(transaction.data.trade_state)) return { kind: 'unpaid', state: transaction.data.trade_state };
  const { mchid, appid, amount } = transaction.data;
  if (!owners.some((merchant) => merchant.mchid === mchid && merchant.appid === appid))
    return refused('wrong-merchant');
  const currency = currencySchema.safeParse(amount.currency);
  if (!currency.success) return refused('wrong-currency');
  return { kind: 'payment', event: eventOf(transaction.data, currency.data) };
}

/** What is no transaction that was paid: one in another state, or nothing that can be read. */
function unpaidOrRefused(content: unknown): TransactionOutcome {
  const state = stateSchema.safeParse(content);
  return !state.success || PAID_STATES.has(state.data.trade_state)
    ? refused('wrong-transaction')
    : { kind: 'unpaid', state: state.data.trade_state };
}

/** What is inside decides, not the envelope's event type: only the inside names the payment. */
function refundOf(envelope: Envelope, content: unknown, owners: readonly Merchant[]): WechatPayNotification {
  const state = refundStateSchema.safeParse(content);
  if (!state.success) return refused('wrong-transaction');
  const { refund_status: refundStatus, refund_id: refundId, out_trade_no: orderNo } = state.data;
  if (refundStatus !== 'SUCCESS')
    return { kind: 'refund-failed', refundStatus, refundId, orderNo, notificationId: envelope.id };
  const refund = refundSchema.safeParse(content);
  if (!refund.success) return refused('wrong-transaction');
  const { mchid, transaction_id, success_time, amount } = refund.data;
  if (!owners.some((merchant) => merchant.mchid === mchid)) return refused('wrong-merchant');
  const event: RefundEvent = {
    provider: 'wechat-pay',
    merchantId: mchid,
    paymentId: transaction_id,
    orderNo,
    refundId,
    amountMinor: amount.refund,
    currency: 'CNY',
    occurredAt: success_time,
  };
  return { kind: 'refund', event, notificationId: envelope.id };
}

function eventOf(
  { mchid, transaction_id, out_trade_no, amount, success_time, payer }: Transaction,
  currency: Currency,
): PaymentEvent {
  return {
    provider: 'wechat-pay',
    merchantId: mchid,
    paymentId: transaction_id,
    orderNo: out_trade_no,
    amountMinor: amount.total,
    payerAmountMinor: amount.payer_total ?? amount.total,
    currency,
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

/** The plaintext by the first account whose key opens it: the tag proves which one it was sealed for. */
function decrypted(resource: Envelope['resource'], sealed: Buffer, owners: readonly Merchant[]): Buffer | undefined {
  for (const { apiV3Key } of owners) {
    const plaintext = opened(resource, sealed, apiV3Key);
    if (plaintext !== undefined) return plaintext;
  }
  return undefined;
}

function opened({ nonce, associated_data }: Envelope['resource'], sealed: Buffer, key: KeyObject): Buffer | undefined {
  const iv = Buffer.from(nonce);
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
