import { minor } from '../functions/kernel/money.ts';
import type { Adjustment } from '../functions/matching/adjustment.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { MatchingRule } from '../functions/matching/matching-rule.ts';
import { recheckPerformanceRound } from '../functions/matching/rounds/performance-oracle.ts';
import { recheckQuadraticRound } from '../functions/matching/rounds/quadratic-oracle.ts';

/** A gift that counts, with what of it has not gone back. */
export type CountedGift = { readonly line: JournalLine; readonly amountMinor: number };

/** What is wrong in a round's last shares, by the rounds' own oracles and the gifts that the judge finds to count now. */
export function* roundProblems(
  rule: MatchingRule | undefined,
  shares: NonNullable<Adjustment['shares']> | undefined,
  gifts: readonly CountedGift[],
  isInTime: (line: JournalLine) => boolean,
): Generator<string> {
  if (rule?.kind !== 'quadratic' && rule?.kind !== 'performance') return yield 'there is no such round';
  if (shares === undefined) return yield `the round of rule ${rule.id} was never split`;
  const named = gifts.flatMap(({ line, amountMinor }) =>
    line.unitId === undefined || !isInTime(line)
      ? []
      : [{ unitId: line.unitId, donorId: line.donorId, amountMinor: minor(amountMinor) }],
  );
  const verdict =
    rule.kind === 'quadratic'
      ? recheckQuadraticRound(rule, named, shares)
      : recheckPerformanceRound(rule.tiers, resultsOf(named, shares), shares);
  if (verdict.kind === 'disagrees')
    yield `the round of rule ${rule.id} is not split by what counts: ${JSON.stringify(verdict.differences)}`;
}

type Named = { readonly unitId: string; readonly donorId: string; readonly amountMinor: ReturnType<typeof minor> };

function resultsOf(gifts: readonly Named[], shares: NonNullable<Adjustment['shares']>) {
  return shares.map(({ unitId }) => {
    const own = gifts.filter((gift) => gift.unitId === unitId);
    return {
      unitId,
      raisedMinor: minor(own.reduce((total, { amountMinor }) => total + amountMinor, 0)),
      donors: new Set(own.map(({ donorId }) => donorId)).size,
      gifts: own.length,
    };
  });
}
