import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { PermanentError } from '../kernel/errors.ts';
import { amountMinorSchema, minor } from '../kernel/money.ts';
import { localDateSchema, localHourOf } from '../kernel/time.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import { standingOf } from '../matching/gift-account.ts';
import type { MatchEntry } from '../matching/match-entry.ts';
import { MATCH_OUTCOMES, type MatchOutcome } from '../matching/match-outcome.ts';
import { CHANNELS, type Channel } from './gift-channel.ts';

const figures = {
  gifts: z.number().int().min(0),
  /** Gross: what was given, refunds not taken off. */
  raisedMinor: amountMinorSchema,
  refundedMinor: amountMinorSchema,
  /** Net: what was matched, less what went back. */
  matchedMinor: amountMinorSchema,
};

/** The sums of some part of a campaign, made from its entries: parts merge into wholes. Lists are sorted by their key. */
export const closeoutSummarySchema = z.strictObject({
  totals: z.strictObject({
    ...figures,
    /** Gifts whose match is above zero now. */
    matchedGifts: z.number().int().min(0),
    /** Gifts that went back whole. */
    refundedGifts: z.number().int().min(0),
    /** Gifts whose match still waits for a person. */
    heldGifts: z.number().int().min(0),
  }),
  /** `null`: the donor named no unit. */
  units: z.array(z.strictObject({ unitId: z.string().nullable(), ...figures })),
  days: z.array(z.strictObject({ day: localDateSchema, ...figures })),
  hours: z.array(
    z.strictObject({
      day: localDateSchema,
      hour: z.number().int(),
      gifts: z.number().int(),
      raisedMinor: amountMinorSchema,
      matchedMinor: amountMinorSchema,
    }),
  ),
  /** By which way gifts came. */
  channels: z.array(z.strictObject({ channel: z.enum(CHANNELS), ...figures })),
  outcomes: z.partialRecord(z.enum(MATCH_OUTCOMES), z.number().int()),
});
export type CloseoutSummary = z.infer<typeof closeoutSummarySchema>;

type Totals = CloseoutSummary['totals'];
const ZERO = minor(0);
const NOTHING: Totals = {
  gifts: 0,
  raisedMinor: ZERO,
  refundedMinor: ZERO,
  matchedMinor: ZERO,
  matchedGifts: 0,
  refundedGifts: 0,
  heldGifts: 0,
};

/** A gift of the closed campaign with its match, and all that was settled about it in its order. */
export type SettledGift = {
  readonly entry: DonationEntry;
  readonly match: MatchEntry;
  readonly settlements: readonly Adjustment[];
  readonly channel: Channel;
};

/** Sums up entries and what became of their matches. A gift without its match entry is an error of the caller: every gift has one. */
export function summarise(gifts: readonly SettledGift[]): CloseoutSummary {
  return mergeSummaries(
    gifts.map(({ entry, match, settlements, channel }): CloseoutSummary => {
      const { refundedMinor, netMinor, isHeld } = standingOf(match, settlements);
      mustBeItsDraws(match);
      const one = {
        gifts: 1,
        raisedMinor: entry.amountMinor,
        refundedMinor: minor(refundedMinor),
        matchedMinor: minor(netMinor),
      };
      const hour = localHourOf(entry.occurredAt, entry.zone);
      return {
        totals: {
          ...one,
          matchedGifts: netMinor > 0 ? 1 : 0,
          refundedGifts: refundedMinor === entry.amountMinor ? 1 : 0,
          heldGifts: isHeld ? 1 : 0,
        },
        units: [{ unitId: entry.unitId ?? null, ...one }],
        days: [{ day: entry.day, ...one }],
        hours: [{ day: entry.day, hour, gifts: 1, raisedMinor: entry.amountMinor, matchedMinor: one.matchedMinor }],
        channels: [{ channel, ...one }],
        outcomes: { [match.outcome]: 1 },
      };
    }),
  );
}

function mustBeItsDraws({ giftId, matchMinor, draws }: MatchEntry): void {
  const drawn = draws.reduce((total, draw) => total + draw.matchMinor, 0);
  if (drawn !== matchMinor)
    throw new PermanentError(`the match of gift ${giftId} is ${matchMinor}, but its draws sum to ${drawn}`);
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
    channels: merged(
      parts.flatMap((part) => part.channels),
      (line) => line.channel,
    ),
    outcomes: Object.fromEntries(outcomes),
  };
}

/** Every figure that is a sum; what names a line (unit, day, hour) is none. */
const SUMS = [
  'gifts',
  'raisedMinor',
  'refundedMinor',
  'matchedMinor',
  'matchedGifts',
  'refundedGifts',
  'heldGifts',
] as const;
type Line = Partial<Record<(typeof SUMS)[number], number>>;

function plus<T extends Line>(left: T, right: T): T {
  const sums: Line = {};
  for (const name of SUMS) if (left[name] !== undefined) sums[name] = minor(left[name] + (right[name] ?? 0));
  return { ...left, ...sums };
}

function merged<T extends Line>(lines: readonly T[], keyOf: (line: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const line of lines) {
    const known = byKey.get(keyOf(line));
    byKey.set(keyOf(line), known === undefined ? line : plus(known, line));
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
