import Table from 'cli-table3';
import type { components } from '../../client/api-types.ts';
import { dataOf, type YiqiClient } from '../../client/client.ts';
import { instantOf, localTimeText } from '../../functions/kernel/time.ts';

type AuditLine = components['schemas']['AuditLine'];
type ItemChange = AuditLine['changes'][number];

/** An organisation's audit trail, and what its verification says. */
export type AuditTrail = {
  readonly lines: readonly AuditLine[];
  /** By person's id. */
  readonly names: ReadonlyMap<string, string>;
  readonly verified: { readonly lines: number; readonly isWhole: boolean; readonly firstProblem: string | undefined };
};

/** Reads the whole trail page by page, has it checked, and looks up who people are. `client` is that of an admin. */
export async function readAuditTrail(client: YiqiClient, organisationId: string): Promise<AuditTrail> {
  const path = { organisationId };
  const lines: AuditLine[] = [];
  for await (const page of pages((query) =>
    dataOf(client.GET('/organisations/{organisationId}/audit-lines', { params: { path, query } })),
  ))
    lines.push(...page.lines);
  const names = new Map<string, string>();
  for await (const page of pages((query) =>
    dataOf(client.GET('/organisations/{organisationId}/members', { params: { path, query } })),
  ))
    for (const { personId, name } of page.members) names.set(personId, name);
  let checked = 0;
  const problems: string[] = [];
  for await (const page of pages((query) =>
    dataOf(client.GET('/organisations/{organisationId}/audit-verification', { params: { path, query } })),
  )) {
    checked += page.lines;
    problems.push(...page.problems.map(({ number, problem }) => `line ${number} is ${problem}`));
  }
  return { lines, names, verified: { lines: checked, isWhole: problems.length === 0, firstProblem: problems[0] } };
}

/** Page after page, as `next` of each names the query of the following one. */
async function* pages<Page extends { readonly next: string | null }>(
  read: (query: { after?: string }) => Promise<Page>,
): AsyncGenerator<Page> {
  let query: { after?: string } = {};
  for (;;) {
    const page = await read(query);
    yield page;
    const after = page.next === null ? null : new URLSearchParams(page.next).get('after');
    if (after === null) return;
    query = { after };
  }
}

/** Which lines are shown, and how. */
export type TrailView = {
  readonly zone: string;
  readonly nameOf: (by: string) => string;
  /** Of a longer trail the end is shown, with the number of lines before it. */
  readonly most: number;
};

/** The lines of a trail as a table that people can read: when, who, what, and on what. */
export function auditTrailTable(
  lines: readonly Pick<AuditLine, 'number' | 'at' | 'by' | 'action' | 'changes'>[],
  { zone, nameOf, most }: TrailView,
): string {
  const table = new Table({
    head: ['No', 'At', 'By', 'What', 'On what'],
    colAligns: ['right', 'left', 'left', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  const left = Math.max(0, lines.length - most);
  const row = ({ number, at, by, action, changes }: (typeof lines)[number]): string[] => [
    String(number),
    localTimeText(instantOf(at), zone),
    nameOf(by),
    action,
    countedTexts(changes.map(changeText)),
  ];
  if (left > 0) table.push(['', `… and ${left} before`, '', '', '']);
  table.push(...lines.slice(left).map(row));
  return table.toString();
}

/** Each text once, with how often where a line changed many items alike. */
function countedTexts(texts: readonly string[]): string {
  const counts = Map.groupBy(texts, (text) => text);
  return [...counts].map(([text, { length }]) => (length === 1 ? text : `${length} × ${text}`)).join(', ');
}

/** Where an item stands now, of those that have states; of others whether it was made, and else which fields changed. */
function changeText({ item, change, fields }: ItemChange): string {
  const state = fields.find(({ field }) => ['status', 'state', 'stage'].includes(field));
  if (change === 'changed' && state !== undefined) return `${item}: ${state.before} -> ${state.after}`;
  if (change !== 'changed') return `${item} ${change}${typeof state?.after === 'string' ? ` (${state.after})` : ''}`;
  const names = [...new Set(fields.map(({ field }) => field.split('.', 1)[0]))];
  return names.length === 0 ? item : `${item}: ${names.join(', ')}`;
}

/** The one line that the trail comes down to. */
export const verificationText = ({ lines, isWhole, firstProblem }: AuditTrail['verified']): string =>
  `${lines} lines, ${isWhole ? 'chain verified' : `CHAIN BROKEN: ${firstProblem}`}`;
