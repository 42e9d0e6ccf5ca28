import { beforeEach, expect, it } from 'vitest';
import type { RefundAnswer, RefundOrder } from '../../functions/donations/refund-request.ts';
import { definition as requestRefunds } from '../../functions/donations/request-refunds.lambda.ts';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { ledgerTable } from './ledger-table.ts';
import { FINANCE, MANAGER } from './people.ts';
import { entryOf, give, giveBack, openedCampaign } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-09'));
/** What WeChat Pay was asked for, and what it says next. */
const asked: RefundOrder[] = [];
let says: (order: RefundOrder) => Promise<RefundAnswer>;
const findRefunding = async (provider: string) =>
  provider === 'wechat-pay'
    ? async (order: RefundOrder) => {
        asked.push(order);
        return says(order);
      }
    : undefined;

class RefundWorld extends World {
  override more = { findRefunding };
}

let world: RefundWorld;
beforeEach(() => {
  world = new RefundWorld();
  asked.length = 0;
  says = async ({ refundNo }) => ({ kind: 'accepted', providerRefundId: `5${refundNo}` });
});

const instructions = async (campaignId: string, actor = FINANCE) =>
  world.request('request-refunds', requestRefunds, {
    path: `/campaigns/${campaignId}/refund-instructions`,
    routeParameters: { campaignId },
    actor,
  });
const request = async (campaignId: string, giftIds: readonly string[], actor = FINANCE) =>
  world.request('request-refunds', requestRefunds, {
    method: 'POST',
    path: `/campaigns/${campaignId}/refund-requests`,
    routeParameters: { campaignId },
    body: JSON.stringify({ giftIds }),
    actor,
  });

it('a cancelled campaign gives every gift back once, its matches return to the sponsor, and it is finalised', async () => {
  const campaignId = await openedCampaign(world);
  const li = await give(world, campaignId, {
    paidAt: '2026-09-07T10:00:00+08:00',
    openid: 'openid-li',
    amountMinor: 6_000,
  });
  const wu = await give(world, campaignId, {
    paidAt: '2026-09-07T11:00:00+08:00',
    openid: 'openid-wu',
    amountMinor: 4_000,
  });
  await world.drainStream();
  // Wu has half of it back already.
  await giveBack(world, wu, { amountMinor: 2_000, refundId: 'r-half', at: '2026-09-07T12:00:00+08:00' });
  await world.drainStream();
  expect((await instructions(campaignId)).body.title).toBe('nothing-to-refund');

  world.at('2026-09-08T12:00:00+08:00');
  await world.changeLife(campaignId, 'cancellations', { reason: '项目无法实施', refundPolicy: 'refund-all' });
  const [giftLi, giftWu] = [entryOf(world, li).giftId, entryOf(world, wu).giftId];
  const listed = await instructions(campaignId);
  expect(listed.body.next).toBeNull();
  expect(
    listed.body.instructions.map(({ giftId, refundableMinor, way, state }: Record<string, unknown>) => [
      giftId,
      refundableMinor,
      way,
      state,
    ]),
  ).toEqual([
    [giftLi, 6_000, 'online', 'to-do'],
    [giftWu, 2_000, 'online', 'to-do'],
  ]);
  expect((await instructions(campaignId, MANAGER)).status).toBe(403);
  expect((await request(campaignId, [giftLi], MANAGER)).status).toBe(403);

  // The provider is away for the first, and the second goes through; asked again, each is the same refund.
  says = async ({ paymentId, refundNo }) => {
    if (paymentId === li.transactionId) throw new Error('away');
    return { kind: 'accepted', providerRefundId: refundNo };
  };
  expect((await request(campaignId, [giftLi, giftWu])).body.refunds).toEqual([
    { giftId: giftLi, kind: 'later' },
    { giftId: giftWu, kind: 'accepted' },
  ]);
  says = async () => ({ kind: 'refused', reason: 'NOT_ENOUGH' });
  expect((await request(campaignId, [giftLi])).body.refunds).toEqual([
    { giftId: giftLi, kind: 'refused', reason: 'NOT_ENOUGH' },
  ]);
  says = async ({ refundNo }) => ({ kind: 'accepted', providerRefundId: refundNo });
  expect((await request(campaignId, [giftLi, giftWu])).body.refunds).toEqual([
    { giftId: giftLi, kind: 'accepted' },
    { giftId: giftWu, kind: 'accepted' },
  ]);
  expect(new Set(asked.map(({ refundNo, amountMinor }) => `${refundNo} ${amountMinor}`)).size).toBe(2);
  expect(asked).toHaveLength(4);

  // The money goes back, and the provider tells so through the door.
  await giveBack(world, li, { amountMinor: 6_000, refundId: 'r-li', at: '2026-09-08T13:00:00+08:00' });
  await giveBack(world, wu, { amountMinor: 2_000, refundId: 'r-wu', at: '2026-09-08T13:01:00+08:00' });
  await world.drainStream();
  expect((await instructions(campaignId)).body.instructions.map(({ state }: { state: string }) => state)).toEqual([
    'refunded',
    'refunded',
  ]);
  expect((await request(campaignId, ['gft_00000000000000000000'])).body.refunds).toEqual([
    { giftId: 'gft_00000000000000000000', kind: 'unknown-gift' },
  ]);

  world.at('2026-09-09T23:00:00+08:00');
  expect(await world.checkDue(campaignId, 'settling')).toEqual({ kind: 'due' });
  expect(await world.finalise(campaignId)).toEqual({ kind: 'finalised', gifts: 2, matchedMinor: 0 });
  await world.move(campaignId, 'finalised');
  expect((await world.figures(campaignId)).body.raised).toMatchObject({
    giftsMinor: 10_000,
    refundedMinor: 10_000,
    totalMinor: 0,
  });
  const ledger = await ledgerTable(world.table, campaignId, 'Asia/Shanghai');
  process.stdout.write(`\n${ledger}\n`);
  expect(violationsOf(await settledBooks(world.table, campaignId, DAYS))).toEqual([]);
});
