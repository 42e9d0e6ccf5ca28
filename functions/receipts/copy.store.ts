import { TransientError } from '../kernel/errors.ts';
import type { Table } from '../platform/table.ts';
import { type Receipt, receiptItemOf, referenceTo } from './receipt.ts';
import { readReceipt } from './reverse.store.ts';

/** People who hand out the same receipt at the same moment: hardly ever two. */
const ATTEMPTS = 5;

/**
 * Counts that a receipt is handed out again. It keeps its number and from now on says that it is a duplicate (重复打印); the same request
 * again counts once. Throws TransientError where others keep writing to it.
 */
export async function countCopy(table: Table, found: Receipt, key: string): Promise<Receipt> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const receipt = await readReceipt(table, found.organisationId, referenceTo(found));
    if (receipt.lastCopyKey === key) return receipt;
    const next: Receipt = {
      ...receipt,
      copies: receipt.copies + 1,
      lastCopyKey: key,
      version: receipt.version + 1,
    };
    const outcome = await table.write({ put: receiptItemOf(next), when: { equals: { version: receipt.version } } });
    if (outcome.kind === 'written') return next;
  }
  throw new TransientError(`receipt ${found.receiptId} is being written by others`);
}
