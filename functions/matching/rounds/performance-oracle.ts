import type { PerformanceTier, ProjectResults } from './performance-round.ts';
import { type RecordedShare, type RoundVerdict, verdictOf } from './round-verdict.ts';

/**
 * The naive performance round: BigInt, and none of the code of the rule. A project's share of a tier is found by itself: its
 * exact share cut off, and one unit more if fewer projects stand before it in the queue for left-over units than there are units.
 */
export function recheckPerformanceRound(
  tiers: readonly PerformanceTier[],
  results: readonly ProjectResults[],
  recorded: readonly RecordedShare[],
): RoundVerdict {
  const expected = new Map<string, bigint>();
  for (const project of results) {
    let due = 0n;
    for (const tier of tiers) due += dueFrom(tier, project, results);
    expected.set(project.unitId, due);
  }
  return verdictOf(expected, recorded);
}

const SCORES = {
  amount: ({ raisedMinor }) => BigInt(raisedMinor),
  donors: ({ donors }) => BigInt(donors),
  gifts: ({ gifts }) => BigInt(gifts),
  equal: () => 1n,
} as const satisfies Record<PerformanceTier['by'], (project: ProjectResults) => bigint>;

function dueFrom(tier: PerformanceTier, project: ProjectResults, results: readonly ProjectResults[]): bigint {
  const score = SCORES[tier.by];
  const rivals = results.filter(({ raisedMinor }) => raisedMinor >= tier.atLeastMinor);
  const all = rivals.reduce((total, rival) => total + score(rival), 0n);
  if (all === 0n || !rivals.includes(project)) return 0n;
  const exact = (rival: ProjectResults): bigint => BigInt(tier.sumMinor) * score(rival);
  const leftOver = rivals.reduce((left, rival) => left - exact(rival) / all, BigInt(tier.sumMinor));
  const own = exact(project) % all;
  const before = rivals.filter((rival) => {
    const theirs = exact(rival) % all;
    return theirs > own || (theirs === own && rival.unitId < project.unitId);
  });
  return exact(project) / all + (BigInt(before.length) < leftOver ? 1n : 0n);
}
