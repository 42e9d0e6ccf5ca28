import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { findCalendar } from '../duties/calendar.store.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { changedMeanwhile, etagOf, readIfMatch } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { listEntries, type PublishOutcome, publishCorrection, publishEntry } from './disclosure.store.ts';
import { openDrafts } from './disclosure-draft.store.ts';
import { correctionRequestSchema, publicationRequestSchema } from './disclosure-entry.ts';
import { readDisclosureFigures } from './disclosure-figures.store.ts';
import { findDisclosureSettings, saveDisclosureSettings } from './disclosure-settings.store.ts';
import { disclosureSettingsRequestSchema } from './disclosure-settings.ts';
import { entryView } from './entry-view.ts';

type Use = { readonly table: Table; readonly files: CampaignFiles };

async function answerDisclosures(request: StaffRequest, use: Use, now: Instant): Promise<HttpAnswer> {
  const { organisationId } = request.parameters;
  if (organisationId !== undefined)
    return request.route.startsWith('PUT ')
      ? saveSettings(request, use.table, organisationId, now)
      : showSettings(use.table, organisationId);
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.route.startsWith('GET ')) return show(use.table, campaign, now);
  return publish(request, use, campaign, now);
}

/** Everything that was published, with who did, and what waits to be. */
async function show(table: Table, campaign: Campaign, now: Instant): Promise<HttpAnswer> {
  const { campaignId } = campaign;
  const [entries, calendar, figures] = await Promise.all([
    listEntries(table, campaignId),
    findCalendar(table, campaignId),
    readDisclosureFigures(table, campaign, now),
  ]);
  const drafts = calendar === undefined ? [] : await openDrafts(table, calendar, now);
  return {
    status: 200,
    body: {
      campaignId,
      entries: entries.map((entry) => ({ ...entryView(entry, entries), by: entry.by })),
      drafts: drafts.map(({ dutyId, kind, dueOn, text, draftedAt }) => ({ dutyId, kind, dueOn, text, draftedAt })),
      figures: figures ?? null,
    },
  };
}

async function publish(request: StaffRequest, use: Use, campaign: Campaign, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { campaignId } = campaign;
  const entryId = derivedId('disclosure', campaignId, request.actor.id, idempotency.key);
  const publication = { entryId, by: request.actor.id, now };
  const { number } = request.parameters;
  if (number !== undefined) {
    const body = readJsonBody(request, correctionRequestSchema);
    if (body.kind === 'unreadable') return body.answer;
    return answerOf(await publishCorrection(use, campaign, Number(number), body.value, publication));
  }
  const body = readJsonBody(request, publicationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const figures = await readDisclosureFigures(use.table, campaign, now);
  return answerOf(await publishEntry(use, campaign, body.value, figures, publication));
}

function answerOf(outcome: PublishOutcome): HttpAnswer {
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  const { entry } = outcome;
  return { status: outcome.kind === 'published' ? 201 : 200, body: { ...entryView(entry, []), by: entry.by } };
}
const STATUSES: Readonly<Record<string, number>> = { 'unknown-entry': 404, invalid: 422 };

async function showSettings(table: Table, organisationId: string): Promise<HttpAnswer> {
  const settings = await findDisclosureSettings(table, organisationId);
  return {
    status: 200,
    headers: { etag: etagOf((settings?.version ?? 0) + 1) },
    body: {
      organisationId,
      publishesProgress: settings?.publishesProgress ?? 'by-hand',
      responsible: settings?.responsible ?? null,
    },
  };
}

async function saveSettings(
  request: StaffRequest,
  table: Table,
  organisationId: string,
  now: Instant,
): Promise<HttpAnswer> {
  const read = readIfMatch(request);
  if (read.kind === 'bad') return read.answer;
  const body = readJsonBody(request, disclosureSettingsRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  // Tags count from 1, and what nobody has said anything of is version 0.
  const outcome = await saveDisclosureSettings(table, organisationId, body.value, read.version - 1, now);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(outcome.version + 1);
  return {
    status: 200,
    headers: { etag: etagOf(outcome.settings.version + 1) },
    body: { organisationId, ...body.value },
  };
}

export const definition: StaffDefinition<Use> = {
  name: 'manage-disclosures',
  access: {
    'GET /campaigns/{campaignId}/disclosures': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
    'POST /campaigns/{campaignId}/disclosures': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/disclosures/{number}/corrections': { roles: ['manager', 'admin'], of: 'campaign' },
    'GET /organisations/{organisationId}/disclosure-settings': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'PUT /organisations/{organisationId}/disclosure-settings': { roles: ['admin'], of: 'organisation' },
  },
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: answerDisclosures,
};
export const handler = staffFunction(definition);
