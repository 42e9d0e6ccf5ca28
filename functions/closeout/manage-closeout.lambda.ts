import { type Door, type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCloseout } from './closeout.store.ts';
import { REPORT_FORMATS, type ReportFormat } from './closeout-partition.ts';
import { findStatement, readFacts, saveStatement, submitStatement } from './closeout-statement.store.ts';
import {
  closeoutStatementSchema,
  type StoredStatement,
  statementProblems,
  UNWRITTEN_VERSION,
} from './closeout-statement.ts';
import { type LinkTo, openReportLinks } from './report-links.gateway.ts';

export type ManageCloseoutUse = { readonly table: Table; readonly linkTo: LinkTo };

async function answerCloseout(request: StaffRequest, use: ManageCloseoutUse, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.path.endsWith('/closeout')) return showReport(use, campaign);
  const stored = await findStatement(use.table, campaign.campaignId);
  if (request.method === 'PUT') return save(request, use, campaign, stored);
  if (request.method === 'POST') return submit(request, use, campaign, stored, now);
  return statementAnswer(request, use, campaign, stored);
}

/** The statement with all that keeps it from being submitted, so that whoever writes it sees it while writing. */
async function statementAnswer(
  request: StaffRequest,
  { table }: ManageCloseoutUse,
  campaign: Campaign,
  stored: StoredStatement | undefined,
  status = 200,
): Promise<HttpAnswer> {
  const statement = stored?.statement ?? {};
  const version = stored?.version ?? UNWRITTEN_VERSION;
  const facts = await readFacts(table, campaign, statement, mayRead(request));
  const { state = 'open', round = 0, workedOnBy = [], submittedAt, returned } = stored ?? {};
  return {
    status,
    headers: { etag: etagOf(version) },
    body: {
      campaignId: campaign.campaignId,
      version,
      state,
      round,
      statement,
      workedOnBy,
      submittedAt: submittedAt ?? null,
      returned: returned ?? null,
      problems: state === 'open' ? statementProblems(statement, facts) : [],
    },
  };
}

const mayRead =
  ({ standing }: StaffRequest) =>
  async (organisationId: string): Promise<boolean> =>
    (await standing.refuse(organisationId)) === undefined;

async function save(
  request: StaffRequest,
  use: ManageCloseoutUse,
  campaign: Campaign,
  before: StoredStatement | undefined,
): Promise<HttpAnswer> {
  const stale = refuseUnlessCurrent(request, before?.version ?? UNWRITTEN_VERSION);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, closeoutStatementSchema);
  if (body.kind === 'unreadable') return body.answer;
  const change = { before, statement: body.value, by: request.actor.id };
  const outcome = await saveStatement(use.table, campaign.campaignId, change);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  return statementAnswer(request, use, campaign, outcome.stored);
}

async function submit(
  request: StaffRequest,
  use: ManageCloseoutUse,
  campaign: Campaign,
  before: StoredStatement | undefined,
  now: Instant,
): Promise<HttpAnswer> {
  if (before === undefined) return problem(409, 'nothing-written', 'Write the statement first: nothing is saved yet.');
  const facts = await readFacts(use.table, campaign, before.statement, mayRead(request));
  const outcome = await submitStatement(use.table, campaign, before, { by: request.actor.id, facts, now });
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'incomplete' ? 422 : 409, outcome);
  return statementAnswer(request, use, campaign, outcome.stored);
}

/** How far the report has come, and where its files are. */
async function showReport({ table, linkTo }: ManageCloseoutUse, { campaignId }: Campaign): Promise<HttpAnswer> {
  const closeout = await findCloseout(table, campaignId);
  if (closeout === undefined)
    return problem(404, 'no-report', 'No report has been written: the closeout has not come so far.');
  const { state, round, reportSha256, preparedAt, preparedBy, signatures, signedAt, lateGifts, laterAdjustments } =
    closeout;
  const formats = Object.keys(REPORT_FORMATS) as ReportFormat[];
  const files = await Promise.all(
    formats.flatMap((format) => {
      const file = closeout.files?.[format];
      if (file === undefined) return [];
      const name = `closeout-${campaignId}.${format}`;
      return [linkTo(file.key, name).then((url) => ({ format, sha256: file.sha256, url }))];
    }),
  );
  return {
    status: 200,
    body: {
      campaignId,
      state,
      round,
      reportSha256,
      preparedAt,
      preparedBy,
      signatures,
      signedAt: signedAt ?? null,
      lateGifts,
      laterAdjustments,
      addenda: closeout.addenda,
      files,
    },
  };
}

const READERS = {
  roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
  of: 'campaign',
} as const satisfies Door;
const AUTHORS = { roles: ['manager', 'finance'], of: 'campaign' } as const satisfies Door;

export const definition: StaffDefinition<ManageCloseoutUse> = {
  name: 'manage-closeout',
  access: {
    'GET /campaigns/{campaignId}/closeout': READERS,
    'GET /campaigns/{campaignId}/closeout-statement': READERS,
    'PUT /campaigns/{campaignId}/closeout-statement': AUTHORS,
    'POST /campaigns/{campaignId}/closeout-statement/submissions': AUTHORS,
  },
  open: () => ({ table: openTable(), linkTo: openReportLinks() }),
  handle: answerCloseout,
};
export const handler = staffFunction(definition);
