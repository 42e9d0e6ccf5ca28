import type { TeamState } from '../../functions/campaigns/team.ts';
import { derivedId } from '../../functions/kernel/ids.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { teamKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import { CAMPAIGN_ID } from './open-campaign.ts';

/** The team of the open campaign that tests give in. */
export const TEAM_ID = derivedId('team', CAMPAIGN_ID, 'the team of tests');

/** Puts it as it is after a decision, straight into the table. */
export async function putTeam(
  table: Table,
  state: TeamState = 'approved',
  decidedAt: Instant = instantOf('2026-09-07T00:00:00+08:00'),
): Promise<void> {
  const team = { campaignId: CAMPAIGN_ID, teamId: TEAM_ID, name: '队', targetMinor: 100_000, state, decidedAt };
  await table.write({
    put: { ...teamKey(CAMPAIGN_ID, TEAM_ID), type: 'team', ...team, createdAt: instantOf('2026-09-06T00:00:00+08:00') },
  });
}
