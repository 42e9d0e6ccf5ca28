import { type Instant, type LocalDate, localHours, plusDays, startOfDay } from '../../kernel/time.ts';

type Moved = { readonly occurredAt: Instant; readonly day: LocalDate };

/**
 * Moves moments by whole days of a zone, so that last year's gifts fall into this year's windows: 20:15 stays 20:15, but on
 * a day on which clocks are put forward or back it may be an hour off.
 */
export function moveByDays(days: number, zone: string): (moment: Instant) => Moved {
  const localTime = localHours(zone);
  const moves = new Map<LocalDate, { readonly byMs: number; readonly day: LocalDate }>();
  return (moment) => {
    const { day: from } = localTime(moment);
    if (days === 0) return { occurredAt: moment, day: from };
    let move = moves.get(from);
    if (move === undefined) {
      const day = plusDays(from, days);
      move = { day, byMs: Date.parse(startOfDay(day, zone)) - Date.parse(startOfDay(from, zone)) };
      moves.set(from, move);
    }
    return { occurredAt: new Date(Date.parse(moment) + move.byMs).toISOString() as Instant, day: move.day };
  };
}
