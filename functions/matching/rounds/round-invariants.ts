import type { PerformanceRound } from './performance-round.ts';
import type { QuadraticRound } from './quadratic-round.ts';

/** What must hold for any round that is paid. */
const ANY_ROUND = {
  'no round pays more than its pool': ({ poolMinor, paidMinor }) =>
    paidMinor <= poolMinor ? [] : [`${paidMinor} of ${poolMinor}`],

  'what is paid and what is unspent are the pool': ({ poolMinor, paidMinor, unspentMinor }) =>
    paidMinor + unspentMinor === poolMinor ? [] : [`${paidMinor} and ${unspentMinor} of ${poolMinor}`],

  'shares sum to what is paid': ({ paidMinor, projects }) => {
    const total = projects.reduce((all, { shareMinor }) => all + shareMinor, 0);
    return total === paidMinor ? [] : [`shares sum to ${total}, paid is ${paidMinor}`];
  },

  'no share is below zero': ({ projects }) =>
    projects.filter(({ shareMinor }) => shareMinor < 0).map(({ unitId, shareMinor }) => `${unitId} gets ${shareMinor}`),
} as const satisfies Record<string, (round: QuadraticRound | PerformanceRound) => string[]>;

const QUADRATIC_ROUND = {
  // A cap that was configured and not applied paid out for three rounds elsewhere: gitcoinco/grants-stack issue 1039.
  'no project gets more than the cap': ({ capMinor, projects }) =>
    projects
      .filter(({ shareMinor }) => shareMinor > capMinor)
      .map(({ unitId, shareMinor }) => `${unitId} gets ${shareMinor}, the cap is ${capMinor}`),

  'a capped project gets the cap': ({ capMinor, projects }) =>
    projects
      .filter(({ capped, shareMinor }) => capped && shareMinor !== capMinor)
      .map(({ unitId, shareMinor }) => `${unitId} gets ${shareMinor}, the cap is ${capMinor}`),

  'what could not be placed is unspent': ({ unplacedMinor, unspentMinor }) =>
    unplacedMinor >= 0 && unplacedMinor <= unspentMinor ? [] : [`${unplacedMinor} of ${unspentMinor}`],

  'nobody gets anything for nothing': ({ projects }) =>
    projects
      .filter(({ raw, shareMinor }) => raw === '0' && shareMinor !== 0)
      .map(({ unitId, shareMinor }) => `${unitId} gets ${shareMinor}`),
} as const satisfies Record<string, (round: QuadraticRound) => string[]>;

const PERFORMANCE_ROUND = {
  'a tier pays its whole sum or nothing': ({ tiers }) =>
    tiers
      .filter(({ sumMinor, paidMinor, outcome }) => paidMinor !== (outcome === 'paid' ? sumMinor : 0))
      .map(({ id, sumMinor, paidMinor }) => `${id} pays ${paidMinor} of ${sumMinor}`),

  'every project gets the sum of its tiers': ({ tiers, projects }) =>
    projects
      .filter(({ unitId, shareMinor }) => {
        const own = tiers.flatMap(({ shares }) => shares.filter((share) => share.unitId === unitId));
        return own.reduce((all, share) => all + share.shareMinor, 0) !== shareMinor;
      })
      .map(({ unitId }) => `${unitId} gets another sum than its tiers give`),
} as const satisfies Record<string, (round: PerformanceRound) => string[]>;

/** Every breach of every invariant of rounds, in words; empty when the round may be paid. */
export const quadraticViolations = (round: QuadraticRound): string[] =>
  violationsOf({ ...ANY_ROUND, ...QUADRATIC_ROUND }, round);
export const performanceViolations = (round: PerformanceRound): string[] =>
  violationsOf({ ...ANY_ROUND, ...PERFORMANCE_ROUND }, round);

function violationsOf<Round>(invariants: Record<string, (round: Round) => string[]>, round: Round): string[] {
  return Object.entries(invariants).flatMap(([name, breachesOf]) =>
    breachesOf(round).map((detail) => `${name}: ${detail}`),
  );
}
