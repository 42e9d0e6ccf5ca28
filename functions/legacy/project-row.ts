import { type Amount, type AmountUnit, readAmount, readMoneyAndGoods } from './amount-text.ts';
import { cellName, type GridCell, type GridRow } from './cell-grid.ts';
import { isDitto, packedText, plainText, type Reading, read, saysNothing, unreadable, type Way } from './cell-text.ts';
import { type Dates, readDates } from './date-text.ts';
import type { Column, Header } from './header-row.ts';
import type { GoodsLine, Told } from './legacy-project.ts';
import type { LegacyField } from './legacy-settings.ts';

/** One thing that is wrong in a file, with its cell and what to do. */
export type CellProblem = {
  readonly sheet: string;
  readonly row: number;
  readonly cell: string;
  readonly field: string;
  readonly text: string;
  readonly problem: string;
  readonly fix: string;
};

/** What is around a row: which file and sheet, and the row of a project before it, whose cells a ditto mark repeats. */
export type RowPlace = {
  readonly fileId: string;
  readonly sheet: string;
  readonly number: number;
  readonly header: Header;
  readonly row: GridRow;
  readonly before: GridRow | undefined;
  /** What the sheet says of its amounts as a whole: 单位：万元. */
  readonly sheetUnit: AmountUnit | undefined;
};

/** A cell of a row with all that marks where its text is from. */
type Found = { readonly column: Column; readonly cell: GridCell; readonly name: string; readonly isDitto: boolean };

/** Reads the cells of one row by the header above it, and notes every problem that it meets. */
export class RowCells {
  readonly problems: CellProblem[] = [];
  readonly #place: RowPlace;

  constructor(place: RowPlace) {
    this.#place = place;
  }

  get number(): number {
    return this.#place.number;
  }

  find(field: LegacyField): Found | undefined {
    const { header, row, before, number } = this.#place;
    const column = header.columns.find((one) => one.field === field);
    const cell = column === undefined ? undefined : row.get(column.column);
    if (column === undefined || cell === undefined) return undefined;
    const name = cellName(number, column.column);
    if (!isDitto(cell.text)) return { column, cell, name, isDitto: false };
    const above = before?.get(column.column);
    return above === undefined
      ? { column, cell, name, isDitto: false }
      : { column, cell: { ...above, text: above.text }, name, isDitto: true };
  }

  /** The text of a cell, or nothing where it says nothing. */
  textOf(field: LegacyField): string | undefined {
    const found = this.find(field);
    return found === undefined || saysNothing(found.cell.text) ? undefined : found.cell.text;
  }

  problem(field: LegacyField | 'row', text: string, { problem, fix }: { problem: string; fix: string }): void {
    const { sheet, number } = this.#place;
    const cell = field === 'row' ? `${number + 1}` : (this.find(field)?.name ?? `${number + 1}`);
    this.problems.push({ sheet, row: number + 1, cell, field, text: text.slice(0, 120), problem, fix });
  }

  /** Reads a cell by a rule; `undefined` where it is empty, or where it is a problem, which is noted. */
  told<Value>(
    field: LegacyField,
    readingOf: (text: string, cell: GridCell) => Reading<Value>,
  ): Told<Value> | undefined {
    const found = this.find(field);
    if (found === undefined) return undefined;
    const reading = readingOf(found.cell.text, found.cell);
    if (reading.kind === 'empty') return undefined;
    if (reading.kind === 'problem') {
      this.problem(field, found.cell.text, reading);
      return undefined;
    }
    const way = wayOf(found, reading);
    const by = way.how === 'entered' ? found.cell.entered?.by : undefined;
    return {
      value: reading.value,
      raw: found.cell.text,
      at: this.at(found.name),
      ...way,
      ...(by === undefined ? {} : { confirmed: by }),
    };
  }

  at(cell: string): { fileId: string; sheet: string; cell: string } {
    return { fileId: this.#place.fileId, sheet: this.#place.sheet, cell };
  }

  /** A value that no cell of the row says: always marked. `from`: what it was taken from, in words that a person can follow. */
  inferred<Value>(value: Value, rule: string, from: string): Told<Value> {
    return {
      value,
      raw: '',
      at: this.at(`${this.#place.number + 1}`),
      how: 'inferred',
      rule: `${rule}: ${from}`.slice(0, 120),
    };
  }

  unitOf(field: LegacyField): AmountUnit | undefined {
    return this.find(field)?.column.unit ?? this.#place.sheetUnit;
  }

  /** Whether the cell is part of one that is merged over several rows, as far as this row is not the first of them. */
  isMergedFromAbove(field: LegacyField): boolean {
    const from = this.find(field)?.cell.mergedFrom;
    return from !== undefined && from.replace(/^[A-Z]+/u, '') !== `${this.#place.number + 1}`;
  }
}

function wayOf(
  { cell, isDitto: repeats }: Found,
  { how, rule }: { how: Way; rule: string },
): { how: Way; rule: string } {
  if (repeats) return { how: 'inferred', rule: 'ditto' };
  if (cell.mergedFrom !== undefined) return { how: 'inferred', rule: `merged: ${cell.mergedFrom}` };
  if (cell.entered !== undefined && how !== 'inferred') return { how: 'entered', rule: 'entered' };
  return { how, rule };
}

/** A text as it is, with its white space put right. */
export function readText(text: string): Reading<string> {
  const plain = plainText(text);
  if (saysNothing(text)) return { kind: 'empty' };
  return read(plain, plain === text ? 'as-written' : 'converted', 'text');
}

export const readDatesOf = (text: string, cell: GridCell): Reading<Dates> =>
  cell.day === undefined
    ? readDates(text, cell.isNumber === true)
    : read({ from: cell.day }, 'converted', 'spreadsheet-date');

/** What a row says of amounts: each is told with its own cell. */
export type RowAmounts = {
  readonly money?: Told<Amount> | undefined;
  readonly goods?: Told<Amount> | undefined;
  /** Which column each is from, for the totals of the sheet. */
  readonly columns: readonly {
    readonly field: 'money' | 'goods' | 'amount';
    readonly amount: Told<Amount> | undefined;
  }[];
};

const amountOf =
  (cells: RowCells, field: LegacyField) =>
  (text: string): Reading<Amount> =>
    cells.isMergedFromAbove(field)
      ? unreadable('is one amount for several projects', 'write what each of the projects had')
      : readAmount(text, cells.unitOf(field));

/** Amounts from columns of their own, or from one column for both. `isGoods`: what the project's kind speaks for. */
export function readAmounts(cells: RowCells, isGoods: boolean): RowAmounts {
  const both = cells.textOf('money') ?? cells.textOf('amount');
  const split = both === undefined ? undefined : readMoneyAndGoods(both);
  if (split !== undefined) return splitAmounts(cells, both ?? '', split);
  const money = cells.told('money', amountOf(cells, 'money'));
  const goods = cells.told('goods', amountOf(cells, 'goods'));
  const columns: RowAmounts['columns'][number][] = [];
  if (cells.textOf('money') !== undefined) columns.push({ field: 'money', amount: money });
  if (cells.textOf('goods') !== undefined) columns.push({ field: 'goods', amount: goods });
  if (cells.textOf('amount') === undefined) return { money, goods, columns };
  const amount = cells.told('amount', amountOf(cells, 'amount'));
  columns.push({ field: 'amount', amount });
  if (amount === undefined || money !== undefined || goods !== undefined) return { money, goods, columns };
  return { ...typedAmount(cells, amount, isGoods), columns };
}

function splitAmounts(
  cells: RowCells,
  text: string,
  split: { readonly money: Reading<Amount>; readonly goods: Reading<Amount> },
): RowAmounts {
  const field = cells.textOf('money') === undefined ? 'amount' : 'money';
  const of = (reading: Reading<Amount>): Told<Amount> | undefined => cells.told(field, () => reading);
  const [money, goods] = [of(split.money), of(split.goods)];
  const sum = (money?.value.amountMinor ?? 0) + (goods?.value.amountMinor ?? 0);
  const whole =
    money === undefined ? undefined : ({ ...money, raw: text, value: { amountMinor: sum } } as Told<Amount>);
  return { money, goods, columns: [{ field, amount: whole }] };
}

const isOfGoods = (text: string): boolean =>
  /物|实物|品/u.test(text) && !/资金|现金|款/u.test(text.replaceAll('款物', '物'));

/** Whether the one amount of a row is money or goods: its own column says so, or the project's kind speaks for it. */
function typedAmount(cells: RowCells, amount: Told<Amount>, isGoods: boolean): Pick<RowAmounts, 'money' | 'goods'> {
  const type = cells.textOf('amountType');
  if (type !== undefined) {
    const packed = packedText(type);
    if (isOfGoods(packed)) return { goods: amount };
    if (/资金|现金|款|钱/u.test(packed)) return { money: amount };
    cells.problem('amountType', type, { problem: 'says neither money nor goods', fix: 'write 资金 or 物资' });
    return {};
  }
  return isGoods || cells.textOf('goodsItem') !== undefined
    ? { goods: { ...amount, how: 'inferred', rule: 'goods-by-kind', confirmed: undefined } }
    : { money: amount };
}

const GOODS_IN_TEXT =
  /^(\D{1,40}?)([\d,]+(?:\.\d+)?)(个|箱|套|件|床|袋|吨|册|本|台|顶|份|公斤|千克|kg|盒|包|桶|辆|支|只|瓶|条|双)$/u;

/** One line of goods from its columns, or from one cell that says it all: 急救箱100个. */
export function readGoodsLine(cells: RowCells): Told<GoodsLine[]> | undefined {
  const item = cells.told('goodsItem', readText);
  if (item === undefined) return undefined;
  const quantity = cells.textOf('goodsQuantity');
  if (quantity === undefined) {
    const match = GOODS_IN_TEXT.exec(packedText(item.value));
    if (match === null) return { ...item, value: [{ item: item.value, quantity: '', unit: '' }] };
    const [, name = '', number = '', unit = ''] = match;
    const how = item.how === 'as-written' ? 'converted' : item.how;
    return { ...item, how, rule: 'goods-in-cell', value: [{ item: name, quantity: number.replaceAll(',', ''), unit }] };
  }
  const packed = packedText(quantity).replaceAll(',', '');
  const match = /^(\d+(?:\.\d+)?)(\D{0,6})$/u.exec(packed);
  if (match === null) {
    cells.problem('goodsQuantity', quantity, { problem: 'is no number', fix: 'write how many there were' });
    return undefined;
  }
  const unit = cells.textOf('goodsUnit') ?? match[2] ?? '';
  return { ...item, value: [{ item: item.value, quantity: match[1] ?? '', unit: plainText(unit) }] };
}
