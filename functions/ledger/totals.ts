import * as z from 'zod';
import { localDateSchema } from '../kernel/time.ts';
import { totalsOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';

const sums = { gifts: z.number().int(), amountMinor: z.number().int(), matchMinor: z.number().int() };

/** Totals of a campaign: projections that the allocation keeps, rebuildable from the entries at any time. */
const totalsItemSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('campaign-totals'), ...sums, donors: z.number().int(), matchedGifts: z.number().int() }),
  z.object({ type: z.literal('unit-totals'), unitId: z.string(), ...sums }),
  z.object({ type: z.literal('day-totals'), day: localDateSchema, ...sums }),
]);

export type Sums = { readonly gifts: number; readonly amountMinor: number; readonly matchMinor: number };
export type CampaignTotals = {
  readonly campaign: Sums & { readonly donors: number; readonly matchedGifts: number };
  readonly units: ReadonlyMap<string, Sums>;
  readonly days: ReadonlyMap<string, Sums>;
};

/** Reads what the projections say now; zeros where nothing has been counted yet. */
export async function readTotals(table: Table, campaignId: string): Promise<CampaignTotals> {
  let campaign: CampaignTotals['campaign'] = { gifts: 0, amountMinor: 0, matchMinor: 0, donors: 0, matchedGifts: 0 };
  const units = new Map<string, Sums>();
  const days = new Map<string, Sums>();
  for await (const item of everyItem(table, totalsOfCampaign(campaignId))) {
    const totals = totalsItemSchema.parse(item);
    const { gifts, amountMinor, matchMinor } = totals;
    if (totals.type === 'campaign-totals')
      campaign = { gifts, amountMinor, matchMinor, donors: totals.donors, matchedGifts: totals.matchedGifts };
    else if (totals.type === 'unit-totals') units.set(totals.unitId, { gifts, amountMinor, matchMinor });
    else days.set(totals.day, { gifts, amountMinor, matchMinor });
  }
  return { campaign, units, days };
}
