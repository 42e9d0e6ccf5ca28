import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { amountMinorSchema, type Minor, minor } from '../kernel/money.ts';
import { localDateSchema, localHourOf } from '../kernel/time.ts';
import type { MatchEntry } from '../matching/match-entry.ts';
import { MATCH_OUTCOMES, type MatchOutcome } from '../matching/match-outcome.ts';

const figures = { gifts: z.number().int().min(0), raisedMinor: amountMinorSchema, matchedMinor: amountMinorSchema };

/** The sums of some part of a campaign, made from its entries: parts merge into wholes. Lists are sorted by their key. */
export const closeoutSummarySchema = z.strictObject({
  totals: z.strictObject(figures),
  /** `null`: the donor named no unit. */
  units: z.array(z.strictObject({ unitId: z.string().nullable(), ...figures })),
  days: z.array(z.strictObject({ day: localDateSchema, ...figures })),
  hours: z.array(
    z.strictObject({
      day: localDateSchema,
      hour: z.number().int(),
      gifts: z.number().int(),
      raisedMinor: amountMinorSchema,
    }),
  ),
  outcomes: z.partialRecord(z.enum(MATCH_OUTCOMES), z.number().int()),
});
export type CloseoutSummary = z.infer<typeof closeoutSummarySchema>;

type Figures = { gifts: number; raisedMinor: Minor; matchedMinor: Minor };
const NOTHING: Figures = { gifts: 0, raisedMinor: minor(0), matchedMinor: minor(0) };

/** Sums up entries and their matches. A gift without its match entry is an error of the caller: every gift has one. */
export function summarise(
  gifts: readonly { readonly entry: DonationEntry; readonly match: MatchEntry }[],
): CloseoutSummary {
  return mergeSummaries(
    gifts.map(({ entry, match }): CloseoutSummary => {
      const one: Figures = { gifts: 1, raisedMinor: entry.amountMinor, matchedMinor: match.matchMinor };
      const hour = localHourOf(entry.occurredAt, entry.zone);
      return {
        totals: one,
        units: [{ unitId: entry.unitId ?? null, ...one }],
        days: [{ day: entry.day, ...one }],
        hours: [{ day: entry.day, hour, gifts: 1, raisedMinor: entry.amountMinor }],
        outcomes: { [match.outcome]: 1 },
      };
    }),
  );
}

/** The sums of several parts. The order of the parts does not matter. */
export function mergeSummaries(parts: readonly CloseoutSummary[]): CloseoutSummary {
  const outcomes = new Map<MatchOutcome, number>();
  for (const part of parts) {
    for (const [outcome, gifts] of Object.entries(part.outcomes) as [MatchOutcome, number][]) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + gifts);
    }
  }
  return {
    totals: parts.reduce((sum, part) => plus(sum, part.totals), NOTHING),
    units: merged(
      parts.flatMap((part) => part.units),
      (line) => line.unitId ?? '',
    ),
    days: merged(
      parts.flatMap((part) => part.days),
      (line) => line.day,
    ),
    hours: merged(
      parts.flatMap((part) => part.hours),
      (line) => `${line.day} ${String(line.hour).padStart(2, '0')}`,
    ),
    outcomes: Object.fromEntries(outcomes),
  };
}

type Line = { gifts: number; raisedMinor: Minor; matchedMinor?: Minor };

function plus<T extends Line>(left: T, right: Line): T {
  const sums = { ...left, gifts: left.gifts + right.gifts, raisedMinor: minor(left.raisedMinor + right.raisedMinor) };
  return right.matchedMinor === undefined
    ? sums
    : { ...sums, matchedMinor: minor((left.matchedMinor ?? 0) + right.matchedMinor) };
}

function merged<T extends Line>(lines: readonly T[], keyOf: (line: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const line of lines) {
    const known = byKey.get(keyOf(line));
    byKey.set(keyOf(line), known === undefined ? line : plus(known, line));
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
