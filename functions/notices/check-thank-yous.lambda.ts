import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { dueAt } from '../campaigns/campaign-calendar.ts';
import type { Instant } from '../kernel/time.ts';
import { plusSeconds, SECONDS_PER_DAY } from '../kernel/time.ts';
import { journalLines } from '../matching/matching-pool.store.ts';
import { noticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import { LARGEST_BATCH_READ, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { noticeSchema, THANK_YOU } from './notice.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type ThankYouCount = {
  readonly due: number;
  readonly sent: number;
  readonly undeliverable: number;
  readonly uncertain: number;
  readonly waiting: number;
};

/** The closeout does not wait longer than this for mails: what is left is in the report and on a person's desk. */
const PATIENCE_SECONDS = SECONDS_PER_DAY;

/** Counts what became of every thank-you of a campaign. Closing waits while some have not been tried, for a day at most. */
async function checkThankYous(
  { campaignId }: Input,
  use: { table: Table },
  now: Instant,
): Promise<{ kind: string } & ThankYouCount> {
  const { proposal, cancellation } = await readCampaign(use.table, campaignId);
  const counted = await countThankYous(use.table, campaignId);
  log.info('thank-yous counted', { campaignId, ...counted });
  if (counted.waiting === 0) return { kind: 'drained', ...counted };
  const settledAt = dueAt('settling', proposal.window, cancellation?.at);
  return { kind: now > plusSeconds(settledAt, PATIENCE_SECONDS) ? 'given-up' : 'waiting', ...counted };
}

async function countThankYous(table: Table, campaignId: string): Promise<ThankYouCount> {
  const states = { due: 0, sent: 0, undeliverable: 0, sending: 0 };
  let batch: string[] = [];
  async function countBatch(): Promise<void> {
    const notices = await table.getMany(batch.map((giftId) => noticeKey(giftId, THANK_YOU)));
    for (const notice of notices) states[noticeSchema.parse(notice).state] += 1;
    states.due += batch.length;
    batch = [];
  }
  for await (const line of journalLines(table, campaignId)) {
    if (line.thankYouDue) batch.push(line.giftId);
    if (batch.length === LARGEST_BATCH_READ) await countBatch();
  }
  if (batch.length > 0) await countBatch();
  const { due, sent, undeliverable, sending } = states;
  return { due, sent, undeliverable, uncertain: sending, waiting: due - sent - undeliverable - sending };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'check-thank-yous',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: checkThankYous,
};
export const handler = taskFunction(definition);
