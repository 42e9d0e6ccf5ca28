import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { type Instant, localTimeText } from '../../functions/kernel/time.ts';
import { PROVIDER_ZONE } from './transaction.ts';

/** Everything secret between a stand-in Alipay and its one merchant. */
export type AlipaySandboxKeys = {
  readonly appId: string;
  readonly sellerId: string;
  readonly appPrivateKey: KeyObject;
  readonly alipayPrivateKey: KeyObject;
};

/** What Alipay uses for RSA2: RSA with 2,048 bits. */
const MODULUS_BITS = 2048;

/** Makes an account with fresh keys; takes a few tenths of a second. */
export const makeAlipayKeys = (): AlipaySandboxKeys => ({
  appId: '2021004100000001',
  sellerId: '2088101117955611',
  appPrivateKey: generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS }).privateKey,
  alipayPrivateKey: generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS }).privateKey,
});

const base64Of = (key: KeyObject, type: 'pkcs8' | 'spki'): string =>
  key.export({ type, format: 'der' } as { type: 'spki'; format: 'der' }).toString('base64');

/** This account's section of the merchant secret (docs/deploy.md). */
export const alipaySectionOf = (
  { appId, sellerId, appPrivateKey, alipayPrivateKey }: AlipaySandboxKeys,
  notifyUrl?: string,
): object => ({
  notifyUrl,
  appId,
  sellerId,
  appPrivateKey: base64Of(appPrivateKey, 'pkcs8'),
  alipayPublicKeys: [base64Of(createPublicKey(alipayPrivateKey), 'spki')],
});

/** A paid trade in the words of a notice (opendocs.alipay.com, asynchronous notification). */
export function alipayTrade(
  { appId, sellerId }: Pick<AlipaySandboxKeys, 'appId' | 'sellerId'>,
  trade: { readonly tradeNo: string; readonly orderNo: string; readonly totalAmount: string },
): Record<string, string> {
  return {
    notify_time: '2026-09-07 20:00:05',
    notify_type: 'trade_status_sync',
    notify_id: `20260907002222${trade.tradeNo.slice(-8)}`,
    app_id: appId,
    charset: 'utf-8',
    version: '1.0',
    trade_no: trade.tradeNo,
    out_trade_no: trade.orderNo,
    buyer_id: '2088102116773037',
    buyer_logon_id: '159****5620',
    seller_id: sellerId,
    trade_status: 'TRADE_SUCCESS',
    total_amount: trade.totalAmount,
    receipt_amount: trade.totalAmount,
    buyer_pay_amount: trade.totalAmount,
    point_amount: '0.00',
    subject: '捐赠',
    body: '',
    gmt_create: '2026-09-07 19:59:40',
    gmt_payment: '2026-09-07 20:00:00',
    fund_bill_list: `[{"amount":"${trade.totalAmount}","fundChannel":"ALIPAYACCOUNT"}]`,
  };
}

/** The fields as a signed form, by the rule for notices of trades: all of them but `sign` and `sign_type`, in ASCII order. */
export function signedForm(fields: Readonly<Record<string, string>>, key: KeyObject): Buffer {
  const content = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  const signature = sign('sha256', Buffer.from(content), key).toString('base64');
  return Buffer.from(new URLSearchParams({ ...fields, sign_type: 'RSA2', sign: signature }).toString());
}

/** The notice of a trade in the stand-in's books, with how much of it has gone back in all. */
export function alipayNotice(
  keys: AlipaySandboxKeys,
  trade: { readonly tradeNo: string; readonly orderNo: string; readonly amountMinor: number; readonly paidAt: Instant },
  refunded?: { readonly sumMinor: number; readonly refundNo: string; readonly refundedAt: Instant },
): Buffer {
  const yuan = (amountMinor: number): string => formatDecimal(minor(amountMinor), 'CNY');
  const paid = {
    ...alipayTrade(keys, { ...trade, totalAmount: yuan(trade.amountMinor) }),
    gmt_payment: localTimeText(trade.paidAt, PROVIDER_ZONE),
  };
  if (refunded === undefined) return signedForm(paid, keys.alipayPrivateKey);
  const fields = {
    ...paid,
    trade_status: refunded.sumMinor === trade.amountMinor ? 'TRADE_CLOSED' : 'TRADE_SUCCESS',
    refund_fee: yuan(refunded.sumMinor),
    gmt_refund: `${localTimeText(refunded.refundedAt, PROVIDER_ZONE)}.000`,
    out_biz_no: refunded.refundNo,
  };
  return signedForm(fields, keys.alipayPrivateKey);
}
