import { reasonOf } from '../kernel/errors.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import type { Table } from '../platform/table.ts';
import { notePlaced } from './schedule.store.ts';
import type { Schedule } from './schedule.ts';
import type { Scheduler } from './scheduler.gateway.ts';

/**
 * Tells EventBridge Scheduler of a schedule that it does not have as it stands. What cannot be told now is told within the
 * hour by keep-schedules, so that a change by a person counts although the copy is late. True where it has it.
 */
export async function placeSchedule(table: Table, scheduler: Scheduler, schedule: Schedule): Promise<boolean> {
  const copy = scheduler.copyOf(schedule);
  if (schedule.placed === copy) return true;
  try {
    await scheduler.place(schedule);
    await notePlaced(table, schedule, copy);
    return true;
  } catch (error) {
    const { organisationId, job, version } = schedule;
    log.error('schedule not placed', { organisationId, job, version, reason: reasonOf(error) });
    count(METRICS.scheduleNotPlaced);
    return false;
  }
}
