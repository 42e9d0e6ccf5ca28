import {
  type CampaignWindow,
  daysBetween,
  type Instant,
  instantOf,
  instantOfLocal,
  type LocalDate,
  localDateTimeSchema,
  SECONDS_PER_HOUR,
  startOfDay,
} from '../../kernel/time.ts';
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
export const giftTimes = (count: number, window: CampaignWindow, random: SeededRandom): Instant[] =>
  Array.from(giftMoments(count, window, random), (moment) => instantOf(moment));

/** The same in epoch milliseconds, in 8 bytes each: a million are made and sorted in a second. */
export function giftMoments(count: number, window: CampaignWindow, random: SeededRandom): Float64Array {
  const days = daysBetween(window.firstDay, window.lastDay);
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('the window ends before it begins');
  const momentOf = wallClock(window.zone);
  const peakDays = { first, middle: days[Math.floor(days.length / 2)] ?? first, last };
  const weights = [...PEAKS.map((peak) => peak.share), 1 - PEAKS.reduce((sum, peak) => sum + peak.share, 0)];
  return Float64Array.from({ length: count }, () => {
    const peak = PEAKS[random.position(weights)];
    return peak === undefined
      ? momentOf(days[random.below(days.length)] ?? first, daySecond(random))
      : momentOf(peakDays[peak.at], peakSecond(random));
  }).sort();
}

const daySecond = (random: SeededRandom): number => DAY_FROM_MINUTE * 60 + random.below(DAY_MINUTES * 60);

// The sum of three throws is close enough to a bell, and never leaves the evening.
function peakSecond(random: SeededRandom): number {
  const bell = (random.fraction() + random.fraction() + random.fraction()) / 1.5 - 1;
  return Math.round((PEAK_MINUTE + bell * PEAK_SPREAD_MINUTES) * 60);
}

/** Moments by the clocks of the zone, also on a day that is an hour longer or shorter. Each hour is looked up once. */
function wallClock(zone: string): (day: LocalDate, secondOfDay: number) => number {
  const hours = new Map<string, number>();
  const beginOf = (day: LocalDate, hour: number): number => {
    const name = `${day}T${String(hour).padStart(2, '0')}:00`;
    let begin = hours.get(name);
    if (begin === undefined) {
      begin = Date.parse(hour === 0 ? startOfDay(day, zone) : instantOfLocal(localDateTimeSchema.parse(name), zone));
      hours.set(name, begin);
    }
    return begin;
  };
  return (day, secondOfDay) => {
    const hour = Math.floor(secondOfDay / SECONDS_PER_HOUR);
    return beginOf(day, hour) + (secondOfDay - hour * SECONDS_PER_HOUR) * 1000;
  };
}
