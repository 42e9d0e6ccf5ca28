import * as z from 'zod';
import { unnumberedTransfers } from '../donations/offline-gift.store.ts';
import type { OfflineGift } from '../donations/offline-gift.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { BankDays } from './bank-days.ts';
import { HandEnteredTwins } from './hand-entered-twins.ts';
import { type CheckOutcome, PROBLEM_HEADER, problemLine, StatementCheck } from './statement-check.ts';
import { openStatementFiles, type StatementFiles } from './statement-files.gateway.ts';
import { moveImport, readImport } from './statement-import.store.ts';
import {
  bankDaysFile,
  originalFile,
  partFile,
  problemsFile,
  ROWS_PER_PART,
  type StatementImport,
} from './statement-import.ts';
import { UnreadableFile } from './statement-lines.ts';
import { type SourceTerms, statementRows, termsOf } from './statement-source.ts';

const inputSchema = z.object({ importId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type CheckUse = { readonly table: Table; readonly files: StatementFiles };
type Outcome = { readonly kind: 'checked' | 'refused' };

/**
 * Reads an uploaded file from its first byte to its last, row by row, and books nothing: counts, the first problems, all
 * problems as a file, and the rows that may be booked in parts. Repeated, it overwrites the same with the same.
 */
async function checkStatement({ importId }: Input, use: CheckUse, now: Instant): Promise<Outcome> {
  const current = await readImport(use.table, importId);
  if (current.state === 'checked' || current.state === 'refused') return { kind: current.state };
  const { outcome, parts } = await readThrough(current, use);
  if (outcome.kind === 'checked' && outcome.bankDays.length > 0)
    await use.files.write(bankDaysFile(importId), JSON.stringify(outcome.bankDays), 'application/json');
  log.info('statement read', { importId, outcome: outcome.kind, parts });
  if (outcome.kind === 'refused') {
    const { problem, fix } = outcome;
    await moveImport(use.table, current, 'refused', now, { refusal: { problem, fix } });
  } else await moveImport(use.table, current, 'checked', now, { preview: outcome.preview as never, parts });
  return { kind: outcome.kind };
}

async function readThrough(
  current: StatementImport,
  { table, files }: CheckUse,
): Promise<{ readonly outcome: CheckOutcome; readonly parts: number }> {
  const { importId, source, bytes } = current;
  const size = await files.sizeOf(originalFile(importId));
  if (size !== bytes)
    return {
      outcome: {
        kind: 'refused',
        problem: size === undefined ? 'has not been uploaded' : `has ${size} bytes, and ${bytes} were announced`,
        fix: 'upload the whole file to the address of the import',
      },
      parts: 0,
    };
  const terms = termsOf(source);
  const check = new StatementCheck(terms, {
    twins: await twinsOf(current, terms, table),
    bank: bankDaysOf(current, terms),
  });
  const parts = new Parts(files, importId);
  try {
    for await (const row of statementRows(source, await files.open(originalFile(importId)))) {
      const taken = check.take(row);
      if (!check.goesOn) break;
      if (taken?.kind === 'problem') parts.problem(problemLine(taken));
      else if (taken !== undefined) await parts.add(JSON.stringify(taken));
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { outcome: { kind: 'refused', problem: error.message, fix: error.fix }, parts: 0 };
  }
  return { outcome: check.outcome(terms.needsSummary), parts: await parts.end() };
}

/** Where the file is an account's at the bank: its days. */
function bankDaysOf(
  { source, covers, createdAt }: StatementImport,
  { zone, currency }: SourceTerms,
): BankDays | undefined {
  if (source.kind !== 'mapping' || source.mapping.bank === undefined) return undefined;
  return new BankDays({ zone, currency, covers, uploadedAt: createdAt });
}

/** What was entered by hand of the campaign: a row with a payment provider's number was never entered so. */
async function twinsOf(
  { campaignId }: StatementImport,
  { provider, zone }: SourceTerms,
  table: Table,
): Promise<HandEnteredTwins | undefined> {
  if (campaignId === undefined || provider !== 'statement') return undefined;
  const transfers: OfflineGift[] = [];
  for await (const transfer of unnumberedTransfers(table, campaignId)) transfers.push(transfer);
  return new HandEnteredTwins(transfers, zone);
}

/** Writes rows in parts as they come, and problems into one file: never more than a part is held. */
class Parts {
  readonly #files: StatementFiles;
  readonly #importId: string;
  #rows: string[] = [];
  #problems = PROBLEM_HEADER;
  #written = 0;

  constructor(files: StatementFiles, importId: string) {
    this.#files = files;
    this.#importId = importId;
  }

  problem(line: string): void {
    this.#problems += line;
  }

  async add(row: string): Promise<void> {
    this.#rows.push(row);
    if (this.#rows.length === ROWS_PER_PART) await this.#write();
  }

  async #write(): Promise<void> {
    this.#written += 1;
    await this.#files.write(partFile(this.#importId, this.#written), this.#rows.join('\n'), 'application/x-ndjson');
    this.#rows = [];
  }

  async end(): Promise<number> {
    if (this.#rows.length > 0) await this.#write();
    if (this.#problems !== PROBLEM_HEADER)
      await this.#files.write(problemsFile(this.#importId), this.#problems, 'text/csv; charset=utf-8');
    return this.#written;
  }
}

export const definition: TaskDefinition<Input, CheckUse> = {
  name: 'check-statement',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: checkStatement,
};
export const handler = taskFunction(definition);
