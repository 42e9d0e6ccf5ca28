import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { receiptHandOutKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type Receipt, type ReceiptHandOut, receiptHandOutSchema, receiptItemOf, referenceTo } from './receipt.ts';
import { readReceipt } from './reverse.store.ts';

/** People who hand out the same receipt at the same moment: hardly ever two. */
const ATTEMPTS = 5;

/** What was handed out with a key of the person who did; `undefined` where nothing was. */
export async function findHandOut(
  table: Table,
  { organisationId, year, number }: Receipt,
  key: string,
): Promise<ReceiptHandOut | undefined> {
  const item = await table.get(receiptHandOutKey(organisationId, year, number, key));
  return receiptHandOutSchema.optional().parse(item);
}

/**
 * Writes down that a receipt is handed out on paper: the first time it is the original, and every further time a duplicate (重复打印) under the
 * same number, which says the how manieth. The same key again is the same piece of paper, whoever handed out others meanwhile. Throws
 * TransientError where others keep writing to the receipt.
 */
export async function handOut(
  table: Table,
  found: Receipt,
  { key, by }: { readonly key: string; readonly by: string },
  now: Instant,
): Promise<{ readonly receipt: Receipt; readonly handedOut: ReceiptHandOut }> {
  const { organisationId, year, number, receiptId } = found;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const receipt = await readReceipt(table, organisationId, referenceTo(found));
    const before = await findHandOut(table, found, key);
    if (before !== undefined) return { receipt, handedOut: before };
    const isOriginal = receipt.handedOutAt === undefined;
    const copy = isOriginal ? 0 : receipt.copies + 1;
    const handedOut: ReceiptHandOut = {
      type: 'receipt-hand-out',
      receiptId,
      number,
      copy,
      handedOutAt: now,
      handedOutBy: by,
    };
    const next: Receipt = {
      ...receipt,
      ...(isOriginal ? { handedOutAt: now } : {}),
      copies: copy,
      version: receipt.version + 1,
    };
    const outcome = await table.transact([
      { put: receiptItemOf(next), when: { equals: { version: receipt.version } } },
      { put: { ...receiptHandOutKey(organisationId, year, number, key), ...handedOut }, when: { absent: true } },
    ]);
    if (outcome.kind === 'committed') return { receipt: next, handedOut };
  }
  throw new TransientError(`receipt ${receiptId} is being written by others`);
}
