import { beforeEach, describe, expect, it } from 'vitest';
import { definition as manageNotices } from '../../functions/notices/manage-notices.lambda.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import { noticeSchema } from '../../functions/notices/notice.ts';
import type { NoticeFigures } from '../../functions/notices/notice-figures.store.ts';
import { recordConsent, recordRefusal } from '../../functions/notices/wechat-consent.store.ts';
import { subscriberHashOf } from '../../functions/notices/wechat-consent.ts';
import { NotSubscribed, type WechatMessage } from '../../functions/notices/wechat-message.gateway.ts';
import { ADMIN, MANAGER } from '../stories/people.ts';
import { give, giveBack, openedCampaign } from '../stories/play.ts';
import { World } from '../stories/world.ts';

const APP = 'wx0123456789abcdef';
const TEMPLATE = 'VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc';
const OPENID = 'otFpruAK8D-E6EfStSYonYSBZ8_4';
const ABOUT = {
  subscriberHash: subscriberHashOf('donor key of the story', APP, OPENID),
  appId: APP,
  templateId: TEMPLATE,
};
const MESSAGE = {
  templateId: TEMPLATE,
  fields: { thing1: '{{campaign}}', amount2: '{{amount}}', time3: '{{paidAt}}', name4: '{{donorName}}' },
};

let world: World;
let campaignId: string;
let sent: WechatMessage[];
let fails: Error | undefined;
beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world);
  sent = [];
  fails = undefined;
  world.more = {
    findPayee: async () => ({
      sentTo: { provider: 'wechat-pay', merchantId: world.keys.mchid },
      place: async () => ({ kind: 'native', codeUrl: 'weixin://pay' }),
    }),
    readMessagingAccounts: async () => ({
      wechat: [{ appId: APP, appSecret: 'secret', encodingAesKeys: [] }],
      sms: [],
    }),
    sendWechat: async (message: WechatMessage) => {
      if (fails !== undefined) throw fails;
      sent.push(message);
      return { messageId: `wx-${sent.length}` };
    },
  };
});

const save = (wechat: object, channels: readonly string[] = ['wechat', 'mail']) =>
  world.request('manage-notices', manageNotices, {
    method: 'PUT',
    path: '/organisations/dazhou/notice-settings',
    routeParameters: { organisationId: 'dazhou' },
    actor: ADMIN,
    body: JSON.stringify({ channels, wechat: { appId: APP, messages: { 'thank-you': { ...MESSAGE, ...wechat } } } }),
  });
async function settings(wechat: object = {}, channels?: readonly string[]): Promise<void> {
  const answer = await save({ sentAs: 'subscription', ...wechat }, channels);
  expect(answer.body.problems ?? answer.status).toBe(201);
}
const gift = (n: number, more: object = {}) =>
  give(world, campaignId, {
    paidAt: `2026-09-07T10:${String(n).padStart(2, '0')}:00+08:00`,
    openid: OPENID,
    amountMinor: 120_000,
    asked: {
      ...{ email: 'an@example.org', name: '张三', anonymous: false },
      ...{ tellByWechat: true, pay: { kind: 'jsapi', openid: OPENID } },
      ...more,
    },
  });
async function drainAll(): Promise<void> {
  await world.drainStream();
  for (let round = 0; round < 20 && world.notices.length > 0; round += 1) await world.drainNotices(2);
}
const agree = () => recordConsent(world.table, ABOUT, world.now);
const channels = () =>
  world.table
    .everything()
    .filter(({ type }) => type === 'notice')
    .map((item) => noticeSchema.parse(item))
    .map(({ channel, reason }) => channel ?? reason)
    .toSorted();
const used = () => world.table.everything().filter(({ usedFor }) => usedFor !== undefined).length;

describe('a thank-you by a subscription message', () => {
  it('goes to who has agreed, once for each time they did, and then by mail', async () => {
    await settings();
    await agree();
    for (const n of [1, 2, 3]) await gift(n);
    await drainAll();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      sentAs: 'subscription',
      openid: OPENID,
      templateId: TEMPLATE,
      fields: { amount2: '¥1,200.00', name4: '张三' },
    });
    expect(world.mails).toHaveLength(2);
    expect(channels()).toEqual(['mail', 'mail', 'wechat']);
  });

  it('goes again and again where one consent lasts, until it is withdrawn', async () => {
    await settings({ isLasting: true });
    await agree();
    for (const n of [1, 2]) await gift(n);
    await drainAll();
    await recordRefusal(world.table, ABOUT, world.now, 'settings');
    await gift(3);
    await drainAll();
    expect(channels()).toEqual(['mail', 'wechat', 'wechat']);
    expect(used()).toBe(0);
  });

  it('that WeChat says is not wanted goes by mail, and no other one is tried until the donor agrees again', async () => {
    await settings();
    for (const at of ['09:00', '09:01', '09:02'])
      await recordConsent(world.table, ABOUT, `2026-09-07T01:${at.slice(3)}:00.000Z` as never);
    fails = new NotSubscribed('WeChat refused: errcode 43101');
    await gift(1);
    await drainAll();
    fails = undefined;
    await gift(2);
    await drainAll();
    expect(channels()).toEqual(['mail', 'mail']);
    await agree();
    await gift(3);
    await drainAll();
    expect(channels()).toEqual(['mail', 'mail', 'wechat']);
  });

  it('that does not fit goes by mail and uses up no consent', async () => {
    await settings();
    await agree();
    fails = new NotAccepted('WeChat refused: errcode 47003', { forGood: true });
    await gift(1);
    await drainAll();
    expect([channels(), used()]).toEqual([['mail'], 0]);
  });

  it('that WeChat does not take now is tried again, under the same consent', async () => {
    await settings();
    await agree();
    fails = new NotAccepted('WeChat refused: errcode 45009', { forGood: false });
    await gift(1);
    await world.drainStream();
    await world.drainNotices();
    expect([sent.length, world.mails.length, used()]).toEqual([0, 0, 1]);
    fails = undefined;
    await drainAll();
    expect([channels(), used()]).toEqual([['wechat'], 1]);
  });

  it('that may have been sent goes by no other channel, and its consent is used up', async () => {
    await settings();
    await agree();
    fails = new Error('socket hang up');
    await gift(1);
    await drainAll();
    fails = undefined;
    await drainAll();
    expect([sent.length, world.mails.length, used()]).toEqual([0, 0, 1]);
  });

  it('says why nobody could be told, where the donor agreed to none and nothing else is left', async () => {
    await settings({}, ['wechat']);
    await gift(1);
    await drainAll();
    const { body } = await world.request('manage-notices', manageNotices, {
      path: `/campaigns/${campaignId}/notices`,
      routeParameters: { campaignId },
      actor: MANAGER,
    });
    const figures = (body.notices as NoticeFigures[]).find(({ subject }) => subject === 'thank-you');
    expect(figures).toMatchObject({ due: 1, undeliverable: 1, failed: 0, reasons: { 'no-consent': 1 } });
  });

  it('of two notices at one moment: one consent tells one of them, the other goes by mail', async () => {
    await settings();
    const payment = await gift(1);
    await gift(2);
    await agree();
    await world.drainStream();
    const both = world.notices.splice(0);
    await Promise.all(
      both.map(async (message) => {
        world.notices.push(message);
        await world.drainNotices();
      }),
    );
    expect(channels()).toEqual(['mail', 'wechat']);
    // What changes about the gift has no template of its own here: it goes by mail, whatever was agreed to.
    await giveBack(world, payment, { amountMinor: 120_000, refundId: 'r-1', at: '2026-09-08T10:00:00+08:00' });
    await drainAll();
    expect(channels()).toEqual(['mail', 'mail', 'wechat']);
  });
});

describe('settings of WeChat’s messages', () => {
  it.each([
    [{ fields: { number1: '{{campaign}}' } }, 'wechat.messages.thank-you.fields.number1'],
    [{ fields: { phrase1: '{{amount}}' } }, 'wechat.messages.thank-you.fields.phrase1'],
    [{ fields: { time1: '{{donorName}}' } }, 'wechat.messages.thank-you.fields.time1'],
    [{ sentAs: 'template', isLasting: true }, 'wechat.messages.thank-you.isLasting'],
    [{ sentAs: 'subscription', page: 'pages/gift' }, 'wechat.messages.thank-you.page'],
  ])('%j are refused: %s', async (changes, field) => {
    const { status, body } = await save(changes);
    expect([status, body.problems.map((one: { field: string }) => one.field)]).toEqual([422, [field]]);
  });

  it('of template messages need no consent, as before', async () => {
    await settings({ sentAs: 'template' });
    await gift(1);
    await drainAll();
    expect(channels()).toEqual(['wechat']);
  });
});
