import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { contactHashOf } from './contact-hash.ts';
import { findSettings, readManner, saveSettings } from './letter-template.store.ts';
import { noticeFiguresOfCampaign } from './notice-figures.store.ts';
import { type NoticeSettingsText, noticeSettingsTextSchema, settingsProblems } from './notice-settings.ts';
import { liftSuppression, readSuppressionCounts } from './suppression.store.ts';
import { liftingSchema } from './suppression.ts';

export type ManageNoticesUse = { readonly table: Table; readonly readDonorKey: () => Promise<string> };

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

async function answerNotices(request: StaffRequest, use: ManageNoticesUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', campaignId = '' } = request.parameters;
  switch (request.route) {
    case 'GET /organisations/{organisationId}/notice-settings':
      return showSettings(use.table, organisationId);
    case 'PUT /organisations/{organisationId}/notice-settings':
      return save(request, use.table, organisationId, now);
    case 'GET /organisations/{organisationId}/suppressions':
      return { status: 200, body: await readSuppressionCounts(use.table) };
    case 'POST /organisations/{organisationId}/suppressions/liftings':
      return lift(request, use, now);
    default:
      return { status: 200, body: await noticeFiguresOfCampaign(use.table, campaignId) };
  }
}

async function showSettings(table: Table, organisationId: string): Promise<HttpAnswer> {
  const organisation = await findOrganisation(table, organisationId);
  const { settings, settingsOf } = await readManner(
    table,
    organisation?.path ?? [organisationId],
    // Of the templates that are read beside them none is asked for.
    'thank-you',
    'zh-CN',
  );
  const own = settingsOf === organisationId ? await findSettings(table, organisationId) : undefined;
  return {
    status: 200,
    ...(own === undefined ? {} : { headers: { etag: etagOf(own.version) } }),
    body: { from: settingsOf ?? null, settings: textOf(settings) },
  };
}

/** Settings as callers send them. */
function textOf({ channels, quietHours, linkHosts, replyTo, wechat, sms }: NoticeSettingsText) {
  return {
    ...{ channels, quietHours, linkHosts },
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(wechat === undefined ? {} : { wechat }),
    ...(sms === undefined ? {} : { sms }),
  };
}

async function save(request: StaffRequest, table: Table, organisationId: string, now: Instant): Promise<HttpAnswer> {
  const existing = await findSettings(table, organisationId);
  const stale = existing === undefined ? undefined : refuseUnlessCurrent(request, existing.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, noticeSettingsTextSchema);
  if (body.kind === 'unreadable') return body.answer;
  const problems = settingsProblems(body.value);
  if (problems.length > 0) return problem(422, 'invalid', 'These settings do not fit together.', problems);
  // An address that was said here once still counts (public-address.store.ts), and is kept.
  const { publicAddress } = existing ?? {};
  const about = {
    ...{ organisationId, savedBy: request.actor.id },
    ...(publicAddress === undefined ? {} : { publicAddress }),
  };
  const outcome = await saveSettings(table, about, body.value, existing?.version ?? 0, now);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(outcome.version);
  return {
    status: existing === undefined ? 201 : 200,
    headers: { etag: etagOf(outcome.saved.version) },
    body: { from: organisationId, settings: textOf(outcome.saved) },
  };
}

/** Lets an address that somebody types in be written to again. What it was suppressed for is in no answer. */
async function lift(request: StaffRequest, use: ManageNoticesUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, liftingSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await liftSuppression(use.table, contactHashOf(await use.readDonorKey(), body.value.address), now);
  return outcome === 'lifted'
    ? { status: 200, body: { outcome } }
    : problem(404, 'not-suppressed', 'Nothing keeps mail from this address. Check how it is spelt.');
}

export const definition: StaffDefinition<ManageNoticesUse> = {
  name: 'manage-notices',
  access: {
    'GET /organisations/{organisationId}/notice-settings': { roles: READERS, of: 'organisation' },
    'PUT /organisations/{organisationId}/notice-settings': { roles: ['admin'], of: 'organisation' },
    'GET /organisations/{organisationId}/suppressions': { roles: ['manager', 'admin'], of: 'organisation' },
    'POST /organisations/{organisationId}/suppressions/liftings': { roles: ['admin'], of: 'organisation' },
    'GET /campaigns/{campaignId}/notices': { roles: READERS, of: 'campaign' },
  },
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerNotices,
};
export const handler = staffFunction(definition);
