import {
  type CampaignWindow,
  daysBetween,
  type Instant,
  type LocalDate,
  localDateOf,
  plusDays,
  plusSeconds,
  SECONDS_PER_HOUR,
  startOfDay,
} from '../kernel/time.ts';
import { BILL_ZONE } from './reconciliation.ts';

/** The provider's bill of a day can be fetched from 10:00 Beijing of the next one (pay.weixin.qq.com, trade bill). */
const BILL_READY_SECONDS = 10 * SECONDS_PER_HOUR;

/**
 * The days whose bills can hold a payment of this campaign: the Beijing days that its own days and the days of its counted
 * gifts touch, and the day after the last one, into which a payment begun before midnight may fall.
 */
export function billDaysOf(window: CampaignWindow, counted: readonly LocalDate[]): LocalDate[] {
  const local = [...daysBetween(window.firstDay, window.lastDay), plusDays(window.lastDay, 1), ...counted];
  const beijing = local.flatMap((day) => [
    localDateOf(startOfDay(day, window.zone), BILL_ZONE),
    localDateOf(plusSeconds(startOfDay(plusDays(day, 1), window.zone), -1), BILL_ZONE),
  ]);
  return [...new Set(beijing)].sort();
}

/** When the bills of all these days are there to be fetched. A day that is not over has no bill, and must not be asked for. */
export function billsReadyAt(days: readonly LocalDate[]): Instant {
  const last = [...days].sort().at(-1) ?? ('2000-01-01' as LocalDate);
  return plusSeconds(startOfDay(plusDays(last, 1), BILL_ZONE), BILL_READY_SECONDS);
}

/** Days that are caught up after an outage; the closeout fetches the bills of its own days once more in any case. */
const MOST_DAYS_DUE = 7;

/**
 * The days whose bills are there and have not been checked, oldest first: up to yesterday, from 10:00 on. Before the first
 * check there is yesterday alone.
 */
export function billDaysDue(checkedUntil: LocalDate | undefined, now: Instant): LocalDate[] {
  const newest = plusDays(localDateOf(plusSeconds(now, -BILL_READY_SECONDS), BILL_ZONE), -1);
  const oldest = plusDays(newest, 1 - MOST_DAYS_DUE);
  const first = checkedUntil === undefined ? newest : plusDays(checkedUntil, 1);
  return daysBetween(first < oldest ? oldest : first, newest);
}
