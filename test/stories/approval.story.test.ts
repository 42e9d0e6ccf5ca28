import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { definition as decideApproval } from '../../functions/approvals/decide-approval.lambda.ts';
import { definition as saveCampaign } from '../../functions/campaigns/save-campaign.lambda.ts';
import { PermanentError, TransientError } from '../../functions/kernel/errors.ts';
import { type Actor, LARGEST_BODY_BYTES } from '../../functions/platform/http.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import type { HttpEventParts } from '../platform/http-event.ts';
import { ADMIN, APPROVER, BOTH, MANAGER, PROPOSAL } from './people.ts';
import { type Answer, World } from './world.ts';

const OTHER_APPROVER: Actor = { id: 'approver-sun', groups: ['approver'] };
const REASON = '请补充受益人的公示名单';

/** What a problem document says, without what it says it for. */
const problemOf = ({ status, headers, body }: Answer) => ({
  status,
  type: headers['content-type'],
  title: body.title,
});
const refused = (status: number, title: string) => ({
  status,
  type: 'application/problem+json; charset=utf-8',
  title,
});

describe('the approval of a proposal', () => {
  let world: World;
  let campaignId: string;

  beforeEach(async () => {
    world = new World();
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    campaignId = (await world.submit(PROPOSAL, MANAGER)).body.campaignId;
    expect(await world.checkProposal(campaignId)).toEqual({ kind: 'passed' });
  });
  afterEach(() => vi.restoreAllMocks());

  const ask = (token = 'token-1', round = 1) => world.requestApproval(campaignId, round, token);
  const approve = (by = APPROVER, round = 1) => world.decide(campaignId, { decision: 'approve', round }, by);
  const giveBack = (by = APPROVER, round = 1) =>
    world.decide(campaignId, { decision: 'return', round, reasons: [{ reason: REASON }] }, by);

  /** Brings the campaign into round 2, submitted again by `by`. */
  async function returnAndSubmitAgain(changed: object, by = MANAGER): Promise<Answer> {
    await ask();
    await giveBack();
    await world.move(campaignId, 'returned', REASON);
    return world.submit(changed, by, campaignId);
  }

  /** Expects that something changes nothing: no item, no execution, no answer to the workflow. */
  async function changesNothing<T>(act: () => Promise<T>): Promise<T> {
    const before = [world.table.changes.length, world.started.length, world.told.length];
    const result = await act();
    expect([world.table.changes.length, world.started.length, world.told.length]).toEqual(before);
    return result;
  }

  /** The same, but the workflow may be told a decision again: it hears a second one no more. */
  async function changesNothingButAnswers<T>(act: () => Promise<T>): Promise<T> {
    const before = [world.table.changes.length, world.started.length];
    const result = await act();
    expect([world.table.changes.length, world.started.length]).toEqual(before);
    return result;
  }

  describe('from submission to decision', () => {
    it('returns a proposal with a reason, takes the changed one as round 2, and starts an execution for each', async () => {
      await ask();
      expect((await giveBack()).body).toMatchObject({ campaignId, round: 1, decision: 'return' });
      expect(world.told).toEqual(['token-1']);
      expect(await world.reviewApproval(campaignId, 1)).toMatchObject({ kind: 'returned', reason: REASON });
      await world.move(campaignId, 'returned', REASON);
      expect((await world.campaign(campaignId, MANAGER)).body).toMatchObject({
        status: 'returned',
        returnReason: REASON,
      });

      world.at('2026-08-21T09:00:00+08:00');
      const changed = { ...PROPOSAL, needEvidence: '名单见附件的 200 户' };
      const again = await world.submit(changed, MANAGER, campaignId);
      expect(again.status).toBe(201);
      expect(again.body).toMatchObject({ campaignId, status: 'submitted', round: 2, returnReason: null });
      expect(again.body.proposal.needEvidence).toBe('名单见附件的 200 户');
      expect(world.started).toEqual([
        { campaignId, round: 1 },
        { campaignId, round: 2 },
      ]);

      await ask('token-2', 2);
      expect((await world.campaign(campaignId, MANAGER)).body.approval).toMatchObject({ state: 'waiting' });
      expect((await approve(OTHER_APPROVER, 2)).status).toBe(200);
      await world.move(campaignId, 'approved');
      const { body } = await world.campaign(campaignId, MANAGER);
      expect(body.approval).toMatchObject({ state: 'approved', decidedBy: OTHER_APPROVER.id });
      expect(body.history.map((step: { to: string; by: string }) => [step.to, step.by])).toEqual([
        ['submitted', MANAGER.id],
        ['awaiting-approval', 'workflow'],
        ['returned', 'workflow'],
        ['submitted', MANAGER.id],
        ['awaiting-approval', 'workflow'],
        ['approved', 'workflow'],
      ]);
    });

    it('never shows the workflow’s task token to anybody', async () => {
      await ask('a-secret-token');
      const answers = [
        await world.campaign(campaignId, MANAGER),
        await approve(),
        await world.campaign(campaignId, ADMIN),
        await approve(OTHER_APPROVER),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 409]);
      expect(JSON.stringify(answers)).not.toContain('a-secret-token');
    });

    it('needs a reason for a return', async () => {
      await ask();
      const answer = await changesNothing(() => world.decide(campaignId, { decision: 'return', round: 1 }, APPROVER));
      expect(problemOf(answer)).toEqual(refused(422, 'invalid'));
      expect(answer.body.problems).toMatchObject([
        { field: 'reasons', problem: 'are needed when something is returned or rejected' },
      ]);
    });
  });

  describe('who may do what', () => {
    it('lets nobody decide on their own proposal, approver or not', async () => {
      await ask();
      const answer = await changesNothing(() => approve(BOTH));
      expect(problemOf(answer)).toEqual(refused(403, 'own-proposal'));
      expect((await approve()).status).toBe(200);
    });

    it('lets nobody decide on a proposal that they submitted in an earlier round', async () => {
      await returnAndSubmitAgain({ ...PROPOSAL, title: '改了名的项目' }, { id: 'manager-zhou', groups: ['manager'] });
      await ask('token-2', 2);
      expect(problemOf(await changesNothing(() => approve(BOTH, 2)))).toEqual(refused(403, 'own-proposal'));
    });

    it('lets only approvers decide, and only managers and admins submit', async () => {
      await ask();
      for (const who of [MANAGER, { id: 'finance-qian', groups: ['finance'] }, { id: 'nobody', groups: [] }]) {
        expect(problemOf(await changesNothing(() => approve(who)))).toEqual(refused(403, 'forbidden'));
      }
      // An admin could only return it.
      expect(problemOf(await changesNothing(() => approve(ADMIN)))).toEqual(refused(409, 'not-your-step'));
      for (const who of [APPROVER, { id: 'auditor', groups: ['auditor'] }]) {
        const answer = await changesNothing(() => world.submit(PROPOSAL, who, undefined, 'another'));
        expect(problemOf(answer)).toEqual(refused(403, 'forbidden'));
      }
    });

    it('shows a campaign to staff only, and says the same of one that does not exist', async () => {
      const stranger = { id: 'stranger', groups: [] };
      const answers = [await world.campaign(campaignId, stranger), await world.campaign('cmp_unknown', stranger)];
      for (const answer of answers) expect(problemOf(answer)).toEqual(refused(403, 'forbidden'));
      expect(answers[0]?.body).toEqual(answers[1]?.body);
      const unknown = await world.campaign('cmp_unknown', MANAGER);
      expect(problemOf(unknown)).toEqual(refused(403, 'forbidden'));
      expect(unknown.body).toEqual(answers[0]?.body);
    });

    it('takes a caller without a token for nobody', async () => {
      await ask();
      const parts = { method: 'POST', routeParameters: { campaignId }, body: '{"decision":"approve","round":1}' };
      const answer = await changesNothing(() => world.request('decide-approval', decideApproval, parts));
      expect(problemOf(answer)).toEqual(refused(403, 'forbidden'));
    });
  });

  describe('repeated and competing decisions', () => {
    it('answers the same to the same person who decides the same again', async () => {
      await ask();
      const first = await approve();
      world.at('2026-08-20T10:00:00+08:00');
      const again = await approve();
      expect([again.status, again.body]).toEqual([200, first.body]);
      // The workflow is told again too: the first call may have died before it told it.
      expect(world.told).toEqual(['token-1', 'token-1']);
    });

    it('tells whoever decides otherwise, or after somebody else, what was decided', async () => {
      await ask();
      await approve();
      for (const act of [giveBack, () => approve(OTHER_APPROVER), () => giveBack(OTHER_APPROVER)]) {
        const answer = await changesNothing(() => act());
        expect(problemOf(answer)).toEqual(refused(409, 'already-decided'));
        expect(answer.body.detail).toContain('approved on 2026-08-20T01:00:00.000Z');
      }
    });

    it('lets exactly one of two approvers win who decide at the same moment', async () => {
      await ask();
      const answers = await Promise.all([approve(), giveBack(OTHER_APPROVER)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(world.told).toEqual(['token-1']);
    });

    it('refuses a decision before the workflow has asked for one', async () => {
      const answer = await changesNothing(() => approve());
      expect(problemOf(answer)).toEqual(refused(409, 'nothing-to-decide'));
      expect(answer.body.detail).toContain('submitted');
    });

    it('refuses a decision on a round that was returned because nobody decided in time', async () => {
      await ask();
      await world.move(campaignId, 'returned', 'Nobody decided within 30 days. Submit it again.');
      const answer = await changesNothing(() => approve());
      expect(problemOf(answer)).toEqual(refused(409, 'nothing-to-decide'));
      expect(answer.body.detail).toContain('returned');
    });

    it('refuses a decision on a round that is not the present one, so that nobody approves what they have not read', async () => {
      await returnAndSubmitAgain({ ...PROPOSAL, title: '改了名的项目' });
      await ask('token-2', 2);
      const answer = await changesNothing(() => approve(APPROVER, 1));
      expect(problemOf(answer)).toEqual(refused(409, 'another-round'));
      expect(answer.body.detail).toContain('round 2');
    });

    it('counts a decision though nothing waits on the token any more: the workflow looks at the approval, not at the token', async () => {
      await ask();
      world.tokensGone.add('token-1');
      expect((await approve()).status).toBe(200);
      expect(await world.reviewApproval(campaignId, 1)).toMatchObject({ kind: 'approved' });
    });

    it('counts a decision though Step Functions cannot be reached', async () => {
      await ask();
      world.tellApprovalTask = async () => {
        throw new TransientError('away');
      };
      expect((await approve()).status).toBe(200);
      expect(await world.reviewApproval(campaignId, 1)).toMatchObject({ kind: 'approved' });
    });

    it('answers a repeat as before once the workflow has gone on with the decision', async () => {
      await ask();
      const first = await approve();
      world.tokensGone.add('token-1');
      await world.move(campaignId, 'approved');
      const again = await changesNothingButAnswers(() => approve());
      expect([again.status, again.body]).toEqual([200, first.body]);
      await world.file(campaignId);
      world.at('2026-09-07T00:00:00+08:00');
      await world.move(campaignId, 'open');
      expect((await approve()).status).toBe(200);
    });

    it('refuses a decision on a campaign that does not exist', async () => {
      const answer = await world.decide('cmp_unknown', { decision: 'approve', round: 1 }, APPROVER);
      expect(problemOf(answer)).toEqual(refused(403, 'forbidden'));
    });
  });

  describe('a workflow that asks again', () => {
    it('waits on the newest token while nobody has decided', async () => {
      expect(await ask('token-lost')).toEqual({ kind: 'waiting' });
      expect(await ask('token-new')).toEqual({ kind: 'waiting' });
      await approve();
      expect(world.told).toEqual(['token-new']);
    });

    it('is told at once when somebody decided between its look and its wait', async () => {
      const seen = await world.reviewApproval(campaignId, 1);
      await approve();
      expect(world.told).toEqual([]);
      expect(await world.awaitDecision(campaignId, 1, Number(seen['version']), 'token-1')).toEqual({
        kind: 'already-decided',
      });
      expect(world.told).toEqual(['token-1']);
    });

    it('is told at the token that it waits on now, even if it asked again while somebody was deciding', async () => {
      await ask('token-lost');
      const get = world.table.get;
      vi.spyOn(world.table, 'get').mockImplementation(async (key, options) => {
        const found = await get(key, options);
        if (!key.sk.startsWith('APPROVAL#')) return found;
        vi.restoreAllMocks();
        await ask('token-new');
        world.tokensGone.add('token-lost');
        return found;
      });
      expect((await approve()).status).toBe(200);
      expect(world.told).toEqual(['token-new']);
    });
  });

  describe('submitting again', () => {
    it('finds the same campaign under the same key, starts the same execution, and changes nothing', async () => {
      const before = world.table.everything();
      const again = await world.submit(PROPOSAL, MANAGER);
      expect([again.status, again.body.campaignId]).toEqual([200, campaignId]);
      expect(world.table.everything()).toEqual(before);
      // Named by campaign and round, the execution is started once whatever is repeated.
      expect(world.started).toEqual([
        { campaignId, round: 1 },
        { campaignId, round: 1 },
      ]);
    });

    it('refuses other content under the same key', async () => {
      const answer = await changesNothing(() => world.submit({ ...PROPOSAL, title: '另一个项目' }, MANAGER));
      expect(problemOf(answer)).toEqual(refused(409, 'idempotency-key-reused'));
    });

    it('makes another campaign under another key', async () => {
      const other = await world.submit(PROPOSAL, MANAGER, undefined, 'another');
      expect(other.status).toBe(201);
      expect(other.body.campaignId).not.toBe(campaignId);
    });

    it('refuses a key that is none', async () => {
      for (const key of ['', 'a key', 'x'.repeat(65), 'ключ']) {
        const answer = await changesNothing(() => world.submit(PROPOSAL, MANAGER, undefined, key));
        expect(problemOf(answer)).toEqual(refused(400, 'bad-idempotency-key'));
      }
    });

    it('refuses a change of what is being decided or was decided, and says how it could be made', async () => {
      const changed = { ...PROPOSAL, title: '改了名的项目' };
      await ask();
      const waiting = await changesNothing(() => world.submit(changed, MANAGER, campaignId));
      expect(problemOf(waiting)).toEqual(refused(409, 'not-editable'));
      await approve();
      await world.move(campaignId, 'approved');
      const approved = await changesNothing(() => world.submit(changed, MANAGER, campaignId));
      expect(approved.body.detail).toContain('is changed by an amendment');
      const again = await changesNothing(() => world.handIn(campaignId, MANAGER));
      expect(problemOf(again)).toEqual(refused(409, 'illegal-step'));
      expect(again.body.detail).toContain('it can become filed or open');
    });

    it('refuses a change of what was submitted a moment ago, rather than losing it', async () => {
      const answer = await changesNothing(() =>
        world.submit({ ...PROPOSAL, title: '改了名的项目' }, MANAGER, campaignId),
      );
      expect(problemOf(answer)).toEqual(refused(409, 'not-editable'));
      expect((await world.campaign(campaignId, MANAGER)).body.proposal.title).toBe(PROPOSAL.title);
    });

    it('finds a resubmission that is repeated as it was, and starts its execution again', async () => {
      const first = await returnAndSubmitAgain({ ...PROPOSAL, title: '改了名的项目' });
      const before = world.table.everything();
      const again = await world.handIn(campaignId, MANAGER);
      expect([first.status, again.status, again.body]).toEqual([201, 200, first.body]);
      expect(world.table.everything()).toEqual(before);
      expect(world.started.slice(1)).toEqual([
        { campaignId, round: 2 },
        { campaignId, round: 2 },
      ]);
    });

    it('keeps a campaign with the organisation that proposed it', async () => {
      await world.createOrganisation({ organisationId: 'chengdu', name: '成都市红十字会' }, ADMIN);
      await ask();
      await giveBack();
      await world.move(campaignId, 'returned', REASON);
      const moved = { ...PROPOSAL, organisationId: 'chengdu' };
      const answer = await changesNothing(() => world.submit(moved, MANAGER, campaignId));
      expect(problemOf(answer)).toEqual(refused(422, 'invalid'));
      expect(answer.body.problems).toMatchObject([
        { field: 'organisationId', problem: expect.stringContaining('must be dazhou') },
      ]);
    });

    it('knows nothing of a campaign that nobody submitted', async () => {
      const answer = await changesNothing(() => world.submit(PROPOSAL, MANAGER, 'cmp_unknown'));
      expect(problemOf(answer)).toEqual(refused(403, 'forbidden'));
    });

    it('refuses a proposal of an organisation that does not exist', async () => {
      const proposal = { ...PROPOSAL, organisationId: 'atlantis' };
      const answer = await changesNothing(() => world.submit(proposal, MANAGER));
      expect(problemOf(answer)).toEqual(refused(403, 'forbidden'));
    });

    it('names everything that contradicts itself at once', async () => {
      const proposal = {
        ...PROPOSAL,
        window: { ...PROPOSAL.window, lastDay: '2026-09-06' },
        targetMinor: 100_001,
        units: [PROPOSAL.units[0], PROPOSAL.units[0]],
      };
      const draft = await world.draft(proposal, MANAGER, 'another');
      const answer = await changesNothing(() => world.handIn(draft.body.campaignId, MANAGER));
      expect(problemOf(answer)).toEqual(refused(422, 'invalid'));
      expect(answer.body.problems.map(({ field }: { field: string }) => field)).toEqual([
        'window.lastDay',
        'budgetLines',
        'units[1].id',
      ]);
    });
  });

  describe('the checks at submission', () => {
    it('return a proposal whose first day has begun where it lives', async () => {
      world.at('2026-09-07T00:00:00+08:00');
      expect(await world.checkProposal(campaignId)).toEqual({
        kind: 'failed',
        reason: 'window.firstDay has begun already (it is 2026-09-07 00:00:00 there)',
      });
      world.at('2026-09-06T23:59:59+08:00');
      expect(await world.checkProposal(campaignId)).toEqual({ kind: 'passed' });
    });
  });

  describe('steps of the workflow', () => {
    it('stop for good at a step that is not legal, with the reason', async () => {
      await changesNothing(async () => {
        const illegal = world.move(campaignId, 'open');
        await expect(illegal).rejects.toBeInstanceOf(PermanentError);
        await expect(illegal).rejects.toThrow(
          'A campaign that is submitted cannot become open; it can become awaiting-approval or returned.',
        );
      });
    });

    it('are taken once when they are repeated', async () => {
      await ask();
      await approve();
      expect(await world.move(campaignId, 'approved')).toEqual({ kind: 'moved' });
      expect(await changesNothing(() => world.move(campaignId, 'approved'))).toEqual({ kind: 'already-there' });
    });

    it('open a campaign together with its full pool, or not at all', async () => {
      await ask();
      await approve();
      await world.move(campaignId, 'approved');
      await world.file(campaignId);
      await world.move(campaignId, 'open');
      const pool = world.table.everything().find(({ type }) => type === 'pool');
      expect(pool).toMatchObject({ campaignId, poolMinor: 15_000, remainingMinor: 15_000, sequence: 0, state: 'open' });
    });

    it('stop for good where there is no such campaign', async () => {
      await expect(world.move('cmp_unknown', 'open')).rejects.toThrow('there is no campaign cmp_unknown');
    });

    it('leave a flag where they failed, which the next step clears', async () => {
      await world.flag(campaignId, 'Setup', { Error: 'States.Timeout', Cause: 'x'.repeat(5000) });
      const flagged = (await world.campaign(campaignId, MANAGER)).body;
      expect(flagged).toMatchObject({
        status: 'submitted',
        attention: { phase: 'Setup', at: '2026-08-20T01:00:00.000Z' },
      });
      expect(flagged.attention.reason).toMatch(/^States\.Timeout: x+$/);
      expect(flagged.attention.reason).toHaveLength(1000);
      expect(world.table.everything().findLast(({ type }) => type === 'audit-line')).toMatchObject({
        organisationId: 'dazhou',
        by: 'workflow',
        action: 'campaign stops in Setup',
      });
      await ask();
      expect((await world.campaign(campaignId, MANAGER)).body).toMatchObject({
        status: 'awaiting-approval',
        attention: null,
      });
    });

    it('flag no campaign into being', async () => {
      await changesNothing(() => world.flag('cmp_unknown', 'Setup', { Error: 'States.Timeout' }));
      expect(await world.table.get(campaignKey('cmp_unknown'))).toBeUndefined();
    });
  });

  describe('bodies that are none', () => {
    const BODIES: readonly (readonly [
      what: string,
      body: string | Buffer | undefined,
      status: number,
      title: string,
    ])[] = [
      ['no body at all', undefined, 400, 'not-json'],
      ['text that is not JSON', '{"decision":', 400, 'not-json'],
      ['bytes that are not UTF-8', Buffer.from('{"decision":"approv\xe9"}', 'latin1'), 400, 'not-json'],
      ['a body one byte too large', ' '.repeat(LARGEST_BODY_BYTES + 1), 413, 'body-too-large'],
      ['JSON that is no object', '[]', 422, 'invalid'],
      ['null', 'null', 422, 'invalid'],
      ['an object without any field', '{}', 422, 'invalid'],
    ];
    const doors = {
      'a proposal': (parts: HttpEventParts) =>
        world.request('save-campaign', saveCampaign, { ...parts, path: '/campaigns', actor: MANAGER }),
      'a decision': (parts: HttpEventParts) =>
        world.request('decide-approval', decideApproval, {
          ...parts,
          actor: APPROVER,
          routeParameters: { campaignId },
        }),
    };
    const sendings = Object.entries(doors).flatMap(([door, send]) =>
      BODIES.map(([what, body, status, title]) => ({ door, what, send, body, status, title })),
    );

    it.each(sendings)(
      '$what as $door is answered $status and changes nothing',
      async ({ send, body, status, title }) => {
        await ask();
        const parts = { method: 'POST', ...(body === undefined ? {} : { body }) };
        const answer = await changesNothing(() => send(parts));
        expect(problemOf(answer)).toEqual(refused(status, title));
      },
    );

    it('an unknown field is named, wherever it is', async () => {
      const matching = { rules: [{ ...PROPOSAL.matching.rules[0], perDonorCapMinor: 1 }] };
      const proposal = { ...PROPOSAL, matching, titel: 'x' };
      const answer = await changesNothing(() => world.submit(proposal, MANAGER, undefined, 'another'));
      expect(problemOf(answer)).toEqual(refused(422, 'invalid'));
      expect(answer.body.problems).toEqual([
        {
          field: 'matching.rules[0]',
          problem: expect.stringContaining('perDonorCapMinor'),
          fix: 'leave out what is not documented',
        },
        { field: '(body)', problem: expect.stringContaining('titel'), fix: 'leave out what is not documented' },
      ]);
      await ask();
      const decision = { decision: 'approve', round: 1, force: true };
      const decided = await changesNothing(() => world.decide(campaignId, decision, APPROVER));
      expect(decided.body.problems).toMatchObject([{ field: '(body)' }]);
    });
  });
});
