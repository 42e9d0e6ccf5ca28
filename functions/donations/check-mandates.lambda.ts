import { daysBetween, type Instant, localDateOf, plusDays } from '../kernel/time.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { ageMandate, mandatesExpectedOn } from './mandate.store.ts';

/** How far back a charge is looked for that nobody told of: a run that was missed for a month loses nothing. */
const FURTHEST_BACK_DAYS = 35;
/** Mandates of one day looked at in one run; each gets a later day by that, so that the next run finds the others. */
const MOST_OF_A_DAY = 500;
type Outcome = { readonly kind: 'checked'; readonly overdue: number };

/**
 * Goes through the mandates whose charge was expected on a day that is over by UTC, and counts what time alone has changed. Whether
 * one is overdue is for its own zone to say.
 */
async function checkMandates(_run: DueRun, { table }: { table: Table }, now: Instant): Promise<Outcome> {
  const yesterday = plusDays(localDateOf(now, 'UTC'), -1);
  let overdue = 0;
  for (const day of daysBetween(plusDays(yesterday, -FURTHEST_BACK_DAYS), yesterday)) {
    for (const mandateId of await mandatesExpectedOn(table, day, MOST_OF_A_DAY)) {
      const mandate = await ageMandate(table, mandateId, now);
      if (mandate?.state !== 'missed' && mandate?.state !== 'lapsed') continue;
      const { campaignId, state, nextOn, skippedInARow } = mandate;
      log.warn('mandate overdue', { mandateId, campaignId, expectedOn: day, state, nextOn, skippedInARow });
      overdue += 1;
    }
  }
  count(METRICS.mandateOverdue, overdue);
  return { kind: 'checked', overdue };
}

export const definition: JobDefinition<{ table: Table }> = {
  name: 'check-mandates',
  open: () => ({ table: openTable() }),
  handle: checkMandates,
};
export const handler = jobFunction(definition);
