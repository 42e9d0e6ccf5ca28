import { beforeEach, describe, expect, it } from 'vitest';
import type { CampaignFiles } from '../../functions/closeout/campaign-files.gateway.ts';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { donationIntentSchema, intentItemOf } from '../../functions/donations/donation-intent.ts';
import { recordPayment } from '../../functions/donations/payment-intake.store.ts';
import { parseStandardSources } from '../../functions/donations/standard-webhook-source.ts';
import { parseStatedStripeAccounts } from '../../functions/donations/stripe-account.ts';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { PermanentError, TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { jobFunction } from '../../functions/platform/job.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { fetchAlipayBill } from '../../functions/reconciliation/alipay-bill.gateway.ts';
import { billDaysDue } from '../../functions/reconciliation/bill-days.ts';
import { readCampaignFees } from '../../functions/reconciliation/campaign-fees.store.ts';
import { definition } from '../../functions/reconciliation/check-bills.lambda.ts';
import { fetchFundFlowBill, fetchTradeBill } from '../../functions/reconciliation/trade-bill.gateway.ts';
import { makeAlipayKeys } from '../../local/sandbox/alipay.ts';
import { makeSandboxKeys } from '../../local/sandbox/keys.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';
import { freshContext } from '../platform/http-event.ts';
import { restrictedFiles } from '../platform/restricted-files.ts';
import { restrictedTable } from '../platform/restricted-table.ts';

const keys = makeSandboxKeys();
const alipayKeys = makeAlipayKeys();
const PAID_AT = instantOf('2026-09-07T20:00:00+08:00');

let table: MemoryTable;
let stored: Map<string, Uint8Array>;
let sandbox: Sandbox;
let now: Instant;
beforeEach(async () => {
  table = memoryTable();
  stored = new Map();
  now = instantOf('2026-09-08T10:05:00+08:00');
  sandbox = await startSandbox({ keys, alipayKeys, now: () => Date.parse(now) });
  return () => sandbox.stop();
});

const files: CampaignFiles = {
  write: async (key, content) => void stored.set(key, Buffer.from(content)),
  read: async (key) => {
    const content = stored.get(key);
    if (content === undefined) throw new PermanentError(`there is no file ${key}`);
    return content;
  },
};

async function check(moment: string, changes: object = {}) {
  now = instantOf(moment);
  const secret = sandbox.merchantSecret();
  const use = {
    table: restrictedTable(table, 'check-bills'),
    files: restrictedFiles(files, 'check-bills'),
    readMerchants: async () => parseMerchants(secret),
    readAccounts: async () => parseAlipayAccounts(secret),
    fetchTrade: fetchTradeBill,
    fetchFunds: fetchFundFlowBill,
    fetchAlipay: fetchAlipayBill,
    readStripeAccounts: async () => parseStatedStripeAccounts(secret),
    fetchStripe: async () => ({ kind: 'no-statement' }) as const,
    readSources: async () => parseStandardSources(secret),
    sendMail: async () => undefined as never,
    baseUrl: sandbox.url,
    gatewayUrl: sandbox.alipay.gatewayUrl,
    ...changes,
  };
  return jobFunction(definition, { use, tellTime: async () => now })({}, freshContext());
}

async function order(orderNo: string): Promise<void> {
  const intent = donationIntentSchema.parse({
    type: 'donation-intent',
    orderNo,
    campaignId: 'cmp_1',
    amountMinor: 1770,
    currency: 'CNY',
    anonymous: true,
    emailGiven: false,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    createdAt: PAID_AT,
  });
  await table.write({ put: intentItemOf(intent) });
}

describe('the bills of a day, on the day after', () => {
  beforeEach(async () => {
    const { book } = sandbox.alipay;
    // Told, never told, and somebody else's, at each provider.
    for (const orderNo of ['int_told', 'int_silent', 'int_alipay_told', 'int_alipay_silent']) await order(orderNo);
    const told = sandbox.pay({ orderNo: 'int_told', amountMinor: 1770, openid: 'o', paidAt: PAID_AT });
    for (const orderNo of ['int_silent', 'shop_1'])
      sandbox.pay({ orderNo, amountMinor: 1770, openid: 'o', paidAt: PAID_AT });
    const alipayTold = book.pay({ orderNo: 'int_alipay_told', amountMinor: 1770, paidAt: PAID_AT });
    for (const orderNo of ['int_alipay_silent', 'shop_2']) book.pay({ orderNo, amountMinor: 1770, paidAt: PAID_AT });
    const payment = {
      amountMinor: minor(1770),
      payerAmountMinor: 1770,
      currency: 'CNY',
      occurredAt: PAID_AT,
      payerReference: 'o',
    } as const;
    const use = { table, readDonorKey: async () => 'donor key' };
    const wechatPay = { provider: 'wechat-pay', merchantId: keys.mchid, paymentId: told.transactionId } as const;
    const alipay = { provider: 'alipay', merchantId: alipayKeys.sellerId, paymentId: alipayTold.tradeNo } as const;
    await recordPayment(use, { ...payment, ...wechatPay, orderNo: 'int_told' }, PAID_AT);
    await recordPayment(use, { ...payment, ...alipay, orderNo: 'int_alipay_told' }, PAID_AT);
  });

  it('are kept, and tell of what was paid for an order of ours and is not in the books', async () => {
    const booked = () => table.everything().filter(({ type }) => type === 'donation' || type === 'donation-intent');
    const before = booked();
    expect(await check('2026-09-08T10:05:00+08:00')).toEqual({ kind: 'checked', days: 1, missing: 2 });
    expect([...stored.keys()].sort()).toEqual([
      `bills/alipay-${alipayKeys.sellerId}-2026-09-07.csv`,
      `bills/wechat-pay-${keys.mchid}-2026-09-07.csv`,
      `bills/wechat-pay-${keys.mchid}-basic-2026-09-07.csv`,
    ]);
    // It tells, and books nothing.
    expect(booked()).toEqual(before);
  });

  it('say what the providers keep of a campaign’s payments, and compared again they say it once', async () => {
    await check('2026-09-08T10:05:00+08:00');
    const kept = () => table.everything().filter(({ type }) => type === 'campaign-day-fees');
    // The sandbox charges a charity nothing, as the providers do: that it is nothing is known now.
    expect(kept()).toMatchObject([
      { campaignId: 'cmp_1', day: '2026-09-07', provider: 'alipay', feesMilliMinor: 0 },
      { campaignId: 'cmp_1', day: '2026-09-07', provider: 'wechat-pay', feesMilliMinor: 0 },
    ]);
    expect(await readCampaignFees(table, 'cmp_1')).toEqual({ feesMinor: 0, until: '2026-09-07' });
    await check('2026-09-09T10:05:00+08:00');
    expect(kept()).toHaveLength(2);
  });

  it('are checked once a day, and not before 10:00', async () => {
    expect(await check('2026-09-08T09:59:00+08:00')).toMatchObject({ days: 1, missing: 0 });
    expect(await check('2026-09-08T09:59:30+08:00')).toMatchObject({ days: 0 });
    expect(await check('2026-09-08T10:05:00+08:00')).toMatchObject({ days: 1, missing: 2 });
    expect(await check('2026-09-08T11:05:00+08:00')).toMatchObject({ days: 0 });
    expect(await check('2026-09-09T10:05:00+08:00')).toMatchObject({ days: 1, missing: 0 });
  });

  it('are asked for again by the next run where a provider was away', async () => {
    const fetchAlipay = async () => {
      throw new TransientError('away');
    };
    await expect(check('2026-09-08T10:05:00+08:00', { fetchAlipay })).rejects.toThrow('away');
    expect(await check('2026-09-08T11:05:00+08:00')).toMatchObject({ days: 1, missing: 2 });
  });
});

it('the days that are due follow the last one without a gap, a week back at the most', () => {
  const at = (text: string) => instantOf(text);
  expect(billDaysDue(undefined, at('2026-09-08T10:00:00+08:00'))).toEqual(['2026-09-07']);
  expect(billDaysDue('2026-09-05' as LocalDate, at('2026-09-08T10:00:00+08:00'))).toEqual(['2026-09-06', '2026-09-07']);
  expect(billDaysDue('2026-09-05' as LocalDate, at('2026-09-08T09:59:59+08:00'))).toEqual(['2026-09-06']);
  expect(billDaysDue('2026-09-07' as LocalDate, at('2026-09-08T23:00:00+08:00'))).toEqual([]);
  expect(billDaysDue('2026-01-01' as LocalDate, at('2026-09-08T10:00:00+08:00'))[0]).toBe('2026-09-01');
});
