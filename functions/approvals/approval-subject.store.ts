import { findAmendment } from '../campaigns/amendment.store.ts';
import type { Amendment } from '../campaigns/amendment.ts';
import { readCampaign, transitionsOf } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { readSubmitted } from '../closeout/closeout-statement.store.ts';
import { readWaitingAddendum } from '../closeout/report-addendum-draft.store.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type Minor, minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Table } from '../platform/table.ts';
import type { ApprovalId } from './approval-id.ts';
import { routeInForce } from './approval-route.store.ts';
import { routeSubjectOf } from './approval-route.ts';
import type { Beginning } from './deciding.ts';

/** All that an approval has to know of what is decided, and the route in force for it. Throws PermanentError where there is no such thing. */
export async function readBeginning(table: Table, { campaignId, subject, round }: ApprovalId): Promise<Beginning> {
  const campaign = await readCampaign(table, campaignId);
  const { proposal } = campaign;
  const amendment = subject === 'amendment' ? await findAmendment(table, campaignId, round) : undefined;
  const { organisationId, title, language, window, currency, generatedData } = proposal;
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) throw new PermanentError(`${campaignId} belongs to no organisation`);
  const inForce = await routeInForce(table, organisation.path, routeSubjectOf(subject));
  return {
    campaignId,
    subject,
    round,
    title,
    language,
    zone: window.zone,
    organisationId,
    organisationPath: organisation.path,
    amountMinor: amountOf(campaign, amendment),
    currency,
    generatedData,
    route: { organisationId: inForce.organisationId, version: inForce.version },
    workedOnBy: await writersOf(table, campaign, { subject, round }, amendment),
    inForce: inForce.route,
  };
}

/** Whoever worked on what is decided: they decide on none of it. */
async function writersOf(
  table: Table,
  campaign: Campaign,
  { subject, round }: Pick<ApprovalId, 'subject' | 'round'>,
  amendment: Amendment | undefined,
): Promise<string[]> {
  const { campaignId } = campaign;
  if (subject === 'closeout') return (await readSubmitted(table, campaignId, round)).workedOnBy;
  if (subject === 'addendum') return (await readWaitingAddendum(table, campaignId, round)).workedOnBy;
  return authorsOf(table, campaign, amendment);
}

/** Whoever wrote any of it, submitted any round, or proposed the change, each once, the one who did so last at the end. */
async function authorsOf(
  table: Table,
  { campaignId, workedOnBy }: Campaign,
  amendment: Amendment | undefined,
): Promise<string[]> {
  const submitted = (await transitionsOf(table, campaignId)).filter(({ to }) => to === 'submitted');
  const proposed = amendment === undefined ? [] : [amendment.proposedBy];
  const names = [...workedOnBy, ...submitted.map(({ by }) => by), ...proposed].reverse();
  return [...new Set(names)].reverse();
}

/** The larger of the targets before and after: nobody gets around a step by asking for little first and for more later. */
function amountOf({ proposal }: Campaign, amendment: Amendment | undefined): Minor {
  const changed = positiveAmountMinorSchema.safeParse(amendment?.changes['targetMinor']);
  return minor(Math.max(proposal.targetMinor, changed.data ?? 0));
}
