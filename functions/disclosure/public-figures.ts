import type { Campaign } from '../campaigns/campaign.ts';
import type { CampaignStatus } from '../campaigns/campaign-state.ts';
import type { Instant } from '../kernel/time.ts';
import { type CampaignTotals, NO_SUMS, type Sums } from '../ledger/totals.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { planPoolMinor } from '../matching/matching-plan.ts';
import { type MatchingPool, openingFunds } from '../matching/matching-pool.ts';

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

/**
 * What the public may know of a campaign. Gifts and match are separate figures, never one, and `whatCounts` says in
 * words what each of them counts, because boards that do not say it are believed to be wrong.
 */
export function publicFigures(
  campaign: Campaign,
  organisationName: string,
  totals: CampaignTotals,
  pool: MatchingPool | undefined,
  /** The seeds of random rules, once matching is closed; before, nothing. */
  revealedSeeds: Readonly<Record<string, string>> = {},
) {
  const { proposal, campaignId, status } = campaign;
  const { gifts, donors, amountMinor, refundedMinor, lumpMinor } = totals.campaign;
  const matchMinor = totals.campaign.matchMinor + lumpMinor;
  const plan = pool?.plan ?? proposal.matching;
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
      gifts,
      donors,
      giftsMinor: amountMinor,
      refundedMinor,
      matchMinor,
      totalMinor: amountMinor - refundedMinor + matchMinor,
    },
    match: {
      poolMinor: pool?.poolMinor ?? planPoolMinor(plan),
      remainingMinor: pool?.remainingMinor ?? planPoolMinor(plan),
      stage: pool?.stage ?? 'not-open',
      noticeUntil: pool?.noticeUntil ?? null,
      planVersion: pool?.planVersion ?? 1,
      rules: plan.rules,
      /** What is left of each rule's money right now, part by part. */
      funds: (pool?.funds ?? openingFunds(plan)).map(({ ruleId, poolMinor, remainingMinor, subPools, challenge }) => ({
        ruleId,
        poolMinor,
        remainingMinor,
        subPools: subPools ?? null,
        challenge: challenge ?? null,
      })),
      commitments: commitmentsOf(campaign, revealedSeeds),
    },
    units: leaderboard(campaign, totals),
    days: [...totals.days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, sums]) => ({ day, ...publicSums(sums) })),
    whatCounts: {
      giftsMinor: 'Paid gifts counted so far, before refunds and provider fees; without match.',
      refundedMinor: 'What of these gifts went back to their donors.',
      matchMinor: 'What sponsors add, less what went back with refunds; provisional until the matches are confirmed.',
      totalMinor: 'Gifts less refunds, and match.',
      donors: 'Distinct payers; one person with two payment accounts counts twice.',
      units: 'Gifts whose donor named the unit; gifts without a unit are in the total only.',
    },
    generatedData: proposal.generatedData,
  };
}

export type PublicFigures = ReturnType<typeof publicFigures>;

/** What each random rule is bound to: the hash that stands since the approval, and the seed once it is revealed. */
function commitmentsOf({ seedHashes }: Campaign, revealed: Readonly<Record<string, string>>) {
  return Object.entries(seedHashes ?? {}).map(([ruleId, seedHash]) => ({
    ruleId,
    seedHash,
    seed: revealed[ruleId] ?? null,
  }));
}

const publicSums = ({ gifts, amountMinor, matchMinor, refundedMinor }: Sums) => ({
  gifts,
  giftsMinor: amountMinor,
  refundedMinor,
  matchMinor,
});

function leaderboard({ proposal }: Campaign, totals: CampaignTotals) {
  return proposal.units
    .map(({ id, name }) => ({ id, name, ...publicSums(totals.units.get(id) ?? NO_SUMS) }))
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
