import fc from 'fast-check';
import { donationEntrySchema } from '../functions/donations/donation-entry.ts';
import { freshId } from '../functions/kernel/ids.ts';
import { instantOf } from '../functions/kernel/time.ts';
import { type MemoryTable, memoryTable } from '../functions/platform/table.memory.ts';
import { bankRowSchema } from '../functions/statements/bank-row.ts';
import { definition as bookPart } from '../functions/statements/book-statement-part.lambda.ts';
import { definition as check } from '../functions/statements/check-statement.lambda.ts';
import type { StatementFiles } from '../functions/statements/statement-files.gateway.ts';
import { createImport, readImport } from '../functions/statements/statement-import.store.ts';
import { partFile, problemsFile, type StatementImport } from '../functions/statements/statement-import.ts';
import { type StatementMapping, statementMappingSchema } from '../functions/statements/statement-mapping.ts';
import type { FuzzReport } from './run.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const COLUMNS = ['时间', '金额', '单号', '姓名', '匿名', '留言'];

/** Cells that are right, and cells that have broken readers of tables. */
const ODD_CELLS = [
  '',
  ' ',
  '`17.70',
  '="17.70"',
  '=1+1',
  '@SUM(A1)',
  '"',
  '""',
  '"0.30',
  '0.30"',
  '0.1',
  '0.2',
  '0.30000000000000004',
  '1e3',
  '-1',
  '+1.00',
  '1,000.00',
  '"1,000.00"',
  '９９.00',
  '¥5',
  '9007199254740993',
  '2026-02-30 10:00:00',
  '2026-09-07',
  '\u0000',
  '\uFEFF',
  'a\tb',
  '__proto__',
  '合计',
  '何 <b>',
  '𠮷',
  'x'.repeat(5_000),
];
const right = [
  fc.constantFrom('2026-09-07 10:00:00', '2026-09-08 23:59:59'),
  fc.constantFrom('17.70', '0.30', '0.01', '1000', '-5.00'),
  fc.constantFrom('PX01', 'PX02', 'PX03', ''),
  fc.constantFrom('何', '周', '', '支付宝（中国）网络技术有限公司'),
  fc.constantFrom('是', '否', ''),
  fc.constantFrom('加油', ''),
];
const row = fc
  .tuple(...right.map((cell) => fc.oneof({ weight: 40, arbitrary: cell }, fc.constantFrom(...ODD_CELLS))))
  .map((cells) => cells.join(','));
const lines = fc.record({
  header: fc.oneof({ weight: 9, arbitrary: fc.constant(COLUMNS.join(',')) }, row),
  rows: fc.array(row, { maxLength: 12 }),
  end: fc.constantFrom('\n', '\r\n'),
});
/** On the way a byte is changed, some are cut away, or some are put in. */
const damage = fc.array(fc.record({ at: fc.nat(400), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) }), {
  maxLength: 2,
});
const fileArbitrary = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(lines, fc.boolean(), fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, damage))
      .map(([{ header, rows, end }, marked, spoilt]) =>
        spoilt.reduce<Buffer>(
          (bytes, { at, cut, put }) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]),
          Buffer.from(`${marked ? '\uFEFF' : ''}${[header, ...rows].join(end)}${end}`),
        ),
      ),
  },
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const mappingArbitrary = fc
  .record({ numbered: fc.boolean(), isBank: fc.boolean(), encoding: fc.constantFrom('utf-8', 'gb18030') })
  .map(
    ({ numbered, isBank, encoding }): StatementMapping =>
      statementMappingSchema.parse({
        mappingId: 'fuzz',
        name: 'Fuzz',
        file: 'delimited',
        encoding,
        columns: {
          paidAt: '时间',
          amount: '金额',
          name: '姓名',
          anonymous: '匿名',
          message: '留言',
          ...(numbered ? { paymentId: '单号' } : {}),
        },
        timeFormat: 'YYYY-MM-DD HH:mm:ss',
        publicValues: ['否'],
        account: 'fuzz',
        ...(isBank ? { bank: { direction: { by: 'sign' }, kinds: [{ kind: 'interest', words: ['加油'] }] } } : {}),
      }),
  );

/**
 * Imports odd files, each the same for the same seed. Throws with the smallest file found that breaks one of these: a file is
 * checked or refused and nothing else; the check books nothing; what the preview says is what its rows add up to and what is
 * booked; a second booking adds nothing; what is booked is an entry of money that can be counted; of an account at the bank, every
 * row that can be read is a gift or is kept, and both together are what came less what left.
 */
export async function fuzzStatements(options: { readonly inputs: number; readonly seed: number }): Promise<FuzzReport> {
  const statuses: Record<string, number> = {};
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(fileArbitrary, mappingArbitrary, async (bytes, mapping) => {
      const desk = await deskWith(bytes, mapping);
      const { state, booked } = await imported(desk);
      statuses[state] = (statuses[state] ?? 0) + 1;
      stored += booked;
    }),
    { numRuns: options.inputs, seed: options.seed },
  );
  return { inputs: options.inputs, statuses, stored };
}

type Desk = {
  readonly table: MemoryTable;
  readonly files: StatementFiles;
  readonly written: Map<string, string>;
  readonly importId: string;
};

async function deskWith(bytes: Buffer, mapping: StatementMapping): Promise<Desk> {
  const table = memoryTable();
  const written = new Map<string, string>();
  const importId = freshId('statement');
  const files: StatementFiles = {
    uploadAddress: async (key) => key,
    downloadAddress: async (key) => key,
    sizeOf: async () => bytes.length,
    open: async (key) => chunksOf(written.has(key) ? Buffer.from(written.get(key) ?? '') : bytes),
    write: async (key, content) => void written.set(key, content),
  };
  await createImport(table, {
    type: 'statement-import',
    importId,
    organisationId: 'fuzz',
    source: { kind: 'mapping', mapping },
    fileName: 'fuzz.csv',
    bytes: bytes.length,
    state: 'checking',
    createdBy: 'fuzz',
    createdAt: NOW,
    updatedAt: NOW,
  });
  return { table, files, written, importId };
}

/** In pieces that cut characters and lines in two, as a network does. */
async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  const size = 61;
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function imported({ table, files, written, importId }: Desk): Promise<{ state: string; booked: number }> {
  const { kind } = await check.handle({ importId }, { table, files }, NOW);
  const current = await readImport(table, importId);
  if (kind !== current.state) throw new Error(`the check ended as ${kind}, and the import is ${current.state}`);
  if (kind !== 'checked' && kind !== 'refused') throw new Error(`the check ended as ${kind}`);
  if (table.everything().length !== 1) throw new Error('the check has booked something');
  const { preview } = current;
  if (preview === undefined) return { state: kind, booked: 0 };
  const problemLines = (written.get(problemsFile(importId)) ?? '').split('\n').length;
  if (preview.problems > 0 && problemLines <= preview.problems) throw new Error('problems are missing in their file');
  const first = await bookedParts({ table, files, written, importId }, current);
  const gifts = table.everything().filter(({ type }) => type === 'donation');
  const entries = gifts.map((gift) => donationEntrySchema.parse(gift));
  const isNumbered = current.source.kind === 'mapping' && current.source.mapping.columns.paymentId !== undefined;
  // Rows that say the same are gifts of their own, but for those that carry one number.
  const isBank = current.source.kind === 'mapping' && current.source.mapping.bank !== undefined;
  const contradicted = isNumbered && !isBank ? first.contradicted + first.repeated : 0;
  if (entries.length + contradicted !== preview.gifts) throw new Error(`${entries.length} of ${preview.gifts} gifts`);
  const sum = entries.reduce((total, { amountMinor }) => total + amountMinor, 0);
  if (contradicted === 0 && sum !== preview.giftsMinor) throw new Error(`booked ${sum} of ${preview.giftsMinor}`);
  if (entries.some(({ amountMinor }) => !Number.isSafeInteger(amountMinor) || amountMinor <= 0))
    throw new Error('an amount is none');
  if (isBank) checkBankRows(table, current, entries);
  const before = table.everything().filter(({ type }) => type === 'bank-statement-row');
  const again = await bookedParts({ table, files, written, importId }, current);
  if (again.recorded + again.unassigned !== 0) throw new Error('the second booking added gifts');
  const after = table.everything().filter(({ type }) => type === 'bank-statement-row');
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error('the second booking changed rows of the bank');
  return { state: preview.problems > 0 ? 'checked with problems' : kind, booked: entries.length };
}

/** Nothing of an account at the bank is left out, or told twice. */
function checkBankRows(
  table: MemoryTable,
  { preview }: StatementImport,
  gifts: readonly { amountMinor: number }[],
): void {
  const rows = table
    .everything()
    .filter(({ type }) => type === 'bank-statement-row')
    .map((item) => bankRowSchema.parse(item));
  const readable = (preview?.rows ?? 0) - (preview?.problems ?? 0);
  if (rows.length + gifts.length !== readable)
    throw new Error(`${rows.length} rows and ${gifts.length} gifts of ${readable}`);
  const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
  const stated = total((preview?.bank?.kinds ?? []).map(({ inMinor, outMinor }) => inMinor - outMinor));
  const kept = total(rows.map(({ direction, amountMinor }) => (direction === 'in' ? amountMinor : -amountMinor)));
  if (kept + total(gifts.map(({ amountMinor }) => amountMinor)) !== stated)
    throw new Error(`the preview says that ${stated} came, and ${kept} beside gifts was kept`);
}

async function bookedParts(desk: Desk, { parts = 0, importId }: StatementImport) {
  const sum = { recorded: 0, unassigned: 0, repeated: 0, contradicted: 0 };
  const readDonorKey = async (): Promise<string> => 'donor key of the fuzzer';
  for (let part = 1; part <= parts; part += 1) {
    if (!desk.written.has(partFile(importId, part))) throw new Error(`part ${part} was never written`);
    const counts = await bookPart.handle({ importId, part }, { ...desk, readDonorKey }, NOW);
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += (counts as unknown as typeof sum)[name];
  }
  return sum;
}
