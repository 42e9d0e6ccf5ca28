import type { Team } from '../functions/campaigns/team.ts';
import { derivedId } from '../functions/kernel/ids.ts';
import { minor } from '../functions/kernel/money.ts';
import type { Instant } from '../functions/kernel/time.ts';

/** One gift in five is given in one of two teams: which ones follows from their numbers, so that no draw of a seed moves. */
const TEAM_ONE_IN = 5;
const TEAMS = 2;

const teamIdOf = (campaignId: string, team: number): string => derivedId('team', campaignId, String(team));

/** The team that a gift of this number is given in. */
export const teamOfGift = (campaignId: string, number: number): string | undefined =>
  number % TEAM_ONE_IN === 0 ? teamIdOf(campaignId, (number / TEAM_ONE_IN) % TEAMS) : undefined;

/** The approved teams of a campaign. */
export const teamsOf = (campaignId: string, createdAt: Instant): Team[] =>
  Array.from({ length: TEAMS }, (_, team) => ({
    type: 'team',
    campaignId,
    teamId: teamIdOf(campaignId, team),
    name: `Team ${team}`,
    targetMinor: minor(100_000),
    state: 'approved',
    createdAt,
  }));
