import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { amountMinorSchema, type Minor, minor } from '../kernel/money.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import { packedText } from './cell-text.ts';

/** What a column of a list may hold. */
export const FIELDS = [
  'name',
  'kind',
  'source',
  'county',
  'year',
  'startedOn',
  'finishedOn',
  'period',
  'money',
  'goods',
  'amount',
  'amountType',
  'goodsItem',
  'goodsQuantity',
  'goodsUnit',
  'note',
  'ignored',
] as const;
export type LegacyField = (typeof FIELDS)[number];

/** Papers that a file of an old project may have to hold. */
export const DOCUMENTS = [
  'plan',
  'agreement',
  'vouchers',
  'acceptance',
  'photos',
  'audit',
  'report',
  'receipt-list',
] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];
export const DOCUMENT_NAMES: Readonly<Record<DocumentKind, string>> = {
  plan: '项目计划（批复）',
  agreement: '协议',
  vouchers: '支出凭证',
  acceptance: '验收材料',
  photos: '照片',
  audit: '审计（检查）材料',
  report: '总结报告',
  'receipt-list': '物资签收表',
};

const idSchema = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 lower-case letters, digits or hyphens');
const wordSchema = lineSchema(60);

export const projectKindSchema = z.strictObject({
  kindId: idSchema,
  name: lineSchema(60),
  /** Words in a list's own column, or in a project's name, that mean this kind. */
  words: z.array(wordSchema).max(40),
  documents: z.array(z.enum(DOCUMENTS)).max(DOCUMENTS.length),
});
export type ProjectKind = z.infer<typeof projectKindSchema>;

export const placeSchema = z.strictObject({
  /** As the place is called today, and as reports name it. */
  name: lineSchema(40),
  /** Former names and short forms: 达县 is 达川区. */
  otherNames: z.array(wordSchema).max(40),
});
export type Place = z.infer<typeof placeSchema>;

/** How an organisation's old lists are read, and what its files of projects must hold. */
export const legacySettingsSchema = z.strictObject({
  places: z.array(placeSchema).min(1).max(300),
  kinds: z.array(projectKindSchema).min(1).max(60),
  /** Names of columns beyond those that everybody uses, and what each holds. */
  columns: z.record(z.string().trim().min(1).max(60), z.enum(FIELDS)).default({}),
  /** From this sum on a decision on one project needs the minutes of the meeting that took it. */
  collectiveFromMinor: amountMinorSchema.default(minor(50_000_000) as Minor),
});
export type LegacySettings = z.infer<typeof legacySettingsSchema>;

const MOST_COLUMNS = 300;

/** What contradicts itself in settings. */
export function settingsProblems({ places, kinds, columns }: LegacySettings): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const once = (field: string, words: readonly string[]): void => {
    const seen = new Set<string>();
    for (const word of words.map(packedText)) {
      if (seen.has(word))
        problems.push({ field, problem: `says “${word}” twice`, fix: 'let each word mean one thing' });
      seen.add(word);
    }
  };
  once(
    'places',
    places.flatMap(({ name, otherNames }) => [name, ...otherNames]),
  );
  once(
    'kinds',
    kinds.flatMap(({ name, words }) => [name, ...words.filter((word) => packedText(word) !== packedText(name))]),
  );
  once(
    'kinds',
    kinds.map(({ kindId }) => kindId),
  );
  if (Object.keys(columns).length > MOST_COLUMNS)
    problems.push({ field: 'columns', problem: `names more than ${MOST_COLUMNS}`, fix: 'leave out what no list has' });
  return problems;
}

const kind = (
  kindId: string,
  name: string,
  words: readonly string[],
  documents: readonly DocumentKind[],
): ProjectKind => ({
  kindId,
  name,
  words: [...words],
  documents: [...documents],
});
const WORKS = ['plan', 'agreement', 'vouchers', 'acceptance', 'photos', 'audit', 'report'] as const;

/** What settings begin with: the kinds of projects of the review in DOMAIN.md, and no place but the organisation's own. */
export const defaultSettings = (organisationName: string): LegacySettings => ({
  places: [
    {
      name: '市本级',
      otherNames: ['本级', '市级', '市红十字会', '市红会', ...(organisationName === '' ? [] : [organisationName])],
    },
  ],
  kinds: [
    kind(
      'community-health',
      '社区健康促进',
      ['社区健康', '健康促进', '社区健康项目'],
      ['plan', 'vouchers', 'photos', 'report'],
    ),
    kind(
      'health-education',
      '生命健康教育',
      ['健康教育', '生命健康', '生命健康安全教育'],
      ['plan', 'vouchers', 'photos', 'report'],
    ),
    kind('yellow-house', '黄房子', ['黄房子项目', '美育'], ['plan', 'agreement', 'vouchers', 'photos', 'report']),
    kind('boai-home', '博爱家园', ['博爱家园项目', '博爱新村'], WORKS),
    kind('east-west', '东西部协作', ['东西部', '东西部对口帮扶', '对口帮扶', '东西协作'], WORKS),
    kind(
      'building',
      '援建',
      ['卫生站', '博爱卫生站', '博爱学校', '博爱小学', '援建项目', '灾后重建', '便民桥', '避险广场', '提灌站'],
      WORKS,
    ),
    kind(
      'goods',
      '物资捐赠',
      ['物资', '急救箱', '家庭急救箱', '救灾物资', '家庭包', '书香校园', '物资发放'],
      ['plan', 'receipt-list', 'photos', 'report'],
    ),
    kind(
      'directed-gift',
      '定向捐赠',
      ['定向', '静配中心', '定向捐赠项目'],
      ['agreement', 'vouchers', 'acceptance', 'report'],
    ),
    kind(
      'aid',
      '人道救助',
      ['救助', '博爱送万家', '小天使', '天使阳光', '慰问'],
      ['plan', 'receipt-list', 'vouchers', 'report'],
    ),
    kind('other', '其他', [], ['plan', 'vouchers', 'report']),
  ],
  columns: {},
  collectiveFromMinor: minor(50_000_000),
});
export const OTHER_KIND = 'other';
