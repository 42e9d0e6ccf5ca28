import { listCampaigns } from '../campaigns/campaign-list.store.ts';
import { meaningOf } from '../campaigns/campaign-state.ts';
import { TransientError } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { type Instant, localDateOf, plusDays } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type DueRun, type JobDefinition, type JobOutcome, jobFunction } from '../platform/job.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openBatchWorkflow, type StartBatch } from './batch-workflow.gateway.ts';
import { findBatch, keepBatch } from './receipt-batch.store.ts';
import { MOST_CAMPAIGNS, type ReceiptBatch } from './receipt-batch.ts';
import { findReceiptSettings } from './receipt-settings.store.ts';
import type { ReceiptSettings } from './receipt-settings.ts';

export type IssueReceiptsUse = { readonly table: Table; readonly startBatch: StartBatch };

/** So long after its last day a campaign is still looked through: whoever asks later is served by a person. */
const LOOKED_AT_FOR_DAYS = 400;

/**
 * Starts the month's batches of every organisation of a tree that issues receipts, with all of its campaigns that have gifts. Their ids follow from
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
    for (const batch of await batchesOfRun(use.table, settings, campaignIds, dueAt, now)) {
      await use.startBatch(batch);
      batches += 1;
      campaigns += batch.campaignIds.length;
    }
  }
  return { kind: 'started', batches, campaigns };
}

/**
 * The batches of one run for one organisation, each of as many campaigns as one takes. Those that an earlier try kept are found by their ids and
 * stay as they were, whatever has opened since: that comes into batches behind them. Starting one that has been started does nothing.
 */
async function batchesOfRun(
  table: Table,
  { organisationId, policy }: ReceiptSettings,
  campaignIds: readonly string[],
  dueAt: Instant,
  now: Instant,
): Promise<ReceiptBatch[]> {
  const idOf = (place: number): string =>
    derivedId('receiptBatch', organisationId, 'issue-receipts', dueAt, String(place));
  const batches: ReceiptBatch[] = [];
  for (;;) {
    const before = await findBatch(table, idOf(batches.length));
    if (before === undefined) break;
    batches.push(before);
  }
  const taken = new Set(batches.flatMap((batch) => batch.campaignIds));
  const fresh = campaignIds.filter((campaignId) => !taken.has(campaignId)).sort();
  for (let start = 0; start < fresh.length; start += MOST_CAMPAIGNS) {
    const kept = await keepBatch(table, {
      type: 'receipt-batch',
      batchId: idOf(batches.length),
      organisationId,
      campaignIds: fresh.slice(start, start + MOST_CAMPAIGNS),
      policy,
      createdBy: 'issue-receipts',
      createdAt: now,
      attempts: 1,
    });
    // Another try of the same run is under way: the next one finds what both have kept.
    if ('kind' in kept) throw new TransientError(`the batches of ${organisationId} are being kept by another run`);
    batches.push(kept);
  }
  return batches;
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
