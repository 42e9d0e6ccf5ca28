import { describe, expect, it } from 'vitest';
import {
  type BudgetLine,
  budgetLineSchema,
  budgetProblems,
  budgetShares,
  managementProblems,
} from '../../functions/campaigns/budget.ts';
import { LARGEST_AMOUNT_MINOR, minor } from '../../functions/kernel/money.ts';

const line = (changes: Partial<Record<keyof BudgetLine, unknown>> = {}): BudgetLine =>
  budgetLineSchema.parse({
    item: '救助金',
    kind: 'programme',
    unit: '户',
    quantity: 200,
    unitPriceMinor: 450,
    amountMinor: 90_000,
    basis: '市级标准',
    ...changes,
  });
const budget = (budgetLines: BudgetLine[], targetMinor: number) =>
  ({ budgetLines, targetMinor: minor(targetMinor), currency: 'CNY' }) as const;
const fee = (amountMinor: number) =>
  line({ kind: 'management', quantity: 1, unitPriceMinor: amountMinor, amountMinor });

describe('a budget', () => {
  it('has lines that multiply, to the fen', () => {
    expect(budgetProblems(budget([line()], 90_000))).toEqual([]);
    expect(budgetProblems(budget([line({ amountMinor: 90_001 })], 90_001))).toMatchObject([
      { field: 'budgetLines[0].amountMinor', problem: 'is 90001, but 200 at 450 are 90000' },
    ]);
  });

  it('multiplies exactly where the product is more than a number holds', () => {
    const dear = line({ quantity: 1_000_000, unitPriceMinor: LARGEST_AMOUNT_MINOR, amountMinor: 1 });
    expect(budgetProblems(budget([dear], 1))[0]?.problem).toContain('are 1000000000000000000');
  });

  it('sums to the target, and says by how much it does not', () => {
    expect(budgetProblems(budget([line(), fee(10_000)], 100_000))).toEqual([]);
    expect(budgetProblems(budget([line(), fee(10_000)], 99_999))).toMatchObject([
      { field: 'budgetLines', fix: 'change lines or target by -¥0.01', rule: expect.stringContaining('art. 24') },
    ]);
  });

  it('has at most a tenth of management, to the fen, unless the organisation has a limit of its own', () => {
    expect(managementProblems(budget([line(), fee(10_000)], 100_000))).toEqual([]);
    expect(managementProblems(budget([line(), fee(10_001)], 100_001))).toMatchObject([
      { field: 'budgetLines', rule: expect.stringContaining('art. 61') },
    ]);
    expect(managementProblems(budget([line(), fee(10_001)], 100_001), 1_100)).toEqual([]);
    expect(managementProblems(budget([line(), fee(1)], 90_001), 0)).toHaveLength(1);
  });

  it('shows the shares of its kinds', () => {
    const press = line({ kind: 'fundraising', quantity: 1, unitPriceMinor: 6_000, amountMinor: 6_000 });
    expect(budgetShares(budget([line(), press, fee(4_000)], 100_000))).toEqual({
      programme: { amountMinor: 90_000, basisPoints: 9_000 },
      fundraising: { amountMinor: 6_000, basisPoints: 600 },
      management: { amountMinor: 4_000, basisPoints: 400 },
    });
  });

  it('takes whole quantities only', () => {
    expect(() => line({ quantity: 0.5 })).toThrow('choose a smaller unit');
  });
});
