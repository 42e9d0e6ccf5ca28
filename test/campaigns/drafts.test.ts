import { beforeEach, describe, expect, it } from 'vitest';
import { definition as beginTeam } from '../../functions/campaigns/begin-team.lambda.ts';
import { findCampaign } from '../../functions/campaigns/campaign.store.ts';
import { findCampaignTerms } from '../../functions/campaigns/campaign-terms.store.ts';
import { definition as getCampaign } from '../../functions/campaigns/get-campaign.lambda.ts';
import { definition as templates } from '../../functions/campaigns/manage-proposal-templates.lambda.ts';
import { definition as saveCampaign } from '../../functions/campaigns/save-campaign.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { membershipOf, putMembership } from '../access/people.ts';
import { ADMIN, APPROVER, MANAGER, PROPOSAL } from '../stories/people.ts';
import { openedCampaign } from '../stories/play.ts';
import { type Answer, World } from '../stories/world.ts';

let world: World;
beforeEach(async () => {
  world = new World();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
});

const codeOf = ({ status, body }: Answer) => [status, body.title];
const fieldsOf = ({ body }: Answer): string[] => body.problems.map(({ field }: { field: string }) => field);

describe('a draft of a proposal', () => {
  it('is made empty, saved in parts, and tells each time what is missing still', async () => {
    const made = await world.draft({ organisationId: 'dazhou' }, MANAGER);
    expect([made.status, made.body.status, made.body.round, made.headers['etag']]).toEqual([201, 'draft', 0, 'W/"1"']);
    const missing = made.body.problems.length;
    const saved = await world.save(made.body.campaignId, { title: PROPOSAL.title, window: PROPOSAL.window }, MANAGER);
    expect([saved.status, saved.headers['etag'], saved.body.problems.length]).toEqual([200, 'W/"2"', missing - 2]);
    const whole = await world.save(made.body.campaignId, PROPOSAL, MANAGER);
    expect(whole.body.problems).toEqual([]);
    const submitted = await world.handIn(made.body.campaignId, MANAGER);
    expect([submitted.status, submitted.body.status, submitted.body.round]).toEqual([201, 'submitted', 1]);
    const { history } = (await world.campaign(made.body.campaignId, MANAGER)).body;
    expect(history).toMatchObject([{ from: 'draft', to: 'submitted', by: MANAGER.id }]);
  });

  it('that was changed meanwhile is not overwritten, and one without a version never', async () => {
    const { campaignId } = (await world.draft({ organisationId: 'dazhou', title: '旧' }, MANAGER)).body;
    await world.save(campaignId, { title: '先到' }, MANAGER, 'W/"1"');
    const late = await world.save(campaignId, { title: '后到' }, MANAGER, 'W/"1"');
    expect([...codeOf(late), late.headers['etag']]).toEqual([412, 'changed-meanwhile', 'W/"2"']);
    const blind = await world.request('save-campaign', saveCampaign, {
      method: 'PATCH',
      path: `/campaigns/${campaignId}`,
      routeParameters: { campaignId },
      body: '{"title":"无版本"}',
      actor: MANAGER,
    });
    expect(codeOf(blind)).toEqual([428, 'if-match-needed']);
    expect((await world.campaign(campaignId, MANAGER)).body.proposal.title).toBe('先到');
  });

  it('is made once under a key, finds what became of it, and refuses other content', async () => {
    const first = await world.draft(PROPOSAL, MANAGER);
    const again = await world.draft(PROPOSAL, MANAGER);
    expect([again.status, again.body]).toEqual([200, first.body]);
    await world.handIn(first.body.campaignId, MANAGER);
    const later = await world.draft(PROPOSAL, MANAGER);
    expect([later.status, later.body.status]).toEqual([200, 'submitted']);
    expect(codeOf(await world.draft({ ...PROPOSAL, title: '别的' }, MANAGER))).toEqual([409, 'idempotency-key-reused']);
  });

  it('is no campaign to anybody who gives, reads in public or counts money', async () => {
    const { campaignId } = (await world.draft(PROPOSAL, MANAGER)).body;
    expect(await findCampaign(world.table, campaignId)).toBeUndefined();
    expect(await findCampaignTerms(world.table, campaignId)).toBeUndefined();
    expect(codeOf(await world.intend(campaignId, { amountMinor: 100 }))).toEqual([404, 'unknown-campaign']);
    expect(codeOf(await world.figures(campaignId))).toEqual([404, 'unknown-campaign']);
    const team = await world.request('begin-team', beginTeam, {
      method: 'POST',
      path: `/campaigns/${campaignId}/teams`,
      routeParameters: { campaignId },
      headers: { 'Idempotency-Key': 'k'.repeat(20) },
      body: JSON.stringify({ name: 'A', targetMinor: 100, captain: { name: 'B', phone: '1' } }),
    });
    expect(codeOf(team)).toEqual([404, 'unknown-campaign']);
  });

  it('says everything at once that its surroundings say against it', async () => {
    world.at('2026-09-07T00:00:00+08:00');
    const { campaignId } = (
      await world.draft(
        {
          ...PROPOSAL,
          parentCampaignId: 'cmp_of_strangers',
          coverAttachmentId: `att_${'0'.repeat(20)}`,
          targetMinor: 40_000,
          budgetLines: [{ ...PROPOSAL.budgetLines[2], quantity: 10, amountMinor: 40_000 }],
        },
        MANAGER,
      )
    ).body;
    const answer = await world.handIn(campaignId, MANAGER);
    expect(codeOf(answer)).toEqual([422, 'invalid']);
    expect(fieldsOf(answer)).toEqual(['window.firstDay', 'budgetLines', 'coverAttachmentId', 'parentCampaignId']);
  });

  it('holds an organisation to the share of management that it may have', async () => {
    await world.createOrganisation({ organisationId: 'strict', name: '严格', managementLimitBasisPoints: 300 }, ADMIN);
    const { campaignId } = (await world.draft({ ...PROPOSAL, organisationId: 'strict' }, MANAGER)).body;
    const answer = await world.handIn(campaignId, MANAGER);
    expect(answer.body.problems).toMatchObject([
      { field: 'budgetLines', problem: expect.stringContaining('3 %'), rule: expect.stringContaining('art. 61') },
    ]);
  });

  it('can be withdrawn once and for all, and stays to be read', async () => {
    const { campaignId } = (await world.draft(PROPOSAL, MANAGER)).body;
    expect((await world.withdraw(campaignId, MANAGER)).body.status).toBe('withdrawn');
    expect((await world.withdraw(campaignId, MANAGER)).status).toBe(200);
    expect(codeOf(await world.handIn(campaignId, MANAGER))).toEqual([409, 'illegal-step']);
    expect(codeOf(await world.save(campaignId, { title: 'x' }, MANAGER))).toEqual([409, 'not-editable']);
    expect((await world.campaign(campaignId, MANAGER)).body.proposal.title).toBe(PROPOSAL.title);
  });

  it('that was returned is edited beside what was submitted, until it is handed in again', async () => {
    const { campaignId } = (await world.submit(PROPOSAL, MANAGER)).body;
    await world.requestApproval(campaignId, 1, 'token-1');
    await world.decide(campaignId, { decision: 'return', round: 1, reason: '预算不清' }, APPROVER);
    await world.move(campaignId, 'returned', '预算不清');
    const saved = await world.save(campaignId, { title: '改过' }, MANAGER);
    expect([saved.body.proposal.title, saved.body.draft.title]).toEqual([PROPOSAL.title, '改过']);
    const wrong = await world.save(campaignId, { parentCampaignId: 'cmp_another' }, MANAGER);
    expect(fieldsOf(wrong)).toEqual(['parentCampaignId']);
    const again = await world.handIn(campaignId, MANAGER);
    expect(again.body).toMatchObject({ round: 2, draft: null, proposal: { title: '改过' } });
  });
});

describe('the list of campaigns', () => {
  const list = (query: Record<string, string>, actor: Actor = MANAGER) =>
    world.request('get-campaign', getCampaign, { path: '/campaigns', query, actor });
  const titlesOf = ({ body }: Answer): string[] => body.campaigns.map(({ title }: { title: string }) => title);

  beforeEach(async () => {
    await world.createOrganisation({ organisationId: 'xuanhan', name: '宣汉县', parentId: 'dazhou' }, ADMIN);
    await world.createOrganisation({ organisationId: 'dazhou-gaoxin', name: '高新区' }, ADMIN);
    for (const [n, organisationId] of ['dazhou', 'xuanhan', 'dazhou', 'dazhou-gaoxin'].entries()) {
      world.at(`2026-08-2${n}T09:00:00+08:00`);
      await world.draft({ ...PROPOSAL, organisationId, title: `${organisationId} ${n}` }, MANAGER, `key-${n}`);
    }
  });

  it('has those of an organisation, newest first, and those below it where it is asked to, and of no neighbour', async () => {
    expect(titlesOf(await list({ organisationId: 'dazhou' }))).toEqual(['dazhou 2', 'dazhou 0']);
    expect(titlesOf(await list({ organisationId: 'dazhou', reach: 'and-below' })).toSorted()).toEqual([
      'dazhou 0',
      'dazhou 2',
      'xuanhan 1',
    ]);
  });

  it('can be asked for a status', async () => {
    const { body } = await list({ organisationId: 'dazhou' });
    await world.handIn(body.campaigns[0].campaignId, MANAGER);
    expect(titlesOf(await list({ organisationId: 'dazhou', status: 'submitted' }))).toEqual(['dazhou 2']);
    expect(titlesOf(await list({ organisationId: 'dazhou', status: 'draft' }))).toEqual(['dazhou 0']);
  });

  it('goes on where a page ended, without one twice or missing', async () => {
    for (let n = 0; n < 60; n += 1)
      await world.draft({ organisationId: 'xuanhan', title: `第 ${n}` }, MANAGER, `many-${n}`);
    const first = await list({ organisationId: 'xuanhan' });
    const second = await list({ organisationId: 'xuanhan', after: first.body.next });
    expect([first.body.campaigns.length, second.body.campaigns.length, second.body.next]).toEqual([50, 11, null]);
    const ids = [...first.body.campaigns, ...second.body.campaigns].map(
      ({ campaignId }: { campaignId: string }) => campaignId,
    );
    expect(new Set(ids).size).toBe(61);
  });

  it('does not go on outside itself, whatever place is named', async () => {
    const neighbour = Buffer.from('sichuan/dazhou/~').toString('base64url');
    for (const after of [neighbour, Buffer.from('zz').toString('base64url'), 'x', '~'])
      expect(codeOf(await list({ organisationId: 'dazhou', after }))).toEqual([422, 'invalid']);
  });

  it('is for the organisation’s people alone', async () => {
    const stranger: Actor = { id: 'of-xuanhan', groups: ['manager'] };
    await putMembership(world.table, membershipOf(stranger.id, 'xuanhan', ['manager']));
    expect((await list({ organisationId: 'xuanhan' }, stranger)).status).toBe(200);
    expect(codeOf(await list({ organisationId: 'dazhou' }, stranger))).toEqual([403, 'forbidden']);
    expect(codeOf(await list({ organisationId: 'nowhere' }, stranger))).toEqual([403, 'forbidden']);
  });
});

describe('a copy of an earlier campaign', () => {
  it('keeps the pattern of its days a year later, and lists what has to be looked at again', async () => {
    const source = await openedCampaign(world);
    world.at('2027-02-01T09:00:00+08:00');
    const copy = await world.draft({ organisationId: 'dazhou', copyOf: source }, MANAGER, 'copy');
    expect(copy.status).toBe(201);
    expect(copy.body.proposal).toMatchObject({
      title: PROPOSAL.title,
      window: { firstDay: '2027-09-07', lastDay: '2027-09-09' },
      executionPlan: [{ fromDay: '2027-09-07' }, { fromDay: '2027-10-01', untilDay: '2027-12-31' }],
      units: PROPOSAL.units,
    });
    const lookAgain = copy.body.problems.filter(({ problem }: { problem: string }) => problem.includes('was copied'));
    expect(lookAgain.map(({ field }: { field: string }) => field)).toEqual([
      'window',
      'personInCharge',
      'bankAccount',
      'certificate',
      'beneficiaries',
      'executionPlan',
      'targetMinor',
      'budgetLines',
      'matching',
    ]);
    expect(codeOf(await world.handIn(copy.body.campaignId, MANAGER))).toEqual([422, 'invalid']);
    // Sent again as they are, they count as looked at.
    const { proposal } = copy.body;
    const looked = Object.fromEntries(lookAgain.map(({ field }: { field: string }) => [field, proposal[field]]));
    expect((await world.save(copy.body.campaignId, looked, MANAGER)).body.problems).toEqual([]);
    expect((await world.handIn(copy.body.campaignId, MANAGER)).status).toBe(201);
  });

  it('is of the organisation’s own campaigns only', async () => {
    await world.createOrganisation({ organisationId: 'chengdu', name: '成都' }, ADMIN);
    const source = (await world.submit({ ...PROPOSAL, organisationId: 'chengdu' }, MANAGER)).body.campaignId;
    const draft = (await world.draft({ organisationId: 'dazhou' }, MANAGER, 'a-draft')).body.campaignId;
    for (const copyOf of [source, draft, 'cmp_unknown'])
      expect(fieldsOf(await world.draft({ organisationId: 'dazhou', copyOf }, MANAGER, 'copy'))).toEqual(['copyOf']);
  });
});

describe('a template', () => {
  const at = (organisationId: string, templateId: string, ifMatch?: string) => ({
    path: `/organisations/${organisationId}/proposal-templates/${templateId}`,
    routeParameters: { organisationId, templateId },
    actor: MANAGER,
    headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
  });
  const put = (organisationId: string, proposal: object, ifMatch?: string, templateId = 'aid') =>
    world.request('manage-proposal-templates', templates, {
      method: 'PUT',
      ...at(organisationId, templateId, ifMatch),
      body: JSON.stringify({ name: '救助类', proposal }),
    });

  it('is saved under its version, and a draft begins with the nearest one', async () => {
    await world.createOrganisation({ organisationId: 'xuanhan', name: '宣汉县', parentId: 'dazhou' }, ADMIN);
    expect((await put('dazhou', { region: '达州', cause: 'poverty-relief' })).status).toBe(201);
    expect(codeOf(await put('dazhou', {}))).toEqual([428, 'if-match-needed']);
    expect(codeOf(await put('dazhou', {}, 'W/"7"'))).toEqual([412, 'changed-meanwhile']);
    expect((await put('dazhou', { region: '达州市' }, 'W/"1"')).headers['etag']).toBe('W/"2"');
    const read = await world.request('manage-proposal-templates', templates, at('dazhou', 'aid'));
    expect(read.body.proposal).toEqual({ region: '达州市' });
    const draft = await world.draft({ organisationId: 'xuanhan', templateId: 'aid', title: '新' }, MANAGER);
    expect(draft.body.proposal).toEqual({ organisationId: 'xuanhan', region: '达州市', title: '新' });
  });

  it('holds nothing that belongs to one campaign, and nothing wrong', async () => {
    const answer = await put('dazhou', { window: PROPOSAL.window, targetMinor: -1, status: 'approved' });
    expect(fieldsOf(answer)).toEqual(['proposal.window', 'proposal.targetMinor', 'proposal.(body)']);
    expect(fieldsOf(await put('dazhou', {}, undefined, 'Not-A-Slug'))).toEqual(['templateId']);
    const unknown = await world.draft({ organisationId: 'dazhou', templateId: 'none' }, MANAGER);
    expect(fieldsOf(unknown)).toEqual(['templateId']);
  });
});
