import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { legacySummaryKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { openPress } from '../press/press.ts';
import { failuresOf } from './closing.store.ts';
import { readBooks, readSettings } from './exercise.store.ts';
import { summaryFile } from './legacy-exercise.ts';
import { legacySummarySchema, summaryOf, summaryProblems } from './legacy-summary.ts';
import { summaryPages } from './legacy-summary-pages.ts';
import { renderSummaryXlsx } from './legacy-summary-xlsx.ts';
import { readListAccounts } from './list-account.store.ts';
import { rowsOutside } from './list-account.ts';
import { findSummary } from './summary.store.ts';

const inputSchema = z.object({ exerciseId: z.string(), round: z.number().int().min(1) });
type Input = z.infer<typeof inputSchema>;
export type WriteSummaryUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * Writes the summary of a round in three forms, with the hash of its JSON, once: the files come first, and what says that they are
 * there comes last, so that a crash leaves a summary that the next try writes over, to the same bytes.
 */
async function writeSummary(
  { exerciseId, round }: Input,
  use: WriteSummaryUse,
  now: Instant,
): Promise<{ kind: string; sha256: string }> {
  const there = await findSummary(use.table, exerciseId, round);
  if (there !== undefined) return { kind: 'written', sha256: there.sha256 };
  const books = await readBooks(use.table, exerciseId);
  const { organisationId, rounds } = books.books.exercise;
  if (rounds !== round) throw new PermanentError(`exercise ${exerciseId} is in round ${rounds}, and not in ${round}`);
  const [organisation, { settings }, failures, lists] = await Promise.all([
    findOrganisation(use.table, organisationId),
    readSettings(use.table, organisationId),
    failuresOf(use.table, exerciseId, round),
    readListAccounts(use, books),
  ]);
  const summary = legacySummarySchema.parse(
    summaryOf(books, { organisationName: organisation?.name ?? '', settings, failures, lists, preparedAt: now }),
  );
  const problems = summaryProblems(summary);
  if (problems.length > 0)
    throw new PermanentError(`the summary of ${exerciseId} does not add up: ${problems.join('; ')}`);
  const json = JSON.stringify(summary, null, 2);
  const sha256 = createHash('sha256').update(json).digest('hex');
  const press = await openPress(use.assetsFolder);
  await use.files.write(summaryFile(exerciseId, round, 'json'), json, 'application/json');
  await use.files.write(summaryFile(exerciseId, round, 'xlsx'), await renderSummaryXlsx(summary), XLSX);
  await use.files.write(
    summaryFile(exerciseId, round, 'pdf'),
    await press.print('legacy-summary.typ', summaryPages(summary, sha256)),
    'application/pdf',
  );
  const { projects, moneyMinor, goodsMinor } = summary.total;
  const written = await use.table.write({
    put: {
      ...legacySummaryKey(exerciseId, round),
      type: 'legacy-summary',
      exerciseId,
      round,
      sha256,
      projects,
      moneyMinor,
      goodsMinor,
      failures: failures.length,
      rowsOutside: rowsOutside(lists),
      preparedAt: now,
    },
    when: { absent: true },
  });
  log.info('summary of old projects written', { exerciseId, round, projects, failures: failures.length });
  // Two tries at once: the first to say so counts, and both have written the same rows, but for the time.
  return {
    kind: 'written',
    sha256: written.kind === 'written' ? sha256 : ((await findSummary(use.table, exerciseId, round))?.sha256 ?? sha256),
  };
}

export const definition: TaskDefinition<Input, WriteSummaryUse> = {
  name: 'write-legacy-summary',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), assetsFolder: import.meta.dirname }),
  handle: writeSummary,
};
export const handler = taskFunction(definition);
