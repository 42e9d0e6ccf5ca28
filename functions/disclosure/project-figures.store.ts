import { meaningOf } from '../campaigns/campaign-state.ts';
import { subPlanSchema } from '../campaigns/sub-plan-link.ts';
import { type CampaignSums, totalsOfCampaigns } from '../ledger/totals.ts';
import { organisationKey, subPlansOfCampaign } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type ProjectFigures, projectFigures, type SubPlanLine } from './project-figures.ts';

/**
 * The figures of a project with its sub-plans; `undefined` where it has none that the public may see. Of each sub-plan two small
 * items are read, never its proposal: 138 of them, as a city had in 2023, are some 150 read units.
 */
export async function readProjectFigures(
  table: Table,
  campaignId: string,
  own: CampaignSums,
): Promise<ProjectFigures | undefined> {
  const shown = [];
  for await (const item of everyItem(table, subPlansOfCampaign(campaignId))) {
    const link = subPlanSchema.parse(item);
    if (meaningOf(link.status)?.isPublic === true) shown.push(link);
  }
  if (shown.length === 0) return undefined;
  const organisationIds = [...new Set(shown.map(({ organisationId }) => organisationId))];
  const [sums, organisations] = await Promise.all([
    totalsOfCampaigns(
      table,
      shown.map((link) => link.campaignId),
    ),
    readMany(table, organisationIds.map(organisationKey)),
  ]);
  const names = new Map(organisations.map((item) => [String(item['organisationId']), String(item['name'])]));
  const lines = shown.flatMap(({ campaignId: id, title, organisationId, status }): SubPlanLine[] => {
    const found = sums.get(id);
    const organisationName = names.get(organisationId) ?? organisationId;
    return found === undefined ? [] : [{ campaignId: id, title, organisationName, status, sums: found }];
  });
  return projectFigures(own, lines);
}
