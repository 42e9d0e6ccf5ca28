import { expect, it } from 'vitest';
import { definition as prepareCloseout } from '../../functions/closeout/prepare-closeout.lambda.ts';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { recordRefundOfBill } from '../../functions/donations/payment-intake.store.ts';
import { definition as receiveAlipay } from '../../functions/donations/receive-alipay.lambda.ts';
import { minor } from '../../functions/kernel/money.ts';
import { daysBetween, instantOf, localDateSchema, plusSeconds } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { fetchAlipayBill } from '../../functions/reconciliation/alipay-bill.gateway.ts';
import { definition as reconcileBills } from '../../functions/reconciliation/reconcile-bills.lambda.ts';
import { definition as reconcileDay } from '../../functions/reconciliation/reconcile-day.lambda.ts';
import { alipayNotice, alipaySectionOf, makeAlipayKeys } from '../../local/sandbox/alipay.ts';
import { AlipayBook, type AlipayRefund, type AlipayTrade } from '../../local/sandbox/alipay-book.ts';
import { AlipayGateway } from '../../local/sandbox/alipay-gateway.ts';
import { HEADERS } from '../donations/alipay-notice.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { ledgerTable } from './ledger-table.ts';
import { PROPOSAL } from './people.ts';
import { finalise, openedCampaign, order } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
const at = (time: string): string => `2026-09-${time}:00+08:00`;
const GATEWAY = 'http://alipay.example/gateway.do';

it('gifts by Alipay: refunds told of as sums and listed one by one, each once in the ledger, and the bills agree but for what nobody told', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, PROPOSAL);
  const keys = makeAlipayKeys();
  const accounts = parseAlipayAccounts(JSON.stringify({ alipay: [alipaySectionOf(keys)] }));
  const book = new AlipayBook();

  const told = async (body: Buffer, seconds: string) => {
    world.now = plusSeconds(instantOf(seconds), 2);
    const use = {
      table: restrictedTable(world.table, 'receive-alipay'),
      readAccounts: async () => accounts,
      readDonorKey: async () => 'donor key of the story',
    };
    const handler = anyHttpFunction(receiveAlipay, { use, tellTime: async () => world.now });
    const event = httpEvent({ method: 'POST', path: '/webhooks/alipay', headers: HEADERS, body });
    expect(await handler(event, lambdaContext)).toMatchObject({ statusCode: 200, body: 'success' });
    await world.drainStream();
  };
  const paid = async (time: string, amountMinor: number, buyerId: string): Promise<AlipayTrade> => {
    const gift = { paidAt: at(time), openid: '', amountMinor, asked: { unitId: 'wanyuan' } };
    const orderNo = await order(world, campaignId, gift);
    return book.pay({ orderNo, amountMinor, paidAt: instantOf(at(time)), buyerId });
  };
  const noticeOfRefund = ({ trade, refundNo, refundedAt }: AlipayRefund, sumMinor: number) =>
    alipayNotice(keys, trade, { sumMinor, refundNo, refundedAt });

  // Chen gives 60 yuan; 10 and then 15 go back. The second notice comes first, the first one late and twice.
  const chen = await paid('07T10:00', 6_000, '2088000000000001');
  await told(alipayNotice(keys, chen), at('07T10:00'));
  const firstBack = book.refund(chen, 1_000, instantOf(at('07T12:00')));
  const secondBack = book.refund(chen, 1_500, instantOf(at('08T12:00')));
  await told(noticeOfRefund(secondBack, 2_500), at('08T12:00'));
  for (let time = 0; time < 2; time += 1) await told(noticeOfRefund(firstBack, 1_000), at('08T12:05'));
  // The bills of both days are imported: the rows of what is known add nothing.
  for (const { refundNo, amountMinor, refundedAt, trade } of [secondBack, firstBack]) {
    const { tradeNo: paymentId, orderNo } = trade;
    const row = { provider: 'alipay', merchantId: keys.sellerId, paymentId, orderNo, currency: 'CNY' } as const;
    const refund = { ...row, refundId: refundNo, amountMinor: minor(amountMinor), occurredAt: refundedAt };
    expect(await recordRefundOfBill(world, refund, world.now)).toMatchObject({ kind: 'already-recorded' });
  }

  // Liu gives 40 yuan, all of which goes back; He gives 30, of which 5 go back and nobody says so.
  const liu = await paid('07T11:00', 4_000, '2088000000000002');
  await told(noticeOfRefund(book.refund(liu, 4_000, instantOf(at('07T15:00'))), 4_000), at('07T15:00'));
  const he = await paid('08T09:00', 3_000, '2088000000000003');
  await told(alipayNotice(keys, he), at('08T09:00'));
  book.refund(he, 500, instantOf(at('09T18:00')));
  // Zhou gives 20 yuan, of which no notice ever comes.
  const zhou = await paid('09T20:00', 2_000, '2088000000000004');

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  expect(violationsOf(await settledBooks(world.table, campaignId, DAYS))).toEqual([]);
  expect(world.poison).toEqual([]);
  expect(await finalise(world, campaignId)).toMatchObject({ kind: 'finalised', gifts: 3 });
  await world.move(campaignId, 'finalised');

  // The bills of the closeout, from the gateway and by its signature.
  const gateway = new AlipayGateway(keys, book);
  const fetch = (async (address: URL, init?: RequestInit) => {
    const { pathname, search, origin } = new URL(address);
    const body = String(init?.body ?? '');
    const request = { method: 'POST', pathAndQuery: `${pathname}${search}`, authorization: undefined, body, origin };
    const answer = gateway.answer(request, world.now);
    return new Response(Uint8Array.from(answer?.body ?? []), { status: answer?.status ?? 404 });
  }) as typeof globalThis.fetch;
  const none = async () => ({ kind: 'no-statement' }) as const;
  const prepared = await world.task('prepare-closeout', prepareCloseout, { campaignId });
  expect(prepared).toMatchObject({ kind: 'prepared' });
  const { billDays } = prepared;
  for (const day of billDays as unknown[])
    await world.task(
      'reconcile-day',
      reconcileDay,
      { campaignId, day },
      {
        fetchTrade: none,
        fetchFunds: none,
        fetchAlipay: (request: Parameters<typeof fetchAlipayBill>[0]) => fetchAlipayBill({ ...request, fetch }),
        readAccounts: async () => accounts,
        baseUrl: 'https://provider.example',
        gatewayUrl: GATEWAY,
      },
    );
  expect(await world.task('reconcile-bills', reconcileBills, { campaignId, billDays })).toEqual({
    kind: 'differs',
    discrepancies: 2,
    open: 2,
    daysWithoutBill: 1,
  });
  const reconciliation = JSON.parse(
    new TextDecoder().decode(world.files.get(`campaigns/${campaignId}/closeout/reconciliation.json`)),
  );
  expect(reconciliation.discrepancies).toEqual([
    {
      kind: 'missing-here',
      provider: 'alipay',
      transactionId: zhou.tradeNo,
      orderNo: zhou.orderNo,
      day: '2026-09-09',
      theirAmountMinor: 2_000,
    },
    {
      kind: 'refund-differs',
      provider: 'alipay',
      transactionId: he.tradeNo,
      orderNo: he.orderNo,
      day: '2026-09-09',
      ourAmountMinor: 0,
      theirAmountMinor: 500,
    },
  ]);
  expect(reconciliation.bills).toMatchObject([
    {
      provider: 'alipay',
      billDate: '2026-09-07',
      billLines: 2,
      billMinor: 10_000,
      entriesMinor: 10_000,
      refundMinor: 5_000,
    },
    { billDate: '2026-09-08', billLines: 1, billMinor: 3_000, entries: 1, refundMinor: 1_500 },
    { billDate: '2026-09-09', billLines: 1, billMinor: 2_000, entries: 0, refundMinor: 500 },
  ]);
});
