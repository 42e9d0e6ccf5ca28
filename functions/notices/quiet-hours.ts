import {
  type Instant,
  instantOfLocal,
  type LocalDateTime,
  localDateOf,
  localTimeText,
  plusDays,
} from '../kernel/time.ts';
import type { QuietHours } from './notice-settings.ts';

/** Until when nobody is to be disturbed; `undefined` where it is no quiet hour at `now`. `until` itself is no quiet minute. */
export function quietUntil(now: Instant, zone: string, hours: QuietHours | undefined): Instant | undefined {
  if (hours === undefined) return undefined;
  const { from, until } = hours;
  const time = localTimeText(now, zone).slice('2026-09-07 '.length, '2026-09-07 21:00'.length);
  const isOverMidnight = from > until;
  const isQuiet = isOverMidnight ? time >= from || time < until : time >= from && time < until;
  if (!isQuiet) return undefined;
  const today = localDateOf(now, zone);
  const day = isOverMidnight && time >= from ? plusDays(today, 1) : today;
  return instantOfLocal(`${day}T${until}` as LocalDateTime, zone);
}
