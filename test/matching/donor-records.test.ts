import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { donorIdOf } from '../../functions/kernel/ids.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { DonorPlaces } from '../../functions/matching/donor-places.ts';
import { type Counted, DonorRecords } from '../../functions/matching/donor-records.ts';
import { DonorSums } from '../../functions/matching/donor-sums.ts';

const ID_LENGTH = 24;
const realId = (n: number): string => donorIdOf('a key', 'wechat-pay', String(n));
/** Real ids, ids as long as those of a few signs, so that many are nearly alike, and ids of any other form. */
const ids = fc.oneof(
  fc.integer({ min: 0, max: 200 }).map(realId),
  // Alike but for three signs in front or at the end. `š` is more than a byte, and would run into its neighbour's bits.
  fc
    .tuple(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'š'), minLength: 3, maxLength: 3 }), fc.boolean())
    .map(([signs, inFront]) => (inFront ? signs.padEnd(ID_LENGTH, 'a') : signs.padStart(ID_LENGTH, 'a'))),
  fc.string({ maxLength: 2 * ID_LENGTH }),
);

/** What DonorPlaces does, as everybody would write it. */
class PlainPlaces {
  readonly #places = new Map<string, number>();
  find(id: string): number {
    return this.#places.get(id) ?? -1;
  }
  findOrAdd(id: string): number {
    this.#places.set(id, this.#places.get(id) ?? this.#places.size);
    return this.find(id);
  }
}

describe('the places of donors', () => {
  it('are those that a map would give, for ids of every form and in every order', () => {
    const steps = fc.array(fc.record({ id: ids, adds: fc.boolean() }), { maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(steps, (taken) => {
        const places = new DonorPlaces();
        const plain = new PlainPlaces();
        for (const { id, adds } of taken)
          expect(adds ? places.findOrAdd(id) : places.find(id)).toBe(adds ? plain.findOrAdd(id) : plain.find(id));
      }),
      { numRuns: 300 },
    );
  });

  it('stay what they were while the table grows to 20,000 donors', () => {
    const places = new DonorPlaces();
    const donors = Array.from({ length: 20_000 }, (_, n) => realId(n));
    expect(donors.every((id, n) => places.findOrAdd(id) === n)).toBe(true);
    expect(donors.every((id, n) => places.find(id) === n)).toBe(true);
    expect(places.find(realId(20_000))).toBe(-1);
  });
});

describe('the sums of donors', () => {
  it('are those that a map of maps would give, money taken back included', () => {
    const steps = fc.array(
      fc.record({
        place: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
        account: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(2 ** 20 - 1)),
        amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      }),
      { maxLength: 400, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (added) => {
        const sums = new DonorSums();
        const plain = new Map<string, number>();
        for (const { place, account, amount } of added) {
          const name = `${place} ${account}`;
          expect(sums.has(place, account)).toBe(plain.has(name));
          sums.add(place, account, amount);
          plain.set(name, (plain.get(name) ?? 0) + amount);
        }
        for (const [name, sum] of plain) {
          const [place, account] = name.split(' ').map(Number);
          expect(sums.sumOf(place ?? -1, account ?? -1)).toBe(sum);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is remembered of donors', () => {
  const COUNTED: readonly Counted[] = [
    'total',
    localDateSchema.parse('2026-09-07'),
    localDateSchema.parse('2026-09-08'),
    'year 2026',
    'challenge-gifts',
    'streak-bonus',
  ];

  it('is kept by donor, rule and what is counted, days in any order, and told in the order of its names', () => {
    const steps = fc.array(
      fc.record({
        donorId: fc.integer({ min: 0, max: 5 }).map(realId),
        ruleId: fc.constantFrom('main', 'lots'),
        counted: fc.constantFrom(...COUNTED),
        amount: fc.integer({ min: -500, max: 500 }),
      }),
      { maxLength: 100, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (added) => {
        const records = new DonorRecords();
        const plain = new Map<string, number>();
        for (const { donorId, ruleId, counted, amount } of added) {
          records.add(donorId, ruleId, counted, amount);
          const name = `${donorId}/${ruleId}/${counted}`;
          plain.set(name, (plain.get(name) ?? 0) + amount);
        }
        const donors = [...new Set(added.map(({ donorId }) => donorId))].sort();
        const told = donors.flatMap((donorId) =>
          records.everythingOf(donorId).map(({ ruleId, counted, sum }) => [`${donorId}/${ruleId}/${counted}`, sum]),
        );
        expect(told).toEqual([...plain].sort(([one], [other]) => (one < other ? -1 : 1)));
        for (const { donorId, ruleId, counted } of added)
          expect(records.sumOf(donorId, ruleId, counted)).toBe(plain.get(`${donorId}/${ruleId}/${counted}`));
      }),
    );
  });

  it('is nothing for a donor, a rule or a day that never came', () => {
    const records = new DonorRecords();
    records.add(realId(1), 'main', 'total', 500);
    expect(records.sumOf(realId(2), 'main', 'total')).toBe(0);
    expect(records.sumOf(realId(1), 'lots', 'total')).toBe(0);
    expect(records.sumOf(realId(1), 'main', 'year 2026')).toBe(0);
    expect(records.everythingOf(realId(2))).toEqual([]);
    expect(records.memoryOf(realId(2))).toBeUndefined();
  });

  it('of the screen is one and the same object for a donor, and no other’s', () => {
    const records = new DonorRecords();
    records.ownMemoryOf(realId(1)).recent = [7];
    expect(records.memoryOf(realId(1))).toEqual({ recent: [7] });
    expect(records.ownMemoryOf(realId(2))).toEqual({});
  });
});
