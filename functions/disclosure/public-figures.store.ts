import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Instant } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { poolKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { readProjectFigures } from './project-figures.store.ts';
import type { ProjectFigures } from './project-figures.ts';
import { NO_CHANGES, readPublicChanges } from './public-changes.store.ts';
import { isPublic, type PublicFigures, publicFigures } from './public-figures.ts';

/** With the parts of a project that has any. */
export type PublicFiguresOfProject = PublicFigures & {
  readonly parentCampaignId: string | null;
  readonly project: ProjectFigures | null;
};

/** The public figures of a campaign, or `undefined` where the public has no business with it. Never writes. */
export async function readPublicFigures(
  table: Table,
  campaignId: string,
  now: Instant,
): Promise<PublicFiguresOfProject | undefined> {
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
  const project = await readProjectFigures(table, campaignId, totals.campaign);
  const figures = publicFigures(campaign, organisation?.name ?? organisationId, totals, { pool: opened, changes }, now);
  return { ...figures, parentCampaignId: campaign.proposal.parentCampaignId ?? null, project: project ?? null };
}
