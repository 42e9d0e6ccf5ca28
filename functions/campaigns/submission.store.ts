import type { FieldProblem } from '../kernel/errors.ts';
import { type Instant, localTimeText, windowBounds } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import type { Table } from '../platform/table.ts';
import { findAttachment } from './attachment.store.ts';
import type { AttachmentKind } from './attachment.ts';
import { managementProblems } from './budget.ts';
import { findCampaign } from './campaign.store.ts';
import { campaignProposalSchema } from './campaign-proposal.ts';
import type { ProposalDraft } from './proposal-draft.ts';
import { subPlanProblems } from './sub-plan.ts';

const { shape } = campaignProposalSchema;

/**
 * What is wrong with a proposal beyond its own fields, as far as these can be read: what the organisation, the files, the
 * parent project and the day it is say. Empty when nothing is.
 */
export async function surroundingProblems(
  table: Table,
  campaignId: string,
  draft: ProposalDraft,
  organisation: Organisation,
  now: Instant,
): Promise<FieldProblem[]> {
  const [files, parent] = await Promise.all([
    fileProblems(table, campaignId, draft),
    parentProblems(table, campaignId, draft, organisation),
  ]);
  return [...windowBegun(draft, now), ...managementShare(draft, organisation), ...files, ...parent];
}

function windowBegun(draft: ProposalDraft, now: Instant): FieldProblem[] {
  const window = shape.window.safeParse(draft['window']);
  if (!window.success || windowBounds(window.data).opensAt > now) return [];
  const there = localTimeText(now, window.data.zone);
  return [
    {
      field: 'window.firstDay',
      problem: `has begun already (it is ${there} there)`,
      fix: 'choose a day that lies ahead',
    },
  ];
}

function managementShare(draft: ProposalDraft, organisation: Organisation): FieldProblem[] {
  const budget = campaignProposalSchema
    .pick({ budgetLines: true, targetMinor: true, currency: true })
    .strip()
    .safeParse(draft);
  return budget.success ? managementProblems(budget.data, organisation.managementLimitBasisPoints) : [];
}

/** Files that a proposal names and that are not among its attachments as what they are named for. */
export async function fileProblems(table: Table, campaignId: string, draft: ProposalDraft): Promise<FieldProblem[]> {
  const partner = shape.partner.safeParse(draft['partner']);
  const cover = shape.coverAttachmentId.safeParse(draft['coverAttachmentId']);
  const named: [field: string, kind: AttachmentKind, attachmentId: string | undefined][] = [
    ['coverAttachmentId', 'photo', cover.data],
    ['partner.agreement.attachmentId', 'agreement', partner.data?.agreement.attachmentId],
  ];
  const problems = await Promise.all(
    named.map(async ([field, kind, attachmentId]): Promise<FieldProblem[]> => {
      if (attachmentId === undefined) return [];
      const found = await findAttachment(table, campaignId, attachmentId);
      if (found?.kind === kind && found.state === 'stored') return [];
      return [
        {
          field,
          problem: `is no confirmed attachment of kind ${kind}`,
          fix: 'upload and confirm the file, then name its id',
        },
      ];
    }),
  );
  return problems.flat();
}

async function parentProblems(
  table: Table,
  campaignId: string,
  draft: ProposalDraft,
  organisation: Organisation,
): Promise<FieldProblem[]> {
  const parentId = shape.parentCampaignId.safeParse(draft['parentCampaignId']).data;
  if (parentId === undefined) return [];
  const parent = parentId === campaignId ? undefined : await findCampaign(table, parentId);
  return subPlanProblems(draft, organisation.path, parent);
}

/** The organisation of a draft. Drafts are made for organisations that exist, and none is ever removed. */
export const organisationOf = (table: Table, draft: ProposalDraft): Promise<Organisation | undefined> =>
  findOrganisation(table, draft.organisationId);
