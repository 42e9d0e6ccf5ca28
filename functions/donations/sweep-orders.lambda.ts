import type { Instant } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { type ReadAlipayAccounts, readAlipayAccounts } from './alipay.gateway.ts';
import { type AlipayOrders, alipayOrders } from './alipay-order.gateway.ts';
import { orderingAccount } from './alipay-order.ts';
import type { DonationIntent } from './donation-intent.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { ordersOf, sweptMinute, sweptUntil } from './order-sweep.store.ts';
import { minutesDue, SWEPT_PROVIDERS, type SweptProvider } from './order-sweep.ts';
import { type IntakeUse, type PaymentOutcome, recordPayment, recordRefundedSum } from './payment-intake.store.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import { type WechatPayOrders, wechatPayOrders } from './wechat-pay-order.gateway.ts';

export type SweepUse = IntakeUse & {
  readonly readMerchants: ReadMerchants;
  readonly readAccounts: ReadAlipayAccounts;
  readonly orders: {
    readonly wechatPay: Pick<WechatPayOrders, 'find'>;
    readonly alipay: Pick<AlipayOrders, 'find'>;
  };
};
type Outcome = { readonly kind: 'swept'; readonly minutes: number; readonly asked: number; readonly found: number };

/** Questions to one provider at a time. */
const ASKED_AT_ONCE = 20;

/**
 * Notifications are not guaranteed: asks the provider of every order that was made there once, when it can no longer be
 * paid, and books what was paid and never told. Each provider has a sweep of its own, so that one which is away does not
 * hold up the other. Throws what a gateway throws where its provider does not answer as it should.
 */
async function sweepOrders(_run: DueRun, use: SweepUse, now: Instant): Promise<Outcome> {
  const swept = await Promise.allSettled(SWEPT_PROVIDERS.map((provider) => sweepProvider(provider, use, now)));
  const outcome = { kind: 'swept' as const, minutes: 0, asked: 0, found: 0 };
  for (const one of swept) {
    if (one.status === 'rejected') throw one.reason;
    outcome.minutes += one.value.minutes;
    outcome.asked += one.value.asked;
    outcome.found += one.value.found;
  }
  return outcome;
}

/** A minute that cannot be asked for is asked again by the next run, for it is not ticked off. */
async function sweepProvider(
  provider: SweptProvider,
  use: SweepUse,
  now: Instant,
): Promise<Pick<Outcome, 'minutes' | 'asked' | 'found'>> {
  let last = await sweptUntil(use.table, provider);
  const minutes = minutesDue(last, now);
  let asked = 0;
  let found = 0;
  for (const minute of minutes) {
    let together: DonationIntent[] = [];
    const ask = async (): Promise<void> => {
      const outcomes = await Promise.all(together.map((order) => askFor(order, use, now)));
      asked += outcomes.length;
      const news = outcomes.filter((isFound) => isFound).length;
      count(METRICS.paymentFoundBySweep, news);
      found += news;
      together = [];
    };
    for await (const order of ordersOf(use.table, minute)) {
      if (order.provider !== provider) continue;
      together.push(order);
      if (together.length === ASKED_AT_ONCE) await ask();
    }
    await ask();
    await sweptMinute(use.table, provider, last, minute);
    last = minute;
  }
  return { minutes: minutes.length, asked, found };
}

/** True where the order was paid and nobody had told us. */
function askFor(order: DonationIntent, use: SweepUse, now: Instant): Promise<boolean> {
  return order.provider === 'alipay' ? askAlipayFor(order, use, now) : askWechatPayFor(order, use, now);
}

async function askWechatPayFor({ orderNo, merchantId }: DonationIntent, use: SweepUse, now: Instant): Promise<boolean> {
  const { merchants } = await use.readMerchants();
  const merchant = merchants.find(({ mchid }) => mchid === merchantId);
  if (merchant === undefined) return cannotAsk(orderNo, ACCOUNT_GONE);
  const state = await use.orders.wechatPay.find(merchant, orderNo, now);
  if (state.kind === 'refused') return cannotAsk(orderNo, state.reason);
  return state.kind === 'payment' && isNews(await recordPayment(use, state.event, now));
}

async function askAlipayFor({ orderNo, merchantId }: DonationIntent, use: SweepUse, now: Instant): Promise<boolean> {
  const account = orderingAccount((await use.readAccounts())?.values() ?? [], merchantId);
  if (account === undefined) return cannotAsk(orderNo, ACCOUNT_GONE);
  const state = await use.orders.alipay.find(account, orderNo, now);
  if (state.kind === 'refused') return cannotAsk(orderNo, state.reason);
  if (state.kind !== 'payment') return false;
  const { payment, refundedMinor } = state;
  const outcome = await recordPayment(use, payment, now);
  if (refundedMinor > 0 && outcome.kind !== 'contradicts') {
    const { provider, merchantId: paidTo, paymentId, currency } = payment;
    // When it went back is not said; that is between its order and now.
    const refund = { provider, merchantId: paidTo, paymentId, orderNo, currency, occurredAt: now, refundedMinor };
    await recordRefundedSum(use, refund, now);
  }
  return isNews(outcome);
}

const ACCOUNT_GONE = 'its account is not in the merchant secret any more';
const isNews = ({ kind }: PaymentOutcome): boolean => kind === 'recorded' || kind === 'unassigned';

/** One order that cannot be asked for must not hold up the others for ever; a person looks. */
function cannotAsk(orderNo: string, reason: string): false {
  count(METRICS.paymentRefused);
  log.error('order cannot be asked for', { orderNo, reason });
  return false;
}

export const definition: JobDefinition<SweepUse> = {
  name: 'sweep-orders',
  open: () => ({
    table: openTable(),
    readDonorKey,
    readMerchants: readWechatPayMerchants,
    readAccounts: readAlipayAccounts,
    orders: {
      wechatPay: wechatPayOrders(() => environment('WECHAT_PAY_BASE_URL')),
      alipay: alipayOrders(() => environment('ALIPAY_GATEWAY_URL')),
    },
  }),
  handle: sweepOrders,
};
export const handler = jobFunction(definition);
