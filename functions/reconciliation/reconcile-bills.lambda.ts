import * as z from 'zod';
import { entriesOf } from '../closeout/booked-gifts.store.ts';
import {
  type CampaignFiles,
  openCampaignFiles,
  readJsonFile,
  writeJsonFile,
} from '../closeout/campaign-files.gateway.ts';
import { partitionSchema, reconciliationFile } from '../closeout/closeout-partition.ts';
import { donationIntentSchema } from '../donations/donation-intent.ts';
import { refundEntrySchema } from '../donations/refund-entry.ts';
import { add, type Minor, ZERO } from '../kernel/money.ts';
import { intentKey, refundsOfCampaign } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, LARGEST_BATCH_READ, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { paymentBills, type ReadBills, readBills } from './bill-files.gateway.ts';
import { fetchedBillsSchema } from './fetched-bills.ts';
import { checkFunds, isOfPayment } from './fund-flow-check.ts';
import { BILLED_PROVIDERS, type BookedPayment, reconcile } from './reconciliation.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  partitions: z.array(partitionSchema),
  /** The file that lists the bills. */
  bills: z.string(),
});
type Input = z.infer<typeof inputSchema>;
export type ReconcileUse = { readonly table: Table; readonly files: CampaignFiles };

/** Compares our entries with the providers' bills, payment by payment, and the bills with each other, and keeps the result in a file. */
async function reconcileBills(
  { campaignId, partitions, bills }: Input,
  use: ReconcileUse,
): Promise<{ kind: string; discrepancies: number }> {
  const booked = await bookedPayments(use.table, campaignId, partitions);
  const fetched = fetchedBillsSchema.parse(await readJsonFile(use.files, bills));
  const read = await readBills(use.files, fetched.bills);
  const ours = await ordersOfCampaign(use.table, campaignId, booked, read);
  const isOurOrder = (orderNo: string): boolean => ours.has(orderNo);
  const payments = reconcile(booked, paymentBills(read), isOurOrder);
  const known = new Set(booked.map(({ paymentId }) => paymentId));
  const isOurs = ({ transactionId, orderNo }: BilledNumbers): boolean => known.has(transactionId) || ours.has(orderNo);
  const { discrepancies: movements, funds } = checkFunds({ ...read, days: fetched.days }, isOurs, isOurOrder);
  const discrepancies = [...payments.discrepancies, ...movements];
  await writeJsonFile(use.files, reconciliationFile(campaignId), { bills: payments.bills, discrepancies, funds });
  log.info('bills reconciled', {
    campaignId,
    bills: fetched.bills.length,
    entries: booked.length,
    discrepancies: discrepancies.length,
  });
  count(METRICS.reconciliationDiscrepancies, discrepancies.length);
  return { kind: discrepancies.length === 0 ? 'agrees' : 'differs', discrepancies: discrepancies.length };
}

type BilledNumbers = { readonly transactionId: string; readonly orderNo: string };

/** Our entries that a bill can know of; what came by another door stands in none. */
async function bookedPayments(
  table: Table,
  campaignId: string,
  partitions: Input['partitions'],
): Promise<BookedPayment[]> {
  const refunded = new Map<string, Minor>();
  for await (const item of everyItem(table, refundsOfCampaign(campaignId))) {
    const { giftId, amountMinor } = refundEntrySchema.parse(item);
    refunded.set(giftId, add(refunded.get(giftId) ?? ZERO, amountMinor));
  }
  const booked: BookedPayment[] = [];
  for (const partition of partitions) {
    for await (const entry of entriesOf(table, campaignId, partition)) {
      const { giftId, paymentId, merchantId, orderNo, amountMinor, occurredAt } = entry;
      const provider = BILLED_PROVIDERS.find((one) => one === entry.provider);
      if (provider === undefined) continue;
      const refundedMinor = refunded.get(giftId) ?? ZERO;
      booked.push({ provider, paymentId, merchantId, orderNo, amountMinor, refundedMinor, occurredAt });
    }
  }
  return booked;
}

/** Which orders that we have no entry for are this campaign's all the same: asked only for lines that we did not book. */
async function ordersOfCampaign(
  table: Table,
  campaignId: string,
  booked: readonly BookedPayment[],
  { trades, funds, alipay }: ReadBills,
): Promise<Set<string>> {
  const known = new Set(booked.map((payment) => payment.paymentId));
  const lines = [
    ...trades.flatMap((day) => day.lines),
    ...alipay.flatMap((bill) => bill.lines),
    ...funds
      .flatMap((day) => day.lines)
      .filter(isOfPayment)
      .map((line) => ({ transactionId: line.businessNo, orderNo: line.voucherNo })),
  ].filter((line) => line.orderNo !== '' && !known.has(line.transactionId));
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
