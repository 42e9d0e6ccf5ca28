import type { FieldProblem } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Table } from '../platform/table.ts';
import { spentProblems } from '../spending/budget-spent.ts';
import { readSpendingBook } from '../spending/spending-entry.store.ts';
import { type Amended, type AmendmentRequest, amendedProposal, impossibleAmendment } from './amendment.ts';
import { managementProblems } from './budget.ts';
import { findCampaign } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';
import type { ProposalDraft } from './proposal-draft.ts';
import { readSubPlans } from './sub-plan.store.ts';
import { leftOutProblems, outsideProjectProblems } from './sub-plan.ts';
import { fileProblems } from './submission.store.ts';

type Changed = Extract<Amended, { readonly kind: 'amended' }>;

/**
 * The proposal as an amendment would leave it, or everything that is wrong with that: in itself, and beside its organisation,
 * what was spent, its files, its parent project and its sub-plans. Of those only what the amendment touches is looked at: what was right when the plan
 * was approved does not keep a page from being corrected.
 */
export async function checkedAmendment(
  table: Table,
  campaign: Campaign,
  request: Pick<AmendmentRequest, 'kind' | 'changes'>,
  now: Instant,
): Promise<Amended> {
  const amended = amendedProposal(campaign, request, now);
  if (amended.kind === 'refused') return amended;
  const problems = await Promise.all([
    budgetBesideLimit(table, amended),
    budgetBesideSpending(table, campaign.campaignId, amended),
    filesBesideChanges(table, campaign.campaignId, amended),
    windowBesideProject(table, amended),
    windowBesideSubPlans(table, campaign, amended),
  ]);
  const found = problems.flat();
  return found.length === 0
    ? amended
    : impossibleAmendment(found.map((problem) => ({ ...problem, field: `changes.${problem.field}` })));
}

async function budgetBesideLimit(table: Table, { proposal, fields }: Changed): Promise<FieldProblem[]> {
  if (!fields.includes('budgetLines') && !fields.includes('targetMinor')) return [];
  const organisation = await findOrganisation(table, proposal.organisationId);
  return managementProblems(proposal, organisation?.managementLimitBasisPoints);
}

async function budgetBesideSpending(
  table: Table,
  campaignId: string,
  { proposal, fields }: Changed,
): Promise<FieldProblem[]> {
  if (!fields.includes('budgetLines')) return [];
  return spentProblems(await readSpendingBook(table, campaignId), proposal.budgetLines, proposal.currency);
}

async function filesBesideChanges(
  table: Table,
  campaignId: string,
  { proposal, fields }: Changed,
): Promise<FieldProblem[]> {
  if (!fields.includes('partner') && !fields.includes('coverAttachmentId')) return [];
  const problems = await fileProblems(table, campaignId, proposal as ProposalDraft);
  return problems.filter(({ field }) => fields.some((changed) => changed === field.split('.', 1)[0]));
}

async function windowBesideProject(table: Table, { proposal, fields }: Changed): Promise<FieldProblem[]> {
  const { parentCampaignId } = proposal;
  if (parentCampaignId === undefined || !fields.includes('window')) return [];
  const parent = await findCampaign(table, parentCampaignId);
  return parent === undefined ? [] : outsideProjectProblems(proposal as ProposalDraft, parent);
}

async function windowBesideSubPlans(
  table: Table,
  { campaignId, proposal: before }: Campaign,
  { proposal, fields }: Changed,
): Promise<FieldProblem[]> {
  if (before.parentCampaignId !== undefined || !fields.includes('window')) return [];
  return leftOutProblems(proposal.window, await readSubPlans(table, campaignId));
}
