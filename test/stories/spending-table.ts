import Table from 'cli-table3';
import type { GoodsEntry } from '../../functions/goods/goods-entry.ts';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { bookWith, emptyBook, standingLines } from '../../functions/spending/spending-book.ts';
import { type SpendingEntry, spentBy } from '../../functions/spending/spending-entry.ts';
import type { SpendingBooks } from '../../functions/spending/spending-invariants.ts';

const yuan = (amount: number): string => formatDecimal(minor(amount), 'CNY');

/** A campaign's book of spending as a table that a treasurer can check with a pencil: each entry, and what its line then has left. */
export function spendingTable({ plan, book, entries }: SpendingBooks): string {
  const table = new Table({
    head: ['No', 'What', 'Line', 'Spent', 'Moved', 'By', 'Second', 'Left on the line'],
    colAligns: ['right', 'left', 'left', 'right', 'right', 'left', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  let running = emptyBook(book.campaignId);
  for (const entry of entries) {
    running = bookWith(running, plan, entry);
    const lines = standingLines(running, plan).filter(({ lineNo }) => linesOf(entry).includes(lineNo));
    const left = lines.map(({ item, currentMinor, spentMinor }) => `${item} ${yuan(currentMinor - spentMinor)}`);
    const spent = spentBy(entry);
    table.push([
      entry.number,
      whatOf(entry),
      linesOf(entry).join(' > '),
      spent === undefined ? '' : yuan(spent.amountMinor),
      spent === undefined && 'amountMinor' in entry ? yuan(entry.amountMinor) : '',
      entry.enteredBy,
      entry.decidedBy ?? '-',
      left.join(', '),
    ]);
  }
  table.push(['', 'Total', '', yuan(book.spentMinor), '', '', '', '']);
  return table.toString();
}

function linesOf(entry: SpendingEntry): number[] {
  if (entry.kind === 'transfer') return [entry.fromLineNo, entry.toLineNo];
  return 'lineNo' in entry ? [entry.lineNo] : [];
}

function whatOf(entry: SpendingEntry): string {
  switch (entry.kind) {
    case 'expenditure':
      return `${entry.purpose} (${entry.payee})${entry.advance === undefined ? '' : `, ${yuan(entry.advance.amountMinor)} lent`}`;
    case 'aid':
      return entry.purpose;
    case 'reversal':
      return `takes back of no. ${entry.of}: ${entry.reason}`;
    case 'surplus-out':
      return `surplus to ${entry.destinationName}`;
    case 'surplus-in':
      return 'surplus of another campaign';
    default:
      return entry.reason;
  }
}

/** The book of goods, with what is in stock after each entry. */
export function goodsTable({ goods }: SpendingBooks): string {
  const table = new Table({
    head: ['No', 'What', 'Item', 'In', 'Out', 'Worth', 'Place', 'To', 'Second', 'In stock'],
    colAligns: ['right', 'left', 'left', 'right', 'right', 'right', 'left', 'left', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  let stock = 0;
  for (const entry of goods) {
    const comes = entry.kind === 'received' || entry.kind === 'returned';
    const goes = entry.kind === 'issued' || entry.kind === 'written-off';
    stock += comes ? entry.quantity : goes ? -entry.quantity : 0;
    table.push([
      entry.number,
      entry.kind,
      `${entry.item} (${entry.unit})`,
      comes ? entry.quantity : '',
      goes ? entry.quantity : entry.kind === 'moved' ? `(${entry.quantity})` : '',
      'valueMinor' in entry ? yuan(entry.valueMinor) : '',
      entry.place,
      destinationOf(entry),
      entry.decidedBy ?? '-',
      stock,
    ]);
  }
  return table.toString();
}

function destinationOf(entry: GoodsEntry): string {
  if (entry.kind === 'moved') return entry.toPlace;
  if (entry.kind !== 'issued') return '';
  return entry.recipient.kind === 'beneficiary' ? 'a beneficiary' : entry.recipient.name;
}
