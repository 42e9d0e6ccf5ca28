import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import type { Instant } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { matchEntryKey, receiptsOfSeries, receiptWaiversOfSeries } from '../../functions/platform/keys.ts';
import type { MemoryTable } from '../../functions/platform/table.memory.ts';
import { everyItem, type Table } from '../../functions/platform/table.ts';
import type { Issuer, ReceiptAbout } from '../../functions/receipts/issuing.ts';
import {
  type Receipt,
  type ReceiptWaiver,
  receiptSchema,
  receiptWaiverSchema,
} from '../../functions/receipts/receipt.ts';
import { findSeries } from '../../functions/receipts/receipt-series.store.ts';
import { type ReceiptSettings, receiptSettingsSchema } from '../../functions/receipts/receipt-settings.ts';
import { seriesProblems } from '../../functions/receipts/series-problems.ts';
import { CAMPAIGN, hurried, openCampaignPool, record } from '../matching/money-path.ts';

export const ORGANISATION = 'dazhou';
/** A code with a right check character. */
export const CREDIT_CODE = '91350100M000100Y43';

/** What is saved in most tests. */
export const SETTINGS_REQUEST = {
  codePrefix: '510101',
  creditCode: CREDIT_CODE,
  reviewer: '陈复核',
  handler: '李经手',
  project: { code: '103050101', name: '公益性捐赠收入' },
  goodsProject: { code: '103050102', name: '物资捐赠' },
  policy: 'identified',
} as const;

export const settings = (changes: object = {}): ReceiptSettings =>
  receiptSettingsSchema.parse({
    type: 'receipt-settings',
    organisationId: ORGANISATION,
    ...SETTINGS_REQUEST,
    version: 1,
    savedBy: 'finance-chen',
    updatedAt: '2026-09-01T00:00:00Z',
    ...changes,
  });

export const issuer = (now: Instant, by = 'finance-chen', changes: object = {}): Issuer => ({
  settings: settings(changes),
  organisationName: '达州市红十字会',
  secret: 'donor key of the test',
  by,
  now,
});

export const about = (name = '王芳', changes: Partial<ReceiptAbout> = {}): ReceiptAbout => ({
  payer: { name },
  campaignTitle: '困难党员帮扶计划',
  generatedData: false,
  ...changes,
});

/** Puts gifts into the books of the test's campaign, counted. */
export async function giveAll(table: Table, entries: readonly DonationEntry[], now: Instant): Promise<void> {
  await openCampaignPool(table, { poolMinor: 10_000_000 });
  await record(table, entries);
  await allocateGifts(table, CAMPAIGN, entries, now, hurried);
}

/** Counts a gift without a pool, for tests that are not about matching. */
export async function countAgain(table: Table, from: string, giftId: string): Promise<void> {
  const match = await table.get(matchEntryKey(from));
  if (match === undefined) throw new Error(`gift ${from} is not counted`);
  await table.write({ put: { ...match, ...matchEntryKey(giftId), giftId } });
}

export async function register(table: Table, year = 2026): Promise<{ receipts: Receipt[]; waivers: ReceiptWaiver[] }> {
  const receipts: Receipt[] = [];
  for await (const item of everyItem(table, receiptsOfSeries(ORGANISATION, year)))
    receipts.push(receiptSchema.parse(item));
  const waivers: ReceiptWaiver[] = [];
  for await (const item of everyItem(table, receiptWaiversOfSeries(ORGANISATION, year)))
    waivers.push(receiptWaiverSchema.parse(item));
  return { receipts, waivers };
}

/** What of the series does not hold. */
export async function problems(table: MemoryTable | Table, year = 2026) {
  const { receipts, waivers } = await register(table, year);
  return seriesProblems(await findSeries(table, ORGANISATION, year), receipts, waivers);
}
