import Table from 'cli-table3';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { localTimeText } from '../../functions/kernel/time.ts';
import type { JournalLine } from '../../functions/matching/match-entry.ts';
import { journalLines, readPool } from '../../functions/matching/matching-pool.store.ts';
import type { Table as Store } from '../../functions/platform/table.ts';

const yuan = (amount: number): string => formatDecimal(minor(amount), 'CNY');

/** The ledger of a campaign as a table that a treasurer can check with a pencil: gift by gift, in recorded order. */
export async function ledgerTable(store: Store, campaignId: string, zone: string): Promise<string> {
  const pool = await readPool(store, campaignId);
  const lines: JournalLine[] = [];
  for await (const line of journalLines(store, campaignId)) lines.push(line);
  const table = new Table({
    head: ['No', 'Paid at', 'Unit', 'Gift', 'Match', 'Why', 'Pool left'],
    colAligns: ['right', 'left', 'left', 'right', 'right', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  let left = pool.poolMinor as number;
  for (const [position, line] of lines.entries()) {
    left -= line.matchMinor;
    table.push([
      position + 1,
      localTimeText(line.occurredAt, zone),
      line.unitId ?? '-',
      yuan(line.amountMinor),
      yuan(line.matchMinor),
      line.outcome,
      yuan(left),
    ]);
  }
  const gifts = lines.reduce((total, line) => total + line.amountMinor, 0);
  const matches = lines.reduce((total, line) => total + line.matchMinor, 0);
  table.push(['', 'Total', '', yuan(gifts), yuan(matches), '', yuan(pool.remainingMinor)]);
  return table.toString();
}
