import { cellName } from '../../../functions/legacy/cell-grid.ts';
import { type SeededRandom, seededRandom } from '../../../functions/matching/giving-day/seeded-random.ts';
import {
  type DraftSheet,
  draftSheet,
  gb18030Bytes,
  mergeAcross,
  mergeDown,
  utf8Bytes,
  workbookBytes,
} from './sheet-writer.ts';
import { type TrueProject, trueProjects } from './true-projects.ts';
import { type Written, writeAmount, writeDate, writePlace } from './ways-of-writing.ts';

/** A row of a file and the project that it is about. */
export type WrittenRow = {
  readonly fileName: string;
  readonly sheet: string;
  readonly row: number;
  readonly projectNumber: number;
  readonly isCopy: boolean;
};
/** A cell that nobody can read as it is, and what somebody who looks into the books would write there. */
export type TrueEntry = {
  readonly fileName: string;
  readonly sheet: string;
  readonly cell: string;
  readonly text: string;
  readonly reason: string;
};

export type LegacyFiles = {
  readonly projects: readonly TrueProject[];
  readonly files: readonly { readonly fileName: string; readonly bytes: Uint8Array }[];
  readonly rows: readonly WrittenRow[];
  readonly entries: readonly TrueEntry[];
};

/**
 * The lists of 132 old projects as six offices would hand them in: three kinds of files, merged cells, dates in every shape, two
 * units, sub-totals, headers on every page, years that only a sheet's name tells, and six projects that stand in two lists.
 * Beside them the truth, so that what was read can be held against it.
 */
export function legacyFiles(seed: number): LegacyFiles {
  const office = new Office(seed);
  office.writeAll();
  return office.result();
}

const COPIES = 6;

class Office {
  readonly #random: SeededRandom;
  readonly #projects: readonly TrueProject[];
  readonly #files: LegacyFiles['files'][number][] = [];
  readonly #rows: WrittenRow[] = [];
  readonly #entries: TrueEntry[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed * 7 + 1);
    this.#projects = trueProjects(seed);
  }

  result(): LegacyFiles {
    return { projects: this.#projects, files: this.#files, rows: this.#rows, entries: this.#entries };
  }

  writeAll(): void {
    const of = (test: (project: TrueProject) => boolean): TrueProject[] => this.#projects.filter(test);
    const early = of(({ kindId, year }) => kindId === 'building' && year <= 2013);
    const aided = of(({ kindId }) => kindId === 'east-west' || kindId === 'boai-home');
    const goods = of(({ goodsMinor, goods: lines }) => goodsMinor > 0 && lines.length > 0);
    const recent = of(
      ({ kindId }) =>
        ['community-health', 'health-education', 'yellow-house', 'directed-gift'].includes(kindId) ||
        kindId === 'goods',
    ).filter((project) => !goods.includes(project));
    const rest = this.#projects.filter(
      (project) => ![early, aided, goods, recent].some((group) => group.includes(project)),
    );
    this.#byYear(early);
    this.#byCounty(rest);
    this.#aided(aided);
    this.#goods(goods);
    this.#recent(recent, this.#random.shuffled([...early, ...aided]).slice(0, COPIES));
  }

  #wrote(fileName: string, sheet: DraftSheet, project: TrueProject, isCopy = false): void {
    this.#rows.push({ fileName, sheet: sheet.name, row: sheet.rows.length, projectNumber: project.number, isCopy });
  }

  /** One sheet for each year, whose rows say of no year; counties merged over their rows; 万元 by a line under the title. */
  #byYear(projects: readonly TrueProject[]): void {
    const fileName = '援建项目统计表.xls';
    const random = this.#random;
    const sheets = [...Map.groupBy(projects, ({ year }) => year)]
      .toSorted(([left], [right]) => left - right)
      .map(([year, of]) => {
        const sheet = draftSheet(`${year}年`);
        sheet.rows.push(
          ['达州市红十字会援建项目统计表'],
          ['单位：万元'],
          ['序号', '县（市、区）', '项 目 名 称', '资金来源', '资金', '备注'],
        );
        mergeAcross(sheet, 0, 5);
        mergeAcross(sheet, 1, 5);
        let number = 0;
        for (const [county, own] of Map.groupBy(of, (project) => project.county)) {
          const first = sheet.rows.length;
          const place = writePlace(county, random);
          for (const [at, project] of own.entries()) {
            number += 1;
            const source =
              at > 0 && project.source === own[at - 1]?.source
                ? random.pick(['同上', '〃', project.source])
                : project.source;
            sheet.rows.push([
              { number },
              at === 0 ? place : undefined,
              project.name,
              source,
              writeAmount(project.moneyMinor, ['wan', 'wan', 'wanText', 'wanUnit', 'yuanUnit'], random),
            ]);
            this.#wrote(fileName, sheet, project);
          }
          mergeDown(sheet, 1, first, sheet.rows.length - 1);
          sheet.rows.push([undefined, undefined, `${place}小计`, undefined, totalOf(own, 'wan')]);
        }
        sheet.rows.push(
          ['合　计', undefined, undefined, undefined, totalOf(of, 'wan')],
          ['填表人：王某', undefined, '审核：李某'],
        );
        return sheet;
      });
    this.#files.push({ fileName, bytes: workbookBytes(sheets, 'biff8') });
  }

  /** A sheet for each county, whose rows do not name it; dates and amounts as everybody liked; some cells say only about what. */
  #byCounty(projects: readonly TrueProject[]): void {
    const fileName = '各县市区项目清理表.xlsx';
    const random = this.#random;
    const sheets = [...Map.groupBy(projects, ({ county }) => county)].map(([county, of]) => {
      const sheet = draftSheet(county);
      const head = ['序号', '项目名称', '项目类别', '资金来源', '实施时间', '资金（元）', '备注'];
      sheet.rows.push([`${county}红十字会项目清理登记表`], [], head);
      mergeAcross(sheet, 0, 6);
      for (const [at, project] of of.entries()) {
        if (at > 0 && at % 8 === 0) sheet.rows.push([], [...head]);
        sheet.rows.push([
          { number: at + 1 },
          random.happens(0.1) ? ` ${project.name.replace('镇', '镇\n')}` : project.name,
          kindWord(project, random),
          project.source,
          writeDate(project, DATE_WAYS, random),
          writeAmount(
            project.moneyMinor,
            [
              'yuan',
              'yuan',
              'grouped',
              'groupedSign',
              'wide',
              'wanUnit',
              'wanShort',
              'wanSpaced',
              'capitals',
              'withNote',
              'plainNote',
              'yuanUnit',
              'wan',
            ],
            random,
          ),
          random.happens(0.2) ? '资料不全' : undefined,
        ]);
        this.#wrote(fileName, sheet, project);
        this.#blur(fileName, sheet, project, 4, 5);
      }
      return sheet;
    });
    this.#files.push({ fileName, bytes: workbookBytes(sheets, 'xlsx') });
  }

  /** Now and then somebody did not know, and wrote about when or about how much. */
  #blur(
    fileName: string,
    sheet: DraftSheet,
    { year, moneyMinor }: TrueProject,
    dateColumn: number,
    moneyColumn: number,
  ): void {
    const row = sheet.rows.at(-1);
    if (row === undefined) return;
    const enter = (column: number, text: string): void =>
      void this.#entries.push({
        fileName,
        sheet: sheet.name,
        cell: cellName(sheet.rows.length - 1, column),
        text,
        reason: '查账簿',
      });
    const chance = this.#random.fraction();
    if (chance < 0.06) {
      row[dateColumn] = this.#random.pick([`${year}年初`, `${year}年下半年`, `约${year}年`]);
      enter(dateColumn, String(year));
    } else if (chance < 0.12) {
      row[moneyColumn] = this.#random.pick([
        `约${Math.round(moneyMinor / 1_000_000)}万元`,
        `${Math.floor(moneyMinor / 1_000_000)}余万元`,
        '#REF!',
      ]);
      enter(moneyColumn, `${moneyMinor / 100}元`);
    }
  }

  /** Delimited text in GB18030, with its header once more on each page, and years left out where the row above has the same. */
  #aided(projects: readonly TrueProject[]): void {
    const fileName = '东西部协作及博爱家园台账.csv';
    const random = this.#random;
    const sheet = draftSheet('');
    const head = ['序号', '县区', '项目名称', '年度', '来源', '金额(万元)', '说明'];
    sheet.rows.push(['达州市红十字会项目台账'], [], head);
    const sorted = projects.toSorted((left, right) => left.year - right.year);
    for (const [at, project] of sorted.entries()) {
      if (at > 0 && at % 6 === 0) sheet.rows.push(head);
      const isBetween = project.year === sorted[at - 1]?.year && project.year === sorted[at + 1]?.year;
      const year =
        isBetween && random.happens(0.4)
          ? undefined
          : random.pick([String(project.year), `${project.year}年`, `${project.year}年度`]);
      sheet.rows.push([
        String(at + 1),
        writePlace(project.county, random),
        project.name,
        year,
        project.source,
        writeAmount(project.moneyMinor, ['wanText', 'wanText', 'wanUnit', 'grouped', 'yuanUnit'], random),
        random.happens(0.3) ? '已完工' : undefined,
      ]);
      this.#wrote(fileName, sheet, project);
    }
    // Where somebody wrote yuan into a column of 万元, the total does not say so: it was reckoned by hand.
    sheet.rows.push(['', '', '合计', '', '', totalText(projects), '']);
    this.#files.push({ fileName, bytes: gb18030Bytes(sheet) });
  }

  /**
   * Goods, several lines to a project whose name is merged over them. Their value is one for the project, merged as well, or one
   * for each line; that there was no money is said once.
   */
  #goods(projects: readonly TrueProject[]): void {
    const fileName = '救灾物资捐赠登记.xlsx';
    const random = this.#random;
    const sheet = draftSheet('物资');
    sheet.rows.push(
      ['救灾物资接收发放登记表'],
      ['项目名称', '县区', '时间', '来源', '物资名称', '数量', '单位', '资金（元）', '物资折价（元）'],
    );
    mergeAcross(sheet, 0, 8);
    for (const project of projects) {
      const first = sheet.rows.length;
      const amounts = random.happens(0.5) ? valuesOf(project) : [project.goodsMinor];
      const values = amounts.map((amount) => writeAmount(amount, ['yuan', 'grouped', 'wanUnit'], random));
      const lead = [
        project.name,
        writePlace(project.county, random),
        writeDate(project, ['iso', 'cell', 'chinese', 'dotted'], random),
        project.source,
      ];
      for (const [at, line] of project.goods.entries()) {
        sheet.rows.push([
          ...(at === 0 ? lead : lead.map(() => undefined)),
          ...this.#goodsLine(line),
          at === 0 ? { number: 0 } : undefined,
          values[at],
        ]);
        if (at === 0) this.#wrote(fileName, sheet, project);
      }
      const merged = values.length === 1 ? [0, 1, 2, 3, 7, 8] : [0, 1, 2, 3, 7];
      for (const column of merged) mergeDown(sheet, column, first, sheet.rows.length - 1);
    }
    // Without a total nothing but the rows themselves says what they are worth.
    const total = { number: projects.reduce((all, { goodsMinor }) => all + goodsMinor, 0) / 100 };
    if (random.happens(0.5)) sheet.rows.push(['合计', ...Array.from({ length: 7 }, () => undefined), total]);
    this.#files.push({ fileName, bytes: workbookBytes([sheet], 'xlsx') });
  }

  /** Its name, its number with or without the unit, and the unit. */
  #goodsLine({ item, quantity, unit }: TrueProject['goods'][number]): Written[] {
    return [item, this.#random.happens(0.5) ? { number: quantity } : `${quantity}${unit}`, unit];
  }

  /** The newest list, without a word on its unit; and some projects of the other lists once more, under other names. */
  #recent(projects: readonly TrueProject[], copies: readonly TrueProject[]): void {
    const fileName = '近年项目及补报.csv';
    const random = this.#random;
    const sheet = draftSheet('');
    sheet.rows.push(['项目名称', '类别', '县区', '资金来源', '时间', '金额', '款物类别']);
    for (const project of random.shuffled([...projects, ...copies])) {
      const isCopy = copies.includes(project);
      const name = isCopy ? project.name.replace('项目', '') : project.name;
      const amount = project.moneyMinor === 0 ? project.goodsMinor : project.moneyMinor;
      sheet.rows.push([
        name,
        kindWord(project, random),
        writePlace(project.county, random),
        project.source,
        writeDate(project, isCopy ? ['yearOnly', 'month'] : DATE_WAYS, random),
        writeAmount(amount, ['yuan', 'wanUnit', 'wan', 'grouped', 'yuanUnit'], random),
        project.moneyMinor === 0 ? '物资' : '资金',
      ]);
      this.#wrote(fileName, sheet, project, isCopy);
    }
    this.#files.push({ fileName, bytes: utf8Bytes(sheet) });
  }
}

/** What each line of a project's goods is worth: the same for all but the last, in whole yuan. */
function valuesOf({ goodsMinor, goods }: TrueProject): number[] {
  const each = Math.floor(goodsMinor / goods.length / 100) * 100;
  return goods.map((_, at) => (at === goods.length - 1 ? goodsMinor - each * at : each));
}

const DATE_WAYS = [
  'iso',
  'month',
  'dotted',
  'dottedDay',
  'dottedNumber',
  'chinese',
  'chineseMonth',
  'wide',
  'slashes',
  'digits',
  'spelled',
  'cell',
  'serialNumber',
  'range',
  'shortYear',
  'shortMonth',
  'american',
  'yearOnly',
] as const;

const KIND_WORDS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  building: ['援建', '援建项目'],
  aid: ['人道救助', '救助'],
  goods: ['物资捐赠', '物资'],
  'community-health': ['社区健康促进', '社区健康'],
  'health-education': ['生命健康教育'],
  'yellow-house': ['黄房子'],
  'boai-home': ['博爱家园'],
  'east-west': ['东西部协作', '对口帮扶'],
  'directed-gift': ['定向捐赠'],
};
const kindWord = ({ kindId }: TrueProject, random: SeededRandom): string => random.pick(KIND_WORDS[kindId] ?? ['其他']);

const sumOf = (projects: readonly TrueProject[]): number =>
  projects.reduce((all, { moneyMinor }) => all + moneyMinor, 0);
const totalText = (projects: readonly TrueProject[]): string => String(sumOf(projects) / 1_000_000);
const totalOf = (projects: readonly TrueProject[], unit: 'wan'): Written => ({
  number: sumOf(projects) / (unit === 'wan' ? 1_000_000 : 100),
});
