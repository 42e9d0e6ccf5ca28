import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Instant } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { poolKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { NO_CHANGES, readPublicChanges } from './public-changes.store.ts';
import { isPublic, type PublicFigures, publicFigures } from './public-figures.ts';

/** The public figures of a campaign, or `undefined` where the public has no business with it. Never writes. */
export async function readPublicFigures(
  table: Table,
  campaignId: string,
  now: Instant,
): Promise<PublicFigures | undefined> {
  const campaign = await findCampaign(table, campaignId, { stale: true });
  if (campaign === undefined || !isPublic(campaign)) return undefined;
  const { organisationId } = campaign.proposal;
  const [organisation, totals, pool] = await Promise.all([
    findOrganisation(table, organisationId),
    readTotals(table, campaignId),
    table.get(poolKey(campaignId), { stale: true }),
  ]);
  const opened = matchingPoolSchema.optional().parse(pool);
  const changes = opened === undefined ? NO_CHANGES : await readPublicChanges(table, opened);
  return publicFigures(campaign, organisation?.name ?? organisationId, totals, { pool: opened, changes }, now);
}
