import { add, type Minor } from '../kernel/money.ts';
import { type Amount, type AmountUnit, readAmount } from './amount-text.ts';
import { cellName, type Grid, type GridRow, placeOf } from './cell-grid.ts';
import { packedText, plainText, saysNothing } from './cell-text.ts';
import { onlyYearIn, type PartialDate } from './date-text.ts';
import { type Header, headerAt, unitIn } from './header-row.ts';
import type { LegacyFacts, Told } from './legacy-project.ts';
import { kindIn, onlyPlaceIn, type ReadingTerms, readKind, readPlace } from './place-of.ts';
import {
  type CellProblem,
  type RowAmounts,
  RowCells,
  readAmounts,
  readDatesOf,
  readGoodsLine,
  readText,
} from './project-row.ts';
import { continuedRow, type RowKind, rowKindOf } from './row-kind.ts';
import { AMOUNT_FIELDS, SheetTotals, type TotalCheck } from './sheet-totals.ts';

/** A project as it was read, with the row that it begins in, from 1. */
export type ReadProject = { readonly sheet: string; readonly row: number; readonly facts: LegacyFacts };
export type ReadSheet = {
  readonly sheet: string;
  readonly headerRows: readonly number[];
  readonly columns: readonly {
    readonly cell: string;
    readonly header: string;
    readonly field: string;
    readonly unit?: string;
  }[];
  readonly unread: readonly { readonly cell: string; readonly header: string }[];
  readonly projects: readonly ReadProject[];
  readonly problems: readonly CellProblem[];
  readonly totals: readonly TotalCheck[];
  /** Rows that are no projects, and what they were taken for. */
  readonly leftOut: readonly { readonly row: number; readonly kind: RowKind; readonly text: string }[];
};

/** What stands above or around the rows of a sheet, and counts for those that say nothing of their own. */
type Surroundings = { year?: Sourced<number>; county?: Sourced<string>; unit?: AmountUnit };
type Sourced<Value> = { readonly value: Value; readonly rule: string; readonly from: string };

/** Rows in which a header may stand below titles. */
const MOST_TITLE_ROWS = 20;
const SHOWN = 80;

/**
 * Reads one sheet of projects from its titles to its last row. Nothing is dropped in silence: every row becomes a project, a
 * problem, a check of the sheet's own sums, or a line of what was left out; and every value says how it came from its cell.
 */
export function readSheet(
  grid: Grid,
  file: { readonly fileId: string; readonly fileName: string },
  terms: ReadingTerms,
): ReadSheet {
  return new SheetReader(grid, file, terms).read();
}

type Draft = {
  readonly cells: RowCells;
  readonly firstRow: number;
  facts: Partial<LegacyFacts>;
  isWhole: boolean;
  readonly amountRows: AmountRow[];
};
type AmountRow = { readonly row: number; readonly amounts: RowAmounts };

class SheetReader {
  readonly #grid: Grid;
  readonly #file: { readonly fileId: string; readonly fileName: string };
  readonly #terms: ReadingTerms;
  readonly #drafts: Draft[] = [];
  readonly #problems: CellProblem[] = [];
  readonly #leftOut: ReadSheet['leftOut'][number][] = [];
  readonly #totals = new SheetTotals();
  readonly #around: Surroundings = {};
  #header: Header | undefined;
  #headerRows: number[] = [];
  #titles: ReadonlySet<string> = new Set();
  #before: GridRow | undefined;

  constructor(grid: Grid, file: { readonly fileId: string; readonly fileName: string }, terms: ReadingTerms) {
    this.#grid = grid;
    this.#file = file;
    this.#terms = terms;
  }

  read(): ReadSheet {
    const start = this.#findHeader();
    if (start === undefined) return this.#result([]);
    for (let number = start; number < this.#grid.rows.length; number += 1) this.#takeRow(number);
    this.#markDoubtful();
    this.#fillYears();
    return this.#result(this.#drafts.flatMap((draft) => this.#projectOf(draft) ?? []));
  }

  /** The first row below the header; the titles above it are looked through for a year, a place and a unit. */
  #findHeader(): number | undefined {
    const { rows, name } = this.#grid;
    this.#takeYearAndPlace(this.#file.fileName, 'file');
    this.#takeYearAndPlace(name, 'sheet');
    for (let number = 0; number < Math.min(rows.length, MOST_TITLE_ROWS); number += 1) {
      const header = headerAt(rows, number, this.#terms.columns);
      if (header === undefined) continue;
      const titles = rows
        .slice(0, number)
        .flatMap((row) => [...row.values()].filter(({ mergedFrom }) => mergedFrom === undefined));
      for (const { text } of titles) this.#takeHeading(text, 'title');
      this.#titles = new Set(titles.map(({ text }) => packedText(text)));
      this.#use(header);
      return header.lastRow + 1;
    }
    const first = rows.findIndex((row) => row.size > 0);
    if (first >= 0)
      this.#problems.push({
        sheet: name,
        row: first + 1,
        cell: `${first + 1}`,
        field: 'header',
        text: textsOf(rows[first]),
        problem: 'is a sheet without a header that names a project and an amount',
        fix: 'name the columns in the settings, or leave this sheet out',
      });
    return undefined;
  }

  #use(header: Header): void {
    this.#header = header;
    this.#headerRows.push(header.firstRow + 1);
  }

  #takeHeading(text: string, rule: 'title' | 'heading'): void {
    this.#takeYearAndPlace(text, rule);
    const unit = unitIn(text);
    if (unit !== undefined) this.#around.unit = { unit, says: 'sheet' };
  }

  #takeYearAndPlace(text: string, rule: 'file' | 'sheet' | 'title' | 'heading'): void {
    const year = onlyYearIn(text);
    if (year !== undefined) this.#around.year = { value: year, rule: `year-of-${rule}`, from: plainText(text) };
    const county = onlyPlaceIn(text, this.#terms.places);
    // A title that names the society names its place as well, which says nothing of where its projects are.
    if (county !== undefined && (rule === 'heading' || rule === 'sheet'))
      this.#around.county = { value: county, rule: `place-of-${rule}`, from: plainText(text) };
  }

  #takeRow(number: number): void {
    const header = this.#header;
    const row = this.#grid.rows[number];
    if (header === undefined || row === undefined) return;
    const headerTexts = new Set(header.columns.map((column) => packedText(column.header)));
    const kind = rowKindOf(row, number, { header, headerTexts, titles: this.#titles });
    if (kind === 'project') this.#takeProject(row, number, header);
    else {
      if (kind === 'total') this.#checkTotal(row, number, header);
      if (kind === 'heading') this.#takeHeading(textsOf(row), 'heading');
      if (kind === 'header') this.#headerAgain(number);
      if (kind !== 'blank') this.#leftOut.push({ row: number + 1, kind, text: textsOf(row).slice(0, SHOWN) });
    }
  }

  /** A header once more: on a new page it is the same; where its columns differ, they count from here on. */
  #headerAgain(number: number): void {
    const again = headerAt(this.#grid.rows, number, this.#terms.columns);
    if (again !== undefined) this.#use(again);
  }

  #cells(row: GridRow, number: number, header: Header): RowCells {
    const { fileId } = this.#file;
    return new RowCells({
      fileId,
      sheet: this.#grid.name,
      number,
      header,
      row,
      before: this.#before,
      sheetUnit: this.#around.unit,
    });
  }

  #takeProject(row: GridRow, number: number, header: Header): void {
    const continued = continuedRow(row, number, header);
    const last = this.#drafts.at(-1);
    if (continued !== undefined && last !== undefined && continued >= last.firstRow)
      this.#continueProject(last, this.#cells(withoutSharedAmounts(row, number, header), number, header));
    else this.#beginProject(this.#cells(row, number, header), number);
    this.#before = row;
  }

  #beginProject(cells: RowCells, number: number): void {
    const { kinds } = this.#terms;
    const name = cells.told('name', readText);
    if (name === undefined)
      cells.problem('row', '', { problem: 'has no name of a project', fix: 'write the name into its cell' });
    const kind = this.#kindOf(cells, name);
    const goodsKinds = new Set(
      kinds
        .filter(({ documents }) => documents.includes('receipt-list') && !documents.includes('vouchers'))
        .map(({ kindId }) => kindId),
    );
    const amounts = readAmounts(cells, goodsKinds.has(kind.value));
    const dates = this.#datesOf(cells);
    const facts: Partial<LegacyFacts> = {
      ...(name === undefined ? {} : { name }),
      kind,
      source: cells.told('source', readText) ?? cells.inferred('未注明', 'source-missing', 'no cell'),
      ...this.#countyOf(cells, name),
      ...dates,
      ...this.#yearOf(cells, dates.startedOn),
      ...toldAmounts(amounts),
      goods: readGoodsLine(cells),
      note: cells.told('note', readText),
    };
    const draft: Draft = { cells, firstRow: number, facts, isWhole: true, amountRows: [{ row: number, amounts }] };
    this.#countAmounts(number, amounts);
    this.#drafts.push(draft);
  }

  /** A further row of the project above: more goods, or a further part of its amounts. */
  #continueProject(draft: Draft, cells: RowCells): void {
    const amounts = readAmounts(cells, draft.facts.goodsMinor !== undefined);
    const goods = readGoodsLine(cells);
    const { facts } = draft;
    draft.facts = {
      ...facts,
      moneyMinor: together(facts.moneyMinor, told(amounts.money)),
      goodsMinor: together(facts.goodsMinor, told(amounts.goods)),
      goods:
        goods === undefined
          ? facts.goods
          : facts.goods === undefined
            ? goods
            : { ...facts.goods, value: [...facts.goods.value, ...goods.value] },
    };
    draft.amountRows.push({ row: cells.number, amounts });
    draft.cells.problems.push(...cells.problems);
    this.#countAmounts(cells.number, amounts);
  }

  #countAmounts(row: number, { columns }: RowAmounts): void {
    for (const { field, amount } of columns) this.#totals.add(row, field, amount?.value.amountMinor);
  }

  #kindOf(cells: RowCells, name: Told<string> | undefined): Told<string> {
    const own = cells.told('kind', (text) =>
      saysNothing(text) ? { kind: 'empty' } : readKind(text, this.#terms.kinds),
    );
    if (own !== undefined) return own;
    const guess =
      kindIn(name?.value ?? '', this.#terms.kinds) ??
      kindIn(`${this.#grid.name} ${this.#file.fileName}`, this.#terms.kinds);
    return cells.inferred(
      guess ?? 'other',
      'kind-by-words',
      guess === undefined ? 'no word of a kind' : (name?.value ?? ''),
    );
  }

  #countyOf(cells: RowCells, name: Told<string> | undefined): { county?: Told<string> } {
    const { places } = this.#terms;
    if (cells.textOf('county') !== undefined) {
      const own = cells.told('county', (text) => readPlace(text, places));
      return own === undefined ? {} : { county: own };
    }
    const inName = onlyPlaceIn(name?.value ?? '', places);
    if (inName !== undefined) return { county: cells.inferred(inName, 'place-of-name', name?.value ?? '') };
    const { county } = this.#around;
    if (county !== undefined) return { county: cells.inferred(county.value, county.rule, county.from) };
    cells.problem('county', '', { problem: 'says of no place', fix: 'write the county, or 市本级' });
    return {};
  }

  #datesOf(cells: RowCells): { startedOn?: Told<string>; finishedOn?: Told<string> } {
    const field = cells.textOf('startedOn') === undefined ? 'period' : 'startedOn';
    const dates = cells.told(field, readDatesOf);
    const finished = cells.told('finishedOn', readDatesOf);
    const until = finished === undefined ? dates?.value.until : finished.value.from;
    const untilTold = finished ?? dates;
    return {
      ...(dates === undefined ? {} : { startedOn: { ...dates, value: dates.value.from } }),
      ...(until === undefined || untilTold === undefined ? {} : { finishedOn: { ...untilTold, value: until } }),
    };
  }

  #yearOf(cells: RowCells, startedOn: Told<PartialDate> | undefined): { year?: Told<number> } {
    if (cells.textOf('year') !== undefined) {
      const own = cells.told('year', readDatesOf);
      return own === undefined ? {} : { year: { ...own, value: yearIn(own.value.from) } };
    }
    if (startedOn !== undefined) {
      const how = startedOn.how === 'as-written' ? 'converted' : startedOn.how;
      return { year: { ...startedOn, how, value: yearIn(startedOn.value) } };
    }
    const { year } = this.#around;
    return year === undefined ? {} : { year: cells.inferred(year.value, year.rule, year.from) };
  }

  #checkTotal(row: GridRow, number: number, header: Header): void {
    const cells = this.#cells(row, number, header);
    const label = plainText([...row.values()].map(({ text }) => text).find((text) => /计/u.test(text)) ?? '');
    const amounts = AMOUNT_FIELDS.flatMap((field) => {
      const found = cells.find(field);
      if (found === undefined || saysNothing(found.cell.text) || found.cell.mergedFrom !== undefined) return [];
      const reading = readAmount(found.cell.text, cells.unitOf(field));
      return reading.kind === 'read' ? [{ field, cell: found.name, saidMinor: reading.value.amountMinor }] : [];
    });
    this.#totals.check(number, label, amounts);
  }

  /** Where a sheet's own total says another sum, none of the amounts that it sums up is taken as said. */
  #markDoubtful(): void {
    for (const field of AMOUNT_FIELDS) {
      const isDoubtful = this.#totals.doubtful(field);
      for (const draft of this.#drafts) {
        const isOf = draft.amountRows.some(
          ({ row, amounts }) => isDoubtful(row) && amounts.columns.some((one) => one.field === field),
        );
        if (!isOf) continue;
        const { moneyMinor, goodsMinor } = draft.facts;
        if (moneyMinor !== undefined && field !== 'goods') draft.facts.moneyMinor = doubted(moneyMinor);
        if (goodsMinor !== undefined && field !== 'money') draft.facts.goodsMinor = doubted(goodsMinor);
      }
    }
  }

  /** A row without any year gets that of its neighbours where both have the same; always marked. */
  #fillYears(): void {
    for (const [at, draft] of this.#drafts.entries()) {
      if (
        draft.facts.year !== undefined ||
        draft.cells.problems.some(({ field }) => field === 'year' || field === 'startedOn' || field === 'period')
      )
        continue;
      const before = this.#drafts.slice(0, at).findLast(({ facts }) => facts.year !== undefined)?.facts.year;
      const after = this.#drafts.slice(at + 1).find(({ facts }) => facts.year !== undefined)?.facts.year;
      if (before !== undefined && before.value === after?.value)
        draft.facts.year = draft.cells.inferred(before.value, 'year-of-neighbours', 'the rows above and below');
      else
        draft.cells.problem('year', '', {
          problem: 'says of no year, and its neighbours do not agree on one',
          fix: 'write the year into its cell',
        });
    }
  }

  #projectOf({ cells, firstRow, facts }: Draft): ReadProject | undefined {
    if (facts.moneyMinor === undefined && facts.goodsMinor === undefined && cells.problems.length === 0)
      cells.problem('row', facts.name?.value ?? '', {
        problem: 'has no amount',
        fix: 'write its money, or the value of its goods',
      });
    this.#problems.push(...cells.problems);
    const { name, kind, source, county, year } = facts;
    if (
      cells.problems.length > 0 ||
      name === undefined ||
      kind === undefined ||
      source === undefined ||
      county === undefined ||
      year === undefined
    )
      return undefined;
    const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
    return { sheet: this.#grid.name, row: firstRow + 1, facts: { ...known, name, kind, source, county, year } };
  }

  #result(projects: readonly ReadProject[]): ReadSheet {
    const header = this.#header;
    const cell = (column: number): string => cellName(header?.lastRow ?? 0, column);
    return {
      sheet: this.#grid.name,
      headerRows: this.#headerRows,
      columns: (header?.columns ?? []).map(({ column, header: text, field, unit }) => ({
        cell: cell(column),
        header: text,
        field,
        ...(unit === undefined ? {} : { unit: unit.unit }),
      })),
      unread: (header?.unread ?? []).map(({ column, header: text }) => ({ cell: cell(column), header: text })),
      projects,
      problems: this.#problems,
      totals: this.#totals.checks,
      leftOut: this.#leftOut,
    };
  }
}

/**
 * A further row of a project without the amounts that an earlier row of it has said, because their cells are merged over both:
 * only these, each for itself. Where money or goods are among them, a column for both is their sum and says nothing new.
 */
function withoutSharedAmounts(row: GridRow, number: number, { columns }: Header): GridRow {
  const isShared = (column: number): boolean => {
    const from = placeOf(row.get(column)?.mergedFrom ?? '');
    return from !== undefined && from.row < number;
  };
  const amounts = columns.filter(({ field }) => AMOUNT_FIELDS.some((one) => one === field));
  const shared = amounts.filter(({ column }) => isShared(column));
  const left = new Set(
    (shared.some(({ field }) => field !== 'amount')
      ? [...shared, ...amounts.filter(({ field }) => field === 'amount')]
      : shared
    ).map(({ column }) => column),
  );
  return new Map([...row].filter(([column]) => !left.has(column)));
}

const yearIn = (date: PartialDate): number => Number(date.slice(0, 'YYYY'.length));
const textsOf = (row: GridRow | undefined): string =>
  [...(row?.values() ?? [])]
    .filter(({ mergedFrom }) => mergedFrom === undefined)
    .map(({ text }) => plainText(text))
    .join(' ');

const told = (amount: Told<Amount> | undefined): Told<Minor> | undefined =>
  amount === undefined ? undefined : { ...amount, value: amount.value.amountMinor };

function toldAmounts({ money, goods }: RowAmounts): Pick<Partial<LegacyFacts>, 'moneyMinor' | 'goodsMinor'> {
  const [moneyMinor, goodsMinor] = [told(money), told(goods)];
  return { ...(moneyMinor === undefined ? {} : { moneyMinor }), ...(goodsMinor === undefined ? {} : { goodsMinor }) };
}

function together(first: Told<number> | undefined, second: Told<Minor> | undefined): Told<number> | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    ...first,
    value: add(first.value as Minor, second.value),
    raw: `${first.raw} + ${second.raw}`,
    how: 'inferred',
    rule: 'parts-added',
    confirmed: undefined,
  };
}

const doubted = (amount: Told<number>): Told<number> => ({
  ...amount,
  how: 'inferred',
  rule: 'total-differs',
  confirmed: undefined,
});
