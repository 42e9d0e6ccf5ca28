import * as z from 'zod';
import { donationIntentSchema } from '../donations/donation-intent.ts';
import { PermanentError } from '../kernel/errors.ts';
import { localDateSchema } from '../kernel/time.ts';
import { intentKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { LARGEST_BATCH_READ, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { entriesOf } from './booked-gifts.store.ts';
import { type CampaignFiles, openCampaignFiles, writeJsonFile } from './campaign-files.gateway.ts';
import { partitionSchema, reconciliationFile } from './closeout-partition.ts';
import { type Bill, type BookedPayment, reconcile } from './reconciliation.ts';
import { parseTradeBill } from './trade-bill.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  partitions: z.array(partitionSchema),
  bills: z.array(z.object({ billDate: localDateSchema, merchantId: z.string(), file: z.string() })),
});
type Input = z.infer<typeof inputSchema>;
export type ReconcileUse = { readonly table: Table; readonly files: CampaignFiles };

/** Compares our entries with the provider's bills, payment by payment, and keeps the result in a file. */
async function reconcileBills(
  { campaignId, partitions, bills }: Input,
  use: ReconcileUse,
): Promise<{ kind: string; discrepancies: number }> {
  const booked: BookedPayment[] = [];
  for (const partition of partitions) {
    for await (const entry of entriesOf(use.table, campaignId, partition)) {
      const { provider, paymentId, merchantId, orderNo, amountMinor, occurredAt } = entry;
      // The bills are WeChat Pay's; what came by another door stands in none of them.
      if (provider === 'wechat-pay') booked.push({ paymentId, merchantId, orderNo, amountMinor, occurredAt });
    }
  }
  const read = await Promise.all(bills.map((bill) => readBill(use.files, bill)));
  const ours = await ordersOfCampaign(use.table, campaignId, booked, read);
  const result = reconcile(booked, read, (orderNo) => ours.has(orderNo));
  await writeJsonFile(use.files, reconciliationFile(campaignId), result);
  log.info('bills reconciled', {
    campaignId,
    bills: read.length,
    entries: booked.length,
    discrepancies: result.discrepancies.length,
  });
  count(METRICS.reconciliationDiscrepancies, result.discrepancies.length);
  return { kind: result.discrepancies.length === 0 ? 'agrees' : 'differs', discrepancies: result.discrepancies.length };
}

async function readBill(files: CampaignFiles, { billDate, merchantId, file }: Input['bills'][number]): Promise<Bill> {
  const bill = parseTradeBill(await files.read(file));
  if (bill.kind === 'refused') throw new PermanentError(`the bill of ${billDate} cannot be used: ${bill.reason}`);
  return { provider: 'wechat-pay', merchantId, billDate, lines: bill.lines };
}

/** Which orders that we have no entry for are this campaign's all the same: asked only for lines that we did not book. */
async function ordersOfCampaign(
  table: Table,
  campaignId: string,
  booked: readonly BookedPayment[],
  bills: readonly Bill[],
): Promise<Set<string>> {
  const known = new Set(booked.map((payment) => payment.paymentId));
  const lines = bills.flatMap((bill) => bill.lines).filter((line) => !known.has(line.transactionId));
  const orderNos = [...new Set(lines.map((line) => line.orderNo))];
  const ours = new Set<string>();
  for (let start = 0; start < orderNos.length; start += LARGEST_BATCH_READ) {
    const intents = await table.getMany(orderNos.slice(start, start + LARGEST_BATCH_READ).map(intentKey));
    for (const item of intents) {
      const intent = donationIntentSchema.parse(item);
      if (intent.campaignId === campaignId) ours.add(intent.orderNo);
    }
  }
  return ours;
}

export const definition: TaskDefinition<Input, ReconcileUse> = {
  name: 'reconcile-bills',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: reconcileBills,
};
export const handler = taskFunction(definition);
