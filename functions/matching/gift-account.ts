import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { type RefundEntry, refundEntrySchema } from '../donations/refund-entry.ts';
import { floorRatio, minor } from '../kernel/money.ts';
import type { Item } from '../platform/table.ts';
import { type Adjustment, adjustmentSchema, type Change } from './adjustment.ts';
import { type MatchClaim, matchClaimSchema } from './match-claim.ts';
import { type MatchEntry, matchEntrySchema } from './match-entry.ts';
import type { Draw } from './matching-engine.ts';

/** Everything that is known of one gift's money: its entry, what it drew, refunds, and what has been settled since. */
export type GiftAccount = {
  readonly entry: DonationEntry | undefined;
  readonly match: MatchEntry | undefined;
  readonly refunds: readonly RefundEntry[];
  /** In their order. */
  readonly settlements: readonly Adjustment[];
  /** What its donor has asked employers for. */
  readonly claims: readonly MatchClaim[];
};

const optionalEntry = donationEntrySchema.optional();
const optionalMatch = matchEntrySchema.optional();

/** Reads an account out of everything that stands under a gift's key. */
export function giftAccountOf(items: readonly Item[]): GiftAccount {
  const of = (type: string): Item | undefined => items.find((item) => item.type === type);
  return {
    entry: optionalEntry.parse(of('donation')),
    match: optionalMatch.parse(of('match')),
    refunds: items.filter(({ type }) => type === 'refund').map((item) => refundEntrySchema.parse(item)),
    settlements: items
      .filter(({ type }) => type === 'adjustment')
      .map((item) => adjustmentSchema.parse(item))
      .sort((a, b) => a.number - b.number),
    claims: items.filter(({ type }) => type === 'match-claim').map((item) => matchClaimSchema.parse(item)),
  };
}

/** How a gift's match stands. */
export type MatchStanding = {
  /** What of the gift has been settled as refunded. */
  readonly refundedMinor: number;
  /** Matched and not taken back, all rules together. */
  readonly netMinor: number;
  readonly isHeld: boolean;
  readonly isVoid: boolean;
  /** What each draw still has, in order: those of the count, then those of approved claims. */
  readonly draws: readonly { readonly draw: Draw; readonly netMinor: number }[];
};

/** What follows from a match and its settlements. Written once; the oracle has its own way. */
export function standingOf(
  match: Pick<MatchEntry, 'held' | 'draws'>,
  settlements: readonly Pick<Adjustment, 'kind' | 'changes' | 'refundMinor' | 'draw'>[],
): MatchStanding {
  const draws = (match.draws as Draw[]).map((draw) => ({ draw, netMinor: draw.matchMinor as number }));
  let refundedMinor = 0;
  let isHeld = match.held !== undefined;
  let isVoid = false;
  for (const settlement of settlements) {
    if (settlement.kind === 'refund') refundedMinor += settlement.refundMinor ?? 0;
    if (settlement.kind === 'release' || settlement.kind === 'void') isHeld = false;
    if (settlement.kind === 'void') isVoid = true;
    if (settlement.draw !== undefined)
      draws.push({ draw: settlement.draw as Draw, netMinor: settlement.draw.matchMinor });
    // What an approved claim drew is in its own draw; everything else changes draws that are there.
    else for (const change of settlement.changes) applyTo(draws, change);
  }
  const netMinor = draws.reduce((total, one) => total + one.netMinor, 0);
  return { refundedMinor, netMinor, isHeld, isVoid, draws };
}

function applyTo(draws: { draw: Draw; netMinor: number }[], change: Change): void {
  const one = draws.findLast(({ draw }) => draw.ruleId === change.ruleId);
  if (one !== undefined) one.netMinor += change.matchMinor;
}

/**
 * What goes back into each rule's pool when `refundedMinor` of a gift have gone back to its donor in all: pro rata, so that
 * `floor(match * (gift - refunded) / gift)` stays. Depends on the sum alone and not on how many refunds made it up. A claim
 * was on what was left of the gift at its time, and so is its part.
 */
export function changesForRefund(standing: MatchStanding, giftMinor: number, refundedMinor: number): Change[] {
  if (standing.isVoid) return [];
  return standing.draws.flatMap(({ draw, netMinor }) => {
    const kept = floorRatio(minor(draw.matchMinor), giftMinor - refundedMinor, draw.ofMinor ?? giftMinor);
    return changeTo(draw, Math.min(netMinor, kept) - netMinor);
  });
}

/** Everything that is left of a match goes back. */
export const changesForVoid = (standing: MatchStanding): Change[] =>
  standing.draws.flatMap(({ draw, netMinor }) => changeTo(draw, -netMinor));

const changeTo = (draw: Draw, matchMinor: number): Change[] =>
  matchMinor === 0
    ? []
    : [
        {
          ruleId: draw.ruleId,
          ...(draw.subPoolId === undefined ? {} : { subPoolId: draw.subPoolId }),
          matchMinor,
        },
      ];
