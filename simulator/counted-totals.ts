import { type CampaignSums, NO_SUMS, type Sums } from '../functions/ledger/totals.ts';
import type { Adjustment } from '../functions/matching/adjustment.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { Item } from '../functions/platform/table.ts';

type Growing<T> = { -readonly [Field in keyof T]: T[Field] };
const SUMS = Object.keys(NO_SUMS) as (keyof Sums)[];
const CAMPAIGN_ONLY = ['matchedGifts', 'refundedGifts', 'heldGifts', 'lumpMinor'] as const;
const noSums = (): Growing<Sums> => ({ ...NO_SUMS });
const CAMPAIGN = 'CAMPAIGN';

/**
 * What the totals of a campaign must be, summed up line by line as gifts are counted and settled, beside what is recorded
 * of them. Looks only at the parts that were touched since it looked last.
 */
export class CountedTotals {
  readonly #campaign: Growing<Omit<CampaignSums, 'donors'>> = {
    ...noSums(),
    matchedGifts: 0,
    refundedGifts: 0,
    heldGifts: 0,
    lumpMinor: 0,
  };
  readonly #donors = new Set<string>();
  readonly #gifts = new Map<
    string,
    { readonly line: JournalLine; matchMinor: number; refundedMinor: number; held: boolean }
  >();
  /** By sort key: of a unit, of a team, of a day. */
  readonly #parts = new Map<string, Growing<Sums>>();
  readonly #recorded = new Map<string, Item>();
  readonly #touched = new Set<string>();

  /** What all pools together gave, lump sums included. */
  get drawnMinor(): number {
    return this.#campaign.matchMinor + this.#campaign.lumpMinor;
  }

  lineOf(giftId: string | undefined): JournalLine | undefined {
    return this.#gifts.get(giftId ?? '')?.line;
  }

  count(line: JournalLine): void {
    const { giftId, donorId, amountMinor, matchMinor, inKind } = line;
    const held = line.held !== undefined;
    this.#gifts.set(giftId, { line, matchMinor, refundedMinor: 0, held });
    if (held) this.#campaign.heldGifts += 1;
    this.#donors.add(donorId);
    if (matchMinor > 0) this.#campaign.matchedGifts += 1;
    this.#add(line, { ...NO_SUMS, gifts: 1, amountMinor, matchMinor, goodsMinor: inKind === true ? amountMinor : 0 });
  }

  settle({ giftId, kind, changes, challenges, refundMinor: refunded }: Adjustment): void {
    const refundMinor = Number(refunded ?? 0);
    const lumps = new Set(challenges?.map(({ ruleId }) => ruleId));
    const gift = this.#gifts.get(giftId ?? '');
    let matchMinor = 0;
    for (const change of changes)
      if (kind === 'round' || lumps.has(change.ruleId)) this.#campaign.lumpMinor += change.matchMinor;
      else matchMinor += change.matchMinor;
    this.#touched.add(CAMPAIGN);
    if (gift === undefined) return;
    if (gift.held && (kind === 'release' || kind === 'void')) {
      gift.held = false;
      this.#campaign.heldGifts -= 1;
    }
    if (kind === 'claim' && gift.matchMinor === 0 && matchMinor > 0) this.#campaign.matchedGifts += 1;
    if (gift.matchMinor > 0 && gift.matchMinor + matchMinor === 0) this.#campaign.matchedGifts -= 1;
    gift.matchMinor += matchMinor;
    gift.refundedMinor += refundMinor;
    if (refundMinor > 0 && gift.refundedMinor === gift.line.amountMinor) this.#campaign.refundedGifts += 1;
    const goodsBackMinor = gift.line.inKind === true ? refundMinor : 0;
    this.#add(gift.line, { ...NO_SUMS, matchMinor, refundedMinor: refundMinor, goodsBackMinor });
  }

  #add({ day, unitId, teamId }: JournalLine, sums: Sums): void {
    this.#touched.add(CAMPAIGN);
    grow(this.#campaign, sums);
    const parts = [
      `DAY#${day}`,
      ...(unitId === undefined ? [] : [`UNIT#${unitId}`]),
      ...(teamId === undefined ? [] : [`TEAM#${teamId}`]),
    ];
    for (const part of parts) {
      let sum = this.#parts.get(part);
      if (sum === undefined) {
        sum = noSums();
        this.#parts.set(part, sum);
      }
      grow(sum, sums);
      this.#touched.add(part);
    }
  }

  record(item: Item): void {
    this.#recorded.set(item.sk, item);
    this.#touched.add(item.sk);
  }

  /** Where what is recorded differs from what was counted, in words. `allCounted`: no gift that arrived waits. */
  *differences(allCounted: boolean): Generator<string> {
    for (const part of this.#touched) {
      const recorded = this.#recorded.get(part);
      if (part === CAMPAIGN) yield* this.#campaignDifferences(recorded, allCounted);
      else yield* differing(part, recorded, this.#parts.get(part) ?? noSums(), SUMS);
    }
    this.#touched.clear();
  }

  *#campaignDifferences(recorded: Item | undefined, allCounted: boolean): Generator<string> {
    yield* differing(CAMPAIGN, recorded, this.#campaign, [...SUMS, ...CAMPAIGN_ONLY]);
    const donors = Number(recorded?.['donors'] ?? 0);
    // A donor is counted with their first gift; while that one is still on its way, a later one may have been counted.
    if (donors > this.#donors.size || (allCounted && donors !== this.#donors.size))
      yield `donors are ${donors}, not ${this.#donors.size}`;
  }
}

function grow(sum: Growing<Sums>, by: Sums): void {
  for (const field of SUMS) sum[field] += by[field];
}

function* differing<Field extends string>(
  what: string,
  recorded: Item | undefined,
  expected: Readonly<Record<Field, number>>,
  fields: readonly Field[],
): Generator<string> {
  for (const field of fields)
    if (Number(recorded?.[field] ?? 0) !== expected[field])
      yield `${what}: ${field} is recorded as ${recorded?.[field] ?? 0}, counted are ${expected[field]}`;
}
