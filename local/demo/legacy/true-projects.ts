import { allocate, type Minor, minor, sum } from '../../../functions/kernel/money.ts';
import { type SeededRandom, seededRandom } from '../../../functions/matching/giving-day/seeded-random.ts';

/** What is true of one old project, whatever the lists say of it. Made up, but for the sums that the review of 2020 names. */
export type TrueProject = {
  readonly number: number;
  readonly name: string;
  readonly kindId: string;
  readonly source: string;
  readonly county: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly moneyMinor: Minor;
  readonly goodsMinor: Minor;
  readonly goods: readonly { readonly item: string; readonly quantity: number; readonly unit: string }[];
};

export const PROJECT_COUNT = 132;
/** Funds and goods of all 132 projects together: 50,000,000.00 yuan. */
export const MONEY_MINOR = minor(4_760_000_000);
export const GOODS_MINOR = minor(240_000_000);

/** Places as they are called today, with what older lists call them. */
export const PLACES = [
  { name: '市本级', otherNames: ['本级', '市级', '市红十字会', '市红会'] },
  { name: '通川区', otherNames: ['通川'] },
  { name: '达川区', otherNames: ['达县', '达川'] },
  { name: '宣汉县', otherNames: ['宣汉'] },
  { name: '开江县', otherNames: ['开江'] },
  { name: '大竹县', otherNames: ['大竹'] },
  { name: '渠县', otherNames: ['渠'] },
  { name: '万源市', otherNames: ['万源'] },
  { name: '达州高新区', otherNames: ['高新区', '高新'] },
] as const;
const COUNTIES = PLACES.slice(1).map(({ name }) => name) as [string, ...string[]];
const VILLAGES = [
  '黄金镇',
  '双龙镇',
  '石桥镇',
  '明月乡',
  '土黄镇',
  '八台镇',
  '任市镇',
  '普安镇',
  '清河镇',
  '永兴镇',
  '河口镇',
  '白沙镇',
  '三汇镇',
  '临巴镇',
  '罗江镇',
  '亭子镇',
  '南坝镇',
  '花萼乡',
  '长岭镇',
  '石河镇',
] as const;

/** What is known from the review: kind, how many, their sum in yuan, and of which years. */
const KNOWN = [
  {
    kindId: 'community-health',
    count: 8,
    yuan: 240_000,
    years: [2020],
    source: '四川省红十字会',
    what: '社区健康促进项目',
  },
  {
    kindId: 'health-education',
    count: 1,
    yuan: 141_500,
    years: [2020],
    source: '四川省红十字会',
    what: '生命健康教育项目',
  },
  { kindId: 'yellow-house', count: 2, yuan: 300_000, years: [2020], source: '中国红十字基金会', what: '黄房子项目' },
  {
    kindId: 'boai-home',
    count: 4,
    yuan: 1_600_000,
    years: [2016, 2017, 2018, 2019],
    source: '中国红十字会总会',
    what: '博爱家园项目',
  },
  {
    kindId: 'east-west',
    count: 12,
    yuan: 2_010_000,
    years: [2018, 2019, 2020],
    source: '舟山市红十字会',
    what: '东西部协作项目',
  },
  {
    kindId: 'directed-gift',
    count: 1,
    yuan: 3_000_000,
    years: [2020],
    source: '四川科伦药业股份有限公司',
    what: '市中心医院静配中心建设定向捐赠项目',
  },
] as const;
const BOOKS_MINOR = 3_000_000;
const BOXES_MINOR = 1_200_000;

type Sort = { readonly what: string; readonly source: string };
const BUILDINGS: readonly [Sort, ...Sort[]] = [
  { what: '博爱卫生站援建项目', source: '中国红十字会总会' },
  { what: '博爱小学援建项目', source: '香港红十字会' },
  { what: '灾后重建博爱新村项目', source: '中国红十字会总会' },
  { what: '便民桥援建项目', source: '四川省红十字会' },
  { what: '避险广场援建项目', source: '中央彩票公益金' },
  { what: '人畜饮水提灌站援建项目', source: '澳门红十字会' },
];
const AID: readonly [Sort, ...Sort[]] = [
  { what: '博爱送万家慰问项目', source: '四川省红十字会' },
  { what: '大病救助项目', source: '社会募捐' },
];
const GOODS = [
  { item: '棉被', unit: '床' },
  { item: '救灾帐篷', unit: '顶' },
  { item: '家庭包', unit: '套' },
  { item: '大米', unit: '袋' },
  { item: '冲锋衣', unit: '件' },
  { item: '口罩', unit: '盒' },
] as const;

/** Amounts are whole hundreds of yuan, as such lists have them. */
const GRAIN_MINOR = 10_000;
const split = (total: number, count: number, random: SeededRandom): Minor[] =>
  allocate(
    minor(total / GRAIN_MINOR),
    Array.from({ length: count }, () => 20 + random.below(100)),
  ).map((part) => minor(part * GRAIN_MINOR));

type Draft = Omit<TrueProject, 'number' | 'month' | 'day'>;

/** 132 projects of 2008 to 2020 whose funds and goods are 50,000,000.00 yuan; the same seed gives the same projects. */
export function trueProjects(seed: number): TrueProject[] {
  const random = seededRandom(seed);
  const drafts = [...knownProjects(random), ...otherMoney(random), ...otherGoods(random)];
  const names = new Map<string, number>();
  return drafts.map((draft, at) => {
    // Two projects of one village and kind are told apart as people do: by a number.
    const seen = names.get(draft.name) ?? 0;
    names.set(draft.name, seen + 1);
    const name = seen === 0 ? draft.name : `${draft.name}（${['二', '三', '四', '五'][seen - 1] ?? seen + 1}期）`;
    return { ...draft, name, number: at + 1, month: 1 + random.below(12), day: 1 + random.below(28) };
  });
}

function knownProjects(random: SeededRandom): Draft[] {
  const known = KNOWN.flatMap(({ kindId, count, yuan, years, source, what }) =>
    split(yuan * 100, count, random).map((moneyMinor, at): Draft => {
      const county = count === 1 ? '市本级' : random.pick(COUNTIES);
      const year = years[at % years.length] ?? 2020;
      return {
        name: count === 1 ? what : named(county, what, random),
        kindId,
        source,
        county,
        year,
        moneyMinor,
        goodsMinor: minor(0),
        goods: [],
      };
    }),
  );
  const books: Draft = {
    name: '“书香校园”农村学校图书项目',
    kindId: 'goods',
    source: '社会募捐',
    county: '市本级',
    year: 2020,
    moneyMinor: minor(BOOKS_MINOR),
    goodsMinor: minor(0),
    goods: [],
  };
  const boxes: Draft = {
    name: '双龙镇新村社区家庭急救箱发放项目',
    kindId: 'goods',
    source: '社会募捐',
    county: '通川区',
    year: 2020,
    moneyMinor: minor(0),
    goodsMinor: minor(BOXES_MINOR),
    goods: [{ item: '家庭急救箱', quantity: 100, unit: '个' }],
  };
  return [...known, books, boxes];
}

const named = (county: string, what: string, random: SeededRandom): string =>
  `${county}${random.pick(VILLAGES)}${what}`;

const OTHER_MONEY_COUNT = 80;
function otherMoney(random: SeededRandom): Draft[] {
  const known = KNOWN.reduce((all, { yuan }) => all + yuan * 100, 0) + BOOKS_MINOR;
  return split(MONEY_MINOR - known, OTHER_MONEY_COUNT, random).map((moneyMinor): Draft => {
    const isBuilding = random.happens(0.8);
    const { what, source } = isBuilding ? random.pick(BUILDINGS) : random.pick(AID);
    const county = random.pick(COUNTIES);
    const year = 2008 + random.below(10);
    return {
      name: named(county, what, random),
      kindId: isBuilding ? 'building' : 'aid',
      source,
      county,
      year,
      moneyMinor,
      goodsMinor: minor(0),
      goods: [],
    };
  });
}

function otherGoods(random: SeededRandom): Draft[] {
  const count = PROJECT_COUNT - OTHER_MONEY_COUNT - KNOWN.reduce((all, one) => all + one.count, 0) - 2;
  return split(GOODS_MINOR - BOXES_MINOR, count, random).map((goodsMinor): Draft => {
    const county = random.pick(COUNTIES);
    const lines = random.shuffled(GOODS).slice(0, 1 + random.below(3));
    return {
      name: named(county, '救灾物资发放项目', random),
      kindId: 'goods',
      source: random.pick(['四川省红十字会', '中国红十字会总会', '爱心企业']),
      county,
      year: 2008 + random.below(13),
      moneyMinor: minor(0),
      goodsMinor,
      goods: lines.map(({ item, unit }) => ({ item, quantity: 20 + random.below(500), unit })),
    };
  });
}

/** All that the projects had, money and goods each for itself. */
export const sumsOf = (projects: readonly TrueProject[]): { moneyMinor: Minor; goodsMinor: Minor } => ({
  moneyMinor: sum(projects.map(({ moneyMinor }) => moneyMinor)),
  goodsMinor: sum(projects.map(({ goodsMinor }) => goodsMinor)),
});
