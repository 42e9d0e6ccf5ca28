import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { reportAddendaFrom } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { draftAddendum } from './addendum-drafting.store.ts';
import { type AddendumWorkflow, openAddendumWorkflow } from './addendum-workflow.gateway.ts';
import { type CampaignFiles, openCampaignFiles } from './campaign-files.gateway.ts';
import {
  type AddendumContent,
  addendumRequestSchema,
  type ReportAddendum,
  reportAddendumSchema,
} from './report-addendum.ts';
import { findAddendumDraft } from './report-addendum-draft.store.ts';
import type { AddendumDraft } from './report-addendum-draft.ts';
import { type LinkTo, openReportLinks } from './report-links.gateway.ts';

export type ManageAddendaUse = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly assetsFolder: string;
  readonly linkTo: LinkTo;
  readonly addendumWorkflow: AddendumWorkflow;
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
  const outcome = await draftAddendum(use, campaign, asked);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'idempotency-key-reused' ? 422 : 409, outcome);
  if (outcome.kind === 'already-signed') return { status: 200, body: await signedView(use, outcome.addendum) };
  const { draft } = outcome;
  // Also after a repeat: the first call may have written the draft and died before anybody was asked to sign it.
  if (draft.state === 'waiting') await use.addendumWorkflow.start(campaign.campaignId, draft.round);
  return { status: outcome.kind === 'drafted' ? 201 : 200, body: await draftView(use, draft) };
}

async function list(request: StaffRequest, use: ManageAddendaUse, campaignId: string): Promise<HttpAnswer> {
  const { after } = request.query;
  if (after !== undefined && !AFTER.test(after))
    return problem(400, 'bad-cursor', '"after" must be the number of an addendum.');
  const from = after === undefined ? 1 : Number(after) + 1;
  const page = await use.table.query(reportAddendaFrom(campaignId, from), { limit: ADDENDA_OF_A_PAGE });
  const draft = await findAddendumDraft(use.table, campaignId);
  const addenda = page.items.map((item) => reportAddendumSchema.parse(item));
  return {
    status: 200,
    body: {
      campaignId,
      addenda: await Promise.all(addenda.map((addendum) => signedView(use, addendum))),
      draft: draft === undefined || draft.state === 'signed' ? null : await draftView(use, draft),
      next: page.cursor === undefined ? null : `?after=${addenda.at(-1)?.number}`,
    },
  };
}

const draftView = async (use: ManageAddendaUse, draft: AddendumDraft) => {
  const { content, round, state, sha256, files, returned } = draft;
  return {
    ...(await contentView(use, content, sha256, files)),
    state,
    round,
    signatures: [],
    signedAt: null,
    returned: returned ?? null,
  };
};

const signedView = async (use: ManageAddendaUse, addendum: ReportAddendum) => {
  const { round, sha256, files, signatures, signedAt } = addendum;
  const shown = await contentView(use, addendum, sha256, files);
  return { ...shown, state: 'signed' as const, round, signatures, signedAt, returned: null };
};

async function contentView(
  { linkTo }: ManageAddendaUse,
  content: AddendumContent,
  sha256: string,
  files: AddendumDraft['files'],
) {
  const {
    campaignId,
    number,
    reportSha256,
    reason,
    corrections,
    figures,
    changes,
    items,
    sources,
    writtenBy,
    writtenAt,
  } = content;
  const url = await linkTo(files.pdf.key, `closeout-${campaignId}-addendum-${number}.pdf`);
  const said = { campaignId, number, reportSha256, reason, corrections, figures, changes, items, sources };
  return { ...said, writtenBy, writtenAt, sha256, url };
}

export const definition: StaffDefinition<ManageAddendaUse> = {
  name: 'manage-addenda',
  access: {
    'GET /campaigns/{campaignId}/report-addenda': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
    'POST /campaigns/{campaignId}/report-addenda': { roles: ['manager', 'finance'], of: 'campaign' },
  },
  open: () => ({
    table: openTable(),
    files: openCampaignFiles(),
    assetsFolder: import.meta.dirname,
    linkTo: openReportLinks(),
    addendumWorkflow: openAddendumWorkflow(),
  }),
  handle: answerAddenda,
};
export const handler = staffFunction(definition);
