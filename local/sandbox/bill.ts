import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { localTimeText } from '../../functions/kernel/time.ts';
import type { Refund } from './book.ts';
import { feeMilliFen } from './fees.ts';
import type { SandboxKeys } from './keys.ts';
import { type Payment, PROVIDER_ZONE } from './transaction.ts';

const HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY_HEADER = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const BYTE_ORDER_MARK = '\uFEFF';
const NOTHING = '0.00';
/** Charities pay no fee (pay.weixin.qq.com, charitable organisations: 0%). */
const FEE_OF_CHARITIES = 0;
/** Thousandths of a fen as yuan with five decimals. */
const feeText = (milliFen: number): string => {
  const digits = String(Math.abs(milliFen)).padStart(6, '0');
  return `${milliFen < 0 ? '-' : ''}${digits.slice(0, -5)}.${digits.slice(-5)}`;
};
const rateText = (feeBasisPoints: number): string => `${yuan(feeBasisPoints)}%`;

/**
 * A day's trade bill of type ALL as the provider writes it
 * (pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html).
 */
export function tradeBillOf(
  keys: Pick<SandboxKeys, 'appid' | 'mchid'>,
  payments: readonly Payment[],
  refunds: readonly Refund[],
  feeBasisPoints = FEE_OF_CHARITIES,
): Buffer {
  const rows = [
    ...payments.map((payment) => paymentCells(keys, payment, feeBasisPoints)),
    ...refunds.map((refund) => refundCells(keys, refund, feeBasisPoints)),
  ].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const paid = yuan(payments.reduce((sum, payment) => sum + payment.amountMinor, 0));
  const refunded = yuan(refunds.reduce((sum, refund) => sum + refund.amountMinor, 0));
  const fees = [
    ...payments.map(({ amountMinor }) => feeMilliFen(amountMinor, feeBasisPoints)),
    ...refunds.map(({ amountMinor }) => -feeMilliFen(amountMinor, feeBasisPoints)),
  ].reduce((sum, fee) => sum + fee, 0);
  const summary = [String(rows.length), paid, refunded, NOTHING, feeText(fees), paid, refunded];
  const lines = [HEADER, ...rows.map(lineOf), SUMMARY_HEADER, lineOf(summary)];
  return Buffer.from(`${BYTE_ORDER_MARK}${lines.map((line) => `${line}\r\n`).join('')}`);
}

const lineOf = (cells: readonly string[]): string => cells.map((cell) => `\`${cell}`).join(',');
const yuan = (amountMinor: number): string => formatDecimal(minor(amountMinor), 'CNY');

type Cells = readonly [time: string, ...others: string[]];

// Coupons of the platform's own are paid out to the merchant, so orders settle whole.
function paymentCells(keys: Pick<SandboxKeys, 'appid' | 'mchid'>, payment: Payment, feeBasisPoints: number): Cells {
  const amount = yuan(payment.amountMinor);
  return [
    localTimeText(payment.paidAt, PROVIDER_ZONE),
    ...orderCells(keys, payment),
    'SUCCESS',
    'OTHERS',
    'CNY',
    amount,
    yuan(payment.amountMinor - payment.payerAmountMinor),
    '0',
    '0',
    NOTHING,
    NOTHING,
    '',
    '',
    '捐赠',
    '',
    feeText(feeMilliFen(payment.amountMinor, feeBasisPoints)),
    rateText(feeBasisPoints),
    amount,
    NOTHING,
    '',
  ];
}

function refundCells(keys: Pick<SandboxKeys, 'appid' | 'mchid'>, refund: Refund, feeBasisPoints: number): Cells {
  const amount = yuan(refund.amountMinor);
  return [
    localTimeText(refund.refundedAt, PROVIDER_ZONE),
    ...orderCells(keys, refund.payment),
    'REFUND',
    'OTHERS',
    'CNY',
    NOTHING,
    NOTHING,
    refund.refundId,
    refund.refundNo,
    amount,
    NOTHING,
    'ORIGINAL',
    'SUCCESS',
    '捐赠',
    '',
    feeText(-feeMilliFen(refund.amountMinor, feeBasisPoints)),
    rateText(feeBasisPoints),
    NOTHING,
    amount,
    '',
  ];
}

const orderCells = (keys: Pick<SandboxKeys, 'appid' | 'mchid'>, payment: Payment): string[] => [
  keys.appid,
  keys.mchid,
  '0',
  '',
  payment.transactionId,
  payment.orderNo,
  payment.openid,
  payment.tradeType,
];
