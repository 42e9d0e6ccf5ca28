import { beforeEach, describe, expect, it } from 'vitest';
import { definition as amendCampaign } from '../../functions/campaigns/amend-campaign.lambda.ts';
import { definition as settleAmendment } from '../../functions/campaigns/settle-amendment.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { organisationKey } from '../../functions/platform/keys.ts';
import { lumpLine } from '../../local/demo/sample-plan.ts';
import { ADMIN, APPROVER, FILING, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { approvedCampaign, give, openedCampaign } from './play.ts';
import { type Answer, World } from './world.ts';

const started: string[] = [];
class AmendmentWorld extends World {
  override more = {
    amendments: {
      start: async (campaignId: string, number: number) => void started.push(`${campaignId} ${number}`),
    },
  };
}

let world: AmendmentWorld;
let campaignId: string;
beforeEach(async () => {
  world = new AmendmentWorld();
  started.length = 0;
  campaignId = await openedCampaign(world);
  world.at('2026-09-07T12:00:00+08:00');
});

const amend = (body: object, key = 'k1', actor: Actor = MANAGER): Promise<Answer> =>
  world.request('amend-campaign', amendCampaign, {
    method: 'POST',
    path: `/campaigns/${campaignId}/amendments`,
    routeParameters: { campaignId },
    headers: { 'Idempotency-Key': key },
    body: JSON.stringify(body),
    actor,
  });
const one = async (number: number, what: 'filing' | 'withdrawals', body: object = {}): Promise<Answer> =>
  world.request('amend-campaign', amendCampaign, {
    method: what === 'filing' ? 'PUT' : 'POST',
    path: `/campaigns/${campaignId}/amendments/${number}/${what}`,
    routeParameters: { campaignId, number: String(number) },
    headers: { 'If-Match': await world.etag(campaignId) },
    body: JSON.stringify(body),
    actor: MANAGER,
  });
const settle = (number: number, kind = 'approved', reason = '') =>
  world.task('settle-amendment', settleAmendment, { campaignId, number, decision: { kind, reason } });
const campaign = async () => (await world.campaign(campaignId, MANAGER)).body;
const poolCloses = () => world.table.everything().find(({ type }) => type === 'pool')?.['closesAt'];
const problemsOf = (answer: Answer): string[] => answer.body.problems.map(({ field }: { field: string }) => field);

const EXTEND = {
  kind: 'extend',
  changes: { window: { ...PROPOSAL.window, lastDay: '2026-09-12' } },
  reason: '捐赠踊跃，延长三日',
};
const REFILED = { ...FILING, number: '51170020260001-变更1', filedOn: '2026-09-07' };

describe('another last day', () => {
  it('is decided on, filed again, and then holds for campaign, pool, calendar and gifts alike', async () => {
    const proposed = await amend(EXTEND);
    expect([proposed.status, proposed.body.number, proposed.body.state, proposed.body.needsFiling]).toEqual([
      201,
      1,
      'awaiting-approval',
      true,
    ]);
    expect(started).toEqual([`${campaignId} 1`]);
    expect((await campaign()).proposal.window.lastDay).toBe('2026-09-09');

    expect(await settle(1)).toMatchObject({ kind: 'awaiting-filing', waitSeconds: 21_600 });
    expect((await campaign()).proposal.window.lastDay).toBe('2026-09-09');
    const filed = await one(1, 'filing', REFILED);
    expect([filed.status, filed.body.state, filed.body.filing.number]).toEqual([200, 'applied', REFILED.number]);

    const amended = await campaign();
    expect(amended.proposal.window.lastDay).toBe('2026-09-12');
    expect(amended.history.at(-1)).toMatchObject({
      from: 'open',
      to: 'open',
      reason: `Amendment 1 (extend): ${EXTEND.reason}`,
    });
    expect(poolCloses()).toBe('2026-09-12T16:00:00.000Z');
    // The workflow comes by later and finds it done.
    const before = world.table.changes.length;
    expect(await settle(1)).toEqual({ kind: 'applied' });
    expect(world.table.changes.length).toBe(before);

    world.at('2026-09-10T00:00:00+08:00');
    expect((await world.checkDue(campaignId, 'closing'))['kind']).toBe('wait');
    await give(world, campaignId, { paidAt: '2026-09-11T10:00:00+08:00', openid: 'openid-li', amountMinor: 1_000 });
    await world.drainStream();
    expect((await world.figures(campaignId)).body.raised).toMatchObject({ gifts: 1, matchMinor: 1_000 });
    world.at('2026-09-13T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'closing')).toEqual({ kind: 'due' });
    await world.move(campaignId, 'closed');
    world.at('2026-09-14T11:00:00+08:00');
    expect(await world.finalise(campaignId)).toEqual({ kind: 'finalised', gifts: 1, matchedMinor: 1_000 });
  });

  it('may be an earlier one, as a change of plan, and gifts after it are not matched', async () => {
    const earlier = {
      kind: 'change-of-plan',
      changes: { window: { ...PROPOSAL.window, lastDay: '2026-09-08' } },
      reason: '目标已达成，提前结束',
    };
    expect(problemsOf(await amend({ ...earlier, kind: 'extend' }))).toEqual(['changes.window.lastDay']);
    await amend(earlier);
    await settle(1);
    await one(1, 'filing', REFILED);
    expect(poolCloses()).toBe('2026-09-08T16:00:00.000Z');
    world.at('2026-09-09T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'closing')).toEqual({ kind: 'due' });
  });

  it('is refused beyond sixty days, in another zone, and once the close is near', async () => {
    const windowOf = (window: object) => ({ ...EXTEND, changes: { window: { ...PROPOSAL.window, ...window } } });
    expect(problemsOf(await amend(windowOf({ lastDay: '2026-12-31' })))).toContain('changes.window.lastDay');
    expect(problemsOf(await amend(windowOf({ zone: 'Asia/Urumqi' })))).toContain('changes.window.zone');
    expect(problemsOf(await amend(windowOf({ firstDay: '2026-09-06', lastDay: '2026-09-12' })))).toContain(
      'changes.window.firstDay',
    );
    world.at('2026-09-09T23:00:00+08:00');
    expect(problemsOf(await amend(EXTEND))).toEqual(['changes.window.lastDay']);
    world.at('2026-09-09T22:59:00+08:00');
    expect((await amend(EXTEND)).status).toBe(201);
  });

  it('lapses where it was decided on too late, and the campaign closes on the day that donors were told', async () => {
    await amend(EXTEND);
    await settle(1);
    world.at('2026-09-09T23:30:00+08:00');
    const filed = await one(1, 'filing', { ...REFILED, filedOn: '2026-09-09' });
    expect([filed.body.state, filed.body.stateReason]).toEqual([
      'lapsed',
      'changes.window.lastDay is over, or is over within the hour',
    ]);
    world.at('2026-09-10T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'closing')).toEqual({ kind: 'due' });
  });
});

describe('an amendment', () => {
  const PAGE = { kind: 'page-edit', changes: { refundPolicy: '七日内可申请退款。' }, reason: '明确退款办法' };

  it('of the page alone is applied as soon as it is approved, without the authority', async () => {
    expect((await amend(PAGE)).body).toMatchObject({ needsFiling: false, fields: ['refundPolicy'] });
    expect(await settle(1)).toEqual({ kind: 'applied' });
    expect((await campaign()).proposal.refundPolicy).toBe(PAGE.changes.refundPolicy);
    expect((await one(1, 'filing', REFILED)).body.title).toBe('nothing-to-file');
  });

  it('says no more than its kind lets it, and never what was fixed with the approval', async () => {
    expect(problemsOf(await amend({ ...PAGE, changes: { purpose: '另一目的' } }))).toEqual(['changes.purpose']);
    expect(problemsOf(await amend({ ...EXTEND, changes: { ...EXTEND.changes, region: '四川省' } }))).toEqual([
      'changes.region',
    ]);
    expect(problemsOf(await amend({ ...PAGE, kind: 'change-of-plan', changes: { units: [] } }))).toEqual([
      'changes.units',
    ]);
    expect(problemsOf(await amend({ ...PAGE, changes: { nonsense: 1 } })).length).toBeGreaterThan(0);
    expect((await amend({ ...PAGE, changes: {} })).body.title).toBe('changes-nothing');
    expect((await amend({ ...PAGE, status: 'open' })).status).toBe(422);
    expect((await campaign()).amendments ?? null).toBeNull();
  });

  it('waits alone: the next is refused until it is decided on or taken back', async () => {
    await amend(PAGE);
    expect((await amend(EXTEND, 'k2')).body.title).toBe('amendment-waiting');
    expect((await one(1, 'withdrawals')).body.state).toBe('withdrawn');
    expect((await one(1, 'withdrawals')).status).toBe(200);
    expect(await settle(1)).toEqual({ kind: 'withdrawn' });
    expect((await amend(EXTEND, 'k2')).body.number).toBe(2);
    expect(await settle(2, 'returned', '请说明理由')).toEqual({ kind: 'returned' });
    expect((await campaign()).proposal.window.lastDay).toBe('2026-09-09');
    expect((await amend(EXTEND, 'k3')).body.number).toBe(3);
    expect(await settle(3, 'rejected', '不同意')).toEqual({ kind: 'rejected' });
  });

  it('asked for twice is one, and its workflow is started again in case it never was', async () => {
    expect((await amend(PAGE)).status).toBe(201);
    expect((await amend(PAGE)).status).toBe(200);
    expect((await amend({ ...PAGE, changes: { refundPolicy: 'Other' } })).body.title).toBe('idempotency-key-reused');
    expect(started).toEqual([`${campaignId} 1`, `${campaignId} 1`]);
  });

  it('is the managers’ to propose, and nobody’s once the campaign is over', async () => {
    for (const actor of [APPROVER, FINANCE]) expect((await amend(PAGE, 'k1', actor)).status).toBe(403);
    await world.changeLife(campaignId, 'cancellations', { reason: '无法实施', refundPolicy: 'refund-all' });
    expect((await amend(PAGE)).body.title).toBe('not-amendable');
  });
});

describe('an amended plan', () => {
  const budgetOf = (programmeMinor: number, managementMinor: number) => ({
    kind: 'change-of-plan',
    changes: {
      targetMinor: programmeMinor + managementMinor,
      budgetLines: [
        lumpLine('生活救助金', 'programme', programmeMinor),
        lumpLine('管理费', 'management', managementMinor),
      ],
    },
    reason: '调整预算',
  });
  const limitManagement = (managementLimitBasisPoints: number) =>
    world.table.write({ update: organisationKey('dazhou'), set: { managementLimitBasisPoints } });

  it('has no larger share of management than its organisation may have', async () => {
    const answer = await amend(budgetOf(85_000, 15_000));
    expect([answer.status, answer.body.title, problemsOf(answer)]).toEqual([
      422,
      'impossible-amendment',
      ['changes.budgetLines'],
    ]);
    await limitManagement(1_500);
    expect((await amend(budgetOf(85_000, 15_000))).status).toBe(201);
  });

  it('lapses where the organisation may no longer have that share when it is filed', async () => {
    await amend(budgetOf(95_000, 5_000));
    expect(await settle(1)).toMatchObject({ kind: 'awaiting-filing' });
    await limitManagement(400);
    const filed = await one(1, 'filing', REFILED);
    expect([filed.body.state, filed.body.stateReason]).toEqual([
      'lapsed',
      expect.stringContaining('changes.budgetLines hold ¥50.00 of management, more than 4 % of the target'),
    ]);
    expect((await campaign()).proposal.budgetLines).toEqual(PROPOSAL.budgetLines);
    // What it does not touch is not held against it: the budget that stands was right when it was approved.
    await limitManagement(0);
    const page = { kind: 'page-edit', changes: { refundPolicy: '七日内可申请退款。' }, reason: '明确退款办法' };
    expect((await amend(page, 'k2')).status).toBe(201);
  });

  it('shows no picture and names no agreement that is not among the campaign’s files', async () => {
    const cover = { kind: 'page-edit', changes: { coverAttachmentId: 'att_00000000000000000000' }, reason: '更换封面' };
    expect(problemsOf(await amend(cover))).toEqual(['changes.coverAttachmentId']);
  });

  it('of a sub-plan stays within the days of its project', async () => {
    await world.createOrganisation({ organisationId: 'xuanhan', name: '宣汉县红十字会', parentId: 'dazhou' }, ADMIN);
    const below = { ...PROPOSAL, organisationId: 'xuanhan', parentCampaignId: campaignId };
    world.at('2026-08-20T09:00:00+08:00');
    campaignId = await approvedCampaign(world, below, 'sub-plan');
    const until = (lastDay: string) => ({
      ...EXTEND,
      kind: 'change-of-plan',
      changes: { window: { ...PROPOSAL.window, lastDay } },
    });
    expect(problemsOf(await amend(until('2026-09-12')))).toEqual(['changes.window']);
    expect((await amend(until('2026-09-08'))).status).toBe(201);
  });

  it('of a project leaves no sub-plan outside its days: not when it is proposed, and not when it is applied weeks later', async () => {
    const project = campaignId;
    await world.createOrganisation({ organisationId: 'xuanhan', name: '宣汉县红十字会', parentId: 'dazhou' }, ADMIN);
    const below = { ...PROPOSAL, organisationId: 'xuanhan', parentCampaignId: project };
    world.at('2026-08-20T09:00:00+08:00');
    const shorter = { ...below, window: { ...PROPOSAL.window, lastDay: '2026-09-08' } };
    await approvedCampaign(world, shorter, 'shorter');
    world.at('2026-09-07T12:00:00+08:00');
    const until = (lastDay: string) => ({
      kind: 'change-of-plan',
      changes: { window: { ...PROPOSAL.window, lastDay } },
      reason: '提前结束',
    });
    const refused = await amend(until('2026-09-07'));
    expect(problemsOf(refused)).toEqual(['changes.window']);
    expect(refused.body.problems[0].fix).toContain('2026-09-07 to 2026-09-08');
    expect((await amend(until('2026-09-08'), 'k2')).status).toBe(201);
    // A second sub-plan is approved in the meantime, for all days of the project as it stands.
    world.at('2026-08-20T09:00:00+08:00');
    const longer = await approvedCampaign(world, { ...below, title: '第二个子计划' }, 'longer');
    world.at('2026-09-07T12:00:00+08:00');
    expect(await settle(1)).toEqual({ kind: 'lapsed' });
    expect((await campaign()).proposal.window.lastDay).toBe('2026-09-09');
    // One that was cancelled stands in nobody's way.
    await world.changeLife(longer, 'cancellations', { reason: '不再需要', refundPolicy: 'keep-for-purpose' });
    expect((await amend(until('2026-09-08'), 'k3')).status).toBe(201);
  });

  it('is approved by the steps of the larger of both targets, up and down', async () => {
    const amountAskedFor = async (number: number) => {
      await world.reviewApproval(campaignId, number, 'amendment');
      return world.table
        .everything()
        .find(({ type, subject, round }) => type === 'approval' && subject === 'amendment' && round === number)?.[
        'amountMinor'
      ];
    };
    await amend(budgetOf(190_000, 10_000));
    expect(await amountAskedFor(1)).toBe(200_000);
    await settle(1, 'rejected', '不同意');
    await amend(budgetOf(38_000, 2_000), 'k2');
    expect(await amountAskedFor(2)).toBe(PROPOSAL.targetMinor);
  });
});
