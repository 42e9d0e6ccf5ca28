import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { instantSchema } from '../kernel/time.ts';
import { lumpMinorOf } from '../ledger/gift-sums.ts';
import { ADJUSTMENT_KINDS, type Adjustment, netOf } from '../matching/adjustment.ts';
import {
  ADDENDUM_FIGURES,
  type Effects,
  effectsOf,
  effectsSchema,
  type StandingFigures,
  sumOfEffects,
} from './addendum-figure.ts';

const whole = z.number().int();

/** An entry that changed what the report states, with what it changed. */
export const addendumChangeSchema = z.discriminatedUnion('kind', [
  /** A refund, a decision on a match, a round: an entry of the pool beside its gifts. */
  z.object({
    kind: z.literal('settlement'),
    number: whole.min(1),
    what: z.enum(ADJUSTMENT_KINDS),
    at: instantSchema,
    by: z.string(),
    reason: z.string().optional(),
    giftId: z.string().optional(),
    effects: effectsSchema,
  }),
  /** A gift that was counted after matching had been closed. */
  z.object({ kind: z.literal('late-gift'), giftNo: whole.min(1), giftId: z.string(), effects: effectsSchema }),
  /** Entries of the book of spending, from the first to the last. */
  z.object({
    kind: z.literal('spending'),
    firstNumber: whole.min(1),
    lastNumber: whole.min(1),
    effects: effectsSchema,
  }),
  /** What no page has room for, in one sum. */
  z.object({ kind: z.literal('others'), entries: whole.min(1), effects: effectsSchema }),
]);
export type AddendumChange = z.infer<typeof addendumChangeSchema>;

/** Entries listed one by one: with 200 an addendum is some ten pages, and its item far under the 400 KB that one may have. */
export const MOST_CHANGES = 200;

/** A gift that was counted after matching had been closed, with its number in the journal. */
export type LateGift = {
  readonly giftNo: number;
  readonly giftId: string;
  readonly amountMinor: number;
  readonly matchMinor: number;
};

/** What the books have more than was stated last. */
export type EntriesSince = {
  /** Settlements that were not counted yet, in order. */
  readonly settlements: readonly Adjustment[];
  /** Those among them with which their gift had gone back whole. */
  readonly completing: ReadonlySet<number>;
  readonly lateGifts: readonly LateGift[];
  /** First and last number of the entries of spending; `undefined` where there is none. */
  readonly spending: { readonly firstNumber: number; readonly lastNumber: number } | undefined;
};

/**
 * The entries between what was stated last and now, each with what it changes. Throws PermanentError where they do not add up to
 * the difference of every figure: nobody signs an addendum that cannot say where its figures come from.
 */
export function changesBetween(
  was: StandingFigures,
  is: StandingFigures,
  { settlements, completing, lateGifts, spending }: EntriesSince,
): AddendumChange[] {
  const spent = effectsOf({ spentMinor: is.spentMinor - was.spentMinor });
  const all: AddendumChange[] = [
    ...lateGifts.map(({ giftNo, giftId, amountMinor, matchMinor }) => ({
      kind: 'late-gift' as const,
      giftNo,
      giftId,
      effects: effectsOf({
        gifts: 1,
        raisedMinor: amountMinor,
        netMinor: amountMinor,
        matchedMinor: matchMinor,
        totalMinor: amountMinor + matchMinor,
      }),
    })),
    ...settlements.map((one) => settlementChange(one, completing.has(one.number))),
    ...(spending === undefined ? [] : [{ kind: 'spending' as const, ...spending, effects: spent }]),
  ];
  const sums = sumOfEffects(all.map(({ effects }) => effects));
  for (const figure of ADDENDUM_FIGURES) {
    const [by, difference] = [sums[figure] ?? 0, is[figure] - was[figure]];
    if (by !== difference)
      throw new PermanentError(`addendum: the entries change ${figure} by ${by}, the figure differs by ${difference}`);
  }
  return all;
}

/** The changes as a document has room for them: the last of very many are one sum. */
export function listedChanges(all: readonly AddendumChange[]): AddendumChange[] {
  if (all.length <= MOST_CHANGES) return [...all];
  const rest = all.slice(MOST_CHANGES - 1);
  const effects = sumOfEffects(rest.map((one) => one.effects));
  return [...all.slice(0, MOST_CHANGES - 1), { kind: 'others', entries: rest.length, effects }];
}

function settlementChange(one: Adjustment, isWhole: boolean): AddendumChange {
  const { number, kind, at, by, reason, giftId, refundMinor = 0 } = one;
  const lumpMinor = lumpMinorOf([one]);
  const matchedMinor = netOf(one) - lumpMinor;
  return {
    kind: 'settlement',
    number,
    what: kind,
    at,
    by,
    ...(reason === undefined ? {} : { reason }),
    ...(giftId === undefined ? {} : { giftId }),
    effects: effectsOf({
      refundedMinor: refundMinor,
      refundedGifts: isWhole ? 1 : 0,
      netMinor: -refundMinor,
      matchedMinor,
      lumpMinor,
      totalMinor: matchedMinor + lumpMinor - refundMinor,
    }),
  };
}

/** Numbers of the settlements with which a gift had gone back whole. `amountOf`: what the gift was. */
export function completingRefunds(
  adjustments: readonly Adjustment[],
  amountOf: (giftId: string) => number | undefined,
): ReadonlySet<number> {
  const backMinor = new Map<string, number>();
  const completing = new Set<number>();
  for (const { number, giftId, refundMinor } of adjustments.toSorted((a, b) => a.number - b.number)) {
    if (giftId === undefined || refundMinor === undefined) continue;
    const sum = (backMinor.get(giftId) ?? 0) + refundMinor;
    backMinor.set(giftId, sum);
    if (sum === amountOf(giftId)) completing.add(number);
  }
  return completing;
}

/** What the entries about one gift change together. */
export const effectsOnGift = (changes: readonly AddendumChange[], giftId: string): Effects =>
  sumOfEffects(changes.filter((one) => 'giftId' in one && one.giftId === giftId).map(({ effects }) => effects));
