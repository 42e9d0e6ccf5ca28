import type { Campaign } from '../campaigns/campaign.ts';
import type { CampaignStatus } from '../campaigns/campaign-state.ts';
import type { Instant } from '../kernel/time.ts';
import type { CampaignTotals, Sums } from '../ledger/totals.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import type { MatchingPool } from '../matching/matching-pool.ts';

/** Before it is approved a campaign is nobody's business but the organisation's. */
const PUBLIC_STATUSES: ReadonlySet<CampaignStatus> = new Set([
  'approved',
  'open',
  'closed',
  'finalised',
  'reported',
  'archived',
]);
export const isPublic = (campaign: Campaign): boolean => PUBLIC_STATUSES.has(campaign.status);

const NOTHING: Sums = { gifts: 0, amountMinor: 0, matchMinor: 0 };

/**
 * What the public may know of a campaign. Gifts and match are separate figures, never one, and `whatCounts` says in
 * words what each of them counts, because boards that do not say it are believed to be wrong.
 */
export function publicFigures(
  campaign: Campaign,
  organisationName: string,
  totals: CampaignTotals,
  pool: MatchingPool | undefined,
) {
  const { proposal, campaignId, status } = campaign;
  const { gifts, donors, amountMinor, matchMinor } = totals.campaign;
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
    raised: { gifts, donors, giftsMinor: amountMinor, matchMinor, totalMinor: amountMinor + matchMinor },
    match: {
      sponsor: proposal.matching.sponsor,
      poolMinor: pool?.poolMinor ?? proposal.matching.poolMinor,
      remainingMinor: pool?.remainingMinor ?? proposal.matching.poolMinor,
      state: pool?.state ?? 'not-open',
      rule: proposal.matching.rule,
    },
    units: leaderboard(campaign, totals),
    days: [...totals.days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, sums]) => ({ day, ...publicSums(sums) })),
    whatCounts: {
      giftsMinor: 'Paid gifts counted so far, before refunds and provider fees; without match.',
      matchMinor: 'What the sponsor adds to these gifts; provisional until the campaign is finalised.',
      donors: 'Distinct payers; one person with two payment accounts counts twice.',
      units: 'Gifts whose donor named the unit; gifts without a unit are in the total only.',
    },
    generatedData: proposal.generatedData,
  };
}

export type PublicFigures = ReturnType<typeof publicFigures>;

const publicSums = ({ gifts, amountMinor, matchMinor }: Sums) => ({ gifts, giftsMinor: amountMinor, matchMinor });

function leaderboard({ proposal }: Campaign, totals: CampaignTotals) {
  return proposal.units
    .map(({ id, name }) => ({ id, name, ...publicSums(totals.units.get(id) ?? NOTHING) }))
    .sort((a, b) => b.giftsMinor - a.giftsMinor || (a.id < b.id ? -1 : 1))
    .map((unit, position) => ({ rank: position + 1, ...unit }));
}

/** One gift as the public sees it. An anonymous gift is listed like any other, without a name: so that the list adds up. */
export type PublicGift = {
  readonly no: number;
  readonly at: Instant;
  readonly name: string | null;
  readonly unitId: string | null;
  readonly giftMinor: number;
  readonly matchMinor: number;
};

/** `names` holds those whose donors agreed to be named and whose contact has not been erased. */
export function publicGift(line: JournalLine, no: number, names: ReadonlyMap<string, string>): PublicGift {
  return {
    no,
    at: line.occurredAt,
    name: line.anonymous ? null : (names.get(line.orderNo) ?? null),
    unitId: line.unitId ?? null,
    giftMinor: line.amountMinor,
    matchMinor: line.matchMinor,
  };
}
