import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { importView } from './import-view.ts';
import { openStatementFiles, type StatementFiles } from './statement-files.gateway.ts';
import { bookedSoFar, findImport } from './statement-import.store.ts';
import { problemsFile } from './statement-import.ts';

export type GetImportUse = { readonly table: Table; readonly files: StatementFiles };

/** An import with its preview or its progress, and where to download the rows that could not be read. */
async function answerGet(request: HttpRequest, use: GetImportUse): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'manager', 'finance', 'auditor', 'admin');
  if (forbidden !== undefined) return forbidden;
  const found = await findImport(use.table, request.parameters['importId'] ?? '');
  if (found === undefined) return problem(404, 'unknown-import', 'There is no such import.');
  const isBooking = found.state === 'booking' || found.state === 'booked' || found.state === 'failed';
  const progress = isBooking ? await bookedSoFar(use.table, found.importId) : undefined;
  const problemsUrl =
    (found.preview?.problems ?? 0) > 0 ? await use.files.downloadAddress(problemsFile(found.importId)) : null;
  return { status: 200, body: { ...importView(found, progress), problemsUrl } };
}

export const definition: HttpDefinition<GetImportUse> = {
  name: 'get-statement-import',
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: answerGet,
};
export const handler = httpFunction(definition);
