import * as z from 'zod';
import { localDateSchema } from '../kernel/time.ts';
import { campaignTotalsKey, totalsOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';

const whole = z.number().int();
const sums = {
  gifts: whole,
  /** Gross: what was given, refunds not taken off. */
  amountMinor: whole,
  /** Net: what was matched, less what went back. */
  matchMinor: whole,
  refundedMinor: whole.default(0),
};

/** Totals of a campaign: projections that the allocation keeps, rebuildable from the entries at any time. */
const totalsItemSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('campaign-totals'),
    ...sums,
    donors: whole,
    /** Gifts whose match is above zero now. */
    matchedGifts: whole,
    /** Gifts that went back whole. */
    refundedGifts: whole.default(0),
    /** Gifts whose match is held and waits for a person. */
    heldGifts: whole.default(0),
    /** What sponsors give beside single gifts: challenges that were met, sums split over the units. */
    lumpMinor: whole.default(0),
  }),
  z.object({ type: z.literal('unit-totals'), unitId: z.string(), ...sums }),
  z.object({ type: z.literal('day-totals'), day: localDateSchema, ...sums }),
]);

export type Sums = {
  readonly gifts: number;
  readonly amountMinor: number;
  readonly matchMinor: number;
  readonly refundedMinor: number;
};
export type CampaignSums = Sums & {
  readonly donors: number;
  readonly matchedGifts: number;
  readonly refundedGifts: number;
  readonly heldGifts: number;
  readonly lumpMinor: number;
};
export type CampaignTotals = {
  readonly campaign: CampaignSums;
  readonly units: ReadonlyMap<string, Sums>;
  readonly days: ReadonlyMap<string, Sums>;
};

export const NO_SUMS: Sums = { gifts: 0, amountMinor: 0, matchMinor: 0, refundedMinor: 0 };
const NO_CAMPAIGN_SUMS: CampaignSums = {
  ...NO_SUMS,
  donors: 0,
  matchedGifts: 0,
  refundedGifts: 0,
  heldGifts: 0,
  lumpMinor: 0,
};

/** Reads what the projections say now; zeros where nothing has been counted yet. */
export async function readTotals(table: Table, campaignId: string): Promise<CampaignTotals> {
  let campaign = NO_CAMPAIGN_SUMS;
  const units = new Map<string, Sums>();
  const days = new Map<string, Sums>();
  for await (const item of everyItem(table, totalsOfCampaign(campaignId))) {
    const totals = totalsItemSchema.parse(item);
    const { gifts, amountMinor, matchMinor, refundedMinor } = totals;
    const plain = { gifts, amountMinor, matchMinor, refundedMinor };
    if (totals.type === 'campaign-totals') campaign = { ...plain, ...campaignOnly(totals) };
    else if (totals.type === 'unit-totals') units.set(totals.unitId, plain);
    else days.set(totals.day, plain);
  }
  return { campaign, units, days };
}

/** How many gifts of a campaign have a match that waits for a person. */
export async function heldGiftsOf(table: Table, campaignId: string): Promise<number> {
  const item = await table.get(campaignTotalsKey(campaignId));
  const totals = item === undefined ? undefined : totalsItemSchema.parse(item);
  return totals?.type === 'campaign-totals' ? totals.heldGifts : 0;
}

const campaignOnly = (sums: Omit<CampaignSums, keyof Sums>) => ({
  donors: sums.donors,
  matchedGifts: sums.matchedGifts,
  refundedGifts: sums.refundedGifts,
  heldGifts: sums.heldGifts,
  lumpMinor: sums.lumpMinor,
});
