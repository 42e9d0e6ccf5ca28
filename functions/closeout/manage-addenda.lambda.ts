import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { reportAddendaFrom } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type CampaignFiles, openCampaignFiles } from './campaign-files.gateway.ts';
import { addAddendum } from './report-addendum.store.ts';
import { addendumRequestSchema, type ReportAddendum, reportAddendumSchema } from './report-addendum.ts';
import { type LinkTo, openReportLinks } from './report-links.gateway.ts';

export type ManageAddendaUse = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly assetsFolder: string;
  readonly linkTo: LinkTo;
};

/** Addenda of one answer: each is some 2 KB. */
const ADDENDA_OF_A_PAGE = 20;
const AFTER = /^[1-9]\d{0,8}$/;

async function answerAddenda(request: StaffRequest, use: ManageAddendaUse, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.method === 'GET') return list(request, use, campaign.campaignId);
  const key = readNeededIdempotencyKey(request);
  if (key.kind === 'bad') return key.answer;
  const body = readJsonBody(request, addendumRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const asked = { request: body.value, idempotencyKey: key.key, by: request.actor.id, now };
  const outcome = await addAddendum(use, campaign, asked);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'idempotency-key-reused' ? 422 : 409, outcome);
  return { status: outcome.kind === 'added' ? 201 : 200, body: await view(use, outcome.addendum) };
}

async function list(request: StaffRequest, use: ManageAddendaUse, campaignId: string): Promise<HttpAnswer> {
  const { after } = request.query;
  if (after !== undefined && !AFTER.test(after))
    return problem(400, 'bad-cursor', '"after" must be the number of an addendum.');
  const from = after === undefined ? 1 : Number(after) + 1;
  const page = await use.table.query(reportAddendaFrom(campaignId, from), { limit: ADDENDA_OF_A_PAGE });
  const addenda = page.items.map((item) => reportAddendumSchema.parse(item));
  return {
    status: 200,
    body: {
      campaignId,
      addenda: await Promise.all(addenda.map((addendum) => view(use, addendum))),
      next: page.cursor === undefined ? null : `?after=${addenda.at(-1)?.number}`,
    },
  };
}

async function view({ linkTo }: ManageAddendaUse, addendum: ReportAddendum) {
  const { campaignId, number, reportSha256, reason, corrections, figures, writtenBy, writtenAt, sha256, files } =
    addendum;
  const url = await linkTo(files.pdf.key, `closeout-${campaignId}-addendum-${number}.pdf`);
  return { campaignId, number, reportSha256, reason, corrections, figures, writtenBy, writtenAt, sha256, url };
}

export const definition: StaffDefinition<ManageAddendaUse> = {
  name: 'manage-addenda',
  access: {
    'GET /campaigns/{campaignId}/report-addenda': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
    'POST /campaigns/{campaignId}/report-addenda': { roles: ['finance'], of: 'campaign' },
  },
  open: () => ({
    table: openTable(),
    files: openCampaignFiles(),
    assetsFolder: import.meta.dirname,
    linkTo: openReportLinks(),
  }),
  handle: answerAddenda,
};
export const handler = staffFunction(definition);
