import type { Sums } from '../functions/ledger/totals.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { Item } from '../functions/platform/table.ts';

const CAMPAIGN = 'CAMPAIGN';
const noSums = (): Sums => ({ gifts: 0, amountMinor: 0, matchMinor: 0 });

/**
 * What the totals of a campaign must be, summed up line by line as gifts are counted, beside what is recorded of them. Looks
 * only at the parts that were touched since it looked last.
 */
export class CountedTotals {
  #campaign = noSums();
  #matchedGifts = 0;
  readonly #donors = new Set<string>();
  /** By sort key: of a unit, of a day. */
  readonly #parts = new Map<string, Sums>();
  readonly #recorded = new Map<string, Item>();
  readonly #touched = new Set<string>();

  /** What all gifts drew that have been counted. */
  get matchMinor(): number {
    return this.#campaign.matchMinor;
  }

  count(line: JournalLine): void {
    this.#donors.add(line.donorId);
    if (line.matchMinor > 0) this.#matchedGifts += 1;
    this.#campaign = plus(this.#campaign, line);
    this.#touched.add(CAMPAIGN);
    this.#countPart(`DAY#${line.day}`, line);
    if (line.unitId !== undefined) this.#countPart(`UNIT#${line.unitId}`, line);
  }

  #countPart(part: string, line: JournalLine): void {
    this.#parts.set(part, plus(this.#parts.get(part) ?? noSums(), line));
    this.#touched.add(part);
  }

  record(item: Item): void {
    this.#recorded.set(item.sk, item);
    this.#touched.add(item.sk);
  }

  /** Where what is recorded differs from what was counted, in words. */
  *differences(): Generator<string> {
    for (const part of this.#touched) {
      const expected = part === CAMPAIGN ? this.#campaign : (this.#parts.get(part) ?? noSums());
      const recorded = this.#recorded.get(part);
      if (!isSame(recorded, expected))
        yield `${part}: recorded ${JSON.stringify(recorded ?? null)}, counted ${JSON.stringify(expected)}`;
      if (part === CAMPAIGN) yield* this.#campaignDifferences(recorded);
    }
    this.#touched.clear();
  }

  *#campaignDifferences(recorded: Item | undefined): Generator<string> {
    const [donors, matchedGifts] = [recorded?.['donors'], recorded?.['matchedGifts']];
    if (donors !== this.#donors.size) yield `donors are ${donors}, not ${this.#donors.size}`;
    if (matchedGifts !== this.#matchedGifts) yield `matched gifts are ${matchedGifts}, not ${this.#matchedGifts}`;
  }
}

const plus = (sums: Sums, line: JournalLine): Sums => ({
  gifts: sums.gifts + 1,
  amountMinor: sums.amountMinor + line.amountMinor,
  matchMinor: sums.matchMinor + line.matchMinor,
});

const isSame = (recorded: Item | undefined, expected: Sums): boolean =>
  (recorded?.['gifts'] ?? 0) === expected.gifts &&
  (recorded?.['amountMinor'] ?? 0) === expected.amountMinor &&
  (recorded?.['matchMinor'] ?? 0) === expected.matchMinor;
