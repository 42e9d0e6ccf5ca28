import { readFileSync } from 'node:fs';
import type { components } from '../client/api-types.ts';
import { ProblemError, type YiqiClient } from '../client/client.ts';
import type { Problem as ApiProblem } from '../client/problems.ts';
import type { ProposalDraft } from '../functions/campaigns/proposal-draft.ts';
import { wholeProposal } from '../functions/campaigns/proposal-draft.ts';
import { unreadable } from './account-commands.ts';
import { answered, apiOf } from './api.ts';
import { CommandProblem, type ExitCode, FAILED, WRONG_INPUT } from './command-problem.ts';
import { type ProposalFile, readProposal } from './proposal-file.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { jsonText, shown } from './table.ts';

type Typed = { readonly draft: boolean; readonly local: boolean; readonly json: boolean };
type Problem = NonNullable<ApiProblem['problems']>[number];
type Draft = components['schemas']['CampaignDraft'] | components['schemas']['Campaign'];

const INVALID = 422;

/** Saves the proposal of a file and hands it in, or prints everything that stands between the two. */
export async function submit(surroundings: Surroundings, path: string, typed: Typed): Promise<ExitCode> {
  const { terminal } = surroundings;
  const read = readProposal(textOfFile(path));
  if (read.kind === 'bad') {
    for (const { line, column, problem } of read.problems)
      terminal.writeError(`${path}:${line}:${column}  ${shown(problem)}\n`);
    return WRONG_INPUT;
  }
  const { file } = read;
  const api = apiOf(surroundings, systemOf(surroundings, typed.local));
  const begun = await begin(api, file);
  const { campaignId } = begun.data;
  const tell = (status: string, sentence: string, more: object = {}): void =>
    terminal.write(typed.json ? jsonText({ campaignId, status, ...more }) : `${campaignId}: ${sentence}\n`);
  if (!isWritten(begun.data)) {
    const differs = 'The file was not sent: what is submitted is changed only after it was returned.';
    if (isWaiting(begun.data)) {
      tell(begun.data.status, `is handed in already, and is ${begun.data.status}. ${differs}`);
      return 0;
    }
    throw new CommandProblem(`${campaignId} is ${begun.data.status}. ${differs}`);
  }
  const outcome = await sentWhole(api, file, begun, typed.draft);
  if (outcome.kind === 'wrong') {
    if (typed.json) terminal.write(jsonText({ campaignId, problems: placed(file, outcome.problems) }));
    else terminal.writeError(problemsText(path, file, outcome.problems));
    return FAILED;
  }
  if (outcome.kind === 'submitted')
    tell(outcome.campaign.status, `handed in as round ${outcome.campaign.round}; it is ${outcome.campaign.status}.`);
  else {
    const missing = 'problems' in outcome.draft ? outcome.draft.problems.length : 0;
    tell(
      outcome.draft.status,
      missing === 0
        ? 'saved as a draft.'
        : `saved as a draft; ${missing} things are missing before it can be handed in.`,
      { missing },
    );
  }
  return 0;
}

function textOfFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The draft of this file's id: made now, or as it has become since. Always the same call, so that a repeat finds it. */
const begin = (api: YiqiClient, { id, organisationId }: ProposalFile) =>
  answered(api.POST('/campaigns', { params: { header: { 'Idempotency-Key': id } }, body: { organisationId } }));

const isWritten = ({ status }: Draft): boolean => status === 'draft' || status === 'returned';
const isWaiting = ({ status }: Draft): boolean => status === 'submitted' || status === 'awaiting-approval';

type Sent =
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] }
  | { readonly kind: 'saved'; readonly draft: Draft }
  | { readonly kind: 'submitted'; readonly campaign: components['schemas']['Campaign'] };

async function sentWhole(
  api: YiqiClient,
  { fields }: ProposalFile,
  { data, response }: Awaited<ReturnType<typeof begin>>,
  isDraft: boolean,
): Promise<Sent> {
  const params = { path: { campaignId: data.campaignId } };
  try {
    const ifMatch = response.headers.get('etag') ?? '';
    const saved = await answered(
      api.PATCH('/campaigns/{campaignId}', {
        params: { ...params, header: { 'If-Match': ifMatch } },
        body: { ...emptied(data, fields), ...fields },
      }),
    );
    if (isDraft) return { kind: 'saved', draft: saved.data };
  } catch (error) {
    // What is wrong is said of a draft, what is missing only at submission: both at once is one reading less.
    return { kind: 'wrong', problems: [...problemsOf(error), ...(isDraft ? [] : missingIn(fields))].filter(isFirst) };
  }
  try {
    const { data: campaign } = await answered(api.POST('/campaigns/{campaignId}/submissions', { params }));
    return { kind: 'submitted', campaign };
  } catch (error) {
    return { kind: 'wrong', problems: problemsOf(error) };
  }
}

/** Fields that an earlier saving left in the draft and that the file has no more. */
const emptied = (data: Draft, fields: object): Readonly<Record<string, null>> =>
  Object.fromEntries(
    Object.keys(('draft' in data ? data.draft : undefined) ?? data.proposal)
      .filter((field) => !Object.hasOwn(fields, field))
      .map((field) => [field, null]),
  );

function problemsOf(error: unknown): readonly Problem[] {
  const problems = error instanceof ProblemError && error.status === INVALID ? error.problem?.problems : undefined;
  if (problems === undefined) throw error;
  return problems;
}

function missingIn(fields: ProposalFile['fields']): readonly Problem[] {
  const whole = wholeProposal(fields as ProposalDraft);
  if (whole.kind === 'whole') return [];
  return whole.problems.map(({ field, problem, fix, rule }) => ({
    field,
    problem,
    fix,
    ...(rule === undefined ? {} : { rule }),
  }));
}

const isFirst = ({ field, problem }: Problem, position: number, all: readonly Problem[]): boolean =>
  all.findIndex((other) => other.field === field && other.problem === problem) === position;

const placed = ({ placeOf }: ProposalFile, problems: readonly Problem[]) =>
  problems
    .map((problem) => ({ ...problem, ...placeOf(problem.field) }))
    .toSorted((left, right) => left.line - right.line || left.column - right.column);

function problemsText(path: string, file: ProposalFile, problems: readonly Problem[]): string {
  const texts = placed(file, problems).map(({ line, column, field, problem, fix, rule }) =>
    [
      `${path}:${line}:${column}  ${field} ${shown(problem)}`,
      `    fix   ${shown(fix)}`,
      ...(rule === undefined ? [] : [`    rule  ${shown(rule)}`]),
    ].join('\n'),
  );
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
  return `${count} wrong or missing; the proposal was not handed in.\n\n${texts.join('\n')}\n`;
}
