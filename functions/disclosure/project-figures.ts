import { type CampaignSums, NO_SUMS, type Sums } from '../ledger/totals.ts';
import { publicSums } from './public-sums.ts';

/** A sub-plan as its project lists it. */
export type SubPlanLine = {
  readonly campaignId: string;
  readonly title: string;
  readonly organisationName: string;
  readonly status: string;
  readonly sums: CampaignSums;
};

/**
 * Money of a campaign or of many, each kind apart, and goods beside it; donors are not among it, since one who gives to two
 * plans is one. The total is of money alone.
 */
export function raisedOf(sums: Sums & Pick<CampaignSums, 'lumpMinor'>) {
  const shown = publicSums(sums);
  const { lumpMinor } = sums;
  return { ...shown, lumpMinor, totalMinor: shown.giftsMinor - shown.refundedMinor + shown.matchMinor + lumpMinor };
}
export type Raised = ReturnType<typeof raisedOf>;

const FIELDS = [
  'gifts',
  'giftsMinor',
  'refundedMinor',
  'goodsMinor',
  'goodsBackMinor',
  'matchMinor',
  'lumpMinor',
  'totalMinor',
] as const satisfies readonly (keyof Raised)[];

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

/** What was given in teams, and what beside them: the two add up to the campaign's gifts. Lump sums are of no team. */
export function teamShares(campaign: Sums, teams: ReadonlyMap<string, Sums>) {
  const all = [...teams.values()];
  const inTeams = Object.fromEntries(
    SUMMED.map((field) => [field, all.reduce((sum, team) => sum + team[field], 0)]),
  ) as Sums;
  const beside = Object.fromEntries(SUMMED.map((field) => [field, campaign[field] - inTeams[field]])) as Sums;
  return { inTeams: publicSums(inTeams), besideTeams: publicSums(beside) };
}

const SUMMED = Object.keys(NO_SUMS) as (keyof Sums)[];
