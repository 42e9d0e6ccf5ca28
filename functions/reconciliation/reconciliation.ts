import type { Provider } from '../donations/payment-event.ts';
import type { Minor } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { DiscrepancyClass, Finding } from './reconciliation-item.ts';

/**
 * Bills of WeChat Pay and of Alipay are of Beijing days, whatever the campaign's zone. Stripe has no bill of a day, but a list that is
 * asked for between two moments, and a platform's statement is made for us: both are of the same days, so that a day is one thing
 * on the pages, in the closeout and at every account (docs/decisions/0048).
 */
export const BILL_ZONE = 'Asia/Shanghai';

/** Providers whose statements are held against the books: fetched, or brought by a person. */
export const BILLED_PROVIDERS = ['wechat-pay', 'alipay', 'stripe', 'standard-webhook'] as const;
export type BilledProvider = (typeof BILLED_PROVIDERS)[number];
export const isBilled = (provider: Provider): provider is BilledProvider =>
  (BILLED_PROVIDERS as readonly string[]).includes(provider);
/** Providers of which no bill means that nothing was paid. Of the others it means that nobody knows. */
export const SILENT_WITHOUT_MOVEMENT: ReadonlySet<Provider> = new Set(['wechat-pay', 'alipay']);

/**
 * `missing-here`, `missing-there`, `amount-differs`, `state-differs`: a payment, here and in the bill. `refund-differs`: other
 * sums have gone back by the bills and by our books. `fee-differs`, `funds-differ`: what the trade bill says was charged or
 * settled, and what the fund-flow bill says was moved (fund-flow-check.ts); both are the provider's, the trade bill's stands as ours.
 */
export type Discrepancy = {
  readonly kind:
    | 'missing-here'
    | 'missing-there'
    | 'amount-differs'
    | 'state-differs'
    | 'refund-differs'
    | 'fee-differs'
    | 'funds-differ';
  readonly provider: Provider;
  readonly transactionId: string;
  readonly orderNo: string;
  readonly day: LocalDate;
  readonly ourAmountMinor?: Minor;
  readonly theirAmountMinor?: Minor;
};
/** What one bill of one account and day says of a campaign, and what its books say of the same day. */
export type BillComparison = {
  readonly provider: Provider;
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly billLines: number;
  readonly billMinor: Minor;
  readonly entries: number;
  readonly entriesMinor: Minor;
  readonly refundLines: number;
  readonly refundMinor: Minor;
};

const KINDS = {
  'paid-not-booked': 'missing-here',
  'missing-here': 'missing-here',
  'missing-there': 'missing-there',
  'amount-differs': 'amount-differs',
  'currency-differs': 'amount-differs',
  'state-differs': 'state-differs',
  'refunded-there': 'refund-differs',
  'refunded-here': 'refund-differs',
  'fee-differs': 'fee-differs',
  'funds-differ': 'funds-differ',
} as const satisfies Partial<Record<DiscrepancyClass, Discrepancy['kind']>>;

/** As what a report lists a finding beside the sums of its bills; `undefined` where it explains none of them and is an item alone. */
export function listedKindOf({
  class: kind,
  ourAmountMinor,
}: Pick<Finding, 'class' | 'ourAmountMinor'>): Discrepancy['kind'] | undefined {
  // A second payment of an order is missing in the books unless it was booked as another gift.
  if (kind === 'duplicate') return ourAmountMinor === undefined ? 'missing-here' : undefined;
  return KINDS[kind as keyof typeof KINDS];
}

/**
 * The discrepancies that a report lists beside the sums of its bills, which they explain: between books and bills. What is
 * between an order and either of them changes no such sum and is an item alone, and so is a whole bill that is missing.
 */
export function discrepanciesOf(findings: readonly Finding[]): Discrepancy[] {
  return findings.flatMap((finding): Discrepancy[] => {
    const listed = listedKindOf(finding);
    const { class: _class, merchantId: _account, ...rest } = finding;
    return listed === undefined ? [] : [{ kind: listed, ...withKnownAmounts(rest) }];
  });
}

type Amounts = { readonly ourAmountMinor?: Minor | undefined; readonly theirAmountMinor?: Minor | undefined };
function withKnownAmounts<Rest extends Amounts>({ ourAmountMinor, theirAmountMinor, ...rest }: Rest) {
  return {
    ...rest,
    ...(ourAmountMinor === undefined ? {} : { ourAmountMinor }),
    ...(theirAmountMinor === undefined ? {} : { theirAmountMinor }),
  };
}
