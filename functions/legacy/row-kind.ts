import { type GridCell, type GridRow, placeOf } from './cell-grid.ts';
import { packedText } from './cell-text.ts';
import { type Header, unitIn } from './header-row.ts';

/** What a row of a list is. Only `project` rows become projects; all others are told in the preview. */
export type RowKind = 'blank' | 'header' | 'title' | 'heading' | 'remark' | 'total' | 'project';

const TOTAL = /(?:合计|总计|小计|累计|共计)(?:[(（].*)?[:：]?$/u;
const REMARK =
  /^(?:注|备注|说明|填表人|填报人|制表人?|审核人?|负责人|单位负责人|经办人|联系人|填报单位|填报时间|填报日期|编制单位|打印|第\d+页|共\d+页)[:：0-9].*/u;
const NUMBERED_HEADING =
  /^(?:[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十]+[)）]|(?:19|20)\d{2}年(?:度)?(?:项目|部分)?[:：]?$)/u;
const LONGEST_TOTAL_LABEL = 24;

const columnsOf = (header: Header, fields: readonly string[]): number[] =>
  header.columns.filter(({ field }) => fields.includes(field)).map(({ column }) => column);

export type RowContext = {
  readonly header: Header;
  /** Texts of the header's cells, packed. */
  readonly headerTexts: ReadonlySet<string>;
  /** Texts of the rows above the header, packed. */
  readonly titles: ReadonlySet<string>;
};

/** What the row is, by what stands in it and by the header above. */
export function rowKindOf(row: GridRow, number: number, { header, headerTexts, titles }: RowContext): RowKind {
  const ignored = new Set(columnsOf(header, ['ignored']));
  const cells = [...row].filter(([, { text }]) => packedText(text) !== '');
  const own = cells.filter(([, { mergedFrom }]) => mergedFrom === undefined);
  // A row that is only numbered, or only the rest of merged cells, says nothing of its own.
  if (own.every(([column]) => ignored.has(column))) return 'blank';
  const texts = own.map(([, { text }]) => packedText(text));
  if (texts.length > 1 && texts.filter((text) => headerTexts.has(text)).length >= Math.ceil(texts.length * 0.7))
    return 'header';
  const [first = ''] = texts;
  if (isTotal(cells, header, ignored)) return 'total';
  if (continuedRow(row, number, header) !== undefined) return 'project';
  if (REMARK.test(first)) return 'remark';
  if (texts.length === 1) {
    if (titles.has(first)) return 'title';
    if (isHeading(own[0], row, header)) return 'heading';
  }
  return 'project';
}

/** The row, from 0, of the project that this one goes on with, because its name is merged over both. */
export function continuedRow(row: GridRow, number: number, header: Header): number | undefined {
  const [name] = columnsOf(header, ['name']);
  const from = placeOf((name === undefined ? undefined : row.get(name)?.mergedFrom) ?? '');
  return from !== undefined && from.column === name && from.row < number ? from.row : undefined;
}

/** The label of a total stands in the name's column, or in a column before it. */
function isTotal(cells: readonly [number, GridCell][], header: Header, ignored: ReadonlySet<number>): boolean {
  const [name = 0] = columnsOf(header, ['name']);
  return cells.some(([column, { text }]) => {
    const packed = packedText(text);
    return (column <= name || ignored.has(column)) && packed.length <= LONGEST_TOTAL_LABEL && TOTAL.test(packed);
  });
}

/** A lone text is a heading where it is merged over columns, stands beside the names, is numbered as headings are, or says a unit. */
function isHeading(cell: [number, GridCell] | undefined, row: GridRow, header: Header): boolean {
  if (cell === undefined) return false;
  const [column, { text }] = cell;
  const [name = 0] = columnsOf(header, ['name']);
  const isWide =
    [...row.values()].filter(({ mergedFrom }) => mergedFrom !== undefined).length > 0 &&
    row.get(column)?.mergedFrom === undefined &&
    [...row.values()].every((other) => packedText(other.text) === packedText(text));
  const isAmount = /^[\d.,]+$/u.test(packedText(text));
  return (
    !isAmount && (isWide || column !== name || NUMBERED_HEADING.test(packedText(text)) || unitIn(text) !== undefined)
  );
}
