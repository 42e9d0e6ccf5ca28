import { type GiftSum, lumpMinorOf } from './gift-sums.ts';
import type { Sifted } from './invariants.ts';
import { NO_SUMS, type Sums } from './totals.ts';

/** The totals, which are projections, against the journal and the adjustments. */
export function totalsViolations({ journal, adjustments, arrived, gifts, totals }: Sifted): string[] {
  const { campaign } = totals;
  const all = [...gifts.values()];
  const donors = new Set(journal.map((line) => line.donorId)).size;
  // A donor is counted with their first gift; while that one is still on its way, a later one may have been counted.
  const allCounted = [...arrived].every((giftId) => gifts.has(giftId));
  const figures: readonly (readonly [string, number, number])[] = [
    ['donors', campaign.donors, allCounted ? donors : Math.min(donors, campaign.donors)],
    ['matched gifts', campaign.matchedGifts, all.filter(({ matchMinor }) => matchMinor > 0).length],
    [
      'refunded gifts',
      campaign.refundedGifts,
      all.filter(({ line, refundedMinor }) => refundedMinor === line.amountMinor).length,
    ],
    ['lump sums', campaign.lumpMinor, lumpMinorOf(adjustments)],
  ];
  return [
    ...difference('campaign', campaign, sumsOf(all)),
    ...differences('unit', totals.units, all, ({ line }) => line.unitId),
    ...differences('day', totals.days, all, ({ line }) => line.day),
    ...figures.flatMap(([what, recorded, expected]) =>
      recorded === expected ? [] : [`${what} are ${recorded}, not ${expected}`],
    ),
  ];
}

function sumsOf(gifts: readonly GiftSum[]): Sums {
  const sums = { ...NO_SUMS } as { -readonly [Field in keyof Sums]: number };
  for (const { line, matchMinor, refundedMinor } of gifts) {
    sums.gifts += 1;
    sums.amountMinor += line.amountMinor;
    sums.matchMinor += matchMinor;
    sums.refundedMinor += refundedMinor;
  }
  return sums;
}

function difference(what: string, recorded: Sums | undefined, expected: Sums): string[] {
  const same =
    recorded?.gifts === expected.gifts &&
    recorded.amountMinor === expected.amountMinor &&
    recorded.matchMinor === expected.matchMinor &&
    recorded.refundedMinor === expected.refundedMinor;
  return same ? [] : [`${what}: recorded ${textOf(recorded)}, counted ${textOf(expected)}`];
}

const textOf = (sums: Sums | undefined): string =>
  sums === undefined
    ? 'nothing'
    : `${sums.gifts} gifts, ${sums.amountMinor} + ${sums.matchMinor}, ${sums.refundedMinor} refunded`;

function differences(
  what: string,
  recorded: ReadonlyMap<string, Sums>,
  gifts: readonly GiftSum[],
  by: (gift: GiftSum) => string | undefined,
): string[] {
  const groups = Map.groupBy(gifts, by);
  const names = new Set([...recorded.keys(), ...[...groups.keys()].filter((name) => name !== undefined)]);
  return [...names].flatMap((name) =>
    difference(`${what} ${name}`, recorded.get(name), sumsOf(groups.get(name) ?? [])),
  );
}
