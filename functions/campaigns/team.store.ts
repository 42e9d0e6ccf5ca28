import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { teamContactKey, teamKey, teamRoomKey, teamsOfCampaign } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import {
  type Captain,
  captainSchema,
  decidedTeam,
  MOST_TEAMS,
  MOST_WAITING_TEAMS,
  type Team,
  type TeamDecision,
  type TeamRequest,
  teamIdSchema,
  teamSchema,
} from './team.ts';

/** `stale` for public readers. */
export async function findTeam(
  table: Table,
  campaignId: string,
  teamId: string,
  options: { readonly stale?: boolean } = {},
): Promise<Team | undefined> {
  if (!teamIdSchema.safeParse(teamId).success) return undefined;
  const item = await table.get(teamKey(campaignId, teamId), options);
  return item === undefined ? undefined : teamSchema.parse(item);
}

export async function findCaptain(table: Table, campaignId: string, teamId: string): Promise<Captain | undefined> {
  const item = await table.get(teamContactKey(campaignId, teamId));
  return item === undefined ? undefined : captainSchema.parse(item);
}

export const TEAMS_PER_PAGE = 50;

/** Teams of a campaign in order of their ids, from the one after `after` on. */
export async function listTeams(
  table: Table,
  campaignId: string,
  after: string | undefined,
): Promise<{ readonly teams: readonly Team[]; readonly next: string | null }> {
  const { items } = await table.query(teamsOfCampaign(campaignId, after), { limit: TEAMS_PER_PAGE + 2 });
  const teams = items.map((item) => teamSchema.parse(item)).filter(({ teamId }) => teamId !== after);
  const page = teams.slice(0, TEAMS_PER_PAGE);
  return { teams: page, next: teams.length > TEAMS_PER_PAGE ? (page.at(-1)?.teamId ?? null) : null };
}

export type BeginOutcome = { readonly kind: 'begun' | 'already-there'; readonly team: Team } | Refusal;

/** How many times two captains may meet at the count of places before one is asked to try again. */
const MOST_ATTEMPTS = 3;

/** Begins a team, once, if there is a place left: of all, and of those that may wait. */
export async function beginTeam(
  table: Table,
  campaignId: string,
  teamId: string,
  { captain, ...request }: TeamRequest,
  now: Instant,
): Promise<BeginOutcome> {
  const team: Team = { type: 'team', campaignId, teamId, ...request, state: 'waiting', createdAt: now };
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const existing = await findTeam(table, campaignId, teamId);
    if (existing !== undefined) return sameOrRefused(existing, team);
    const room = await table.get(teamRoomKey(campaignId));
    if (room !== undefined && (Number(room['places']) < 1 || Number(room['waitingPlaces']) < 1))
      return refuse('no-place-for-teams', 'This campaign takes no more teams at present. Ask its organisation.');
    const outcome = await table.transact([
      { put: { ...teamKey(campaignId, teamId), ...team }, when: { absent: true } },
      {
        put: { ...teamContactKey(campaignId, teamId), type: 'team-captain', campaignId, teamId, ...captain },
        when: { absent: true },
      },
      placeTaken(campaignId, room === undefined),
    ]);
    if (outcome.kind === 'committed') return { kind: 'begun', team };
  }
  throw new TransientError('too many teams begin at this moment');
}

function placeTaken(campaignId: string, isFirst: boolean): TransactWrite {
  const key = teamRoomKey(campaignId);
  if (isFirst) {
    const places = { places: MOST_TEAMS - 1, waitingPlaces: MOST_WAITING_TEAMS - 1 };
    return { put: { ...key, type: 'team-room', campaignId, ...places }, when: { absent: true } };
  }
  return {
    update: key,
    add: { places: -1, waitingPlaces: -1 },
    when: { atLeast: { places: 1, waitingPlaces: 1 } },
  };
}

function sameOrRefused(existing: Team, asked: Team): BeginOutcome {
  const same = existing.name === asked.name && existing.targetMinor === asked.targetMinor;
  return same
    ? { kind: 'already-there', team: existing }
    : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another team. Use a new one.');
}

export type DecideTeamOutcome = { readonly kind: 'decided' | 'already-so'; readonly team: Team } | Refusal;

/** Approves, declines or closes a team. A place is free again for who waits, and for anybody where a team was declined. */
export async function decideTeam(
  table: Table,
  team: Team,
  decision: TeamDecision,
  by: string,
  now: Instant,
): Promise<DecideTeamOutcome> {
  const decided = decidedTeam(team, decision, by, now);
  if (decided.kind === 'already-so') return { kind: 'already-so', team };
  if (decided.kind === 'not-possible')
    return refuse('illegal-step', `A team that is ${team.state} cannot be decided so.`);
  const { campaignId, teamId } = team;
  const { state, decidedBy, decidedAt, reason } = decided.team;
  const writes: TransactWrite[] = [
    {
      update: teamKey(campaignId, teamId),
      set: {
        state,
        ...(decidedBy === undefined ? {} : { decidedBy }),
        ...(decidedAt === undefined ? {} : { decidedAt }),
        ...(reason === undefined ? {} : { reason }),
      },
      when: { equals: { state: team.state } },
    },
  ];
  if (team.state === 'waiting') {
    const freed = state === 'declined' ? { waitingPlaces: 1, places: 1 } : { waitingPlaces: 1 };
    writes.push({ update: teamRoomKey(campaignId), add: freed, when: { equals: { type: 'team-room' } } });
  }
  const outcome = await table.transact(writes);
  if (outcome.kind !== 'committed') throw new TransientError('the team was decided on at the same moment');
  return { kind: 'decided', team: decided.team };
}
