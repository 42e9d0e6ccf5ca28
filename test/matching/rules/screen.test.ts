import { describe, expect, it } from 'vitest';
import { instantOf, localDateSchema } from '../../../functions/kernel/time.ts';
import { matchingPlanSchema, planProblems } from '../../../functions/matching/matching-plan.ts';
import {
  holdOf,
  rememberGift,
  type Screen,
  type ScreenMemory,
  screenSchema,
} from '../../../functions/matching/rules/screen.ts';
import { WINDOW } from '../money-path.ts';

const gift = (time: string, amountMinor = 1_000) => ({
  amountMinor,
  occurredAt: instantOf(`2026-09-07T${time}+08:00`),
  day: localDateSchema.parse('2026-09-07'),
});

/** Which of a donor's gifts, one after another, are held. */
function heldAmong(screen: Screen, gifts: readonly ReturnType<typeof gift>[]): string[] {
  const memory: ScreenMemory = { recent: [] };
  return gifts.map((one) => {
    const hold = holdOf(screen, memory, one);
    rememberGift(screen, memory, one);
    return hold === undefined ? '-' : `${hold.held} ${hold.heldGifts}`;
  });
}

describe('the screen', () => {
  it('holds the fifth gift inside one minute, and not the fifth inside a minute and a second', () => {
    const fast = ['10:00:00', '10:00:15', '10:00:30', '10:00:45', '10:00:59'].map((time) => gift(time));
    const slow = ['10:00:00', '10:00:15', '10:00:30', '10:00:45', '10:01:00'].map((time) => gift(time));
    expect(heldAmong({ giftsPerMinute: 5 }, fast)).toEqual(['-', '-', '-', '-', 'velocity 5']);
    expect(heldAmong({ giftsPerMinute: 5 }, slow)).toEqual(['-', '-', '-', '-', '-']);
  });

  it('holds the third gift of a day and every later one, and begins again on the next day', () => {
    const next = { ...gift('09:00:00'), day: localDateSchema.parse('2026-09-08') };
    const times = ['08:00:00', '12:00:00', '16:00:00', '20:00:00'].map((time, n) => gift(time, n + 1));
    expect(heldAmong({ giftsPerDay: 3 }, [...times, next])).toEqual([
      '-',
      '-',
      'gifts-per-day 3',
      'gifts-per-day 4',
      '-',
    ]);
  });

  it('holds the third of one amount in a row, and counts anew after another amount', () => {
    const amounts = [1, 1, 1, 1, 2, 1, 1].map((amount, n) => gift(`1${n}:00:00`, amount));
    expect(heldAmong({ identicalAmountsInARow: 3 }, amounts)).toEqual([
      '-',
      '-',
      'identical-amounts 3',
      'identical-amounts 4',
      '-',
      '-',
      '-',
    ]);
  });

  it('says the first mark that was reached', () => {
    const all = { giftsPerMinute: 2, giftsPerDay: 2, identicalAmountsInARow: 2 };
    expect(heldAmong(all, [gift('10:00:00'), gift('10:00:01'), gift('11:00:00'), gift('12:00:00')])).toEqual([
      '-',
      'velocity 2',
      'gifts-per-day 3',
      'gifts-per-day 4',
    ]);
  });

  it('is refused without any mark, with a mark of one gift, and with one that another always reaches first', () => {
    expect(screenSchema.safeParse({}).error?.issues[0]?.message).toContain('at least one of');
    expect(screenSchema.safeParse({ giftsPerDay: 1 }).success).toBe(false);
    const plan = matchingPlanSchema.parse({ rules: [], screen: { giftsPerMinute: 9, giftsPerDay: 8 } });
    expect(planProblems(plan, { unitIds: new Set(), currency: 'CNY', window: WINDOW })).toEqual([
      {
        field: 'matching.screen.giftsPerMinute',
        problem: 'is above giftsPerDay, which is 8, and so can never be reached first',
        fix: 'lower it, or raise giftsPerDay',
      },
    ]);
  });
});
