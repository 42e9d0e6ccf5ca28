import type { SeededRandom } from '../../../functions/matching/giving-day/seeded-random.ts';
import type { TrueProject } from './true-projects.ts';

/** What is put into a cell: text as typed, a number, or a date of the spreadsheet. */
export type Written = string | { readonly number: number } | { readonly serial: number } | undefined;

const two = (number: number): string => String(number).padStart(2, '0');
const wide = (text: string): string =>
  text.replaceAll(/[0-9.,]/g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0));
const spelled = (number: number): string =>
  [...String(number)].map((digit) => '〇一二三四五六七八九'[Number(digit)]).join('');
const spelledMonth = (month: number): string =>
  month < 10 ? spelled(month) : month === 10 ? '十' : `十${spelled(month - 10)}`;
const MS_PER_DAY = 86_400_000;
export const serialOf = ({ year, month, day }: Pick<TrueProject, 'year' | 'month' | 'day'>): number =>
  Math.round(Date.UTC(year, month - 1, day) / MS_PER_DAY) + 25_569;

type Way<Value> = (value: Value, random: SeededRandom) => Written;

/** Every shape in which people write a date. The last ones say less than a date, or more than one. */
const DATES: Readonly<Record<string, Way<TrueProject>>> = {
  iso: ({ year, month, day }) => `${year}-${two(month)}-${two(day)}`,
  month: ({ year, month }) => `${year}-${two(month)}`,
  dotted: ({ year, month }) => `${year}.${month}`,
  dottedDay: ({ year, month, day }) => `${year}.${month}.${day}`,
  dottedNumber: ({ year, month }) => ({ number: Number(`${year}.${month}`) }),
  chinese: ({ year, month, day }) => `${year}年${month}月${day}日`,
  chineseMonth: ({ year, month }) => `${year}年${month}月`,
  wide: ({ year, month }) => wide(`${year}.${month}`),
  slashes: ({ year, month, day }) => `${year}/${month}/${day}`,
  digits: ({ year, month, day }) => `${year}${two(month)}${two(day)}`,
  spelled: ({ year, month }) => `${spelled(year)}年${spelledMonth(month)}月`,
  cell: (project) => ({ serial: serialOf(project) }),
  serialNumber: (project) => ({ number: serialOf(project) }),
  range: ({ year, month }) => `${year}.${month}-${year + 1}.${month}`,
  shortYear: ({ year, month, day }) => `${String(year).slice(2)}/${month}/${day}`,
  shortMonth: ({ year, month }) => `${String(year).slice(2)}年${month}月`,
  american: ({ year, month, day }) => `${month}/${day}/${year}`,
  yearOnly: ({ year }) => ({ number: year }),
};
export type DateWay = keyof typeof DATES;
export const writeDate = (project: TrueProject, ways: readonly [string, ...string[]], random: SeededRandom): Written =>
  DATES[random.pick(ways)]?.(project, random);

/** 12345600 fen as 123456, without a sum's dots. */
const yuanText = (amountMinor: number): string => {
  const [whole, fen] = [Math.floor(amountMinor / 100), amountMinor % 100];
  return fen === 0 ? String(whole) : `${whole}.${two(fen)}`;
};
/** The same in units of 10,000 yuan, with as many decimals as it takes. */
const wanText = (amountMinor: number): string => {
  const text = `${Math.floor(amountMinor / 1_000_000)}.${String(amountMinor % 1_000_000).padStart(6, '0')}`;
  return text.replace(/\.?0+$/, '');
};
const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

const CAPITAL = '零壹贰叁肆伍陆柒捌玖';
/** Whole yuan below a hundred million in capitals: 壹拾贰万叁仟元整. */
export function capitals(amountMinor: number): string {
  const section = (number: number): string => {
    const digits = [...String(number).padStart(4, '0')].map(Number);
    const text = digits
      .map((digit, at) => (digit === 0 ? '零' : `${CAPITAL[digit]}${['仟', '佰', '拾', ''][at]}`))
      .join('');
    return text.replaceAll(/零+/g, '零').replace(/零$/, '');
  };
  const yuan = Math.floor(amountMinor / 100);
  const [wan, rest] = [Math.floor(yuan / 10_000), yuan % 10_000];
  const high = wan === 0 ? '' : `${section(wan).replace(/^零/, '')}万`;
  const low = section(rest);
  return `${high}${wan === 0 ? low.replace(/^零/, '') : low}元整`;
}

const AMOUNTS: Readonly<Record<string, (amountMinor: number) => Written>> = {
  yuan: (amount) => ({ number: Number(yuanText(amount)) }),
  yuanText,
  yuanUnit: (amount) => `${yuanText(amount)}元`,
  grouped: (amount) => grouped(yuanText(amount)),
  groupedSign: (amount) => `¥${grouped(yuanText(amount))}`,
  wide: (amount) => wide(grouped(yuanText(amount))),
  wan: (amount) => ({ number: Number(wanText(amount)) }),
  wanText,
  wanUnit: (amount) => `${wanText(amount)}万元`,
  wanShort: (amount) => `${wanText(amount)}万`,
  wanSpaced: (amount) => ` ${wanText(amount)} 万元 `,
  capitals,
  withNote: (amount) => `${wanText(amount)}万元（分2批到位）`,
  plainNote: (amount) => `${yuanText(amount)}元（已到位）`,
};
export const writeAmount = (amountMinor: number, ways: readonly [string, ...string[]], random: SeededRandom): Written =>
  AMOUNTS[random.pick(ways)]?.(amountMinor);

/** A place as a list of that time would call it. */
export function writePlace(county: string, random: SeededRandom): string {
  const short = county === '渠县' ? county : county.replace(/^达州/, '').replace(/[县市区]$/, '');
  if (county === '达川区') return random.pick(['达县', '达川', '达川区']);
  if (county === '市本级') return random.pick(['市本级', '市级', '市红会']);
  if (county === '达州高新区') return random.pick(['高新区', '达州高新区']);
  return random.pick([county, county, short]);
}
