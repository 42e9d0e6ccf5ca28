import { listCampaigns } from '../campaigns/campaign-list.store.ts';
import { offlineGiftSchema } from '../donations/offline-gift.ts';
import { minor } from '../kernel/money.ts';
import { localDateSchema } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { offlineGiftsOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { spendingEntries } from './spending-entry.store.ts';
import type { CampaignYear } from './spending-ratios.ts';

/** Campaigns that are added up in one call: at some 30 ms each, 6 s of a call's 29. An organisation has a few dozen. */
export const MOST_CAMPAIGNS = 200;

/** What the ratios need of every campaign of an organisation itself; `undefined` where it has more than can be added up in one call. */
export async function readCampaignYears(table: Table, organisationId: string): Promise<CampaignYear[] | undefined> {
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) return [];
  const years: CampaignYear[] = [];
  let after: string | undefined;
  do {
    const page = await listCampaigns(table, { path: organisation.path, reach: 'here', status: undefined, after });
    for (const any of page?.campaigns ?? []) {
      if (any.kind === 'draft') continue;
      if (years.length === MOST_CAMPAIGNS) return undefined;
      years.push({ organisationId, ...(await campaignYear(table, any.campaign.campaignId)) });
    }
    after = page?.next ?? undefined;
  } while (after !== undefined);
  return years;
}

async function campaignYear(table: Table, campaignId: string): Promise<Omit<CampaignYear, 'organisationId'>> {
  const [entries, totals] = await Promise.all([spendingEntries(table, campaignId), readTotals(table, campaignId)]);
  const goods: CampaignYear['goods'][number][] = [];
  for await (const item of everyItem(table, offlineGiftsOfCampaign(campaignId))) {
    const { kind, state, receivedOn, amountMinor } = offlineGiftSchema.parse(item);
    if (kind === 'in-kind' && state === 'booked') goods.push({ day: receivedOn, amountMinor });
  }
  const days = [...totals.days].map(([day, { amountMinor, refundedMinor, matchMinor }]) => ({
    day: localDateSchema.parse(day),
    netMinor: minor(amountMinor - refundedMinor + matchMinor),
  }));
  return { entries, days, goods };
}
