import Table from 'cli-table3';
import { beforeEach, expect, it } from 'vitest';
import { definition as beginTeam } from '../../functions/campaigns/begin-team.lambda.ts';
import { definition as manageTeams } from '../../functions/campaigns/manage-teams.lambda.ts';
import { definition as publicTeams } from '../../functions/disclosure/get-public-teams.lambda.ts';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { ADMIN, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { approvedCampaign, give, giveBack } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { type Answer, World } from './world.ts';

// A parent project (母项目) of the city, sub-plans (子计划) of two counties and of a partner, and teams (一起捐).

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
const codeOf = ({ status, body }: Answer) => [status, body.title];

let world: World;
let project: string;
let xuanhan: string;
let partner: string;

/** A proposal of an organisation under the project. */
const subPlan = (organisationId: string, title: string) => ({
  ...PROPOSAL,
  organisationId,
  title,
  parentCampaignId: project,
});

beforeEach(async () => {
  world = new World();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
  await world.createOrganisation({ organisationId: 'xuanhan', name: '宣汉县红十字会', parentId: 'dazhou' }, ADMIN);
  await world.createOrganisation({ organisationId: 'ngo', name: '伙伴机构' }, ADMIN);
  await world.createOrganisation({ organisationId: 'stranger', name: '无关机构' }, ADMIN);
  project = await approvedCampaign(world, { ...PROPOSAL, partnerOrganisationIds: ['ngo'] });
  xuanhan = await approvedCampaign(world, subPlan('xuanhan', '宣汉子计划'), 'xuanhan');
  partner = await approvedCampaign(world, subPlan('ngo', '伙伴子计划'), 'ngo');
});

const begin = (campaignId: string, name: string, key = name.padEnd(20, 'k').replace(/[^\w]/g, 'k')) =>
  world.request('begin-team', beginTeam, {
    method: 'POST',
    path: `/campaigns/${campaignId}/teams`,
    routeParameters: { campaignId },
    headers: { 'Idempotency-Key': key },
    body: JSON.stringify({ name, targetMinor: 50_000, captain: { name: '周队长', phone: '13800000000' } }),
  });
const decideOn = (campaignId: string, teamId: string, decision: object, actor = MANAGER) =>
  world.request('manage-teams', manageTeams, {
    method: 'POST',
    path: `/campaigns/${campaignId}/teams/${teamId}/decisions`,
    routeParameters: { campaignId, teamId },
    body: JSON.stringify(decision),
    actor,
  });
const teamsOf = (campaignId: string, teamId?: string) =>
  world.request('get-public-teams', publicTeams, {
    path: `/public/campaigns/${campaignId}/teams${teamId === undefined ? '' : `/${teamId}`}`,
    routeParameters: { campaignId, ...(teamId === undefined ? {} : { teamId }) },
  });
async function approvedTeam(campaignId: string, name: string): Promise<string> {
  const { teamId } = (await begin(campaignId, name)).body;
  expect((await decideOn(campaignId, teamId, { decision: 'approve' })).status).toBe(200);
  return teamId;
}

it('gifts to a project, its sub-plans and their teams, and what each level sums to', async () => {
  const team = await approvedTeam(xuanhan, 'team-one');
  const other = await approvedTeam(xuanhan, 'team-two');
  for (const campaignId of [project, xuanhan, partner]) expect((await world.file(campaignId)).status).toBe(200);
  world.at('2026-09-07T00:00:00+08:00');
  for (const campaignId of [project, xuanhan, partner]) await world.move(campaignId, 'open');
  const gift = async (campaignId: string, at: string, donor: string, amountMinor: number, teamId?: string) => {
    const asked = teamId === undefined ? {} : { teamId };
    const paidAt = `2026-09-07T${at}:00+08:00`;
    const payment = await give(world, campaignId, { paidAt, openid: `openid-${donor}`, amountMinor, asked });
    await world.drainStream();
    return payment;
  };
  await gift(project, '09:00', 'chen', 3_000);
  await gift(xuanhan, '10:00', 'chen', 2_000, team);
  const liu = await gift(xuanhan, '11:00', 'liu', 4_000, team);
  await gift(xuanhan, '12:00', 'he', 1_000, other);
  await gift(xuanhan, '13:00', 'zhou', 500);
  await gift(partner, '14:00', 'tang', 7_000);
  await giveBack(world, liu, { amountMinor: 1_500, refundId: 'r-liu', at: '2026-09-08T09:00:00+08:00' });
  await world.drainStream();

  const { body } = await world.figures(project);
  const rows = [
    ['project', body.title, body.project.byItself],
    ...body.project.subPlans.map((plan: { title: string; raised: object }) => ['sub-plan', plan.title, plan.raised]),
  ];
  const listed = (await teamsOf(xuanhan)).body;
  const below = [
    ...listed.teams.map((one: { name: string; raised: object }) => ['team', one.name, one.raised]),
    ['beside teams', '', listed.besideTeams],
  ];
  process.stdout.write(`\n${tableOf([...rows, ['together', '', body.project.together]], below)}\n`);

  expect(body.project.together).toEqual({
    gifts: 6,
    giftsMinor: 17_500,
    goodsMinor: 0,
    goodsBackMinor: 0,
    refundedMinor: 1_500,
    // Yuan for yuan up to 50 yuan a gift, from each plan's own pool of 150; a refund takes its match with it.
    matchMinor: 3_000 + (2_000 + 2_500 + 1_000 + 500) + 5_000,
    lumpMinor: 0,
    totalMinor: 16_000 + 14_000,
  });
  // The same figures from below: each level is the sum of the one under it, to the fen.
  for (const field of ['gifts', 'giftsMinor', 'refundedMinor', 'matchMinor', 'lumpMinor', 'totalMinor'] as const) {
    const parts = [body.project.byItself, ...body.project.subPlans.map(({ raised }: { raised: object }) => raised)];
    expect(parts.reduce((sum, part) => sum + part[field], 0)).toBe(body.project.together[field]);
    if (field === 'lumpMinor' || field === 'totalMinor') continue;
    const inTeams = listed.teams.reduce(
      (sum: number, one: { raised: Record<string, number> }) => sum + (one.raised[field] ?? 0),
      0,
    );
    expect(inTeams).toBe(listed.inTeams[field]);
    expect(listed.inTeams[field] + listed.besideTeams[field]).toBe((await world.figures(xuanhan)).body.raised[field]);
  }
  for (const campaignId of [project, xuanhan, partner])
    expect(violationsOf(await settledBooks(world.table, campaignId, DAYS))).toEqual([]);
  expect((await world.figures(xuanhan)).body).toMatchObject({ parentCampaignId: project, project: null });
  expect(world.poison).toEqual([]);
});

it('a sub-plan is shown under its project once it is approved, and none of a stranger is taken', async () => {
  const titles = async () =>
    (await world.figures(project)).body.project.subPlans.map(({ title }: { title: string }) => title);
  expect((await titles()).toSorted()).toEqual(['伙伴子计划', '宣汉子计划'].toSorted());
  const submitted = await world.submit(subPlan('xuanhan', '未批准'), MANAGER, undefined, 'another');
  expect(submitted.status).toBe(201);
  expect(await titles()).not.toContain('未批准');

  const strangers = await world.submit(subPlan('stranger', '别人的'), MANAGER, undefined, 'stranger');
  expect(strangers.body.problems).toMatchObject([{ field: 'parentCampaignId' }]);
  const below = await world.submit(
    { ...subPlan('xuanhan', '第三层'), parentCampaignId: xuanhan },
    MANAGER,
    undefined,
    'third',
  );
  expect(below.body.problems).toMatchObject([{ field: 'parentCampaignId' }]);
  const own = await world.submit(
    { ...subPlan('dazhou', '太长'), window: { ...PROPOSAL.window, lastDay: '2026-09-10' } },
    MANAGER,
    undefined,
    'long',
  );
  expect(own.body.problems).toMatchObject([{ field: 'window', problem: expect.stringContaining('2026-09-09') }]);
});

it('a team waits for the manager’s word, and nobody learns of its captain', async () => {
  const begun = await begin(xuanhan, 'team-one');
  expect([begun.status, begun.body.state]).toEqual([201, 'waiting']);
  const { teamId } = begun.body;
  expect((await begin(xuanhan, 'team-one')).status).toBe(200);
  const sameKey = 'team-one'.padEnd(20, 'k').replace('-', 'k');
  expect(codeOf(await begin(xuanhan, 'another-name', sameKey))).toEqual([409, 'idempotency-key-reused']);
  expect(codeOf(await teamsOf(xuanhan, teamId))).toEqual([404, 'unknown-team']);
  expect((await world.file(xuanhan)).status).toBe(200);
  world.at('2026-09-07T00:00:00+08:00');
  await world.move(xuanhan, 'open');
  expect((await world.intend(xuanhan, { amountMinor: 100, teamId })).body.problems).toMatchObject([
    { field: 'teamId' },
  ]);
  expect(codeOf(await decideOn(xuanhan, teamId, { decision: 'approve' }, FINANCE))).toEqual([403, 'forbidden']);
  expect(codeOf(await decideOn(xuanhan, teamId, { decision: 'decline' }))).toEqual([422, 'invalid']);
  await decideOn(xuanhan, teamId, { decision: 'approve' });
  expect((await world.intend(xuanhan, { amountMinor: 100, teamId })).status).toBe(201);
  expect((await world.intend(partner, { amountMinor: 100, teamId })).status).not.toBe(201);
  const shown = await teamsOf(xuanhan, teamId);
  expect(JSON.stringify([shown.body, (await teamsOf(xuanhan)).body])).not.toMatch(/周队长|138/);
  const staff = (actor: typeof MANAGER) =>
    world.request('manage-teams', manageTeams, {
      path: `/campaigns/${xuanhan}/teams/${teamId}`,
      routeParameters: { campaignId: xuanhan, teamId },
      actor,
    });
  expect((await staff(MANAGER)).body.captain).toEqual({ name: '周队长', email: null, phone: '13800000000' });
  expect((await staff(FINANCE)).status).toBe(403);
  await decideOn(xuanhan, teamId, { decision: 'close', reason: '满额' });
  expect((await world.intend(xuanhan, { amountMinor: 100, teamId })).status).toBe(422);
  expect((await teamsOf(xuanhan, teamId)).body.takesGifts).toBe(false);
});

it('so many teams wait and no more, until the manager decides on one', async () => {
  for (let n = 0; n < 100; n += 1) expect((await begin(xuanhan, `t${n}`)).status).toBe(201);
  expect(codeOf(await begin(xuanhan, 'too-many'))).toEqual([409, 'no-place-for-teams']);
  const { teamId } = (await begin(xuanhan, 't7')).body;
  await decideOn(xuanhan, teamId, { decision: 'decline', reason: '名称不当' });
  expect((await begin(xuanhan, 'too-many')).status).toBe(201);
});

it('a unit joins a campaign that takes gifts, once, and gifts count for it from then on', async () => {
  const join = (unit: object) =>
    world.request('manage-teams', manageTeams, {
      method: 'POST',
      path: `/campaigns/${xuanhan}/units`,
      routeParameters: { campaignId: xuanhan },
      body: JSON.stringify(unit),
      actor: MANAGER,
    });
  expect((await world.file(xuanhan)).status).toBe(200);
  world.at('2026-09-07T00:00:00+08:00');
  await world.move(xuanhan, 'open');
  expect((await world.intend(xuanhan, { amountMinor: 100, unitId: 'kaijiang' })).status).toBe(422);
  expect((await join({ id: 'kaijiang', name: '开江县红十字会' })).status).toBe(201);
  expect((await join({ id: 'kaijiang', name: '开江县红十字会' })).status).toBe(200);
  expect(codeOf(await join({ id: 'kaijiang', name: '别的单位' }))).toEqual([409, 'id-taken']);
  const asked = { unitId: 'kaijiang' };
  await give(world, xuanhan, { paidAt: '2026-09-07T10:00:00+08:00', openid: 'openid-a', amountMinor: 900, asked });
  await world.drainStream();
  const { units } = (await world.figures(xuanhan)).body;
  expect(units[0]).toMatchObject({ id: 'kaijiang', giftsMinor: 900 });
  expect(violationsOf(await settledBooks(world.table, xuanhan, DAYS))).toEqual([]);
});

type Row = readonly [level: string, name: string, raised: Record<string, number>];
function tableOf(above: readonly Row[], below: readonly Row[]): string {
  const table = new Table({
    head: ['Level', 'Name', 'Gifts', 'Given', 'Back', 'Match'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const yuan = (amount: number | undefined): string => formatDecimal(minor(amount ?? 0), 'CNY');
  for (const [level, name, raised] of [...above, ...below]) {
    const { gifts = 0, giftsMinor, refundedMinor, matchMinor } = raised;
    table.push([level, name, gifts, yuan(giftsMinor), yuan(refundedMinor), yuan(matchMinor)]);
  }
  return table.toString();
}
