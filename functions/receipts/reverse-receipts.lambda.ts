import * as z from 'zod';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { TransientError } from '../kernel/errors.ts';
import { type Instant, instantSchema, type LocalDate, localDateSchema, plusDays } from '../kernel/time.ts';
import { realPatience } from '../matching/patience.ts';
import { openNoticeQueue } from '../notices/notice-queue.gateway.ts';
import { type DueRun, type JobDefinition, type JobOutcome, jobFunction } from '../platform/job.ts';
import { sweepKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { reverseRefundsOf, type SweepUse } from './refund-sweep.store.ts';

const SWEEP = 'reverse-receipts';
/** Receipts looked at in one run: even if each of them is reversed, at 30 ms, that is 4 of the function's 5 minutes. */
const MOST_RECEIPTS = 8_000;

/** The day from which everything before is done, and where a run stopped that had too much to do. */
const positionSchema = z.object({
  day: localDateSchema,
  at: z.object({ day: localDateSchema, after: z.string() }).optional(),
  /** Receipts that could not be reversed since `day`: it is begun there again. */
  failed: z.number().int().default(0),
  /** When the run began that was the last to do everything: what it had issued by then is announced. */
  doneAt: instantSchema.optional(),
});
type Position = z.infer<typeof positionSchema>;

/**
 * Takes receipts back whose gifts were refunded since. Looks through the days from the one before that it came to last, because a refund that was
 * recorded at midnight may not have been in the index yet. The day it has come to moves only when everything before is done.
 */
async function reverseReceipts(_run: DueRun, use: SweepUse, now: Instant): Promise<JobOutcome> {
  const today = now.slice(0, 'YYYY-MM-DD'.length) as LocalDate;
  const position = await readPosition(use.table, today);
  const sum = { lookedAt: 0, reversed: 0, failed: 0 };
  let left = MOST_RECEIPTS;
  const mayGoOn = (receipts: number): boolean => {
    left -= receipts;
    return left > 0;
  };
  let at: { readonly day: LocalDate; readonly after?: string | undefined } = position.at ?? {
    day: plusDays(position.day, -1),
  };
  for (; at.day <= today; at = { day: plusDays(at.day, 1) }) {
    const { after, ...figures } = await reverseRefundsOf(use, { ...at, since: position.doneAt }, SWEEP, now, mayGoOn);
    sum.lookedAt += figures.lookedAt;
    sum.reversed += figures.reversed;
    sum.failed += figures.failed;
    if (after === undefined) continue;
    await keep(use.table, { ...position, at: { day: at.day, after }, failed: position.failed + sum.failed });
    return { kind: 'more', ...sum };
  }
  const failed = position.failed + sum.failed;
  const isDone = failed === 0;
  await keep(use.table, {
    day: isDone ? today : position.day,
    failed: 0,
    doneAt: isDone ? now : position.doneAt,
  });
  if (failed > 0) throw new TransientError(`${failed} receipts of refunded gifts could not be reversed`);
  return { kind: 'reversed', ...sum };
}

async function readPosition(table: Table, today: LocalDate): Promise<Position> {
  const item = await table.get(sweepKey(SWEEP));
  return item === undefined ? { day: today, failed: 0 } : positionSchema.parse(item);
}

async function keep(table: Table, position: Position): Promise<void> {
  await table.write({ put: { ...sweepKey(SWEEP), type: 'sweep', ...position } });
}

export const definition: JobDefinition<SweepUse> = {
  name: SWEEP,
  open: () => ({ table: openTable(), readDonorKey, queueNotices: openNoticeQueue(), patience: realPatience }),
  handle: reverseReceipts,
};
export const handler = jobFunction(definition);
