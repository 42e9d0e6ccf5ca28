import { readFileSync, statSync } from 'node:fs';
import { ProblemError, type YiqiClient } from '../client/client.ts';
import { unreadable } from './account-commands.ts';
import { answered, apiOf } from './api.ts';
import { type ExitCode, FAILED, WRONG_INPUT, wrongInput } from './command-problem.ts';
import {
  type LineProblem,
  type OrganisationRow,
  type PersonRow,
  type ReadFile,
  readOrganisations,
  readPeople,
  textOf,
} from './import-file.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { jsonText, tableText } from './table.ts';

/** 2,000 rows of 200 characters are 400 KB; ten times that is no list of people. */
const LARGEST_FILE_BYTES = 4_000_000;

type Typed = { readonly local: boolean; readonly json: boolean };
type Result = { readonly line: number; readonly what: string; readonly outcome: Outcome; readonly reason?: string };
type Outcome = 'created' | 'already there' | 'failed';

/** Adds the organisations of a file under their parents. */
export async function importOrganisations(surroundings: Surroundings, path: string, typed: Typed): Promise<ExitCode> {
  return imported(surroundings, path, typed, readOrganisations, (api) => {
    const failed = new Set<string>();
    return async (row: OrganisationRow) => {
      const { line, managementLimitBasisPoints: limit, ...required } = row;
      const body = { ...required, ...(limit === undefined ? {} : { managementLimitBasisPoints: limit }) };
      const what = row.organisationId;
      if (failed.has(row.parentId)) {
        failed.add(what);
        return { line, what, outcome: 'failed', reason: `its parent ${row.parentId} failed` };
      }
      const result = await sent(line, what, () => answered(api.POST('/organisations', { body })));
      if (result.outcome === 'failed') failed.add(what);
      return result;
    };
  });
}

/** Invites the people of a file into their organisations. */
export async function importPeople(surroundings: Surroundings, path: string, typed: Typed): Promise<ExitCode> {
  return imported(
    surroundings,
    path,
    typed,
    readPeople,
    (api) =>
      ({ line, organisationId, ...body }: PersonRow) =>
        sent(line, `${body.email} in ${organisationId}`, () =>
          answered(api.POST('/organisations/{organisationId}/members', { params: { path: { organisationId } }, body })),
        ),
  );
}

async function imported<Row>(
  surroundings: Surroundings,
  path: string,
  typed: Typed,
  read: (text: string) => ReadFile<Row>,
  senderOf: (api: YiqiClient) => (row: Row) => Promise<Result>,
): Promise<ExitCode> {
  const { terminal } = surroundings;
  const file = read(textOf(bytesOf(path)));
  if (file.kind === 'bad') {
    terminal.writeError(problemsText(path, file.problems));
    return WRONG_INPUT;
  }
  const send = senderOf(apiOf(surroundings, systemOf(surroundings, typed.local)));
  const results: Result[] = [];
  for (const row of file.rows) results.push(await send(row));
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const rows = results.map(({ line, what, outcome, reason = '' }) => [String(line), what, outcome, reason]);
  const sums = `${count('created')} created, ${count('already there')} already there, ${count('failed')} failed.`;
  terminal.write(
    typed.json ? jsonText(results) : `${tableText(['Line', 'What', 'Outcome', 'Why'], rows)}\n  ${sums}\n`,
  );
  return count('failed') > 0 ? FAILED : 0;
}

function bytesOf(path: string): Uint8Array {
  try {
    if (statSync(path).size > LARGEST_FILE_BYTES)
      throw wrongInput(`${path} is larger than ${LARGEST_FILE_BYTES} bytes.`);
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function problemsText(path: string, problems: readonly LineProblem[]): string {
  const lines = problems.map(({ line, column, problem }) => `  ${path}:${line}  ${column}: ${problem}\n`);
  return `Nothing was sent: ${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'} in ${path}.\n${lines.join('')}`;
}

const UNAUTHORISED = 401;

/** One row's call. What is refused is told in its line and the others go on; without a session none would get through. */
async function sent(line: number, what: string, call: () => Promise<{ readonly response: Response }>): Promise<Result> {
  try {
    const { response } = await call();
    return { line, what, outcome: response.status === 201 ? 'created' : 'already there' };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status === UNAUTHORISED) throw error;
    return { line, what, outcome: 'failed', reason: error.message.replace(/\s*\n\s*/g, ' ') };
  }
}
