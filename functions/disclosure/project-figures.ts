import type { CampaignSums, Sums } from '../ledger/totals.ts';

/** A sub-plan as its project lists it. */
export type SubPlanLine = {
  readonly campaignId: string;
  readonly title: string;
  readonly organisationName: string;
  readonly status: string;
  readonly sums: CampaignSums;
};

/** Money of a campaign or of many, each kind apart; donors are not among it, since one who gives to two plans is one. */
export const raisedOf = ({
  gifts,
  amountMinor,
  refundedMinor,
  matchMinor,
  lumpMinor,
}: Omit<CampaignSums, 'donors'>) => ({
  gifts,
  giftsMinor: amountMinor,
  refundedMinor,
  matchMinor,
  lumpMinor,
  totalMinor: amountMinor - refundedMinor + matchMinor + lumpMinor,
});
export type Raised = ReturnType<typeof raisedOf>;

const FIELDS = ['gifts', 'giftsMinor', 'refundedMinor', 'matchMinor', 'lumpMinor', 'totalMinor'] as const;

export const sumOfRaised = (all: readonly Raised[]): Raised =>
  Object.fromEntries(FIELDS.map((field) => [field, all.reduce((sum, one) => sum + one[field], 0)])) as Raised;

/**
 * What a parent project (母项目) raised by itself, what each of its sub-plans did, and all together. Made from one reading, so that
 * the parts add up to the whole in every answer.
 */
export function projectFigures(own: CampaignSums, subPlans: readonly SubPlanLine[]) {
  const lines = subPlans
    .map(({ sums, ...plan }) => ({ ...plan, raised: raisedOf(sums) }))
    .sort((a, b) => b.raised.totalMinor - a.raised.totalMinor || (a.campaignId < b.campaignId ? -1 : 1));
  const byItself = raisedOf(own);
  return { byItself, subPlans: lines, together: sumOfRaised([byItself, ...lines.map(({ raised }) => raised)]) };
}
export type ProjectFigures = ReturnType<typeof projectFigures>;

export const teamSumsOf = ({ gifts, amountMinor, refundedMinor, matchMinor }: Sums) => ({
  gifts,
  giftsMinor: amountMinor,
  refundedMinor,
  matchMinor,
});

/** What was given in teams, and what beside them: the two add up to the campaign's gifts. Lump sums are of no team. */
export function teamShares(campaign: Sums, teams: ReadonlyMap<string, Sums>) {
  const all = [...teams.values()];
  const of = (field: keyof Sums): number => all.reduce((sum, one) => sum + one[field], 0);
  const inTeams = {
    gifts: of('gifts'),
    amountMinor: of('amountMinor'),
    refundedMinor: of('refundedMinor'),
    matchMinor: of('matchMinor'),
  };
  const beside = {
    gifts: campaign.gifts - inTeams.gifts,
    amountMinor: campaign.amountMinor - inTeams.amountMinor,
    refundedMinor: campaign.refundedMinor - inTeams.refundedMinor,
    matchMinor: campaign.matchMinor - inTeams.matchMinor,
  };
  return { inTeams: teamSumsOf(inTeams), besideTeams: teamSumsOf(beside) };
}
