import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { anchorsAfter, auditLines, findHead, findLine, storedLines } from './audit.store.ts';
import { auditCsv } from './audit-csv.ts';
import type { AuditLine } from './audit-line.ts';
import { CHAIN_START, ChainVerifier } from './verify-chain.ts';

const afterSchema = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .default(0);
/** Lines of one answer. One is 1 to 5 KB as a rule and 100 KB at most; Lambda answers 6 MB at most. */
const LINES_OF_A_PAGE = 50;
/** A proposal's line is 20 rows; 500 lines are read in under a second. */
const LINES_OF_A_FILE = 500;
/** A hash takes 20 us and reading 200 lines 50 ms: 5,000 are done in 2 s of a call's 10. */
const LINES_OF_A_VERIFICATION = 5_000;
/** Room for one more line under the 6 MB of an answer. */
const LARGEST_ANSWER_CHARACTERS = 2_000_000;

async function answerTrail(request: StaffRequest, { table }: { table: Table }): Promise<HttpAnswer> {
  const { organisationId = '' } = request.parameters;
  const after = afterSchema.safeParse(request.query['after']);
  if (!after.success) return problem(400, 'bad-cursor', '"after" must be the number of a line.');
  if (request.path.endsWith('/audit-verification')) return verification(table, organisationId, after.data);
  if (request.path.endsWith('.csv')) return csv(table, organisationId, after.data);
  const { lines, next } = await pageOf(table, organisationId, after.data, LINES_OF_A_PAGE);
  return { status: 200, body: { organisationId, lines, next: next === undefined ? null : `?after=${next}` } };
}

async function csv(table: Table, organisationId: string, after: number): Promise<HttpAnswer> {
  const { lines, next } = await pageOf(table, organisationId, after, LINES_OF_A_FILE);
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="audit-${organisationId}-after-${after}.csv"`,
      // RFC 8288: a file has no place for the way to the next one.
      ...(next === undefined ? {} : { link: `<?after=${next}>; rel="next"` }),
    },
    text: auditCsv(lines),
  };
}

/** Lines after a number; `next` where there are more: as many as are asked for, fewer where they are large. */
async function pageOf(
  table: Table,
  organisationId: string,
  after: number,
  most: number,
): Promise<{ readonly lines: readonly AuditLine[]; readonly next: number | undefined }> {
  const lines: AuditLine[] = [];
  let characters = 0;
  for await (const line of auditLines(table, organisationId, after)) {
    if (lines.length === most || characters > LARGEST_ANSWER_CHARACTERS) return { lines, next: lines.at(-1)?.number };
    characters += JSON.stringify(line).length;
    lines.push(line);
  }
  return { lines, next: undefined };
}

/** Checks the chain from a line on: every hash, every link, the head, the anchors. */
async function verification(table: Table, organisationId: string, after: number): Promise<HttpAnswer> {
  const from = after === 0 ? CHAIN_START : await findLine(table, organisationId, after);
  if (from === undefined) return problem(404, 'unknown-line', 'There is no such line, or it cannot be read.');
  const anchors = await anchorsAfter(table, organisationId, after);
  const verifier = new ChainVerifier(organisationId, anchors, { number: from.number, hash: from.hash });
  let read = 0;
  let next: number | undefined;
  for await (const stored of storedLines(table, organisationId, after)) {
    if (read === LINES_OF_A_VERIFICATION) {
      next = verifier.place.number;
      break;
    }
    verifier.take(stored);
    read += 1;
  }
  // What comes after this page says whether the chain ends where it should.
  const problems = next === undefined ? verifier.finish(await findHead(table, organisationId)) : verifier.problems;
  const { number, hash } = verifier.place;
  return {
    status: 200,
    body: {
      organisationId,
      lines: read,
      upTo: number,
      hash,
      anchors: anchors.filter((anchor) => anchor.number <= number).length,
      isWhole: problems.length === 0,
      problems,
      next: next === undefined ? null : `?after=${next}`,
    },
  };
}

const READERS = { roles: ['auditor', 'admin'], of: 'organisation' } as const;

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'read-audit-trail',
  access: {
    'GET /organisations/{organisationId}/audit-lines': READERS,
    'GET /organisations/{organisationId}/audit-lines.csv': READERS,
    'GET /organisations/{organisationId}/audit-verification': READERS,
  },
  open: () => ({ table: openTable() }),
  handle: answerTrail,
};
export const handler = staffFunction(definition);
