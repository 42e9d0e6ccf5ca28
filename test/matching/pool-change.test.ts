import { beforeEach, describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { openingPlanOf } from '../../functions/matching/matching-pool.ts';
import { poolChangeSettlement } from '../../functions/matching/pool-change.ts';
import { changeBooks } from '../../functions/matching/settlement.store.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { booksOf, CAMPAIGN, entry, hurried, openPool } from './money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const PLAN = {
  rules: [
    {
      version: 2,
      kind: 'ratio',
      id: 'main',
      sponsor: 'Sponsor',
      poolMinor: 2_000,
      numerator: 1,
      denominator: 1,
      perUnit: { shareBasisPoints: 5_000 },
    },
    {
      version: 2,
      kind: 'ratio',
      id: 'daily',
      sponsor: 'Sponsor',
      poolMinor: 1_000,
      numerator: 1,
      denominator: 10,
      subPools: [
        { id: 'first', poolMinor: 600 },
        { id: 'second', poolMinor: 400 },
      ],
      windows: [
        { from: '2026-09-07T00:00', until: '2026-09-08T00:00', subPoolId: 'first' },
        { from: '2026-09-08T00:00', until: '2026-09-09T00:00', subPoolId: 'second' },
      ],
    },
    {
      version: 2,
      kind: 'challenge',
      id: 'goal',
      sponsor: 'Bank',
      poolMinor: 500,
      measure: 'gifts',
      threshold: 100,
    },
  ],
};

describe('a sponsor who changes a pool', () => {
  let table: MemoryTable;
  const gifts = [1, 2, 3].map((n) => entry(n, { amountMinor: 1_000, unitId: `unit-${n}` }));

  beforeEach(async () => {
    table = memoryTable();
    await openPool(table, PLAN);
    // 1,000 of main for the first gift, 1,000 for the second, nothing for the third; 100 of daily for each.
    await allocateGifts(table, CAMPAIGN, gifts, NOW, hurried);
  });

  const change = (...requests: { ruleId: string; subPoolId?: string; poolMinor: number }[]) =>
    changeBooks(
      table,
      CAMPAIGN,
      undefined,
      NOW,
      (books) => {
        const decided = poolChangeSettlement(
          requests.map((request) => ({ ...request, poolMinor: minor(request.poolMinor) })),
          { by: 'finance-chen', reason: 'the sponsor wrote' },
          books,
        );
        if ('kind' in decided) return decided;
        const { settlement, plan } = decided;
        return { settlement, poolSet: { plan: plan as never, planVersion: books.pool.planVersion + 1 } };
      },
      hurried,
    );
  const fundsNow = async () =>
    (await readPool(table, CAMPAIGN)).funds.map(({ poolMinor, remainingMinor, subPools }) => [
      poolMinor,
      remainingMinor,
      ...(subPools === undefined ? [] : [subPools]),
    ]);
  const problemOf = async (...requests: Parameters<typeof change>) => {
    const outcome = await change(...requests);
    if (outcome.kind !== 'refused') throw new Error(`was not refused: ${outcome.kind}`);
    return outcome.problems?.map(({ field, problem }) => [field, problem]);
  };

  it('raises it, and the next gift draws from what is new', async () => {
    expect(await fundsNow()).toEqual([
      [2_000, 0],
      [1_000, 700, { first: 300, second: 400 }],
      [500, 500],
    ]);
    expect((await change({ ruleId: 'main', poolMinor: 2_700 })).kind).toBe('changed');
    expect((await fundsNow())[0]).toEqual([2_700, 700]);
    const later = entry(4, { amountMinor: 1_000, unitId: 'unit-4' });
    await allocateGifts(table, CAMPAIGN, [later], NOW, hurried);
    const books = await booksOf(table, [...gifts, later]);
    expect(books.journal.at(-1)).toMatchObject({ matchMinor: 800 });
    expect(books.pool).toMatchObject({ planVersion: 2, poolMinor: 4_200, adjustments: 1 });
    expect(violationsOf(books)).toEqual([]);
  });

  it('raises with it what a unit may draw, where that is a share of it', async () => {
    await change({ ruleId: 'main', poolMinor: 4_000 });
    const later = entry(4, { amountMinor: 5_000, unitId: 'unit-1' });
    await allocateGifts(table, CAMPAIGN, [later], NOW, hurried);
    // Half of 4,000 less the 1,000 that unit 1 has drawn, and 300 of the first sub-pool.
    const books = await booksOf(table, [...gifts, later]);
    expect(books.journal.at(-1)?.draws.map(({ matchMinor }) => matchMinor)).toEqual([1_000, 300]);
    expect(violationsOf(books)).toEqual([]);
  });

  it('lowers it to what has been drawn, and not a fen below', async () => {
    expect(await problemOf({ ruleId: 'main', poolMinor: 1_999 })).toEqual([
      ['changes[0].poolMinor', 'is less than what has been drawn already, ¥20.00'],
    ]);
    await change({ ruleId: 'daily', subPoolId: 'first', poolMinor: 300 });
    expect((await fundsNow())[1]).toEqual([700, 400, { first: 0, second: 400 }]);
    expect(await problemOf({ ruleId: 'daily', subPoolId: 'first', poolMinor: 299 })).toEqual([
      ['changes[0].poolMinor', 'is less than what has been drawn already, ¥3.00'],
    ]);
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('takes away all of a part of which nothing was drawn', async () => {
    await change({ ruleId: 'daily', subPoolId: 'second', poolMinor: 0 });
    expect((await fundsNow())[1]).toEqual([600, 300, { first: 300, second: 0 }]);
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('changes several at once or none of them', async () => {
    const before = await fundsNow();
    const refused = await problemOf(
      { ruleId: 'main', poolMinor: 9_000 },
      { ruleId: 'daily', subPoolId: 'first', poolMinor: 1 },
    );
    expect(refused?.map(([field]) => field)).toEqual(['changes[1].poolMinor']);
    expect(await fundsNow()).toEqual(before);
    expect((await readPool(table, CAMPAIGN)).planVersion).toBe(1);
  });

  it.each([
    ['a rule that is not there', { ruleId: 'other', poolMinor: 1 }, 'changes[0].ruleId'],
    ['a sum that was promised to whoever reaches a mark', { ruleId: 'goal', poolMinor: 9_000 }, 'changes[0].ruleId'],
    ['a sub-pool of a rule without', { ruleId: 'main', subPoolId: 'first', poolMinor: 9_000 }, 'changes[0].subPoolId'],
    ['a rule with sub-pools without naming one', { ruleId: 'daily', poolMinor: 9_000 }, 'changes[0].subPoolId'],
    ['a sub-pool that is not there', { ruleId: 'daily', subPoolId: 'third', poolMinor: 9_000 }, 'changes[0].subPoolId'],
  ])('is refused %s, with the field', async (_what, request, field) => {
    expect((await problemOf(request))?.map(([named]) => named)).toEqual([field]);
  });

  it('is refused once matching is closed', async () => {
    await table.write({ update: poolKey(CAMPAIGN), set: { state: 'finalised', stage: 'publicised' } });
    expect(await change({ ruleId: 'main', poolMinor: 9_000 })).toMatchObject({
      kind: 'refused',
      code: 'pool-finalised',
    });
  });

  it('leaves a history from which the first plan can be told', async () => {
    await change({ ruleId: 'main', poolMinor: 5_000 });
    await change({ ruleId: 'daily', subPoolId: 'second', poolMinor: 900 }, { ruleId: 'main', poolMinor: 3_000 });
    await change({ ruleId: 'daily', subPoolId: 'second', poolMinor: 700 }, { ruleId: 'main', poolMinor: 3_500 });
    const { pool, adjustments } = await booksOf(table, gifts);
    expect(pool.planVersion).toBe(4);
    const opening = openingPlanOf(pool.plan, adjustments);
    expect(opening.rules.map(({ poolMinor }) => poolMinor)).toEqual([2_000, 1_000, 500]);
    expect(opening.rules[1]).toMatchObject({ subPools: PLAN.rules[1]?.subPools });
  });
});
