import { csvLine, csvOf } from '../kernel/csv.ts';
import { formatMoney, type Minor, minor } from '../kernel/money.ts';
import { type BankDays, bankPreviewOf, type StatedDay } from './bank-days.ts';
import type { HandEnteredTwins } from './hand-entered-twins.ts';
import { RowIdentities } from './statement-identity.ts';
import type { StatementMapping } from './statement-mapping.ts';
import type { BankLine, RowProblem, StatementGift, StatementRefund, StatementRow } from './statement-row.ts';

/** One year of a city's gifts ten times over; more is several files. */
export const MOST_ROWS = 1_000_000;
/** More problems than this are no slips but the wrong mapping. */
export const MOST_PROBLEMS = 10_000;
/** Problems that a preview shows; the rest is in the file to download. */
const SHOWN_PROBLEMS = 20;

/** A row that is ready to be booked: with the number by which it is the same gift in any file. */
export type ReadyGift = Omit<StatementGift, 'paymentId'> & { readonly paymentId: string };
export type ReadyRefund = Omit<StatementRefund, 'refundId'> & { readonly refundId: string };
/** A row of the bank that is no gift; or one with the number of a gift further up in the file, which is not booked again. */
export type ReadyBankRow = BankLine & { readonly paymentId: string; readonly repeats?: string };
export type ReadyRow = ReadyGift | ReadyRefund | ReadyBankRow;

/** What a file holds, before anything of it is booked. */
export type StatementPreview = {
  readonly rows: number;
  readonly gifts: number;
  readonly giftsMinor: Minor;
  readonly refunds: number;
  readonly refundsMinor: Minor;
  readonly skipped: number;
  readonly problems: number;
  readonly firstProblems: readonly RowProblem[];
  /** Whether the file's own sum was there and is what its rows add up to. */
  readonly summary: 'agrees' | 'none';
  readonly firstPaidAt?: string;
  readonly lastPaidAt?: string;
  /** Rows that may be transfers which somebody has entered by hand; and the first of them. */
  readonly perhapsOffline: number;
  readonly firstPerhapsOffline: readonly PerhapsOffline[];
  /** Of an account at the bank: which days, what it held, and what every kind of row comes to. */
  readonly bank?: NonNullable<ReturnType<typeof bankPreviewOf>>;
};
export type PerhapsOffline = { readonly line: number; readonly offlineId: string; readonly amountMinor: Minor };
export type CheckOutcome =
  | { readonly kind: 'checked'; readonly preview: StatementPreview; readonly bankDays: readonly StatedDay[] }
  /** Nothing of the file may be booked. */
  | { readonly kind: 'refused'; readonly problem: string; readonly fix: string };

/** Takes the rows of a file one at a time, hands on what may be booked, and sums up. Holds no rows. */
export class StatementCheck {
  readonly #identities: RowIdentities;
  readonly #currency: StatementMapping['currency'];
  readonly #twins: HandEnteredTwins | undefined;
  readonly #bank: BankDays | undefined;
  readonly #firstProblems: RowProblem[] = [];
  readonly #firstPerhapsOffline: PerhapsOffline[] = [];
  #perhapsOffline = 0;
  #rows = 0;
  #gifts = 0;
  #giftsMinor = 0;
  #refunds = 0;
  #refundsMinor = 0;
  #skipped = 0;
  #problems = 0;
  #first: string | undefined;
  #last: string | undefined;
  #summary: { readonly amountMinor: number; readonly count?: number; readonly line: number } | undefined;
  #refusal: Extract<CheckOutcome, { kind: 'refused' }> | undefined;

  /** `twins`: what was entered by hand in the file's campaign, where the file is a bank's; `bank`: the days of an account there. */
  constructor(
    mapping: Pick<StatementMapping, 'account' | 'zone' | 'currency'>,
    { twins, bank }: { readonly twins?: HandEnteredTwins | undefined; readonly bank?: BankDays | undefined } = {},
  ) {
    this.#twins = twins;
    this.#bank = bank;
    this.#identities = new RowIdentities(mapping);
    this.#currency = mapping.currency;
  }

  /** False when it makes no sense to go on: the file is refused already. */
  get goesOn(): boolean {
    return this.#refusal === undefined;
  }

  take(row: StatementRow): ReadyRow | RowProblem | undefined {
    if (row.kind === 'skipped') {
      this.#skipped += 1;
      return undefined;
    }
    if (row.kind === 'summary') return this.#takeSummary(row);
    this.#rows += 1;
    if (this.#rows > MOST_ROWS)
      this.#refuse(`has more than ${MOST_ROWS} rows`, 'import it in several files of whole days');
    if (row.kind === 'problem') return this.#takeProblem(row);
    this.#first = earlier(this.#first, row.paidAt);
    this.#last = later(this.#last, row.paidAt);
    if (row.kind === 'bank-row') return this.#takeBankRow(row);
    if (row.kind === 'gift') return this.#takeGift(row);
    this.#refunds += 1;
    this.#refundsMinor += row.amountMinor;
    return { ...row, refundId: this.#identities.refundIdOf(row) };
  }

  #takeGift(row: StatementGift): ReadyRow {
    this.#bank?.take({ ...row, direction: 'in' });
    const again = this.#bank === undefined ? undefined : this.#identities.repeatOf(row);
    if (again !== undefined) return repeatedRow(row, again);
    this.#gifts += 1;
    this.#giftsMinor += row.amountMinor;
    return { ...row, paymentId: this.#identities.paymentIdOf(row), ...this.#perhapsEntered(row) };
  }

  #takeBankRow(row: BankLine): ReadyBankRow {
    this.#bank?.take({ ...row, kind: row.rowKind });
    return { ...row, paymentId: this.#identities.bankRowIdOf(row) };
  }

  #perhapsEntered(row: StatementGift): Pick<StatementGift, 'perhapsOffline'> {
    const offlineId = this.#twins?.take(row);
    if (offlineId === undefined) return {};
    this.#perhapsOffline += 1;
    if (this.#firstPerhapsOffline.length < SHOWN_PROBLEMS)
      this.#firstPerhapsOffline.push({ line: row.line, offlineId, amountMinor: row.amountMinor });
    return { perhapsOffline: offlineId };
  }

  #takeProblem(row: RowProblem): RowProblem {
    this.#problems += 1;
    this.#bank?.skip();
    if (this.#firstProblems.length < SHOWN_PROBLEMS) this.#firstProblems.push(row);
    if (this.#problems > MOST_PROBLEMS)
      this.#refuse(
        `has more than ${MOST_PROBLEMS} rows that cannot be read`,
        'choose the mapping of this kind of file',
      );
    return row;
  }

  #takeSummary(row: Extract<StatementRow, { kind: 'summary' }>): undefined {
    if (this.#summary !== undefined)
      this.#refuse(`has a second summary, in line ${row.line}`, 'import each part as a file of its own');
    this.#summary = row;
    return undefined;
  }

  #refuse(problem: string, fix: string): void {
    this.#refusal ??= { kind: 'refused', problem, fix };
  }

  /** The outcome, once all rows are taken. `needsSummary`: the mapping says that the file holds its own sum. */
  outcome(needsSummary: boolean): CheckOutcome {
    if (this.#refusal !== undefined) return this.#refusal;
    if (this.#rows === 0) return { kind: 'refused', problem: 'holds no gifts', fix: 'check that it is the right file' };
    const ofBank = this.#bank?.refusal;
    if (ofBank !== undefined) return { kind: 'refused', ...ofBank };
    const summary = this.#summary;
    if (needsSummary && summary === undefined)
      return { kind: 'refused', problem: 'does not end with its summary; it may be cut off', fix: 'export it anew' };
    if (summary !== undefined && summary.amountMinor !== this.#giftsMinor)
      return {
        kind: 'refused',
        problem: `sums to ${this.#money(this.#giftsMinor)}, but its summary in line ${summary.line} says ${this.#money(summary.amountMinor)}${this.#aside()}`,
        fix: 'export the file anew; do not take rows out or add any',
      };
    if (summary?.count !== undefined && summary.count !== this.#gifts)
      return {
        kind: 'refused',
        problem: `holds ${this.#gifts} gifts, but its summary in line ${summary.line} says ${summary.count}${this.#aside()}`,
        fix: 'export the file anew; do not take rows out or add any',
      };
    const bankDays = this.#bank?.stated() ?? [];
    return { kind: 'checked', preview: this.#preview(bankDays), bankDays };
  }

  #money(amount: number): string {
    return formatMoney(minor(amount), this.#currency);
  }

  #aside(): string {
    return this.#problems === 0 ? '' : ` (${this.#problems} rows could not be read and are not in the sum)`;
  }

  #preview(bankDays: readonly StatedDay[]): StatementPreview {
    const bank = bankPreviewOf(bankDays);
    return {
      rows: this.#rows,
      gifts: this.#gifts,
      giftsMinor: minor(this.#giftsMinor),
      refunds: this.#refunds,
      refundsMinor: minor(this.#refundsMinor),
      skipped: this.#skipped,
      problems: this.#problems,
      firstProblems: this.#firstProblems,
      summary: this.#summary === undefined ? 'none' : 'agrees',
      perhapsOffline: this.#perhapsOffline,
      firstPerhapsOffline: this.#firstPerhapsOffline,
      ...(bank === undefined ? {} : { bank }),
      ...(this.#first === undefined ? {} : { firstPaidAt: this.#first }),
      ...(this.#last === undefined ? {} : { lastPaidAt: this.#last }),
    };
  }
}

/** A gift's row whose number an earlier row of the file has: kept for a person to look at, and booked by nobody. */
function repeatedRow(
  { line, paidAt, amountMinor, paymentId, name, message }: StatementGift,
  again: string,
): ReadyBankRow {
  return {
    kind: 'bank-row',
    line,
    paidAt,
    direction: 'in',
    amountMinor,
    rowKind: 'unnamed',
    ...(paymentId === undefined ? {} : { reference: paymentId, repeats: paymentId }),
    ...(name === undefined ? {} : { counterparty: name }),
    ...(message === undefined ? {} : { remark: message }),
    paymentId: again,
  };
}

const earlier = (known: string | undefined, time: string): string =>
  known === undefined || time < known ? time : known;
const later = (known: string | undefined, time: string): string => (known === undefined || time > known ? time : known);

/** A problem as a line of the file to download. What people typed in the file is shown in it, and never runs. */
export const problemLine = ({ line, column, problem, fix }: RowProblem): string =>
  csvLine([line, column, problem, fix]);
export const PROBLEM_HEADER = csvOf([['line', 'column', 'problem', 'fix']], { bom: true });
