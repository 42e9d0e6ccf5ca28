/** Digits in lower case, in capitals as cheques have them, and the forms of zero that people type. */
const DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  '○': 0,
  Ｏ: 0,
  O: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
  壹: 1,
  贰: 2,
  貳: 2,
  叁: 3,
  參: 3,
  肆: 4,
  伍: 5,
  陆: 6,
  陸: 6,
  柒: 7,
  捌: 8,
  玖: 9,
};
/** One digit per character: 二〇一二 is 2012. `undefined` where a character is no digit. */
export function spelledDigits(text: string): string | undefined {
  const digits = [...text].map((character) => DIGITS[character]);
  return text === '' || digits.includes(undefined) ? undefined : digits.join('');
}

const ONE = '[一二两三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖]';
const ZERO = '[零〇○]?';
/** Up to 9,999: thousands, hundreds, tens and ones in their order, a zero where one of them is left out. */
const SECTION = new RegExp(
  `^(?:(${ONE})[千仟])?${ZERO}(?:(${ONE})[百佰])?${ZERO}(?:(${ONE})?([十拾]))?${ZERO}(${ONE})?$`,
  'u',
);

function sectionOf(text: string): bigint | undefined {
  const match = SECTION.exec(text);
  if (match === null) return undefined;
  const [, thousands, hundreds, tens, hasTens, ones] = match;
  const digit = (character: string | undefined): bigint => BigInt(DIGITS[character ?? ''] ?? 0);
  // 十五 has no digit before its ten; behind hundreds one is always said: 一百一十五.
  const tensDigit = hasTens === undefined ? 0n : tens === undefined ? 1n : digit(tens);
  return digit(thousands) * 1000n + digit(hundreds) * 100n + tensDigit * 10n + digit(ones);
}

/** The parts before 亿, between 亿 and 万, and after 万; `undefined` where they are in another order. */
function sectionsOf(text: string): readonly [string, string, string] | undefined {
  const match = /^(?:([^亿億万萬]+)[亿億])?(?:([^亿億万萬]+)[万萬])?([^亿億万萬]*)$/u.exec(text);
  return match === null || text === '' ? undefined : [match[1] ?? '', match[2] ?? '', match[3] ?? ''];
}

/**
 * A whole number in Chinese: 十五, 二十三, 壹拾贰万叁仟. `undefined` where the characters are in no order that a number has,
 * so that a slip of the pen becomes a question and not another number.
 */
export function chineseWhole(text: string): bigint | undefined {
  const sections = sectionsOf(text)?.map(sectionOf);
  if (sections === undefined) return undefined;
  const [hundredMillions, tenThousands, ones] = sections;
  if (hundredMillions === undefined || tenThousands === undefined || ones === undefined) return undefined;
  return (hundredMillions * 10_000n + tenThousands) * 10_000n + ones;
}

const PLACES: Readonly<Record<string, number>> = { 千: 3, 仟: 3, 百: 2, 佰: 2, 十: 1, 拾: 1 };
const NUMERALS = new RegExp(`[零〇○]|${ONE}?[千仟百佰十拾]|${ONE}`, 'gu');

/**
 * Whether a number leaves out a place and says no zero for it: 三万五 is 30,005 by its characters and 35,000 as people say it,
 * and in 三千二十 a character may be missing.
 */
function leavesOutAPlace(text: string): boolean {
  const SECTION_PLACES = 4;
  // The place of the numeral before; behind 万 and 亿 a section goes on with its thousands.
  let before: number | undefined;
  let hasZero = false;
  for (const section of sectionsOf(text) ?? []) {
    if (before !== undefined) before = before >= SECTION_PLACES ? before + SECTION_PLACES : SECTION_PLACES;
    for (const [numeral] of section.matchAll(NUMERALS)) {
      const place = PLACES[numeral.at(-1) ?? ''] ?? 0;
      if (/[零〇○]/u.test(numeral)) {
        hasZero = true;
        continue;
      }
      if (before !== undefined && before - place > 1 && !hasZero) return true;
      before = place;
      hasZero = false;
    }
  }
  return false;
}

const CAPITALS =
  /^(?:人民币)?([零〇壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億一二两三四五六七八九十百千]+)[元圆](?:([零壹贰叁肆伍陆柒捌玖一二三四五六七八九])角)?(?:零?([壹贰叁肆伍陆柒捌玖一二三四五六七八九])分)?[整正]?$/u;

/**
 * An amount in capitals in fen: 壹拾贰万叁仟元整 is 12,300,000. `hasOneReading`: that it says a zero for every place that it leaves
 * out. `undefined` where it is no such amount.
 */
export function capitalsInFen(text: string): { readonly fen: bigint; readonly hasOneReading: boolean } | undefined {
  const match = CAPITALS.exec(text);
  if (match === null) return undefined;
  const [, whole = ''] = match;
  const yuan = chineseWhole(whole);
  if (yuan === undefined) return undefined;
  const jiao = match[2] === undefined ? 0 : (DIGITS[match[2]] ?? 0);
  const fen = match[3] === undefined ? 0 : (DIGITS[match[3]] ?? 0);
  return { fen: yuan * 100n + BigInt(jiao * 10 + fen), hasOneReading: !leavesOutAPlace(whole) };
}
