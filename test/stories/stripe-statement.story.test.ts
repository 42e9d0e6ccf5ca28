import { beforeEach, describe, expect, it } from 'vitest';
import { definition as prepareCloseout } from '../../functions/closeout/prepare-closeout.lambda.ts';
import { parseStandardSources } from '../../functions/donations/standard-webhook-source.ts';
import { parseStatedStripeAccounts } from '../../functions/donations/stripe-account.ts';
import { epochSeconds, type Instant, instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import { definition as checkBills } from '../../functions/reconciliation/check-bills.lambda.ts';
import { definition as reconcileBills } from '../../functions/reconciliation/reconcile-bills.lambda.ts';
import { definition as reconcileDay } from '../../functions/reconciliation/reconcile-day.lambda.ts';
import { readReconciliationStanding } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { definition as showDays } from '../../functions/reconciliation/show-reconciliation-days.lambda.ts';
import { fetchStripeStatement } from '../../functions/reconciliation/stripe-statement.gateway.ts';
import { ROOT } from '../access/people.ts';
import { stripeDoor } from '../donations/stripe-door.ts';
import { ACCOUNT, charge, delivery, dispute, eventOf, merchantSecret, refund } from '../donations/stripe-maker.ts';
import { StripeBook } from '../reconciliation/stripe-book.ts';
import { FINANCE, PROPOSAL } from './people.ts';
import { openedCampaign, order } from './play.ts';
import { World } from './world.ts';

const DAY = '2026-09-07';
const at = (time: string): Instant => instantOf(`2026-09-${time}:00+08:00`);

let world: World;
let book: StripeBook;
let campaignId: string;
/** What the merchant secret says of Stripe's account; a story without a key has none. */
let account: object;

const providers = () => ({
  fetchTrade: async () => ({ kind: 'no-statement' }),
  fetchFunds: async () => ({ kind: 'no-statement' }),
  readAccounts: async () => undefined,
  readStripeAccounts: async () => parseStatedStripeAccounts(secretText()),
  fetchStripe: (request: Parameters<typeof fetchStripeStatement>[0]) =>
    fetchStripeStatement({ ...request, fetch: book.fetch }),
  readSources: async () => parseStandardSources(secretText()),
  baseUrl: 'https://provider.example',
});
const secretText = (): string => JSON.stringify({ stripe: [{ ...merchantSecret().stripe[0], ...account }] });

const nightly = (day: string) => {
  world.at(`2026-09-${day}T10:05:00+08:00`);
  return world.job('check-bills', checkBills, providers());
};
async function told(type: string, object: object, when: Instant): Promise<number> {
  world.now = plusSeconds(when, 2);
  const created = epochSeconds(when);
  const body = JSON.stringify(eventOf(type, object, { created }));
  const { status } = await stripeDoor(world.table)(delivery(body, { sentAt: created + 2 }), world.now);
  await world.drainStream();
  return status;
}
/** Pays an order at Stripe; told of, unless the story says that nobody was. */
async function pay(name: string, amount: number, time: string, isTold = true) {
  const ordered = { paidAt: at(time), openid: '', amountMinor: amount };
  const metadata = { orderNo: await order(world, campaignId, ordered) };
  const about = { id: `ch_${name}`, payment_intent: `pi_${name}`, customer: `cus_${name}`, currency: 'cny' };
  const paid = charge({ ...about, amount, amount_captured: amount, metadata });
  book.pay(paid, at(time), Math.floor(amount / 50));
  if (isTold) expect(await told('charge.succeeded', paid, at(time))).toBe(200);
  return paid;
}
const standing = () => readReconciliationStanding(world.table, campaignId);
const open = async () =>
  (await standing()).items
    .filter(({ state }) => state === 'open')
    .map((item) => [item.class, item.transactionId, item.ourAmountMinor, item.theirAmountMinor]);
async function days(from = DAY, to = '2026-09-10') {
  const { body } = await world.request('show-reconciliation-days', showDays, {
    path: `/organisations/${ROOT}/reconciliation-days`,
    routeParameters: { organisationId: ROOT },
    query: { from, to },
    actor: FINANCE,
  });
  return body;
}
async function closeout() {
  world.at('2026-09-10T00:00:00+08:00');
  await world.move(campaignId, 'closed');
  world.at('2026-09-11T11:00:00+08:00');
  expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised' });
  await world.move(campaignId, 'finalised');
  const { billDays } = await world.task('prepare-closeout', prepareCloseout, { campaignId });
  for (const day of billDays as LocalDate[])
    await world.task('reconcile-day', reconcileDay, { campaignId, day }, providers());
  return world.task('reconcile-bills', reconcileBills, { campaignId, billDays });
}
const reconciled = () =>
  JSON.parse(
    Buffer.from(
      [...world.files].find(([name]) => name.endsWith('/reconciliation.json'))?.[1] ?? new Uint8Array(),
    ).toString(),
  );

beforeEach(async () => {
  world = new World();
  book = new StripeBook();
  account = { apiKey: book.key };
  campaignId = await openedCampaign(world, PROPOSAL);
});

describe('a day at Stripe', () => {
  it('agrees, with its fees and what left for the bank, and the closeout says the same', async () => {
    await pay('chen', 6_000, '07T10:00');
    await pay('liu', 4_000, '07T23:59');
    book.payOut('po_1PayoutOfTheCharity001', 5_000, at('07T12:00'));
    book.move({ type: 'stripe_fee', category: 'fee', amount: -100, at: at('07T13:00'), source: null });
    book.move({ type: 'topup', category: 'topup', amount: 50, at: at('07T14:00'), source: null });
    expect(await nightly('08')).toMatchObject({ days: 1, missing: 0 });
    const shown = await days();
    expect(shown.days).toMatchObject([
      {
        provider: 'stripe',
        merchantId: ACCOUNT,
        day: DAY,
        state: 'balanced',
        account: {
          currency: 'CNY',
          grossMinor: 10_000,
          refundsMinor: 0,
          feesMinor: 300,
          netMinor: 9_700,
          settledMinor: 5_000,
          otherMinor: 50,
          otherMovements: [
            { type: 'stripe_fee', lines: 1, changeMinor: -100 },
            { type: 'topup', lines: 1, changeMinor: 50 },
          ],
        },
      },
    ]);
    expect(shown.sums).toMatchObject([{ provider: 'stripe', heldMinor: 4_750, inTransitMinor: 5_000 }]);
    expect(shown.payouts).toMatchObject([
      {
        provider: 'stripe',
        businessNo: 'po_1PayoutOfTheCharity001',
        amountMinor: 5_000,
        state: 'in-transit',
        campaignId,
      },
    ]);
    expect(await closeout()).toMatchObject({ kind: 'agrees', open: 0 });
    expect(reconciled()).toMatchObject({
      bills: expect.arrayContaining([
        expect.objectContaining({
          provider: 'stripe',
          billDate: DAY,
          billLines: 2,
          billMinor: 10_000,
          entriesMinor: 10_000,
        }),
      ]),
      funds: [
        {
          provider: 'stripe',
          merchantId: ACCOUNT,
          paidMinor: 10_000,
          feesMinor: 300,
          campaignFeesMinor: 200,
          withdrawnMinor: 5_000,
          otherMinor: 50,
          settlements: [{ account: 'BALANCE', businessNo: 'po_1PayoutOfTheCharity001', changeMinor: -5_000 }],
        },
      ],
    });
    // What is kept names nobody.
    const kept = [...world.files].filter(([name]) => name.includes('stripe-acct')).map(([, text]) => Buffer.from(text));
    expect(kept.length).toBeGreaterThan(1);
    expect(Buffer.concat(kept).toString()).not.toContain('donor@example.org');
  });

  it('tells of a payment that nobody told us of, and is settled by itself when the notice comes after all', async () => {
    const untold = await pay('wu', 3_000, '07T10:00', false);
    expect(await nightly('08')).toMatchObject({ missing: 1 });
    expect(await open()).toEqual([['paid-not-booked', 'pi_wu', undefined, 3_000]]);
    expect(await told('charge.succeeded', untold, at('07T10:00'))).toBe(200);
    await nightly('09');
    expect(await open()).toEqual([]);
  });

  it('tells of what is booked and not in the statement, and of a payment with another amount', async () => {
    await pay('chen', 6_000, '07T10:00');
    const { orderNo } = (await pay('liu', 4_000, '07T11:00')).metadata;
    book.transactions.length = 0;
    book.pay(charge({ payment_intent: 'pi_liu', amount_captured: 3_900, metadata: { orderNo } }), at('07T11:00'));
    await nightly('08');
    expect((await open()).sort()).toEqual([
      ['amount-differs', 'pi_liu', 4_000, 3_900],
      ['missing-there', 'pi_chen', 6_000, undefined],
    ]);
  });

  it('without a key is a day without a bill, until somebody brings the statement', async () => {
    account = {};
    await pay('chen', 6_000, '07T10:00');
    await nightly('08');
    expect((await days()).days).toMatchObject([{ provider: 'stripe', state: 'bill-missing' }]);
    expect(await open()).toEqual([['bill-missing', ACCOUNT, 6_000, undefined]]);
    const bring = (merchantId: string) =>
      world.request('show-reconciliation-days', showDays, {
        method: 'POST',
        path: `/organisations/${ROOT}/reconciliation-days/${DAY}/bills`,
        routeParameters: { organisationId: ROOT, day: DAY },
        body: JSON.stringify({ provider: 'stripe', merchantId, bytes: 500 }),
        actor: FINANCE,
      });
    world.more = { files: { uploadAddress: async (key: string) => `https://files.example/${key}` } };
    expect(await bring('1900000109')).toMatchObject({ status: 422 });
    const answer = await bring(ACCOUNT);
    world.more = {};
    expect(answer).toMatchObject({ status: 201 });
    const file = String(answer.body.uploadUrl).replace('https://files.example/', '');
    // Cut off: the day says so, and nothing else stops.
    const statement = await fetchStripeStatement({ apiKey: book.key, billDate: DAY as LocalDate, fetch: book.fetch });
    const content = statement.kind === 'bill' ? statement.content : new Uint8Array();
    world.files.set(file, content.slice(0, content.length - 20));
    await nightly('09');
    expect((await days()).days).toMatchObject([
      { state: 'bill-missing', refusedBill: expect.stringContaining('cut off') },
    ]);
    world.files.set(file, content);
    await nightly('10');
    expect((await days()).days[0]).toMatchObject({ state: 'balanced' });
    expect((await days()).days[0]).not.toHaveProperty('refusedBill');
    expect(await open()).toEqual([]);
    expect(await closeout()).toMatchObject({ kind: 'agrees', open: 0 });
  });
});

it('a payment by a slow way is listed when it begins and booked when it succeeds, and is missing on neither day', async () => {
  const ordered = { paidAt: at('07T10:00'), openid: '', amountMinor: 2_500 };
  const metadata = { orderNo: await order(world, campaignId, ordered) };
  const begun = charge({
    id: 'py_slow',
    payment_intent: 'pi_slow',
    amount_captured: 2_500,
    metadata,
    status: 'pending',
  });
  book.move({ type: 'payment', category: 'charge', amount: 2_500, fee: 20, at: at('07T10:00'), source: begun });
  await nightly('08');
  expect(await open()).toEqual([]);
  const done = { ...begun, status: 'succeeded' };
  expect(await told('charge.succeeded', done, at('09T09:00'))).toBe(200);
  await nightly('09');
  await nightly('10');
  expect(await open()).toEqual([]);
  book.transactions.length = 0;
  book.move({ type: 'payment', category: 'charge', amount: 2_500, fee: 20, at: at('07T10:00'), source: done });
  expect(await closeout()).toMatchObject({ open: 0 });
});

it('an account whose key may not read its statement is as one without a key, and stops nobody else', async () => {
  account = { apiKey: 'rk_live_ForRefundsAlone' };
  await pay('chen', 6_000, '07T10:00');
  expect(await nightly('08')).toMatchObject({ kind: 'checked', days: 1 });
  expect(await open()).toEqual([['bill-missing', ACCOUNT, 6_000, undefined]]);
  account = { apiKey: book.key };
  await nightly('09');
  expect(await open()).toEqual([]);
});

it('a statement that cannot be had any more settles nothing that was found by it', async () => {
  await pay('chen', 6_000, '07T10:00');
  await pay('wu', 3_000, '07T10:00', false);
  await nightly('08');
  const found = [['paid-not-booked', 'pi_wu', undefined, 3_000]];
  expect(await open()).toEqual(found);
  account = {};
  const asked = await world.request('show-reconciliation-days', showDays, {
    method: 'POST',
    path: `/organisations/${ROOT}/reconciliation-days/${DAY}/runs`,
    routeParameters: { organisationId: ROOT, day: DAY },
    actor: FINANCE,
  });
  expect(asked).toMatchObject({ status: 202 });
  await nightly('09');
  expect(await open()).toEqual(expect.arrayContaining([...found, ['bill-missing', ACCOUNT, 6_000, undefined]]));
  await closeout();
  expect(await open()).toEqual(expect.arrayContaining(found));
});

describe('money that goes back at Stripe', () => {
  it('agrees where the door was told, and where it was not, the closeout finds it', async () => {
    await pay('chen', 6_000, '07T10:00');
    await pay('liu', 4_000, '07T11:00');
    const ofChen = refund({
      id: 're_chen',
      payment_intent: 'pi_chen',
      amount: 1_500,
      created: epochSeconds(at('08T09:00')),
    });
    const ofLiu = refund({
      id: 're_liu',
      payment_intent: 'pi_liu',
      amount: 700,
      created: epochSeconds(at('08T09:10')),
    });
    book.refund(ofChen, at('08T09:00'));
    book.refund(ofLiu, at('08T09:10'));
    expect(await told('refund.created', ofChen, at('08T09:00'))).toBe(200);
    await nightly('08');
    await nightly('09');
    expect(await open()).toEqual([['refunded-there', 'pi_liu', 0, 700]]);
    expect(await closeout()).toMatchObject({ kind: 'differs', discrepancies: 1 });
    expect(await open()).toEqual([['refunded-there', 'pi_liu', 0, 700]]);
  });

  it('and does not reach its donor is found, for our books have it gone', async () => {
    await pay('chen', 6_000, '07T10:00');
    const lost = refund({
      id: 're_chen',
      payment_intent: 'pi_chen',
      amount: 1_500,
      created: epochSeconds(at('08T09:00')),
    });
    book.refund(lost, at('08T09:00'));
    expect(await told('refund.created', lost, at('08T09:00'))).toBe(200);
    book.returnRefund(lost, at('09T09:00'));
    expect(await told('refund.failed', { ...lost, status: 'failed' }, at('09T09:00'))).toBe(200);
    await nightly('08');
    await nightly('09');
    expect(await open()).toEqual([]);
    await nightly('10');
    expect(await open()).toEqual([['refunded-here', 'pi_chen', 1_500, 0]]);
    await closeout();
    expect(await open()).toEqual([['refunded-here', 'pi_chen', 1_500, 0]]);
  });

  it('by disputes agrees while they are open, won, and lost, and is found where nobody told us', async () => {
    const disputeOf = (name: string, amount: number, status = 'needs_response') =>
      dispute({ id: `du_${name}`, payment_intent: `pi_${name}`, charge: `ch_${name}`, amount, status });
    for (const [name, amount] of [
      ['he', 3_000],
      ['zhou', 2_000],
      ['sun', 1_000],
    ] as const) {
      await pay(name, amount, '07T09:00');
      book.dispute(disputeOf(name, amount), at('08T10:00'));
    }
    for (const [name, amount] of [
      ['he', 3_000],
      ['zhou', 2_000],
    ] as const)
      expect(await told('charge.dispute.created', disputeOf(name, amount), at('08T10:00'))).toBe(200);
    await nightly('08');
    await nightly('09');
    expect(await open()).toEqual([['refunded-there', 'pi_sun', 0, 1_000]]);
    expect(await told('charge.dispute.closed', disputeOf('he', 3_000, 'lost'), at('09T15:00'))).toBe(200);
    expect(await told('charge.dispute.closed', disputeOf('zhou', 2_000, 'won'), at('09T15:00'))).toBe(200);
    book.reinstate(disputeOf('zhou', 2_000), at('09T15:00'));
    await nightly('10');
    expect(await open()).toEqual([['refunded-there', 'pi_sun', 0, 1_000]]);
    expect((await days()).days).toMatchObject([
      { day: DAY, account: { grossMinor: 6_000 } },
      { day: '2026-09-08', account: { refundsMinor: 6_000, feesMinor: 4_500 } },
      { day: '2026-09-09', account: { refundsMinor: -2_000, feesMinor: -1_500 } },
    ]);
    expect(await closeout()).toMatchObject({ discrepancies: 1 });
    expect(await open()).toEqual([['refunded-there', 'pi_sun', 0, 1_000]]);
  });
});

describe('an account that is paid for other things too', () => {
  const shop = (id: string) => charge({ id: 'ch_shop', payment_intent: id, metadata: {}, amount_captured: 900 });

  it('has payments that are somebody else’s, which are counted', async () => {
    book.pay(shop('pi_shop'), at('07T10:00'));
    await nightly('08');
    expect((await days()).days).toMatchObject([{ state: 'balanced', account: { foreignLines: 1, foreignMinor: 900 } }]);
  });

  it('and where nothing but gifts is paid to it, has a payment that is missing here', async () => {
    account = { apiKey: book.key, giftsOnly: true };
    book.pay(shop('pi_nobody'), at('07T10:00'));
    await nightly('08');
    expect((await days()).days).toMatchObject([{ state: 'differs', account: { foreignLines: 0 } }]);
  });

  it('has its other currencies beside its sums, and never in them', async () => {
    await pay('chen', 6_000, '07T10:00');
    const source = charge({ payment_intent: 'pi_euro', amount_captured: 1_000, currency: 'eur', metadata: {} });
    book.move({ type: 'charge', category: 'charge', amount: 1_234, currency: 'usd', at: at('07T12:00'), source });
    await nightly('08');
    const [day] = (await days()).days;
    expect(day.account).toMatchObject({ currency: 'CNY', grossMinor: 6_000, foreignLines: 1, foreignMinor: 0 });
    expect(day.account.otherCurrencies).toMatchObject([{ currency: 'USD', grossMinor: 1_234, balanceMinor: 1_234 }]);
  });
});
