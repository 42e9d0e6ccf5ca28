import type { Campaign } from '../campaigns/campaign.ts';
import { STATUS_MEANINGS } from '../campaigns/campaign-state.ts';
import type { Instant } from '../kernel/time.ts';
import { type CampaignTotals, NO_SUMS } from '../ledger/totals.ts';
import type { MatchingPool } from '../matching/matching-pool.ts';
import { raisedOf } from './project-figures.ts';
import { type PublicChanges, publicMatch } from './public-match.ts';
import { publicSums } from './public-sums.ts';
import { WHAT_COUNTS } from './what-counts.ts';

/** Before it is approved a campaign is nobody's business but the organisation's. */
export const isPublic = (campaign: Campaign): boolean => STATUS_MEANINGS[campaign.status].isPublic;

/**
 * What the public may know of a campaign at this moment. Money, goods, match and lump sums are separate figures, and
 * `whatCounts` says in words what each of them counts, because boards that do not say it are believed to be wrong.
 */
export function publicFigures(
  campaign: Campaign,
  organisationName: string,
  totals: CampaignTotals,
  matching: { readonly pool: MatchingPool | undefined; readonly changes: PublicChanges },
  now: Instant,
) {
  const { proposal, campaignId, status } = campaign;
  const { donors, refundedGifts } = totals.campaign;
  return {
    campaignId,
    status,
    title: proposal.title,
    organisationName,
    language: proposal.language,
    purpose: proposal.purpose,
    window: proposal.window,
    currency: proposal.currency,
    targetMinor: proposal.targetMinor,
    raised: {
      ...raisedOf(totals.campaign),
      donors,
      refundedGifts,
    },
    match: publicMatch(campaign, matching.pool, matching.changes, now),
    units: leaderboard(campaign, totals),
    days: [...totals.days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, sums]) => ({ day, ...publicSums(sums) })),
    whatCounts: WHAT_COUNTS,
    generatedData: proposal.generatedData,
  };
}

export type PublicFigures = ReturnType<typeof publicFigures>;

/** By the money that units raised less refunds: a gift that went back lifts nobody, and goods stand apart. */
function leaderboard({ proposal }: Campaign, totals: CampaignTotals) {
  const netOf = (unit: { readonly giftsMinor: number; readonly refundedMinor: number }): number =>
    unit.giftsMinor - unit.refundedMinor;
  return proposal.units
    .map(({ id, name }) => ({ id, name, ...publicSums(totals.units.get(id) ?? NO_SUMS) }))
    .sort((a, b) => netOf(b) - netOf(a) || (a.id < b.id ? -1 : 1))
    .map((unit, position) => ({ rank: position + 1, ...unit }));
}
