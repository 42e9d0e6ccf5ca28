import { reasonOf, TransientError } from '../kernel/errors.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import type { Table } from '../platform/table.ts';
import { findPlaced, findSchedule, notePlaced } from './schedule.store.ts';
import type { Schedule } from './schedule.ts';
import type { Scheduler } from './scheduler.gateway.ts';

/** Whether EventBridge Scheduler has a schedule as it stands. */
export async function isPlaced(table: Table, scheduler: Scheduler, schedule: Schedule): Promise<boolean> {
  return (await findPlaced(table, schedule.organisationId, schedule.job)) === scheduler.copyOf(schedule);
}

/** People change a schedule once and look at it. */
const MOST_ATTEMPTS = 5;

/**
 * Tells EventBridge Scheduler of a schedule that it does not have as it stands. What cannot be told now is told within the
 * hour by keep-schedules, so that a change by a person counts although the copy is late. True where it has it.
 */
export async function placeSchedule(table: Table, scheduler: Scheduler, schedule: Schedule): Promise<boolean> {
  if (await isPlaced(table, scheduler, schedule)) return true;
  try {
    let latest: Schedule | undefined = schedule;
    // Whoever has changed it meanwhile may have told it before us, so that what we told has to be told anew.
    for (let attempt = 0; latest !== undefined && attempt < MOST_ATTEMPTS; attempt += 1) {
      await scheduler.place(latest);
      if (await notePlaced(table, latest, scheduler.copyOf(latest))) return true;
      latest = await findSchedule(table, schedule.organisationId, schedule.job);
    }
    throw new TransientError('the schedule was changed again and again');
  } catch (error) {
    const { organisationId, job, version } = schedule;
    log.error('schedule not placed', { organisationId, job, version, reason: reasonOf(error) });
    count(METRICS.scheduleNotPlaced);
    return false;
  }
}
