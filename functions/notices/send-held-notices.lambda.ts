import type { Instant } from '../kernel/time.ts';
import { type JobDefinition, type JobOutcome, jobFunction } from '../platform/job.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { putBack } from './held-notice.store.ts';
import { openNoticeQueue, type QueueNotices } from './notice-queue.gateway.ts';

export type SendHeldUse = {
  readonly table: Table;
  readonly queueNotices: QueueNotices;
  readonly clockMs: () => number;
};

/** Of the function's 290 s; what is left then the next run takes, a quarter of an hour later. */
const WORKING_MS = 240_000;

/** Puts back into the queue whatever has waited for its time. */
async function sendHeld(_run: object, use: SendHeldUse, now: Instant): Promise<JobOutcome> {
  const began = use.clockMs();
  const { queued, isDone } = await putBack(use, now, () => use.clockMs() - began > WORKING_MS);
  return { kind: isDone ? 'all-put-back' : 'more-to-put-back', queued };
}

export const definition: JobDefinition<SendHeldUse> = {
  name: 'send-held-notices',
  open: () => ({ table: openTable(), queueNotices: openNoticeQueue(), clockMs: Date.now }),
  handle: sendHeld,
};
export const handler = jobFunction(definition);
