import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, localDateOf, plusSeconds, windowBounds } from '../../functions/kernel/time.ts';
import type { Adjustment } from '../../functions/matching/adjustment.ts';
import { DonorRecords } from '../../functions/matching/donor-records.ts';
import { type ExplainedRule, explainMatch, matchExplanationSchema } from '../../functions/matching/explanation.ts';
import { explanationText, plainText } from '../../functions/matching/explanation-text.ts';
import { type MatchEntry, matchEntrySchema } from '../../functions/matching/match-entry.ts';
import { book } from '../../functions/matching/matching-books.ts';
import { decisionOf, engineOf } from '../../functions/matching/matching-engine.ts';
import { matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import {
  frameOf,
  type MatchingPool,
  matchingPoolSchema,
  openingFunds,
  openingPoolItem,
} from '../../functions/matching/matching-pool.ts';
import type { GiftToMatch, MatchingState } from '../../functions/matching/matching-state.ts';
import { seedHashOf } from '../../functions/matching/rules/luck.ts';
import { arbitraryPlan, seedsOf } from './arbitrary-plan.ts';
import { CAMPAIGN, WINDOW, ZONE } from './money-path.ts';

const { opensAt } = windowBounds(WINDOW);

const poolOf = (plan: unknown, changes: Partial<MatchingPool> = {}): MatchingPool => ({
  ...matchingPoolSchema.parse(openingPoolItem(CAMPAIGN, matchingPlanSchema.parse(plan), WINDOW, 'CNY')),
  ...changes,
});

type Given = {
  amountMinor: number;
  seconds?: number;
  donor?: number;
  unitId?: string | undefined;
  reach?: number;
  years?: number;
};

/** Runs gifts through the engine and gives their match entries. */
function counted(pool: MatchingPool, gifts: readonly Given[], seeds: Record<string, string> = {}): MatchEntry[] {
  const engine = engineOf(pool.plan, frameOf(pool), seeds);
  const state: MatchingState = { open: true, funds: openingFunds(pool.plan), donors: new DonorRecords() };
  return gifts.map(({ amountMinor, seconds = 60, donor = 0, unitId, reach, years }, n) => {
    const occurredAt = plusSeconds(opensAt, seconds);
    const gift: GiftToMatch = {
      giftId: `gft_${n}`,
      donorId: `dnr_${donor}`,
      unitId,
      amountMinor: minor(amountMinor),
      occurredAt,
      day: localDateOf(occurredAt, ZONE),
      standing: { reach, years },
    };
    const decision = decisionOf(engine, state, gift);
    book(engine, state, gift, decision);
    return matchEntrySchema.parse({
      type: 'match',
      campaignId: CAMPAIGN,
      orderNo: `int_${n}`,
      sequence: n + 1,
      planId: pool.planId,
      planVersion: 1,
      currency: 'CNY',
      allocatedAt: occurredAt,
      thankYouDue: false,
      ...gift,
      ...decision,
    });
  });
}

const ONE_TO_ONE = {
  version: 2,
  kind: 'ratio',
  id: 'kelun',
  sponsor: 'Kelun',
  poolMinor: 100_000,
  numerator: 1,
  denominator: 1,
} as const;
const LUCKY = {
  version: 2,
  kind: 'random',
  id: 'lucky',
  sponsor: 'Fortune',
  poolMinor: 100_000,
  winNumerator: 1,
  winDenominator: 1,
  lowBasisPoints: 500,
  highBasisPoints: 2_000,
  multiplier: { fromReach: 10, lowest: 3, highest: 10 },
} as const;
const SEED = '0123456789abcdef'.repeat(4);

const explained = (
  plan: unknown,
  gifts: readonly Given[],
  which = gifts.length - 1,
  more: { settlements?: readonly Adjustment[]; pool?: Partial<MatchingPool>; resizes?: readonly Adjustment[] } = {},
) => {
  const pool = poolOf(plan, more.pool);
  const [match] = counted(pool, gifts, { lucky: SEED }).slice(which);
  if (match === undefined) throw new Error('no such gift');
  return explainMatch({
    match,
    account: { refunds: [], settlements: more.settlements ?? [] },
    pool,
    resizes: more.resizes ?? [],
    seedHashes: { lucky: seedHashOf(SEED) },
  });
};

const texts = (explanation: ReturnType<typeof explained>): [chinese: string, english: string] => [
  plainText(explanationText(explanation, 'zh-CN')),
  plainText(explanationText(explanation, 'en')),
];

const settled = (changes: Partial<Adjustment>): Adjustment => ({
  type: 'adjustment',
  campaignId: CAMPAIGN,
  number: 1,
  afterSequence: 9,
  kind: 'refund',
  at: instantOf('2026-09-08T02:00:00Z'),
  by: 'system',
  changes: [],
  ...changes,
});

describe('the explanation of a match', () => {
  it('tells a plain match from the gift to what stands, in both languages', () => {
    const [chinese, english] = texts(explained({ rules: [ONE_TO_ONE] }, [{ amountMinor: 1_770 }]));
    expect(english).toMatchInlineSnapshot(`
      "Gift of ¥17.70 (gft_0)
        Paid 2026-09-07 00:01:00 by the clocks of Asia/Shanghai, for no unit, with order int_0.
        It was counted 2026-09-07 00:01:00 as gift no. 1 of the campaign, by version 1 of the plan (plan_q6pv0e13062w8b93h0aawrt3jc). Gifts draw in the order in which they are counted.

      Rule 1: Kelun (kelun)
        Terms: Kelun: gives 1 for every 1 given, ¥1,000.00 in all, in order of booking until it is used up.
        In force: yes, from 2026-09-07 00:00:00 until before 2026-09-10 00:00:00.
        Offer: ¥17.70 × 1/1 = ¥17.70.
        Pool: ¥1,000.00 was left before this gift; it gave ¥17.70.
        Match by this rule: ¥17.70.

      What stands
        ¥17.70 when counted: the match is ¥17.70.
        It is provisional: gifts still draw from the pool, and matching is checked and closed after the campaign."
    `);
    expect(chinese).toContain('应配：¥17.70 × 1/1 = ¥17.70。');
    expect(chinese).toContain('现有配捐 ¥17.70');
  });

  it('says which cap held a match back, how much of it was used and how much was left', () => {
    const plan = { rules: [{ ...ONE_TO_ONE, perDonor: { perDayMinor: 2_000 } }] };
    const [chinese, english] = texts(explained(plan, [{ amountMinor: 1_500 }, { amountMinor: 1_770 }]));
    expect(english).toContain('the cap a donor and day is ¥20.00; ¥15.00 of it was used, so ¥5.00 was left.');
    expect(chinese).toContain('每人每天配捐上限为 ¥20.00，此前已用 ¥15.00，还剩 ¥5.00。');
  });

  it('says that a cap was used up, and that the pool was', () => {
    const capped = { rules: [{ ...ONE_TO_ONE, perDonor: { capMinor: 1_000 } }] };
    expect(texts(explained(capped, [{ amountMinor: 1_000 }, { amountMinor: 5 }]))[1]).toContain(
      'the cap a donor is ¥10.00; nothing of it was left.',
    );
    const empty = texts(explained({ rules: [ONE_TO_ONE] }, [{ amountMinor: 100_000 }, { amountMinor: 5 }]));
    expect(empty[1]).toContain('Pool: it was empty before this gift.');
  });

  it('says of a fraction of a fen that it was cut off', () => {
    const half = { rules: [{ ...ONE_TO_ONE, denominator: 2 }] };
    expect(texts(explained(half, [{ amountMinor: 3 }]))[1]).toContain(
      '¥0.03 × 1/2 = ¥0.01 (the fraction of a fen is cut off',
    );
  });

  it('names the window and the part of the pool, or says that the gift came outside', () => {
    const windowed = {
      rules: [
        {
          ...ONE_TO_ONE,
          subPools: [{ id: 'evening', poolMinor: 100_000 }],
          windows: [{ from: '2026-09-07T20:00', until: '2026-09-07T21:00', subPoolId: 'evening' }],
        },
      ],
    };
    expect(texts(explained(windowed, [{ amountMinor: 5, seconds: 20 * 3_600 }]))[1]).toContain(
      'yes, from 2026-09-07 20:00:00 until before 2026-09-07 21:00:00, out of the part "evening"',
    );
    expect(texts(explained(windowed, [{ amountMinor: 5, seconds: 21 * 3_600 }]))[1]).toContain('In force: no.');
  });

  it('keeps the seed of a lot to itself until it is revealed, and then says how to make the draw again', () => {
    const gifts = [{ amountMinor: 20_000, reach: 12 }];
    const before = explained({ rules: [LUCKY] }, gifts);
    expect(JSON.stringify(before)).not.toContain(SEED);
    expect(texts(before)[1]).toContain(seedHashOf(SEED));
    const after = explained({ rules: [LUCKY] }, gifts, 0, { pool: { revealedSeeds: { lucky: SEED } } });
    // Computed with openssl: docs/matching.md, "Check a draw by hand".
    expect(after.rules[0]).toMatchObject({
      lot: { words: [0xc8664c68, 0x30624d5e, 0x1ddb7af6, 0xfae9e2ff], message: 'lucky:gft_0' },
    });
    expect(texts(after)[1]).toContain(
      `$ printf '%s' 'lucky:gft_0' | openssl dgst -sha256 -mac HMAC -macopt hexkey:${SEED}`,
    );
  });

  it('says which multiple limits all rules together, and that it did', () => {
    const plan = {
      rules: [ONE_TO_ONE, { ...ONE_TO_ONE, id: 'second' }],
      maxMultiple: { numerator: 3, denominator: 2 },
    };
    const [, english] = texts(explained(plan, [{ amountMinor: 1_000 }]));
    expect(english).toContain('may give to this gift is ¥15.00; ¥10.00 of it was used, so ¥5.00 was left.');
    expect(english).toContain('at most 3/2 of a gift, here ¥15.00; that held this match back.');
  });

  it('tells refunds with what went back, decisions with who and why, and what is left', () => {
    const explanation = explained({ rules: [ONE_TO_ONE] }, [{ amountMinor: 1_001 }], 0, {
      settlements: [
        settled({ refundId: 'rf_1', refundMinor: minor(500), changes: [{ ruleId: 'kelun', matchMinor: -500 }] }),
        settled({
          number: 2,
          kind: 'void',
          by: 'finance-chen',
          reason: '刷单',
          changes: [{ ruleId: 'kelun', matchMinor: -501 }],
        }),
      ],
    });
    const [chinese, english] = texts(explanation);
    expect(english).toContain('¥5.00 of the gift went back to the donor (refund rf_1)');
    expect(english).toContain('¥5.00 went back into the pool of kelun.');
    expect(chinese).toContain('finance-chen 取消了这笔配捐，理由：刷单。');
    expect(explanation.result).toMatchObject({ matchMinor: 1_001, takenBackMinor: 1_001, netMinor: 0, stage: 'void' });
  });

  it('speaks of the plan as it was when the gift was counted, whatever the pool became since', () => {
    const raised = settled({
      kind: 'pool',
      resizes: [{ ruleId: 'kelun', fromMinor: minor(1_000), toMinor: minor(100_000) }],
    });
    const gifts = [{ amountMinor: 500, unitId: 'party' }];
    const rule = { ...ONE_TO_ONE, perUnit: { shareBasisPoints: 1_000 } };
    const pool = poolOf({ rules: [{ ...rule, poolMinor: 1_000 }] });
    const [match] = counted(pool, gifts);
    if (match === undefined) throw new Error('no gift');
    const now = poolOf({ rules: [rule] }, { planVersion: 2 });
    const explanation = explainMatch({
      match,
      account: { refunds: [], settlements: [] },
      pool: now,
      resizes: [raised],
      seedHashes: {},
    });
    expect(explanation.rules[0]).toMatchObject({
      rule: { poolMinor: 1_000 },
      capsHit: [{ cap: 'per-unit', limitMinor: 100, leftMinor: 100 }],
    });
  });

  it('says of gifts that came after the end, and of held ones, what that means', () => {
    const late = explained({ rules: [ONE_TO_ONE] }, [{ amountMinor: 5 }, { amountMinor: 5 }], 1, {
      pool: { finalisedSequence: 1, stage: 'publicised' },
    });
    expect(late.place.afterFinalisation).toBe(true);
    const held = explained({ rules: [ONE_TO_ONE], screen: { giftsPerMinute: 2 } }, [
      { amountMinor: 5 },
      { amountMinor: 5 },
    ]);
    expect(held.result.stage).toBe('held');
    expect(texts(held)[1]).toContain('2 gifts or more within one minute');
  });
});

const aGift = fc.record({
  amountMinor: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20_000 })),
  seconds: fc.integer({ min: -3_600, max: 3 * 86_400 + 3_600 }),
  donor: fc.integer({ min: 0, max: 4 }),
  unitId: fc.constantFrom('unit-0', 'unit-1', undefined),
  reach: fc.integer({ min: 0, max: 100 }),
  years: fc.integer({ min: 0, max: 6 }),
});

const GIVING: ReadonlySet<string> = new Set(['matched', 'capped', 'partly', 'exhausted']);

function contradictions(explained: ExplainedRule, match: MatchEntry): string[] {
  if (explained.role !== 'follows-gifts') return [];
  const draw = match.draws.find(({ ruleId }) => ruleId === explained.rule.id);
  if (draw === undefined) return ['is explained without a draw'];
  const offer = GIVING.has(draw.outcome) ? (draw.offerMinor ?? draw.matchMinor) : 0;
  return [
    ...(explained.offerMinor === offer ? [] : [`offer ${explained.offerMinor} is not the recorded ${offer}`]),
    ...explained.capsHit.flatMap(({ cap, limitMinor, leftMinor }) =>
      leftMinor <= limitMinor ? [] : [`${cap} leaves ${leftMinor} of ${limitMinor}`],
    ),
    ...((draw.outcome === 'outside-window') === (explained.window === null) ? [] : ['is in force and is not']),
  ];
}

describe('the explanations of any gifts under any plan', () => {
  it('do arithmetic that comes to what was recorded, and are what their schema says', () => {
    fc.assert(
      fc.property(
        arbitraryPlan,
        fc.array(aGift, { minLength: 1, maxLength: 30 }),
        fc.nat(10_000),
        (plan, gifts, seed) => {
          const pool = poolOf(plan);
          const seeds = seedsOf(plan, seed);
          for (const match of counted(pool, gifts, seeds)) {
            const explanation = explainMatch({
              match,
              account: { refunds: [], settlements: [] },
              pool: { ...pool, revealedSeeds: seeds },
              resizes: [],
              seedHashes: {},
            });
            expect(explanation.rules.flatMap((rule) => contradictions(rule, match))).toEqual([]);
            expect(matchExplanationSchema.safeParse(explanation).success).toBe(true);
            for (const text of texts(explanation)) expect(text).not.toMatch(/undefined|NaN|null|\[object/);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
