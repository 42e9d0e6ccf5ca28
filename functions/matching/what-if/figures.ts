import type { Instant } from '../../kernel/time.ts';
import type { MatchOutcome } from '../match-outcome.ts';
import type { RuleKind } from '../matching-rule.ts';
import type { Cap } from '../rules/caps.ts';

/** What a replay of gifts against one or two drafts comes to. Amounts are minor units, hours are the campaign's own. */
export type WhatIfResult = {
  readonly gifts: ReplayedGifts;
  /** Every hour of the campaign in which gifts came, `2026-09-07T20:00`, in order; what drafts list by hour has these places. */
  readonly hours: readonly { readonly hour: string; readonly gifts: number; readonly amountMinor: number }[];
  readonly drafts: readonly DraftFigures[];
};

export type ReplayedGifts = {
  readonly count: number;
  readonly amountMinor: number;
  readonly donors: number;
  /** Paid before the opening or after the close, and so in no hour; they draw nothing. */
  readonly outside: { readonly gifts: number; readonly amountMinor: number };
};

export type DraftFigures = {
  readonly planId: string;
  readonly poolMinor: number;
  /** What gifts drew, what challenges unlocked, what rounds would share, and all of it. */
  readonly matchMinor: number;
  readonly lumpMinor: number;
  readonly roundMinor: number;
  readonly usedMinor: number;
  readonly remainingMinor: number;
  readonly matchedGifts: number;
  /** Of all gifts; 10,000 are all. */
  readonly matchedBasisPoints: number;
  /** Matches that the screen would hold for a person; part of `matchMinor`. */
  readonly held: { readonly gifts: number; readonly matchMinor: number };
  readonly capped: CappedFigures;
  /** In the plan's order. */
  readonly rules: readonly RuleFigures[];
  /** By unit id; gifts that name no unit are under `-`. */
  readonly units: readonly UnitFigures[];
};

/** Who was held back by caps. A gift or a donor that met two caps counts for both of them. */
export type CappedFigures = {
  readonly gifts: number;
  readonly donors: number;
  readonly byCap: readonly { readonly cap: Cap; readonly gifts: number; readonly donors: number }[];
  /** From whom caps kept most, largest first: donors by their hash. */
  readonly top: readonly { readonly donorId: string; readonly gifts: number; readonly withheldMinor: number }[];
};

export type RuleFigures = {
  readonly ruleId: string;
  readonly kind: RuleKind;
  readonly sponsor: string;
  readonly poolMinor: number;
  readonly usedMinor: number;
  readonly remainingMinor: number;
  /** Gifts that drew something. */
  readonly matchedGifts: number;
  /** How many gifts met with each outcome; empty where the rule follows no gifts. */
  readonly outcomes: Partial<Record<MatchOutcome, number>>;
  /** In the places of `hours`. What a round shares is not in them: it is shared after the close. */
  readonly usedByHourMinor: readonly number[];
  /** When the gift was paid that took the last money; null where some is left. */
  readonly runsOutAt: Instant | null;
  readonly subPools: readonly {
    readonly id: string;
    readonly poolMinor: number;
    readonly usedMinor: number;
    readonly runsOutAt: Instant | null;
  }[];
  /** For challenges: how far it came and when it was reached. */
  readonly challenge: {
    readonly measure: 'amount' | 'donors' | 'gifts';
    readonly threshold: number;
    readonly progress: number;
    readonly reachedAt: Instant | null;
  } | null;
};

export type UnitFigures = {
  readonly unitId: string;
  readonly gifts: number;
  readonly amountMinor: number;
  readonly matchMinor: number;
  readonly roundMinor: number;
};
