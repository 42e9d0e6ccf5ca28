import type { Minor } from '../kernel/money.ts';

/** The columns of amounts that a total row may sum up. */
export const AMOUNT_FIELDS = ['money', 'goods', 'amount'] as const;
export type AmountField = (typeof AMOUNT_FIELDS)[number];

/** One amount of a total row, held against the rows that it sums up. */
export type TotalCheck = {
  readonly row: number;
  readonly cell: string;
  readonly label: string;
  readonly field: AmountField;
  readonly saidMinor: Minor;
  readonly foundMinor: Minor;
  /** `incomplete`: some of the rows could not be read, so that nothing follows from a difference. */
  readonly outcome: 'agrees' | 'differs' | 'incomplete';
};

type Line = { readonly row: number; readonly field: AmountField; readonly amountMinor: Minor | undefined };

/** Sums up the amounts of a sheet column by column, as its own total rows do. */
export class SheetTotals {
  readonly #lines: Line[] = [];
  readonly #checks: TotalCheck[] = [];
  #lastTotalRow = -1;
  #isGrand = false;

  /** `undefined`: there is something in the cell that is no amount. */
  add(row: number, field: AmountField, amountMinor: Minor | undefined): void {
    this.#lines.push({ row, field, amountMinor });
  }

  /** Checks the total row that ends here against the rows since the one before it, or against all of them. */
  check(row: number, label: string, amounts: readonly { field: AmountField; cell: string; saidMinor: Minor }[]): void {
    const since = this.#lines.filter((line) => line.row > this.#lastTotalRow);
    this.#isGrand = !/小计/u.test(label);
    for (const { field, cell, saidMinor } of amounts) {
      const inPart = sumUp(since, field);
      const inAll = sumUp(this.#lines, field);
      const isPart = since.length > 0 && (!this.#isGrand || inPart.sumMinor === saidMinor);
      const { sumMinor, isWhole } = isPart ? inPart : inAll;
      const outcome = sumMinor === saidMinor ? 'agrees' : isWhole ? 'differs' : 'incomplete';
      this.#checks.push({ row, cell, label, field, saidMinor, foundMinor: sumMinor as Minor, outcome });
    }
    this.#lastTotalRow = row;
  }

  get checks(): readonly TotalCheck[] {
    return this.#checks;
  }

  /** Rows whose amounts in this column stand under a total that says another sum. */
  doubtful(field: AmountField): (row: number) => boolean {
    const wrong = this.#checks.filter((check) => check.field === field && check.outcome === 'differs');
    const totals = this.#checks.filter((check) => check.field === field).map(({ row }) => row);
    return (row) =>
      wrong.some((check) => {
        const before = /小计/u.test(check.label) ? Math.max(-1, ...totals.filter((other) => other < check.row)) : -1;
        return row < check.row && row > before;
      });
  }
}

function sumUp(lines: readonly Line[], field: AmountField): { sumMinor: number; isWhole: boolean } {
  const own = lines.filter((line) => line.field === field);
  return {
    sumMinor: own.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0),
    isWhole: own.every(({ amountMinor }) => amountMinor !== undefined),
  };
}
