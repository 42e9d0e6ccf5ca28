import { findAmendment } from '../campaigns/amendment.store.ts';
import { readCampaign, transitionsOf } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError } from '../kernel/errors.ts';
import { minor } from '../kernel/money.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Table } from '../platform/table.ts';
import type { ApprovalId } from './approval-id.ts';
import { routeInForce } from './approval-route.store.ts';
import type { Beginning } from './deciding.ts';

/** All that an approval has to know of what is decided, and the route in force for it. Throws PermanentError where there is no such thing. */
export async function readBeginning(table: Table, { campaignId, subject, round }: ApprovalId): Promise<Beginning> {
  const campaign = await readCampaign(table, campaignId);
  const { proposal } = campaign;
  const { organisationId, title, language, window, currency, generatedData } = proposal;
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) throw new PermanentError(`${campaignId} belongs to no organisation`);
  const inForce = await routeInForce(table, organisation.path, subject);
  return {
    campaignId,
    subject,
    round,
    title,
    language,
    zone: window.zone,
    organisationId,
    organisationPath: organisation.path,
    amountMinor: minor(proposal.targetMinor),
    currency,
    generatedData,
    route: { organisationId: inForce.organisationId, version: inForce.version },
    workedOnBy: await authorsOf(table, campaign, { campaignId, subject, round }),
    inForce: inForce.route,
  };
}

/** Whoever wrote any of it, submitted any round, or proposed the change, each once, the one who did so last at the end. */
async function authorsOf(
  table: Table,
  { workedOnBy }: Campaign,
  { campaignId, subject, round }: ApprovalId,
): Promise<string[]> {
  const amendment = subject === 'amendment' ? await findAmendment(table, campaignId, round) : undefined;
  const submitted = (await transitionsOf(table, campaignId)).filter(({ to }) => to === 'submitted');
  const proposed = amendment === undefined ? [] : [amendment.proposedBy];
  const names = [...workedOnBy, ...submitted.map(({ by }) => by), ...proposed].reverse();
  return [...new Set(names)].reverse();
}
