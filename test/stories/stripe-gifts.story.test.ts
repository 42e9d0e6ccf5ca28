import { expect, it } from 'vitest';
import { daysBetween, epochSeconds, instantOf, localDateSchema, plusSeconds } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { stripeDoor } from '../donations/stripe-door.ts';
import {
  charge,
  checkoutSession,
  delivery,
  dispute,
  eventOf,
  paymentIntent,
  refund,
} from '../donations/stripe-maker.ts';
import { ledgerTable } from './ledger-table.ts';
import { PROPOSAL } from './people.ts';
import { finalise, openedCampaign, order } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));

it('gifts by Stripe: told of three times, refunded before they came, and disputed, each once in the ledger', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, PROPOSAL);
  const notify = stripeDoor(world.table);
  /** Stripe tells of something `seconds` after it happened; gives the status of the answer. */
  const told = async (type: string, object: object, at: string, seconds = 2) => {
    const created = epochSeconds(instantOf(at));
    world.now = plusSeconds(instantOf(at), seconds);
    const body = JSON.stringify(eventOf(type, object, { created }));
    const { status } = await notify(delivery(body, { sentAt: created + seconds }), world.now);
    await world.drainStream();
    return status;
  };
  const at = (time: string) => `2026-09-${time}:00+08:00`;
  const ordered = (time: string, amountMinor: number) =>
    order(world, campaignId, { paidAt: at(time), openid: '', amountMinor, asked: { unitId: 'wanyuan' } });

  // Chen gives 60 yuan by Checkout. Only the session names the order; the intent comes first, and again later.
  const chen = { paymentIntent: 'pi_chen', amount: 6_000, time: at('07T10:00') };
  const chensOrder = await ordered('07T10:00', chen.amount);
  const intent = paymentIntent({
    id: chen.paymentIntent,
    amount_received: chen.amount,
    customer: 'cus_chen',
    metadata: {},
  });
  expect(await told('payment_intent.succeeded', intent, chen.time)).toBe(409);
  const session = checkoutSession({
    amount_total: chen.amount,
    client_reference_id: chensOrder,
    customer: 'cus_chen',
    metadata: {},
    payment_intent: chen.paymentIntent,
  });
  expect(await told('checkout.session.completed', session, chen.time)).toBe(200);
  expect(await told('payment_intent.succeeded', intent, chen.time, 120)).toBe(200);

  // Liu gives 40 yuan; the refund of 15 is told of before the payment, and both twice.
  const lius = { id: 'pi_liu', amount_received: 4_000, customer: 'cus_liu' };
  const paidByLiu = paymentIntent({ ...lius, metadata: { orderNo: await ordered('07T11:00', 4_000) } });
  const refundOfLiu = refund({ id: 're_liu', payment_intent: 'pi_liu', amount: 1_500 });
  for (let time = 0; time < 2; time += 1) {
    expect(await told('refund.created', refundOfLiu, at('07T11:30'))).toBe(200);
    expect(await told('payment_intent.succeeded', paidByLiu, at('07T11:00'), 3600)).toBe(200);
  }

  // He gives 30 yuan and disputes it through the bank, who decides for He; Zhou's dispute of 20 yuan is won.
  for (const [name, amount, end] of [
    ['he', 3_000, 'lost'],
    ['zhou', 2_000, 'won'],
  ] as const) {
    const about = { payment_intent: `pi_${name}`, customer: `cus_${name}` };
    const metadata = { orderNo: await ordered('08T09:00', amount) };
    expect(
      await told('charge.succeeded', charge({ ...about, amount_captured: amount, metadata }), at('08T09:00')),
    ).toBe(200);
    const disputed = { ...about, id: `du_${name}`, amount };
    expect(await told('charge.dispute.closed', dispute({ ...disputed, status: end }), at('09T15:00'))).toBe(200);
    expect(await told('charge.dispute.created', dispute(disputed), at('09T10:00'))).toBe(200);
  }

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  const books = await settledBooks(world.table, campaignId, DAYS);
  expect(violationsOf(books)).toEqual([]);
  expect(world.poison).toEqual([]);
  const { body } = await world.figures(campaignId);
  expect(body.raised).toMatchObject({ gifts: 4, donors: 4, giftsMinor: 15_000, refundedMinor: 4_500 });
  expect(await finalise(world, campaignId)).toMatchObject({ kind: 'finalised', gifts: 4 });
});
