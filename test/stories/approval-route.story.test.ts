import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Membership } from '../../functions/access/membership.ts';
import type { Role } from '../../functions/access/role.ts';
import { definition as listApprovals } from '../../functions/approvals/list-approvals.lambda.ts';
import { definition as manageRoutes } from '../../functions/approvals/manage-approval-routes.lambda.ts';
import { definition as manageDelegations } from '../../functions/approvals/manage-delegations.lambda.ts';
import { definition as readInbox } from '../../functions/approvals/read-inbox.lambda.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { plusSeconds, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { attachmentKey } from '../../functions/platform/keys.ts';
import { membershipOf, putMembership } from '../access/people.ts';
import { ADMIN, APPROVER, BOTH, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { type Answer, World } from './world.ts';

const ACTORS: readonly (readonly [personId: string, name: string, role: Role])[] = [
  ['director-luo', '罗成', 'approver'],
  ['deputy-tang', '唐敏', 'approver'],
  ['secretary-he', '何静', 'finance'],
  ['chair-deng', '邓波', 'admin'],
];
const actor = (personId: string): Actor => ({
  id: personId,
  groups: ACTORS.filter(([id]) => id === personId).map(([, , role]) => role),
});
const DIRECTOR = actor('director-luo');
const DEPUTY = actor('deputy-tang');
const SECRETARY = actor('secretary-he');
const CHAIR = actor('chair-deng');

/** Finance of the city, then its director by name, then from 500 yuan on the meeting, whose secretary records it. */
const ROUTE = {
  steps: [
    {
      name: '财务审核',
      who: { role: 'finance' },
      remindAfterHours: 24,
      escalateAfterHours: 72,
      escalateTo: { role: 'admin' },
    },
    { name: '分管领导', who: { personIds: ['director-luo'] }, remindAfterHours: 48 },
    { name: '党组会议', who: { personIds: ['secretary-he'] }, aboveMinor: 50_000, collective: true },
  ],
};
const REASONS = [
  { field: 'budgetLines[2].amountMinor', reason: '管理费偏高，请说明' },
  { reason: '请附受益人公示名单' },
];
const MINUTES = { attachmentId: 'att_0123456789abcdefghjk', heldOn: '2026-08-21', attendees: ['罗成', '何静', '邓波'] };

describe('a route of three people', () => {
  let world: World;
  let campaignId: string;

  beforeEach(async () => {
    world = new World();
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    for (const [personId, name, role] of ACTORS) await member(personId, [role], { name });
    await saveRoute(ROUTE);
    campaignId = (await world.submit(PROPOSAL, MANAGER)).body.campaignId;
  });

  /** The minutes as a file of the campaign that was uploaded and confirmed. */
  async function putMinutes(more: object = {}): Promise<void> {
    const { attachmentId } = MINUTES;
    const file = { name: '会议纪要.pdf', kind: 'minutes', contentType: 'application/pdf', bytes: 1, sha256: 'x' };
    const item = { type: 'attachment', campaignId, attachmentId, ...file, state: 'stored', addedBy: 'x', ...more };
    await world.table.write({ put: { ...attachmentKey(campaignId, attachmentId), ...item, addedAt: world.now } });
  }
  const member = (personId: string, roles: readonly Role[], more: Partial<Membership> = {}) =>
    putMembership(world.table, membershipOf(personId, 'dazhou', roles, { reach: 'here', ...more }));
  const route = (
    method: string,
    parts: { body?: object; etag?: string; by?: Actor; organisationId?: string; subject?: string } = {},
  ) => {
    const { organisationId = 'dazhou', subject = 'campaign', body, etag, by = ADMIN } = parts;
    return world.request('manage-approval-routes', manageRoutes, {
      method,
      path: `/organisations/${organisationId}/approval-routes/${subject}`,
      routeParameters: { organisationId, subject },
      actor: by,
      headers: etag === undefined ? {} : { 'If-Match': etag },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  async function saveRoute(body: object): Promise<Answer> {
    const etag = String((await route('GET')).headers['etag']);
    const saved = await route('PUT', { body, etag });
    expect(saved.status).toBe(200);
    return saved;
  }
  const decide = (by: Actor, decision: object = {}, round = 1) =>
    world.decide(campaignId, { decision: 'approve', round, ...decision }, by);
  async function decided(by: Actor, decision: object = {}, round = 1): Promise<Answer> {
    const answer = await decide(by, decision, round);
    expect([by.id, answer.status, answer.body.detail]).toEqual([by.id, 200, undefined]);
    return answer;
  }
  const inbox = async (by: Actor, after?: string) =>
    (
      await world.request('read-inbox', readInbox, {
        path: '/me/inbox',
        actor: by,
        ...(after === undefined ? {} : { query: { after } }),
      })
    ).body;
  const waitsFor = async (by: Actor): Promise<string[]> =>
    (await inbox(by)).waiting.map((one: { step: { name: string }; round: number }) => `${one.step.name} ${one.round}`);
  const delegations = (method: string, by: Actor, parts: { body?: object; key?: string; id?: string } = {}) =>
    world.request('manage-delegations', manageDelegations, {
      method,
      path: parts.id === undefined ? '/me/delegations' : `/me/delegations/${parts.id}`,
      actor: by,
      ...(parts.id === undefined ? {} : { routeParameters: { delegationId: parts.id } }),
      headers: { 'Idempotency-Key': parts.key ?? 'story' },
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
    });
  const DELEGATION = {
    toPersonId: 'deputy-tang',
    organisationId: 'dazhou',
    from: '2026-08-19T00:00:00+08:00',
    until: '2026-08-31T00:00:00+08:00',
    reason: '出差',
  };
  /** One look of the workflow: where it stands, mails, and waiting if there is anything to wait for. */
  async function look(token = 'token', round = 1) {
    const standing = await world.requestApproval(campaignId, round, token);
    await world.tellApprovers(campaignId, round);
    return standing;
  }
  const mailed = (): string[] => world.mails.map(({ to, subject }) => `${to.replace('@example.org', '')}: ${subject}`);
  const hours = (count: number): void => {
    world.now = plusSeconds(world.now, count * SECONDS_PER_HOUR);
  };
  const approvals = async (by = MANAGER) =>
    (
      await world.request('list-approvals', listApprovals, {
        path: `/campaigns/${campaignId}/approvals`,
        routeParameters: { campaignId },
        actor: by,
      })
    ).body.approvals;
  /** Every decision of every round, as a table that people read. */
  async function ledger(): Promise<string> {
    type Decided = {
      at: string;
      by: { name: string };
      onBehalfOf: { name: string } | null;
      decision: string;
      reasons: { reason: string }[];
    };
    const rounds: { round: number; state: string; steps: { name: string; decisions: Decided[] }[] }[] =
      await approvals();
    return rounds
      .flatMap(({ round, state, steps }) => [
        ...steps.flatMap(({ name, decisions }) =>
          decisions.map(({ at, by, onBehalfOf, decision, reasons }) =>
            [
              `round ${round}`,
              at.slice(0, 16),
              name,
              onBehalfOf === null ? by.name : `${by.name} for ${onBehalfOf.name}`,
              decision,
              ...reasons.map(({ reason }) => reason),
            ].join(' | '),
          ),
        ),
        `round ${round} | ${state}`,
      ])
      .join('\n');
  }

  it('is gone through with one return: every decision, and who was told what, can be read afterwards', async () => {
    await look();
    hours(1);
    await decided(FINANCE);
    await look();
    hours(1);
    await decided(DIRECTOR, { decision: 'return', reasons: REASONS });
    expect(await world.reviewApproval(campaignId, 1)).toMatchObject({
      kind: 'returned',
      reason: 'budgetLines[2].amountMinor: 管理费偏高，请说明; 请附受益人公示名单',
    });
    await world.tellApprovers(campaignId, 1);
    await world.move(campaignId, 'returned', '见审批意见');

    world.at('2026-08-21T14:00:00+08:00');
    expect(
      (await world.submit({ ...PROPOSAL, purpose: `${PROPOSAL.purpose}受益人名单见附件。` }, MANAGER, campaignId))
        .status,
    ).toBe(201);
    await look('token-2', 2);
    await decided(FINANCE, {}, 2);
    await look('token-2', 2);
    await decided(DIRECTOR, {}, 2);
    await look('token-2', 2);
    await putMinutes();
    await decided(SECRETARY, { minutes: MINUTES }, 2);
    expect(await world.reviewApproval(campaignId, 2)).toMatchObject({ kind: 'approved', reason: '' });
    await world.tellApprovers(campaignId, 2);
    await world.move(campaignId, 'approved');

    expect(await ledger()).toMatchInlineSnapshot(`
      "round 1 | 2026-08-20T02:00 | 财务审核 | finance-chen | approve
      round 1 | 2026-08-20T03:00 | 分管领导 | 罗成 | return | 管理费偏高，请说明 | 请附受益人公示名单
      round 1 | returned
      round 2 | 2026-08-21T06:00 | 财务审核 | finance-chen | approve
      round 2 | 2026-08-21T06:00 | 分管领导 | 罗成 | approve
      round 2 | 2026-08-21T06:00 | 党组会议 | 何静 | approve
      round 2 | approved"
    `);
    expect(mailed()).toMatchInlineSnapshot(`
      [
        "finance-chen: 待您审批：困难党员帮扶计划",
        "finance-li: 待您审批：困难党员帮扶计划",
        "secretary-he: 待您审批：困难党员帮扶计划",
        "director-luo: 待您审批：困难党员帮扶计划",
        "manager-li: 项目方案已退回修改：困难党员帮扶计划",
        "finance-chen: 待您审批：困难党员帮扶计划",
        "finance-li: 待您审批：困难党员帮扶计划",
        "secretary-he: 待您审批：困难党员帮扶计划",
        "director-luo: 待您审批：困难党员帮扶计划",
        "secretary-he: 待您审批：困难党员帮扶计划",
        "manager-li: 项目方案已通过：困难党员帮扶计划",
      ]
    `);
  });

  describe('the steps', () => {
    it('wait for their people one after the other, and only theirs', async () => {
      await look();
      expect([await waitsFor(FINANCE), await waitsFor(DIRECTOR), await waitsFor(MANAGER)]).toEqual([
        ['财务审核 1'],
        [],
        [],
      ]);
      const early = await decide(DIRECTOR);
      expect([early.status, early.body.title]).toEqual([409, 'not-your-step']);
      await decided(FINANCE);
      expect([await waitsFor(FINANCE), await waitsFor(DIRECTOR)]).toEqual([[], ['分管领导 1']]);
    });

    it('are those of the route as it was when the approval began', async () => {
      await look();
      await saveRoute({ steps: [{ name: '一人决定', who: { role: 'approver' } }] });
      expect((await decide(APPROVER)).status).toBe(403);
      await decided(FINANCE);
      expect((await approvals())[0]).toMatchObject({
        route: { organisationId: 'dazhou', version: 2 },
        step: { number: 2, of: 3 },
      });
    });

    it('of a meeting need minutes, and take none of a day that lies ahead', async () => {
      await look();
      await decided(FINANCE);
      await decided(DIRECTOR);
      const bare = await decide(SECRETARY);
      expect([bare.status, bare.body.title, bare.body.problems[0].field]).toEqual([422, 'minutes-needed', 'minutes']);
      const held = { ...MINUTES, heldOn: '2026-08-20' };
      for (const more of [undefined, { kind: 'evidence' }, { state: 'awaiting-upload' }]) {
        if (more !== undefined) await putMinutes(more);
        const lost = await decide(SECRETARY, { minutes: held });
        expect([lost.status, lost.body.problems[0].field]).toEqual([422, 'minutes.attachmentId']);
      }
      await putMinutes();
      const early = await decide(SECRETARY, { minutes: MINUTES });
      expect([early.status, early.body.problems[0].field]).toEqual([422, 'minutes.heldOn']);
      await decided(SECRETARY, { minutes: held });
      expect((await approvals())[0].steps[2].decisions[0].minutes).toMatchObject({
        attendees: ['罗成', '何静', '邓波'],
      });
    });

    it('are no one’s who wrote any of it, whether or not they handed it in', async () => {
      const written = await world.draft(PROPOSAL, CHAIR, 'together');
      const { campaignId: joint } = written.body;
      const saved = await world.save(joint, { slogan: '一起帮' }, BOTH);
      expect([written.status, saved.status]).toEqual([201, 200]);
      expect((await world.handIn(joint, ADMIN)).status).toBe(201);
      await world.requestApproval(joint, 1, 'joint');
      const [waiting] = world.table
        .everything()
        .filter((item) => item.type === 'approval' && item['campaignId'] === joint);
      expect(waiting?.['workedOnBy']).toEqual(['chair-deng', 'manager-li', 'admin-zhao']);
      hours(72);
      const own = await world.decide(joint, { decision: 'approve', round: 1 }, CHAIR);
      expect([own.status, own.body.title]).toEqual([403, 'own-proposal']);
    });

    it('end with a rejection, which tells whoever comes later what happened', async () => {
      await look();
      await decided(FINANCE, { decision: 'reject', reasons: [{ reason: '与年度计划重复' }] });
      expect(await look()).toMatchObject({ kind: 'rejected', reason: '与年度计划重复' });
      await world.move(campaignId, 'rejected', '与年度计划重复');
      const late = await decide(DIRECTOR);
      expect([late.status, late.body.title]).toEqual([409, 'already-decided']);
      expect(late.body.stands).toMatchObject({
        state: 'rejected',
        decidedBy: 'finance-chen',
        reasons: [{ reason: '与年度计划重复' }],
      });
      expect((await world.submit(PROPOSAL, MANAGER, campaignId)).status).toBe(409);
    });

    it('are written into the audit trail with who decided, and without any token', async () => {
      await look('a-secret-token');
      await decided(FINANCE);
      const lines = world.table.everything().filter(({ type }) => type === 'audit-line');
      const line = lines.find(({ action }) => action === 'POST /campaigns/{campaignId}/decisions');
      expect(line).toMatchObject({ by: 'finance-chen', changes: [{ item: 'approval', change: 'changed' }] });
      expect(JSON.stringify(line)).toContain('"decision":"approve"');
      expect(JSON.stringify(lines)).not.toContain('a-secret-token');
    });
  });

  describe('silence', () => {
    it('is broken by reminders, each once, then by others who may decide as well, then by an end', async () => {
      const sent: (readonly [hour: number, mail: string])[] = [];
      const begun = world.now;
      for (let hour = 0; hour <= 100; hour += 1) {
        world.now = plusSeconds(begun, hour * SECONDS_PER_HOUR);
        const before = mailed().length;
        await look();
        sent.push(
          ...mailed()
            .slice(before)
            .map((mail) => [hour, mail] as const),
        );
      }
      expect(sent.map(([hour, mail]) => `${hour} h ${mail}`)).toMatchInlineSnapshot(`
        [
          "0 h finance-chen: 待您审批：困难党员帮扶计划",
          "0 h finance-li: 待您审批：困难党员帮扶计划",
          "0 h secretary-he: 待您审批：困难党员帮扶计划",
          "24 h finance-chen: 审批提醒：困难党员帮扶计划",
          "24 h finance-li: 审批提醒：困难党员帮扶计划",
          "24 h secretary-he: 审批提醒：困难党员帮扶计划",
          "48 h finance-chen: 审批提醒：困难党员帮扶计划",
          "48 h finance-li: 审批提醒：困难党员帮扶计划",
          "48 h secretary-he: 审批提醒：困难党员帮扶计划",
          "72 h admin-zhao: 逾时转请审批：困难党员帮扶计划",
          "72 h chair-deng: 逾时转请审批：困难党员帮扶计划",
          "72 h finance-chen: 审批提醒：困难党员帮扶计划",
          "72 h finance-li: 审批提醒：困难党员帮扶计划",
          "72 h secretary-he: 审批提醒：困难党员帮扶计划",
          "96 h finance-chen: 审批提醒：困难党员帮扶计划",
          "96 h finance-li: 审批提醒：困难党员帮扶计划",
          "96 h secretary-he: 审批提醒：困难党员帮扶计划",
          "96 h admin-zhao: 审批提醒：困难党员帮扶计划",
          "96 h chair-deng: 审批提醒：困难党员帮扶计划",
        ]
      `);
      expect(await waitsFor(CHAIR)).toEqual(['财务审核 1']);
      await decided(CHAIR);
      expect(await waitsFor(DIRECTOR)).toEqual(['分管领导 1']);

      world.now = plusSeconds(begun, 30 * SECONDS_PER_DAY);
      const late = await decide(DIRECTOR);
      expect([late.status, late.body.title, late.body.stands.state]).toEqual([409, 'expired', 'expired']);
      expect(await waitsFor(DIRECTOR)).toEqual([]);
      expect(await look()).toMatchObject({
        kind: 'returned',
        reason: 'Nobody decided within 30 days. Submit it again.',
      });
      expect(mailed().at(-1)).toBe('manager-li: 项目方案逾期未决，已退回：困难党员帮扶计划');
    });

    it('while the workflow stood still is made good by one reminder, not by all that were missed', async () => {
      await look();
      const before = mailed().length;
      hours(70);
      await look();
      expect(mailed().slice(before)).toEqual([
        'finance-chen: 审批提醒：困难党员帮扶计划',
        'finance-li: 审批提醒：困难党员帮扶计划',
        'secretary-he: 审批提醒：困难党员帮扶计划',
      ]);
    });

    it('lets nobody decide by escalation before its time', async () => {
      await look();
      hours(71);
      expect([(await decide(CHAIR)).body.title, await waitsFor(CHAIR)]).toEqual(['not-your-step', []]);
    });
  });

  describe('a delegation', () => {
    it('has a colleague decide for somebody away: told, in the list, and both names kept', async () => {
      const made = await delegations('POST', DIRECTOR, { body: DELEGATION });
      expect([made.status, made.body.isInForce]).toEqual([201, true]);
      await look();
      await decided(FINANCE);
      await look();
      expect(mailed().filter((mail) => mail.startsWith('d'))).toEqual([
        'director-luo: 待您审批：困难党员帮扶计划',
        'deputy-tang: 待您审批：困难党员帮扶计划',
      ]);
      expect(world.mails.at(-1)?.text).toContain('您是受罗成委托代为审批。');
      expect((await inbox(DEPUTY)).waiting).toMatchObject([
        { forSelf: false, onBehalfOf: [{ personId: 'director-luo', name: '罗成' }] },
      ]);
      expect((await decide(DEPUTY)).status).toBe(403);
      await decided(DEPUTY, { onBehalfOf: 'director-luo' });
      expect(await ledger()).toContain('分管领导 | 唐敏 for 罗成 | approve');
      const twice = await decide(DIRECTOR, { step: 2 });
      expect(twice.status).toBe(409);
    });

    it('that ended yesterday, has not begun or was taken back lets nobody decide', async () => {
      await look();
      await decided(FINANCE);
      const yesterday = { ...DELEGATION, until: '2026-08-20T12:00:00+08:00' };
      await delegations('POST', DIRECTOR, { body: yesterday, key: 'a' });
      await delegations('POST', DIRECTOR, { body: { ...DELEGATION, from: '2026-08-25T00:00:00+08:00' }, key: 'b' });
      const taken = await delegations('POST', DIRECTOR, { body: DELEGATION, key: 'c' });
      const back = await delegations('DELETE', DIRECTOR, { id: taken.body.delegationId });
      expect([back.status, back.body.isInForce]).toEqual([200, false]);
      expect((await delegations('DELETE', DIRECTOR, { id: taken.body.delegationId })).body).toEqual(back.body);
      world.at('2026-08-21T12:00:00+08:00');
      expect(await waitsFor(DEPUTY)).toEqual([]);
      const late = await decide(DEPUTY, { onBehalfOf: 'director-luo' });
      expect([late.status, late.body.title]).toEqual([403, 'forbidden']);
    });

    it('is no chain: who was given it cannot give it on', async () => {
      await delegations('POST', DIRECTOR, { body: DELEGATION });
      await delegations('POST', DEPUTY, { body: { ...DELEGATION, toPersonId: 'chair-deng' } });
      await look();
      await decided(FINANCE);
      for (const onBehalfOf of ['director-luo', 'deputy-tang'])
        expect((await decide(CHAIR, { onBehalfOf })).status).toBe(403);
    });

    it('holds only while both are members', async () => {
      await delegations('POST', DIRECTOR, { body: DELEGATION });
      await look();
      await decided(FINANCE);
      await member('director-luo', ['approver'], { state: 'suspended' });
      expect((await decide(DEPUTY, { onBehalfOf: 'director-luo' })).status).toBe(403);
      await member('director-luo', ['approver']);
      await member('deputy-tang', ['approver'], { state: 'suspended' });
      expect((await decide(DEPUTY, { onBehalfOf: 'director-luo' })).status).toBe(403);
    });

    it.each([
      ['to oneself', { toPersonId: 'director-luo' }, 'toPersonId'],
      ['to somebody who belongs nowhere here', { toPersonId: 'stranger' }, 'toPersonId'],
      ['for longer than ninety days', { until: '2026-11-18T00:00:00+08:00' }, 'until'],
      ['that ends before it begins', { until: '2026-08-18T00:00:00+08:00' }, 'until'],
      ['that is over already', { from: '2026-08-01T00:00:00+08:00', until: '2026-08-20T09:00:00+08:00' }, 'until'],
      ['of a role that one has not', { roles: ['finance'] }, 'roles[0]'],
    ])('%s is refused', async (_, changed, field) => {
      const answer = await delegations('POST', DIRECTOR, { body: { ...DELEGATION, ...changed } });
      expect([answer.status, answer.body.problems[0].field]).toEqual([422, field]);
    });

    it('without an end, for an organisation that one has no role in, or without a key is refused', async () => {
      const { until: _, ...endless } = DELEGATION;
      expect((await delegations('POST', DIRECTOR, { body: endless })).status).toBe(422);
      expect((await delegations('POST', DIRECTOR, { body: { ...DELEGATION, organisationId: 'sichuan' } })).status).toBe(
        403,
      );
      expect((await delegations('POST', DIRECTOR, { body: DELEGATION, key: '' })).status).toBe(400);
    });

    it('asked for twice is made once, and is listed on both sides', async () => {
      const made = await delegations('POST', DIRECTOR, { body: DELEGATION });
      const again = await delegations('POST', DIRECTOR, { body: DELEGATION });
      expect([again.status, again.body]).toEqual([200, made.body]);
      const other = await delegations('POST', DIRECTOR, { body: { ...DELEGATION, reason: '病假' } });
      expect([other.status, other.body.title]).toEqual([409, 'idempotency-key-reused']);
      expect((await delegations('GET', DIRECTOR)).body).toEqual({ given: [made.body], received: [] });
      expect((await delegations('GET', DEPUTY)).body).toEqual({ given: [], received: [made.body] });
      expect((await delegations('DELETE', DEPUTY, { id: made.body.delegationId })).status).toBe(404);
    });

    it('is one of ten at most', async () => {
      for (let n = 0; n < 10; n += 1)
        expect((await delegations('POST', DIRECTOR, { body: DELEGATION, key: `k${n}` })).status).toBe(201);
      const more = await delegations('POST', DIRECTOR, { body: DELEGATION, key: 'k10' });
      expect([more.status, more.body.title]).toEqual([409, 'too-many-delegations']);
    });
  });

  describe('when something fails', () => {
    it('a decision that was recorded and whose answer was lost is answered the same when it is sent again', async () => {
      await look();
      const transact = world.table.transact;
      vi.spyOn(world.table, 'transact').mockImplementationOnce(async (writes) => {
        await transact(writes);
        throw new TransientError('the answer was lost');
      });
      expect((await decide(FINANCE)).status).toBe(503);
      const again = await decided(FINANCE);
      expect(again.body).toMatchObject({ step: 1, decidedAt: world.now, stands: { step: { number: 2 } } });
      expect((await approvals())[0].steps[0].decisions).toHaveLength(1);
    });

    it('two people who decide at the same instant both count where two are needed, and one where one is', async () => {
      await saveRoute({
        steps: [
          { name: '双人', who: { role: 'approver' }, quorum: 2 },
          { name: '财务', who: { role: 'finance' } },
        ],
      });
      const other = (await world.submit(PROPOSAL, MANAGER, undefined, 'another')).body.campaignId;
      await world.requestApproval(other, 1, 'other');
      const both = await Promise.all(
        [APPROVER, DIRECTOR].map((by) => world.decide(other, { decision: 'approve', round: 1 }, by)),
      );
      expect(both.map(({ status }) => status)).toEqual([200, 200]);
      const one = await Promise.all(
        [FINANCE, SECRETARY].map((by) => world.decide(other, { decision: 'approve', round: 1 }, by)),
      );
      expect(one.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect(await world.reviewApproval(other, 1)).toMatchObject({ kind: 'approved' });
    });

    it('a step that is decided between the workflow’s look and its wait is seen at once, and the next people are told', async () => {
      const seen = await world.reviewApproval(campaignId, 1);
      await decided(FINANCE);
      expect(await world.awaitDecision(campaignId, 1, Number(seen['version']), 'token-1')).toEqual({
        kind: 'already-decided',
      });
      expect(world.told).toEqual(['token-1']);
      await look('token-2');
      expect(mailed()).toEqual(['director-luo: 待您审批：困难党员帮扶计划']);
    });

    it('a workflow that is stopped and started anew goes on at the step that waits, and mails nobody twice', async () => {
      await look('token-1');
      await decided(FINANCE);
      await look('token-2');
      const before = mailed();
      // Started anew from the beginning, twice, on other tokens.
      expect(await look('token-3')).toEqual({ kind: 'waiting' });
      expect(await look('token-4')).toEqual({ kind: 'waiting' });
      expect(mailed()).toEqual(before);
      await decided(DIRECTOR);
      expect(world.told.at(-1)).toBe('token-4');
    });

    it('a mail that may have gone out before its sender crashed is not sent again, and the others still are', async () => {
      const send = world.sendMail;
      world.sendMail = async (mail) => {
        await send(mail);
        throw new Error('crashed after the mail');
      };
      await expect(look()).rejects.toThrow('crashed after the mail');
      world.sendMail = send;
      await world.tellApprovers(campaignId, 1);
      await world.tellApprovers(campaignId, 1);
      const told = mailed();
      expect(told.length).toBe(3);
      expect(new Set(told).size).toBe(told.length);
    });

    it('a provider that takes no mail loses none, and an address that it refuses keeps nobody from theirs', async () => {
      const send = world.sendMail;
      world.sendMail = async () => {
        throw new NotAccepted('slow down', { forGood: false });
      };
      await expect(look()).rejects.toThrow('slow down');
      world.sendMail = async (mail) => {
        if (mail.to.startsWith('finance-chen')) throw new NotAccepted('no such box', { forGood: true });
        return send(mail);
      };
      expect(await world.tellApprovers(campaignId, 1)).toMatchObject({ kind: 'told', sent: 2, refused: 1 });
    });
  });

  describe('a route as data', () => {
    it('is inherited from the nearest organisation up the tree that has one; without any, one approver decides', async () => {
      await world.createOrganisation({ organisationId: 'xuanhan', name: '宣汉县红十字会', parentId: 'dazhou' }, ADMIN);
      const inherited = await route('GET', { organisationId: 'xuanhan', by: ADMIN });
      expect(inherited.body).toMatchObject({
        version: 1,
        inheritedFrom: { organisationId: 'dazhou', version: 2 },
        steps: { length: 3 },
      });
      const above = await route('GET', { organisationId: 'sichuan', by: ADMIN });
      expect(above.body).toMatchObject({
        version: 1,
        inheritedFrom: { organisationId: null },
        steps: [{ who: { role: 'approver' } }],
      });
      const amendments = await route('GET', { subject: 'amendment' });
      expect(amendments.body.inheritedFrom).toEqual({ organisationId: null, version: 1 });
    });

    it('is changed only by an admin on the version that was read, and every version is kept', async () => {
      const body = { steps: [{ name: '一人', who: { role: 'approver' } }] };
      expect((await route('PUT', { body })).status).toBe(428);
      expect((await route('PUT', { body, etag: 'W/"1"' })).status).toBe(412);
      expect((await route('PUT', { body, etag: 'W/"2"', by: MANAGER })).status).toBe(403);
      const saved = await route('PUT', { body, etag: 'W/"2"' });
      expect([saved.status, saved.headers['etag'], saved.body.version]).toEqual([200, 'W/"3"', 3]);
      const kept = world.table.everything().filter(({ type }) => type === 'approval-route-version');
      expect(kept.map(({ version }) => version)).toEqual([2, 3]);
    });

    it('by which nothing could be decided is refused, with everything that is wrong', async () => {
      const body = {
        steps: [
          { name: 'a', who: { personIds: ['director-luo', 'stranger'] }, quorum: 3, aboveMinor: 1 },
          {
            name: 'a',
            who: { role: 'finance' },
            aboveMinor: 1,
            remindAfterHours: 72,
            escalateAfterHours: 24,
            escalateTo: { role: 'admin' },
          },
        ],
      };
      const answer = await route('PUT', { body, etag: 'W/"2"' });
      expect([answer.status, answer.body.problems.map(({ field }: { field: string }) => field)]).toEqual([
        422,
        ['steps[0].quorum', 'steps[1].remindAfterHours', 'steps[1].name', 'steps', 'steps[0].who.personIds[1]'],
      ]);
    });

    it('is for subjects that there are', async () => {
      expect((await route('GET', { subject: 'lunch' })).status).toBe(404);
    });
  });

  describe('the list of what waits', () => {
    it('goes on page by page through everything, whoever asks', async () => {
      for (let n = 0; n < 120; n += 1) {
        world.now = plusSeconds(world.now, 1);
        const { body } = await world.submit({ ...PROPOSAL, title: `项目${n}` }, MANAGER, undefined, `many-${n}`);
        await world.reviewApproval(body.campaignId, 1);
      }
      const first = await inbox(FINANCE);
      expect(first.waiting).toHaveLength(100);
      const second = await inbox(FINANCE, new URLSearchParams(first.next).get('after') ?? '');
      expect([second.waiting.length, second.next]).toEqual([20, null]);
      const titles = [...first.waiting, ...second.waiting].map(({ title }: { title: string }) => title);
      expect(titles).toEqual(Array.from({ length: 120 }, (_, n) => `项目${n}`));
      expect((await inbox(MANAGER)).waiting).toEqual([]);
    });

    it('takes no place that it has not given', async () => {
      for (const after of ['x', 'dazhou', 'dazhou~', "sichuan~2026'--"]) {
        const answer = await world.request('read-inbox', readInbox, {
          path: '/me/inbox',
          actor: FINANCE,
          query: { after },
        });
        expect([after, answer.status]).toEqual([after, after === 'dazhou~' ? 200 : 400]);
      }
    });

    it('is nothing to somebody who belongs nowhere', async () => {
      const answer = await world.request('read-inbox', readInbox, {
        path: '/me/inbox',
        actor: { id: 'stranger', groups: ['approver'] },
      });
      expect(answer.status).toBe(403);
    });
  });
});
