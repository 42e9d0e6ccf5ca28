import { type Minor, minor } from '../kernel/money.ts';
import { type GiftRule, isGiftRule } from '../matching/matching-rule.ts';
import { unitCapMinor } from '../matching/rules/caps.ts';
import { drawnBy } from './gift-sums.ts';
import type { Sifted } from './invariants.ts';

/** Sums under a name, compared with a cap. */
class Sums {
  readonly #sums = new Map<string, number>();
  add(name: string, amount: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + amount);
  }
  above(cap: number | undefined, what: string): string[] {
    if (cap === undefined) return [];
    return [...this.#sums].filter(([, sum]) => sum > cap).map(([name, sum]) => `${what} ${name} has ${sum} of ${cap}`);
  }
}

/**
 * What donors, days and units have drawn from each rule, net of what went back, against the caps of the plan as it is now.
 * A cap by year is shared with other campaigns and is checked against its own items.
 */
export function capViolations({ pool, gifts, adjustments }: Sifted): string[] {
  return pool.plan.rules.flatMap((rule) => (isGiftRule(rule) ? violationsOfRule(rule, gifts, adjustments) : []));
}

function violationsOfRule(rule: GiftRule, gifts: Sifted['gifts'], adjustments: Sifted['adjustments']): string[] {
  const { perGift, perDonor, perUnit } = rule;
  const name = `rule ${rule.id}:`;
  const donors = new Sums();
  const days = new Sums();
  const units = new Sums();
  const single: string[] = [];
  for (const gift of gifts.values()) {
    const drawn = drawnBy(gift, rule.id);
    if (drawn === 0) continue;
    const { giftId, donorId, unitId, day } = gift.line;
    if (perGift?.capMinor !== undefined && drawn > perGift.capMinor)
      single.push(`${name} gift ${giftId} has ${drawn} of ${perGift.capMinor}`);
    // Only sums that a cap is held against: a name for each donor and day of a million gifts is much memory.
    if (perDonor?.capMinor !== undefined) donors.add(donorId, drawn);
    if (perDonor?.perDayMinor !== undefined) days.add(`${donorId} on ${day}`, drawn);
    if (perUnit !== undefined) units.add(unitId ?? '-', drawn);
  }
  return [
    ...single,
    ...donors.above(perDonor?.capMinor, `${name} donor`),
    ...days.above(perDonor?.perDayMinor, `${name} donor`),
    ...units.above(
      perUnit === undefined ? undefined : unitCapMinor(perUnit, largestPoolOf(rule, adjustments)),
      `${name} unit`,
    ),
  ];
}

/** The largest that a rule's pool has been: a share of it may have been drawn before a sponsor lowered it. */
function largestPoolOf(rule: GiftRule, adjustments: Sifted['adjustments']): Minor {
  let pool: number = rule.poolMinor;
  let largest = pool;
  for (const { resizes } of adjustments.toReversed())
    for (const { ruleId, fromMinor, toMinor } of (resizes ?? []).toReversed()) {
      if (ruleId !== rule.id) continue;
      pool -= toMinor - fromMinor;
      largest = Math.max(largest, pool);
    }
  return minor(largest);
}
