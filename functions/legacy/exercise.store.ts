import { LARGEST_AUDITED_TRANSACTION } from '../audit/audited-table.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import {
  legacyClosingsOf,
  legacyDecisionKey,
  legacyDecisionsOf,
  legacyExerciseIndexKey,
  legacyExerciseKey,
  legacyExercisesOf,
  legacyPairKey,
  legacyPairsOf,
  legacyProjectKey,
  legacyProjectsOf,
  legacySettingsKey,
} from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite, type Value } from '../platform/table.ts';
import { Books } from './exercise-books.ts';
import {
  closingSchema,
  type Exercise,
  exerciseIdSchema,
  exerciseSchema,
  type LegacyDecision,
  legacyDecisionSchema,
  type PairDecision,
  pairDecisionSchema,
  projectIdSchema,
} from './legacy-exercise.ts';
import { type LegacyProject, legacyProjectSchema } from './legacy-project.ts';
import { defaultSettings, type LegacySettings, legacySettingsSchema } from './legacy-settings.ts';

// --- settings ---

/** An organisation's settings; version 0 where it has saved none, and what everybody begins with holds. */
export async function readSettings(
  table: Table,
  organisationId: string,
): Promise<{ readonly version: number; readonly settings: LegacySettings }> {
  const item = await table.get(legacySettingsKey(organisationId));
  if (item !== undefined)
    return { version: Number(item['version']), settings: legacySettingsSchema.parse(item['settings']) };
  const organisation = await findOrganisation(table, organisationId);
  return { version: 0, settings: defaultSettings(organisation?.name ?? '') };
}

/** Saves settings on the version that was read; `undefined` where that is not the one that stands. */
export async function saveSettings(
  table: Table,
  organisationId: string,
  settings: LegacySettings,
  onVersion: number,
  by: string,
  now: Instant,
): Promise<number | undefined> {
  const version = onVersion + 1;
  const written = await table.write({
    put: {
      ...legacySettingsKey(organisationId),
      type: 'legacy-settings',
      organisationId,
      version,
      settings: settings as never,
      savedBy: by,
      updatedAt: now,
    },
    when: onVersion === 0 ? { absent: true } : { equals: { version: onVersion } },
  });
  return written.kind === 'written' ? version : undefined;
}

// --- exercises ---

/** Writes a new exercise, once; the same id again finds what the first call made. */
export async function createExercise(table: Table, exercise: Exercise): Promise<Exercise> {
  const { exerciseId, organisationId, createdAt } = exercise;
  const written = await table.write({
    put: { ...legacyExerciseKey(exerciseId), ...legacyExerciseIndexKey(organisationId, createdAt), ...exercise },
    when: { absent: true },
  });
  return written.kind === 'written' ? exercise : readExercise(table, exerciseId);
}

export async function findExercise(table: Table, exerciseId: string): Promise<Exercise | undefined> {
  if (!exerciseIdSchema.safeParse(exerciseId).success) return undefined;
  const item = await table.get(legacyExerciseKey(exerciseId));
  return item === undefined ? undefined : exerciseSchema.parse(item);
}

/** For tasks, which only ever speak of exercises that exist. Throws PermanentError otherwise. */
export async function readExercise(table: Table, exerciseId: string): Promise<Exercise> {
  const found = await findExercise(table, exerciseId);
  if (found === undefined) throw new PermanentError(`there is no exercise ${exerciseId}`);
  return found;
}

/** The exercises of an organisation, the newest first. */
export async function exercisesOf(table: Table, organisationId: string): Promise<Exercise[]> {
  const found: Exercise[] = [];
  for await (const item of everyItem(table, legacyExercisesOf(organisationId))) found.push(exerciseSchema.parse(item));
  return found.reverse();
}

/**
 * An exercise and all that is in it. The exercise is read first and everything else after it, so that a write that is guarded
 * by its version is guarded against every change of what was read.
 */
export async function readBooks(table: Table, exerciseId: string): Promise<Books> {
  const exercise = await readExercise(table, exerciseId);
  const [projects, pairs, decisions, closings] = await Promise.all([
    all(table, legacyProjectsOf(exerciseId), (item) => legacyProjectSchema.parse(item)),
    all(table, legacyPairsOf(exerciseId), (item) => pairDecisionSchema.parse(item)),
    all(table, legacyDecisionsOf(exerciseId), (item) => legacyDecisionSchema.parse(item)),
    all(table, legacyClosingsOf(exerciseId), (item) => closingSchema.parse(item)),
  ]);
  return new Books({ exercise, projects, pairs, decisions, closings });
}

async function all<Thing>(
  table: Table,
  question: Parameters<typeof everyItem>[1],
  thingOf: (item: Item) => Thing,
): Promise<Thing[]> {
  const things: Thing[] = [];
  for await (const item of everyItem(table, question)) things.push(thingOf(item));
  return things;
}

export async function findProject(
  table: Table,
  exerciseId: string,
  projectId: string,
): Promise<LegacyProject | undefined> {
  if (!projectIdSchema.safeParse(projectId).success) return undefined;
  const item = await table.get(legacyProjectKey(exerciseId, projectId));
  return item === undefined ? undefined : legacyProjectSchema.parse(item);
}

export type ChangeOutcome = { readonly kind: 'changed' } | { readonly kind: 'changed-meanwhile' };

/** What counts up an exercise, on condition that nothing of it changed since it was read. */
const countUp = (
  { exerciseId, version, state }: Exercise,
  now: Instant,
  set: Readonly<Record<string, Value>> = {},
): TransactWrite => ({
  update: legacyExerciseKey(exerciseId),
  set: { ...set, updatedAt: now },
  add: { version: 1 },
  when: { equals: { version, state } },
});

/** Changes the exercise itself as it was read. */
export async function changeExercise(
  table: Table,
  exercise: Exercise,
  set: Readonly<Record<string, Value>>,
  now: Instant,
): Promise<ChangeOutcome> {
  return outcomeOf(await table.transact([countUp(exercise, now, set)]));
}

export const projectPut = (project: LegacyProject): Item => ({
  ...legacyProjectKey(project.exerciseId, project.projectId),
  ...(project as unknown as Item),
});

/** One for the exercise itself; the rest of a transaction is for projects. */
export const PROJECTS_AT_ONCE = LARGEST_AUDITED_TRANSACTION - 1;

/**
 * Writes changed projects, some ninety in each transaction, each on the version that the one before left. Where something else
 * came between, the rest is not written: whoever repeats the change finds what is done and goes on.
 */
export async function changeProjects(
  table: Table,
  exercise: Exercise,
  changed: readonly LegacyProject[],
  now: Instant,
): Promise<ChangeOutcome> {
  let current = exercise;
  for (let at = 0; at < changed.length; at += PROJECTS_AT_ONCE) {
    const writes = changed.slice(at, at + PROJECTS_AT_ONCE).map(nextVersion);
    const outcome = outcomeOf(await table.transact([countUp(current, now), ...writes]));
    if (outcome.kind !== 'changed') return outcome;
    current = { ...current, version: current.version + 1 };
  }
  return { kind: 'changed' };
}

const nextVersion = (project: LegacyProject): TransactWrite => ({
  put: projectPut({ ...project, version: project.version + 1 }),
  when: { equals: { version: project.version } },
});

/**
 * Changes one project beside whatever else goes on in the exercise: only the project itself is guarded, and that the exercise is
 * still open. What others have read of the exercise is out of date all the same.
 */
export async function changeProject(table: Table, project: LegacyProject, now: Instant): Promise<ChangeOutcome> {
  const exercise: TransactWrite = {
    update: legacyExerciseKey(project.exerciseId),
    set: { updatedAt: now },
    add: { version: 1 },
    when: { equals: { type: 'legacy-exercise', state: 'open' } },
  };
  return outcomeOf(await table.transact([exercise, nextVersion(project)]));
}

/** One decision on any number of projects: one entry, and so all or nothing. */
export async function recordDecision(
  table: Table,
  exercise: Exercise,
  decision: LegacyDecision,
  now: Instant,
): Promise<ChangeOutcome> {
  const { exerciseId, number } = decision;
  return outcomeOf(
    await table.transact([
      countUp(exercise, now, { decisions: number }),
      { put: { ...legacyDecisionKey(exerciseId, number), ...(decision as unknown as Item) }, when: { absent: true } },
    ]),
  );
}

/** What a person says of a pair, with the project that counts no more where both are the same. */
export async function recordPair(
  table: Table,
  exercise: Exercise,
  pair: PairDecision,
  copy: LegacyProject | undefined,
  now: Instant,
): Promise<ChangeOutcome> {
  return outcomeOf(
    await table.transact([
      countUp(exercise, now),
      { put: { ...legacyPairKey(pair.exerciseId, pair.pairId), ...(pair as unknown as Item) }, when: { absent: true } },
      ...(copy === undefined ? [] : [nextVersion(copy)]),
    ]),
  );
}

function outcomeOf(outcome: Awaited<ReturnType<Table['transact']>>): ChangeOutcome {
  if (outcome.kind === 'committed') return { kind: 'changed' };
  if (outcome.reasons.includes('condition-failed')) return { kind: 'changed-meanwhile' };
  if (outcome.reasons.includes('invalid') || outcome.reasons.includes('other'))
    throw new PermanentError(`the store refused a change of an exercise: ${outcome.reasons.join(', ')}`);
  throw new TransientError('the exercise is being changed by somebody else this moment');
}
