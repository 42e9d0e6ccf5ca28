import { Temporal } from 'temporal-polyfill';
import {
  type CampaignWindow,
  daysBetween,
  type Instant,
  instantOf,
  type LocalDate,
} from '../../functions/kernel/time.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Evenings on which most gifts come: the opening's, one in the middle, the last one's. */
const PEAKS = [
  { share: 0.32, at: 'first' },
  { share: 0.2, at: 'middle' },
  { share: 0.28, at: 'last' },
] as const;
/** Around 20:15 people sit with their telephones: three quarters of an hour either way for most. */
const PEAK_MINUTE = 20 * 60 + 15;
const PEAK_SPREAD_MINUTES = 90;
/** Outside the peaks gifts come between 7:00 and 23:00. */
const DAY_FROM_MINUTE = 7 * 60;
const DAY_MINUTES = 16 * 60;

/** `count` moments within the window, in order, at whole seconds as the provider has them. */
export function giftTimes(count: number, window: CampaignWindow, random: SeededRandom): Instant[] {
  const days = daysBetween(window.firstDay, window.lastDay);
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('the window ends before it begins');
  const peakDays = { first, middle: days[Math.floor(days.length / 2)] ?? first, last };
  const weights = [...PEAKS.map((peak) => peak.share), 1 - PEAKS.reduce((sum, peak) => sum + peak.share, 0)];
  const times = Array.from({ length: count }, () => {
    const peak = PEAKS[random.position(weights)];
    return peak === undefined
      ? momentOf(days[random.below(days.length)] ?? first, window.zone, daySecond(random))
      : momentOf(peakDays[peak.at], window.zone, peakSecond(random));
  });
  return times.sort();
}

const daySecond = (random: SeededRandom): number => DAY_FROM_MINUTE * 60 + random.below(DAY_MINUTES * 60);

// The sum of three throws is close enough to a bell, and never leaves the evening.
function peakSecond(random: SeededRandom): number {
  const bell = (random.fraction() + random.fraction() + random.fraction()) / 1.5 - 1;
  return Math.round((PEAK_MINUTE + bell * PEAK_SPREAD_MINUTES) * 60);
}

/** By the clocks of the zone, also on a day that is an hour longer or shorter. */
function momentOf(day: LocalDate, zone: string, secondOfDay: number): Instant {
  const plainTime = new Temporal.PlainTime().add({ seconds: secondOfDay });
  return instantOf(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds);
}
