import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { importView } from './import-view.ts';
import { type ImportWorkflow, openImportWorkflow } from './import-workflow.gateway.ts';
import { findImport, moveImport, readImport } from './statement-import.store.ts';
import { bookingRequestSchema, type StatementImport } from './statement-import.ts';

export type RunImportUse = { readonly table: Table; readonly workflow: ImportWorkflow };

/**
 * Starts the reading of an uploaded file (`…/checks`), or the booking of one that was read (`…/bookings`). Repeated, it starts
 * nothing twice; after a failure it goes on where that stopped.
 */
async function answerRun(request: StaffRequest, use: RunImportUse, now: Instant): Promise<HttpAnswer> {
  const found = await findImport(use.table, request.parameters['importId'] ?? '');
  const refused = await request.standing.refuse(found?.organisationId);
  if (found === undefined || refused !== undefined) return refused ?? FORBIDDEN;
  return request.path.endsWith('/checks') ? check(found, use, now) : book(found, request, use, now);
}

async function check(found: StatementImport, use: RunImportUse, now: Instant): Promise<HttpAnswer> {
  const moved = await moveImport(use.table, found, 'checking', now);
  if (moved.kind === 'refused') return refusalAnswer(409, moved);
  return started(found, 'check', use);
}

async function book(
  found: StatementImport,
  request: StaffRequest,
  use: RunImportUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(
    { ...request, body: request.body.length === 0 ? Buffer.from('{}') : request.body },
    bookingRequestSchema,
  );
  if (body.kind === 'unreadable') return body.answer;
  const problems = found.preview?.problems ?? 0;
  if (problems > 0 && !body.value.leaveOutProblems)
    return problem(422, 'has-problems', `${problems} rows cannot be read.`, [
      {
        field: 'leaveOutProblems',
        problem: 'is not true, while some rows cannot be read',
        fix: 'correct the file and import it anew, or send true to book the others',
      },
    ]);
  const perhaps = found.preview?.perhapsOffline ?? 0;
  const { perhapsOffline } = body.value;
  if (perhaps > 0 && perhapsOffline === undefined)
    return problem(422, 'perhaps-entered-by-hand', `${perhaps} rows may be transfers that were entered by hand.`, [
      {
        field: 'perhapsOffline',
        problem: 'is missing, while transfers of the same days and sums were entered by hand',
        fix: 'look at preview.firstPerhapsOffline, then send "leave-out" if they are these transfers, or "book" if they are gifts of their own',
      },
    ]);
  if (found.state !== 'booked') {
    const decided = { bookedBy: request.actor.id, ...(perhapsOffline === undefined ? {} : { perhapsOffline }) };
    const moved = await moveImport(use.table, found, 'booking', now, decided);
    if (moved.kind === 'refused') return refusalAnswer(409, moved);
    return started(found, 'book', use);
  }
  return { status: 200, body: importView(found, undefined) };
}

async function started(found: StatementImport, mode: 'check' | 'book', use: RunImportUse): Promise<HttpAnswer> {
  const current = await readImport(use.table, found.importId);
  await use.workflow.start({
    importId: current.importId,
    mode,
    // One execution for each time that the import came to this state.
    attempt: current.updatedAt.replace(/\D/g, ''),
    parts: Array.from({ length: current.parts ?? 0 }, (_, index) => index + 1),
  });
  return { status: 202, body: importView(current, undefined) };
}

export const definition: StaffDefinition<RunImportUse> = {
  name: 'run-statement-import',
  access: {
    'POST /statement-imports/{importId}/checks': { roles: ['manager', 'finance', 'admin'], of: 'handler' },
    'POST /statement-imports/{importId}/bookings': { roles: ['manager', 'finance', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable(), workflow: openImportWorkflow() }),
  handle: answerRun,
};
export const handler = staffFunction(definition);
