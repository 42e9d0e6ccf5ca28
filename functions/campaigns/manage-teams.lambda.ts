import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { etagOf } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign } from './campaign.store.ts';
import { unitSchema } from './campaign-proposal.ts';
import { decideTeam, findCaptain, findTeam, listTeams } from './team.store.ts';
import { type Team, teamDecisionSchema } from './team.ts';
import { joinUnit } from './unit.store.ts';

type Use = { readonly table: Table };

/** Teams and units of a campaign that goes on: who joins it, and who may. */
async function answerTeams(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.route.endsWith('/units')) return join(request, table, campaign.campaignId, now);
  const { teamId } = request.parameters;
  if (teamId === undefined) {
    const { teams, next } = await listTeams(table, campaign.campaignId, request.query['after']);
    return { status: 200, body: { teams: teams.map(staffTeam), next } };
  }
  const team = await findTeam(table, campaign.campaignId, teamId);
  if (team === undefined) return problem(404, 'unknown-team', 'This campaign has no such team.');
  return request.method === 'GET' ? show(table, team) : decide(request, table, team, now);
}

const staffTeam = ({ type: _type, ...team }: Team) => team;

async function show(table: Table, team: Team): Promise<HttpAnswer> {
  const captain = await findCaptain(table, team.campaignId, team.teamId);
  const { name, email, phone } = captain ?? {};
  const contact = captain === undefined ? null : { name, email: email ?? null, phone: phone ?? null };
  return { status: 200, body: { ...staffTeam(team), captain: contact } };
}

async function decide(request: StaffRequest, table: Table, team: Team, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, teamDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await decideTeam(table, team, body.value, request.actor.id, now);
  return outcome.kind === 'refused' ? refusalAnswer(409, outcome) : { status: 200, body: staffTeam(outcome.team) };
}

async function join(request: StaffRequest, table: Table, campaignId: string, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, unitSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await joinUnit(table, campaignId, body.value, now);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  return {
    status: outcome.kind === 'joined' ? 201 : 200,
    headers: { etag: etagOf(outcome.version) },
    body: { campaignId, unit: body.value, units: outcome.units },
  };
}

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

export const definition: StaffDefinition<Use> = {
  name: 'manage-teams',
  access: {
    'GET /campaigns/{campaignId}/teams': { roles: READERS, of: 'campaign' },
    // A captain's telephone number is for those who call them.
    'GET /campaigns/{campaignId}/teams/{teamId}': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/teams/{teamId}/decisions': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/units': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerTeams,
};
export const handler = staffFunction(definition);
