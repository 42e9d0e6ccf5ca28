import { formatDecimal, type Minor } from '../kernel/money.ts';
import { localTimeText } from '../kernel/time.ts';
import { DECISION_NAMES, type DecisionKind } from './legacy-project.ts';
import { DOCUMENT_NAMES, type DocumentKind } from './legacy-settings.ts';
import type { LegacySummary, SumLine } from './legacy-summary.ts';
import { FIELD_NAMES, FILE_STATE_NAMES } from './legacy-words.ts';
import { rowsOutside } from './list-account.ts';

/** Yuan with groups of thousands: 47,600,000.00. */
export const yuanText = (amountMinor: number): string =>
  formatDecimal(amountMinor as Minor, 'CNY').replace(/\B(?=(\d{3})+(?!\d)(?=.*\.))/g, ',');

/** A word in a table's cell; `mark` where it was inferred: one star, or two where nobody has confirmed it. */
type Cell = { readonly text: string; readonly mark: '' | '*' | '**' };

/** What functions/legacy/legacy-summary.typ prints: every word and figure, none of them reckoned there. */
export function summaryPages(summary: LegacySummary, summarySha256: string) {
  const { exercise, organisationName, rows, total, preparedAt, round } = summary;
  return {
    title: exercise.title,
    organisationName,
    reference: `${exercise.exerciseId} · 第${round}轮`,
    preparedAtText: localTimeText(preparedAt, 'Asia/Shanghai'),
    sha256: summarySha256,
    facts: [
      ['结项项目', `${total.projects} 个`],
      ['资金', `${yuanText(total.moneyMinor)} 元`],
      ['物资折价', `${yuanText(total.goodsMinor)} 元`],
      ['继续实施', `${summary.keptOpen.length} 个`],
      ['本轮未能结项', `${summary.failures.length} 个`],
      ['剔除的重复登记', `${summary.copies} 条`],
      ['未列入的登记行', `${rowsOutside(summary.lists)} 行`],
      ['与原表合计不符', `${summary.lists.flatMap(({ totals }) => totals).length} 处`],
      ['未导入的登记表', `${summary.lists.filter(({ state }) => state !== 'imported').length} 份`],
    ],
    note: '资金与物资折价分列，不相加；各表合计均等于项目明细之和。有底色的值系推定（原表未写明）：* 已由专人核对确认，** 尚未确认；年度与金额未经确认的项目不予结项。登记表中无法读取或未导入的行不在任何合计之内，另列于后。',
    tables: [
      sums('按年度汇总', '年度', summary.byYear, total),
      sums('按来源汇总', '资金（物资）来源', summary.bySource, total),
      sums('按县区汇总', '县（市、区）', summary.byCounty, total),
      sums('按类别汇总', '项目类别', summary.byKind, total),
      sums(
        '按处理意见汇总',
        '处理意见',
        summary.byDecision.map((line) => ({ ...line, name: DECISION_NAMES[line.name as DecisionKind] })),
        total,
      ),
    ],
    decisions: summary.decisions.map(({ number, decision, projects, minutes, remarks }) => [
      String(number),
      DECISION_NAMES[decision as DecisionKind] ?? decision,
      String(projects),
      minutes ?? '—',
      remarks ?? '—',
    ]),
    rows: rows.map((row, at) => {
      const markOf = (name: string): Cell['mark'] =>
        row.unconfirmed.includes(name) ? '**' : row.inferred.includes(name) ? '*' : '';
      const cell = (text: string, name = ''): Cell => ({ text, mark: markOf(name) });
      return [
        cell(String(at + 1)),
        cell(String(row.year), 'year'),
        cell(row.county, 'county'),
        cell(row.name, 'name'),
        cell(row.kindName, 'kind'),
        cell(row.source, 'source'),
        cell(row.moneyMinor === 0 ? '—' : yuanText(row.moneyMinor), 'moneyMinor'),
        cell(row.goodsMinor === 0 ? '—' : yuanText(row.goodsMinor), 'goodsMinor'),
        cell(DECISION_NAMES[row.decision]),
      ];
    }),
    rowsTotal: [yuanText(total.moneyMinor), yuanText(total.goodsMinor)],
    goods: rows
      .filter(({ goods }) => goods.length > 0)
      .map((row) => [
        row.name,
        row.goods.map(({ item, quantity, unit }) => `${item} ${quantity}${unit}`).join('；'),
        yuanText(row.goodsMinor),
      ]),
    remarks: rows
      .filter(({ lostPapers, handedTo }) => lostPapers.length > 0 || handedTo !== undefined)
      .map((row) => [
        row.name,
        [
          ...(row.handedTo === undefined ? [] : [`移交${row.handedTo}`]),
          ...(row.lostPapers.length === 0
            ? []
            : [
                `材料遗失（经两人确认）：${row.lostPapers.map((kind) => DOCUMENT_NAMES[kind as DocumentKind] ?? kind).join('、')}`,
              ]),
        ].join('；'),
      ]),
    open: [
      ...summary.keptOpen.map(({ name, county, year, remarks }) => [`${year} ${county}`, name, `继续实施：${remarks}`]),
      ...summary.failures.map(({ name, reason }) => ['—', name, `本轮未能结项：${reason}`]),
    ],
    ...listPages(summary),
    inferredCounts: Object.entries(countInferred(summary)).map(([name, count]) => [
      FIELD_NAMES[name] ?? name,
      String(count),
    ]),
  };
}

/** A page holds some 40 rows; what is beyond ten pages is in the workbook. */
const MOST_LEFT_OUT = 400;

/** The lists, the rows of them that are in no figure, and the sums of their own that say something else. */
function listPages({ lists }: LegacySummary) {
  const leftOut = lists.flatMap(({ fileName, leftOut: rows }) =>
    rows.map(({ sheet, row, text, problem }) => [`${fileName} ${sheet} 第${row}行`, text === '' ? '—' : text, problem]),
  );
  const more = leftOut.length - MOST_LEFT_OUT;
  return {
    lists: lists.map(({ fileName, state, projects, notImported, leftOut: rows, totals, notes }) => [
      [fileName, ...notes].join('；'),
      FILE_STATE_NAMES[state],
      String(projects),
      String(rows.length + notImported),
      String(totals.length),
    ]),
    leftOut: [
      ...leftOut.slice(0, MOST_LEFT_OUT),
      ...(more > 0 ? [['……', `另有 ${more} 行`, '见同一汇总的 XLSX 文件']] : []),
    ],
    totals: lists.flatMap(({ fileName, totals }) =>
      totals.map(({ sheet, cell, label, saidMinor, foundMinor }) => [
        `${fileName} ${sheet} ${cell}`,
        label,
        yuanText(saidMinor),
        yuanText(foundMinor),
      ]),
    ),
  };
}

const sums = (heading: string, head: string, lines: readonly SumLine[], total: SumLine) => ({
  heading,
  heads: [head, '项目数', '资金（元）', '物资折价（元）'],
  rows: lines.map((line) => [line.name, ...figures(line)]),
  total: figures(total),
});

const figures = ({ projects, moneyMinor, goodsMinor }: SumLine): string[] => [
  String(projects),
  yuanText(moneyMinor),
  yuanText(goodsMinor),
];

function countInferred({ rows }: LegacySummary): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { inferred } of rows) for (const name of inferred) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
