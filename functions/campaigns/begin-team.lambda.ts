import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refusalAnswer,
} from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign } from './campaign.store.ts';
import { beginTeam } from './team.store.ts';
import { teamRequestSchema } from './team.ts';

/** The team's id follows from this key: nobody is to find out a team's before its captain hands it on. */
const FEWEST_KEY_CHARACTERS = 20;
/** From its approval on a campaign gathers teams, and until it takes no more gifts. */
const GATHERS_TEAMS: ReadonlySet<string> = new Set(['approved', 'filed', 'open', 'paused']);

/** Anybody may ask for a team; it takes gifts and is seen once the campaign's manager has approved it. */
async function answerBeginTeam(request: HttpRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request, FEWEST_KEY_CHARACTERS);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, teamRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined || !GATHERS_TEAMS.has(campaign.status))
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it takes no teams.');
  const { campaignId } = campaign;
  const teamId = derivedId('team', campaignId, idempotency.key);
  const outcome = await beginTeam(table, campaignId, teamId, body.value, now);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  const { name, slogan, targetMinor, state } = outcome.team;
  return {
    status: outcome.kind === 'begun' ? 201 : 200,
    body: { teamId, campaignId, name, slogan: slogan ?? null, targetMinor, state },
  };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'begin-team',
  open: () => ({ table: openTable() }),
  handle: answerBeginTeam,
};
export const handler = httpFunction(definition);
