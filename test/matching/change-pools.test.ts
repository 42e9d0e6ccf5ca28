import { beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { definition as changePools } from '../../functions/matching/change-pools.lambda.ts';
import { planIdOf } from '../../functions/matching/matching-plan.ts';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { changePools as changeStored } from '../../functions/matching/pool-change.store.ts';
import type { Table } from '../../functions/platform/table.ts';
import { ADMIN, APPROVER, MANAGER } from '../stories/people.ts';
import { FINANCE, onePool, SteeredCampaign } from './steered-campaign.ts';

let campaign: SteeredCampaign;
beforeEach(async () => {
  campaign = await SteeredCampaign.open(onePool(10_000));
});

const change = (changes: readonly object[], planVersion = 1, actor = FINANCE, reason = 'the sponsor wrote') =>
  campaign.post('change-pools', changePools, { actor, body: { planVersion, changes, reason } });
const toMinor = (poolMinor: number) => [{ ruleId: 'kelun', poolMinor }];

describe('a change of pools', () => {
  it('raises a pool that has run out, so that the next gift is matched again', async () => {
    await campaign.gift(1, 12_000);
    expect((await campaign.gift(2, 1_000)).giftId).toBe('gft_2');
    expect((await campaign.pool()).remainingMinor).toBe(0);
    const { status, body } = await change(toMinor(15_000));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      planVersion: 2,
      adjustment: 1,
      changes: [{ ruleId: 'kelun', fromMinor: 10_000, toMinor: 15_000 }],
      reason: 'the sponsor wrote',
      by: 'finance-chen',
    });
    await campaign.gift(3, 2_000);
    const pool = await campaign.pool();
    expect(pool).toMatchObject({ planVersion: 2, poolMinor: 15_000, remainingMinor: 3_000 });
    expect(pool.planId).toBe(planIdOf(pool.plan));
    expect(await campaign.violations()).toEqual([]);
  });

  it('lowers a pool to what was matched and not further, and says what that is', async () => {
    await campaign.gift(1, 4_000);
    const tooLow = await change(toMinor(3_999));
    expect(tooLow.status).toBe(422);
    expect(tooLow.body.problems).toEqual([
      {
        field: 'changes[0].poolMinor',
        problem: 'is less than what has been drawn already, ¥40.00',
        fix: 'leave at least what has been matched',
      },
    ]);
    expect((await change(toMinor(4_000))).status).toBe(200);
    await campaign.gift(2, 1_000);
    expect(await campaign.pool()).toMatchObject({ poolMinor: 4_000, remainingMinor: 0 });
    expect(await campaign.violations()).toEqual([]);
  });

  it('changes one of several sub-pools, and the rule’s money with it', async () => {
    const subPools = [
      { id: 'first', poolMinor: 6_000 },
      { id: 'second', poolMinor: 4_000 },
    ];
    const windows = [
      { from: '2026-09-07T00:00', until: '2026-09-08T00:00', subPoolId: 'first' },
      { from: '2026-09-08T00:00', until: '2026-09-09T00:00', subPoolId: 'second' },
    ];
    campaign = await SteeredCampaign.open(onePool(10_000, { subPools, windows }));
    await campaign.gift(1, 1_000);
    const unnamed = await change(toMinor(12_000));
    expect(unnamed.body.problems[0]).toMatchObject({ field: 'changes[0].subPoolId', fix: 'name one of first, second' });
    expect((await change([{ ruleId: 'kelun', subPoolId: 'second', poolMinor: 7_000 }])).status).toBe(200);
    const [fund] = (await campaign.pool()).funds;
    expect(fund).toMatchObject({
      poolMinor: 13_000,
      remainingMinor: 12_000,
      subPools: { first: 5_000, second: 7_000 },
    });
    expect(await campaign.violations()).toEqual([]);
  });

  it('answers a repeat with what stands, also after the end, and changes nothing twice', async () => {
    const first = await change(toMinor(12_000));
    campaign.world.at('2026-09-07T13:00:00+08:00');
    const again = await change(toMinor(12_000), 1, FINANCE, 'the sponsor wrote');
    expect([again.status, again.body]).toEqual([200, first.body]);
    await campaign.stage('publicised');
    expect((await change(toMinor(12_000))).status).toBe(200);
    expect(await campaign.pool()).toMatchObject({ planVersion: 2, adjustments: 1, poolMinor: 12_000 });
  });

  it('recognises its own change when the store commits and its answer is lost', async () => {
    const { table, now } = campaign.world;
    let lost = 0;
    const forgetful: Table = {
      ...table,
      transact: async (writes) => {
        const outcome = await table.transact(writes);
        lost += 1;
        if (lost === 1) throw new TransientError('no answer');
        return outcome;
      },
    };
    const request = { planVersion: 1, changes: [{ ruleId: 'kelun', poolMinor: minor(12_000) }], reason: 'raised' };
    const patience = { random: () => 0, pause: async () => undefined };
    const about = { campaignId: campaign.campaignId, by: 'finance-chen' };
    expect(await changeStored(forgetful, about, request, now, patience)).toMatchObject({
      kind: 'changed',
      planVersion: 2,
    });
    expect(await readPool(table, campaign.campaignId)).toMatchObject({ planVersion: 2, poolMinor: 12_000 });
  });

  it('refuses whoever has read another version: another person, other sizes, or two versions ago', async () => {
    await change(toMinor(12_000));
    const others = [
      await change(toMinor(12_000), 1, APPROVER),
      await change(toMinor(13_000)),
      await change(toMinor(12_000), 3),
    ];
    expect(others.map(({ status, body }) => [status, body.title])).toEqual(Array(3).fill([409, 'another-version']));
    expect((await change(toMinor(13_000), 2, ADMIN)).status).toBe(200);
    expect((await change(toMinor(12_000))).body.title).toBe('another-version');
    expect((await campaign.pool()).poolMinor).toBe(13_000);
  });

  it('names everything at once that cannot be, and stores nothing', async () => {
    const { status, body } = await change([
      { ruleId: 'kelun', poolMinor: 10_000 },
      { ruleId: 'kelun', poolMinor: 11_000 },
      { ruleId: 'nobody', poolMinor: 11_000 },
      { ruleId: 'kelun', subPoolId: 'first', poolMinor: 11_000 },
    ]);
    expect(status).toBe(422);
    expect(body.problems.map(({ field, problem }: { field: string; problem: string }) => [field, problem])).toEqual([
      ['changes[0].poolMinor', 'is what the pool has already'],
      ['changes[2].ruleId', 'is no rule of this campaign'],
      ['changes[3].subPoolId', 'is given, but this rule has no sub-pools'],
      ['changes[1]', 'names a pool for the second time'],
    ]);
    expect(await campaign.pool()).toMatchObject({ planVersion: 1, poolMinor: 10_000, adjustments: 0 });
  });

  it('never stores a plan that could not be read again: a round without money, or more than an amount can be', async () => {
    const sizes = { poolMinor: 5_000, variant: 'linear', scaleUp: true, capShareBasisPoints: 2_000 };
    const round = { version: 2, kind: 'quadratic', id: 'round', sponsor: '科伦', ...sizes };
    campaign = await SteeredCampaign.open({ rules: [...onePool(10_000).rules, round] });
    const empty = await change([{ ruleId: 'round', poolMinor: 0 }]);
    expect([empty.status, empty.body.problems[0].problem]).toEqual([422, 'leaves the round nothing to share']);
    const shareless = await change([{ ruleId: 'round', poolMinor: 4 }]);
    expect(shareless.body.problems[0].problem).toBe('leaves the round nothing to share');
    const huge = await change([{ ruleId: 'kelun', poolMinor: 1_000_000_000_000 }]);
    expect(huge.body.problems[0].problem).toBe('bring all pools together above ¥10,000,000,000.00');
    expect((await campaign.pool()).planVersion).toBe(1);
  });

  it('is not made of promised sums, after matching was closed, or by who may not', async () => {
    const challenge = { version: 2, kind: 'challenge', id: 'lump', sponsor: '科伦', poolMinor: 500 };
    campaign = await SteeredCampaign.open({
      rules: [...onePool(10_000).rules, { ...challenge, measure: 'gifts', threshold: 9 }],
    });
    const promised = await change([{ ruleId: 'lump', poolMinor: 600 }]);
    expect(promised.body.problems[0].field).toBe('changes[0].ruleId');
    expect((await change(toMinor(12_000), 1, MANAGER)).status).toBe(403);
    await campaign.stage('publicised');
    const late = await change(toMinor(12_000));
    expect([late.status, late.body.title]).toEqual([409, 'pool-finalised']);
  });
});
