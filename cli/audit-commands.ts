import { writeFileSync } from 'node:fs';
import { ProblemError, type YiqiClient } from '../client/client.ts';
import { auditLineSchema } from '../functions/audit/audit-line.ts';
import { type Anchor, type ChainProblem, ChainVerifier } from '../functions/audit/verify-chain.ts';
import { unreadable } from './account-commands.ts';
import { afterOf, answered, apiOf } from './api.ts';
import { type ExitCode, FAILED, wrongInput } from './command-problem.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { jsonText, tableText } from './table.ts';

type Typed = { readonly local: boolean; readonly json: boolean };

const ANCHOR = /^(\d{1,12}):([0-9a-f]{64})$/;

/** What an earlier verification printed, to be found again: `120:9f2c…`. */
export function anchorOf(text: string): Anchor {
  const [, number, hash] = ANCHOR.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw wrongInput(
      'An anchor is the number of a line and its hash, such as 120:9f2c…, as an earlier verification printed it.',
    );
  return { number: Number(number), hash };
}

type Found = ChainProblem & { readonly foundBy: string };

/**
 * Verifies an organisation's audit trail twice: on this machine, from the lines as they are downloaded, and by the API, which
 * knows the chain's head and its daily anchors too.
 */
export async function verify(
  surroundings: Surroundings,
  organisationId: string,
  typed: Typed & { readonly anchor?: readonly string[] },
): Promise<ExitCode> {
  const { terminal } = surroundings;
  const anchors = (typed.anchor ?? []).map(anchorOf);
  const api = apiOf(surroundings, systemOf(surroundings, typed.local));
  const here = await verifiedHere(api, organisationId, anchors);
  const there = await verifiedThere(api, organisationId);
  const problems: Found[] = [
    ...here.problems.map((problem) => ({ ...problem, foundBy: 'this machine' })),
    ...there.problems.map((problem) => ({ ...problem, foundBy: 'the API' })),
  ];
  const { number, hash } = here.place;
  const isWhole = problems.length === 0 && here.isRead;
  if (typed.json)
    terminal.write(jsonText({ organisationId, lines: here.lines, upTo: number, hash, isWhole, problems }));
  else if (isWhole) {
    const anchorsText = there.anchors === 1 ? '1 anchor' : `${there.anchors} anchors`;
    terminal.write(
      `The audit trail of ${organisationId} is whole: ${here.lines} lines, ${anchorsText}.\nKeep this to give with --anchor next time: ${number}:${hash}\n`,
    );
  } else {
    const unread = here.isRead ? '' : `Lines after ${number} cannot be read.\n`;
    terminal.write(`The audit trail of ${organisationId} is BROKEN.\n${unread}\n${problemsTable(problems)}`);
  }
  return isWhole ? 0 : FAILED;
}

const WORDS: Readonly<Record<ChainProblem['problem'], string>> = {
  missing: 'is missing',
  edited: 'was edited',
  'out-of-place': 'is not in its place',
  'not-chained': 'is not chained to the line before it',
  'cut-off': 'was cut off at the end',
  'differs-from-anchor': 'differs from the anchor that was kept of it',
  extra: 'is followed by something that does not belong there',
};

const problemsTable = (problems: readonly Found[]): string =>
  tableText(
    ['Line', 'What', 'Found by'],
    problems.map(({ number, problem, foundBy }) => [String(number), WORDS[problem], foundBy]),
  );

async function verifiedHere(api: YiqiClient, organisationId: string, anchors: readonly Anchor[]) {
  const verifier = new ChainVerifier(organisationId, anchors);
  let lines = 0;
  let after: string | undefined;
  let isRead = true;
  do {
    try {
      const params = { path: { organisationId }, query: after === undefined ? {} : { after } };
      const { data } = await answered(api.GET('/organisations/{organisationId}/audit-lines', { params }));
      for (const sent of data.lines) {
        const parsed = auditLineSchema.safeParse(sent);
        verifier.take({ storedNumber: sent.number, line: parsed.success ? parsed.data : undefined });
        lines += 1;
      }
      after = afterOf(data.next);
    } catch (error) {
      if (!isServerFault(error)) throw error;
      // A line that cannot be read stops the list; what the API's own check says of it is told.
      isRead = false;
      after = undefined;
    }
  } while (after !== undefined);
  // The API says what the head promises: here only what anchors promise can be missing at the end.
  const { place } = verifier;
  const problems = verifier.finish(place.number === 0 ? undefined : place);
  return { problems, place, lines, isRead };
}

const SERVER_FAULT = 500;
const isServerFault = (error: unknown): boolean => error instanceof ProblemError && error.status >= SERVER_FAULT;

async function verifiedThere(api: YiqiClient, organisationId: string) {
  const problems: ChainProblem[] = [];
  let anchors = 0;
  let after: string | undefined;
  do {
    const params = { path: { organisationId }, query: after === undefined ? {} : { after } };
    const { data } = await answered(api.GET('/organisations/{organisationId}/audit-verification', { params }));
    problems.push(...data.problems);
    anchors += data.anchors;
    after = afterOf(data.next);
  } while (after !== undefined);
  return { problems, anchors };
}

const NEXT = /^<(\?[^>]*)>; rel="next"$/;
const BYTE_ORDER_MARK = '\ufeff';

/** Writes an organisation's whole audit trail into a file. */
export async function exportTrail(
  surroundings: Surroundings,
  organisationId: string,
  typed: { readonly csv: string; readonly force: boolean; readonly local: boolean },
): Promise<void> {
  const api = apiOf(surroundings, systemOf(surroundings, typed.local));
  const parts: string[] = [];
  let after: string | undefined;
  do {
    const params = { path: { organisationId }, query: after === undefined ? {} : { after } };
    const { data, response } = await answered(
      api.GET('/organisations/{organisationId}/audit-lines.csv', { params, parseAs: 'text' }),
    );
    const text = data.replace(BYTE_ORDER_MARK, '');
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\r\n') + 2));
    after = afterOf(NEXT.exec(response.headers.get('link') ?? '')?.[1] ?? null);
  } while (after !== undefined);
  const text = `${BYTE_ORDER_MARK}${parts.join('')}`;
  try {
    writeFileSync(typed.csv, text, { flag: typed.force ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw wrongInput(`${typed.csv} is there already: give another name, or --force.`);
    throw unreadable(typed.csv, error);
  }
  surroundings.terminal.write(`The audit trail of ${organisationId} is in ${typed.csv}.\n`);
}
