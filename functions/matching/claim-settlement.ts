import { type Refusal, refuse } from '../kernel/errors.ts';
import { minor } from '../kernel/money.ts';
import type { Change } from './adjustment.ts';
import { type GiftAccount, standingOf } from './gift-account.ts';
import type { MatchEntry } from './match-entry.ts';
import { bookDraw } from './matching-books.ts';
import { type Draw, drawnFrom, mostOf } from './matching-engine.ts';
import type { MatchingPool } from './matching-pool.ts';
import { claimedOffer } from './offer.ts';
import type { OpenBooks, Settlement } from './settlement.ts';

/** Why nothing can be claimed for a gift as it is, whatever the rule; the oracle takes claims for such gifts for wrong. */
export function unclaimable(pool: MatchingPool, match: MatchEntry, account: GiftAccount): Refusal | undefined {
  const standing = standingOf(match, account.settlements);
  if (pool.stage === 'confirmed' || pool.stage === 'paid')
    return refuse('already-confirmed', 'The matches of this campaign are confirmed; claims come too late.');
  if (match.sequence > (pool.finalisedSequence ?? match.sequence))
    return refuse('not-claimable', 'This gift was counted after matching was closed.');
  if (standing.isVoid) return refuse('not-claimable', 'Nothing can be claimed for this gift.');
  if (standing.refundedMinor === match.amountMinor) return refuse('not-claimable', 'This gift went back to its donor.');
  return undefined;
}

/**
 * Approves a claim: draws the employer's match for what is left of the gift, in the pool's recorded order, within the same
 * window, caps, multiple and pool as every draw. Refused where nothing would come of it: then it stays pending.
 */
export function claimSettlement(
  ruleId: string,
  by: { readonly by: string; readonly reason?: string | undefined },
  account: GiftAccount,
  books: OpenBooks,
): { readonly settlement: Settlement; readonly draw: Draw } | Refusal {
  const { match } = account;
  if (match === undefined) return refuse('not-counted', 'This gift has not been counted yet.');
  const refused = unclaimable(books.pool, match, account);
  if (refused !== undefined) return refused;
  const standing = standingOf(match, account.settlements);
  if (standing.isHeld)
    return refuse(
      'match-held',
      'The match of this gift is held. Release it or take it away, then decide on the claim.',
    );
  const leftMinor = minor(match.amountMinor - standing.refundedMinor);
  const drawn = claimDraw(ruleId, { ...match, amountMinor: leftMinor }, standing.netMinor, books);
  if ('kind' in drawn) return drawn;
  const draw: Draw = leftMinor < match.amountMinor ? { ...drawn, ofMinor: leftMinor } : drawn;
  bookDraw(books.engine, books.state, match, draw, draw.matchMinor);
  const { subPoolId, matchMinor } = draw;
  const change: Change = { ruleId, ...(subPoolId === undefined ? {} : { subPoolId }), matchMinor };
  return {
    draw,
    settlement: {
      adjustment: {
        kind: 'claim',
        by: by.by,
        ...(by.reason === undefined ? {} : { reason: by.reason }),
        giftId: match.giftId,
        changes: [change],
        draw: draw as MatchEntry['draws'][number],
      },
      totals: { matchMinor, refundedMinor: 0 },
      campaignTotals: standing.netMinor === 0 ? { matchedGifts: 1 } : {},
    },
  };
}

/** What the rule gives for so much of the gift, of which all rules together have given `netMinor` already. */
function claimDraw(ruleId: string, gift: MatchEntry, netMinor: number, { engine, state }: OpenBooks): Draw | Refusal {
  const atWork = engine.giftRules.find(({ rule }) => rule.id === ruleId);
  if (atWork?.rule.kind !== 'employer')
    return refuse('unknown-claim', 'This campaign has no employer’s rule of this name.');
  const { rule } = atWork;
  const window = atWork.windowAt(gift.occurredAt);
  if (window === undefined) return refuse('not-claimable', 'The gift was paid when this rule was not in force.');
  if (gift.amountMinor < (rule.perGift?.minMinor ?? 1))
    return refuse('not-claimable', 'What is left of the gift is less than the smallest that this rule matches.');
  const { maxMultiple } = engine.plan;
  const room = maxMultiple === undefined ? Number.MAX_SAFE_INTEGER : mostOf(engine.plan, gift.amountMinor) - netMinor;
  const offer = claimedOffer(rule, gift.amountMinor);
  const draw = drawnFrom(atWork, window.subPoolId, offer, state, gift, room);
  if (draw.matchMinor > 0) return draw;
  return refuse(
    'nothing-left',
    WHY_NOTHING[draw.outcome === 'exhausted' || draw.outcome === 'too-small' ? draw.outcome : 'capped'],
  );
}

const WHY_NOTHING = {
  exhausted: 'The pool of this rule is empty. Ask the sponsor for more, or decline the claim.',
  capped: 'The donor, the unit or the gift has drawn all that the caps allow. Decline the claim.',
  'too-small': 'The rule gives less than one minor unit for what is left of the gift. Decline the claim.',
} as const;
