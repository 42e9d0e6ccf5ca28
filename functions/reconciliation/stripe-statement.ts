import * as z from 'zod';
import { instantAt } from '../donations/stripe-object.ts';
import { LARGEST_AMOUNT_MINOR, minor, ZERO } from '../kernel/money.ts';
import { jsonOf, utf8TextOf } from '../kernel/text.ts';
import { type AccountLine, type AccountLineKind, OF_PAYMENTS, type ReadLines } from './account-line.ts';
import { UnusableBill } from './bill-cells.ts';

/*
 * Stripe's statement is its list of balance transactions (docs.stripe.com/api/balance_transactions, types:
 * docs.stripe.com/reports/balance-transaction-types), each with its source expanded. It is kept as JSON lines in Stripe's own shape,
 * with only the fields that are read: an expanded charge names the donor and their card, which are nothing to a comparison. The last
 * line says how many there are, so that a file that was cut off is refused.
 */

const stripeId = z.string().regex(/^[A-Za-z0-9_]{1,64}$/);
/** Below zero for what leaves. Stripe takes at most twelve digits. */
const amount = z.number().int().min(-LARGEST_AMOUNT_MINOR).max(LARGEST_AMOUNT_MINOR);
const currency = z.string().regex(/^[a-z]{3}$/);
const moment = z.number().int().min(0).max(100_000_000_000);
const word = z.string().regex(/^[a-z0-9_]{1,64}$/);
/** The id, where somebody expanded more than was asked for. */
const reference = z
  .union([stripeId, z.object({ id: stripeId }).transform(({ id }) => id)])
  .nullish()
  .transform((id) => id ?? undefined);
const metadata = z
  .object({ orderNo: z.unknown().optional() })
  .nullish()
  .transform((entries) => {
    const orderNo = entries?.orderNo;
    return typeof orderNo === 'string' && /^[\x21-\x7e]{1,64}$/.test(orderNo) ? { orderNo } : undefined;
  });

const sourceSchema = z.object({
  object: word,
  id: stripeId,
  status: z.string().max(64).nullish(),
  amount: amount.nullish(),
  /** Of a charge: what of it was taken, where it was only reserved at first. */
  amount_captured: amount.nullish(),
  currency: currency.nullish(),
  payment_intent: reference,
  charge: reference,
  metadata,
});

/** One balance transaction, as far as it is read. Unknown fields are dropped. */
export const balanceTransactionSchema = z.object({
  object: z.literal('balance_transaction'),
  id: stripeId,
  type: word,
  reporting_category: word.nullish(),
  amount,
  fee: amount,
  net: amount,
  currency,
  created: moment,
  fee_details: z
    .array(z.object({ type: word, amount, currency }))
    .max(50)
    .nullish(),
  source: z.union([stripeId, sourceSchema]).nullish(),
});
export type BalanceTransaction = z.infer<typeof balanceTransactionSchema>;
type Source = z.infer<typeof sourceSchema>;

const endSchema = z.strictObject({ object: z.literal('end'), lines: z.number().int().min(0) });

/** A day's balance transactions as they are kept. */
export const stripeStatementText = (transactions: readonly BalanceTransaction[]): string =>
  [...transactions, { object: 'end', lines: transactions.length }].map((line) => `${JSON.stringify(line)}\n`).join('');

/**
 * Reads a kept statement; whole or not at all. Refused where a line is not what Stripe writes, where its net is not its amount less
 * its fee, where the details of a fee do not add up to it, where a transaction stands twice, and where the end is missing. A reason
 * names line and field, never a person.
 */
export function parseStripeStatement(bytes: Uint8Array): ReadLines {
  try {
    return { kind: 'bill', lines: readStatement(bytes) };
  } catch (error) {
    if (error instanceof UnusableBill) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function readStatement(bytes: Uint8Array): AccountLine[] {
  const text = utf8TextOf(Buffer.from(bytes));
  if (text === undefined) throw new UnusableBill('it is not UTF-8 text');
  const lines = text.trimEnd().split('\n');
  const read: AccountLine[] = [];
  const seen = new Set<string>();
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const transaction = transactionIn(line, index + 1);
    if (seen.has(transaction.id)) throw new UnusableBill(`line ${index + 1}: ${transaction.id} stands there twice`);
    seen.add(transaction.id);
    read.push(accountLineOf(transaction, index + 1));
  }
  const end = endSchema.safeParse(jsonOf(lines.at(-1) ?? '')?.value);
  if (!end.success) throw new UnusableBill('it does not end with a line {"object":"end","lines":…}; it may be cut off');
  if (end.data.lines !== read.length)
    throw new UnusableBill(`it says that it has ${end.data.lines} transactions, and has ${read.length}`);
  return read;
}

function transactionIn(line: string, position: number): BalanceTransaction {
  const parsed = balanceTransactionSchema.safeParse(jsonOf(line)?.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? 'the line' : issue.path.join('.');
  throw new UnusableBill(`line ${position}: ${field} is not as in a balance transaction of Stripe`);
}

/** By Stripe's own type; what is new is `other`, and listed under its name. */
const KINDS: ReadonlyMap<string, AccountLineKind> = new Map<string, AccountLineKind>([
  ['charge', 'payment'],
  ['payment', 'payment'],
  ['refund', 'refund'],
  ['payment_refund', 'refund'],
  ['refund_failure', 'refund-returned'],
  // A payment by a slow way that failed after it was listed, or was called back by the payer's bank after it had succeeded.
  ['payment_failure_refund', 'reversal'],
  ['payment_reversal', 'reversal'],
  ['payout', 'payout'],
  ['payout_cancel', 'payout-returned'],
  ['payout_failure', 'payout-returned'],
  ['stripe_fee', 'fee'],
  ['stripe_fx_fee', 'fee'],
  ['tax_fee', 'fee'],
]);

function kindOf({ type, reporting_category, amount: change, source }: BalanceTransaction): AccountLineKind {
  // What of a charge was never taken: its amount is already that of the capture.
  if (reporting_category === 'partial_capture_reversal') return 'other';
  if (type !== 'adjustment') return KINDS.get(type) ?? 'other';
  if (reporting_category === 'dispute') return 'dispute';
  if (reporting_category === 'dispute_reversal') return 'dispute-returned';
  if (typeof source === 'object' && source?.object === 'dispute') return change < 0 ? 'dispute' : 'dispute-returned';
  return 'other';
}

const NOT_FINAL: ReadonlySet<string> = new Set(['pending', 'requires_action']);

function accountLineOf(transaction: BalanceTransaction, position: number): AccountLine {
  const { id, type, amount: change, fee, net, created } = transaction;
  const refuse = (problem: string): UnusableBill => new UnusableBill(`line ${position}: ${id} ${problem}`);
  if (net !== change - fee) throw refuse('has a net that is not its amount less its fee');
  const details = transaction.fee_details ?? [];
  const detailed = details.reduce((sum, detail) => sum + detail.amount, 0);
  if (details.length > 0 && (detailed !== fee || details.some((one) => one.currency !== transaction.currency)))
    throw refuse('has details of its fee that do not add up to it');
  const kind = kindOf(transaction);
  const source = typeof transaction.source === 'object' ? (transaction.source ?? undefined) : undefined;
  const moved = {
    type,
    changeMinor: minor(change),
    feeMinor: minor(fee),
    currency: transaction.currency.toUpperCase(),
    occurredAt: instantAt(created),
  };
  if (!OF_PAYMENTS.has(kind)) {
    const id = typeof transaction.source === 'string' ? transaction.source : source?.id;
    const none = { paymentId: '', orderNo: '', paidMinor: ZERO, paidCurrency: moved.currency, isPending: false };
    return { kind, ...none, reference: id ?? '', ...moved };
  }
  if (source === undefined) throw refuse('has no source; it must be listed with expand[]=data.source');
  const paymentId = paymentOf(source);
  const paid = kind === 'payment' ? (source.amount_captured ?? source.amount) : source.amount;
  if (paymentId === undefined || typeof paid !== 'number' || paid < 0 || typeof source.currency !== 'string')
    throw refuse('has a source that names no payment or no amount');
  return {
    kind,
    paymentId,
    orderNo: source.metadata?.orderNo ?? '',
    reference: kind === 'payment' || kind === 'reversal' ? '' : source.id,
    paidMinor: minor(paid),
    paidCurrency: source.currency.toUpperCase(),
    isPending: NOT_FINAL.has(source.status ?? ''),
    ...moved,
  };
}

/** As the door books it: by its intent, or by its charge where it has none. */
const paymentOf = (source: Source): string | undefined =>
  source.payment_intent ?? (source.object === 'charge' ? source.id : source.charge);
