import { type CsvCell, csvOf } from '../kernel/csv.ts';
import { type Currency, minor } from '../kernel/money.ts';
import { localTimeText } from '../kernel/time.ts';
import type { PublicGift } from './public-gift.ts';
import type { PageLanguage } from './public-page-words.ts';

/** Gifts in one file. Each line is 150 bytes or so: 300 KB, where an answer may have 6 MB; 30,000 gifts are 15 files. */
export const GIFTS_PER_FILE = 2_000;

const WORDS = {
  'zh-CN': {
    head: ['编号', '时间', '捐赠人', '单位', '捐款', '物资评估价值', '退款', '退回物资评估价值', '配捐'],
    anonymous: '爱心人士',
    sum: (from: number, until: number): string => `小计（${from} 至 ${until} 号）`,
  },
  en: {
    head: ['No.', 'Time', 'Donor', 'Unit', 'Money', 'Goods, assessed', 'Refunded', 'Goods back, assessed', 'Match'],
    anonymous: 'Anonymous',
    sum: (from: number, until: number): string => `Sum of ${from} to ${until}`,
  },
} as const;

type Sums = {
  readonly moneyMinor: number;
  readonly goodsMinor: number;
  readonly backMinor: number;
  readonly goodsBackMinor: number;
  readonly matchMinor: number;
};

export const sumOfGifts = (gifts: readonly PublicGift[]): Sums =>
  gifts.reduce<Sums>(
    (sum, gift) => ({
      moneyMinor: sum.moneyMinor + gift.giftMinor,
      goodsMinor: sum.goodsMinor + gift.goodsMinor,
      backMinor: sum.backMinor + gift.refundedMinor,
      goodsBackMinor: sum.goodsBackMinor + gift.goodsBackMinor,
      matchMinor: sum.matchMinor + gift.matchMinor,
    }),
    { moneyMinor: 0, goodsMinor: 0, backMinor: 0, goodsBackMinor: 0, matchMinor: 0 },
  );

/**
 * One part of the list of gifts as a file, oldest first. It ends with its own sum, so that whoever adds the parts up has all;
 * anonymous gifts are lines like any other. `unitNames`: by their ids.
 */
export function giftsCsv(
  gifts: readonly PublicGift[],
  about: {
    readonly language: PageLanguage;
    readonly currency: Currency;
    readonly zone: string;
    readonly unitNames: ReadonlyMap<string, string>;
  },
): string {
  const { language, currency, zone, unitNames } = about;
  const words = WORDS[language];
  const money = (amount: number): CsvCell => ({ amountMinor: minor(amount), currency });
  const lines = gifts.map(({ no, at, name, unitId, ...gift }): CsvCell[] => [
    no,
    localTimeText(at, zone),
    name ?? words.anonymous,
    unitId === null ? '' : (unitNames.get(unitId) ?? unitId),
    money(gift.giftMinor),
    money(gift.goodsMinor),
    money(gift.refundedMinor),
    money(gift.goodsBackMinor),
    money(gift.matchMinor),
  ]);
  const { moneyMinor, goodsMinor, backMinor, goodsBackMinor, matchMinor } = sumOfGifts(gifts);
  const sum: CsvCell[] = [
    words.sum(gifts[0]?.no ?? 0, gifts.at(-1)?.no ?? 0),
    '',
    '',
    '',
    money(moneyMinor),
    money(goodsMinor),
    money(backMinor),
    money(goodsBackMinor),
    money(matchMinor),
  ];
  return csvOf([words.head.map(String), ...lines, sum], { bom: true });
}
