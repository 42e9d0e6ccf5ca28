import * as z from 'zod';
import { type FieldProblem, PermanentError } from '../../kernel/errors.ts';
import {
  add,
  allocate,
  type Currency,
  floorRatio,
  formatMoney,
  type Minor,
  minor,
  subtract,
  sum,
  ZERO,
} from '../../kernel/money.ts';
import { roundRuleFields } from './rule-fields.ts';

const ALL_BASIS_POINTS = 10_000;

/**
 * A sponsor's pool shared by how many people stand behind a project: rule R13 of the domain notes. `linear` is quadratic
 * funding as Buterin, Hitzig and Weyl describe it ("A Flexible Design for Funding Public Goods", 2018): gifts of two
 * donors support each other, a single donor's do not. `s-squared` weighs projects by the whole square, so that it also
 * pays projects with one donor: another rule, and therefore another name.
 */
export const quadraticRuleSchema = z.strictObject({
  ...roundRuleFields,
  kind: z.literal('quadratic'),
  variant: z.enum(['linear', 's-squared']),
  /** True: the whole pool is paid also where the gifts would draw less. False: what they do not draw stays unspent. */
  scaleUp: z.boolean(),
  /** The largest part of the pool that one project may get; 1,000 is a tenth. */
  capShareBasisPoints: z.number().int().min(1).max(ALL_BASIS_POINTS).optional(),
});
export type QuadraticRule = z.infer<typeof quadraticRuleSchema>;

/** What the sums need of a rule. */
export type QuadraticTerms = Pick<QuadraticRule, 'poolMinor' | 'variant' | 'scaleUp' | 'capShareBasisPoints'>;

export const QUADRATIC_EXAMPLE = {
  version: 2,
  kind: 'quadratic',
  id: 'neighbours-2026',
  sponsor: 'Example Foundation',
  poolMinor: 10_000_000,
  variant: 'linear',
  scaleUp: true,
  capShareBasisPoints: 2_000,
} as const satisfies z.input<typeof quadraticRuleSchema>;

/** The most that one project may get, in minor units: the share of the pool, cut to a whole unit; without a cap the pool. */
const capMinorOf = ({ poolMinor, capShareBasisPoints }: QuadraticTerms): Minor =>
  floorRatio(poolMinor, capShareBasisPoints ?? ALL_BASIS_POINTS, ALL_BASIS_POINTS);

/** What is wrong between the fields, all at once; empty when nothing is. */
export function quadraticProblems(rule: QuadraticRule, currency: Currency): FieldProblem[] {
  if (capMinorOf(rule) > 0) return [];
  return [
    {
      field: 'capShareBasisPoints',
      problem: `leaves every project less than one minor unit of ${formatMoney(rule.poolMinor, currency)}, so that nothing can be paid`,
      fix: 'raise the cap or the pool, or leave the cap out',
    },
  ];
}

/** A gift as a round counts it: net of what was refunded, and named for the unit that it supports. */
export type GiftLine = { readonly unitId: string; readonly donorId: string; readonly amountMinor: Minor };

/** A project and what each of its donors gave in all, in any order. A total of zero is a donor whose gifts were all refunded. */
export type ProjectGifts = { readonly unitId: string; readonly donorTotalsMinor: readonly Minor[] };

/**
 * Why a project got what it got.
 * `as-computed`: its raw amount, or its part of the pool where the round was scaled. `capped`: the cap held it back.
 * `with-overflow`: more than that, from what capped projects left. `no-donors`: nobody gave. `single-donor`: one donor makes
 * no pair, so the raw amount is zero. `too-small`: less than one minor unit falls to it.
 */
export const QUADRATIC_OUTCOMES = [
  'as-computed',
  'capped',
  'with-overflow',
  'no-donors',
  'single-donor',
  'too-small',
] as const;
export type QuadraticOutcome = (typeof QUADRATIC_OUTCOMES)[number];

export type QuadraticShare = {
  readonly unitId: string;
  /** Donors who gave more than nothing. */
  readonly donors: number;
  readonly contributedMinor: Minor;
  /** S, the sum of the roots of the donors' totals, in roots of minor units: decimal text with all digits that were computed. */
  readonly rootSum: string;
  /** What the formula gives before pool and cap, in minor units: decimal text with all digits that were computed. */
  readonly raw: string;
  /** What it would get if no project were capped. */
  readonly beforeCapMinor: Minor;
  readonly shareMinor: Minor;
  readonly capped: boolean;
  readonly outcome: QuadraticOutcome;
};

export type QuadraticRound = {
  readonly poolMinor: Minor;
  readonly capMinor: Minor;
  /** The sum over all projects, in minor units: decimal text with all digits. */
  readonly rawTotal: string;
  /** `none`: the gifts draw no more than the pool. `down`: the pool does not suffice. `up`: the rule pays all of it. */
  readonly scaling: 'none' | 'down' | 'up';
  readonly paidMinor: Minor;
  /** The pool less what is paid. */
  readonly unspentMinor: Minor;
  /** The part of it that found no project below the cap. */
  readonly unplacedMinor: Minor;
  /** By unit id. */
  readonly projects: readonly QuadraticShare[];
};

/**
 * Roots are irrational, so two numbers of decimals are part of the rule, and everything else is whole-number arithmetic:
 * whoever recomputes gets the same fen. A root is `floor(sqrt(total) * 10^30)`; a raw amount is made of such roots and then
 * rounded to the nearest 10^-15 minor unit.
 *
 * A total is at least 1, so a root is short by less than 10^-30 of itself and a raw amount, a sum of products of two, by less
 * than 2 * 10^-30. Up to 10^14 minor units that is less than half of 10^-15, so that a raw amount that is a whole number in
 * truth is one here: two donors of 20.00 yuan draw 40.00 and not 39.99. A raw amount is 0 or at least 1 minor unit, so a
 * part of the pool is off by less than 2 * 10^-15 of the pool: 0.002 fen of the largest one, 10 billion yuan.
 */
const ROOT_DECIMALS = 30;
const RAW_DECIMALS = 15;
const SQUARE_SCALE = 10n ** BigInt(2 * ROOT_DECIMALS);
const RAW_SCALE = 10n ** BigInt(RAW_DECIMALS);
const SQUARE_PER_RAW = SQUARE_SCALE / RAW_SCALE;

/** Adds up each donor's gifts to each unit, which must come before the root: ten gifts of one donor weigh as one. */
export function totalsByDonor(gifts: Iterable<GiftLine>): ProjectGifts[] {
  const units = new Map<string, Map<string, Minor>>();
  for (const { unitId, donorId, amountMinor } of gifts) {
    let donors = units.get(unitId);
    if (donors === undefined) {
      donors = new Map();
      units.set(unitId, donors);
    }
    donors.set(donorId, add(donors.get(donorId) ?? ZERO, amountMinor));
  }
  return [...units].map(([unitId, donors]) => ({ unitId, donorTotalsMinor: [...donors.values()] }));
}

/**
 * Shares the pool. Pays raw amounts, cut to whole units, where they sum to no more than the pool and the rule does not
 * scale up; else the pool in their proportion. Then no project gets more than the cap, and what is cut off goes to the others
 * in their proportion, again and again until nobody exceeds it. Largest remainder at the very end, ties to the smaller unit id.
 *
 * Throws PermanentError where a unit is listed twice or a donor's total is below zero.
 */
export function quadraticRound(terms: QuadraticTerms, projects: readonly ProjectGifts[]): QuadraticRound {
  const { poolMinor, variant, scaleUp } = terms;
  const capMinor = capMinorOf(terms);
  const sums = inOrderOfId(projects).map((project) => rootsOf(project, variant));
  const rawTotal = sums.reduce((all, { raw }) => all + raw, 0n);
  const scaling = rawTotal > BigInt(poolMinor) * RAW_SCALE ? 'down' : scaleUp ? 'up' : 'none';
  // Unscaled, whole units are the weights, so that they come out again as they are and a person can follow the cap by hand.
  const weights = sums.map(({ raw }) => (scaling === 'none' ? raw / RAW_SCALE : raw));
  const dueMinor = scaling === 'none' ? minor(Number(weights.reduce((all, weight) => all + weight, 0n))) : poolMinor;
  const uncapped = splitBelowCap(dueMinor, weights, poolMinor);
  const { shares, capped } = splitBelowCap(dueMinor, weights, capMinor);
  const paidMinor = sum(shares);
  return {
    poolMinor,
    capMinor,
    rawTotal: decimalText(rawTotal, RAW_DECIMALS),
    scaling,
    paidMinor,
    unspentMinor: subtract(poolMinor, paidMinor),
    unplacedMinor: capped.size === 0 ? ZERO : subtract(dueMinor, paidMinor),
    projects: sums.map(({ unitId, donors, contributedMinor, rootSum, raw }, position) => {
      const share = {
        beforeCapMinor: uncapped.shares[position] ?? ZERO,
        shareMinor: shares[position] ?? ZERO,
        capped: capped.has(position),
      };
      return {
        unitId,
        donors,
        contributedMinor,
        rootSum: decimalText(rootSum, ROOT_DECIMALS),
        raw: decimalText(raw, RAW_DECIMALS),
        ...share,
        outcome: outcomeOf({ ...share, donors, raw }),
      };
    }),
  };
}

function inOrderOfId(projects: readonly ProjectGifts[]): ProjectGifts[] {
  const ordered = projects.toSorted((a, b) => (a.unitId < b.unitId ? -1 : a.unitId > b.unitId ? 1 : 0));
  for (const [position, { unitId }] of ordered.entries()) {
    if (unitId === ordered[position + 1]?.unitId) throw new PermanentError(`unit ${unitId} stands in the round twice`);
  }
  return ordered;
}

function rootsOf({ unitId, donorTotalsMinor }: ProjectGifts, variant: QuadraticTerms['variant']) {
  let donors = 0;
  let rootSum = 0n;
  let squares = 0n;
  for (const total of donorTotalsMinor) {
    if (total < 0) throw new PermanentError(`a donor's gifts to unit ${unitId} sum to ${total}`);
    if (total === 0) continue;
    const root = scaledRoot(total);
    donors += 1;
    rootSum += root;
    squares += root * root;
  }
  // Squares of the same roots, rather than the totals, are taken off: what is left are the products of pairs of donors, which
  // are never negative, and of which a single donor has none.
  const square = variant === 'linear' ? rootSum * rootSum - squares : rootSum * rootSum;
  const raw = (square + SQUARE_PER_RAW / 2n) / SQUARE_PER_RAW;
  return { unitId, donors, contributedMinor: sum(donorTotalsMinor), rootSum, raw };
}

/** The root of a total above zero, in units of 10^-30, cut off. */
function scaledRoot(totalMinor: Minor): bigint {
  const square = BigInt(totalMinor) * SQUARE_SCALE;
  // The float is where Newton's method begins: 16 digits, then 32, then all. It decides nothing: from any beginning a step
  // ends at the floor of the root or above, and the comparison of whole numbers takes away what is above.
  let root = BigInt(Math.floor(Math.sqrt(totalMinor) * 10 ** ROOT_DECIMALS));
  for (let step = 0; step < 2; step += 1) root = (root + square / root) / 2n;
  while (root * root > square) root -= 1n;
  return root;
}

/** Splits by weight with nobody above the cap; less than `total` comes out where everybody with a weight has reached it. */
function splitBelowCap(
  totalMinor: Minor,
  weights: readonly bigint[],
  capMinor: Minor,
): { shares: Minor[]; capped: ReadonlySet<number> } {
  const capped = new Set<number>();
  for (;;) {
    const open = weights.map((weight, position) => (capped.has(position) ? 0n : weight));
    const openWeight = open.reduce((all, weight) => all + weight, 0n);
    const leftMinor = subtract(totalMinor, minor(capMinor * capped.size));
    // An exact share above the cap, by multiplication. One that is capped stays so: it can only rise when others are cut.
    const above = open.flatMap((weight, position) =>
      BigInt(leftMinor) * weight > BigInt(capMinor) * openWeight ? [position] : [],
    );
    if (above.length === 0) {
      // Exact shares are at most the cap, and only one that is no whole number is rounded up: the cap holds to the unit.
      const rest = openWeight === 0n ? open.map(() => ZERO) : allocate(leftMinor, open);
      return { shares: rest.map((share, position) => (capped.has(position) ? capMinor : share)), capped };
    }
    for (const position of above) capped.add(position);
  }
}

function outcomeOf(project: {
  readonly donors: number;
  readonly raw: bigint;
  readonly beforeCapMinor: Minor;
  readonly shareMinor: Minor;
  readonly capped: boolean;
}): QuadraticOutcome {
  if (project.donors === 0) return 'no-donors';
  if (project.raw === 0n) return 'single-donor';
  if (project.capped) return 'capped';
  if (project.shareMinor === 0) return 'too-small';
  return project.shareMinor > project.beforeCapMinor ? 'with-overflow' : 'as-computed';
}

/** 12500n with 3 decimals -> "12.5" */
function decimalText(scaled: bigint, decimals: number): string {
  const digits = scaled.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
