import { findCampaign } from '../campaigns/campaign.store.ts';
import { findTeam, listTeams } from '../campaigns/team.store.ts';
import { publicTeam, type Team } from '../campaigns/team.ts';
import { NO_SUMS, readTeamTotals, totalsOfCampaigns, totalsOfTeams } from '../ledger/totals.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheable } from './cacheable.ts';
import { teamShares } from './project-figures.ts';
import { isPublic } from './public-figures.ts';
import { publicSums } from './public-sums.ts';

async function answerPublicTeams(request: HttpRequest, use: { table: Table }): Promise<HttpAnswer> {
  const { campaignId = '', teamId } = request.parameters;
  const campaign = await findCampaign(use.table, campaignId, { stale: true });
  if (campaign === undefined || !isPublic(campaign))
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  return teamId === undefined ? list(request, use.table, campaignId) : show(request, use.table, campaignId, teamId);
}

const isShown = ({ state }: Team): boolean => state === 'approved' || state === 'closed';

async function show(request: HttpRequest, table: Table, campaignId: string, teamId: string): Promise<HttpAnswer> {
  const team = await findTeam(table, campaignId, teamId, { stale: true });
  if (team === undefined || !isShown(team)) return problem(404, 'unknown-team', 'This campaign has no such team.');
  const totals = await totalsOfTeams(table, campaignId, [teamId]);
  return cacheable(request, publicTeam(team, publicSums(totals.get(teamId) ?? NO_SUMS)));
}

/** Teams page by page, with what all teams raised and what was given beside them: together the campaign's gifts. */
async function list(request: HttpRequest, table: Table, campaignId: string): Promise<HttpAnswer> {
  const page = await listTeams(table, campaignId, request.query['after']);
  // Teams first: gifts that come between the two readings are in the campaign's sums alone, and no share is below zero.
  const teams = await readTeamTotals(table, campaignId);
  const campaign = (await totalsOfCampaigns(table, [campaignId])).get(campaignId) ?? NO_SUMS;
  return cacheable(request, {
    campaignId,
    ...teamShares(campaign, teams),
    teams: page.teams.filter(isShown).map((team) => publicTeam(team, publicSums(teams.get(team.teamId) ?? NO_SUMS))),
    next: page.next,
  });
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-public-teams',
  open: () => ({ table: openTable() }),
  handle: answerPublicTeams,
};
export const handler = httpFunction(definition);
