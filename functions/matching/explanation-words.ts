import type { DrawnExplained, ExplainedEvent, Lot, MatchExplanation } from './explanation.ts';
import type { Step } from './explanation-offer.ts';
import type { Cap } from './rules/caps.ts';

/** Formats what both languages write alike. */
export type Written = {
  readonly money: (amountMinor: number) => string;
  readonly time: (instant: string) => string;
};

/** One language's sentences of an explanation. Each gets numbers and says them; none decides anything. */
export type ExplanationWords = {
  readonly gift: (explanation: MatchExplanation, written: Written) => { heading: string; lines: string[] };
  readonly rule: (position: number, sponsor: string, ruleId: string) => string;
  readonly terms: (sentence: string) => string;
  readonly inForce: (drawn: DrawnExplained, written: Written) => string;
  readonly nothing: (drawn: DrawnExplained, written: Written) => string | undefined;
  readonly lot: (lot: Lot, drawn: DrawnExplained) => string[];
  readonly step: (step: Step, written: Written) => string;
  readonly offer: (lines: readonly string[], total: string) => string;
  readonly cap: (cap: Cap, limit: string, used: string | undefined, left: string) => string;
  readonly pool: (outcome: DrawnExplained['outcome'], left: string, matched: string) => string;
  readonly drew: (match: string) => string;
  readonly challenge: (counts: boolean) => string;
  readonly round: string;
  readonly most: (most: NonNullable<MatchExplanation['most']>, written: Written) => string;
  readonly hold: (hold: NonNullable<MatchExplanation['hold']>) => string;
  readonly together: string;
  readonly since: string;
  readonly event: (event: ExplainedEvent, explanation: MatchExplanation, written: Written) => string;
  readonly change: (ruleId: string, amountMinor: number, written: Written) => string;
  readonly turned: (kind: 'unlocked' | 'locked', ruleId: string, lump: string) => string;
  readonly refundWaiting: (amount: string, at: string) => string;
  readonly now: string;
  readonly result: (explanation: MatchExplanation, written: Written) => string[];
};
