import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { FORBIDDEN, type HttpAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { importView } from './import-view.ts';
import { openStatementFiles, type StatementFiles } from './statement-files.gateway.ts';
import { bookedSoFar, findImport } from './statement-import.store.ts';
import { problemsFile } from './statement-import.ts';

export type GetImportUse = { readonly table: Table; readonly files: StatementFiles };

/** An import with its preview or its progress, and where to download the rows that could not be read. */
async function answerGet(request: StaffRequest, use: GetImportUse): Promise<HttpAnswer> {
  const found = await findImport(use.table, request.parameters['importId'] ?? '');
  const refused = await request.standing.refuse(found?.organisationId);
  if (found === undefined || refused !== undefined) return refused ?? FORBIDDEN;
  const isBooking = found.state === 'booking' || found.state === 'booked' || found.state === 'failed';
  const progress = isBooking ? await bookedSoFar(use.table, found.importId) : undefined;
  const problemsUrl =
    (found.preview?.problems ?? 0) > 0 ? await use.files.downloadAddress(problemsFile(found.importId)) : null;
  return { status: 200, body: { ...importView(found, progress), problemsUrl } };
}

export const definition: StaffDefinition<GetImportUse> = {
  name: 'get-statement-import',
  access: {
    'GET /statement-imports/{importId}': { roles: ['manager', 'finance', 'auditor', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: answerGet,
};
export const handler = staffFunction(definition);
