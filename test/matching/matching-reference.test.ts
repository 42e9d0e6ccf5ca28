import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMoney, minor } from '../../functions/kernel/money.ts';
import { localDateOf, plusSeconds, windowBounds } from '../../functions/kernel/time.ts';
import { DonorRecords } from '../../functions/matching/donor-records.ts';
import { decisionOf, engineOf } from '../../functions/matching/matching-engine.ts';
import { matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import { openingFunds } from '../../functions/matching/matching-pool.ts';
import type { Standing } from '../../functions/matching/matching-state.ts';
import { type QuadraticTerms, quadraticRound } from '../../functions/matching/rounds/quadratic-round.ts';
import { RULE_EXAMPLES } from '../../functions/matching/rule-examples.ts';
import { seedHashOf, seedKeyOf, wordsOf } from '../../functions/matching/rules/luck.ts';
import { WINDOW, ZONE } from './money-path.ts';

const REFERENCE = readFileSync(new URL('../../docs/matching.md', import.meta.url), 'utf8');
const SEED = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const yuan = (amountMinor: number): string => formatMoney(minor(amountMinor), 'CNY');

/** What the first gift of a campaign draws, paid at noon of its first day. */
function matchOf(rule: object, giftId: string, amountMinor: number, standing: Standing): number {
  const plan = matchingPlanSchema.parse({ rules: [rule] });
  const { opensAt, closesAt } = windowBounds(WINDOW);
  const engine = engineOf(plan, { zone: ZONE, opensAt, closesAt }, { 'lucky-match': SEED });
  const occurredAt = plusSeconds(opensAt, 12 * 3_600);
  const gift = {
    giftId,
    donorId: 'dnr_1',
    amountMinor: minor(amountMinor),
    occurredAt,
    day: localDateOf(occurredAt, ZONE),
    standing,
  };
  return decisionOf(engine, { open: true, funds: openingFunds(plan), donors: new DonorRecords() }, gift).matchMinor;
}

describe('the reference of matching', () => {
  it('shows the hash, the words and the match of its draw by hand as the system has them', () => {
    expect(REFERENCE).toContain(seedHashOf(SEED));
    expect(REFERENCE).toContain(wordsOf(seedKeyOf(SEED), 'lucky-match', 'gft_4').join('\n'));
    expect(REFERENCE).toContain(`**${yuan(matchOf(RULE_EXAMPLES.random, 'gft_4', 20_000, { reach: 40 }))}**`);
    expect(matchOf(RULE_EXAMPLES.random, 'gft_1', 20_000, {})).toBe(0);
  });

  it('shows the sums of its ratio and loyalty examples', () => {
    expect(REFERENCE).toContain(`= ${yuan(matchOf(RULE_EXAMPLES.ratio, 'gft_1', 1_777, { reach: 40 }))}.*`);
    expect(REFERENCE).toContain(`at 1/2: ${yuan(matchOf(RULE_EXAMPLES.loyalty, 'gft_1', 3_333, { years: 1 }))}.`);
  });

  it('shows the shares of its quadratic round', () => {
    const projects = [
      { unitId: 'health', donorTotalsMinor: [2_000, 2_000].map(minor) },
      { unitId: 'party', donorTotalsMinor: [10_000].map(minor) },
      { unitId: 'schools', donorTotalsMinor: [100, 400, 900].map(minor) },
    ];
    const plain: QuadraticTerms = { poolMinor: minor(10_000), variant: 'linear', scaleUp: false };
    const rows: readonly (readonly [string, QuadraticTerms])[] = [
      ['linear', plain],
      ['linear, scaled up', { ...plain, scaleUp: true }],
      ['linear, scaled up, cap 50 %', { ...plain, scaleUp: true, capShareBasisPoints: 5_000 }],
      ['s-squared', { ...plain, variant: 's-squared' }],
    ];
    for (const [name, terms] of rows) {
      const round = quadraticRound(terms, projects);
      const shares = round.projects.map(({ shareMinor }) => yuan(shareMinor));
      expect(REFERENCE).toContain(`| ${[name, ...shares, yuan(round.unspentMinor)].join(' | ')} |`);
    }
  });
});
