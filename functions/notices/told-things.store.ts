import type { Table } from '../platform/table.ts';
import type { ReceiptFacts } from './letter-draft.store.ts';
import type { Update } from './progress-letter.ts';

/** A published update, for its letter; `undefined` where there is none under this number. */
export async function readUpdate(_table: Table, _campaignId: string, _entryId: string): Promise<Update | undefined> {
  return undefined;
}

/** A receipt as it stands, for its letter; `undefined` where it does not count (any more). */
export async function readReceipt(_table: Table, _receiptId: string): Promise<ReceiptFacts | undefined> {
  return undefined;
}
