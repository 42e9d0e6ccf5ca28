import type { KeyObject } from 'node:crypto';
import { floorRatio, type Minor, minor, ZERO } from '../kernel/money.ts';
import type { GiftRule } from './matching-rule.ts';
import type { GiftToMatch } from './matching-state.ts';
import { BASIS_POINTS } from './rules/caps.ts';
import { tierOf } from './rules/loyalty.ts';
import { drawnMultiple, drawnShare, wins, wordsOf } from './rules/luck.ts';
import { bandBasisPoints, bonusMinor } from './rules/reach.ts';

/** What a gift drew by lot, as it is kept with the match. */
export type Luck = { readonly won: boolean; readonly shareBasisPoints?: number; readonly multiple?: number };

/** What a rule gives for a gift before any cap and whatever the pool holds. */
export type Offer = {
  /** Base and bonuses together. */
  readonly minor: Minor;
  /** Why nothing is given, where nothing is. */
  readonly nothing?: 'too-small' | 'not-drawn' | 'not-eligible' | 'awaits-claim';
  /** The base alone, where a bonus came on top. */
  readonly baseMinor?: Minor;
  readonly bandBasisPoints?: number;
  readonly luck?: Luck;
  /** That the streak bonus is part of it. */
  readonly streakBonus?: true;
};

const nothing = (reason: NonNullable<Offer['nothing']>): Offer => ({ minor: ZERO, nothing: reason });
const offered = (amount: Minor): Offer => (amount === 0 ? nothing('too-small') : { minor: amount });

/** `seed` is that of a random rule; `hadStreakBonus` says that a loyalty rule gave this donor theirs before. */
export function offerOf(
  rule: GiftRule,
  gift: GiftToMatch,
  seed: KeyObject | undefined,
  hadStreakBonus: boolean,
): Offer {
  switch (rule.kind) {
    case 'ratio': {
      const base = floorRatio(gift.amountMinor, rule.numerator, rule.denominator);
      if (rule.bands === undefined || base === 0) return offered(base);
      return withBonus(base, bandBasisPoints(rule.bands, gift.standing?.reach ?? 0, undefined), {});
    }
    case 'random':
      return randomOffer(rule, gift, seed);
    case 'loyalty':
      return loyaltyOffer(rule, gift, hadStreakBonus);
    case 'employer':
      // Money moves when a person has approved the donor's claim (claimedOffer), not when the gift comes.
      return nothing('awaits-claim');
  }
}

/** What an approved claim gives: the plain ratio. */
export const claimedOffer = (rule: Extract<GiftRule, { kind: 'employer' }>, amountMinor: Minor): Offer =>
  offered(floorRatio(amountMinor, rule.numerator, rule.denominator));

function randomOffer(
  rule: Extract<GiftRule, { kind: 'random' }>,
  gift: GiftToMatch,
  seed: KeyObject | undefined,
): Offer {
  if (seed === undefined) throw new RangeError(`rule ${rule.id} draws lots and has no seed`);
  const [win, share, band, multiple] = wordsOf(seed, rule.id, gift.giftId);
  if (!wins(win, rule)) return { ...nothing('not-drawn'), luck: { won: false } };
  const shareBasisPoints = drawnShare(share, rule);
  const base = floorRatio(gift.amountMinor, shareBasisPoints, BASIS_POINTS);
  const reach = gift.standing?.reach ?? 0;
  const times = drawnMultiple(multiple, rule, reach);
  const luck: Luck = { won: true, shareBasisPoints, ...(times === 0 ? {} : { multiple: times }) };
  if (base === 0) return { ...nothing('too-small'), luck };
  // The multiplier is on the base alone; so is the band's bonus.
  const multiplied = minor(base * (1 + times));
  return withBonus(base, bandBasisPoints(rule.bands, reach, band), { luck }, multiplied);
}

function withBonus(base: Minor, basisPoints: number, more: Partial<Offer>, before: Minor = base): Offer {
  const bonus = bonusMinor(base, basisPoints);
  const total = minor(before + bonus);
  return {
    minor: total,
    ...(total === base ? {} : { baseMinor: base }),
    ...(basisPoints === 0 ? {} : { bandBasisPoints: basisPoints }),
    ...more,
  };
}

function loyaltyOffer(rule: Extract<GiftRule, { kind: 'loyalty' }>, gift: GiftToMatch, hadStreakBonus: boolean): Offer {
  const years = gift.standing?.years ?? 0;
  const tier = tierOf(rule, years);
  const base = tier === undefined ? ZERO : floorRatio(gift.amountMinor, tier.numerator, tier.denominator);
  const { streakBonus } = rule;
  const earned =
    streakBonus !== undefined &&
    years >= streakBonus.atLeastYears &&
    (streakBonus.day === undefined || streakBonus.day === gift.day) &&
    !hadStreakBonus;
  if (earned) return { minor: minor(base + streakBonus.amountMinor), baseMinor: base, streakBonus: true };
  return tier === undefined ? nothing('not-eligible') : offered(base);
}
