import { beforeEach, describe, expect, it } from 'vitest';
import { giftStoryOf, lastChange, newsOf } from '../../functions/notices/gift-story.ts';
import { donorContactKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { PROPOSAL } from '../stories/people.ts';
import { decide, entryOf, give, openedCampaign, refund } from '../stories/play.ts';
import { World } from '../stories/world.ts';

const DONOR = 'an@example.org';
/** Two gifts of one payer within a minute are held here, so that a story needs no dozen of them. */
const SCREENED = { ...PROPOSAL, matching: { ...PROPOSAL.matching, screen: { giftsPerMinute: 2 } } };

let world: World;
let campaignId: string;
beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world, SCREENED);
});

const gift = (second = 0, asked: object = { email: DONOR, language: 'en' }): Promise<Payment> =>
  give(world, campaignId, {
    paidAt: `2026-09-07T10:00:${String(second).padStart(2, '0')}+08:00`,
    openid: 'openid-an',
    amountMinor: 1_000,
    asked,
  });
/** Ten minutes later, so that no claim looks as if its sender were still at work. */
async function deliver(times = 1): Promise<void> {
  world.at('2026-09-07T10:30:00+08:00');
  await world.drainStream();
  await world.drainNotices(times);
}
const subjects = () => world.mails.map(({ subject }) => subject.split(':')[0]);
const THANKS = `Thank you for your gift to ${PROPOSAL.title}`;
const REFUNDED = 'Your gift was refunded';
const CHANGED = 'The match of your gift has changed';

describe('a donor who was thanked', () => {
  it('hears of a refund once, however often it is told and delivered', async () => {
    const payment = await gift();
    await deliver();
    await refund(world, payment, 1_000, 'r1');
    await refund(world, payment, 1_000, 'r1');
    await world.drainStream(100, 3);
    await world.drainNotices(3);
    await deliver(2);
    expect(subjects()).toEqual([THANKS, REFUNDED]);
    expect(world.mails[1]?.text).toContain(
      'The match of ¥10.00 that we wrote of has gone back to the sponsor with it.',
    );
  });

  it('hears of two refunds in two mails when they come apart, and in one when they come together', async () => {
    const payment = await gift();
    await deliver();
    await refund(world, payment, 200, 'r1');
    await deliver();
    await refund(world, payment, 300, 'r2');
    await refund(world, payment, 100, 'r3');
    await deliver(2);
    expect(subjects()).toEqual([THANKS, REFUNDED, REFUNDED]);
    expect(world.mails[1]?.text).toContain('Refunded: ¥2.00');
    expect(world.mails[2]?.text).toContain('¥4.00 has been refunded');
    expect(world.mails[2]?.text).toContain('Match now: ¥4.00');
  });

  it('hears when a match was taken away, and that the gift itself is not touched', async () => {
    const payment = await gift();
    await deliver();
    await decide(world, payment, 'void', 'collected from colleagues');
    await deliver(2);
    expect(subjects()).toEqual([THANKS, CHANGED]);
    const [, mail] = world.mails;
    expect(mail?.text).toContain('Your gift of ¥10.00 is not touched by this');
    // Why somebody was suspected is nobody's mail.
    expect(mail?.text).not.toContain('colleagues');
  });

  it('hears nothing of a held match, something when it is released, and nothing when it is taken away', async () => {
    const payments = [await gift(0), await gift(1), await gift(2)];
    await deliver();
    const held = payments.filter((payment) => matchOf(payment)?.['held'] !== undefined);
    expect(held.length).toBeGreaterThan(1);
    const [first, second] = held as [Payment, Payment];
    const told = (payment: Payment) =>
      world.mails.filter(({ text }) => text.includes(entryOf(world, payment).giftId)).map(({ text }) => text);
    expect(told(first)).toEqual([expect.not.stringMatching(/match/i)]);
    await decide(world, first, 'release', 'reached by phone');
    await decide(world, second, 'void', 'not reached');
    await deliver(2);
    expect(told(first)[1]).toContain('The match of your gift has been checked: it is ¥10.00.');
    expect([told(first).length, told(second).length]).toEqual([2, 1]);
  });

  it('hears nothing where no address was left, or where it has been erased', async () => {
    const silent = await gift(0, {});
    const erased = await gift(30);
    await deliver();
    await world.table.write({ delete: donorContactKey(erased.orderNo) });
    await refund(world, silent, 1_000);
    await refund(world, erased, 1_000);
    await deliver(2);
    expect(world.mails).toHaveLength(1);
    expect(world.notices).toEqual([]);
  });
});

const matchOf = (payment: Payment) =>
  world.table.everything().find((one) => one.type === 'match' && one['giftId'] === entryOf(world, payment).giftId);

describe('a donor who has not been thanked yet', () => {
  it('gets one mail that tells the truth when the gift went back before', async () => {
    const payment = await gift();
    await world.drainStream();
    await refund(world, payment, 1_000);
    await deliver(2);
    await deliver(2);
    expect(subjects()).toEqual([THANKS]);
    expect(world.mails[0]?.text).toContain('All of it has since been refunded to you.');
    expect(world.mails[0]?.text).not.toContain('will be used');
  });

  it('gets one mail when the refund is told first, and then the payment', async () => {
    const payment = await gift();
    await refund(world, payment, 400);
    await deliver(2);
    expect(subjects()).toEqual([THANKS]);
    expect(world.mails[0]?.text).toContain('¥4.00 of it has since been refunded to you.');
  });

  it('gets one mail, and a true one, when the refund comes between writing and claiming the thank-you', async () => {
    const payment = await gift();
    await world.drainStream();
    world.at('2026-09-07T10:30:00+08:00');
    let isFirst = true;
    const write: Table['write'] = world.table.write.bind(world.table);
    world.table.write = async (change) => {
      if (isFirst && 'put' in change && change.put.type === 'notice') {
        isFirst = false;
        await refund(world, payment, 1_000);
        await world.drainStream();
      }
      return write(change);
    };
    await world.drainNotices();
    expect(world.mails).toEqual([]);
    await deliver(2);
    expect(subjects()).toEqual([THANKS]);
    expect(world.mails[0]?.text).toContain('All of it has since been refunded');
  });

  it('gets the notice only when the thank-you that is being sent is through', async () => {
    const payment = await gift();
    await world.drainStream();
    const { sendMail } = world;
    world.sendMail = async (mail) => {
      // While the provider takes its time the gift goes back, and another sender looks at it.
      world.sendMail = sendMail;
      await refund(world, payment, 1_000);
      await world.drainStream();
      await world.drainNotices();
      return sendMail(mail);
    };
    await world.drainNotices();
    expect(subjects()).toEqual([THANKS]);
    expect(world.notices).toMatchObject([{ kind: 'gift-changed' }]);
    await deliver(2);
    expect(subjects()).toEqual([THANKS, REFUNDED]);
  });

  it('gets no second mail that tells the same after one of which nobody knows whether it was sent', async () => {
    const payment = await gift();
    await deliver();
    await refund(world, payment, 1_000);
    const { sendMail } = world;
    world.sendMail = async () => Promise.reject(new Error('socket hang up'));
    await deliver();
    world.sendMail = sendMail;
    world.at('2026-09-07T11:30:00+08:00');
    await world.drainNotices(2);
    expect(subjects()).toEqual([THANKS]);
    expect(world.notices).toEqual([]);
    const { giftId } = entryOf(world, payment);
    const story = giftStoryOf(world.table.everything().filter(({ pk }) => pk === `GIFT#${giftId}`));
    expect(newsOf(story, lastChange(story), world.now)).toEqual({ kind: 'uncertain' });
  });
});
