import { atStakeOf, type ReconciliationItem } from './reconciliation-item.ts';
import type { ReconciliationComment, ReconciliationStanding } from './reconciliation-standing.ts';

/** An item as staff see it. */
export function itemView(item: ReconciliationItem) {
  const { type: _type, ...rest } = item;
  return { ...rest, atStakeMinor: atStakeOf(item), assignee: item.assignee ?? null };
}

/** What somebody said, as staff see it. */
export const commentView = ({ number, by, at, text, about }: ReconciliationComment) => ({
  number,
  by,
  at,
  text,
  about,
});

/** How a campaign's items stand; the open ones by what a signature has to name. */
export function standingView(campaignId: string, standing: ReconciliationStanding) {
  const { items, signedOver, ...figures } = standing;
  const open = items.filter(({ state }) => state === 'open');
  return {
    campaignId,
    ...figures,
    openItems: open.map((item) => ({ itemId: item.itemId, class: item.class, atStakeMinor: atStakeOf(item) })),
    signedOver: signedOver ?? null,
  };
}
