import { type GiftSum, lumpMinorOf } from './gift-sums.ts';
import type { Sifted } from './invariants.ts';
import { NO_SUMS, type Sums } from './totals.ts';

/** The totals, which are projections, against the journal and the adjustments. */
export function totalsViolations({ journal, adjustments, gifts, totals, teams }: Sifted): string[] {
  const { campaign } = totals;
  const all = [...gifts.values()];
  const figures: readonly (readonly [string, number, number])[] = [
    // Fewer are lateness, and an invariant of its own.
    ['donors', campaign.donors, Math.min(donorsOf(journal), campaign.donors)],
    ['matched gifts', campaign.matchedGifts, all.filter(({ matchMinor }) => matchMinor > 0).length],
    [
      'refunded gifts',
      campaign.refundedGifts,
      all.filter(({ line, refundedMinor }) => refundedMinor === line.amountMinor).length,
    ],
    ['held gifts', campaign.heldGifts, all.filter(({ isHeld }) => isHeld).length],
    ['lump sums', campaign.lumpMinor, lumpMinorOf(adjustments)],
  ];
  return [
    ...difference('campaign', campaign, sumsOf(all)),
    ...differences('unit', totals.units, all, ({ line }) => line.unitId),
    ...differences('team', teams, all, ({ line }) => line.teamId),
    ...differences('day', totals.days, all, ({ line }) => line.day),
    ...figures.flatMap(([what, recorded, expected]) =>
      recorded === expected ? [] : [`${what} are ${recorded}, not ${expected}`],
    ),
  ];
}

/**
 * A donor is counted with their first gift, and that may still be on its way when a later one has been counted: on its way
 * also where the index does not list it yet.
 */
export function uncountedDonors({ journal, totals }: Sifted): string[] {
  const missing = donorsOf(journal) - totals.campaign.donors;
  return missing > 0 ? [`${missing} donors of counted gifts are not counted`] : [];
}

const donorsOf = (journal: Sifted['journal']): number => new Set(journal.map((line) => line.donorId)).size;

function sumsOf(gifts: readonly GiftSum[]): Sums {
  const sums = { ...NO_SUMS } as { -readonly [Field in keyof Sums]: number };
  for (const { line, matchMinor, refundedMinor } of gifts) {
    sums.gifts += 1;
    sums.amountMinor += line.amountMinor;
    sums.matchMinor += matchMinor;
    sums.refundedMinor += refundedMinor;
    if (line.inKind !== true) continue;
    sums.goodsMinor += line.amountMinor;
    sums.goodsBackMinor += refundedMinor;
  }
  return sums;
}

function difference(what: string, recorded: Sums | undefined, expected: Sums): string[] {
  const same =
    recorded?.gifts === expected.gifts &&
    recorded.amountMinor === expected.amountMinor &&
    recorded.matchMinor === expected.matchMinor &&
    recorded.refundedMinor === expected.refundedMinor &&
    recorded.goodsMinor === expected.goodsMinor &&
    recorded.goodsBackMinor === expected.goodsBackMinor;
  return same ? [] : [`${what}: recorded ${textOf(recorded)}, counted ${textOf(expected)}`];
}

const textOf = (sums: Sums | undefined): string =>
  sums === undefined
    ? 'nothing'
    : `${sums.gifts} gifts, ${sums.amountMinor} + ${sums.matchMinor}, ${sums.refundedMinor} refunded, of it ${sums.goodsMinor} and ${sums.goodsBackMinor} in goods`;

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
