import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Cells } from './statement-cells.ts';
import type { StatementMapping } from './statement-mapping.ts';

/** One cell at most, so that a missing quote does not swallow the file. */
const LONGEST_CELL = 4_000;
const LONGEST_RECORD = 64_000;

/** Why a file cannot be read at all: a sentence for the person who uploaded it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly fix: string;
  constructor(problem: string, fix: string) {
    super(problem);
    this.fix = fix;
  }
}

/** Bytes as text, strictly: a byte that is none of the encoding is said with its place, never replaced. */
export async function* decodedText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: StatementMapping['encoding'],
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let read = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new UnreadableFile(
        `is not ${encoding === 'utf-8' ? 'UTF-8' : 'GB18030'} text (near byte ${read})`,
        `choose the other encoding in the mapping, or save the file as ${encoding === 'utf-8' ? 'UTF-8' : 'GB18030'}`,
      );
    }
  };
  for await (const chunk of bytes) {
    const text = decode(chunk);
    read += chunk.length;
    if (text !== '') yield text;
  }
  const rest = decode();
  if (rest !== '') yield rest;
}

/**
 * The lines of a delimited file after its header, one at a time: memory does not grow with the file. Throws UnreadableFile
 * where the file is no such file, or a column of the mapping is not in its header.
 */
export async function* delimitedLines(
  bytes: AsyncIterable<Uint8Array>,
  mapping: StatementMapping,
): AsyncGenerator<Cells> {
  const parser = Readable.from(decodedText(bytes, mapping.encoding)).compose(
    parse({
      bom: true,
      delimiter: mapping.delimiter,
      relax_column_count: true,
      // Backticks and stray quotes inside a cell are text; a cell that begins with a quote ends with one.
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD,
      info: true,
    }),
  ) as AsyncIterable<{ readonly record: string[]; readonly info: { readonly lines: number } }>;
  let header: Header | undefined;
  try {
    for await (const { record, info } of parser) {
      if (info.lines < mapping.headerLine) continue;
      if (header === undefined) header = new Header(record, mapping);
      else yield header.cellsOf(record, info.lines);
    }
  } catch (error) {
    if (isCsvError(error))
      throw new UnreadableFile(`breaks off as a table: ${error.message}`, 'export the file anew as delimited text');
    throw error;
  }
  if (header === undefined)
    throw new UnreadableFile(`has no line ${mapping.headerLine} with the names of its columns`, 'correct headerLine');
}

const isCsvError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('CSV_');

/** The columns of a file, found by their names. */
export class Header {
  readonly #places: ReadonlyMap<string, number>;

  constructor(names: readonly string[], mapping: StatementMapping) {
    const places = new Map<string, number>();
    for (const [place, name] of names.entries()) {
      const plain = name.replace(/^\uFEFF/, '').trim();
      // Of two columns with one name neither can be meant.
      places.set(plain, places.has(plain) ? Number.NaN : place);
    }
    this.#places = places;
    const missing = columnsOf(mapping).filter((column) => !places.has(column));
    if (missing.length > 0)
      throw new UnreadableFile(
        `has no column ${missing.map((column) => `“${column}”`).join(', ')} in line ${mapping.headerLine}`,
        `use the mapping of this kind of file, or correct its columns; the file has ${shown(names)}`,
      );
    const doubled = columnsOf(mapping).filter((column) => Number.isNaN(places.get(column)));
    if (doubled.length > 0)
      throw new UnreadableFile(`names the column “${doubled[0]}” twice`, 'give each column a name of its own');
  }

  cellsOf(record: readonly string[], line: number): Cells {
    return {
      line,
      first: record[0] ?? '',
      cell: (column) => (record[this.#places.get(column) ?? -1] ?? '').slice(0, LONGEST_CELL),
    };
  }
}

/** Every column that a mapping names, each once. */
function columnsOf({ columns, gifts, refunds, summary, bank }: StatementMapping): string[] {
  const named = [...Object.values(columns), gifts?.column, refunds?.column, summary?.amount, summary?.count];
  if (bank !== undefined) named.push(bank.balance, 'column' in bank.direction ? bank.direction.column : undefined);
  return [...new Set(named.filter((column) => column !== undefined))];
}

const SHOWN_COLUMNS = 12;
const shown = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : `${names.slice(0, SHOWN_COLUMNS).join(', ')}${names.length > SHOWN_COLUMNS ? ', …' : ''}`;
