import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { type JournalLine, journalLineSchema } from '../../functions/matching/match-entry.ts';
import { replay } from '../../functions/matching/matching-oracle.ts';
import { type MatchingPool, matchingPoolSchema, openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { draw } from '../../functions/matching/matching-rule.ts';
import { giftAmounts } from '../../local/demo/gift-amounts.ts';
import { type SeededRandom, seededRandom } from '../../local/demo/seeded-random.ts';
import { drawMatchingPlan } from '../../simulator/matching-plan.ts';
import { naiveMatching, type PlanPart } from '../../simulator/naive-matching.ts';

const GIFTS = 50;
const window = { firstDay: '2026-09-07', lastDay: '2026-09-09', zone: 'UTC' } as Parameters<typeof openingPoolItem>[2];

type Played = { readonly pool: MatchingPool; readonly lines: readonly JournalLine[] };

/** Gifts in a drawn order through the engine's rule: the journal that it would write. */
function played(random: SeededRandom): Played {
  const amounts = giftAmounts(GIFTS, random);
  const givenMinor = amounts.reduce((total, amount) => total + amount, 0);
  const plan = drawMatchingPlan({ givenMinor, lasting: random.happens(0.3) }, random);
  const pool = matchingPoolSchema.parse(openingPoolItem('cmp_one', plan, window, 'CNY'));
  let current = pool;
  const lines = amounts.map((amount, number) => {
    // From half a day before the opening to half a day after the close.
    const occurredAt = instantOf(Date.parse(pool.opensAt) + (random.below(4 * 24) - 12) * 3_600_000);
    const drawn = draw(pool.rule, current, { amountMinor: minor(amount), occurredAt });
    current = drawn.pool;
    return journalLineSchema.parse({
      giftId: `gft_${number}`,
      orderNo: `int_${number}`,
      donorId: `dnr_${random.below(GIFTS)}`,
      anonymous: true,
      thankYouDue: false,
      amountMinor: amount,
      matchMinor: drawn.matchMinor,
      outcome: drawn.outcome,
      occurredAt,
      day: occurredAt.slice(0, 10),
    });
  });
  return { pool, lines };
}

/** Gifts of which this matching says something else than the journal. */
function disagreements({ pool, lines }: Played, ignored?: ReadonlySet<PlanPart>): number {
  const matching = naiveMatching(pool, ignored);
  return lines.filter((line) => {
    const differs = matching.drawnBy(line) !== line.matchMinor;
    matching.note(line, line.matchMinor);
    return differs;
  }).length;
}

describe("the simulator's own matching", () => {
  const days = Array.from({ length: 200 }, (_, seed) => played(seededRandom(seed)));

  it('agrees with the engine and with its oracle about every gift of every drawn plan', () => {
    for (const day of days) {
      expect(disagreements(day)).toBe(0);
      expect(replay(day.pool.rule, day.pool, day.lines).kind).toBe('agrees');
    }
  });

  it.each(['floor', 'cap', 'end', 'window'] as const)('disagrees with them without the part "%s"', (part) => {
    expect(days.filter((day) => disagreements(day, new Set([part])) > 0).length).toBeGreaterThan(10);
  });

  it('draws nothing once matching is over, unless that part is left out', () => {
    const { pool, lines } = played(seededRandom(1));
    const [line] = lines.filter(({ matchMinor }) => matchMinor > 0);
    if (line === undefined) throw new Error('nothing was matched');
    const [over, wrong] = [naiveMatching(pool), naiveMatching(pool, new Set(['state']))];
    over.finalise();
    wrong.finalise();
    expect(over.drawnBy(line)).toBe(0);
    expect(wrong.drawnBy(line)).toBeGreaterThan(0);
  });
});
