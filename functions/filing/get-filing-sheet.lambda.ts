import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { attachmentsOf } from '../campaigns/attachment.store.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { meaningOf } from '../campaigns/campaign-state.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openPress } from '../press/press.ts';
import { type FilingSheet, filingSheetOf } from './filing-sheet.ts';

export type SheetUse = {
  readonly table: Table;
  /** The sheet on A4, as the bytes of a PDF. */
  readonly print: (sheet: FilingSheet) => Promise<Uint8Array>;
};

/** The sheet as JSON, or with `?format=pdf` as the document that is handed in. */
async function answerFilingSheet(request: StaffRequest, use: SheetUse, now: Instant): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'] ?? '';
  const { format = 'json' } = request.query;
  if (format !== 'json' && format !== 'pdf')
    return problem(422, 'invalid', 'The sheet is there as json and as pdf.', [
      { field: 'format', problem: 'is neither json nor pdf', fix: 'send one of the two, or leave it out' },
    ]);
  const campaign = await findCampaign(use.table, campaignId);
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (meaningOf(campaign.status)?.isPublic !== true)
    return problem(
      409,
      'not-approved',
      'The sheet is made of an approved plan: what is handed in must be what was decided.',
    );
  const [organisation, attachments] = await Promise.all([
    findOrganisation(use.table, campaign.proposal.organisationId),
    attachmentsOf(use.table, campaignId),
  ]);
  const stored = attachments.filter(({ state }) => state === 'stored');
  const sheet = filingSheetOf(campaign, organisation?.name ?? '', stored, now);
  if (format === 'json') return { status: 200, body: sheet };
  const content = await use.print(sheet);
  return {
    status: 200,
    file: { content, contentType: 'application/pdf', name: `filing-${campaignId}.pdf` },
  };
}

export const definition: StaffDefinition<SheetUse> = {
  name: 'get-filing-sheet',
  access: {
    'GET /campaigns/{campaignId}/filing-sheet': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
  },
  open: () => ({
    table: openTable(),
    print: async (sheet) => (await openPress(import.meta.dirname)).print('filing-sheet.typ', sheet),
  }),
  handle: answerFilingSheet,
};
export const handler = staffFunction(definition);
