import { disclosureEntrySchema } from '../disclosure/disclosure-entry.ts';
import { disclosureEntryKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import type { ReceiptFacts } from './letter-draft.store.ts';
import type { Update } from './progress-letter.ts';

/** A published update, for its letter; `undefined` where there is none under this number. */
export async function readUpdate(table: Table, campaignId: string, entryId: string): Promise<Update | undefined> {
  if (!/^[1-9]\d{0,5}$/.test(entryId)) return undefined;
  const item = await table.get(disclosureEntryKey(campaignId, Number(entryId)));
  if (item === undefined) return undefined;
  const { number, title, text } = disclosureEntrySchema.parse(item);
  return { title, paragraphs: text.split('\n').filter((line) => line.trim() !== ''), entryNo: number };
}

/** A receipt as it stands, for its letter; `undefined` where it does not count (any more). */
export async function readReceipt(_table: Table, _receiptId: string): Promise<ReceiptFacts | undefined> {
  return undefined;
}
