import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
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
async function answerCreate(request: StaffRequest, use: CreateImportUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, importRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const refused = await refusalFor(body.value, request, use.table);
  if (refused !== undefined) return refused;
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const source = await sourceOf(use.table, body.value);
  if ('status' in source) return source;
  const { organisationId, campaignId, fileName, bytes, covers } = body.value;
  const importId = key === undefined ? freshId('statement') : derivedId('statement', organisationId, key);
  const created = await createImport(use.table, {
    type: 'statement-import',
    importId,
    organisationId,
    ...(campaignId === undefined ? {} : { campaignId }),
    source,
    fileName,
    bytes,
    ...(covers === undefined ? {} : { covers }),
    state: 'awaiting-upload',
    createdBy: request.actor.id,
    createdAt: now,
    updatedAt: now,
  });
  if (created.fileName !== fileName || created.bytes !== bytes)
    return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another import. Use a new one.');
  const uploadUrl = await use.files.uploadAddress(originalFile(importId), bytes);
  return { status: 201, body: { importId, state: created.state, uploadUrl, method: 'PUT', bytes } };
}

/** Whose file it is may import it, into a campaign that is theirs too. */
async function refusalFor(
  { organisationId, campaignId }: ImportRequest,
  { standing }: StaffRequest,
  table: Table,
): Promise<HttpAnswer | undefined> {
  const refused = await standing.refuse(organisationId);
  if (refused !== undefined || campaignId === undefined) return refused;
  return standing.refuse(await organisationOfCampaign(table, campaignId));
}

async function sourceOf(table: Table, request: ImportRequest): Promise<StatementImport['source'] | HttpAnswer> {
  const { organisationId, mappingId, file, bytes, covers } = request;
  const invalid = (field: string, text: string, fix: string): HttpAnswer =>
    problem(422, 'invalid', 'The import cannot be opened.', [{ field, problem: text, fix }]);
  if (file !== undefined && covers !== undefined)
    return invalid('covers', 'is of no account at a bank', 'leave it out: a bill is of one day');
  if (file !== undefined) return { kind: file };
  const mapping = await findMapping(table, organisationId, mappingId ?? '');
  if (mapping === undefined)
    return invalid('mappingId', 'is no mapping of this organisation', 'save the mapping first');
  if (mapping.file === 'workbook' && isTooLargeForWorkbook(bytes))
    return invalid('bytes', 'is more than a workbook may have', 'export it as delimited text (CSV)');
  if (covers !== undefined && mapping.bank === undefined)
    return invalid('covers', 'is of no account at a bank', 'leave it out, or set bank in the mapping');
  return { kind: 'mapping', mapping };
}

export const definition: StaffDefinition<CreateImportUse> = {
  name: 'create-statement-import',
  access: {
    'POST /statement-imports': { roles: ['manager', 'finance', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: answerCreate,
};
export const handler = staffFunction(definition);
