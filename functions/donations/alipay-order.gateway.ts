import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { SUCCESS_CODE } from './alipay-answer.ts';
import { type AlipayApi, askAlipay, failureOf } from './alipay-api.gateway.ts';
import type { AlipayAccount } from './alipay-merchant.ts';
import { alipayPageAddress, orderContent } from './alipay-order.ts';
import { type AlipayOrderState, alipayOrderState } from './alipay-trade.ts';
import type { DonationIntent } from './donation-intent.ts';

/** How a donor pays at Alipay: on its own page, or by a code that they scan with its app. */
export type AlipayWay =
  | { readonly kind: 'alipay'; readonly device: 'desktop' | 'mobile' }
  | { readonly kind: 'alipay-code' };

/** What a donor's page needs: an address to go to, or the text of a code to draw. */
export type AlipayPayment =
  | { readonly kind: 'alipay'; readonly url: string }
  | { readonly kind: 'alipay-code'; readonly codeUrl: string };

const codeSchema = z.object({
  out_trade_no: z.string(),
  qr_code: z.url({ protocol: /^https$/ }).max(1024),
});

/**
 * Makes an order that is paid by scanning a code (alipay.trade.precreate). The same order again gives a code of the same
 * order. The trade itself comes to be when somebody scans it.
 * @throws TransientError, ThrottledError as {@link askAlipay} does; PermanentError where Alipay refuses the order.
 */
export async function precreateOrder(api: AlipayApi, intent: DonationIntent, title: string): Promise<AlipayPayment> {
  const method = 'alipay.trade.precreate';
  const answer = await askAlipay(api, method, orderContent(intent, title, 'FACE_TO_FACE_PAYMENT'));
  if (answer.code !== SUCCESS_CODE) throw failureOf(method, answer.subCode, false, false);
  const code = codeSchema.safeParse(answer.value);
  if (!code.success || code.data.out_trade_no !== intent.orderNo)
    throw new PermanentError('Alipay answered an order in an unknown shape');
  return { kind: 'alipay-code', codeUrl: code.data.qr_code };
}

/** Asks Alipay what became of an order (alipay.trade.query). Throws as {@link precreateOrder} does. */
export async function findAlipayOrder(api: AlipayApi, orderNo: string): Promise<AlipayOrderState> {
  const method = 'alipay.trade.query';
  const answer = await askAlipay(api, method, { out_trade_no: orderNo });
  if (answer.subCode === 'ACQ.TRADE_NOT_EXIST') return { kind: 'unknown-order' };
  if (answer.code !== SUCCESS_CODE) throw failureOf(method, answer.subCode, false, false);
  return alipayOrderState(answer.value, api.account.sellerId, orderNo);
}

/** What creating an order and sweeping orders need of this file, so that tests can put something else in its place. */
export type AlipayOrders = {
  readonly place: (
    account: AlipayAccount,
    intent: DonationIntent,
    title: string,
    way: AlipayWay,
    now: Instant,
  ) => Promise<AlipayPayment>;
  readonly find: (account: AlipayAccount, orderNo: string, now: Instant) => Promise<AlipayOrderState>;
};

export const alipayOrders = (gatewayUrl: () => string, fetch?: typeof globalThis.fetch): AlipayOrders => {
  const api = (account: AlipayAccount, now: Instant): AlipayApi => ({
    gatewayUrl: gatewayUrl(),
    account,
    now,
    ...(fetch === undefined ? {} : { fetch }),
  });
  return {
    place: async (account, intent, title, way, now) =>
      way.kind === 'alipay'
        ? {
            kind: 'alipay',
            url: alipayPageAddress(intent, title, { account, gatewayUrl: gatewayUrl() }, way.device, now),
          }
        : precreateOrder(api(account, now), intent, title),
    find: (account, orderNo, now) => findAlipayOrder(api(account, now), orderNo),
  };
};
