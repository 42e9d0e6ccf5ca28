import * as z from 'zod';
import { localDateSchema } from '../kernel/time.ts';
import { campaignTotalsKey, teamTotalsKey, teamTotalsOfCampaign, totalsOfCampaign } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';

const whole = z.number().int();
const sums = {
  gifts: whole,
  /** Gross: what was given, refunds not taken off. */
  amountMinor: whole,
  /** Net: what was matched, less what went back. */
  matchMinor: whole,
  refundedMinor: whole.default(0),
  /** What of `amountMinor` was goods, at their assessed value: who shows money takes it off. */
  goodsMinor: whole.default(0),
  /** What of `refundedMinor` was goods that went back. */
  goodsBackMinor: whole.default(0),
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
const teamTotalsSchema = z.object({ type: z.literal('team-totals'), teamId: z.string(), ...sums });

export type Sums = {
  readonly gifts: number;
  readonly amountMinor: number;
  readonly matchMinor: number;
  readonly refundedMinor: number;
  readonly goodsMinor: number;
  readonly goodsBackMinor: number;
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

export const NO_SUMS: Sums = {
  gifts: 0,
  amountMinor: 0,
  matchMinor: 0,
  refundedMinor: 0,
  goodsMinor: 0,
  goodsBackMinor: 0,
};

/** The sums of an item without what else it says. */
const plainSums = ({ gifts, amountMinor, matchMinor, refundedMinor, goodsMinor, goodsBackMinor }: Sums): Sums => ({
  gifts,
  amountMinor,
  matchMinor,
  refundedMinor,
  goodsMinor,
  goodsBackMinor,
});
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
    const plain = plainSums(totals);
    if (totals.type === 'campaign-totals') campaign = { ...plain, ...campaignOnly(totals) };
    else if (totals.type === 'unit-totals') units.set(totals.unitId, plain);
    else days.set(totals.day, plain);
  }
  return { campaign, units, days };
}

/** What teams have raised, by team. Apart from the other totals: a campaign's public figures ask for none of them. */
export async function readTeamTotals(table: Table, campaignId: string): Promise<ReadonlyMap<string, Sums>> {
  const teams = new Map<string, Sums>();
  for await (const item of everyItem(table, teamTotalsOfCampaign(campaignId))) {
    const totals = teamTotalsSchema.parse(item);
    teams.set(totals.teamId, plainSums(totals));
  }
  return teams;
}

/** What some teams have raised; those without gifts are missing. */
export async function totalsOfTeams(
  table: Table,
  campaignId: string,
  teamIds: readonly string[],
): Promise<ReadonlyMap<string, Sums>> {
  const items = await readMany(
    table,
    teamIds.map((teamId) => teamTotalsKey(campaignId, teamId)),
  );
  return new Map(
    items.map((item) => {
      const totals = teamTotalsSchema.parse(item);
      return [totals.teamId, plainSums(totals)] as const;
    }),
  );
}

/** The sums of some campaigns; zeros where nothing has been counted yet. */
export async function totalsOfCampaigns(
  table: Table,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, CampaignSums>> {
  const items = await readMany(table, campaignIds.map(campaignTotalsKey));
  const sumsById = new Map(campaignIds.map((campaignId) => [campaignId, NO_CAMPAIGN_SUMS]));
  for (const item of items) {
    const totals = totalsItemSchema.parse(item);
    if (totals.type !== 'campaign-totals') continue;
    sumsById.set(String(item['campaignId']), { ...plainSums(totals), ...campaignOnly(totals) });
  }
  return sumsById;
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
