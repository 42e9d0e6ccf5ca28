import { type Minor, minor, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import { standingOf } from '../matching/gift-account.ts';
import type { MatchEntry } from '../matching/match-entry.ts';

/**
 * One gift as the public sees it. An anonymous gift is listed like any other, without a name, and one that went back with
 * what was refunded: so that the list adds up to the totals.
 */
export type PublicGift = {
  readonly no: number;
  readonly at: Instant;
  readonly name: string | null;
  readonly unitId: string | null;
  /** Money that was given, and what of it went back. */
  readonly giftMinor: Minor;
  readonly refundedMinor: Minor;
  /** Of a gift in goods their assessed value, and what of it went back. */
  readonly goodsMinor: Minor;
  readonly goodsBackMinor: Minor;
  /** What sponsors add to it now. */
  readonly matchMinor: Minor;
};

/** What of a gift's entry or journal line the public list is made from. */
export type ListedGift = Pick<
  MatchEntry,
  'giftId' | 'orderNo' | 'amountMinor' | 'inKind' | 'held' | 'draws' | 'occurredAt' | 'unitId'
> & { readonly anonymous: boolean };

/**
 * `names` holds those whose donors agreed to be named and whose contact has not been erased; `settlements` what was settled
 * about this gift, in its order.
 */
export function publicGift(
  gift: ListedGift,
  no: number,
  names: ReadonlyMap<string, string>,
  settlements: readonly Adjustment[],
): PublicGift {
  const { refundedMinor, netMinor } = standingOf(gift, settlements);
  return {
    no,
    at: gift.occurredAt,
    name: gift.anonymous ? null : (names.get(gift.orderNo) ?? null),
    unitId: gift.unitId ?? null,
    ...moneyOrGoods(gift, refundedMinor),
    matchMinor: minor(netMinor),
  };
}

/** An amount and what of it went back as money or as goods, whichever the gift was. */
export function moneyOrGoods({ amountMinor, inKind }: Pick<MatchEntry, 'amountMinor' | 'inKind'>, backMinor: number) {
  const back = minor(backMinor);
  return inKind === true
    ? { giftMinor: ZERO, refundedMinor: ZERO, goodsMinor: amountMinor, goodsBackMinor: back }
    : { giftMinor: amountMinor, refundedMinor: back, goodsMinor: ZERO, goodsBackMinor: ZERO };
}
