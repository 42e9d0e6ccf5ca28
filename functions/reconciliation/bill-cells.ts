import { type Minor, parseDecimal } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';

/*
 * What WeChat Pay's bills have in common: UTF-8 with a byte order mark, cells behind backticks, amounts in yuan, times of
 * Beijing, and under the rows a summary of one line with a header of its own
 * (pay.weixin.qq.com/docs/merchant/products/bill-download).
 */

/** Why a bill cannot be used: thrown and caught inside one parser, never beyond it. */
export class UnusableBill extends Error {}

/** The lines of a bill. Throws UnusableBill where it is not text. */
export function textLines(bytes: Uint8Array): string[] {
  try {
    // The decoder drops the byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trimEnd().split(/\r?\n/);
  } catch {
    throw new UnusableBill('it is not UTF-8 text; a compressed bill must be unpacked first');
  }
}

/** The cells of one line, under the names of their columns. */
export class Cells<Name extends string> {
  readonly #line: number;
  readonly #cells: ReadonlyMap<Name, string>;

  constructor(text: string, line: number, columns: readonly Name[]) {
    // Each cell begins with a backtick and none is quoted: a product's name may hold a comma, so that a CSV parser would
    // see one column more.
    const cells = text.slice(1).split(',`');
    if (!text.startsWith('`') || cells.length !== columns.length) {
      throw new UnusableBill(`line ${line} does not have ${columns.length} cells, each behind a backtick`);
    }
    this.#line = line;
    this.#cells = new Map(columns.map((column, position) => [column, cells[position] ?? '']));
  }

  text(column: Name): string {
    return this.#cells.get(column) ?? '';
  }

  /** Yuan with two decimals, as fen. */
  amount(column: Name): Minor {
    const amount = parseDecimal(this.text(column), 'CNY');
    if (amount === undefined || amount < 0) throw this.unusable(column, 'is not an amount in yuan');
    return amount;
  }

  /** Yuan with up to five decimals, as thousandths of a fen. */
  fee(column: Name): number {
    const match = FEE.exec(this.text(column));
    if (match === null) throw this.unusable(column, 'is not a fee in yuan');
    const amount = Number(`${match[2]}${(match[3] ?? '').padEnd(5, '0')}`);
    return match[1] === '-' ? 0 - amount : amount;
  }

  /** A moment: the provider writes Beijing's time without saying so. */
  time(column: Name): Instant {
    const text = this.text(column);
    const time = instantSchema.safeParse(`${text.replace(' ', 'T')}+08:00`);
    if (!BEIJING_TIME.test(text) || !time.success) throw this.unusable(column, 'is not a time');
    return time.data;
  }

  unusable(column: Name, problem: string): UnusableBill {
    return new UnusableBill(`line ${this.#line}: ${column} ${problem}`);
  }
}

const FEE = /^(-?)(\d{1,9})(?:\.(\d{1,5}))?$/;
const BEIJING_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
