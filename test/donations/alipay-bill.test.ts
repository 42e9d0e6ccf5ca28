import { describe, expect, test } from 'vitest';
import { parseAlipayBill } from '../../functions/donations/alipay-bill.ts';
import { inGbk } from '../../local/sandbox/gbk.ts';

// A day's list as Alipay writes it: two payments and one refund, with the account's discounts.
const ROWS = [
  '2026090722001400001234567890\t,int_a\t,交易\t,捐赠\t,2026-09-07 19:59:40,2026-09-07 20:00:00,\t,\t,\t,\t,*三(159****5620),17.70,17.70,0.00,0.00,0.00,0.00,0.00,\t,0.00,0.00,\t,-0.01,0.00,\t',
  '2026090722001400001234567891\t,int_b\t,交易\t,捐赠\t,2026-09-07 20:01:40,2026-09-07 20:02:00,\t,\t,\t,\t,*四(159****5621),0.30,0.30,0.00,0.00,0.00,0.00,0.00,\t,0.00,0.00,\t,0.00,0.00,\t',
  '2026090722001400001234567890\t,int_a\t,退款\t,捐赠\t,2026-09-07 19:59:40,2026-09-07 22:00:00,\t,\t,\t,\t,*三(159****5620),-7.70,-7.70,0.00,0.00,0.00,0.00,0.00,\t,0.00,0.00,R-1\t,0.00,0.00,\t',
];
const HEADER =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const TOTALS = [
  '#交易合计：2笔，商家实收共18.00元，商家优惠共0.00元',
  '#退款合计：1笔，商家实收退款共-7.70元，商家优惠退款共0.00元',
];

type Parts = { readonly header?: string; readonly rows?: readonly string[]; readonly totals?: readonly string[] };
const text = ({ header = HEADER, rows = ROWS, totals = TOTALS }: Parts = {}): string =>
  [
    '#支付宝业务明细查询',
    '#账号：[20881011179556110156]',
    '#起始日期：[2026年09月07日 00:00:00]   终止日期：[2026年09月08日 00:00:00]',
    '#-----------------------------------------业务明细列表----------------------------------------',
    header,
    ...rows,
    '#-----------------------------------------业务明细列表结束------------------------------------',
    ...totals,
    '#导出时间：[2026年09月08日 09:27:10]',
    '',
  ].join('\r\n');

const parse = (parts?: Parts) => parseAlipayBill(inGbk(text(parts)));
const changed = (from: string, to: string) => ({ rows: ROWS.map((row) => row.replace(from, to)) });

describe('Alipay’s list of a day', () => {
  test('is read from GBK, to the fen, in Beijing’s time, refunds as rows of their own', () => {
    expect(parse()).toEqual({
      kind: 'bill',
      sellerId: '2088101117955611',
      lines: [
        {
          kind: 'payment',
          line: 6,
          tradeNo: '2026090722001400001234567890',
          orderNo: 'int_a',
          amountMinor: 1770,
          receivedMinor: 1770,
          feeMinor: -1,
          occurredAt: '2026-09-07T12:00:00.000Z',
        },
        {
          kind: 'payment',
          line: 7,
          tradeNo: '2026090722001400001234567891',
          orderNo: 'int_b',
          amountMinor: 30,
          receivedMinor: 30,
          feeMinor: 0,
          occurredAt: '2026-09-07T12:02:00.000Z',
        },
        {
          kind: 'refund',
          line: 8,
          tradeNo: '2026090722001400001234567890',
          orderNo: 'int_a',
          amountMinor: 770,
          receivedMinor: -770,
          feeMinor: 0,
          occurredAt: '2026-09-07T14:00:00.000Z',
          refundNo: 'R-1',
        },
      ],
    });
  });

  test('is read also when somebody saved it anew as UTF-8', () => {
    expect(parseAlipayBill(Buffer.from(`\uFEFF${text()}`))).toEqual(parse());
  });

  test('is read also where the name of a product holds commas, which Alipay does not quote', () => {
    expect(parse(changed('捐赠', '一起捐,益起来,2026'))).toEqual(parse());
  });

  test('is read with brackets of either width', () => {
    expect(parse({ header: HEADER.replaceAll('（', '(').replaceAll('）', ')') })).toEqual(parse());
  });

  test('of a day without anything is empty', () => {
    const totals = ['#交易合计：0笔，商家实收共0.00元', '#退款合计：0笔，商家实收退款共0.00元'];
    expect(parse({ rows: [], totals })).toMatchObject({ kind: 'bill', lines: [] });
  });

  test.each([
    ['has one row less than it says', { rows: ROWS.slice(1) }, '交易合计 is not the 1 rows'],
    ['does not add up', changed('17.70,17.70', '17.70,17.69'), '交易合计 is not what the rows add up to'],
    ['refunds do not add up', changed('-7.70,-7.70', '-7.70,-7.60'), '退款合计 is not what the rows add up to'],
    ['lost its summary', { totals: [] }, 'lacks the summary 交易合计'],
    [
      'lists a payment twice',
      { rows: [...ROWS, ...ROWS.slice(0, 1)], totals: ['#交易合计：3笔，商家实收共35.70元', TOTALS[1] ?? ''] },
      'twice',
    ],
    ['has a fraction of a fen', changed('17.70,17.70', '17.701,17.70'), 'line 6: 订单金额（元） is not an amount'],
    ['has a payment below zero', changed('17.70,17.70', '-17.70,17.70'), 'line 6: 订单金额（元） has the wrong sign'],
    ['has a type that nobody knows', changed('交易', '转账'), 'line 6: 业务类型'],
    ['has a time that is none', changed('2026-09-07 20:00:00', '2026-02-30 20:00:00'), 'line 6: 完成时间'],
    ['has a comma too many', changed('*三', '*,三'), 'line 6 has 26 cells'],
    ['has a comma where no name is', changed('int_a', 'int,a'), 'line 6: 业务类型 is none'],
    ['lacks a column', { header: HEADER.replace('完成时间', '时间') }, 'lacks the column 完成时间'],
  ] as [string, Parts, string][])('is refused whole when it %s', (_what, parts, reason) => {
    const bill = parse(parts);
    expect(bill).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(bill)).not.toContain('159****');
  });

  test.each([
    ['another file', Buffer.from('交易时间,金额\r\n')],
    ['an archive', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xff])],
    ['cut off', inGbk(text().slice(0, 700))],
    ['nothing', Buffer.alloc(0)],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(parseAlipayBill(bytes).kind).toBe('refused');
  });
});
