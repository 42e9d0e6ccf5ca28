import { type LocalDate, plusDays } from '../functions/kernel/time.ts';
import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import type { PlanNeeds } from './matching-plan.ts';

const GIFT_CAPS_MINOR = [150, 1_000, 10_000] as const;
const DONOR_CAPS_MINOR = [700, 3_000, 30_000] as const;
const UNIT_SHARES_BASIS_POINTS = [1_500, 4_000, 9_000] as const;
const SMALLEST_GIFTS_MINOR = [100, 366, 500] as const;
const HOURS = ['00:00', '09:30', '12:00', '20:00', '23:59'] as const;
/** On the second of the window's three days: gifts of both years meet in one batch. */
const YEAR_STARTS_ON = '09-08';

/** When a rule is in force and what holds it back: caps that do not contradict each other or the pool. */
export function drawCaps(n: number, poolMinor: number, needs: PlanNeeds, random: SeededRandom): object {
  const maybe = <T>(probability: number, draw: () => T): T | undefined =>
    random.happens(probability) ? draw() : undefined;
  const yearMinor = maybe(0.4, () => random.pick(DONOR_CAPS_MINOR));
  const donorMinor = maybe(0.4, () => Math.min(random.pick(DONOR_CAPS_MINOR), poolMinor));
  const dayMinor = maybe(0.4, () => Math.min(random.pick(DONOR_CAPS_MINOR), donorMinor ?? poolMinor));
  const giftMinor = maybe(0.5, () =>
    Math.min(
      random.pick(GIFT_CAPS_MINOR),
      dayMinor ?? poolMinor,
      donorMinor ?? poolMinor,
      yearMinor ?? poolMinor,
      poolMinor,
    ),
  );
  const minMinor = maybe(0.3, () => Math.min(random.pick(SMALLEST_GIFTS_MINOR), giftMinor ?? 500));
  const perYear =
    yearMinor === undefined
      ? undefined
      : { capMinor: yearMinor, programmeId: `programme-${n}`, startsOn: YEAR_STARTS_ON };
  return {
    ...drawWindows(poolMinor, needs, random),
    perGift: given({ minMinor, capMinor: giftMinor }),
    perDonor: given({ capMinor: donorMinor, perDayMinor: dayMinor, perYear }),
    perUnit: maybe(0.4, () =>
      random.happens(0.5)
        ? { capMinor: Math.max(1, Math.floor(poolMinor / needs.unitIds.length / 2)) }
        : { shareBasisPoints: random.pick(UNIT_SHARES_BASIS_POINTS) },
    ),
  };
}

const given = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Windows in order, each beginning where or after the one before has ended, of one pool or of two parts of it. */
function drawWindows(poolMinor: number, { firstDay }: PlanNeeds, random: SeededRandom): object {
  if (random.happens(0.5)) return {};
  const moments = random
    .shuffled([0, 1, 2].flatMap((day) => HOURS.map((hour) => moment(firstDay, day, hour))))
    .slice(0, 2 * (1 + random.below(3)))
    .sort();
  const inParts = moments.length > 2 && random.happens(0.6);
  const windows = Array.from({ length: moments.length / 2 }, (_, position) => ({
    from: moments[2 * position],
    until: moments[2 * position + 1],
    ...(inParts ? { subPoolId: `part-${position % 2}` } : {}),
  }));
  if (!inParts) return { windows };
  const half = Math.floor(poolMinor / 2);
  return {
    windows,
    subPools: [
      { id: 'part-0', poolMinor: poolMinor - half },
      { id: 'part-1', poolMinor: half },
    ],
  };
}

const moment = (firstDay: LocalDate, day: number, hour: string): string => `${plusDays(firstDay, day)}T${hour}`;
