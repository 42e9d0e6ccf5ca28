import { type Instant, localDateOf } from '../kernel/time.ts';
import { type DueRun, type JobDefinition, type JobOutcome, jobFunction } from '../platform/job.ts';
import { receiptSeriesSince } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { receiptSeriesSchema } from './receipt.ts';
import { readSeriesProblems } from './register.store.ts';

/** The zone in which the year is counted here: a day more or less only means a series more. */
const ZONE = 'Asia/Shanghai';

/** Goes through the registers of this year and the last one, and rings where a number is missing or double or a sum does not agree. */
async function checkReceiptSeries(_run: DueRun, { table }: { table: Table }, now: Instant): Promise<JobOutcome> {
  const thisYear = Number(localDateOf(now, ZONE).slice(0, 4));
  const figures = { series: 0, broken: 0 };
  for await (const item of everyItem(table, receiptSeriesSince(thisYear - 1))) {
    const { organisationId, year } = receiptSeriesSchema.parse(item);
    figures.series += 1;
    if ((await readSeriesProblems(table, organisationId, year)).length === 0) continue;
    // Something may have become void while it was read: what is wrong stays wrong.
    const problems = await readSeriesProblems(table, organisationId, year);
    if (problems.length === 0) continue;
    figures.broken += 1;
    count(METRICS.receiptSeriesBroken);
    const [first] = problems;
    log.error('a series of receipts does not hold', {
      organisationId,
      year,
      problems: problems.length,
      rule: first?.rule,
      about: first?.about,
    });
  }
  return { kind: 'checked', ...figures };
}

export const definition: JobDefinition<{ table: Table }> = {
  name: 'check-receipt-series',
  open: () => ({ table: openTable() }),
  handle: checkReceiptSeries,
};
export const handler = jobFunction(definition);
