import { beforeEach, describe, expect, it } from 'vitest';
import { definition as getCalendar } from '../../functions/duties/get-calendar.lambda.ts';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { ADMIN, APPROVER, AUDITOR, FILING, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { give, notify, openedCampaign, order, paymentFor } from './play.ts';
import { World } from './world.ts';

const GIFT = { paidAt: '2026-09-07T10:00:00+08:00', openid: 'openid-li', amountMinor: 1_000 };
const REASON = { reason: '平台异常，核查后恢复' };

let world: World;
let campaignId: string;

/** As far as the approver's word: nothing is filed yet. */
async function approved(): Promise<void> {
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
  campaignId = (await world.submit(PROPOSAL, MANAGER)).body.campaignId;
  await world.checkProposal(campaignId);
  await world.requestApproval(campaignId, 1, 'token-1');
  await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER);
  await world.move(campaignId, 'approved');
}
const statusOf = async (): Promise<string> => (await world.campaign(campaignId, MANAGER)).body.status;
const calendarOf = async (): Promise<{ dutyId: string; dueOn: string; state: string }[]> => {
  const { body } = await world.request('get-calendar', getCalendar, {
    path: `/campaigns/${campaignId}/calendar`,
    routeParameters: { campaignId },
    actor: MANAGER,
  });
  return body.duties;
};
const stateOf = async (dutyId: string): Promise<string | undefined> =>
  (await calendarOf()).find((duty) => duty.dutyId === dutyId)?.state;

beforeEach(() => {
  world = new World();
});

describe('nothing opens unfiled', () => {
  beforeEach(approved);

  it('not by the workflow, which waits and tells staff once when the first day comes', async () => {
    world.at('2026-09-07T00:00:00+08:00');
    for (const phase of ['filing', 'opening'])
      expect(await world.checkDue(campaignId, phase)).toEqual({ kind: 'unfiled', waitSeconds: 1_800 });
    for (let look = 0; look < 3; look += 1) await world.tellStaff(campaignId, 'unfiled');
    expect(world.mails.map(({ to, subject }) => [to, subject])).toEqual([
      ['finance@example.org', '募捐活动未能按期开始：困难党员帮扶计划'],
      ['leader@example.org', '募捐活动未能按期开始：困难党员帮扶计划'],
    ]);
  });

  it('not by a step that somebody starts by hand', async () => {
    world.at('2026-09-07T00:00:00+08:00');
    await expect(world.move(campaignId, 'open')).rejects.toBeInstanceOf(PermanentError);
    await expect(world.move(campaignId, 'open')).rejects.toThrow('opens once its plan is filed');
    expect(world.table.everything().some(({ type }) => type === 'pool')).toBe(false);
  });

  it('not by resuming what was never paused', async () => {
    expect((await world.changeLife(campaignId, 'resumptions')).status).toBe(409);
    expect(await statusOf()).toBe('approved');
  });

  it('not by an order: a donor is refused until it has opened', async () => {
    world.at('2026-09-07T10:00:00+08:00');
    expect((await world.intend(campaignId, { amountMinor: 1_000 })).body.title).toBe('campaign-not-open');
  });

  it('not by a filing that comes less than ten days before', async () => {
    world.at('2026-08-30T09:00:00+08:00');
    const late = await world.file(campaignId, { ...FILING, filedOn: '2026-08-30' });
    expect([late.status, late.body.problems]).toEqual([
      422,
      [
        {
          field: 'filedOn',
          problem: 'is less than ten days before the first day, 2026-09-07',
          fix: 'move the first day to 2026-09-09 or later by an amendment, then record the filing',
          rule: 'MCA Order 74 art. 11: file ten days before the first day',
        },
      ],
    ]);
    expect(await statusOf()).toBe('approved');
  });

  it('and what is never filed is cancelled when its last day is over, without a pool', async () => {
    world.at('2026-09-10T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'filing')).toEqual({ kind: 'missed' });
    await world.move(campaignId, 'cancelled', 'never filed');
    await world.tellStaff(campaignId, 'missed');
    expect(await world.checkDue(campaignId, 'filing')).toEqual({ kind: 'never-opens' });
    expect((await world.campaign(campaignId, MANAGER)).body.cancellation).toMatchObject({ by: 'workflow' });
    expect(await calendarOf()).toEqual([]);
  });
});

describe('filing', () => {
  beforeEach(approved);

  it('puts number and day on the campaign, ticks the duty, and lets it open on its first day', async () => {
    expect(await stateOf('filing')).toBe('near');
    const answer = await world.file(campaignId);
    expect([answer.status, answer.body.status]).toEqual([200, 'filed']);
    expect(answer.body.filing).toMatchObject({ ...FILING, recordedBy: MANAGER.id });
    expect(await stateOf('filing')).toBe('done');
    expect(await world.checkDue(campaignId, 'filing')).toEqual({ kind: 'due' });
    world.at('2026-09-07T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'opening')).toEqual({ kind: 'due' });
    expect(await world.move(campaignId, 'open')).toEqual({ kind: 'moved' });
  });

  it('twice is once, and a mistyped number is corrected until the campaign opens', async () => {
    await world.file(campaignId);
    const before = world.table.changes.length;
    expect((await world.file(campaignId)).status).toBe(200);
    expect(world.table.changes.length).toBe(before);
    const corrected = await world.file(campaignId, { ...FILING, number: '51170020260002' });
    expect([corrected.status, corrected.body.filing.number]).toEqual([200, '51170020260002']);
    world.at('2026-09-07T00:00:00+08:00');
    await world.move(campaignId, 'open');
    expect((await world.file(campaignId)).body.title).toBe('already-filed');
  });

  it('is made on the campaign as it was read: 428 without its ETag, 412 with an old one', async () => {
    const old = await world.etag(campaignId);
    await world.file(campaignId);
    const other = { ...FILING, number: '51170020260009' };
    expect((await world.file(campaignId, other, MANAGER, old)).status).toBe(412);
    expect((await world.file(campaignId, FILING, MANAGER, old)).status).toBe(200);
    expect((await world.file(campaignId, other, MANAGER, 'x')).status).toBe(400);
  });

  it('is recorded by managers and admins, and by nobody else', async () => {
    for (const actor of [APPROVER, FINANCE, AUDITOR])
      expect((await world.file(campaignId, FILING, actor)).status).toBe(403);
    expect((await world.file(campaignId, FILING, ADMIN)).status).toBe(200);
  });

  it('is refused of what is not approved', async () => {
    const other = (await world.submit({ ...PROPOSAL, title: 'Another' }, MANAGER, undefined, 'another')).body
      .campaignId;
    expect((await world.file(other)).body.title).toBe('nothing-to-file');
  });
});

describe('an emergency', () => {
  const DECLARED = { emergency: { reason: '达州暴雨洪灾紧急救助', sinceOn: '2026-08-19' } };
  const LONG = { ...PROPOSAL, window: { ...PROPOSAL.window, lastDay: '2026-10-09' } };

  beforeEach(async () => {
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    campaignId = (await world.submit(LONG, MANAGER)).body.campaignId;
    await world.checkProposal(campaignId);
    await world.requestApproval(campaignId, 1, 'token-1');
    await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER);
    await world.move(campaignId, 'approved');
    expect((await world.file(campaignId, DECLARED)).body.status).toBe('approved');
    world.at('2026-09-07T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'opening')).toEqual({ kind: 'due' });
    await world.move(campaignId, 'open');
  });

  it('opens unfiled, with a duty of ten days, and goes on once it is filed', async () => {
    expect(await calendarOf()).toContainEqual(
      expect.objectContaining({ dutyId: 'emergency-filing', dueOn: '2026-09-17', state: 'near' }),
    );
    world.at('2026-09-12T09:00:00+08:00');
    const filed = await world.file(campaignId, { ...FILING, filedOn: '2026-09-12' });
    expect([filed.status, filed.body.status]).toEqual([200, 'open']);
    expect(await stateOf('emergency-filing')).toBe('done');
    world.at('2026-09-20T00:00:00+08:00');
    expect((await world.checkDue(campaignId, 'closing'))['kind']).toBe('wait');
  });

  it('is paused when the ten days are over, cannot be resumed unfiled, and goes on when it is filed', async () => {
    world.at('2026-09-18T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'closing')).toEqual({ kind: 'unfiled-too-long' });
    await world.move(campaignId, 'paused', 'ten days unfiled');
    await world.tellStaff(campaignId, 'paused-unfiled');
    expect(world.mails.map(({ subject }) => subject)).toContain('募捐活动已暂停：困难党员帮扶计划');
    expect((await world.intend(campaignId, { amountMinor: 1_000 })).body.title).toBe('campaign-paused');
    expect((await world.changeLife(campaignId, 'resumptions')).body.title).toBe('not-filed');
    expect((await world.file(campaignId, { ...FILING, filedOn: '2026-09-18' })).status).toBe(200);
    expect((await world.changeLife(campaignId, 'resumptions')).body.status).toBe('open');
    expect((await world.intend(campaignId, { amountMinor: 1_000 })).status).toBe(201);
  });
});

describe('a pause', () => {
  beforeEach(async () => {
    campaignId = await openedCampaign(world);
  });

  it('refuses orders, keeps and matches what is paid meanwhile, and says so to the public', async () => {
    const orderNo = await order(world, campaignId, GIFT);
    world.at('2026-09-07T10:00:30+08:00');
    expect((await world.changeLife(campaignId, 'pauses', REASON)).body).toMatchObject({
      status: 'paused',
      pauseReason: REASON.reason,
    });
    expect((await world.intend(campaignId, { amountMinor: 1_000 })).body.title).toBe('campaign-paused');
    expect(await notify(world, paymentFor(orderNo, { ...GIFT, paidAt: '2026-09-07T10:01:00+08:00' }))).toBe(200);
    await world.drainStream();
    expect((await world.figures(campaignId)).body).toMatchObject({
      status: 'paused',
      raised: { gifts: 1, giftsMinor: 1_000, matchMinor: 1_000 },
    });
    expect((await world.publicPage(campaignId)).body).toContain('暂停接受捐赠');
    expect((await world.publicPage(campaignId, { lang: 'en' })).body).toContain('paused: takes no gifts at present');
  });

  it('ends with a resumption, and the pool is the one it had', async () => {
    await give(world, campaignId, GIFT);
    await world.drainStream();
    await world.changeLife(campaignId, 'pauses', REASON);
    await world.changeLife(campaignId, 'resumptions');
    await give(world, campaignId, { ...GIFT, paidAt: '2026-09-08T10:00:00+08:00', openid: 'openid-wang' });
    await world.drainStream();
    expect((await world.figures(campaignId)).body.raised).toMatchObject({ gifts: 2, matchMinor: 2_000 });
  });

  it('twice is once, and the campaign closes at its end all the same', async () => {
    await world.changeLife(campaignId, 'pauses', REASON);
    expect((await world.changeLife(campaignId, 'pauses', REASON)).status).toBe(200);
    world.at('2026-09-10T00:00:00+08:00');
    expect((await world.changeLife(campaignId, 'resumptions')).body.title).toBe('window-over');
    expect(await world.checkDue(campaignId, 'closing')).toEqual({ kind: 'due' });
    expect(await world.move(campaignId, 'closed')).toEqual({ kind: 'moved' });
    const { history } = (await world.campaign(campaignId, MANAGER)).body;
    expect(history.filter(({ to }: { to: string }) => to === 'paused')).toHaveLength(1);
  });

  it('is the managers’ and admins’ business', async () => {
    for (const actor of [APPROVER, FINANCE, AUDITOR])
      expect((await world.changeLife(campaignId, 'pauses', REASON, actor)).status).toBe(403);
    expect((await world.changeLife(campaignId, 'pauses', {}, MANAGER)).status).toBe(422);
  });
});

describe('a cancellation', () => {
  const CANCEL = { reason: '受益人情况发生变化', refundPolicy: 'refund-all' };

  it('refuses orders at once, is noticed by the workflow, and is settled and finalised from its own end', async () => {
    campaignId = await openedCampaign(world);
    await give(world, campaignId, GIFT);
    world.at('2026-09-08T12:00:00+08:00');
    expect((await world.changeLife(campaignId, 'cancellations', CANCEL)).body).toMatchObject({
      status: 'cancelled',
      cancellation: { ...CANCEL, by: MANAGER.id },
    });
    expect((await world.intend(campaignId, { amountMinor: 1_000 })).body.title).toBe('campaign-not-open');
    expect(await world.checkDue(campaignId, 'closing')).toEqual({ kind: 'cancelled' });
    // A close that was under way finds that it was overtaken.
    expect(await world.move(campaignId, 'closed')).toEqual({ kind: 'cancelled' });
    world.at('2026-09-09T22:59:59+08:00');
    expect(await world.checkDue(campaignId, 'settling')).toEqual({ kind: 'wait', waitSeconds: 1 });
    world.at('2026-09-09T23:00:00+08:00');
    expect(await world.checkDue(campaignId, 'settling')).toEqual({ kind: 'due' });
    await world.drainStream();
    expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised', gifts: 1, matchedMinor: 1_000 });
    expect(await world.move(campaignId, 'finalised')).toEqual({ kind: 'moved' });
    expect((await world.publicPage(campaignId)).status).toBe(200);
  });

  it('before it opened leaves nothing to do, and books no pool', async () => {
    await approved();
    await world.file(campaignId);
    expect((await world.changeLife(campaignId, 'cancellations', CANCEL)).body.status).toBe('cancelled');
    expect(await world.checkDue(campaignId, 'opening')).toEqual({ kind: 'never-opens' });
    expect(await world.move(campaignId, 'open')).toEqual({ kind: 'cancelled' });
    expect(world.table.everything().some(({ type }) => type === 'pool')).toBe(false);
  });

  it('stands: once more is the same, another policy is refused, and nothing resumes it', async () => {
    campaignId = await openedCampaign(world);
    await world.changeLife(campaignId, 'cancellations', CANCEL);
    expect((await world.changeLife(campaignId, 'cancellations', CANCEL)).status).toBe(200);
    const other = await world.changeLife(campaignId, 'cancellations', { ...CANCEL, refundPolicy: 'keep-for-purpose' });
    expect(other.body.title).toBe('already-cancelled');
    expect((await world.changeLife(campaignId, 'resumptions')).body.title).toBe('illegal-step');
    expect((await world.changeLife(campaignId, 'pauses', REASON)).body.title).toBe('illegal-step');
  });
});
