import type { Provider } from '../donations/payment-event.ts';
import { type Minor, minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { movementOf } from './bank-movement.ts';
import { type BankRowKind, kindByWords } from './bank-terms.ts';
import {
  amountOf,
  type CellOf,
  type Cells,
  cleaned,
  type LocalMinutes,
  paymentIdOf,
  textOf,
  timeOf,
  Unreadable,
  wholeNumber,
} from './statement-cells.ts';
import type { StatementMapping } from './statement-mapping.ts';

/** What one row of a file says, as far as we book it. Text is as it stood in the cell, cleaned of what spreadsheets add. */
export type StatementGift = {
  readonly kind: 'gift';
  /** The line in the file, from 1. */
  readonly line: number;
  readonly paidAt: Instant;
  readonly amountMinor: Minor;
  /** Where a file holds rows of several accounts; else the file is about one. */
  readonly account?: string;
  readonly paymentId?: string;
  readonly orderNo?: string;
  readonly payer?: string;
  readonly name?: string;
  readonly anonymous: boolean;
  readonly unitId?: string;
  readonly teamId?: string;
  readonly message?: string;
  /** A transfer of the same day and sum was entered by hand: perhaps it is this one, and a person decides. */
  readonly perhapsOffline?: string;
  /** Of an account at the bank: what it held after this row. */
  readonly balanceMinor?: Minor;
};
export type StatementRefund = {
  readonly kind: 'refund';
  readonly line: number;
  readonly paidAt: Instant;
  readonly amountMinor: Minor;
  readonly account?: string;
  readonly orderNo?: string;
  /** The provider's number of the refund; rows without one are told apart by what they say. */
  readonly refundId?: string;
  readonly refundedPaymentId: string;
};
/** A row of an account at the bank that is no gift. */
export type BankLine = {
  readonly kind: 'bank-row';
  readonly line: number;
  readonly paidAt: Instant;
  readonly direction: 'in' | 'out';
  /** Above zero, whichever way it went. */
  readonly amountMinor: Minor;
  readonly rowKind: BankRowKind;
  /** Of a payout: who has paid it out, where the row says so. */
  readonly provider?: Provider;
  /** The bank's own number of the row. */
  readonly reference?: string;
  readonly counterparty?: string;
  readonly remark?: string;
  readonly balanceMinor?: Minor;
};
/** A row that is neither, such as money that was paid out, or an empty line. */
export type SkippedRow = { readonly kind: 'skipped'; readonly line: number };
/** The file's own sum. */
export type SummaryRow = {
  readonly kind: 'summary';
  readonly line: number;
  readonly amountMinor: Minor;
  readonly count?: number;
};
/** A row that cannot be booked: which cell, what is wrong, and what to do. Nothing of it is guessed. */
export type RowProblem = {
  readonly kind: 'problem';
  readonly line: number;
  readonly column: string;
  readonly problem: string;
  readonly fix: string;
};
export type StatementRow = StatementGift | BankLine | StatementRefund | SkippedRow | SummaryRow | RowProblem;

/** Reads one line by its mapping. `minutes` belongs to the file. Never throws on what a file may hold. */
export function rowOf(cells: Cells, mapping: StatementMapping, minutes: LocalMinutes): StatementRow {
  try {
    return read(cells, mapping, minutes);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'problem', line: cells.line, column: error.column, problem: error.message, fix: error.fix };
  }
}

function read(cells: Cells, mapping: StatementMapping, minutes: LocalMinutes): StatementRow {
  const { line } = cells;
  const { columns, summary, gifts, refunds } = mapping;
  const cell = (column: string): string => cleaned(cells.cell(column));
  if (summary !== undefined && cleaned(cells.first).startsWith(summary.label)) {
    const count = summary.count === undefined ? undefined : wholeNumber(cell(summary.count), summary.count);
    return {
      kind: 'summary',
      line,
      amountMinor: amountOf(cell(summary.amount), summary.amount, mapping),
      ...(count === undefined ? {} : { count }),
    };
  }
  if (refunds?.values.includes(cell(refunds.column)) === true) return refundOf(line, cell, mapping, minutes);
  if (mapping.bank !== undefined) return bankLineOf(line, cell, mapping, mapping.bank, minutes);
  if (gifts !== undefined && !gifts.values.includes(cell(gifts.column))) return { kind: 'skipped', line };
  if (cell(columns.paidAt) === '' && cell(columns.amount) === '') return { kind: 'skipped', line };
  return giftOf(line, cell, mapping, minutes);
}

function giftOf(line: number, cell: CellOf, mapping: StatementMapping, minutes: LocalMinutes): StatementGift {
  const { columns } = mapping;
  const amountMinor = amountOf(cell(columns.amount), columns.amount, mapping);
  if (amountMinor <= 0)
    throw new Unreadable(columns.amount, 'is not above zero', 'mark refunds by the refunds column of the mapping');
  const named = (column: string | undefined, names: Readonly<Record<string, string>>): string | undefined => {
    const name = column === undefined ? '' : cell(column);
    return Object.hasOwn(names, name) ? names[name] : undefined;
  };
  const unitId = named(columns.unit, mapping.units);
  const teamId = named(columns.team, mapping.teams);
  const optional = (name: 'orderNo' | 'payer' | 'name' | 'message'): string | undefined => {
    const column = columns[name];
    return column === undefined ? undefined : textOf(cell(column), column);
  };
  const paymentId =
    columns.paymentId === undefined ? undefined : paymentIdOf(cell(columns.paymentId), columns.paymentId);
  const [orderNo, payer, name, message] = (['orderNo', 'payer', 'name', 'message'] as const).map(optional);
  return {
    kind: 'gift',
    line,
    paidAt: timeOf(cell, mapping, minutes),
    amountMinor,
    ...(paymentId === undefined ? {} : { paymentId }),
    ...(orderNo === undefined ? {} : { orderNo }),
    ...(payer === undefined ? {} : { payer }),
    ...(name === undefined ? {} : { name }),
    // Consent to publish is never assumed: only a value that the mapping names publishes.
    anonymous: columns.anonymous === undefined || !mapping.publicValues.includes(cell(columns.anonymous)),
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(message === undefined ? {} : { message }),
  };
}

function refundOf(line: number, cell: CellOf, mapping: StatementMapping, minutes: LocalMinutes): StatementRefund {
  const { columns } = mapping;
  const column = columns.refundedPaymentId ?? columns.amount;
  const amountMinor = minor(Math.abs(amountOf(cell(columns.amount), columns.amount, mapping)));
  if (amountMinor === 0) throw new Unreadable(columns.amount, 'is zero', 'correct the file, or leave the row out');
  const refundedPaymentId = paymentIdOf(cell(column), column);
  if (refundedPaymentId === undefined)
    throw new Unreadable(column, 'is empty', 'give the number of the payment that was refunded');
  const refundId =
    columns.paymentId === undefined ? undefined : paymentIdOf(cell(columns.paymentId), columns.paymentId);
  return {
    kind: 'refund',
    line,
    paidAt: timeOf(cell, mapping, minutes),
    amountMinor,
    ...(refundId === undefined ? {} : { refundId }),
    refundedPaymentId,
  };
}

/** A row of an account at the bank: a gift, unless words or columns say otherwise. Only a line without day and amount is empty. */
function bankLineOf(
  line: number,
  cell: CellOf,
  mapping: StatementMapping,
  bank: NonNullable<StatementMapping['bank']>,
  minutes: LocalMinutes,
): StatementRow {
  const { columns, gifts } = mapping;
  const moved = movementOf(cell, mapping, bank);
  if (moved === undefined) return { kind: 'skipped', line };
  const balanceMinor = bank.balance === undefined ? undefined : amountOf(cell(bank.balance), bank.balance, mapping);
  const balance = balanceMinor === undefined ? {} : { balanceMinor };
  const optional = (column: string | undefined): string | undefined =>
    column === undefined ? undefined : textOf(cell(column), column);
  const said = { counterparty: optional(columns.name), remark: optional(columns.message) };
  const named = kindByWords(said, moved.direction, bank);
  const isGift = gifts === undefined || gifts.values.includes(cell(gifts.column));
  if (named === undefined && isGift) return { ...giftOf(line, cell, mapping, minutes), ...balance };
  const reference =
    columns.paymentId === undefined ? undefined : paymentIdOf(cell(columns.paymentId), columns.paymentId);
  return {
    kind: 'bank-row',
    line,
    paidAt: timeOf(cell, mapping, minutes),
    ...moved,
    rowKind: named?.kind ?? 'unnamed',
    ...(named?.provider === undefined ? {} : { provider: named.provider }),
    ...(reference === undefined ? {} : { reference }),
    ...(said.counterparty === undefined ? {} : { counterparty: said.counterparty }),
    ...(said.remark === undefined ? {} : { remark: said.remark }),
    ...balance,
  };
}
