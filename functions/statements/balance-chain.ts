import { type Currency, formatMoney, type Minor, minor } from '../kernel/money.ts';

/** A row with what it adds to the account (below zero where money left) and what the account holds after it. */
export type BalancedRow = { readonly line: number; readonly deltaMinor: number; readonly balanceMinor: Minor };

/** Where the balances of a file do not follow from each other. */
export type BalanceBreak = {
  readonly line: number;
  readonly expectedMinor: Minor;
  readonly foundMinor: Minor;
};

/**
 * Whether each balance of a bank's file follows from the one before: opening and rows are then the closing, and no row is missing in
 * between, doubled or changed. Banks list the oldest row first or the newest; the file is read in the order that holds for longer.
 */
export class BalanceChain {
  #before: BalancedRow | undefined;
  #oldestFirst: BalanceBreak | undefined;
  #newestFirst: BalanceBreak | undefined;

  take(row: BalancedRow): void {
    const before = this.#before;
    this.#before = row;
    if (before === undefined) return;
    const { line, deltaMinor, balanceMinor: foundMinor } = row;
    this.#oldestFirst ??= breakOf(line, before.balanceMinor + deltaMinor, foundMinor);
    this.#newestFirst ??= breakOf(line, before.balanceMinor - before.deltaMinor, foundMinor);
  }

  /** A row that cannot be read says nothing of the balance after it: the next one begins anew. */
  skip(): void {
    this.#before = undefined;
  }

  /** The order of the rows. One that both orders fit is as old rows first. */
  get order(): 'oldest-first' | 'newest-first' {
    return this.#oldestFirst !== undefined && this.#newestFirst === undefined ? 'newest-first' : 'oldest-first';
  }

  /** The row that breaks the file in either order: of the order that held for longer. */
  get brokenAt(): BalanceBreak | undefined {
    const [oldest, newest] = [this.#oldestFirst, this.#newestFirst];
    if (oldest === undefined || newest === undefined) return undefined;
    return newest.line > oldest.line ? newest : oldest;
  }
}

const breakOf = (line: number, expected: number, foundMinor: Minor): BalanceBreak | undefined =>
  expected === foundMinor ? undefined : { line, expectedMinor: minor(expected), foundMinor };

/** The break as a sentence for whoever uploaded the file. */
export const balanceSentence = ({ line, expectedMinor, foundMinor }: BalanceBreak, currency: Currency): string =>
  `does not add up: by the row before it, the balance in line ${line} would be ${formatMoney(expectedMinor, currency)}, and it is ${formatMoney(foundMinor, currency)}`;
