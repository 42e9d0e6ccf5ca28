import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import {
  type CampaignFiles,
  openCampaignFiles,
  readJsonFile,
  writeJsonFile,
} from '../closeout/campaign-files.gateway.ts';
import { reconciledDayFile, reconciliationFile } from '../closeout/closeout-partition.ts';
import { refundEntrySchema } from '../donations/refund-entry.ts';
import { type Instant, localDateOf, localDateSchema } from '../kernel/time.ts';
import { refundsOfCampaign } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type CloseoutDay, closeoutDaySchema } from './closeout-day.ts';
import { type BookedRefund, closeoutOf } from './closeout-days.ts';
import { BILL_ZONE, isBilled } from './reconciliation.ts';
import { recordFindings } from './reconciliation-item.store.ts';

const inputSchema = z.object({ campaignId: z.string(), billDays: z.array(localDateSchema) });
type Input = z.infer<typeof inputSchema>;
export type ReconcileUse = { readonly table: Table; readonly files: CampaignFiles };
type Outcome = {
  readonly kind: 'agrees' | 'differs';
  readonly discrepancies: number;
  /** Items that are open now, whenever they were found. */
  readonly open: number;
  readonly daysWithoutBill: number;
};

/**
 * Puts the reconciled days of a closeout together: keeps what the report needs in a file, and each discrepancy as an item for
 * people to settle; what was found before and agrees now is settled by itself.
 */
async function reconcileBills({ campaignId, billDays }: Input, use: ReconcileUse, now: Instant): Promise<Outcome> {
  const days: CloseoutDay[] = [];
  for (const day of billDays)
    days.push(closeoutDaySchema.parse(await readJsonFile(use.files, reconciledDayFile(campaignId, day))));
  const { report, findings, daysWithoutBill } = closeoutOf(days, await refundsIn(use.table, campaignId));
  await writeJsonFile(use.files, reconciliationFile(campaignId), report);
  const { organisationId } = (await readCampaign(use.table, campaignId)).proposal;
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: 'reconcile bills', now });
  const covered = new Set<string>(billDays);
  const foundBy = `the closeout's bills of ${billDays.at(0)} to ${billDays.at(-1)}`;
  const { open } = await recordFindings(
    table,
    { campaignId, organisationId, foundBy, now },
    findings,
    ({ day, provider, class: kind }) => covered.has(day) && isBilled(provider) && kind !== 'settlement-differs',
  );
  log.info('bills reconciled', { campaignId, days: billDays.length, discrepancies: findings.length, open });
  count(METRICS.reconciliationDiscrepancies, findings.length);
  return { kind: findings.length === 0 ? 'agrees' : 'differs', discrepancies: findings.length, open, daysWithoutBill };
}

/** What has gone back of this campaign's gifts by our books. Refunds are few; what came by another door stands in no bill. */
async function refundsIn(table: Table, campaignId: string): Promise<BookedRefund[]> {
  const refunds: BookedRefund[] = [];
  for await (const item of everyItem(table, refundsOfCampaign(campaignId))) {
    const { provider, merchantId, paymentId, orderNo, amountMinor, occurredAt } = refundEntrySchema.parse(item);
    if (!isBilled(provider)) continue;
    const day = localDateOf(occurredAt, BILL_ZONE);
    refunds.push({ provider, merchantId, paymentId, orderNo, campaignId, amountMinor, day });
  }
  return refunds;
}

export const definition: TaskDefinition<Input, ReconcileUse> = {
  name: 'reconcile-bills',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: reconcileBills,
};
export const handler = taskFunction(definition);
