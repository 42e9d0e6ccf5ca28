import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { DonationIntent } from './donation-intent.ts';
import { askWechatPay, codeOf, failureOf, jsonIn, mustBeSigned, type WechatPayApi } from './wechat-pay-api.gateway.ts';
import type { Merchant } from './wechat-pay-merchant.ts';
import { type TransactionOutcome, transactionOutcome } from './wechat-pay-notification.ts';
import { jsapiPage, orderBody, type PageToPay, type WechatPayWay } from './wechat-pay-order.ts';

type OrderApi = Omit<WechatPayApi, 'merchant'> & { readonly merchant: Merchant };

/** A donor waits for this: the provider answers in a tenth of a second, and an HTTP function has ten. */
const ORDER_TIMEOUT_MS = 4_000;

const nativeSchema = z.object({ code_url: z.string().regex(/^weixin:\/\/[\x21-\x7e]{1,512}$/) });
const jsapiSchema = z.object({ prepay_id: z.string().regex(/^[\x21-\x7e]{1,64}$/) });

/**
 * Makes an order at the provider and gives back what the donor's page needs. The same order again gives the same.
 * @throws TransientError, ThrottledError as {@link askWechatPay} does; PermanentError where the provider refuses the order.
 */
export async function placeOrder(
  api: OrderApi,
  intent: DonationIntent,
  title: string,
  way: WechatPayWay,
): Promise<PageToPay> {
  const address = new URL(`${api.baseUrl}/v3/pay/transactions/${way.kind}`);
  const content = orderBody(intent, title, api.merchant, way);
  const answer = await askWechatPay(api, { address, content, timeoutMs: ORDER_TIMEOUT_MS });
  if (answer.status !== 200) throw failureOf(answer, 'an order');
  mustBeSigned(answer, api, 'an order');
  if (way.kind === 'native') return { kind: 'native', codeUrl: fieldsOf(nativeSchema, jsonIn(answer)).code_url };
  const { prepay_id } = fieldsOf(jsapiSchema, jsonIn(answer));
  return jsapiPage(prepay_id, api.merchant, randomBytes(16).toString('hex'), api.now);
}

function fieldsOf<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new PermanentError('the provider answered an order in an unknown shape');
  return parsed.data;
}

export type OrderState = TransactionOutcome | { readonly kind: 'unknown-order' };

/**
 * Asks the provider what became of an order (pay.weixin.qq.com/doc/v3/merchant/4012791879). Throws as
 * {@link placeOrder} does.
 */
export async function findOrder(api: OrderApi, orderNo: string): Promise<OrderState> {
  const address = new URL(`${api.baseUrl}/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNo)}`);
  address.search = new URLSearchParams({ mchid: api.merchant.mchid }).toString();
  const answer = await askWechatPay(api, { address, timeoutMs: ORDER_TIMEOUT_MS });
  if (answer.status === 404 || codeOf(answer) === 'ORDER_NOT_EXIST') return { kind: 'unknown-order' };
  if (answer.status !== 200) throw failureOf(answer, 'a question about an order');
  mustBeSigned(answer, api, 'a question about an order');
  return transactionOutcome(jsonIn(answer), [api.merchant]);
}

/** What creating an order and sweeping orders need of this file, so that tests can put something else in its place. */
export type WechatPayOrders = {
  readonly place: (
    merchant: Merchant,
    intent: DonationIntent,
    title: string,
    way: WechatPayWay,
    now: Instant,
  ) => Promise<PageToPay>;
  readonly find: (merchant: Merchant, orderNo: string, now: Instant) => Promise<OrderState>;
};

export const wechatPayOrders = (baseUrl: () => string, fetch?: typeof globalThis.fetch): WechatPayOrders => {
  const api = (merchant: Merchant, now: Instant): OrderApi => ({
    baseUrl: baseUrl(),
    merchant,
    now,
    ...(fetch === undefined ? {} : { fetch }),
  });
  return {
    place: (merchant, intent, title, way, now) => placeOrder(api(merchant, now), intent, title, way),
    find: (merchant, orderNo, now) => findOrder(api(merchant, now), orderNo),
  };
};
