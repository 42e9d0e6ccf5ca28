import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { mappingsOf, saveMapping } from './statement-import.store.ts';
import { mappingProblems, statementMappingSchema } from './statement-mapping.ts';

/** Saves how an organisation's files of one kind are read, or lists what is saved. Saving the same again changes nothing. */
async function answerMapping(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const organisationId = request.parameters['organisationId'] ?? '';
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

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'save-statement-mapping',
  access: {
    'PUT /organisations/{organisationId}/statement-mappings/{mappingId}': {
      roles: ['manager', 'finance', 'admin'],
      of: 'organisation',
    },
    'GET /organisations/{organisationId}/statement-mappings': {
      roles: ['manager', 'finance', 'admin'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerMapping,
};
export const handler = staffFunction(definition);
