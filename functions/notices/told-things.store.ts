import { disclosureEntrySchema } from '../disclosure/disclosure-entry.ts';
import { disclosureEntryKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { printedNumber } from '../receipts/receipt.ts';
import { ownerPath } from '../receipts/receipt-view.ts';
import { validReceiptOf } from '../receipts/register.store.ts';
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

/** A gift's receipt as it stands, for its letter; `undefined` where it does not count (any more). */
export async function readReceipt(table: Table, giftId: string, receiptId: string): Promise<ReceiptFacts | undefined> {
  const receipt = await validReceiptOf(table, giftId);
  if (receipt?.receiptId !== receiptId) return undefined;
  const { code, number, checkCode, amountMinor } = receipt;
  return { receiptNo: `${code}-${printedNumber(number)}`, checkCode, amountMinor, path: ownerPath(receipt) };
}
