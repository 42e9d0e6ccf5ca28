import { beforeEach, describe, expect, it } from 'vitest';
import { definition as completeDuty } from '../../functions/duties/complete-duty.lambda.ts';
import { definition as getCalendar } from '../../functions/duties/get-calendar.lambda.ts';
import { definition as getCalendarFeed } from '../../functions/duties/get-calendar-feed.lambda.ts';
import { definition as manageFeeds } from '../../functions/duties/manage-calendar-feeds.lambda.ts';
import { definition as remindDuties } from '../../functions/duties/remind-duties.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { readICalendar } from '../duties/icalendar-reader.ts';
import { ADMIN, APPROVER, AUDITOR, FINANCE, MANAGER } from './people.ts';
import { finalise, openedCampaign } from './play.ts';
import { type Answer, World } from './world.ts';

let world: World;
let campaignId: string;

beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world);
});

const calendar = async (): Promise<string[]> => {
  const { body } = await world.request('get-calendar', getCalendar, {
    path: `/campaigns/${campaignId}/calendar`,
    routeParameters: { campaignId },
    actor: AUDITOR,
  });
  return body.duties.map(({ dueOn, dutyId, state }: Record<string, string>) => `${dueOn} ${dutyId} ${state}`);
};
const organisationCalendar = (query: Record<string, string> = {}, actor: Actor = AUDITOR): Promise<Answer> =>
  world.request('get-calendar', getCalendar, {
    path: '/organisations/dazhou/calendar',
    routeParameters: { organisationId: 'dazhou' },
    query,
    actor,
  });
const complete = (dutyId: string, body: object, actor: Actor = MANAGER): Promise<Answer> =>
  world.request('complete-duty', completeDuty, {
    method: 'POST',
    path: `/campaigns/${campaignId}/duties/${dutyId}/completions`,
    routeParameters: { campaignId, dutyId },
    body: JSON.stringify(body),
    actor,
  });
const ofOrganisation = (path: string, body: object, parameters: object = {}, key = 'k1'): Promise<Answer> =>
  world.request('complete-duty', completeDuty, {
    method: 'POST',
    path: `/organisations/dazhou/${path}`,
    routeParameters: { organisationId: 'dazhou', ...parameters },
    headers: { 'Idempotency-Key': key },
    body: JSON.stringify(body),
    actor: FINANCE,
  });
const remind = () => world.job('remind-duties', remindDuties);

describe('the calendar of a campaign', () => {
  it('follows it from the opening to the report', async () => {
    expect(await calendar()).toEqual([
      '2026-08-28 filing done',
      '2026-09-11 settling near',
      '2026-09-22 match-notice waiting',
      '2026-10-09 closeout waiting',
      '2026-12-07 project-progress-1 waiting',
      '2026-12-09 full-disclosure waiting',
      '2026-12-09 report-back waiting',
      '2026-12-09 surplus waiting',
      '2027-03-31 project-full waiting',
    ]);
    await finalise(world, campaignId);
    await world.move(campaignId, 'finalised');
    expect(await calendar()).toContain('2026-09-11 settling done');
    world.at('2026-09-23T01:00:00+08:00');
    await world.move(campaignId, 'reported');
    expect(await calendar()).toContain('2026-10-09 closeout done');
  });

  it('keeps what people say is done, with who and when, through every step that follows', async () => {
    world.at('2026-11-02T09:00:00+08:00');
    const done = await complete('full-disclosure', { on: '2026-11-01', note: '已在慈善中国公布' });
    expect([done.status, done.body.state, done.body.doneOn, done.body.doneBy]).toEqual([
      201,
      'done',
      '2026-11-01',
      MANAGER.id,
    ]);
    expect((await complete('full-disclosure', { on: '2026-11-02', note: 'again' })).status).toBe(200);
    await world.changeLife(campaignId, 'pauses', { reason: '核查' + '核查' });
    expect(await calendar()).toContain('2026-12-09 full-disclosure done');
  });

  it.each([
    ['nothing', 404, 'unknown-duty'],
    ['filing', 409, 'done-by-itself'],
    ['closeout', 409, 'done-by-itself'],
  ])('does not let anybody tick off %s', async (dutyId, status, title) => {
    const answer = await complete(dutyId, { on: '2026-09-01', note: 'done' });
    expect([answer.status, answer.body.title]).toEqual([status, title]);
  });

  it('takes no day that has not come, and nobody’s word who may not give it', async () => {
    expect((await complete('surplus', { on: '2026-09-08', note: 'done' })).body.title).toBe('not-yet');
    expect((await complete('surplus', { on: '2026-09-01', note: 'done' }, APPROVER)).status).toBe(403);
  });
});

describe('the calendar of an organisation', () => {
  it('has the duties of its campaigns and its own, in order of their days, page by page', async () => {
    const event = await ofOrganisation('duty-events', { about: '重大资产变动', happenedOn: '2026-09-01' });
    expect(event.status).toBe(201);
    expect((await ofOrganisation('duty-events', { about: '重大资产变动', happenedOn: '2026-09-01' })).status).toBe(200);
    expect((await ofOrganisation('duty-events', { about: 'Another thing', happenedOn: '2026-09-01' })).status).toBe(
      409,
    );
    const { body } = await organisationCalendar();
    expect(body.next).toBeNull();
    expect(body.duties.map(({ dueOn, kind }: Record<string, string>) => `${dueOn} ${kind}`)).toEqual([
      '2026-08-28 filing',
      '2026-09-11 settling',
      '2026-09-22 match-notice',
      '2026-10-01 event',
      '2026-10-09 closeout',
      '2026-12-07 project-progress',
      '2026-12-09 full-disclosure',
      '2026-12-09 report-back',
      '2026-12-09 surplus',
      '2027-03-31 project-full',
      '2027-05-31 annual-report',
    ]);
    const rest = await organisationCalendar({ after: `2026-12-09~${campaignId}~report-back` });
    expect(rest.body.duties).toHaveLength(4);
    expect((await organisationCalendar({ after: 'x' })).body.title).toBe('bad-cursor');
  });

  it('lets the annual report be ticked off', async () => {
    world.at('2027-05-20T09:00:00+08:00');
    const done = await ofOrganisation(
      'duties/annual-report-2026/completions',
      { on: '2027-05-19', note: '已公布' },
      { dutyId: 'annual-report-2026' },
    );
    expect([done.status, done.body.state]).toEqual([201, 'done']);
  });
});

describe('a calendar feed', () => {
  let feedKey: string;
  beforeEach(() => {
    feedKey = 'the key of feeds';
    world.more = { ...world.more, readFeedKey: async () => feedKey };
  });
  const make = (actor: Actor, headers: Record<string, string> = {}, body: object = {}): Promise<Answer> =>
    world.request('manage-calendar-feeds', manageFeeds, {
      method: 'POST',
      path: '/organisations/dazhou/calendar-feeds',
      routeParameters: { organisationId: 'dazhou' },
      headers,
      body: JSON.stringify(body),
      actor,
    });
  const feed = async (actor: Actor = MANAGER): Promise<{ feedId: string; path: string }> => (await make(actor)).body;
  const read = (path: string): Promise<Answer> =>
    world.request('get-calendar-feed', getCalendarFeed, {
      path,
      routeParameters: { file: path.split('/').at(-1) ?? '' },
    });
  const revoke = (feedId: string, actor: Actor): Promise<Answer> =>
    world.request('manage-calendar-feeds', manageFeeds, {
      method: 'DELETE',
      path: `/organisations/dazhou/calendar-feeds/${feedId}`,
      routeParameters: { organisationId: 'dazhou', feedId },
      actor,
    });

  it('is read by a calendar program that cannot sign in, whole days in the campaign’s own words', async () => {
    const answer = await read((await feed()).path);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    const { properties, events } = readICalendar(answer.body);
    expect(properties['NAME']).toBe('达州市红十字会');
    expect(events).toHaveLength(10);
    expect(events[0]).toMatchObject({
      UID: `${campaignId}-filing@yiqi`,
      'DTSTART;VALUE=DATE': '20260828',
      SUMMARY: '✓ 向民政部门备案公开募捐方案：困难党员帮扶计划',
    });
  });

  it('keeps its secret out of the table and out of the trail', async () => {
    const { path } = await feed();
    const secret = path.split('.')[1] ?? '';
    expect(secret).toHaveLength(32);
    expect(JSON.stringify(world.table.everything())).not.toContain(secret);
  });

  it('asked for twice under one key is one feed with one address, and each person’s key is their own', async () => {
    const key = { 'Idempotency-Key': 'my-telephone' };
    const first = await make(MANAGER, key);
    expect(first.status).toBe(201);
    expect(await make(MANAGER, key)).toMatchObject({ status: 200, body: first.body });
    const others = await make(APPROVER, key);
    expect([others.status, others.body.feedId === first.body.feedId]).toEqual([201, false]);
    expect((await make(MANAGER)).body.path).not.toBe((await make(MANAGER)).body.path);
    expect(await make(MANAGER, key, { language: 'en' })).toMatchObject({
      status: 409,
      body: { title: 'idempotency-key-reused' },
    });
    expect((await make(MANAGER, { 'Idempotency-Key': 'two words' })).status).toBe(400);
    // Under another key of the deployment the address is another: none is shown that would not open.
    feedKey = 'a new key of feeds';
    expect((await make(MANAGER, key)).status).toBe(409);
    expect((await read(first.body.path)).status).toBe(200);
    feedKey = 'the key of feeds';
    expect((await revoke(first.body.feedId, MANAGER)).status).toBe(204);
    expect(await make(MANAGER, key)).toMatchObject({ status: 409, body: { title: 'feed-revoked' } });
  });

  it('is closed by a wrong secret, by its revocation and by its owner’s leaving, all with one answer', async () => {
    const { feedId, path } = await feed();
    const unknown = await read('/calendar-feeds/fed_00000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics');
    expect(unknown.status).toBe(404);
    expect((await read(`/calendar-feeds/${feedId}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics`)).body).toEqual(unknown.body);
    expect((await read('/calendar-feeds/..%2f..')).body).toEqual(unknown.body);
    expect((await revoke(feedId, APPROVER)).status).toBe(403);
    expect((await revoke(feedId, MANAGER)).status).toBe(204);
    expect((await revoke(feedId, ADMIN)).status).toBe(204);
    expect((await read(path)).body).toEqual(unknown.body);
    const other = await feed(APPROVER);
    expect((await read(other.path)).status).toBe(200);
    for (const { pk, sk, type } of world.table.everything())
      if (type === 'membership' && String(pk).endsWith(APPROVER.id))
        await world.table.write({ update: { pk, sk }, set: { state: 'suspended' } });
    expect((await read(other.path)).body).toEqual(unknown.body);
  });
});

describe('reminders', () => {
  const subjects = (): string[] => world.mails.splice(0).map(({ to, subject }) => `${to} ${subject}`);

  it('go out in the morning, once for each duty and threshold, to everybody who runs the campaign', async () => {
    world.at('2026-09-08T07:59:00+08:00');
    expect(await remind()).toMatchObject({ sent: 0, overdue: 0 });
    world.at('2026-09-08T08:30:00+08:00');
    expect(await remind()).toMatchObject({ kind: 'reminded', calendars: 2, sent: 10, failed: 0 });
    const sent = subjects();
    // Those whom the campaign names, and every manager of the organisation or above.
    expect(new Set(sent.map((line) => line.split(' ')[0]))).toEqual(
      new Set([
        'finance@example.org',
        'leader@example.org',
        'manager-li@example.org',
        'manager-wu@example.org',
        'manager-zhou@example.org',
      ]),
    );
    expect(sent.filter((line) => line.startsWith('finance'))).toEqual([
      'finance@example.org 还有 3 天到期：核清迟到通知并计算配捐 · 困难党员帮扶计划',
      'finance@example.org 还有 14 天到期：配捐公示期满并核定 · 困难党员帮扶计划',
    ]);
    for (const moment of ['2026-09-08T09:30:00+08:00', '2026-09-09T09:30:00+08:00'])
      expect((await world.at(moment)) && (await remind())).toMatchObject({ sent: 0 });
  });

  it('are caught up after days without a run, one for each duty and not all that were missed', async () => {
    await finalise(world, campaignId);
    await world.move(campaignId, 'finalised');
    await world.move(campaignId, 'reported');
    world.at('2026-12-04T09:00:00+08:00');
    await remind();
    expect(subjects().filter((line) => line.startsWith('finance'))).toHaveLength(4);
  });

  it('of the organisation’s own report go to its managers and admins', async () => {
    await finalise(world, campaignId);
    await world.move(campaignId, 'finalised');
    await world.move(campaignId, 'reported');
    world.at('2027-05-24T09:00:00+08:00');
    await remind();
    const ofReport = subjects().filter((line) => line.includes('公布年度工作报告和财务会计报告'));
    expect(ofReport).toHaveLength(4);
    expect(ofReport).toContain('admin-zhao@example.org 还有 7 天到期：公布年度工作报告和财务会计报告 · 达州市红十字会');
  });

  it('of what is overdue come again every week until it is done', async () => {
    await finalise(world, campaignId);
    await world.move(campaignId, 'finalised');
    await world.move(campaignId, 'reported');
    for (const dutyId of ['report-back', 'surplus', 'project-progress-1']) {
      world.at('2026-12-01T09:00:00+08:00');
      await complete(dutyId, { on: '2026-12-01', note: 'done' });
    }
    const overdueOn = async (moment: string): Promise<number> => {
      world.at(moment);
      await remind();
      const overdue = subjects().filter((line) => line.includes('已逾期'));
      // What is overdue is the admins' business too.
      expect(overdue.filter((line) => line.startsWith('admin-zhao')).length).toBe(overdue.length > 0 ? 1 : 0);
      return overdue.length;
    };
    expect(await overdueOn('2026-12-10T09:00:00+08:00')).toBe(6);
    expect(await overdueOn('2026-12-16T09:00:00+08:00')).toBe(0);
    expect(await overdueOn('2026-12-17T09:00:00+08:00')).toBe(6);
    await complete('full-disclosure', { on: '2026-12-17', note: 'done' });
    expect(await overdueOn('2026-12-24T09:00:00+08:00')).toBe(0);
  });
});
