import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { legacyFileKey, legacyFilesOf } from '../platform/keys.ts';
import type { Item, Table, Value } from '../platform/table.ts';
import { type FileState, type LegacyFile, legacyFileSchema, MOST_FILES, mayBecome } from './legacy-exercise.ts';
import type { KeptEntry } from './preview.ts';

const FILE_ID = /^lgf_[0-9a-z]{20}$/;

export async function filesOf(table: Table, exerciseId: string): Promise<LegacyFile[]> {
  const { items } = await table.query(legacyFilesOf(exerciseId), { limit: MOST_FILES + 1 });
  return items.map((item) => legacyFileSchema.parse(item));
}

export async function findFile(table: Table, exerciseId: string, fileId: string): Promise<LegacyFile | undefined> {
  if (!FILE_ID.test(fileId)) return undefined;
  const item = await table.get(legacyFileKey(exerciseId, fileId));
  return item === undefined ? undefined : legacyFileSchema.parse(item);
}

/** For tasks, which only ever speak of files that exist. Throws PermanentError otherwise. */
export async function readFileItem(table: Table, exerciseId: string, fileId: string): Promise<LegacyFile> {
  const found = await findFile(table, exerciseId, fileId);
  if (found === undefined) throw new PermanentError(`there is no file ${fileId} in ${exerciseId}`);
  return found;
}

/** Announces a file, once. The limit is looked at and not locked: two of one moment may leave one more than it says. */
export async function addFile(table: Table, file: LegacyFile): Promise<LegacyFile | Refusal> {
  const { exerciseId, fileId } = file;
  const existing = await findFile(table, exerciseId, fileId);
  if (existing !== undefined) return existing;
  if ((await filesOf(table, exerciseId)).length >= MOST_FILES)
    return refuse('too-many-files', `An exercise has at most ${MOST_FILES} files.`);
  const written = await table.write({
    put: { ...legacyFileKey(exerciseId, fileId), ...(file as unknown as Item) },
    when: { absent: true },
  });
  return written.kind === 'written' ? file : readFileItem(table, exerciseId, fileId);
}

/** Takes one step of a file, guarded by its version. Throws TransientError where somebody else took one meanwhile. */
export async function moveFile(
  table: Table,
  file: LegacyFile,
  to: FileState,
  now: Instant,
  set: Readonly<Record<string, Value>> = {},
): Promise<{ readonly kind: 'moved' | 'already-there' } | Refusal> {
  if (file.state === to) return { kind: 'already-there' };
  if (!mayBecome(file.state, to)) return refuse('illegal-step', `A file that is ${file.state} cannot become ${to}.`);
  const written = await table.write({
    update: legacyFileKey(file.exerciseId, file.fileId),
    set: { ...set, state: to, updatedAt: now },
    add: { version: 1 },
    when: { equals: { state: file.state, version: file.version } },
  });
  if (written.kind === 'written') return { kind: 'moved' };
  throw new TransientError(`file ${file.fileId} changed while it became ${to}`);
}

/** What a person wants some cells to say; `false` where the file is not as it was read. */
export async function saveEntries(
  table: Table,
  file: LegacyFile,
  entries: readonly KeptEntry[],
  now: Instant,
): Promise<boolean> {
  const written = await table.write({
    update: legacyFileKey(file.exerciseId, file.fileId),
    set: { entries: [...entries], updatedAt: now },
    add: { version: 1 },
    when: { equals: { state: file.state, version: file.version } },
  });
  return written.kind === 'written';
}
