import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { type CampaignFiles, openCampaignFiles, writeJsonFile } from '../closeout/campaign-files.gateway.ts';
import { reconciledDayFile } from '../closeout/closeout-partition.ts';
import { donationEntrySchema } from '../donations/donation-entry.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { sum } from '../kernel/money.ts';
import { type Instant, type LocalDate, localDateSchema } from '../kernel/time.ts';
import { donationEntryKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import { readMany, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { accountNameOf } from './account-day.ts';
import { movementsOfStatements } from './account-movements.ts';
import { billedAccounts, type FetchUse, fetchBills, openProviders } from './bill-fetching.gateway.ts';
import { importedBills, readBills } from './bill-files.gateway.ts';
import type { CloseoutDay } from './closeout-day.ts';
import { ordersNamed } from './day-books.store.ts';
import { type Compared, compareDay } from './day-comparison.store.ts';
import { type DayFunds, fundsOfDay } from './day-funds.ts';
import { closeoutBills } from './fetched-bills.ts';
import type { FundFlowLine } from './fund-flow-bill.ts';
import { isOfPayment, type TradeDay } from './fund-flow-check.ts';
import { isBilled } from './reconciliation.ts';
import type { ReadBills } from './statement.ts';

const inputSchema = z.object({ campaignId: z.string(), day: localDateSchema });
type Input = z.infer<typeof inputSchema>;
export type ReconcileDayUse = FetchUse & { readonly table: Table; readonly files: CampaignFiles };

/**
 * One Beijing day of a closeout: fetches the bills of every account of ours, holds the campaign's payments against them, and
 * keeps what it finds in a file. Repeated, it writes the same file from the same bills and books.
 */
async function reconcileDay(
  { campaignId, day }: Input,
  use: ReconcileDayUse,
  now: Instant,
): Promise<{ kind: string; day: LocalDate; findings: number }> {
  const { window } = (await readCampaign(use.table, campaignId)).proposal;
  const accounts = await billedAccounts(use);
  const fetched = await fetchBills({ folder: closeoutBills(campaignId), days: [day], now }, use);
  const brought = await importedBills(use.files, accounts, fetched, day);
  const files = [...fetched, ...brought.bills];
  const bills = await readBills(use.files, files);
  const campaigns = [{ campaignId, zone: window.zone }];
  const compared = await compareDay(use.table, bills, { day, campaigns, only: campaignId, accounts });
  const parts = compared.flatMap(({ parts: own }) => own);
  const findings = parts.flatMap((part) => part.findings).filter(({ class: kind }) => !kind.startsWith('refunded-'));
  const funds = await fundsOf(bills, compared, campaignId, use.table);
  const result: CloseoutDay = {
    day,
    hasBill: files.some(({ kind }) => kind === 'trade'),
    comparisons: compared.flatMap((one) => (one.hasBill ? one.parts.map(({ comparison }) => comparison) : [])),
    findings,
    refundLines: compared.flatMap(({ provider, merchantId, refundLines }) =>
      isBilled(provider) ? refundLines.map((line) => ({ provider, merchantId, line })) : [],
    ),
    strays: compared.flatMap(({ provider, strays }) => strays.map((paymentId) => `${provider} ${paymentId}`)),
    funds,
    movements: movementsOfStatements(bills.accounts, (account, paymentId) =>
      compared.some((one) => accountNameOf(one) === accountNameOf(account) && one.paymentIds.has(paymentId)),
    ),
    stated: compared.filter(({ hasBill }) => hasBill).map(accountNameOf),
    files: files.map(({ file }) => file),
    entriesMinor: sum(parts.map(({ comparison }) => comparison.entriesMinor)),
  };
  await writeJsonFile(use.files, reconciledDayFile(campaignId, day), result);
  const entries = parts.reduce((all, { comparison }) => all + comparison.entries, 0);
  log.info('a day reconciled', { campaignId, day, bills: files.length, entries, findings: findings.length });
  return { kind: 'compared', day, findings: findings.length };
}

/** What moved on each merchant's accounts, where the provider states it. */
async function fundsOf(
  { trades, funds }: ReadBills,
  compared: readonly Compared[],
  campaignId: string,
  table: Table,
): Promise<DayFunds[]> {
  const merchantIds = [...new Set([...trades, ...funds].map(({ merchantId }) => merchantId))].sort();
  return Promise.all(
    merchantIds.map(async (merchantId) => {
      const own = funds.filter((one) => one.merchantId === merchantId);
      const trade = trades.find((one) => one.merchantId === merchantId) ?? noTrade(merchantId, own[0]?.billDate);
      const payments = compared.find(
        (one) => one.provider === 'wechat-pay' && one.merchantId === merchantId,
      )?.paymentIds;
      const isOurs = await movementsOfCampaign(
        table,
        campaignId,
        trade,
        own.flatMap(({ lines }) => lines),
      );
      return fundsOfDay(trade, own, {
        line: ({ transactionId }) => payments?.has(transactionId) === true,
        movement: isOurs,
      });
    }),
  );
}

const noTrade = (merchantId: string, billDate: LocalDate = '2000-01-01' as LocalDate): TradeDay => ({
  merchantId,
  billDate,
  lines: [],
});

/**
 * Which movements without a line of the same day are the campaign's: by its order, by its payment, or, of refunds, perhaps,
 * since they name neither; what belongs to nobody's line is dropped where the days are put together.
 */
async function movementsOfCampaign(
  table: Table,
  campaignId: string,
  trade: TradeDay,
  movements: readonly FundFlowLine[],
): Promise<(line: FundFlowLine) => boolean> {
  const billed = new Set(trade.lines.map(({ transactionId }) => transactionId));
  const unbilled = movements.filter((line) => isOfPayment(line) && !billed.has(line.businessNo));
  const orders = await ordersNamed(
    table,
    unbilled.map(({ voucherNo }) => voucherNo),
  );
  const giftIds = unbilled.map(({ businessNo }) => giftIdOf({ provider: 'wechat-pay', paymentId: businessNo }));
  const items = await readMany(table, [...new Set(giftIds)].map(donationEntryKey));
  const booked = new Set(
    items
      .map((item) => donationEntrySchema.parse(item))
      .filter((entry) => entry.campaignId === campaignId)
      .map(({ paymentId }) => paymentId),
  );
  return (line) =>
    !isOfPayment(line) || booked.has(line.businessNo) || orders.get(line.voucherNo)?.campaignId === campaignId;
}

export const definition: TaskDefinition<Input, ReconcileDayUse> = {
  name: 'reconcile-day',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), ...openProviders() }),
  handle: reconcileDay,
};
export const handler = taskFunction(definition);
