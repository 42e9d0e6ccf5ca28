import type { BudgetLine } from '../campaigns/budget.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { type Currency, formatMoney } from '../kernel/money.ts';
import { type SpendingBook, standingLines } from './spending-book.ts';

/**
 * What a changed budget would take away that was spent or transferred: a line keeps at least what was spent on it. Lines are
 * known by their kind and name, so one that is renamed is a line that is gone and another that is new.
 */
export function spentProblems(
  book: SpendingBook,
  budgetLines: readonly BudgetLine[],
  currency: Currency,
): FieldProblem[] {
  return standingLines(book, budgetLines).flatMap(
    ({ lineNo, item, kind, currentMinor, spentMinor, transferredMinor }) => {
      if (currentMinor >= spentMinor) return [];
      const transferred = transferredMinor === 0 ? '' : ` and ${formatMoney(transferredMinor, currency)} transferred`;
      return [
        {
          field: 'budgetLines',
          problem: `leave line ${lineNo}, "${item}" of ${kind}, less than was spent on it, ${formatMoney(spentMinor, currency)}${transferred}`,
          fix: 'keep the line under its name, with at least that much; or take the entries back first',
        },
      ];
    },
  );
}
