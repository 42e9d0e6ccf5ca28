import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { type Instant, localTimeText } from '../../functions/kernel/time.ts';
import { PROVIDER_ZONE } from './transaction.ts';

/** One movement of money on the merchant's account. */
export type Movement = {
  readonly at: Instant;
  /** The platform's number of the payment, the refund or the withdrawal. */
  readonly businessNo: string;
  readonly name: string;
  readonly type: string;
  readonly isIncome: boolean;
  readonly amountMinor: number;
  readonly applicant: string;
  readonly remark: string;
  readonly voucherNo: string;
};

const HEADER =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const SUMMARY_HEADER = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';
const BYTE_ORDER_MARK = '\uFEFF';
const yuan = (amountMinor: number): string => formatDecimal(minor(amountMinor), 'CNY');
const lineOf = (cells: readonly string[]): string => cells.map((cell) => `\`${cell}`).join(',');

/**
 * A day's fund-flow bill as the provider writes it
 * (pay.weixin.qq.com/docs/merchant/products/bill-download/format-fundflow.html); counts in its summary have a decimal.
 * @param balanceMinor what was on the account before the first of these movements.
 */
export function fundFlowBillOf(movements: readonly Movement[], balanceMinor: number): Buffer {
  let balance = balanceMinor;
  const rows = movements.map((one, index) => {
    balance += one.isIncome ? one.amountMinor : -one.amountMinor;
    return [
      localTimeText(one.at, PROVIDER_ZONE),
      one.businessNo,
      `F${String(index + 1).padStart(6, '0')}${one.businessNo.slice(-12)}`,
      one.name,
      one.type,
      one.isIncome ? '收入' : '支出',
      yuan(one.amountMinor),
      yuan(balance),
      one.applicant,
      one.remark,
      one.voucherNo,
    ];
  });
  const side = (isIncome: boolean): string[] => {
    const some = movements.filter((one) => one.isIncome === isIncome);
    return [`${some.length}.0`, yuan(some.reduce((sum, one) => sum + one.amountMinor, 0))];
  };
  const summary = [`${rows.length}.0`, ...side(true), ...side(false)];
  const lines = [HEADER, ...rows.map(lineOf), SUMMARY_HEADER, lineOf(summary)];
  return Buffer.from(`${BYTE_ORDER_MARK}${lines.map((line) => `${line}\r\n`).join('')}`);
}
