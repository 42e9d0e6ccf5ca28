import * as z from 'zod';
import { type DisputeEntry, disputeEntrySchema } from '../donations/dispute-entry.ts';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { type Minor, minor, subtract, sum } from '../kernel/money.ts';
import { giftAccountOf, standingOf } from '../matching/gift-account.ts';
import { UNASSIGNED } from '../platform/keys.ts';
import type { Item } from '../platform/table.ts';
import { type GiftReceipt, giftReceiptSchema } from './receipt.ts';

/** Everything about a gift that decides on its receipt, as it was read at one moment. */
export type ReceiptCase = {
  readonly giftId: string;
  readonly entry: DonationEntry | undefined;
  /** How often refunds of the gift had been recorded before the rest was read: what a receipt is guarded by. */
  readonly refundChanges: number;
  readonly refundedMinor: Minor;
  readonly isCounted: boolean;
  readonly isMatchHeld: boolean;
  readonly isDisputed: boolean;
  readonly current: GiftReceipt | undefined;
};

/** Why a gift cannot have a receipt now. All but `nothing-left` and `other-currency` may pass. */
export const NOT_RECEIPTABLE = [
  'unknown-gift',
  'unassigned',
  'not-counted',
  'match-held',
  'disputed',
  'nothing-left',
  'other-currency',
  'goods-partly-returned',
] as const;
export type NotReceiptable = (typeof NOT_RECEIPTABLE)[number];

export type Receiptable =
  | { readonly kind: 'ready'; readonly entry: DonationEntry; readonly amountMinor: Minor }
  | { readonly kind: 'not-ready'; readonly why: NotReceiptable };

/**
 * Whether a gift may have a receipt, and of how much (docs/decisions/0033). Settled is what a provider or a second person has
 * confirmed, what the books of a campaign have counted, and what nobody contests: the payer's bank by a dispute, or our own checks by
 * holding its match, because then it is open who gave. What went back before is not on it.
 */
export function receiptableOf(gift: ReceiptCase): Receiptable {
  const { entry, refundedMinor } = gift;
  if (entry === undefined) return { kind: 'not-ready', why: 'unknown-gift' };
  const why = notReadyBecause(gift, entry);
  if (why !== undefined) return { kind: 'not-ready', why };
  return { kind: 'ready', entry, amountMinor: subtract(entry.amountMinor, refundedMinor) };
}

function notReadyBecause(gift: ReceiptCase, entry: DonationEntry): NotReceiptable | undefined {
  if (entry.campaignId === UNASSIGNED) return 'unassigned';
  if (entry.currency !== 'CNY') return 'other-currency';
  if (gift.refundedMinor >= entry.amountMinor) return 'nothing-left';
  // Which of the goods came back is in no entry; a receipt that guesses would be wrong.
  if (entry.inKind === true && gift.refundedMinor > 0) return 'goods-partly-returned';
  if (!gift.isCounted) return 'not-counted';
  if (gift.isDisputed) return 'disputed';
  return gift.isMatchHeld ? 'match-held' : undefined;
}

const markSchema = z.object({ refunds: z.number().int() });

/**
 * The case of a gift. `mark` and `current` must have been read before `items`, everything under the gift: what is recorded in between
 * then moves the mark, and the guard refuses what was decided without it.
 */
export function receiptCaseOf(
  giftId: string,
  mark: Item | undefined,
  current: Item | undefined,
  items: readonly Item[],
): ReceiptCase {
  const { entry, match, refunds, settlements } = giftAccountOf(items);
  const disputes = items.filter(({ type }) => type === 'dispute').map((item) => disputeEntrySchema.parse(item));
  return {
    giftId,
    entry,
    refundChanges: mark === undefined ? 0 : markSchema.parse(mark).refunds,
    refundedMinor: minor(sum(refunds.map(({ amountMinor }) => amountMinor))),
    isCounted: match !== undefined,
    isMatchHeld: match !== undefined && standingOf(match, settlements).isHeld,
    isDisputed: hasOpenDispute(disputes),
    current: current === undefined ? undefined : giftReceiptSchema.parse(current),
  };
}

function hasOpenDispute(disputes: readonly DisputeEntry[]): boolean {
  const ended = new Set(disputes.filter(({ state }) => state !== 'opened').map(({ disputeId }) => disputeId));
  return disputes.some(({ state, disputeId }) => state === 'opened' && !ended.has(disputeId));
}
