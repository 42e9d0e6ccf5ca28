import { beforeEach, describe, expect, it } from 'vitest';
import { donorIdOf } from '../../functions/kernel/ids.ts';
import { definition as putStandings } from '../../functions/matching/put-standings.lambda.ts';
import { definition as requestClaim } from '../../functions/matching/request-match-claim.lambda.ts';
import { standingKey } from '../../functions/platform/keys.ts';
import { MANAGER } from '../stories/people.ts';
import { FINANCE, SteeredCampaign } from './steered-campaign.ts';

const DONOR = donorIdOf('donor key of the story', 'wechat-pay', 'openid-wei');
let campaign: SteeredCampaign;
beforeEach(async () => {
  const rule = { version: 2, sponsor: '科伦', poolMinor: 50_000 };
  const tiers = [{ atLeastYears: 3, numerator: 1, denominator: 1 }];
  campaign = await SteeredCampaign.open({
    rules: [
      { ...rule, kind: 'loyalty', id: 'loyal', tiers },
      { ...rule, kind: 'employer', id: 'staff', numerator: 1, denominator: 1, requestWithinDays: 10 },
    ],
  });
});

const put = (standings: readonly object[], actor = MANAGER) =>
  campaign.world.request('put-standings', putStandings, {
    method: 'PUT',
    path: '/standings',
    routeParameters: { campaignId: campaign.campaignId },
    body: JSON.stringify({ standings }),
    actor,
  });
const wei = (more: object) => ({ provider: 'wechat-pay', payerReference: 'openid-wei', ...more });

describe('a list of donors', () => {
  it('lets the rules know the donor by their hash, from the next gift on, and nobody by their account', async () => {
    await campaign.gift(1, 1_000, { donorId: DONOR });
    const { status, body } = await put([wei({ years: 4, employerRuleIds: ['staff'] })]);
    expect([status, body]).toEqual([200, { campaignId: campaign.campaignId, stored: 1 }]);
    const { orderNo } = await campaign.gift(2, 2_000, { donorId: DONOR });
    expect((await campaign.pool()).remainingMinor).toBe(98_000);
    const claim = { orderNo, ruleId: 'staff' };
    expect((await campaign.post('request-match-claim', requestClaim, { body: claim })).status).toBe(201);
    expect(JSON.stringify(campaign.world.table.everything())).not.toContain('openid-wei');
    expect(await campaign.violations()).toEqual([]);
  });

  it('replaces what was said before, and is the same when it comes twice', async () => {
    await put([wei({ years: 4, reach: 9 })]);
    for (const _ of [1, 2]) expect((await put([wei({ reach: 40 })])).status).toBe(200);
    const item = await campaign.world.table.get(standingKey(campaign.campaignId, DONOR));
    expect(item).toMatchObject({ type: 'standing', donorId: DONOR, reach: 40, listedBy: 'manager-li' });
    expect(item?.['years']).toBeUndefined();
  });

  it('is stored whole or not at all, and its problems name places and no people', async () => {
    const answer = await put([wei({ years: 4 }), wei({ years: 5, employerRuleIds: ['loyal'] })]);
    expect(answer.status).toBe(422);
    expect(answer.body.problems).toEqual([
      { field: 'standings[1]', problem: 'names a donor for the second time', fix: 'name each once' },
      {
        field: 'standings[1].employerRuleIds[0]',
        problem: 'is no employer’s rule of this campaign',
        fix: 'send some of staff',
      },
    ]);
    expect(JSON.stringify(answer.body)).not.toContain('openid-wei');
    expect(await campaign.world.table.get(standingKey(campaign.campaignId, DONOR))).toBeUndefined();
  });

  it('takes 98 donors in one call, says how to send more, and comes from managers', async () => {
    const many = Array.from({ length: 99 }, (_, n) => ({ provider: 'wechat-pay', payerReference: `o${n}`, reach: n }));
    expect((await put(many.slice(0, 98))).body.stored).toBe(98);
    const tooMany = await put(many);
    expect(tooMany.body.problems[0].problem).toBe('must be at most 98 in one call: send a longer list in several');
    expect((await put([wei({})], FINANCE)).status).toBe(403);
  });
});
