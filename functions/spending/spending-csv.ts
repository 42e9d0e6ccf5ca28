import { type CsvCell, csvOf } from '../kernel/csv.ts';
import type { Currency } from '../kernel/money.ts';
import { minor } from '../kernel/money.ts';
import type { Evidence } from './evidence.ts';
import { type SpendingEntry, spentBy } from './spending-entry.ts';

const COLUMNS = [
  'number',
  'bookedAt',
  'kind',
  'lineNo',
  'item',
  'day',
  'spent',
  'moved',
  'payee',
  'beneficiaryId',
  'about',
  'voucherNo',
  'evidence',
  'enteredBy',
  'decidedBy',
] as const;

/** Entries as CSV, a row each. `spent` sums to what was spent; `moved` is what went between lines or campaigns, and is in no sum. */
export const spendingCsv = (entries: readonly SpendingEntry[], currency: Currency): string =>
  csvOf([[...COLUMNS], ...entries.map((entry) => rowOf(entry, currency))], { bom: true });

function rowOf(entry: SpendingEntry, currency: Currency): CsvCell[] {
  const spent = spentBy(entry);
  const money = (amount: number | undefined): CsvCell =>
    amount === undefined ? '' : { amountMinor: minor(amount), currency };
  const moved = spent === undefined && 'amountMinor' in entry ? entry.amountMinor : undefined;
  return [
    entry.number,
    entry.bookedAt,
    entry.kind,
    'lineNo' in entry ? entry.lineNo : entry.kind === 'transfer' ? `${entry.fromLineNo} > ${entry.toLineNo}` : '',
    'lineItem' in entry ? entry.lineItem : '',
    dayOf(entry),
    money(spent?.amountMinor),
    money(moved),
    entry.kind === 'expenditure' ? entry.payee : 'destinationName' in entry ? entry.destinationName : '',
    'beneficiaryId' in entry ? (entry.beneficiaryId ?? '') : '',
    'purpose' in entry ? entry.purpose : 'reason' in entry ? entry.reason : '',
    'voucherNo' in entry ? entry.voucherNo : '',
    'evidence' in entry ? entry.evidence.map(evidenceText).join('; ') : '',
    entry.enteredBy,
    entry.decidedBy ?? '',
  ];
}

function dayOf(entry: SpendingEntry): string {
  if ('paidOn' in entry) return entry.paidOn;
  if ('reversedOn' in entry) return entry.reversedOn;
  return 'decidedOn' in entry ? entry.decidedOn : '';
}

export const evidenceText = (one: Evidence): string =>
  one.kind === 'attachment' ? one.attachmentId : `${one.kind} ${one.number}`;
