import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import type { Adjustment } from './adjustment.ts';
import { type GiftAccount, standingOf } from './gift-account.ts';
import { decisionStanding, decisionView, type MatchDecision } from './match-decision.ts';
import type { Patience } from './patience.ts';
import { changeBooks } from './settlement.store.ts';
import { decisionSettlement } from './settlement.ts';

/** What a gift id looks like; anything else in an address names no gift and is not looked up. */
const GIFT_ID = /^[a-z0-9_]{1,64}$/;
const UNKNOWN_GIFT = refuse('unknown-gift', 'There is no such gift in this campaign.');

/** A gift of this campaign, by what stands under its key; the refusal where it is none. */
export function refusedGift(account: GiftAccount, campaignId: string): Refusal | undefined {
  return account.entry?.campaignId === campaignId ? undefined : UNKNOWN_GIFT;
}
export const isGiftId = (giftId: string): boolean => GIFT_ID.test(giftId);

export type Decided = { readonly kind: 'decided'; readonly view: ReturnType<typeof decisionView> };

/**
 * Releases or takes away a gift's match, once: the same decision again finds what stands. The campaign must have a pool.
 * Throws TransientError where the pool cannot be reached in time; nothing is lost by asking again.
 */
export async function decideMatch(
  table: Table,
  about: { readonly campaignId: string; readonly giftId: string; readonly by: string },
  { decision, reason }: MatchDecision,
  now: Instant,
  patience: Patience,
): Promise<Decided | Refusal> {
  const { campaignId, giftId, by } = about;
  if (!isGiftId(giftId)) return UNKNOWN_GIFT;
  let standing: Adjustment | undefined;
  let matchMinor = 0;
  const outcome = await changeBooks(
    table,
    campaignId,
    giftId,
    now,
    (books, account) => {
      const refused = refusedGift(account, campaignId);
      if (refused !== undefined) return refused;
      if (decision === 'release' && account.match !== undefined)
        matchMinor = standingOf(account.match, account.settlements).netMinor;
      standing = decisionStanding(account, decision);
      if (standing !== undefined) return { kind: 'unchanged' };
      const settlement = decisionSettlement({ kind: decision, by, reason }, account, books);
      return 'kind' in settlement ? settlement : { settlement, cause: decision.toUpperCase() };
    },
    patience,
  );
  if (outcome.kind === 'refused') return outcome;
  const adjustment = outcome.kind === 'changed' ? outcome.adjustment : standing;
  if (adjustment === undefined) return UNKNOWN_GIFT;
  return { kind: 'decided', view: decisionView(adjustment, matchMinor) };
}
