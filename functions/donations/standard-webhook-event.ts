import * as z from 'zod';
import { fingerprint } from '../kernel/ids.ts';
import {
  CURRENCY_DECIMALS,
  type Currency,
  currencySchema,
  LARGEST_AMOUNT_MINOR,
  type Minor,
  minor,
  parseDecimal,
} from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import { DISPUTE_STATES, type DisputeEvent } from './dispute-entry.ts';
import type { PaymentEvent } from './payment-event.ts';
import type { RefundEvent } from './refund-entry.ts';
import type { UnbookedMoney } from './unbooked-money.ts';

const LONGEST_ORDER_NO = 64;

const id = (longest: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${longest}}$`), `must be 1 to ${longest} printable ASCII characters`);

/** One of two: whole minor units, or the exact decimal text. A JSON number with a point is a float and is refused. */
const money = {
  amountMinor: z.number().int('must be a whole number of minor units').min(1).max(LARGEST_AMOUNT_MINOR).optional(),
  amount: z
    .string()
    .regex(/^\d{1,13}(\.\d{1,6})?$/, 'must be a decimal number as text, such as "17.70"')
    .optional(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as CNY'),
};
const about = {
  /** The source's own id of the payment, the same in everything it ever says of it. */
  paymentId: id(80),
  ...money,
  /** The order of ours that was paid, where the donor came from a page of ours. */
  orderNo: id(LONGEST_ORDER_NO).optional(),
  /** The campaign that it is for, where there is no order. */
  campaignId: id(64).optional(),
};

const paymentSchema = z.strictObject({
  ...about,
  unitId: id(64).optional(),
  teamId: id(64).optional(),
  /** The source's own id of who paid; hashed before anything is stored. */
  payerReference: id(80).optional(),
  /** Only an explicit `false` publishes a name. */
  anonymous: z.boolean().optional(),
});
const refundSchema = z.strictObject({ ...about, refundId: id(120) });
const disputeSchema = z.strictObject({ ...about, disputeId: id(120), state: z.enum(DISPUTE_STATES) });

/** What a source sends: the specification's own envelope, and the data of ours (docs/providers.md). */
export const standardMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('payment.succeeded'), timestamp: instantSchema, data: paymentSchema }),
  z.strictObject({ type: z.literal('payment.refunded'), timestamp: instantSchema, data: refundSchema }),
  z.strictObject({ type: z.literal('payment.disputed'), timestamp: instantSchema, data: disputeSchema }),
]);
export type StandardMessage = z.infer<typeof standardMessageSchema>;

export type StandardEvent =
  | { readonly kind: 'payment'; readonly event: PaymentEvent }
  | { readonly kind: 'refund'; readonly event: RefundEvent }
  | { readonly kind: 'dispute'; readonly event: DisputeEvent }
  /** Money in a currency that is not booked here: kept as it is, for a person. */
  | { readonly kind: 'unbooked'; readonly money: UnbookedMoney }
  /** `problem` is what is wrong with `data.<field>`. */
  | { readonly kind: 'wrong-amount'; readonly field: 'amount' | 'amountMinor'; readonly problem: string };

/** A message of a source in our own normal form. */
export function standardEventOf(sourceId: string, message: StandardMessage): StandardEvent {
  const { data, timestamp } = message;
  const isPlain = data.amount === undefined;
  if (isPlain === (data.amountMinor === undefined))
    return wrongAmount('amount', 'send exactly one of amountMinor and amount');
  // Two sources may number their payments alike.
  const paymentId = `${sourceId}:${data.paymentId}`;
  const common = {
    provider: 'standard-webhook',
    merchantId: sourceId,
    paymentId,
    orderNo: data.orderNo ?? orderNoOf(paymentId),
    occurredAt: timestamp,
  } as const;
  const currency = currencySchema.safeParse(data.currency);
  if (!currency.success) {
    const amount = data.amount ?? String(data.amountMinor);
    const [what, reference] = subjectOf(message, paymentId);
    const { orderNo: _unused, ...rest } = common;
    return { kind: 'unbooked', money: { ...rest, what, reference, amount, currency: data.currency } };
  }
  const amountMinor = amountOf(data, currency.data);
  if (amountMinor === undefined)
    return wrongAmount(
      'amount',
      `must be above zero, at most ${LARGEST_AMOUNT_MINOR} minor units, with at most ${CURRENCY_DECIMALS[currency.data]} decimals in ${currency.data}`,
    );
  const booked = { ...common, amountMinor, currency: currency.data };
  switch (message.type) {
    case 'payment.succeeded':
      return { kind: 'payment', event: paymentOf(message.data, booked) };
    case 'payment.refunded': {
      const { refundId, campaignId } = message.data;
      return { kind: 'refund', event: { ...booked, refundId, ...(campaignId === undefined ? {} : { campaignId }) } };
    }
    case 'payment.disputed': {
      const { disputeId, state, campaignId } = message.data;
      return {
        kind: 'dispute',
        event: { ...booked, disputeId, state, ...(campaignId === undefined ? {} : { campaignId }) },
      };
    }
  }
}

/** In place of an order that there is none of: no order of ours has a colon in its number. */
const orderNoOf = (paymentId: string): string =>
  paymentId.length <= LONGEST_ORDER_NO ? paymentId : `std:${fingerprint([paymentId])}`;

const wrongAmount = (field: 'amount' | 'amountMinor', problem: string): StandardEvent => ({
  kind: 'wrong-amount',
  field,
  problem,
});

function amountOf(
  { amount, amountMinor }: { readonly amount?: string | undefined; readonly amountMinor?: number | undefined },
  currency: Currency,
): Minor | undefined {
  const read = amount === undefined ? amountMinor : parseDecimal(amount, currency);
  return read === undefined || read < 1 || read > LARGEST_AMOUNT_MINOR ? undefined : minor(read);
}

function subjectOf(message: StandardMessage, paymentId: string): readonly [UnbookedMoney['what'], string] {
  switch (message.type) {
    case 'payment.succeeded':
      return ['payment', paymentId];
    case 'payment.refunded':
      return ['refund', message.data.refundId];
    case 'payment.disputed':
      return ['dispute', message.data.disputeId];
  }
}

function paymentOf(
  { campaignId, unitId, teamId, anonymous, payerReference }: z.infer<typeof paymentSchema>,
  booked: Omit<PaymentEvent, 'payerAmountMinor' | 'payerReference' | 'designation'>,
): PaymentEvent {
  const { merchantId, paymentId, amountMinor } = booked;
  return {
    ...booked,
    payerAmountMinor: amountMinor,
    payerReference: payerReference === undefined ? `payment:${paymentId}` : `${merchantId}:${payerReference}`,
    ...(campaignId === undefined
      ? {}
      : {
          designation: {
            campaignId,
            ...(unitId === undefined ? {} : { unitId }),
            ...(teamId === undefined ? {} : { teamId }),
            anonymous: anonymous ?? true,
            thankYouDue: false,
          },
        }),
  };
}
