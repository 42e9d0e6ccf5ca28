import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { type LocalDate, localTimeText, plusDays } from '../../functions/kernel/time.ts';
import type { AlipayBook, AlipayRefund, AlipayTrade } from './alipay-book.ts';
import { inGbk } from './gbk.ts';
import { PROVIDER_ZONE } from './transaction.ts';
import { zipOf } from './zip.ts';

const HEADER =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const yuan = (amountMinor: number): string => formatDecimal(minor(amountMinor), 'CNY');

/**
 * The bill of a day (type `trade`) as Alipay hands it out: an archive of the list of transactions and its summary, both in
 * GBK, and so are their names.
 */
export function alipayBillArchive(sellerId: string, day: LocalDate, book: AlipayBook): Buffer {
  const date = day.replaceAll('-', '');
  const named = (what: string, lines: readonly string[]) => ({
    name: inGbk(`${sellerId}0156_${date}_${what}.csv`),
    content: inGbk(lines.map((line) => `${line}\r\n`).join('')),
  });
  return zipOf([
    named('业务明细(汇总)', ['#支付宝业务汇总查询', ...headOf(sellerId, day), '门店编号,门店名称,交易订单总笔数']),
    named('业务明细', listOf(sellerId, day, book)),
  ]);
}

function listOf(sellerId: string, day: LocalDate, book: AlipayBook): string[] {
  const { trades, refunds } = book.dayOf(day);
  const paid = yuan(trades.reduce((sum, trade) => sum + trade.amountMinor, 0));
  const back = yuan(-refunds.reduce((sum, refund) => sum + refund.amountMinor, 0));
  return [
    '#支付宝业务明细查询',
    ...headOf(sellerId, day),
    '#-----------------------------------------业务明细列表----------------------------------------',
    HEADER,
    ...trades.map((trade) => rowOf(trade)),
    ...refunds.map((refund) => rowOf(refund.trade, refund)),
    '#-----------------------------------------业务明细列表结束------------------------------------',
    `#交易合计：${trades.length}笔，商家实收共${paid}元，商家优惠共0.00元`,
    `#退款合计：${refunds.length}笔，商家实收退款共${back}元，商家优惠退款共0.00元`,
    `#导出时间：[${clock(plusDays(day, 1))}]`,
  ];
}

const clock = (day: LocalDate): string => {
  const [year, month, date] = day.split('-');
  return `${year}年${month}月${date}日 00:00:00`;
};
const headOf = (sellerId: string, day: LocalDate): string[] => [
  `#账号：[${sellerId}0156]`,
  `#起始日期：[${clock(day)}]   终止日期：[${clock(plusDays(day, 1))}]`,
];

// Cells that a spreadsheet would spoil end with a tab.
function rowOf(trade: AlipayTrade, refund?: AlipayRefund): string {
  const amount = yuan(refund === undefined ? trade.amountMinor : -refund.amountMinor);
  const zeros = Array(5).fill('0.00');
  return [
    `${trade.tradeNo}\t`,
    `${trade.orderNo}\t`,
    refund === undefined ? '交易' : '退款',
    '捐赠\t',
    localTimeText(trade.paidAt, PROVIDER_ZONE),
    localTimeText(refund?.refundedAt ?? trade.paidAt, PROVIDER_ZONE),
    ...Array(4).fill('\t'),
    '*三(159****5620)',
    amount,
    amount,
    ...zeros,
    '\t',
    '0.00',
    '0.00',
    `${refund?.refundNo ?? ''}\t`,
    '0.00',
    '0.00',
    '\t',
  ].join(',');
}
