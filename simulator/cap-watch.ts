import type { Change } from '../functions/matching/adjustment.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import type { GiftRule, MatchingRule } from '../functions/matching/matching-rule.ts';

/** A cap by year belongs to a programme and not to a campaign: what donors have drawn from it in all campaigns. */
export class ProgrammeYears {
  readonly #drawn = new Map<string, number>();
  /** As they are stored. */
  readonly #recorded = new Map<string, number>();

  drawnBy(name: string): number {
    return this.#drawn.get(name) ?? 0;
  }
  draw(name: string, amountMinor: number): void {
    this.#drawn.set(name, this.drawnBy(name) + amountMinor);
  }
  record(name: string, matchedMinor: number): void {
    this.#recorded.set(name, matchedMinor);
  }

  *differences(names: Iterable<string>): Generator<string> {
    for (const name of names)
      if ((this.#recorded.get(name) ?? 0) !== this.drawnBy(name))
        yield `${name}: ${this.#recorded.get(name)} is recorded, ${this.drawnBy(name)} was drawn`;
  }
}

export const programmeYearName = (donorId: string, programmeId: string, year: string): string =>
  `${donorId} in ${programmeId} ${year}`;

/**
 * What gifts, donors, days, units and programme years have drawn from each rule, net of what went back, against the caps:
 * plain sums, without asking anybody what a gift should have drawn.
 */
export class CapWatch {
  readonly #years: ProgrammeYears;
  readonly #drawn = new Map<string, number>();
  readonly #touchedYears = new Set<string>();
  /** The largest that each rule's pool has been: a share of it may have been drawn before a sponsor lowered it. */
  readonly #largestPools = new Map<string, number>();
  #rules = new Map<string, MatchingRule>();

  constructor(years: ProgrammeYears) {
    this.#years = years;
  }

  setPlan({ plan }: MatchingPool): void {
    this.#rules = new Map(plan.rules.map((rule) => [rule.id, rule]));
    for (const { id, poolMinor } of plan.rules)
      this.#largestPools.set(id, Math.max(poolMinor, this.#largestPools.get(id) ?? 0));
  }

  *gift(line: JournalLine): Generator<string> {
    for (const draw of line.draws) yield* this.draw(line, draw);
  }

  /** One draw of a gift, as it was counted or when a claim was approved. */
  *draw(line: JournalLine, { ruleId, matchMinor, yearBeforeMinor }: JournalLine['draws'][number]): Generator<string> {
    const rule = this.#rules.get(ruleId);
    if (rule === undefined || !('perGift' in rule || 'perDonor' in rule || 'perUnit' in rule)) return;
    const name = this.#yearOf(rule, line);
    if (name !== undefined && matchMinor > 0 && yearBeforeMinor !== this.#years.drawnBy(name))
      yield `${name} had ${this.#years.drawnBy(name)}, and not ${yearBeforeMinor}, before gift ${line.giftId}`;
    if (matchMinor > 0) yield* this.#draw(rule, line, matchMinor);
  }

  *change(line: JournalLine, { ruleId, matchMinor }: Change): Generator<string> {
    const rule = this.#rules.get(ruleId);
    if (rule !== undefined && ('perGift' in rule || 'perDonor' in rule || 'perUnit' in rule))
      yield* this.#draw(rule, line, matchMinor);
  }

  *#draw(rule: GiftRule, line: JournalLine, amountMinor: number): Generator<string> {
    const { id, perGift, perDonor, perUnit } = rule;
    yield* this.#add(perGift?.capMinor, `gift ${line.giftId} from ${id}`, amountMinor);
    yield* this.#add(perDonor?.capMinor, `donor ${line.donorId} from ${id}`, amountMinor);
    yield* this.#add(perDonor?.perDayMinor, `donor ${line.donorId} on ${line.day} from ${id}`, amountMinor);
    yield* this.#add(this.#unitCap(id, perUnit), `unit ${line.unitId ?? '-'} from ${id}`, amountMinor);
    const name = this.#yearOf(rule, line);
    if (name === undefined) return;
    this.#years.draw(name, amountMinor);
    this.#touchedYears.add(name);
    const cap = perDonor?.perYear?.capMinor ?? 0;
    if (this.#years.drawnBy(name) > cap) yield `${name} has ${this.#years.drawnBy(name)} of ${cap}`;
  }

  *#add(cap: number | undefined, name: string, amountMinor: number): Generator<string> {
    if (cap === undefined) return;
    const sum = (this.#drawn.get(name) ?? 0) + amountMinor;
    this.#drawn.set(name, sum);
    if (sum > cap && amountMinor > 0) yield `${name} has ${sum} of ${cap}`;
  }

  #unitCap(ruleId: string, perUnit: GiftRule['perUnit']): number | undefined {
    if (perUnit === undefined || 'capMinor' in perUnit) return perUnit?.capMinor;
    return Math.floor(((this.#largestPools.get(ruleId) ?? 0) * perUnit.shareBasisPoints) / 10_000);
  }

  #yearOf({ perDonor }: GiftRule, { donorId, day }: JournalLine): string | undefined {
    if (perDonor?.perYear === undefined) return undefined;
    const { programmeId, startsOn } = perDonor.perYear;
    const year = Number(day.slice(0, 4)) - (day.slice(5) < startsOn ? 1 : 0);
    return programmeYearName(donorId, programmeId, String(year));
  }

  /** What is recorded of programme years beside what was drawn, for those that were touched since it was asked last. */
  *differences(): Generator<string> {
    yield* this.#years.differences(this.#touchedYears);
    this.#touchedYears.clear();
  }
}
