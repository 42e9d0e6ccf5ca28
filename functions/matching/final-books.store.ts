import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type Books, type Violation, violationsOf } from '../ledger/invariants.ts';
import type { Table } from '../platform/table.ts';
import type { Patience } from './patience.ts';
import { settleRefunds } from './settlement.store.ts';

/** What those need who bring a campaign's matching to its end. */
export type FinalUse = { readonly table: Table; readonly patience: Patience };

/**
 * Gifts whose books fit into the memory of the two functions that bring matching to its end (functions/manifest.ts). A campaign of more
 * is refused by name, where it would else be killed and tried again and again. docs/performance.md has what a million take.
 */
export const MOST_FINAL_GIFTS = 2_000_000;

/** Throws PermanentError where the books are larger than what the function has been given memory for. */
export function mustFit({ campaignId, sequence }: Pick<Books['pool'], 'campaignId' | 'sequence'>): void {
  if (sequence <= MOST_FINAL_GIFTS) return;
  throw new PermanentError(
    `campaign ${campaignId} has ${sequence} gifts, and the books of at most ${MOST_FINAL_GIFTS} fit into memory: raise MOST_FINAL_GIFTS and the memory of finalise-matching and confirm-matching together`,
  );
}

/** More violations than this are not listed in one failure; the first ones tell the story. */
const LISTED_VIOLATIONS = 5;

// What arrived and is not counted or settled yet is the stream being late, not the books being wrong.
const LATENESS: ReadonlySet<Violation['invariant']> = new Set([
  'every gift that arrived is counted',
  'every refund of a counted gift is settled',
  'every donor of a counted gift is counted',
]);

/** How much is late. Throws PermanentError, with the first of them, where anything else is wrong. */
export function refuseWrongBooks(books: Books): number {
  const violations = violationsOf(books);
  const wrong = violations.filter(({ invariant }) => !LATENESS.has(invariant));
  if (wrong.length === 0) return violations.length;
  const listed = wrong.slice(0, LISTED_VIOLATIONS).map(({ invariant, detail }) => `${invariant}: ${detail}`);
  throw new PermanentError(`the books are wrong in ${wrong.length} places: ${listed.join('; ')}`);
}

/** Settles refunds that met their gift at the very moment it was counted, and so were seen by neither side. */
export async function settleLateness({ adjustments, refunds }: Books, use: FinalUse, now: Instant): Promise<void> {
  const settled = new Set(adjustments.map(({ giftId, refundId }) => `${giftId} ${refundId}`));
  const open = refunds.filter(({ giftId, refundId }) => !settled.has(`${giftId} ${refundId}`));
  for (const giftId of new Set(open.map((refund) => refund.giftId)))
    await settleRefunds(use.table, giftId, now, use.patience);
}
