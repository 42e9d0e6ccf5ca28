import { membershipsOf } from '../access/membership.store.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { organisationsOf } from '../organisations/organisation.store.ts';
import { type HttpAnswer, problem, problemsOf, readJsonBody } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { toClose } from './closing.ts';
import {
  changeExercise,
  changeProjects,
  readBooks,
  readExercise,
  readSettings,
  recordDecision,
  recordPair,
} from './exercise.store.ts';
import { type Books, decisionProblems } from './exercise-books.ts';
import { exerciseFor } from './exercise-call.store.ts';
import { exerciseView, projectView } from './exercise-view.ts';
import {
  assignmentRequestSchema,
  confirmationRequestSchema,
  correctionRequestSchema,
  decisionRequestSchema,
  pairDecisionRequestSchema,
  type Selection,
  selectionQuerySchema,
} from './legacy-exercise.ts';
import { type LegacyProject, valuesSeen } from './legacy-project.ts';
import { type LegacyWorkflow, openLegacyWorkflow } from './legacy-workflow.gateway.ts';
import { assigned, confirmed, corrected } from './project-change.ts';

export type ProjectsUse = { readonly table: Table; readonly workflow: LegacyWorkflow };
type Call = { readonly request: StaffRequest; readonly use: ProjectsUse; readonly books: Books; readonly now: Instant };

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;
const WRITERS = ['manager', 'finance', 'admin'] as const;
const PAGE_SIZE = 50;

/** The projects of an exercise: looked at, confirmed, corrected, given to people, decided on, and closed, one or many at once. */
async function answerProjects(request: StaffRequest, use: ProjectsUse, now: Instant): Promise<HttpAnswer> {
  const found = await exerciseFor(request, use.table);
  if (found.kind === 'refused') return found.answer;
  const call: Call = { request, use, books: await readBooks(use.table, found.exercise.exerciseId), now };
  const { exercise } = call.books.books;
  if (request.route === CLOSINGS) return close(call);
  if (request.method !== 'GET' && exercise.state !== 'open')
    return problem(409, 'not-open', `This exercise is ${exercise.state}: nothing of it changes now.`);
  return (ANSWERS[request.route] ?? list)(call);
}

const CLOSINGS = 'POST /legacy-exercises/{exerciseId}/closings';
const ANSWERS: Readonly<Record<string, (call: Call) => HttpAnswer | Promise<HttpAnswer>>> = {
  'GET /legacy-exercises/{exerciseId}/projects': list,
  'GET /legacy-exercises/{exerciseId}/projects/{projectId}': show,
  'PATCH /legacy-exercises/{exerciseId}/projects/{projectId}': correct,
  'POST /legacy-exercises/{exerciseId}/confirmations': confirm,
  'POST /legacy-exercises/{exerciseId}/assignments': assign,
  'POST /legacy-exercises/{exerciseId}/pairs/{pairId}/decisions': decidePair,
  'POST /legacy-exercises/{exerciseId}/decisions': decide,
};

function list({ request, books }: Call): HttpAnswer {
  const { after = '', ...query } = request.query;
  const selection = selectionQuerySchema.safeParse(query);
  if (!selection.success) return problem(422, 'invalid', 'The query cannot be read.', problemsOf(selection.error));
  const found = books
    .selected(selection.data)
    .filter(({ projectId }) => projectId > after)
    .toSorted((left, right) => (left.projectId < right.projectId ? -1 : 1));
  const page = found.slice(0, PAGE_SIZE);
  const last = page.at(-1)?.projectId;
  const next =
    found.length > page.length && last !== undefined
      ? new URLSearchParams({ ...(query as Record<string, string>), after: last }).toString()
      : null;
  return {
    status: 200,
    headers: { etag: etagOf(books.books.exercise.version) },
    body: {
      projects: page.map((project) => projectView(books, project)),
      found: books.selected(selection.data).length,
      next,
    },
  };
}

const projectIn = ({ request, books }: Call): LegacyProject | undefined =>
  books.books.projects.find(({ projectId }) => projectId === request.parameters['projectId']);
const UNKNOWN_PROJECT = problem(404, 'unknown-project', 'This exercise has no such project.');

function show(call: Call): HttpAnswer {
  const project = projectIn(call);
  return project === undefined
    ? UNKNOWN_PROJECT
    : { status: 200, headers: { etag: etagOf(project.version) }, body: projectView(call.books, project) };
}

/** A person writes other values; the ones that the file says stay beside them. */
async function correct(call: Call): Promise<HttpAnswer> {
  const { request, use, books, now } = call;
  const project = projectIn(call);
  if (project === undefined) return UNKNOWN_PROJECT;
  const stale = refuseUnlessCurrent(request, project.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, correctionRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { exercise } = books.books;
  const { settings } = await readSettings(use.table, exercise.organisationId);
  const changed = corrected(project, body.value, settings, { by: request.actor.id, at: now });
  if (changed.kind === 'bad')
    return problem(422, 'invalid', 'Some values are none that a project can have.', changed.problems);
  const outcome = await changeProjects(use.table, exercise, [changed.project], now);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(project.version + 1);
  const after = await readBooks(use.table, exercise.exerciseId);
  return show({ ...call, books: after });
}

/** What many things are done to: all that are selected, on the version of the exercise that the caller saw. */
function selected(
  { request, books }: Call,
  select: Selection,
):
  | { readonly kind: 'projects'; readonly projects: LegacyProject[] }
  | { readonly kind: 'bad'; readonly answer: HttpAnswer } {
  const stale = refuseUnlessCurrent(request, books.books.exercise.version);
  if (stale !== undefined) return { kind: 'bad', answer: stale };
  const unknown = books.unknownIn(select);
  if (unknown.length > 0)
    return {
      kind: 'bad',
      answer: problem(
        422,
        'invalid',
        'Some projects are not in this exercise.',
        unknown.map(
          (projectId): FieldProblem => ({
            field: 'select.projectIds',
            problem: `${projectId} is no project of this exercise`,
            fix: 'leave it out',
          }),
        ),
      ),
    };
  return { kind: 'projects', projects: books.selected(select) };
}

async function confirm(call: Call): Promise<HttpAnswer> {
  const { request, now } = call;
  const body = readJsonBody(request, confirmationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const chosen = selected(call, body.value.select);
  if (chosen.kind === 'bad') return chosen.answer;
  const { fields, reason } = body.value;
  const by = { by: request.actor.id, at: now, reason };
  return changed(
    call,
    chosen.projects.flatMap((project) => confirmed(project, fields, by) ?? []),
  );
}

async function assign(call: Call): Promise<HttpAnswer> {
  const body = readJsonBody(call.request, assignmentRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { select, papers, assignee, dueOn } = body.value;
  const chosen = selected(call, select);
  if (chosen.kind === 'bad') return chosen.answer;
  if (!(await isWithin(call, assignee)))
    return problem(422, 'invalid', 'This person cannot be given papers to find.', [
      {
        field: 'assignee',
        problem: 'is no active member of the organisation, or of one above or below it',
        fix: 'invite them first, or choose somebody else',
      },
    ]);
  return changed(
    call,
    chosen.projects.flatMap((project) => assigned(project, papers, { assignee, dueOn }) ?? []),
  );
}

/** Whether somebody is a member of the exercise's organisation, or of one in its line up or below it. */
async function isWithin({ use, books }: Call, personId: string): Promise<boolean> {
  const { organisationId } = books.books.exercise;
  const active = (await membershipsOf(use.table, personId)).filter(({ state }) => state === 'active');
  const organisations = await organisationsOf(use.table, [
    organisationId,
    ...active.map((membership) => membership.organisationId),
  ]);
  const own = organisations.get(organisationId)?.path ?? [];
  return active.some((membership) => {
    const path = organisations.get(membership.organisationId)?.path ?? [];
    return path.includes(organisationId) || own.includes(membership.organisationId);
  });
}

async function changed({ use, books, now }: Call, projects: readonly LegacyProject[]): Promise<HttpAnswer> {
  const { exercise } = books.books;
  const outcome = await changeProjects(use.table, exercise, projects, now);
  const current = await readExercise(use.table, exercise.exerciseId);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(current.version);
  return { status: 200, headers: { etag: etagOf(current.version) }, body: { changed: projects.length } };
}

async function decidePair(call: Call): Promise<HttpAnswer> {
  const { request, use, books, now } = call;
  const { exercise, pairs } = books.books;
  const body = readJsonBody(request, pairDecisionRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const pairId = request.parameters['pairId'] ?? '';
  const { decision, keep, reason } = body.value;
  const before = pairs.find((pair) => pair.pairId === pairId);
  if (before !== undefined && before.decision === decision && before.keep === keep)
    return { status: 200, body: { pairId, decision } };
  const pair = books.openPairs.find((one) => one.pairId === pairId);
  if (pair === undefined) return problem(404, 'unknown-pair', 'There is no such pair about which nobody has decided.');
  if (keep !== undefined && !pair.projectIds.includes(keep))
    return problem(422, 'invalid', 'Only one of the two can stay.', [
      { field: 'keep', problem: 'is none of the pair', fix: `send ${pair.projectIds.join(' or ')}` },
    ]);
  const copyId = keep === undefined ? undefined : pair.projectIds.find((projectId) => projectId !== keep);
  const copy = books.books.projects.find(({ projectId }) => projectId === copyId);
  const entry = {
    type: 'legacy-pair' as const,
    exerciseId: exercise.exerciseId,
    pairId,
    projectIds: [...pair.projectIds],
    decision,
    ...(keep === undefined ? {} : { keep }),
    reason,
    by: request.actor.id,
    at: now,
  };
  const outcome = await recordPair(
    use.table,
    exercise,
    entry,
    copy === undefined || keep === undefined ? undefined : { ...copy, sameAs: keep },
    now,
  );
  if (outcome.kind === 'changed-meanwhile')
    return problem(409, 'changed-meanwhile', 'The exercise changed meanwhile. Look at the pair again.');
  return { status: 201, body: { pairId, decision } };
}

/** All or nothing: every problem of every project is told, or the one decision is taken on all of them. */
async function decide(call: Call): Promise<HttpAnswer> {
  const { request, use, books, now } = call;
  const body = readJsonBody(request, decisionRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { select, ...terms } = body.value;
  const chosen = selected(call, select);
  if (chosen.kind === 'bad') return chosen.answer;
  const { exercise } = books.books;
  const { settings } = await readSettings(use.table, exercise.organisationId);
  const { projects } = chosen;
  if (projects.length === 0)
    return problem(422, 'invalid', 'Nothing is selected.', [
      { field: 'select', problem: 'applies to no project', fix: 'select at least one' },
    ]);
  const problems = decisionProblems(
    books,
    projects,
    { decision: terms.decision, hasMinutes: terms.minutes !== undefined, by: request.actor.id },
    settings,
  );
  if (problems.length > 0)
    return problem(
      422,
      'cannot-be-decided',
      `${problems.length} things stand in the way. Nothing was decided.`,
      problems,
    );
  const entry = {
    type: 'legacy-decision' as const,
    exerciseId: exercise.exerciseId,
    number: exercise.decisions + 1,
    ...terms,
    projectIds: projects.map(({ projectId }) => projectId),
    seen: Object.fromEntries(projects.map((project) => [project.projectId, valuesSeen(project)])),
    by: request.actor.id,
    at: now,
  };
  const outcome = await recordDecision(use.table, exercise, entry, now);
  const current = await readExercise(use.table, exercise.exerciseId);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(current.version);
  return {
    status: 201,
    headers: { etag: etagOf(current.version) },
    body: { number: entry.number, decision: entry.decision, projects: projects.length },
  };
}

/** Begins a round of closing; repeated while one goes on, it starts that one's workflow and no other. */
async function close(call: Call): Promise<HttpAnswer> {
  const { request, use, books, now } = call;
  const { exercise } = books.books;
  const { exerciseId } = exercise;
  if (exercise.state === 'closed') return { status: 200, body: exerciseView(exercise) };
  if (exercise.state !== 'closing') {
    const undecided = books.counted.filter(
      ({ projectId }) => books.decisionOf(projectId) === undefined && books.closingOf(projectId) === undefined,
    );
    const open = [
      ...books.openPairs.map(({ pairId }) => ({
        field: `pairs.${pairId}`,
        problem: 'may be one project in two lists',
        fix: 'decide on the pair',
      })),
      ...undecided.map(({ projectId, facts }) => ({
        field: `projects.${projectId}`,
        problem:
          books.outdatedDecisionOf(projectId) === undefined
            ? `“${facts.name.value}” has no decision`
            : `“${facts.name.value}” has other values than those that were decided on`,
        fix: 'decide what becomes of it; keep-open is one',
      })),
    ];
    if (books.counted.length === 0) open.push({ field: 'projects', problem: 'are none', fix: 'import a file first' });
    if (toClose(books).some(({ projectId }) => books.decisionOf(projectId)?.by === request.actor.id))
      return problem(409, 'same-person', 'You decided on some of these projects. Somebody else has to close them.');
    if (open.length > 0) return problem(422, 'cannot-be-closed', `${open.length} things are undecided.`, open);
    // After a stop the same round goes on; after an end a new one begins.
    const round = exercise.state === 'stopped' ? exercise.rounds : exercise.rounds + 1;
    const set = { state: 'closing', rounds: round, attempt: String(exercise.version + 1) };
    const outcome = await changeExercise(use.table, exercise, set, now);
    if (outcome.kind === 'changed-meanwhile')
      return problem(409, 'changed-meanwhile', 'The exercise changed meanwhile. Look at it again.');
  }
  const current = await readExercise(use.table, exerciseId);
  // Also where it is closing already: a call that broke off here is repeated, and one execution has this name.
  if (current.state === 'closing')
    await use.workflow.start({ mode: 'close', exerciseId, round: current.rounds, attempt: current.attempt ?? '1' });
  return { status: 202, body: exerciseView(current) };
}

export const definition: StaffDefinition<ProjectsUse> = {
  name: 'manage-legacy-projects',
  access: {
    'GET /legacy-exercises/{exerciseId}/projects': { roles: READERS, of: 'handler' },
    'GET /legacy-exercises/{exerciseId}/projects/{projectId}': { roles: READERS, of: 'handler' },
    'PATCH /legacy-exercises/{exerciseId}/projects/{projectId}': { roles: WRITERS, of: 'handler' },
    'POST /legacy-exercises/{exerciseId}/confirmations': { roles: WRITERS, of: 'handler' },
    'POST /legacy-exercises/{exerciseId}/assignments': { roles: WRITERS, of: 'handler' },
    'POST /legacy-exercises/{exerciseId}/pairs/{pairId}/decisions': { roles: WRITERS, of: 'handler' },
    'POST /legacy-exercises/{exerciseId}/decisions': { roles: ['approver', 'admin'], of: 'handler' },
    [CLOSINGS]: { roles: ['manager', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable(), workflow: openLegacyWorkflow() }),
  handle: answerProjects,
};
export const handler = staffFunction(definition);
