import { beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { readTotals } from '../../functions/ledger/totals.ts';
import type { FunctionName } from '../../functions/manifest.ts';
import { decideClaim as decideStored } from '../../functions/matching/claim-decision.store.ts';
import { definition as decideMatch } from '../../functions/matching/decide-match.lambda.ts';
import { definition as decideClaim } from '../../functions/matching/decide-match-claim.lambda.ts';
import { definition as listClaims } from '../../functions/matching/list-match-claims.lambda.ts';
import { definition as requestClaim } from '../../functions/matching/request-match-claim.lambda.ts';
import { campaignKey, donorContactKey, poolKey, standingKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import type { AnyHttpDefinition } from '../platform/any-http-function.ts';
import { APPROVER, MANAGER } from '../stories/people.ts';
import { FINANCE, onePool, SteeredCampaign } from './steered-campaign.ts';

const employer = (more: object = {}) => ({
  version: 2,
  kind: 'employer',
  id: 'kelun-staff',
  sponsor: '科伦员工',
  poolMinor: 10_000,
  numerator: 1,
  denominator: 1,
  codes: ['kelun-2026'],
  emailDomains: ['kelun.example'],
  requestWithinDays: 10,
  ...more,
});

let campaign: SteeredCampaign;
const open = async (more: object = {}, plan: object = {}) => {
  campaign = await SteeredCampaign.open({ rules: [employer(more)], ...plan });
};
beforeEach(() => open());

const claim = (orderNo: string, more: object = { code: 'kelun-2026' }) =>
  campaign.post('request-match-claim', requestClaim, { body: { orderNo, ruleId: 'kelun-staff', ...more } });
const list = (query: Record<string, string> = {}) =>
  campaign.get('list-match-claims', listClaims, { actor: FINANCE, query });
const decide = (giftId: string, decision: string, actor = FINANCE, more: object = {}) =>
  campaign.post('decide-match-claim', decideClaim, {
    giftId,
    actor,
    body: {
      ruleId: 'kelun-staff',
      decision,
      ...(decision === 'decline' ? { reason: 'not on the list' } : {}),
      ...more,
    },
  });
/** Sends what is meant for one campaign to another one, which has a pool with the same rules. */
async function toAnotherCampaign<Use>(
  name: FunctionName,
  definition: AnyHttpDefinition<Use>,
  body: object,
  giftId = '',
) {
  const { table } = campaign.world;
  const pool = await table.get(poolKey(campaign.campaignId));
  const own = await table.get(campaignKey(campaign.campaignId));
  await table.write({ put: { ...own, ...campaignKey('cmp_other'), type: 'campaign', campaignId: 'cmp_other' } });
  await table.write({
    put: { ...pool, ...poolKey('cmp_other'), type: 'pool', campaignId: 'cmp_other' },
  });
  const routeParameters = { campaignId: 'cmp_other', giftId };
  const parts = { method: 'POST', routeParameters, body: JSON.stringify(body), actor: FINANCE };
  return campaign.world.request(name, definition, parts);
}
const refusal = ({ status, body }: { status: number; body: { title: string } }) => [status, body.title];
const approved = async (n: number, amountMinor: number, more: object = {}) => {
  const gift = await campaign.gift(n, amountMinor, more);
  expect((await claim(gift.orderNo)).status).toBe(201);
  return { gift, answer: await decide(gift.giftId, 'approve') };
};

describe('a claim for an employer’s match', () => {
  it('is made by the order’s number and a code, once, and waits', async () => {
    const { giftId, orderNo } = await campaign.gift(1, 3_000);
    const first = await claim(orderNo);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ orderNo, ruleId: 'kelun-staff', state: 'pending' });
    campaign.world.at('2026-09-07T13:00:00+08:00');
    const again = await claim(orderNo, {});
    expect([again.status, again.body]).toEqual([200, first.body]);
    const { body } = await list();
    expect(body.claims).toHaveLength(1);
    expect(body.claims[0]).toMatchObject({ giftId, amountMinor: 3_000, offerMinor: 3_000, sponsor: '科伦员工' });
    expect(body.claims[0].proof).toEqual({ kind: 'code', code: 'kelun-2026' });
    expect((await campaign.pool()).remainingMinor).toBe(10_000);
  });

  it('is believed of who stands on the list, and of an address at the employer’s domain, which is not copied', async () => {
    const { table } = campaign.world;
    const listed = await campaign.gift(1, 1_000);
    const addressed = await campaign.gift(2, 1_000);
    await table.write({
      put: {
        ...standingKey(campaign.campaignId, listed.donorId),
        type: 'standing',
        donorId: listed.donorId,
        employerRuleIds: ['kelun-staff'],
      },
    });
    await table.write({
      put: {
        ...donorContactKey(addressed.orderNo),
        type: 'donor-contact',
        orderNo: addressed.orderNo,
        email: 'li.wei@Kelun.example',
        expiresAt: 4_000_000_000,
      },
    });
    expect((await claim(listed.orderNo, {})).status).toBe(201);
    expect((await claim(addressed.orderNo, {})).status).toBe(201);
    const { claims } = (await list()).body;
    expect(claims.map(({ proof, email }: { proof: object; email?: string }) => [proof, email])).toEqual([
      [{ kind: 'list' }, undefined],
      [{ kind: 'email-domain', domain: 'kelun.example' }, 'li.wei@Kelun.example'],
    ]);
    const kept = table.everything().filter(({ type }) => type === 'match-claim');
    expect(JSON.stringify(kept)).not.toContain('li.wei');
  });

  it('is refused without a proof, with a wrong code, and for a unit that the employer does not match', async () => {
    const { orderNo } = await campaign.gift(1, 1_000);
    const silent = await claim(orderNo, {});
    expect([...refusal(silent), silent.body.problems[0].field]).toEqual([422, 'not-eligible', 'code']);
    const wrong = await claim(orderNo, { code: 'other-2026' });
    expect([...refusal(wrong), wrong.body.problems[0].problem]).toEqual([
      422,
      'not-eligible',
      'is not a code of this rule',
    ]);
    await open({ unitIds: ['wanyuan'] });
    const elsewhere = await campaign.gift(2, 1_000, { unitId: 'xuanhan' });
    expect(refusal(await claim(elsewhere.orderNo))).toEqual([422, 'not-eligible']);
    const there = await campaign.gift(3, 1_000, { unitId: 'wanyuan' });
    expect((await claim(there.orderNo)).status).toBe(201);
  });

  it('comes in time until midnight of the last day, and not a second later', async () => {
    const { orderNo } = await campaign.gift(1, 1_000);
    const other = await campaign.gift(2, 1_000);
    campaign.world.at('2026-09-17T23:59:59+08:00');
    expect((await claim(orderNo)).status).toBe(201);
    campaign.world.at('2026-09-18T00:00:00+08:00');
    expect(refusal(await claim(other.orderNo))).toEqual([409, 'too-late']);
  });

  it('is for gifts that the rule was in force for, large enough, and neither returned nor void', async () => {
    await open({
      windows: [{ from: '2026-09-07T00:00', until: '2026-09-08T00:00' }],
      perGift: { minMinor: 500 },
    });
    const late = await campaign.gift(1, 1_000, { occurredAt: '2026-09-08T10:00:00+08:00', day: '2026-09-08' });
    const small = await campaign.gift(2, 499);
    const returned = await campaign.gift(3, 1_000);
    await campaign.refund(returned, 1_000);
    const voided = await campaign.gift(4, 1_000);
    await campaign.post('decide-match', decideMatch, {
      giftId: voided.giftId,
      actor: FINANCE,
      body: { decision: 'void', reason: 'fraud' },
    });
    for (const { orderNo } of [late, small, returned, voided])
      expect(refusal(await claim(orderNo))).toEqual([409, 'not-claimable']);
  });

  it('knows no order of another campaign, none that is not counted, and no rule that is no employer’s', async () => {
    expect(refusal(await claim('int_unknown'))).toEqual([404, 'unknown-order']);
    const { orderNo } = await campaign.gift(1, 1_000);
    const foreign = await toAnotherCampaign('request-match-claim', requestClaim, { orderNo, ruleId: 'kelun-staff' });
    expect(refusal(foreign)).toEqual([404, 'unknown-order']);
    const unknown = await claim(orderNo, { ruleId: 'nobody' });
    expect([...refusal(unknown), unknown.body.problems[0].fix]).toEqual([
      422,
      'no-employer-rule',
      'send one of kelun-staff',
    ]);
    expect((await claim('a b', {})).body.problems[0].field).toBe('orderNo');
  });
});

describe('a decision on a claim', () => {
  it('approves it: the match is drawn, counted as a match, and the books agree', async () => {
    const { gift, answer } = await approved(1, 3_000);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ giftId: gift.giftId, state: 'approved', matchMinor: 3_000 });
    expect((await campaign.pool()).remainingMinor).toBe(7_000);
    const { campaign: totals } = await readTotals(campaign.world.table, campaign.campaignId);
    expect(totals).toMatchObject({ matchMinor: 3_000, matchedGifts: 1 });
    expect((await list()).body.claims).toEqual([]);
    expect(await campaign.violations()).toEqual([]);
  });

  it('declines it with a reason, and no money moves', async () => {
    const { giftId, orderNo } = await campaign.gift(1, 3_000);
    await claim(orderNo);
    expect((await decide(giftId, 'decline', FINANCE, { reason: ' ' })).body.problems[0].field).toBe('reason');
    const answer = await decide(giftId, 'decline', APPROVER);
    expect(answer.body).toMatchObject({ state: 'declined', reason: 'not on the list', decidedBy: 'approver-wang' });
    expect(await campaign.pool()).toMatchObject({ remainingMinor: 10_000, adjustments: 0 });
    expect((await claim(orderNo)).body.state).toBe('declined');
  });

  it('answers the same decision again with what stands, and refuses the other one', async () => {
    const { gift, answer } = await approved(1, 3_000);
    campaign.world.at('2026-09-07T14:00:00+08:00');
    const again = await decide(gift.giftId, 'approve', APPROVER);
    expect([again.status, again.body]).toEqual([200, answer.body]);
    expect(refusal(await decide(gift.giftId, 'decline'))).toEqual([409, 'already-decided']);
    const other = await campaign.gift(2, 1_000);
    await claim(other.orderNo);
    await decide(other.giftId, 'decline');
    expect((await decide(other.giftId, 'decline', APPROVER)).body.decidedBy).toBe('finance-chen');
    expect(refusal(await decide(other.giftId, 'approve'))).toEqual([409, 'already-decided']);
    expect((await campaign.pool()).adjustments).toBe(1);
  });

  it('lets one of two people win who approve and decline at the same moment', async () => {
    const { giftId, orderNo } = await campaign.gift(1, 3_000);
    await claim(orderNo);
    const { table, now } = campaign.world;
    let declined = false;
    const interrupted: Table = {
      ...table,
      transact: async (writes) => {
        if (!declined) {
          declined = true;
          expect((await decide(giftId, 'decline', APPROVER)).status).toBe(200);
        }
        return table.transact(writes);
      },
    };
    const about = { campaignId: campaign.campaignId, giftId, by: 'finance-chen' };
    const patience = { random: () => 0, pause: async () => undefined };
    const request = { ruleId: 'kelun-staff', decision: 'approve' } as const;
    expect(await decideStored(interrupted, about, request, now, patience)).toMatchObject({ code: 'already-decided' });
    expect((await campaign.pool()).remainingMinor).toBe(10_000);
    expect(await campaign.violations()).toEqual([]);
  });

  it('is taken once also when the store commits and its answer is lost', async () => {
    const { giftId, orderNo } = await campaign.gift(1, 3_000);
    await claim(orderNo);
    const { table, now } = campaign.world;
    let lost = false;
    const forgetful: Table = {
      ...table,
      transact: async (writes) => {
        const outcome = await table.transact(writes);
        if (lost) return outcome;
        lost = true;
        throw new TransientError('no answer');
      },
    };
    const about = { campaignId: campaign.campaignId, giftId, by: 'finance-chen' };
    const patience = { random: () => 0, pause: async () => undefined };
    const outcome = await decideStored(forgetful, about, { ruleId: 'kelun-staff', decision: 'approve' }, now, patience);
    expect(outcome).toMatchObject({ kind: 'decided', claim: { state: 'approved', matchMinor: 3_000 } });
    expect(await campaign.pool()).toMatchObject({ remainingMinor: 7_000, adjustments: 1 });
  });

  it('draws what the pool and the caps leave, and is refused where that is nothing', async () => {
    await open({ perDonor: { capMinor: 4_000 } });
    const donor = { donorId: 'dnr_one' };
    expect((await approved(1, 3_000, donor)).answer.body.matchMinor).toBe(3_000);
    expect((await approved(2, 3_000, donor)).answer.body.matchMinor).toBe(1_000);
    const capped = (await approved(3, 3_000, donor)).answer;
    expect([...refusal(capped), capped.body.detail]).toEqual([
      409,
      'nothing-left',
      'The donor, the unit or the gift has drawn all that the caps allow. Decline the claim.',
    ]);
    for (const n of [4, 5]) await approved(n, 4_000);
    const exhausted = (await approved(6, 4_000)).answer;
    expect(exhausted.body.detail).toContain('The pool of this rule is empty');
    expect(await campaign.violations()).toEqual([]);
  });

  it('stays below the multiple together with what the gift has drawn already', async () => {
    campaign = await SteeredCampaign.open({
      rules: [...onePool(100_000).rules, employer()],
      maxMultiple: { numerator: 3, denominator: 2 },
    });
    const { gift, answer } = await approved(1, 2_000);
    expect(answer.body.matchMinor).toBe(1_000);
    await campaign.refund(gift, 1_000);
    expect(await campaign.violations()).toEqual([]);
    const { campaign: totals } = await readTotals(campaign.world.table, campaign.campaignId);
    expect(totals).toMatchObject({ matchMinor: 1_500, matchedGifts: 1 });
  });

  it('matches what was left of the gift, and gives back its part of later refunds', async () => {
    const gift = await campaign.gift(1, 3_000);
    await campaign.refund(gift, 1_000, 'refund-1');
    await claim(gift.orderNo);
    expect((await decide(gift.giftId, 'approve')).body.matchMinor).toBe(2_000);
    await campaign.refund(gift, 500, 'refund-2');
    expect((await campaign.pool()).remainingMinor).toBe(8_500);
    await campaign.refund(gift, 1_500, 'refund-3');
    expect((await campaign.pool()).remainingMinor).toBe(10_000);
    expect(await campaign.violations()).toEqual([]);
  });

  it('waits while the gift’s match is held, and comes too late once the matches are confirmed', async () => {
    campaign = await SteeredCampaign.open({
      rules: [...onePool(100_000).rules, employer()],
      screen: { giftsPerMinute: 2 },
    });
    const fast = { donorId: 'dnr_fast', occurredAt: '2026-09-07T10:00:00+08:00' };
    await campaign.gift(1, 1_000, fast);
    const held = await campaign.gift(2, 1_000, fast);
    expect((await claim(held.orderNo)).status).toBe(201);
    expect(refusal(await decide(held.giftId, 'approve'))).toEqual([409, 'match-held']);
    const release = { giftId: held.giftId, actor: FINANCE, body: { decision: 'release', reason: 'known' } };
    await campaign.post('decide-match', decideMatch, release);
    expect((await decide(held.giftId, 'approve')).status).toBe(200);
    const late = await campaign.gift(3, 1_000);
    await claim(late.orderNo);
    await campaign.stage('publicised');
    expect((await decide(late.giftId, 'approve')).status).toBe(200);
    expect(await campaign.violations()).toEqual([]);
    const tooLate = await campaign.gift(4, 1_000);
    expect(refusal(await claim(tooLate.orderNo))).toEqual([409, 'not-claimable']);
  });

  it('comes too late once the matches are confirmed', async () => {
    const one = await campaign.gift(1, 1_000);
    const other = await campaign.gift(2, 1_000);
    await claim(one.orderNo);
    await campaign.stage('confirmed');
    expect(refusal(await decide(one.giftId, 'approve'))).toEqual([409, 'already-confirmed']);
    expect(refusal(await claim(other.orderNo))).toEqual([409, 'already-confirmed']);
  });

  it('finds no claim that was not made, and refuses who may not decide', async () => {
    const { giftId } = await campaign.gift(1, 1_000);
    for (const id of [giftId, 'gft_unknown', 'GIFT#'])
      expect(refusal(await decide(id, 'approve'))).toEqual([404, 'unknown-claim']);
    const claimed = await campaign.gift(2, 1_000);
    await claim(claimed.orderNo);
    for (const decision of ['approve', 'decline']) {
      const body = { ruleId: 'kelun-staff', decision, reason: 'no' };
      const foreign = await toAnotherCampaign('decide-match-claim', decideClaim, body, claimed.giftId);
      expect(refusal(foreign)).toEqual([404, 'unknown-claim']);
    }
    expect((await decide(giftId, 'approve', MANAGER)).status).toBe(403);
    expect((await campaign.get('list-match-claims', listClaims, { actor: MANAGER })).status).toBe(403);
  });
});

describe('the list of claims', () => {
  it('gives fifty at a time, oldest first, and goes on after a position', async () => {
    for (let n = 0; n < 60; n += 1) {
      const { orderNo } = await campaign.gift(n, 100);
      campaign.world.at(`2026-09-07T12:00:${String(n).padStart(2, '0')}+08:00`);
      await claim(orderNo);
    }
    const first = await list();
    expect([first.body.claims.length, first.body.claims[0].giftId]).toEqual([50, 'gft_0']);
    const after = new URLSearchParams(first.body.next).get('after') ?? '';
    const second = await list({ after });
    expect([second.body.claims.length, second.body.claims[0].giftId, second.body.next]).toEqual([10, 'gft_50', null]);
    expect((await list({ after: 'x' })).body.title).toBe('bad-cursor');
  });
});
