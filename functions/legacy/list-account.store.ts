import { type CampaignFiles, readJsonFile } from '../closeout/campaign-files.gateway.ts';
import type { Table } from '../platform/table.ts';
import type { Books } from './exercise-books.ts';
import { previewFile, readingFile } from './legacy-exercise.ts';
import { filesOf } from './legacy-file.store.ts';
import { type ListAccount, listAccountOf } from './list-account.ts';
import { previewSchema, readingSchema } from './preview.ts';

/** What became of every list of an exercise, one after the other: each is some hundred kilobytes. */
export async function readListAccounts(
  { table, files }: { readonly table: Table; readonly files: CampaignFiles },
  books: Books,
): Promise<ListAccount[]> {
  const accounts: ListAccount[] = [];
  for (const file of await filesOf(table, books.books.exercise.exerciseId)) {
    const read =
      file.counts === undefined
        ? undefined
        : {
            reading: readingSchema.parse(await readJsonFile(files, readingFile(file))),
            preview: previewSchema.parse(await readJsonFile(files, previewFile(file))),
          };
    accounts.push(listAccountOf(file, books, read));
  }
  return accounts;
}
