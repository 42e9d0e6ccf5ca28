import { beforeEach, describe, expect, it } from 'vitest';
import { contactHashOf } from '../../functions/notices/contact-hash.ts';
import { definition as manageNotices } from '../../functions/notices/manage-notices.lambda.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import { noticeSchema } from '../../functions/notices/notice.ts';
import type { NoticeFigures } from '../../functions/notices/notice-figures.store.ts';
import { definition as recordDeliveryEvent } from '../../functions/notices/record-delivery-event.lambda.ts';
import { definition as sendHeld } from '../../functions/notices/send-held-notices.lambda.ts';
import type { Sms } from '../../functions/notices/sms.gateway.ts';
import { readBlocks } from '../../functions/notices/suppression.store.ts';
import { definition as unsubscribe } from '../../functions/notices/unsubscribe.lambda.ts';
import { definition as managePublicAddress } from '../../functions/organisations/manage-public-address.lambda.ts';
import { ADMIN, MANAGER } from '../stories/people.ts';
import { give, giveBack, openedCampaign } from '../stories/play.ts';
import { World } from '../stories/world.ts';

const KEY = 'donor key of the story';
const PUBLIC = 'https://give.example.org';
let world: World;
let campaignId: string;
beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world);
});

const gift = (n: number, asked: object, amountMinor = 1_000) =>
  give(world, campaignId, {
    paidAt: `2026-09-07T10:${String(n).padStart(2, '0')}:00+08:00`,
    openid: `donor-${n}`,
    amountMinor,
    asked,
  });
/** Delivers all notices, and those that they bring, until none is left; what was put off for a time comes at once. */
async function drainAll(): Promise<void> {
  await world.drainStream();
  for (let round = 0; round < 20 && world.notices.length > 0; round += 1) await world.drainNotices();
  // An announcement that walked on for ever would be among them.
  expect(world.notices).toEqual([]);
}
const settings = async (changes: object): Promise<void> => {
  const address = await world.request('manage-public-address', managePublicAddress, {
    method: 'PUT',
    path: '/organisations/dazhou/public-address',
    routeParameters: { organisationId: 'dazhou' },
    actor: ADMIN,
    body: JSON.stringify({ address: PUBLIC }),
  });
  expect(address.status).toBe(201);
  const body = { channels: ['mail'], ...changes };
  const answer = await world.request('manage-notices', manageNotices, {
    method: 'PUT',
    path: '/organisations/dazhou/notice-settings',
    routeParameters: { organisationId: 'dazhou' },
    actor: ADMIN,
    body: JSON.stringify(body),
  });
  expect(answer.body.problems ?? answer.status).toBe(201);
};
async function figures(): Promise<Record<string, NoticeFigures>> {
  const answer = await world.request('manage-notices', manageNotices, {
    method: 'GET',
    path: `/campaigns/${campaignId}/notices`,
    routeParameters: { campaignId },
    actor: MANAGER,
  });
  expect(answer.status).toBe(200);
  return Object.fromEntries((answer.body.notices as NoticeFigures[]).map((one) => [one.subject, one]));
}
const to = (address: string) => world.mails.filter((mail) => mail.to === address).map(({ subject }) => subject);
const noticesIn = () =>
  world.table
    .everything()
    .filter(({ type }) => type === 'notice')
    .map((item) => noticeSchema.parse(item));
const announce = (kind: 'match-confirmed' | 'closeout') => world.notices.push({ kind, campaignId });
const progress = () => world.notices.push({ kind: 'progress', campaignId, entryId: 'ent_1' });
const UPDATE = { title: '第一批款已发放', paragraphs: ['已有 120 户收到。'], entryNo: 3 };

describe('news of a campaign', () => {
  beforeEach(async () => {
    world.more = { readUpdate: async () => UPDATE };
    await settings({});
    await gift(1, { email: 'an@example.org' });
    await gift(2, { email: 'AN@example.org' });
    await gift(3, { email: 'bo@example.org', language: 'en' });
    await gift(4, {});
    await drainAll();
    world.mails.length = 0;
  });

  it('goes once to each address, however many gifts it stands with and however often it is announced', async () => {
    progress();
    progress();
    await drainAll();
    progress();
    await drainAll();
    expect(world.mails.map(({ to: address }) => address.toLowerCase()).toSorted()).toEqual([
      'an@example.org',
      'bo@example.org',
    ]);
    expect(to('bo@example.org')).toEqual([expect.stringMatching(/^News of /)]);
    expect(await figures()).toMatchObject({
      'progress#ent_1': { due: 3, sent: 2, undeliverable: 1, waiting: 0, reasons: { 'told-with-another-gift': 1 } },
    });
  });

  it('offers a one-click way out, which works twice, without signing in, and for that organisation alone', async () => {
    progress();
    await drainAll();
    const url = new URL(world.mails[0]?.unsubscribeUrl ?? '');
    expect(url.origin).toBe(PUBLIC);
    expect(url.href).not.toContain('example.org/unsubscribe/an');
    const token = url.pathname.split('/').at(-1) ?? '';
    const call = (method: 'GET' | 'POST', value = token) =>
      world.request('unsubscribe', unsubscribe, {
        method,
        path: `/unsubscribe/${value}`,
        routeParameters: { token: value },
        body: method === 'POST' ? 'List-Unsubscribe=One-Click' : '',
      });
    const page = await call('GET');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const hash = contactHashOf(KEY, 'an@example.org');
    expect(await readBlocks(world.table, hash, 'dazhou', 'news')).toMatchObject({ unsubscribed: false });
    expect((await call('POST')).status).toBe(200);
    expect((await call('POST')).status).toBe(200);
    expect(await readBlocks(world.table, hash, 'dazhou', 'news')).toMatchObject({ unsubscribed: true });
    expect(await readBlocks(world.table, hash, 'chengdu', 'news')).toMatchObject({ unsubscribed: false });
    for (const broken of [
      '',
      'x',
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      token.replace('dazhou', 'chengdu'),
    ])
      expect((await call('POST', broken)).status).toBe(404);
    world.mails.length = 0;
    announce('closeout');
    await drainAll();
    expect(to('an@example.org')).toEqual([]);
    expect(to('AN@example.org')).toEqual([]);
    expect(to('bo@example.org')).toHaveLength(1);
    // A thank-you is owed, and still comes.
    await gift(5, { email: 'an@example.org' });
    await drainAll();
    expect(to('an@example.org')).toHaveLength(1);
  });

  it('is not sent where there is no way out to offer, nor to whom all was given back', async () => {
    await giveBack(world, (await gift(6, { email: 'cai@example.org' })) as never, {
      amountMinor: 1_000,
      refundId: 'r-1',
      at: '2026-09-07T12:00:00+08:00',
    });
    await drainAll();
    world.mails.length = 0;
    announce('closeout');
    await drainAll();
    expect(to('cai@example.org')).toEqual([]);
    expect((await figures())['closeout']).toMatchObject({ due: 4, sent: 2, reasons: { 'nothing-to-tell': 1 } });
  });
});

describe('the word that matches are confirmed', () => {
  it('goes to each gift that has one, with what is confirmed', async () => {
    await gift(1, { email: 'an@example.org' });
    await gift(2, { email: 'bo@example.org' }, 10_000_000);
    await drainAll();
    world.mails.length = 0;
    announce('match-confirmed');
    announce('match-confirmed');
    await drainAll();
    expect(to('an@example.org')).toEqual([expect.stringContaining('配捐已确认')]);
    expect((await figures())['match-confirmed']).toMatchObject({ waiting: 0, failed: 0, uncertain: 0 });
    expect(world.mails[0]?.unsubscribeUrl).toBeUndefined();
  });
});

describe('an address that mail came back from', () => {
  const event = (kind: 'bounce' | 'complaint', address: string, type = 'Permanent', feedbackId = 'f-1') =>
    world.task('record-delivery-event', recordDeliveryEvent, {
      version: '0',
      source: 'aws.ses',
      'detail-type': kind === 'bounce' ? 'Email Bounced' : 'Email Complaint Received',
      detail:
        kind === 'bounce'
          ? {
              eventType: 'Bounce',
              mail: { messageId: 'm-1', destination: [address] },
              bounce: { bounceType: type, bouncedRecipients: [{ emailAddress: address }], feedbackId },
            }
          : {
              eventType: 'Complaint',
              mail: { messageId: 'm-1' },
              complaint: { complainedRecipients: [{ emailAddress: address }], feedbackId },
            },
    });
  const lift = (address: string) =>
    world.request('manage-notices', manageNotices, {
      method: 'POST',
      path: '/organisations/dazhou/suppressions/liftings',
      routeParameters: { organisationId: 'dazhou' },
      actor: ADMIN,
      body: JSON.stringify({ address }),
    });
  const counts = async () =>
    (
      await world.request('manage-notices', manageNotices, {
        method: 'GET',
        path: '/organisations/dazhou/suppressions',
        routeParameters: { organisationId: 'dazhou' },
        actor: ADMIN,
      })
    ).body;

  it('is not written to again until somebody lifts it, and stands nowhere in clear', async () => {
    expect(await event('bounce', 'An <an@example.org>')).toEqual({ kind: 'recorded' });
    await event('bounce', 'an@example.org');
    await gift(1, { email: 'An@Example.org' });
    await drainAll();
    expect(world.mails).toEqual([]);
    expect((await figures())['thank-you']).toMatchObject({ due: 1, undeliverable: 1, reasons: { suppressed: 1 } });
    expect(await counts()).toEqual({ bounced: 1, complained: 0, transientBounces: 0, lifted: 0 });
    const kept = world.table.everything().filter(({ type }) => /suppression/.test(type));
    expect(JSON.stringify(kept)).not.toContain('example.org');
    expect((await lift('AN@example.org ')).body).toEqual({ outcome: 'lifted' });
    expect((await lift('an@example.org')).status).toBe(404);
    expect(await counts()).toEqual({ bounced: 0, complained: 0, transientBounces: 0, lifted: 1 });
    await gift(2, { email: 'an@example.org' });
    await drainAll();
    expect(to('an@example.org')).toHaveLength(1);
    const trail = world.table.everything().filter(({ type }) => type === 'audit-line');
    expect(JSON.stringify(trail)).not.toContain('an@example.org');
  });

  it('for a time only is counted, each report once, and written to', async () => {
    for (const id of ['f-1', 'f-1', 'f-2']) await event('bounce', 'an@example.org', 'Transient', id);
    await gift(1, { email: 'an@example.org' });
    await drainAll();
    expect(to('an@example.org')).toHaveLength(1);
    expect(await counts()).toMatchObject({ bounced: 0, transientBounces: 2 });
  });

  it('and whose reader complained counts as complained', async () => {
    await event('bounce', 'an@example.org');
    await event('complaint', 'an@example.org', 'Permanent', 'f-9');
    await event('bounce', 'an@example.org', 'Permanent', 'f-10');
    expect(await counts()).toMatchObject({ bounced: 0, complained: 1 });
  });
});

describe('channels', () => {
  const SMS_SETTINGS = {
    channels: ['sms', 'mail'],
    sms: {
      accessKeyId: 'LTAI5testtest',
      signName: '达州红十字',
      messages: { 'thank-you': { templateCode: 'SMS_1', fields: { name: '{{donorName}}', amount: '{{amount}}' } } },
    },
  };
  let sent: Sms[];
  let fails: Error | undefined;
  beforeEach(() => {
    sent = [];
    fails = undefined;
    world.more = {
      readMessagingAccounts: async () => ({
        wechat: [],
        sms: [{ accessKeyId: 'LTAI5testtest', accessKeySecret: 'secret' }],
      }),
      sendSms: async (sms: Sms) => {
        if (fails !== undefined) throw fails;
        sent.push(sms);
        return { messageId: `sms-${sent.length}` };
      },
    };
  });
  const both = { phone: '13800138000', email: 'an@example.org', name: '张三', anonymous: false };

  it('follow the organisation’s order among what the donor left, and one of them is enough', async () => {
    await settings(SMS_SETTINGS);
    await gift(1, both);
    await gift(2, { email: 'bo@example.org' });
    await drainAll();
    expect(sent).toMatchObject([
      { phone: '13800138000', fields: { name: '张三', amount: '¥10.00' }, templateCode: 'SMS_1' },
    ]);
    expect(world.mails.map((mail) => mail.to)).toEqual(['bo@example.org']);
    expect(
      noticesIn()
        .map(({ channel }) => channel)
        .toSorted(),
    ).toEqual(['mail', 'sms']);
  });

  it('give way to the next where one certainly refuses for good, under one claim', async () => {
    await settings(SMS_SETTINGS);
    fails = new NotAccepted('isv.MOBILE_NUMBER_ILLEGAL', { forGood: true });
    await gift(1, both);
    await drainAll();
    expect(to('an@example.org')).toHaveLength(1);
    expect(noticesIn()).toMatchObject([{ state: 'sent', channel: 'mail' }]);
  });

  it('never give way where it may have been sent', async () => {
    await settings(SMS_SETTINGS);
    fails = new Error('socket hang up');
    await gift(1, both);
    await drainAll();
    fails = undefined;
    await drainAll();
    expect([world.mails.length, sent.length]).toEqual([0, 0]);
    expect((await figures())['thank-you']).toMatchObject({ uncertain: 1, sent: 0 });
  });

  it('say that everything was refused, and why, where nothing is left', async () => {
    await settings({ ...SMS_SETTINGS, channels: ['sms'] });
    fails = new NotAccepted('isv.BLACK_KEY_CONTROL_LIMIT', { forGood: true });
    await gift(1, both);
    await drainAll();
    expect((await figures())['thank-you']).toMatchObject({ failed: 1, undeliverable: 0 });
    expect(noticesIn()).toMatchObject([{ state: 'undeliverable', reason: 'refused-by-provider' }]);
  });

  it('keep quiet at night and tell in the morning, once', async () => {
    await settings({ ...SMS_SETTINGS, quietHours: { sms: { from: '21:00', until: '08:00' } } });
    await give(world, campaignId, {
      paidAt: '2026-09-07T22:30:00+08:00',
      openid: 'night',
      amountMinor: 1_000,
      asked: both,
    });
    await world.drainStream();
    await world.drainNotices(2);
    expect(sent).toEqual([]);
    expect(world.notices).toEqual([]);
    expect((await figures())['thank-you']).toMatchObject({ due: 1, held: 1, waiting: 0 });
    const look = (at: string) => {
      world.at(at);
      return sendHeld.handle(
        { organisationId: undefined, dueAt: world.now },
        { ...world.use('send-held-notices'), clockMs: () => 0 },
        world.now,
      );
    };
    expect(await look('2026-09-08T07:45:00+08:00')).toMatchObject({ queued: 0 });
    expect(await look('2026-09-08T08:00:00+08:00')).toMatchObject({ queued: 1 });
    expect(await look('2026-09-08T08:15:00+08:00')).toMatchObject({ queued: 0 });
    await world.drainNotices(2);
    expect(sent).toHaveLength(1);
    expect((await figures())['thank-you']).toMatchObject({ due: 1, held: 0, sent: 1 });
  });
});
