import fc from 'fast-check';
import { plusDays } from '../../functions/kernel/time.ts';
import { matchingPlanSchema, planProblems } from '../../functions/matching/matching-plan.ts';
import { WINDOW } from './money-path.ts';

/** Any plan that may be saved, made of every kind of rule: small pools and caps, so that all of them are met. */

const UNITS = new Set(['unit-0', 'unit-1', 'unit-2', 'unit-3']);
const amount = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30_000 }));
// `freq: 2` leaves out one in two; 1 would leave out all.
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
const ratio = fc.record({ numerator: fc.integer({ min: 1, max: 5 }), denominator: fc.integer({ min: 1, max: 5 }) });
const hours = ['00:00', '09:30', '12:00', '20:00', '23:59'] as const;

/** Windows in order, each beginning where or after the one before has ended. */
const windows = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(...hours)), {
    minLength: 2,
    maxLength: 8,
    selector: ([day, hour]) => `${day} ${hour}`,
  })
  .map((moments) => {
    const sorted = moments.map(([day, hour]) => `${plusDays(WINDOW.firstDay, day)}T${hour}`).sort();
    return Array.from({ length: Math.floor(sorted.length / 2) }, (_, n) => ({
      from: sorted[2 * n],
      until: sorted[2 * n + 1],
    }));
  });

const common = fc.record({
  poolMinor: fc.oneof(fc.integer({ min: 1_000, max: 60_000 }), fc.constant(10_000_000)),
  windows: maybe(windows),
  inSubPools: fc.boolean(),
  minMinor: maybe(fc.integer({ min: 1, max: 500 })),
  giftCap: maybe(amount),
  donorCap: maybe(amount),
  dayCap: maybe(amount),
  yearCap: maybe(amount),
  perUnit: maybe(
    fc.oneof(fc.record({ capMinor: amount }), fc.record({ shareBasisPoints: fc.integer({ min: 100, max: 10_000 }) })),
  ),
});

const bands = (drawn: boolean) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 4_000 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((all) =>
      all.map(([low, more], n) => ({
        fromReach: n * 40,
        lowBasisPoints: low,
        highBasisPoints: drawn ? low + more : low,
      })),
    );

const kinds = fc.oneof(
  fc.record({ kind: fc.constant('ratio'), ratio, bands: maybe(bands(false)) }),
  fc.record({
    kind: fc.constant('random'),
    winNumerator: fc.integer({ min: 1, max: 4 }),
    low: fc.integer({ min: 0, max: 5_000 }),
    more: fc.integer({ min: 1, max: 20_000 }),
    bands: maybe(bands(true)),
    multiplier: maybe(
      fc.record({ fromReach: fc.integer({ min: 1, max: 80 }), lowest: fc.constant(3), highest: fc.constant(10) }),
    ),
  }),
  fc.record({
    kind: fc.constant('loyalty'),
    ratios: fc.array(ratio, { minLength: 1, maxLength: 3 }),
    fewestYears: fc.integer({ min: 0, max: 2 }),
    streak: maybe(fc.record({ atLeastYears: fc.integer({ min: 1, max: 4 }), amountMinor: amount })),
    onDay: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('employer'), ratio }),
  fc.record({
    kind: fc.constant('challenge'),
    measure: fc.constantFrom('amount', 'donors', 'gifts'),
    share: fc.integer({ min: 1, max: 100 }),
    partOfTime: fc.boolean(),
  }),
);
type Kind = typeof kinds extends fc.Arbitrary<infer T> ? T : never;
type Common = typeof common extends fc.Arbitrary<infer T> ? T : never;

function ruleOf(kind: Kind, shared: Common, n: number): object {
  const { poolMinor } = shared;
  const base = { version: 2, id: `rule-${n}`, sponsor: `Sponsor ${n}`, poolMinor };
  if (kind.kind === 'challenge') {
    const { measure, share, partOfTime } = kind as Extract<Kind, { share: number }>;
    return {
      ...base,
      kind: 'challenge',
      measure,
      threshold: measure === 'amount' ? share * 300 : Math.ceil(share / 4),
      ...(partOfTime ? { from: '2026-09-07T12:00', until: '2026-09-09T12:00' } : {}),
    };
  }
  const follower = { ...base, ...capsOf(shared, n) };
  if ('ratios' in kind)
    return {
      ...follower,
      kind: 'loyalty',
      tiers: kind.ratios.map((one, position) => ({ atLeastYears: kind.fewestYears + position * 2, ...one })),
      ...(kind.streak === undefined
        ? {}
        : { streakBonus: { ...kind.streak, ...(kind.onDay ? { day: '2026-09-09' } : {}) } }),
    };
  if ('winNumerator' in kind)
    return {
      ...follower,
      kind: 'random',
      winNumerator: kind.winNumerator,
      winDenominator: 4,
      lowBasisPoints: kind.low,
      highBasisPoints: kind.low + kind.more,
      bands: kind.bands,
      multiplier: kind.multiplier,
    };
  if (kind.kind === 'employer')
    return {
      ...follower,
      kind: 'employer',
      ...(kind as { ratio: object }).ratio,
      codes: ['kelun-2026'],
      requestWithinDays: 30,
    };
  const { ratio: of, bands: some } = kind as { ratio: object; bands: object | undefined };
  return { ...follower, kind: 'ratio', ...of, bands: some };
}

/** Caps that do not contradict each other or the pool: each at most the next wider one. */
function capsOf(shared: Common, n: number): object {
  const { poolMinor, windows: some, inSubPools, minMinor, giftCap, donorCap, dayCap, yearCap, perUnit } = shared;
  const donor = donorCap === undefined ? undefined : Math.min(donorCap, poolMinor);
  const day = dayCap === undefined ? undefined : Math.min(dayCap, donor ?? poolMinor);
  const gift =
    giftCap === undefined ? undefined : Math.min(giftCap, day ?? poolMinor, donor ?? poolMinor, yearCap ?? poolMinor);
  const parts = some !== undefined && inSubPools ? Math.min(some.length, 2) : 0;
  return {
    windows: some?.map((window, position) => ({
      ...window,
      ...(parts === 0 ? {} : { subPoolId: `part-${position % parts}` }),
    })),
    subPools:
      parts === 0
        ? undefined
        : Array.from({ length: parts }, (_, part) => ({
            id: `part-${part}`,
            poolMinor: Math.floor(poolMinor / parts) + (part === 0 ? poolMinor % parts : 0),
          })),
    perGift: {
      ...(minMinor === undefined ? {} : { minMinor: Math.min(minMinor, gift ?? minMinor) }),
      ...(gift === undefined ? {} : { capMinor: gift }),
    },
    perDonor: {
      ...(donor === undefined ? {} : { capMinor: donor }),
      ...(day === undefined ? {} : { perDayMinor: day }),
      ...(yearCap === undefined
        ? {}
        : { perYear: { capMinor: yearCap, programmeId: `programme-${n}`, startsOn: '09-08' } }),
    },
    perUnit:
      perUnit !== undefined && 'capMinor' in perUnit ? { capMinor: Math.min(perUnit.capMinor, poolMinor) } : perUnit,
  };
}

export const arbitraryPlan = fc
  .record({
    rules: fc.array(fc.tuple(kinds, common), { minLength: 1, maxLength: 4 }),
    maxMultiple: maybe(ratio),
    screen: maybe(
      fc.record({
        giftsPerMinute: maybe(fc.integer({ min: 2, max: 4 })),
        giftsPerDay: maybe(fc.integer({ min: 4, max: 8 })),
        identicalAmountsInARow: maybe(fc.integer({ min: 2, max: 3 })),
      }),
    ),
  })
  .map(({ rules, maxMultiple, screen }) => {
    const plan = matchingPlanSchema.parse({
      rules: rules.map(([kind, shared], n) => ruleOf(kind, shared, n)),
      ...(maxMultiple === undefined ? {} : { maxMultiple }),
      ...(screen === undefined || Object.values(screen).every((mark) => mark === undefined) ? {} : { screen }),
    });
    const problems = planProblems(plan, { unitIds: UNITS, currency: 'CNY', window: WINDOW });
    if (problems.length > 0) throw new Error(`an arbitrary plan contradicts itself: ${JSON.stringify(problems)}`);
    return plan;
  });

/** A seed for each random rule of a plan. */
export const seedsOf = (
  plan: { rules: readonly { id: string; kind: string }[] },
  seed: number,
): Record<string, string> =>
  Object.fromEntries(
    plan.rules
      .filter(({ kind }) => kind === 'random')
      .map(({ id }, n) => [id, (seed * 10 + n).toString(16).padStart(64, '0')]),
  );
