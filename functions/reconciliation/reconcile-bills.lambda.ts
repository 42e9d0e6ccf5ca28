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
import { disputeEntrySchema } from '../donations/dispute-entry.ts';
import { refundEntrySchema } from '../donations/refund-entry.ts';
import { type Instant, localDateSchema } from '../kernel/time.ts';
import { disputesOfCampaign, refundsOfCampaign } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { accountNameOf } from './account-day.ts';
import { type CloseoutDay, closeoutDaySchema } from './closeout-day.ts';
import { type BookedRefund, closeoutOf, type DisputedPayment } from './closeout-days.ts';
import { refundInBooks } from './day-books.store.ts';
import { isBilled, SILENT_WITHOUT_MOVEMENT } from './reconciliation.ts';
import { recordFindings } from './reconciliation-item.store.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';

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
  const refunds = await refundsIn(use.table, campaignId);
  const disputes = await disputesIn(use.table, campaignId);
  const { report, findings, daysWithoutBill } = closeoutOf(days, refunds, disputes);
  await writeJsonFile(use.files, reconciliationFile(campaignId), report);
  const { organisationId } = (await readCampaign(use.table, campaignId)).proposal;
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: 'reconcile bills', now });
  const covered = new Set<string>(billDays);
  // Where there was no statement, nothing was compared, and nothing that was found before agrees by now.
  const stated = new Set(days.flatMap((one) => one.stated.map((account) => `${account} ${one.day}`)));
  const isCompared = (item: ReconciliationItem): boolean =>
    item.class === 'bill-missing' ||
    SILENT_WITHOUT_MOVEMENT.has(item.provider) ||
    stated.has(`${accountNameOf(item)} ${item.day}`);
  const foundBy = `the closeout's bills of ${billDays.at(0)} to ${billDays.at(-1)}`;
  const { open } = await recordFindings(
    table,
    { campaignId, organisationId, foundBy, now },
    findings,
    (item) =>
      covered.has(item.day) && isBilled(item.provider) && item.class !== 'settlement-differs' && isCompared(item),
  );
  log.info('bills reconciled', { campaignId, days: billDays.length, discrepancies: findings.length, open });
  count(METRICS.reconciliationDiscrepancies, findings.length);
  return { kind: findings.length === 0 ? 'agrees' : 'differs', discrepancies: findings.length, open, daysWithoutBill };
}

/** What has gone back of this campaign's gifts by our books. Refunds are few; what came by another door stands in no bill. */
async function refundsIn(table: Table, campaignId: string): Promise<BookedRefund[]> {
  const refunds: BookedRefund[] = [];
  for await (const item of everyItem(table, refundsOfCampaign(campaignId))) {
    const refund = refundEntrySchema.parse(item);
    const { provider, merchantId, paymentId, orderNo, currency } = refund;
    if (!isBilled(provider)) continue;
    refunds.push({ provider, merchantId, paymentId, orderNo, campaignId, currency, ...refundInBooks(refund) });
  }
  return refunds;
}

/** Disputes of this campaign's gifts, each once, however far it has come. */
async function disputesIn(table: Table, campaignId: string): Promise<DisputedPayment[]> {
  const disputes = new Map<string, DisputedPayment>();
  for await (const item of everyItem(table, disputesOfCampaign(campaignId))) {
    const { provider, merchantId, paymentId, orderNo, disputeId, amountMinor, currency } =
      disputeEntrySchema.parse(item);
    const about = { provider, merchantId, paymentId, orderNo, campaignId, disputeId, amountMinor, currency };
    disputes.set(`${provider} ${disputeId} ${amountMinor}`, about);
  }
  return [...disputes.values()];
}

export const definition: TaskDefinition<Input, ReconcileUse> = {
  name: 'reconcile-bills',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: reconcileBills,
};
export const handler = taskFunction(definition);
