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
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { mappingsOf, saveMapping } from './statement-import.store.ts';
import { mappingProblems, statementMappingSchema } from './statement-mapping.ts';

/** Saves how an organisation's files of one kind are read, or lists what is saved. Saving the same again changes nothing. */
async function answerMapping(request: HttpRequest, use: { table: Table }): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'manager', 'finance', 'admin');
  if (forbidden !== undefined) return forbidden;
  const organisationId = request.parameters['organisationId'] ?? '';
  if ((await findOrganisation(use.table, organisationId)) === undefined)
    return problem(404, 'unknown-organisation', 'There is no such organisation.');
  if (request.method === 'GET') return { status: 200, body: { mappings: await mappingsOf(use.table, organisationId) } };
  const body = readJsonBody(request, statementMappingSchema);
  if (body.kind === 'unreadable') return body.answer;
  const mapping = body.value;
  const problems = mappingProblems(mapping);
  if (mapping.mappingId !== request.parameters['mappingId'])
    problems.push({ field: 'mappingId', problem: 'is not the one of the address', fix: 'send the same id in both' });
  if (problems.length > 0) return problem(422, 'invalid', 'The mapping contradicts itself.', problems);
  await saveMapping(use.table, organisationId, mapping);
  return { status: 200, body: mapping };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'save-statement-mapping',
  open: () => ({ table: openTable() }),
  handle: answerMapping,
};
export const handler = httpFunction(definition);
