import { listEntries } from '../disclosure/disclosure.store.ts';
import { TransientError } from '../kernel/errors.ts';
import type { Table } from '../platform/table.ts';
import { printedNumber } from '../receipts/receipt.ts';
import { findReceipt } from '../receipts/register.store.ts';
import type { ReceiptFacts } from './letter-draft.store.ts';
import type { Update } from './progress-letter.ts';

/** Updates that were read: an entry never changes, and 30,000 letters tell the same one. */
const updates = new Map<string, Update>();
const MOST_UPDATES = 50;

/** A published update, for its letter; `undefined` where there is none of this id. */
export async function readUpdate(table: Table, campaignId: string, entryId: string): Promise<Update | undefined> {
  const known = updates.get(entryId);
  if (known !== undefined) return known;
  const entry = (await listEntries(table, campaignId)).find((one) => one.entryId === entryId);
  if (entry === undefined) return undefined;
  const update = {
    title: entry.title,
    paragraphs: entry.text.split(/\n+/).filter((paragraph) => paragraph.trim() !== ''),
    entryNo: entry.number,
  };
  if (updates.size >= MOST_UPDATES) updates.clear();
  updates.set(entryId, update);
  return update;
}

/**
 * A receipt as it stands, for its letter; `undefined` where it was taken back. Throws TransientError where the index does not show
 * it yet: the notice is queued in the moment in which it is issued.
 */
export async function readReceipt(table: Table, receiptId: string): Promise<ReceiptFacts | undefined> {
  const receipt = await findReceipt(table, receiptId);
  if (receipt === undefined) throw new TransientError(`receipt ${receiptId} is not in the index yet`);
  const { state, number, checkCode } = receipt;
  return state === 'valid' ? { receiptNo: printedNumber(number), checkCode } : undefined;
}
