import type { GiftLine, QuadraticTerms } from './quadratic-round.ts';
import { type RecordedShare, type RoundVerdict, verdictOf } from './round-verdict.ts';

/**
 * The naive quadratic round, from gift lines to fen: BigInt throughout, and none of the code of the rule. Gifts are sorted
 * rather than gathered, roots found without a float, pairs of donors added up one by one rather than as the difference of two squares,
 * the cap settled from the heaviest project down, left-over units handed out one at a time.
 */
export function recheckQuadraticRound(
  terms: QuadraticTerms,
  gifts: readonly GiftLine[],
  recorded: readonly RecordedShare[],
): RoundVerdict {
  return verdictOf(expectedShares(terms, gifts), recorded);
}

type Claim = { readonly unitId: string; readonly weight: bigint; share: bigint; capped: boolean };

function expectedShares(terms: QuadraticTerms, gifts: readonly GiftLine[]): Map<string, bigint> {
  const pool = BigInt(terms.poolMinor);
  const cap = terms.capShareBasisPoints === undefined ? pool : (pool * BigInt(terms.capShareBasisPoints)) / 10_000n;
  const raw = rawAmounts(terms.variant, gifts);
  const all = [...raw.values()].reduce((total, amount) => total + amount, 0n);
  const isScaled = terms.scaleUp || all > pool * 10n ** 15n;
  const claims = [...raw].map(
    ([unitId, amount]): Claim => ({
      unitId,
      weight: isScaled ? amount : amount / 10n ** 15n,
      share: 0n,
      capped: false,
    }),
  );
  const due = isScaled ? pool : claims.reduce((total, { weight }) => total + weight, 0n);
  handOut(due, claims, cap);
  return new Map(claims.map(({ unitId, share }) => [unitId, share]));
}

/** Raw amounts by unit, in units of 10^-15, rounded to the nearest. */
function rawAmounts(variant: QuadraticTerms['variant'], gifts: readonly GiftLine[]): Map<string, bigint> {
  const sorted = [...gifts].sort(
    (a, b) =>
      Number(a.unitId > b.unitId) - Number(a.unitId < b.unitId) ||
      Number(a.donorId > b.donorId) - Number(a.donorId < b.donorId),
  );
  const raw = new Map<string, bigint>();
  let earlierRoots = 0n;
  for (let n = 0; n < sorted.length; ) {
    const first = sorted[n] as GiftLine;
    let given = 0n;
    for (; sorted[n]?.unitId === first.unitId && sorted[n]?.donorId === first.donorId; n += 1) {
      given += BigInt((sorted[n] as GiftLine).amountMinor);
    }
    if (!raw.has(first.unitId)) earlierRoots = 0n;
    const root = flooredRoot(given * 10n ** 60n);
    // Each pair of donors counts in both directions; with itself a donor counts only where the whole square is the weight.
    const withEarlier = 2n * root * earlierRoots + (variant === 's-squared' ? root * root : 0n);
    raw.set(first.unitId, (raw.get(first.unitId) ?? 0n) + withEarlier);
    earlierRoots += root;
  }
  for (const [unitId, exact] of raw) {
    const rest = exact % 10n ** 45n;
    raw.set(unitId, (exact - rest) / 10n ** 45n + (rest * 2n >= 10n ** 45n ? 1n : 0n));
  }
  return raw;
}

/** Newton's method from above, in whole numbers: it falls until it stands at the floor of the root. */
function flooredRoot(square: bigint): bigint {
  if (square === 0n) return 0n;
  let root = 1n << BigInt(square.toString(16).length * 2);
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function handOut(due: bigint, claims: Claim[], cap: bigint): void {
  let left = due;
  let leftWeight = claims.reduce((total, { weight }) => total + weight, 0n);
  const heaviestFirst = [...claims].sort((a, b) => (a.weight < b.weight ? 1 : a.weight > b.weight ? -1 : 0));
  for (const claim of heaviestFirst) {
    // If the heaviest that is left stays below the cap, so do all lighter ones.
    if (left * claim.weight <= cap * leftWeight) break;
    claim.share = cap;
    claim.capped = true;
    left -= cap;
    leftWeight -= claim.weight;
  }
  if (leftWeight === 0n) return;
  const open = claims.filter(({ capped }) => !capped);
  for (const claim of open) claim.share = (left * claim.weight) / leftWeight;
  const fraction = ({ weight }: Claim): bigint => (left * weight) % leftWeight;
  let over = open.reduce((total, { share }) => total - share, left);
  const waiting = new Set(open);
  for (; over > 0n; over -= 1n) {
    let next: Claim | undefined;
    for (const claim of waiting) {
      const isLarger = next === undefined || fraction(claim) > fraction(next);
      const isEarlier = next !== undefined && fraction(claim) === fraction(next) && claim.unitId < next.unitId;
      if (isLarger || isEarlier) next = claim;
    }
    if (next === undefined) throw new RangeError('more units are left over than projects');
    next.share += 1n;
    waiting.delete(next);
  }
}
