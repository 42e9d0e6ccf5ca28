import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { parse as parseWhole } from 'csv-parse/sync';
import { freshId } from '../functions/kernel/ids.ts';
import { instantOf } from '../functions/kernel/time.ts';
import { memoryTable } from '../functions/platform/table.memory.ts';
import { definition } from '../functions/statements/check-statement.lambda.ts';
import type { StatementFiles } from '../functions/statements/statement-files.gateway.ts';
import { createImport, findImport } from '../functions/statements/statement-import.store.ts';
import { decodedText } from '../functions/statements/statement-lines.ts';
import { type StatementMapping, statementMappingSchema } from '../functions/statements/statement-mapping.ts';

/** `numbered`: rows carry the provider's number. `bare`: they do not, and each is known by what it says. */
export type StatementWork = 'numbered' | 'bare' | 'parse-only' | 'parse-whole';
export type StatementRun = {
  readonly work: StatementWork;
  readonly rows: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
};

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const HEADER = '捐赠时间,捐赠金额,交易单号,捐赠人,是否匿名,留言\n';
const AMOUNT_MINOR = 1_770;
const ROWS_PER_CHUNK = 500; // some 64 KB, which is what a download comes in

function mappingOf(work: StatementWork): StatementMapping {
  return statementMappingSchema.parse({
    mappingId: 'bench',
    name: 'Bench',
    file: 'delimited',
    columns: {
      paidAt: '捐赠时间',
      amount: '捐赠金额',
      name: '捐赠人',
      anonymous: '是否匿名',
      message: '留言',
      ...(work === 'bare' ? { payer: '交易单号' } : { paymentId: '交易单号' }),
    },
    timeFormat: 'YYYY-MM-DD HH:mm:ss',
    publicValues: ['否'],
    summary: { label: '合计', amount: '捐赠金额' },
    account: 'bench',
  });
}

/** Every row has as many bytes, so that the size of the file is known before it is made. */
function rowOf(index: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `2026-09-${two(7 + (index % 3))} ${two(index % 24)}:${two((index >> 3) % 60)}:${two(index % 60)}`;
  return `${time},17.70,42000000${String(index).padStart(20, '0')},王小明,${index % 2 === 0 ? '否' : '是'},加油，一起捐\n`;
}
const summaryOf = (rows: number): string => `合计,${((rows * AMOUNT_MINOR) / 100).toFixed(2)},,,,\n`;

/** The file as it would come from the store: never whole in memory. */
async function* fileOf(rows: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(HEADER);
  for (let first = 0; first < rows; first += ROWS_PER_CHUNK) {
    let text = '';
    for (let index = first; index < Math.min(rows, first + ROWS_PER_CHUNK); index += 1) text += rowOf(index);
    yield Buffer.from(text);
  }
  yield Buffer.from(summaryOf(rows));
}
const bytesOf = (rows: number): number =>
  Buffer.byteLength(HEADER) + rows * Buffer.byteLength(rowOf(0)) + Buffer.byteLength(summaryOf(rows));

/** The deployed handler, from the first byte to the last part written. */
async function checked(work: StatementWork, rows: number): Promise<void> {
  const table = memoryTable();
  const importId = freshId('statement');
  const files: StatementFiles = {
    uploadAddress: async (key) => key,
    downloadAddress: async (key) => key,
    sizeOf: async () => bytesOf(rows),
    open: async () => fileOf(rows),
    write: async () => undefined,
  };
  await createImport(table, {
    type: 'statement-import',
    importId,
    organisationId: 'bench',
    source: { kind: 'mapping', mapping: mappingOf(work) },
    fileName: 'bench.csv',
    bytes: bytesOf(rows),
    state: 'checking',
    createdBy: 'bench',
    createdAt: NOW,
    updatedAt: NOW,
  });
  await definition.handle({ importId }, { table, files }, NOW);
  const preview = (await findImport(table, importId))?.preview;
  if (preview?.gifts !== rows || preview.giftsMinor !== rows * AMOUNT_MINOR || preview.problems !== 0)
    throw new Error(`not all rows were read: ${JSON.stringify(await findImport(table, importId))}`);
}

/** What nobody who streams a table can do without: the text of the bytes, and its cells. */
async function parsedOnly(rows: number): Promise<void> {
  const parser = Readable.from(decodedText(fileOf(rows), 'utf-8')).compose(parse({ relax_column_count: true }));
  let seen = 0;
  for await (const _ of parser) seen += 1;
  if (seen !== rows + 2) throw new Error(`${seen} lines were read`);
}

/** How a file is usually read: all of it into memory, a record for each row. */
async function parsedWhole(rows: number): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of fileOf(rows)) chunks.push(chunk);
  const records = parseWhole(Buffer.concat(chunks), { columns: true, relax_column_count: true });
  if (records.length !== rows + 1) throw new Error(`${records.length} records were read`);
}

function run(work: StatementWork, rows: number): Promise<void> {
  if (work === 'parse-only') return parsedOnly(rows);
  return work === 'parse-whole' ? parsedWhole(rows) : checked(work, rows);
}

// A process of its own for each run, so that its memory is that run's alone: node bench/statement-run.ts <work> <rows>.
const [work, count] = process.argv.slice(2);
const rows = Number(count);
const before = process.cpuUsage();
await run(work as StatementWork, rows);
const { user, system } = process.cpuUsage(before);
const megabytes = (process.resourceUsage().maxRSS * 1024) / 2 ** 20;
process.stdout.write(`${JSON.stringify({ work, rows, cpuSeconds: (user + system) / 1_000_000, megabytes })}\n`);
