import { PermanentError, type Refusal, refuse, ThrottledError, TransientError } from '../kernel/errors.ts';
import { type Patience, pauseBefore } from '../matching/patience.ts';
import { receiptSeriesKey } from '../platform/keys.ts';
import { LARGEST_TRANSACTION, type Table, type TransactWrite } from '../platform/table.ts';
import { headUpdate, type ReceiptSeries, receiptSeriesSchema } from './receipt.ts';

export type SeriesUse = { readonly table: Table; readonly patience: Patience };
export type SeriesId = { readonly organisationId: string; readonly year: number; readonly code: string };

/** What of a transaction is left beside a series' head and, for who writes through an audited table, the trail's two items. */
export const LARGEST_STEP = LARGEST_TRANSACTION - 3;
/** 票据号码 has ten digits; a series that long is a mistake. */
const LAST_NUMBER = 9_999_999_999;

export async function findSeries(
  table: Table,
  organisationId: string,
  year: number,
): Promise<ReceiptSeries | undefined> {
  const item = await table.get(receiptSeriesKey(organisationId, year));
  return item === undefined ? undefined : receiptSeriesSchema.parse(item);
}

/** What is to be written together with the series, and what comes of it. No writes: there is nothing to do. */
export type SeriesStep<T> = {
  readonly writes: readonly TransactWrite[];
  readonly change: Parameters<typeof headUpdate>[2];
  readonly value: T;
};
/** Plans a step anew at each attempt, from what it reads then: what another has done meanwhile, or we did without hearing of it, it finds done. */
export type PlanStep<T> = (next: {
  readonly number: number;
  readonly code: string;
}) => Promise<SeriesStep<T> | Refusal>;

/**
 * Writes receipts and the numbers that they take in one transaction, so that a number is taken exactly when its receipt is there: no crash
 * leaves a gap, and no two receipts share one. The head of the series is guarded by its last number. Whoever meets another writer, or
 * gets no answer, looks again and plans again. Throws TransientError when that does not get through.
 */
export async function writeInSeries<T>(use: SeriesUse, series: SeriesId, plan: PlanStep<T>): Promise<T | Refusal> {
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0)
      await pauseBefore(attempt, use.patience, `series ${series.organisationId} ${series.year} stayed busy`);
    const head = await findSeries(use.table, series.organisationId, series.year);
    const step = await plan({ number: (head?.issued ?? 0) + 1, code: head?.code ?? series.code });
    if (isRefusal(step)) return step;
    if (step.writes.length === 0) return step.value;
    const problem = impossible(head, step);
    if (problem !== undefined) return problem;
    if (await isWritten(use.table, [headUpdate(head, series, step.change), ...step.writes])) return step.value;
  }
}

const isRefusal = <T>(step: SeriesStep<T> | Refusal): step is Refusal => 'kind' in step && step.kind === 'refused';

function impossible<T>(head: ReceiptSeries | undefined, { writes, change }: SeriesStep<T>): Refusal | undefined {
  if (writes.length > LARGEST_STEP)
    throw new PermanentError(`${writes.length} writes are more than one step of a series`);
  return (head?.issued ?? 0) + (change.numbers ?? 0) > LAST_NUMBER
    ? refuse('series-full', `A series ends with number ${LAST_NUMBER}.`)
    : undefined;
}

/** Whether it is there. An answer that got lost leaves that open: then the next plan sees it. */
async function isWritten(table: Table, writes: readonly TransactWrite[]): Promise<boolean> {
  try {
    const outcome = await table.transact(writes);
    if (outcome.kind === 'committed') return true;
    if (outcome.reasons.includes('invalid')) throw new PermanentError('the store calls a receipt invalid');
    return false;
  } catch (error) {
    if (error instanceof TransientError || error instanceof ThrottledError) return false;
    throw error;
  }
}
