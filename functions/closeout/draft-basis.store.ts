import { goodsSequence } from '../goods/goods.store.ts';
import { findPool } from '../matching/matching-pool.store.ts';
import { goodsBookKey, type Key, poolKey, reconciliationStandingKey, spendingBookKey } from '../platform/keys.ts';
import type { Check, Table } from '../platform/table.ts';
import { readReconciliationStanding } from '../reconciliation/reconciliation-item.store.ts';
import { readSpendingBook } from '../spending/spending-entry.store.ts';
import { findCloseout } from './closeout.store.ts';
import { type DraftBasis, marksOf, movedText, movesBetween } from './draft-basis.ts';
import { findAddendumDraft } from './report-addendum-draft.store.ts';

/** What a draft that is written now would rest on. Read before its figures, so that what comes in between is seen as moved. */
export async function readBasis(table: Table, campaignId: string): Promise<DraftBasis> {
  const [pool, standing, book, goods] = await Promise.all([
    findPool(table, campaignId),
    readReconciliationStanding(table, campaignId),
    readSpendingBook(table, campaignId),
    goodsSequence(table, campaignId),
  ]);
  return { settlements: pool?.adjustments ?? 0, spending: book.sequence, goods, items: marksOf(standing) };
}

/** What is signed by a route, each round of which is about one draft. */
export type SignedSubject = 'closeout' | 'addendum';

/**
 * Why the draft that people sign in this round must not be signed any more: another one stands in its place, or the books have moved
 * since it was written. `undefined` while it may.
 */
export async function whyOvertaken(
  table: Table,
  {
    campaignId,
    subject,
    round,
  }: { readonly campaignId: string; readonly subject: SignedSubject; readonly round: number },
): Promise<string | undefined> {
  const draft =
    subject === 'closeout' ? await findCloseout(table, campaignId) : await findAddendumDraft(table, campaignId);
  if (draft === undefined) return undefined;
  if (draft.round !== round) return `The draft of round ${draft.round} stands in the place of this one.`;
  // Without marks it was written before there were any.
  if (!isBeingSigned(draft.state) || draft.basis === undefined) return undefined;
  const moves = movesBetween(draft.basis, await readBasis(table, campaignId));
  return moves.length === 0 ? undefined : movedText(moves);
}

const isBeingSigned = (state: string): boolean => state === 'draft' || state === 'waiting';

/**
 * Conditions on which a signature is written: that the books still have what `basis` says, in the very transaction. An item that
 * comes in the same moment makes it fail. `undefined` where the books have moved already.
 */
export async function guardsOf(table: Table, campaignId: string, basis: DraftBasis): Promise<Check[] | undefined> {
  const kept: readonly (readonly [Key, string])[] = [
    [poolKey(campaignId), 'adjustments'],
    [reconciliationStandingKey(campaignId), 'version'],
    [spendingBookKey(campaignId), 'sequence'],
    [goodsBookKey(campaignId), 'sequence'],
  ];
  // Before the books are compared: whatever comes afterwards fails the transaction.
  const guards = await Promise.all(kept.map(([key, attribute]) => asItStands(table, key, attribute)));
  return movesBetween(basis, await readBasis(table, campaignId)).length === 0 ? guards : undefined;
}

async function asItStands(table: Table, key: Key, attribute: string): Promise<Check> {
  const item = await table.get(key);
  if (item === undefined) return { check: key, when: { absent: true } };
  const value = item[attribute];
  return { check: key, when: { equals: { [attribute]: typeof value === 'number' ? value : null } } };
}
