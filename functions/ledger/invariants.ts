import { type Adjustment, netOf } from '../matching/adjustment.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { type OracleVerdict, replay } from '../matching/matching-oracle.ts';
import { frameOf, type MatchingPool, openingPlanOf, remainingOf } from '../matching/matching-pool.ts';
import { capViolations } from './cap-invariant.ts';
import { type GiftSum, giftSumsOf } from './gift-sums.ts';
import type { CampaignTotals, Sums } from './totals.ts';
import { totalsViolations, uncountedDonors } from './totals-invariant.ts';

/** A refund as the intake's index lists it. */
export type ArrivedRefund = { readonly giftId: string; readonly refundId: string; readonly amountMinor: number };

/** Everything that the money path has written about one campaign. */
export type Books = {
  readonly pool: MatchingPool;
  /** Of the plan's random rules. */
  readonly seeds: Readonly<Record<string, string>>;
  readonly journal: readonly JournalLine[];
  readonly adjustments: readonly Adjustment[];
  /** Ids of all entries that arrived for the campaign, as the intake's index lists them. */
  readonly arrived: ReadonlySet<string>;
  readonly refunds: readonly ArrivedRefund[];
  readonly totals: CampaignTotals;
  /** Of teams that have gifts. */
  readonly teams: ReadonlyMap<string, Sums>;
};

/** Something that must never be: which invariant, and the figures. */
export type Violation = { readonly invariant: InvariantName; readonly detail: string };
export type InvariantName = keyof typeof INVARIANTS;

/** The books with what several invariants need of them, worked out once. */
export type Sifted = Books & { readonly gifts: ReadonlyMap<string, GiftSum>; readonly oracle: OracleVerdict };

/** The invariants of the money path, each a sentence that can be run: in stories, end to end, and at finalisation. */
export const INVARIANTS = {
  'no pool is below zero': ({ pool }) => [
    ...(pool.remainingMinor >= 0 ? [] : [`remaining is ${pool.remainingMinor}`]),
    ...pool.funds.flatMap(({ ruleId, remainingMinor, subPools }) => [
      ...(remainingMinor >= 0 ? [] : [`rule ${ruleId} has ${remainingMinor} left`]),
      ...Object.entries(subPools ?? {}).flatMap(([id, left]) => (left >= 0 ? [] : [`sub-pool ${id} has ${left} left`])),
    ]),
  ],

  'what was matched is what the pool gave': ({ pool, journal, adjustments }) => {
    const matched = journal.reduce((total, line) => total + line.matchMinor, 0);
    const settled = adjustments.reduce((total, adjustment) => total + netOf(adjustment), 0);
    const drawn = pool.poolMinor - pool.remainingMinor;
    return matched + settled === drawn ? [] : [`matches sum to ${matched} and ${settled}, the pool gave ${drawn}`];
  },

  'a pool is the sum of its parts': ({ pool }) => [
    ...(remainingOf(pool.funds) === pool.remainingMinor
      ? []
      : ['the rules’ remaining money does not sum to the pool’s']),
    ...pool.funds.flatMap(({ ruleId, remainingMinor, subPools }) =>
      subPools === undefined || Object.values(subPools).reduce((total, left) => total + left, 0) === remainingMinor
        ? []
        : [`the sub-pools of rule ${ruleId} do not sum to ${remainingMinor}`],
    ),
  ],

  'every gift is counted at most once': ({ journal, gifts }) => {
    if (gifts.size === journal.length) return [];
    const seen = new Set<string>();
    const repeated = journal.filter((line) => seen.size === seen.add(line.giftId).size);
    return repeated.map((line) => `gift ${line.giftId} is counted again`);
  },

  'every gift that arrived is counted': ({ arrived, gifts }) =>
    [...arrived].filter((giftId) => !gifts.has(giftId)).map((giftId) => `gift ${giftId} is not counted`),

  'nothing is counted that did not arrive': ({ arrived, journal }) =>
    journal.filter((line) => !arrived.has(line.giftId)).map((line) => `gift ${line.giftId} has no entry`),

  'every refund of a counted gift is settled': ({ refunds, adjustments, gifts }) => {
    const settled = new Set(adjustments.map(({ giftId, refundId }) => `${giftId} ${refundId}`));
    return refunds
      .filter(({ giftId, refundId }) => gifts.has(giftId) && !settled.has(`${giftId} ${refundId}`))
      .map(({ giftId, refundId }) => `refund ${refundId} of gift ${giftId} is not settled`);
  },

  'every refund is settled at most once, and only one that arrived': ({ refunds, adjustments }) => {
    const arrived = new Set(refunds.map(({ giftId, refundId }) => `${giftId} ${refundId}`));
    const settled = adjustments
      .filter(({ kind }) => kind === 'refund')
      .map(({ giftId, refundId }) => `${giftId} ${refundId}`);
    const seen = new Set<string>();
    return [
      ...settled
        .filter((refund) => seen.size === seen.add(refund).size)
        .map((refund) => `refund ${refund} is settled again`),
      ...settled.filter((refund) => !arrived.has(refund)).map((refund) => `refund ${refund} did not arrive`),
    ];
  },

  'refunds of a gift are at most the gift, and its match at least zero': ({ gifts }) =>
    [...gifts.values()].flatMap(({ line, refundedMinor, matchMinor }) =>
      refundedMinor <= line.amountMinor && matchMinor >= 0
        ? []
        : [`gift ${line.giftId} of ${line.amountMinor}: ${refundedMinor} refunded, match ${matchMinor}`],
    ),

  'the pool has counted as many gifts and adjustments as its journal holds': ({ pool, journal, adjustments }) => [
    ...(pool.sequence === journal.length
      ? []
      : [`the pool counted ${pool.sequence}, the journal holds ${journal.length}`]),
    ...(pool.adjustments === adjustments.length
      ? []
      : [`the pool has ${pool.adjustments} adjustments, the journal holds ${adjustments.length}`]),
  ],

  'every match is what the rules give in recorded order': ({ oracle }) =>
    oracle.differences.map(
      (d) => `${d.about} (at no. ${d.position}) has ${d.recordedMinor}, the oracle says ${d.expectedMinor}`,
    ),

  // The sums above would not notice money of one sponsor that was booked as another's.
  'what is left of each sponsor’s money is what the oracle has left': ({ pool, oracle }) =>
    pool.funds.flatMap(({ ruleId, remainingMinor, subPools }) =>
      Object.entries(subPools ?? { '': remainingMinor }).flatMap(([part, left]) => {
        const expected = oracle.left.get(`${ruleId}/${part}`);
        return expected === BigInt(left) ? [] : [`rule ${ruleId} ${part} has ${left} left, the oracle ${expected}`];
      }),
    ),

  'no donor, day or unit has drawn more than its cap': capViolations,

  'no gift is matched after matching was finalised': ({ pool, journal }) =>
    pool.finalisedSequence === undefined
      ? []
      : journal
          .slice(pool.finalisedSequence)
          .flatMap((line) => (line.matchMinor === 0 ? [] : [`gift ${line.giftId} was matched`])),

  'totals are the sums of what was counted': totalsViolations,

  'every donor of a counted gift is counted': uncountedDonors,
} as const satisfies Record<string, (books: Sifted) => string[]>;

function verdictOn({ pool, seeds, journal, adjustments }: Books): OracleVerdict {
  const { finalisedSequence } = pool;
  const plan = openingPlanOf(pool.plan, adjustments);
  return replay({ plan, frame: frameOf(pool), seeds, lines: journal, adjustments, finalisedSequence });
}

/** Every violation of every invariant; empty when the books are right. */
export function violationsOf(books: Books): Violation[] {
  const sifted: Sifted = {
    ...books,
    gifts: giftSumsOf(books.journal, books.adjustments),
    oracle: verdictOn(books),
  };
  return (Object.keys(INVARIANTS) as InvariantName[]).flatMap((invariant) =>
    INVARIANTS[invariant](sifted).map((detail) => ({ invariant, detail })),
  );
}
