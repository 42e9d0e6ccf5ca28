import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from '../closeout/campaign-files.gateway.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { legacyExerciseKey, legacyProjectKey, legacyProjectsOf } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, readMany, type Table, type TransactWrite } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { PROJECTS_AT_ONCE, projectPut, readExercise, readSettings } from './exercise.store.ts';
import { type LegacyFile, MOST_PROJECTS, readingFile } from './legacy-exercise.ts';
import { moveFile, readFileItem } from './legacy-file.store.ts';
import type { LegacyProject } from './legacy-project.ts';
import type { LegacySettings } from './legacy-settings.ts';
import { papersFor } from './papers.ts';
import { type LegacyReading, readingSchema } from './preview.ts';

const inputSchema = z.object({ exerciseId: z.string(), fileId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type ImportUse = { readonly table: Table; readonly files: CampaignFiles };

/** The id of a project follows from its file and row, so that an import that is repeated finds what the first one made. */
const projectIdOf = (file: Pick<LegacyFile, 'exerciseId' | 'fileId'>, sheet: string, row: number): string =>
  derivedId('legacyProject', file.exerciseId, file.fileId, sheet, String(row));

/**
 * Makes projects of what was read, each once: some ninety in a transaction, and what a crash left out is made by the next try.
 * What somebody has corrected since is left as it is.
 */
async function importFile({ exerciseId, fileId }: Input, use: ImportUse, now: Instant): Promise<{ kind: string }> {
  const file = await readFileItem(use.table, exerciseId, fileId);
  if (file.state === 'imported') return { kind: 'imported' };
  if (file.state !== 'importing')
    throw new PermanentError(`file ${fileId} is ${file.state}, and is not to be imported`);
  const exercise = await readExercise(use.table, exerciseId);
  const { organisationId } = exercise;
  const { settings } = await readSettings(use.table, organisationId);
  const reading = readingSchema.parse(await readJsonFile(use.files, readingFile(file)));
  const projects = projectsOf(file, reading, settings, now);
  await refuseTooMany(use.table, exerciseId, projects);
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: `import of ${file.fileName}`, now });
  for (let at = 0; at < projects.length; at += PROJECTS_AT_ONCE)
    await importSome(table, projects.slice(at, at + PROJECTS_AT_ONCE), now);
  await moveFile(table, file, 'imported', now, { imported: projects.length });
  return { kind: 'imported' };
}

function projectsOf(file: LegacyFile, reading: LegacyReading, settings: LegacySettings, now: Instant): LegacyProject[] {
  const { exerciseId, fileId } = file;
  return reading.projects.map(({ sheet, row, facts }) => ({
    type: 'legacy-project',
    exerciseId,
    projectId: projectIdOf(file, sheet, row),
    version: 1,
    fileId,
    sheet,
    row,
    facts,
    papers: papersFor(facts.kind.value, settings),
    importedAt: now,
  }));
}

async function refuseTooMany(table: Table, exerciseId: string, projects: readonly LegacyProject[]): Promise<void> {
  const known = new Set(projects.map(({ projectId }) => projectId));
  for await (const { projectId } of everyItem(table, legacyProjectsOf(exerciseId))) known.add(String(projectId));
  if (known.size > MOST_PROJECTS)
    throw new PermanentError(`the exercise would have ${known.size} projects, and may have ${MOST_PROJECTS}`);
}

async function importSome(table: Table, projects: readonly LegacyProject[], now: Instant): Promise<void> {
  const [first] = projects;
  if (first === undefined) return;
  const there = await readMany(
    table,
    projects.map(({ exerciseId, projectId }) => legacyProjectKey(exerciseId, projectId)),
  );
  const known = new Set(there.map(({ projectId }) => projectId));
  const fresh = projects.filter(({ projectId }) => !known.has(projectId));
  if (fresh.length === 0) return;
  const exercise: TransactWrite = {
    update: legacyExerciseKey(first.exerciseId),
    set: { updatedAt: now },
    add: { version: 1 },
    when: { equals: { type: 'legacy-exercise', state: 'open' } },
  };
  const outcome = await table.transact([
    exercise,
    ...fresh.map((project): TransactWrite => ({ put: projectPut(project), when: { absent: true } })),
  ]);
  // Another try of the same import, or somebody who closes the exercise: the next look tells which.
  if (outcome.kind === 'cancelled') {
    if ((await readExercise(table, first.exerciseId)).state !== 'open')
      throw new PermanentError('the exercise is being closed: nothing more is imported into it');
    throw new TransientError('the projects could not be written just now');
  }
}

export const definition: TaskDefinition<Input, ImportUse> = {
  name: 'import-legacy-file',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: importFile,
};
export const handler = taskFunction(definition);
