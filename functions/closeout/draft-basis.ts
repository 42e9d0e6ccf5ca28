import * as z from 'zod';
import type { ReconciliationStanding } from '../reconciliation/reconciliation-standing.ts';

const count = z.number().int().min(0);

/**
 * What the figures of a draft rest on, as marks that change whenever something under them does. Whoever signs holds them against the
 * books of that moment: nobody puts their name under a figure that is known to be wrong.
 */
export const draftBasisSchema = z.object({
  /** Settlements of the campaign that the draft counts: refunds, releases, rounds. */
  settlements: count,
  /** Entries of the book of spending. */
  spending: count,
  /** Entries of the book of goods. */
  goods: count,
  /** How every item of the reconciliation stood: item -> its mark. Items are a few per campaign. */
  items: z.record(z.string(), z.string()),
});
export type DraftBasis = z.infer<typeof draftBasisSchema>;

/** What has moved since a draft was written. */
export type Move =
  | { readonly kind: 'settlements' | 'spending' | 'goods'; readonly entries: number }
  | { readonly kind: 'items'; readonly itemIds: readonly string[] };

/** How each item stands: what was found, how often anew, and what people said of it. A comment or another assignee changes no mark. */
export const marksOf = ({
  items,
  signedOver,
}: Pick<ReconciliationStanding, 'items' | 'signedOver'>): DraftBasis['items'] =>
  Object.fromEntries(
    items.map(({ itemId, revision, state, resolution, carried }) => {
      const saidAt = resolution?.at ?? carried?.at ?? (state === 'open' ? signedOver?.at : undefined);
      return [itemId, [revision, state, resolution?.kind, saidAt].filter((part) => part !== undefined).join(' ')];
    }),
  );

/** Everything that differs; empty while the draft says what the books say. */
export function movesBetween(draft: DraftBasis, books: DraftBasis): Move[] {
  const counted = (['settlements', 'spending', 'goods'] as const)
    .filter((kind) => books[kind] !== draft[kind])
    .map((kind): Move => ({ kind, entries: Math.abs(books[kind] - draft[kind]) }));
  const itemIds = [...new Set([...Object.keys(draft.items), ...Object.keys(books.items)])]
    .filter((itemId) => draft.items[itemId] !== books.items[itemId])
    .sort();
  return itemIds.length === 0 ? counted : [...counted, { kind: 'items', itemIds }];
}

/** Whether the sums themselves have to be added up again, from the entries and the bills; else writing the draft anew is enough. */
export const needsNewSums = (moves: readonly Move[]): boolean =>
  moves.some(({ kind }) => kind === 'settlements' || kind === 'items');

const MOST_NAMED_ITEMS = 5;
const PHRASES = {
  settlements: (entries: number) =>
    `${entries} ${entries === 1 ? 'settlement' : 'settlements'} of gifts (refunds and the like)`,
  spending: (entries: number) => `${entries} ${entries === 1 ? 'entry' : 'entries'} of spending`,
  goods: (entries: number) => `${entries} ${entries === 1 ? 'entry' : 'entries'} of goods`,
} as const;

/** What moved, in words for who signs. */
export function movesText(moves: readonly Move[]): string {
  const phrases = moves.map((move) => {
    if (move.kind !== 'items') return PHRASES[move.kind](move.entries);
    const named = move.itemIds.slice(0, MOST_NAMED_ITEMS).join(', ');
    const rest = move.itemIds.length - MOST_NAMED_ITEMS;
    return `${move.itemIds.length} ${move.itemIds.length === 1 ? 'item' : 'items'} of the reconciliation (${named}${rest > 0 ? ` and ${rest} more` : ''})`;
  });
  return phrases.join('; ');
}

/** Why a draft is signed no more: said to who signs, to its authors, and in the audit trail. */
export const movedText = (moves: readonly Move[]): string =>
  `The books have moved since this draft was written: ${movesText(moves)}. A new draft is made, and signed anew.`;
