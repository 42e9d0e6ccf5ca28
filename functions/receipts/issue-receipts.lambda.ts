import { listCampaigns } from '../campaigns/campaign-list.store.ts';
import { meaningOf } from '../campaigns/campaign-state.ts';
import { derivedId } from '../kernel/ids.ts';
import { type Instant, localDateOf, plusDays } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type DueRun, type JobDefinition, type JobOutcome, jobFunction } from '../platform/job.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openBatchWorkflow, type StartBatch } from './batch-workflow.gateway.ts';
import { keepBatch } from './receipt-batch.store.ts';
import { MOST_CAMPAIGNS } from './receipt-batch.ts';
import { findReceiptSettings } from './receipt-settings.store.ts';

export type IssueReceiptsUse = { readonly table: Table; readonly startBatch: StartBatch };

/** So long after its last day a campaign is still looked through: whoever asks later is served by a person. */
const LOOKED_AT_FOR_DAYS = 400;

/**
 * Starts the month's batch of every organisation of a tree that issues receipts, with all of its campaigns that have gifts. Their ids follow from
 * the run, so that it can be done again.
 */
async function issueReceipts(
  { organisationId, dueAt }: DueRun,
  use: IssueReceiptsUse,
  now: Instant,
): Promise<JobOutcome> {
  const root = organisationId === undefined ? undefined : await findOrganisation(use.table, organisationId);
  if (root === undefined) return { kind: 'no-organisation' };
  const byOrganisation = await campaignsByOrganisation(use.table, root.path, now);
  let batches = 0;
  let campaigns = 0;
  for (const [issuing, campaignIds] of byOrganisation) {
    const settings = await findReceiptSettings(use.table, issuing);
    if (settings === undefined) continue;
    const kept = await keepBatch(use.table, {
      type: 'receipt-batch',
      batchId: derivedId('receiptBatch', issuing, 'issue-receipts', dueAt),
      organisationId: issuing,
      campaignIds: campaignIds.slice(0, MOST_CAMPAIGNS).sort(),
      policy: settings.policy,
      createdBy: 'issue-receipts',
      createdAt: now,
      attempts: 1,
    });
    // Kept by an earlier try of this run, with campaigns as they were then.
    if ('kind' in kept) continue;
    await use.startBatch(kept);
    batches += 1;
    campaigns += kept.campaignIds.length;
  }
  return { kind: 'started', batches, campaigns };
}

async function campaignsByOrganisation(
  table: Table,
  path: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  let after: string | undefined;
  do {
    const page = await listCampaigns(table, { path, reach: 'and-below', status: undefined, after });
    for (const any of page?.campaigns ?? []) {
      if (any.kind !== 'campaign') continue;
      const { campaign } = any;
      const { window, organisationId } = campaign.proposal;
      const { hasOpened } = meaningOf(campaign.status) ?? { hasOpened: false };
      const isOpened = hasOpened === 'see-opened-at' ? campaign.openedAt != null : hasOpened;
      const isRecent = plusDays(window.lastDay, LOOKED_AT_FOR_DAYS) >= localDateOf(now, window.zone);
      if (isOpened && isRecent) found.set(organisationId, [...(found.get(organisationId) ?? []), campaign.campaignId]);
    }
    after = page?.next ?? undefined;
  } while (after !== undefined);
  return found;
}

export const definition: JobDefinition<IssueReceiptsUse> = {
  name: 'issue-receipts',
  open: () => ({ table: openTable(), startBatch: openBatchWorkflow() }),
  handle: issueReceipts,
};
export const handler = jobFunction(definition);
