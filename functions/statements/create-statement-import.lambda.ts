import { findCampaign } from '../campaigns/campaign.store.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refuseUnless,
} from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openStatementFiles, type StatementFiles } from './statement-files.gateway.ts';
import { createImport, findMapping } from './statement-import.store.ts';
import {
  type ImportRequest,
  importRequestSchema,
  isTooLargeForWorkbook,
  originalFile,
  type StatementImport,
} from './statement-import.ts';

export type CreateImportUse = { readonly table: Table; readonly files: StatementFiles };

/** Opens an import and says where to put its file. Nothing is read before it is there, and nothing booked before it is checked. */
async function answerCreate(request: HttpRequest, use: CreateImportUse, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'manager', 'finance', 'admin');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, importRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const source = await sourceOf(use.table, body.value);
  if ('status' in source) return source;
  const { organisationId, campaignId, fileName, bytes } = body.value;
  const importId = key === undefined ? freshId('statement') : derivedId('statement', organisationId, key);
  const created = await createImport(use.table, {
    type: 'statement-import',
    importId,
    organisationId,
    ...(campaignId === undefined ? {} : { campaignId }),
    source,
    fileName,
    bytes,
    state: 'awaiting-upload',
    createdBy: request.actor?.id ?? 'unknown',
    createdAt: now,
    updatedAt: now,
  });
  if (created.fileName !== fileName || created.bytes !== bytes)
    return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another import. Use a new one.');
  const uploadUrl = await use.files.uploadAddress(originalFile(importId), bytes);
  return { status: 201, body: { importId, state: created.state, uploadUrl, method: 'PUT', bytes } };
}

async function sourceOf(table: Table, request: ImportRequest): Promise<StatementImport['source'] | HttpAnswer> {
  const { organisationId, campaignId, mappingId, file, bytes } = request;
  const invalid = (field: string, text: string, fix: string): HttpAnswer =>
    problem(422, 'invalid', 'The import cannot be opened.', [{ field, problem: text, fix }]);
  if ((await findOrganisation(table, organisationId)) === undefined)
    return invalid(
      'organisationId',
      'is not the id of an organisation',
      'name the organisation that the file is about',
    );
  if (campaignId !== undefined && (await findCampaign(table, campaignId)) === undefined)
    return invalid('campaignId', 'is not the id of a campaign', 'name the campaign, or leave it out');
  if (file !== undefined) return { kind: file };
  const mapping = await findMapping(table, organisationId, mappingId ?? '');
  if (mapping === undefined)
    return invalid('mappingId', 'is no mapping of this organisation', 'save the mapping first');
  if (mapping.file === 'workbook' && isTooLargeForWorkbook(bytes))
    return invalid('bytes', 'is more than a workbook may have', 'export it as delimited text (CSV)');
  return { kind: 'mapping', mapping };
}

export const definition: HttpDefinition<CreateImportUse> = {
  name: 'create-statement-import',
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: answerCreate,
};
export const handler = httpFunction(definition);
