import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import type { Instant, LocalDate } from '../../kernel/time.ts';

/**
 * When a donor's gifts look made by a machine, or by somebody who cycles an organisation's money to draw match. Whoever
 * is caught has their match drawn as everybody's, and held for a person to release or void; nobody is refused.
 */
export const screenSchema = z
  .strictObject({
    /** This many gifts inside one minute: Tencent's own mark is five, as a person takes 15 s for a gift (docs/matching.md). */
    giftsPerMinute: z.number().int().min(2).max(100).optional(),
    /** This many gifts on one local day. */
    giftsPerDay: z.number().int().min(2).max(1000).optional(),
    /** This many gifts of one and the same amount, one after another: a script gives a fen for ever. */
    identicalAmountsInARow: z.number().int().min(2).max(1000).optional(),
  })
  .refine((screen) => Object.values(screen).some((mark) => mark !== undefined), {
    message: 'must name at least one of giftsPerMinute, giftsPerDay, identicalAmountsInARow',
  });
export type Screen = z.infer<typeof screenSchema>;

/** Why a match waits for a person: the first mark of the screen that its gift reached, in this order. */
export const HOLDS = ['velocity', 'gifts-per-day', 'identical-amounts'] as const;
export type HoldReason = (typeof HOLDS)[number];
export type Hold = {
  readonly held: HoldReason;
  /** The gifts that reached the mark, this one included; for velocity no more are remembered than the mark. */
  readonly heldGifts: number;
};

/** What is remembered of a donor for the screen: no more than it needs to recognise the next gift. */
export type ScreenMemory = {
  /** Times of the latest gifts in epoch milliseconds, oldest first. */
  recent: number[];
  giftsByDay?: Record<string, number> | undefined;
  /** The amount of the gift that was counted last, and how many of it came in a row. */
  alike?: { readonly amountMinor: number; readonly gifts: number } | undefined;
};

type ScreenedGift = { readonly amountMinor: number; readonly occurredAt: Instant; readonly day: LocalDate };
const MS_PER_MINUTE = 60_000;

/** Whether this gift's match is held, by what was remembered before it. */
export function holdOf(screen: Screen, memory: ScreenMemory | undefined, gift: ScreenedGift): Hold | undefined {
  const { giftsPerMinute, giftsPerDay, identicalAmountsInARow } = screen;
  if (giftsPerMinute !== undefined) {
    const recent = memory?.recent ?? [];
    const close = recent.length + 1 < giftsPerMinute ? 0 : giftsNear(recent, Date.parse(gift.occurredAt));
    if (close >= giftsPerMinute) return { held: 'velocity', heldGifts: close };
  }
  if (giftsPerDay !== undefined) {
    const today = (memory?.giftsByDay?.[gift.day] ?? 0) + 1;
    if (today >= giftsPerDay) return { held: 'gifts-per-day', heldGifts: today };
  }
  if (identicalAmountsInARow !== undefined) {
    const alike = inARow(memory, gift);
    if (alike >= identicalAmountsInARow) return { held: 'identical-amounts', heldGifts: alike };
  }
  return undefined;
}

/** How many gifts, this one included, are less than a minute away from it, by times of payment. */
function giftsNear(recent: readonly number[], at: number): number {
  let close = 1;
  for (const other of recent) if (Math.abs(at - other) < MS_PER_MINUTE) close += 1;
  return close;
}

const inARow = (memory: ScreenMemory | undefined, { amountMinor }: ScreenedGift): number =>
  memory?.alike?.amountMinor === amountMinor ? memory.alike.gifts + 1 : 1;

/** Takes a counted gift into what is remembered of its donor, in place. */
export function rememberGift(screen: Screen, memory: ScreenMemory, gift: ScreenedGift): void {
  const { giftsPerMinute, giftsPerDay, identicalAmountsInARow } = screen;
  if (giftsPerMinute !== undefined) rememberTime(memory.recent, giftsPerMinute, Date.parse(gift.occurredAt));
  if (giftsPerDay !== undefined) {
    memory.giftsByDay ??= {};
    memory.giftsByDay[gift.day] = (memory.giftsByDay[gift.day] ?? 0) + 1;
  }
  if (identicalAmountsInARow !== undefined)
    memory.alike = { amountMinor: gift.amountMinor, gifts: inARow(memory, gift) };
}

/** Keeps the latest times in order, one fewer than the mark. Gifts come nearly in order, so the new one's place is near the end. */
function rememberTime(recent: number[], giftsPerMinute: number, at: number): void {
  let place = recent.length;
  while (place > 0 && (recent[place - 1] ?? at) > at) place -= 1;
  recent.splice(place, 0, at);
  if (recent.length >= giftsPerMinute) recent.shift();
}

/** A mark that another one always reaches first. */
export function screenProblems(screen: Screen | undefined, at: string): FieldProblem[] {
  const { giftsPerMinute, giftsPerDay } = screen ?? {};
  if (giftsPerMinute === undefined || giftsPerDay === undefined || giftsPerMinute <= giftsPerDay) return [];
  return [
    {
      field: `${at}.screen.giftsPerMinute`,
      problem: `is above giftsPerDay, which is ${giftsPerDay}, and so can never be reached first`,
      fix: 'lower it, or raise giftsPerDay',
    },
  ];
}
