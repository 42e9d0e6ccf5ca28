import * as z from 'zod';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { realPatience } from '../matching/patience.ts';
import { openNoticeQueue } from '../notices/notice-queue.gateway.ts';
import { openTable } from '../platform/open-table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type BatchUse, issueCampaign } from './issue-batch.store.ts';
import { findIssuer } from './issuer.store.ts';
import { findBatch } from './receipt-batch.store.ts';

const inputSchema = z.object({ batchId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type IssueBatchUse = BatchUse & { readonly readDonorKey: () => Promise<string> };

/**
 * Pages of 96 gifts in one call: 3,840 gifts, some 15 s where a page takes 0.4 s, and under the 300 s of the function even at fifteen times that.
 * A million gifts are 261 calls, 2,000 of the 25,000 events that one execution may have.
 */
const PAGES_AT_ONCE = 40;

/** Goes on with a batch: campaign after campaign, one writer, because all of them take their numbers from one series. */
async function issueBatch(
  { batchId }: Input,
  use: IssueBatchUse,
  now: Instant,
): Promise<{ kind: 'more' | 'finished' }> {
  const batch = await findBatch(use.table, batchId);
  if (batch === undefined) throw new PermanentError(`there is no batch ${batchId}`);
  const secret = await use.readDonorKey();
  const issuer = await findIssuer(use.table, batch.organisationId, { secret, by: batchId, now });
  if (issuer === undefined) throw new PermanentError(`${batch.organisationId} has not said what its receipts say`);
  let pages = 0;
  const mayGoOn = (): boolean => {
    pages += 1;
    return pages <= PAGES_AT_ONCE;
  };
  for (const campaignId of batch.campaignIds)
    if ((await issueCampaign(use, issuer, batch, campaignId, mayGoOn)) === 'more') return { kind: 'more' };
  return { kind: 'finished' };
}

export const definition: TaskDefinition<Input, IssueBatchUse> = {
  name: 'issue-receipt-batch',
  input: inputSchema,
  open: () => ({ table: openTable(), readDonorKey, queueNotices: openNoticeQueue(), patience: realPatience }),
  handle: issueBatch,
};
export const handler = taskFunction(definition);
