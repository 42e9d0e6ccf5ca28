import { formatDecimal } from '../kernel/money.ts';
import { type Instant, localTimeText, plusSeconds, SECONDS_PER_MINUTE } from '../kernel/time.ts';
import type { AlipayAccount } from './alipay-merchant.ts';
import { BEIJING, signedParameters } from './alipay-request.ts';
import { type DonationIntent, ORDER_LIFETIME_MINUTES } from './donation-intent.ts';

/** 256 characters at the most (opendocs.alipay.com, alipay.trade.page.pay); the rest of a long title says nothing to who pays. */
const LONGEST_SUBJECT = 60;
/** None of `/=&` may be in a subject, and Alipay's own list of a day quotes no comma. */
const NOT_IN_A_SUBJECT = /[/=&,]/g;

/** The account that a campaign's donors pay: the organisation's own, or else one that belongs to none; `undefined` where orders are made by somebody else. */
export function payingAlipayAccount(
  accounts: Iterable<AlipayAccount>,
  organisationId: string,
): AlipayAccount | undefined {
  const able = [...accounts].filter(({ notifyUrl }) => notifyUrl !== undefined);
  return (
    able.find((account) => account.organisationId === organisationId) ??
    able.find((account) => account.organisationId === undefined)
  );
}

/** The account at which an order was made, by the number that is paid; of several applications the one that makes orders. */
export function orderingAccount(
  accounts: Iterable<AlipayAccount>,
  sellerId: string | undefined,
): AlipayAccount | undefined {
  const paid = [...accounts].filter((account) => account.sellerId === sellerId);
  return paid.find(({ notifyUrl }) => notifyUrl !== undefined) ?? paid[0];
}

/** The products by which a donor may pay an order: Alipay's page in a browser, on a telephone, or a code to scan. */
type Product = 'FAST_INSTANT_TRADE_PAY' | 'QUICK_WAP_WAY' | 'FACE_TO_FACE_PAYMENT';

/**
 * The content of an order to Alipay (opendocs.alipay.com: alipay.trade.page.pay, .wap.pay and .precreate). It can be paid
 * until the same moment as any order of ours, whichever way.
 */
export function orderContent(intent: DonationIntent, title: string, product: Product): object {
  return {
    out_trade_no: intent.orderNo,
    total_amount: formatDecimal(intent.amountMinor, intent.currency),
    subject: [...title.replaceAll(NOT_IN_A_SUBJECT, ' ')].slice(0, LONGEST_SUBJECT).join(''),
    product_code: product,
    time_expire: localTimeText(plusSeconds(intent.createdAt, ORDER_LIFETIME_MINUTES * SECONDS_PER_MINUTE), BEIJING),
  };
}

/**
 * The address at which a donor pays this order, in a browser or, on a telephone, in the app that it opens. Nothing is
 * asked of Alipay beforehand.
 */
export function alipayPageAddress(
  intent: DonationIntent,
  title: string,
  { account, gatewayUrl }: { readonly account: AlipayAccount; readonly gatewayUrl: string },
  device: 'desktop' | 'mobile',
  now: Instant,
): string {
  const [method, product] =
    device === 'mobile'
      ? (['alipay.trade.wap.pay', 'QUICK_WAP_WAY'] as const)
      : (['alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'] as const);
  const query = new URLSearchParams(signedParameters(account, method, orderContent(intent, title, product), now));
  return `${gatewayUrl}?${query.toString()}`;
}
