import * as z from 'zod';
import { type CampaignFiles, openCampaignFiles, writeJsonFile } from '../closeout/campaign-files.gateway.ts';
import { csvOf } from '../kernel/csv.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { openStatementFiles, type StatementFiles } from '../statements/statement-files.gateway.ts';
import { UnreadableFile } from '../statements/statement-lines.ts';
import { readExercise, readSettings } from './exercise.store.ts';
import { type LegacyFile, originalFile, previewFile, problemsFile, readingFile } from './legacy-exercise.ts';
import { moveFile, readFileItem } from './legacy-file.store.ts';
import type { LegacyReading } from './preview.ts';
import { readLegacyFile } from './read-file.ts';

const inputSchema = z.object({ exerciseId: z.string(), fileId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type ReadUse = {
  readonly table: Table;
  readonly files: Pick<StatementFiles, 'sizeOf'> & CampaignFiles;
};

/**
 * Reads an uploaded file and imports nothing: what was read, the preview and the problems stand beside it. Repeated, it writes
 * the same over the same.
 */
async function readFileOfExercise(
  { exerciseId, fileId }: Input,
  use: ReadUse,
  now: Instant,
): Promise<{ kind: string }> {
  const file = await readFileItem(use.table, exerciseId, fileId);
  if (file.state === 'read' || file.state === 'refused') return { kind: file.state };
  const { organisationId } = await readExercise(use.table, exerciseId);
  const { settings } = await readSettings(use.table, organisationId);
  const size = await use.files.sizeOf(originalFile(file));
  if (size !== file.bytes) {
    const problem =
      size === undefined ? 'has not been uploaded' : `has ${size} bytes, and ${file.bytes} were announced`;
    return refuseFile(use, file, { problem, fix: 'upload the whole file to its address, then read it again' }, now);
  }
  try {
    const { preview, reading } = readLegacyFile(await use.files.read(originalFile(file)), file, settings, file.entries);
    await writeJsonFile(use.files, readingFile(file), reading);
    await writeJsonFile(use.files, previewFile(file), preview);
    await use.files.write(problemsFile(file), problemsCsv(reading), 'text/csv; charset=utf-8');
    const { projects, problems, inferred, moneyMinor, goodsMinor, differingTotals } = preview;
    const counts = { projects, problems, inferred, moneyMinor, goodsMinor, differingTotals };
    await moveFile(use.table, file, 'read', now, { counts });
    return { kind: 'read' };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return refuseFile(use, file, { problem: error.message, fix: error.fix }, now);
  }
}

async function refuseFile(
  { table }: ReadUse,
  file: LegacyFile,
  refusal: { problem: string; fix: string },
  now: Instant,
): Promise<{ kind: 'refused' }> {
  await moveFile(table, file, 'refused', now, { refusal });
  return { kind: 'refused' };
}

const HEAD = ['工作表', '行', '单元格', '字段', '原文', '问题', '怎么改'];
const problemsCsv = ({ problems }: LegacyReading): string =>
  csvOf(
    [
      HEAD,
      ...problems.map(({ sheet, row, cell, field, text, problem, fix }) => [
        sheet,
        row,
        cell,
        field,
        text,
        problem,
        fix,
      ]),
    ],
    { bom: true },
  );

export const definition: TaskDefinition<Input, ReadUse> = {
  name: 'read-legacy-file',
  input: inputSchema,
  open: () => ({ table: openTable(), files: { ...openStatementFiles(), ...openCampaignFiles() } }),
  handle: readFileOfExercise,
};
export const handler = taskFunction(definition);
