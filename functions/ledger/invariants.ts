import type { JournalLine } from '../matching/match-entry.ts';
import { replay } from '../matching/matching-oracle.ts';
import type { MatchingPool } from '../matching/matching-pool.ts';
import type { CampaignTotals, Sums } from './totals.ts';

/** Everything that the money path has written about one campaign. */
export type Books = {
  readonly pool: MatchingPool;
  readonly journal: readonly JournalLine[];
  /** Ids of all entries that arrived for the campaign, as the intake's index lists them. */
  readonly arrived: ReadonlySet<string>;
  readonly totals: CampaignTotals;
};

/** Something that must never be: which invariant, and the figures. */
export type Violation = { readonly invariant: InvariantName; readonly detail: string };
export type InvariantName = keyof typeof INVARIANTS;

/** The invariants of the money path, each a sentence that can be run: in stories, end to end, and at finalisation. */
export const INVARIANTS = {
  'no pool is below zero': ({ pool }) => (pool.remainingMinor >= 0 ? [] : [`remaining is ${pool.remainingMinor}`]),

  'what was matched is what the pool gave': ({ pool, journal }) => {
    const matched = journal.reduce((total, line) => total + line.matchMinor, 0);
    const drawn = pool.poolMinor - pool.remainingMinor;
    return matched === drawn ? [] : [`matches sum to ${matched}, the pool gave ${drawn}`];
  },

  'every gift is counted at most once': ({ journal }) => {
    const seen = new Set<string>();
    const repeated = journal.filter((line) => seen.size === seen.add(line.giftId).size);
    return repeated.map((line) => `gift ${line.giftId} is counted again`);
  },

  'every gift that arrived is counted': ({ arrived, journal }) => {
    const counted = new Set(journal.map((line) => line.giftId));
    return [...arrived].filter((giftId) => !counted.has(giftId)).map((giftId) => `gift ${giftId} is not counted`);
  },

  'nothing is counted that did not arrive': ({ arrived, journal }) =>
    journal.filter((line) => !arrived.has(line.giftId)).map((line) => `gift ${line.giftId} has no entry`),

  'the pool has counted as many gifts as its journal holds': ({ pool, journal }) =>
    pool.sequence === journal.length ? [] : [`the pool counted ${pool.sequence}, the journal holds ${journal.length}`],

  'every match is what the rule gives in recorded order': ({ pool, journal }) => {
    const verdict = replay(pool.rule, pool, journal.slice(0, pool.finalisedSequence ?? journal.length));
    if (verdict.kind === 'agrees') return [];
    return verdict.differences.map(
      (d) => `gift ${d.giftId} (no. ${d.position}) has ${d.recordedMinor}, the oracle says ${d.expectedMinor}`,
    );
  },

  'no gift is matched after matching was finalised': ({ pool, journal }) =>
    pool.finalisedSequence === undefined
      ? []
      : journal
          .slice(pool.finalisedSequence)
          .flatMap((line) => (line.matchMinor === 0 ? [] : [`gift ${line.giftId} was matched`])),

  'totals are the sums of what was counted': ({ journal, totals }) => [
    ...difference('campaign', totals.campaign, sumsOf(journal)),
    ...differences('unit', totals.units, journal, (line) => line.unitId),
    ...differences('day', totals.days, journal, (line) => line.day),
    ...(totals.campaign.donors === new Set(journal.map((line) => line.donorId)).size
      ? []
      : [`donors are ${totals.campaign.donors}`]),
    ...(totals.campaign.matchedGifts === journal.filter((line) => line.matchMinor > 0).length
      ? []
      : [`matched gifts are ${totals.campaign.matchedGifts}`]),
  ],
} as const satisfies Record<string, (books: Books) => string[]>;

/** Every violation of every invariant; empty when the books are right. */
export function violationsOf(books: Books): Violation[] {
  return (Object.keys(INVARIANTS) as InvariantName[]).flatMap((invariant) =>
    INVARIANTS[invariant](books).map((detail) => ({ invariant, detail })),
  );
}

function sumsOf(lines: readonly JournalLine[]): Sums {
  return {
    gifts: lines.length,
    amountMinor: lines.reduce((total, line) => total + line.amountMinor, 0),
    matchMinor: lines.reduce((total, line) => total + line.matchMinor, 0),
  };
}

function difference(what: string, recorded: Sums | undefined, expected: Sums): string[] {
  const same =
    recorded?.gifts === expected.gifts &&
    recorded.amountMinor === expected.amountMinor &&
    recorded.matchMinor === expected.matchMinor;
  return same ? [] : [`${what}: recorded ${textOf(recorded)}, counted ${textOf(expected)}`];
}

const textOf = (sums: Sums | undefined): string =>
  sums === undefined ? 'nothing' : `${sums.gifts} gifts, ${sums.amountMinor} + ${sums.matchMinor}`;

function differences(
  what: string,
  recorded: ReadonlyMap<string, Sums>,
  journal: readonly JournalLine[],
  by: (line: JournalLine) => string | undefined,
): string[] {
  const groups = Map.groupBy(journal, by);
  const names = new Set([...recorded.keys(), ...[...groups.keys()].filter((name) => name !== undefined)]);
  return [...names].flatMap((name) =>
    difference(`${what} ${name}`, recorded.get(name), sumsOf(groups.get(name) ?? [])),
  );
}
