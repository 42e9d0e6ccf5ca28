import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findReceiptSettings, saveReceiptSettings } from './receipt-settings.store.ts';
import { type ReceiptSettings, receiptSettingsRequestSchema } from './receipt-settings.ts';

async function answerSettings(request: StaffRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '' } = request.parameters;
  const standing = await findReceiptSettings(table, organisationId);
  if (request.method === 'GET')
    return standing === undefined
      ? problem(404, 'no-receipt-settings', 'This organisation has not said yet what its receipts say.')
      : shown(200, standing);
  const stale = standing === undefined ? undefined : refuseUnlessCurrent(request, standing.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, receiptSettingsRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  // An address that was said here once still counts (public-address.store.ts), and is kept.
  const { publicUrl } = standing ?? {};
  const saved = await saveReceiptSettings(
    table,
    organisationId,
    publicUrl === undefined ? body.value : { ...body.value, publicUrl },
    standing?.version ?? 0,
    request.actor.id,
    now,
  );
  if (saved.kind === 'refused') return refusalAnswer(409, saved);
  if (saved.kind === 'changed-meanwhile') return changedMeanwhile(saved.version);
  return shown(standing === undefined ? 201 : 200, saved.settings);
}

function shown(status: number, { type: _type, version, publicUrl: _old, ...settings }: ReceiptSettings): HttpAnswer {
  return { status, headers: { etag: etagOf(version) }, body: settings };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'manage-receipt-settings',
  access: {
    'GET /organisations/{organisationId}/receipt-settings': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'PUT /organisations/{organisationId}/receipt-settings': { roles: ['finance', 'admin'], of: 'organisation' },
  },
  open: () => ({ table: openTable() }),
  handle: answerSettings,
};
export const handler = staffFunction(definition);
