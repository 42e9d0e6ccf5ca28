import type { AmountUnit } from './amount-text.ts';
import type { GridRow } from './cell-grid.ts';
import { packedText, plainText } from './cell-text.ts';
import type { LegacyField } from './legacy-settings.ts';

/** What columns of such lists are called, as seen in lists of this kind. Matched whole, after the unit was taken off. */
const NAMES: Readonly<Record<string, LegacyField>> = Object.fromEntries(
  (
    [
      ['name', '项目名称 项目名 名称 项目 捐赠项目 项目内容 实施项目 项目(活动)名称 活动名称'],
      ['kind', '项目类别 项目类型 类别 类型 项目种类 项目性质'],
      ['source', '资金来源 来源 捐赠方 捐赠单位 捐赠人 资助方 援助方 款物来源 出资单位 来源单位'],
      ['county', '县区 县(市、区) 县(市区) 县市区 区县 所属县区 县 实施县区 实施地 地区 属地 单位(县区) 实施单位 区域'],
      ['year', '年度 年份 年 实施年度 项目年度 立项年度'],
      [
        'startedOn',
        '开始时间 开工时间 实施时间 立项时间 启动时间 时间 日期 捐赠时间 项目时间 发放时间 接收时间 拨款时间 起始时间',
      ],
      ['finishedOn', '完成时间 竣工时间 结束时间 完工时间 验收时间'],
      ['period', '起止时间 起止日期 实施期限 项目周期 实施起止时间'],
      [
        'money',
        '资金 项目资金 资金额 拨付资金 到位资金 现金 款 捐款 资金投入 项目经费 经费 捐赠资金 善款 拨款金额 捐款金额 资金金额',
      ],
      ['goods', '物资折价 物资价值 物资 物资金额 实物折价 折价 物资折合 物资折款 物资投入 捐物折价 价值'],
      ['amount', '金额 总金额 项目金额 投入金额 捐赠金额 款物金额'],
      ['amountType', '款物类别 款物 款/物 捐赠类型 资金或物资'],
      ['goodsItem', '物资名称 品名 物品名称 物资品名'],
      ['goodsQuantity', '数量 物资数量'],
      ['goodsUnit', '单位 计量单位'],
      ['note', '备注 说明 备考'],
      ['ignored', '序号 编号 项目编号 负责人 联系人 联系电话 电话 经办人 单价 受益人数 项目地点 地点 实施地点 乡镇'],
    ] as const
  ).flatMap(([field, names]) => names.split(' ').map((name) => [name, field])),
);

export type Column = {
  readonly column: number;
  readonly header: string;
  readonly field: LegacyField;
  readonly unit?: AmountUnit;
};
export type Header = {
  /** The rows that it takes, from `firstRow` to `lastRow`. */
  readonly firstRow: number;
  readonly lastRow: number;
  readonly columns: readonly Column[];
  /** Columns with a name that says nothing to us. */
  readonly unread: readonly { readonly column: number; readonly header: string }[];
};

const MONEY_FIELDS: ReadonlySet<LegacyField> = new Set(['money', 'goods', 'amount']);
/** Below this many named columns a row is a heading or a project. */
const FEWEST_COLUMNS = 3;

/** The unit that a text declares: 单位：万元, (元). */
export function unitIn(text: string): AmountUnit['unit'] | undefined {
  const match = /(?:单位[:]?|[(/,、]|^)(?:人民币)?(万元|元)(?:[)]|$|[,;、/])/u.exec(packedText(text));
  return match === null ? undefined : match[1] === '万元' ? 'wan' : 'yuan';
}

/** A name without what says its unit: 资金(万元) is 资金. */
const withoutUnit = (text: string): string =>
  packedText(text)
    .replace(/[(](?:单位[:]?)?(?:人民币)?(?:万元|元)[)]$/u, '')
    .replace(/[/,:](?:单位[:]?)?(?:万元|元)$/u, '');

export function fieldOf(header: string, columns: Readonly<Record<string, LegacyField>>): LegacyField | undefined {
  const packed = packedText(header);
  for (const [name, field] of Object.entries(columns)) if (packedText(name) === packed) return field;
  return NAMES[withoutUnit(header)] ?? NAMES[packed];
}

/**
 * The header that stands in this row, if one does: at least three columns that are known, a project's name among them, and an
 * amount. A header of two rows is one where the name's cell is merged over both; the lower row then says what each part is.
 */
export function headerAt(
  rows: readonly GridRow[],
  number: number,
  columns: Readonly<Record<string, LegacyField>>,
): Header | undefined {
  const row = rows[number];
  if (row === undefined) return undefined;
  const below = rows[number + 1];
  const single = headerOf(row, undefined, number, columns);
  const isDouble = single !== undefined && below !== undefined && spansTwo(row, below, single);
  const double = isDouble ? headerOf(row, below, number, columns) : undefined;
  const header = double ?? single;
  return header !== undefined && isHeader(header) ? header : undefined;
}

function isHeader({ columns }: Header): boolean {
  const fields = new Set(columns.map(({ field }) => field));
  const known = [...fields].filter((field) => field !== 'ignored').length;
  const hasMoney = [...MONEY_FIELDS].some((field) => fields.has(field)) || fields.has('goodsItem');
  return fields.has('name') && known >= FEWEST_COLUMNS && hasMoney;
}

/** Whether the row below repeats the name's header cell because that is merged over both. */
function spansTwo(row: GridRow, below: GridRow, { columns }: Header): boolean {
  const name = columns.find(({ field }) => field === 'name');
  if (name === undefined) return false;
  const lower = below.get(name.column);
  return lower?.mergedFrom !== undefined && lower.text === row.get(name.column)?.text;
}

function headerOf(
  row: GridRow,
  below: GridRow | undefined,
  firstRow: number,
  known: Readonly<Record<string, LegacyField>>,
): Header | undefined {
  const columns: Column[] = [];
  const unread: Header['unread'][number][] = [];
  const places = new Set([...row.keys(), ...(below?.keys() ?? [])]);
  for (const column of [...places].sort((left, right) => left - right)) {
    const upper = row.get(column);
    const lower = below?.get(column);
    // A title that is merged over the whole width names no column.
    const texts = [upper?.text, lower?.text === upper?.text ? undefined : lower?.text].filter(
      (text) => text !== undefined,
    );
    const header = plainText(texts.join(' '));
    if (header === '') continue;
    const field = texts.map((text) => fieldOf(text, known)).findLast((found) => found !== undefined);
    if (field === undefined) unread.push({ column, header });
    else {
      const unit = MONEY_FIELDS.has(field) ? texts.map(unitIn).findLast((found) => found !== undefined) : undefined;
      columns.push({ column, header, field, ...(unit === undefined ? {} : { unit: { unit, says: 'header' } }) });
    }
  }
  if (columns.length === 0) return undefined;
  const { kept, left } = onceEach(columns);
  const lastRow = below === undefined ? firstRow : firstRow + 1;
  return { firstRow, lastRow, columns: kept, unread: [...unread, ...left] };
}

/** Of two columns for one field the first is read, and the other is said to be unread; 单位 is a measure only beside a quantity. */
function onceEach(columns: readonly Column[]): { kept: Column[]; left: Column[] } {
  const hasQuantity = columns.some(({ field }) => field === 'goodsQuantity');
  const fields = new Set<LegacyField>();
  const kept: Column[] = [];
  const left: Column[] = [];
  for (const column of columns) {
    const { field } = column;
    const isSecond = field !== 'ignored' && field !== 'note' && fields.has(field);
    if (isSecond || (field === 'goodsUnit' && !hasQuantity)) left.push(column);
    else kept.push(column);
    fields.add(field);
  }
  return { kept, left };
}
