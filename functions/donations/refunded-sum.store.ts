import * as z from 'zod';
import { TransientError } from '../kernel/errors.ts';
import { add, type Minor, minor, positiveAmountMinorSchema, subtract, sum, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { billedRefundKey, billedRefundsOfGift, refundsKey, refundsOfGift } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import { type RecordRefundOutcome, refundMark, refundWrites } from './refund-entry.store.ts';
import { type RefundEntry, type RefundEvent, refundEntrySchema } from './refund-entry.ts';

/*
 * Where a provider's notices tell only how much of a payment has gone back in all (Alipay's `refund_fee`), and its bills
 * list every refund with a number of its own. Neither can be booked beside the other without counting twice. What is
 * booked is always the larger of two sums, the largest that a notice has told and that of all rows which are known; each
 * entry is what was missing to it. Both sums only grow, so the order in which things arrive and how often makes no
 * difference, and neither can exceed what has really gone back (docs/providers.md, "One refund, told twice").
 */

/** How often somebody else may record a refund of the same gift in between before the caller has to come again. */
const ATTEMPTS = 5;

/** Makes the entry for what is missing. */
type EntryOf = (refund: Pick<RefundEvent, 'refundId' | 'amountMinor'>) => RefundEntry;
type Outcome = Exclude<RecordRefundOutcome, 'contradicts'>;

/**
 * Books what is new in the sum that a notice tells: the difference to what is booked, under an id derived from the sum. An
 * older, smaller sum after a newer one finds everything booked. Throws TransientError where others keep recording refunds
 * of the gift.
 */
export async function recordRefundedUpTo(
  table: Table,
  { giftId, refundedMinor }: { readonly giftId: string; readonly refundedMinor: Minor },
  entryOf: EntryOf,
): Promise<Outcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = await refundsKnown(table, giftId);
    const writes = upTo(refundedMinor, known, entryOf);
    if (writes === undefined) return 'already-recorded';
    const outcome = await table.transact(writes);
    if (outcome.kind === 'committed') return 'recorded';
  }
  throw new TransientError(`the refunds of gift ${giftId} could not be written just now`);
}

const billedRefundSchema = z.object({ refundId: z.string(), amountMinor: positiveAmountMinorSchema });

/**
 * Keeps one row of a bill, once for ever, and books what is new in the sum of all rows. `recorded` says that money was
 * booked by it; a row whose money a notice has told of before is kept and is `already-recorded`, as is a row that comes
 * again. Throws as {@link recordRefundedUpTo} does.
 */
export async function recordBilledRefund(
  table: Table,
  row: {
    readonly giftId: string;
    readonly refundId: string;
    readonly amountMinor: Minor;
    readonly occurredAt: Instant;
  },
  entryOf: EntryOf,
): Promise<RecordRefundOutcome> {
  const { giftId, refundId, amountMinor } = row;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = await refundsKnown(table, giftId);
    const same = known.rows.get(refundId);
    if (same !== undefined) return same === amountMinor ? 'already-recorded' : 'contradicts';
    const put: TransactWrite = {
      put: { ...billedRefundKey(giftId, refundId), type: 'billed-refund', ...row },
      when: { absent: true },
    };
    const billedMinor = add(sum(known.rows.values()), amountMinor);
    const booked = upTo(billedMinor, known, entryOf);
    // Also a row that books nothing moves the mark: of two rows at the same moment each would otherwise miss the other.
    const entry = entryOf({ refundId, amountMinor });
    const writes = booked ?? [refundMark(entry, known.changes)];
    const outcome = await table.transact([put, ...writes]);
    if (outcome.kind === 'committed') return booked === undefined ? 'already-recorded' : 'recorded';
  }
  throw new TransientError(`the refunds of gift ${giftId} could not be written just now`);
}

type Known = {
  /** How often anything was recorded of the gift's refunds: what a write is guarded by. */
  readonly changes: number;
  readonly bookedMinor: Minor;
  readonly rows: ReadonlyMap<string, Minor>;
};

async function refundsKnown(table: Table, giftId: string): Promise<Known> {
  // The mark first: what comes between the reads moves it, and the guard then refuses the write.
  const mark = await table.get(refundsKey(giftId));
  let bookedMinor = ZERO;
  for await (const item of everyItem(table, refundsOfGift(giftId)))
    bookedMinor = add(bookedMinor, refundEntrySchema.parse(item).amountMinor);
  const rows = new Map<string, Minor>();
  for await (const item of everyItem(table, billedRefundsOfGift(giftId))) {
    const { refundId, amountMinor } = billedRefundSchema.parse(item);
    rows.set(refundId, amountMinor);
  }
  return { changes: Number(mark?.['refunds'] ?? 0), bookedMinor, rows };
}

/** Books what is missing to a sum; `undefined` where nothing is. */
function upTo(sumMinor: Minor, known: Known, entryOf: EntryOf): TransactWrite[] | undefined {
  const missing = subtract(sumMinor, known.bookedMinor);
  if (missing <= 0) return undefined;
  return refundWrites(entryOf({ refundId: `up-to-${sumMinor}`, amountMinor: minor(missing) }), known.changes);
}
