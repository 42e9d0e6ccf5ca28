import { EMPTY, packedText, type Reading, read, saysNothing, unreadable, type Way } from './cell-text.ts';
import { chineseWhole, spelledDigits } from './chinese-number.ts';

/** A day, a month or a year, as far as it is known: `2012-03-15`, `2012-03` or `2012`. */
export type PartialDate = string;
export type Dates = { readonly from: PartialDate; readonly until?: PartialDate };

/** The first society of the tree has papers from the nineties; nothing is from after next year. */
const FIRST_YEAR = 1990;
const LAST_YEAR = 2035;
/** Days of the spreadsheet's own count, 1 January 1990 to 31 December 2035. */
const SERIAL = { first: 32_874, last: 49_674 } as const;
const SERIAL_OF_1970 = 25_569;
const MS_PER_DAY = 86_400_000;

const FIX_DATE = 'write the day, the month or the year, such as 2012-03-15, 2012-03 or 2012';

/**
 * Reads a date in the shapes in which people write it. Whatever has two readings (12/3/15, a month that was typed as the number
 * 2012.1) is marked as inferred; what names no date (2012年初) is a problem.
 *
 * @param isNumber that the cell holds a number and not a text, so that zeros at its end are lost
 */
export function readDates(text: string, isNumber = false): Reading<Dates> {
  if (saysNothing(text)) return EMPTY;
  const packed = packedText(text).replace(/[。.,、]$/u, '');
  const single = readDate(packed, isNumber);
  if (single.kind === 'read')
    return read(
      { from: single.value },
      single.how === 'as-written' && packed !== text.trim() ? 'converted' : single.how,
      single.rule,
    );
  const range = readRange(packed);
  if (range !== undefined) return range;
  return single.kind === 'empty' ? EMPTY : single;
}

const RANGE_MARK = /^(.+?)(?:-{1,2}|~|—+|–|至|到)(.+)$/u;

function readRange(packed: string): Reading<Dates> | undefined {
  // Of several places where it may be cut, the first that leaves two dates.
  for (const mark of packed.matchAll(/--|[-~—–至到]+/gu)) {
    const [first, second] = [packed.slice(0, mark.index), packed.slice(mark.index + mark[0].length)];
    const from = readDate(first, false);
    if (from.kind !== 'read') continue;
    const until = untilOf(second, from.value);
    if (until.kind !== 'read') continue;
    if (until.value.slice(0, from.value.length) < from.value.slice(0, until.value.length))
      return unreadable('ends before it begins', FIX_DATE);
    const how = [from.how, until.how].includes('inferred') ? 'inferred' : 'converted';
    return read({ from: from.value, until: until.value }, how, how === 'inferred' ? 'doubtful-range' : 'range');
  }
  return RANGE_MARK.test(packed)
    ? unreadable(`holds no date that can be read (${packed.slice(0, 40)})`, FIX_DATE)
    : undefined;
}

/** The second date of a range, which may leave out the year: 2012年3-5月, 2012.3-2013.5. */
function untilOf(text: string, from: PartialDate): Reading<PartialDate> {
  const month = /^(\d{1,2})月?$/u.exec(text)?.[1];
  if (month !== undefined && from.length === 'YYYY-MM'.length)
    return dated(from.slice(0, 4), month, undefined, 'converted', 'range');
  return readDate(text, false);
}

function readDate(packed: string, isNumber: boolean): Reading<PartialDate> {
  return readDigits(packed, isNumber) ?? readSpelled(packed) ?? unreadable(problemOf(packed), FIX_DATE);
}

function problemOf(packed: string): string {
  return /初|底|末|上半年|下半年|季|春|夏|秋|冬|左右|前后|约|中旬|上旬|下旬/u.test(packed)
    ? `says about when, and not when (${packed.slice(0, 40)})`
    : `holds no date that can be read (${packed.slice(0, 40)})`;
}

type Shape = readonly [RegExp, (parts: readonly string[], isNumber: boolean, text: string) => Reading<PartialDate>];

/** Shapes in digits, each of which matches a whole text. */
const SHAPES: readonly Shape[] = [
  // A spreadsheet's day in a cell that is formatted as a number.
  [/^(\d{5})$/u, ([serial = '']) => ofSerial(Number(serial))],
  [
    /^(\d{4})年?度?$/u,
    ([year = ''], _, text) => dated(year, undefined, undefined, text === year ? 'as-written' : 'converted', 'year'),
  ],
  [/^(\d{4})(\d{2})$/u, ([year = '', month]) => dated(year, month, undefined, 'converted', 'digits')],
  [/^(\d{4})(\d{2})(\d{2})$/u, ([year = '', month, day]) => dated(year, month, day, 'converted', 'digits')],
  [
    /^(\d{4})[-./年](\d{1,2})月?(?:份)?$/u,
    ([year = '', month = ''], isNumber, text) =>
      isNumber && month === '1'
        ? // A number keeps no zero at its end: 2012.10 is stored as 2012.1.
          dated(year, month, undefined, 'inferred', 'month-of-a-number')
        : dated(year, month, undefined, /^\d{4}-\d{2}$/u.test(text) ? 'as-written' : 'converted', 'month'),
  ],
  [
    /^(\d{4})([-./年])(\d{1,2})([-./月])(\d{1,2})[日号]?$/u,
    ([year = '', first, month, second, day], _, text) =>
      // 2012.3-5 is a day, or March to May.
      second !== '月' && first !== second
        ? dated(year, month, day, 'inferred', 'mixed-marks')
        : dated(year, month, day, /^\d{4}-\d{2}-\d{2}$/u.test(text) ? 'as-written' : 'converted', 'day'),
  ],
  [/^(\d{2})年(\d{1,2})月?$/u, ([year, month]) => dated(`20${year}`, month, undefined, 'inferred', 'two-digit-year')],
  [
    /^(\d{2})年(\d{1,2})月(\d{1,2})[日号]?$/u,
    ([year, month, day]) => dated(`20${year}`, month, day, 'inferred', 'two-digit-year'),
  ],
  [/^'?(\d{2})年?$/u, ([year]) => dated(`20${year}`, undefined, undefined, 'inferred', 'two-digit-year')],
  [/^'?(\d{2})[-./](\d{1,2})$/u, ([year, month]) => dated(`20${year}`, month, undefined, 'inferred', 'two-digit-year')],
  [/^'?(\d{1,2})[-./](\d{1,2})[-./](\d{1,2})$/u, (parts) => ofThree(parts)],
  [
    /^(\d{1,2})([-./])(\d{1,2})\2(\d{4})$/u,
    ([first = '', _, second = '', year = '']) => ofYearLast(first, second, year),
  ],
  [
    /^(\d{1,2})[-./](\d{1,2})[-./](\d{4})$/u,
    ([first = '', second = '', year = '']) => {
      const reading = ofYearLast(first, second, year);
      return reading.kind === 'read' ? { ...reading, how: 'inferred', rule: 'mixed-marks' } : reading;
    },
  ],
];

function readDigits(packed: string, isNumber: boolean): Reading<PartialDate> | undefined {
  for (const [pattern, readingOf] of SHAPES) {
    const match = pattern.exec(packed);
    if (match !== null) return readingOf(match.slice(1), isNumber, packed);
  }
  return undefined;
}

/** 12/3/15: most write the year first here, and one of the others is always possible. */
function ofThree([first = '', second = '', third = '']: readonly string[]): Reading<PartialDate> {
  const reading = dated(`20${first.padStart(2, '0')}`, second, third, 'inferred', 'order-of-a-date');
  return reading.kind === 'read'
    ? reading
    : unreadable(`may be read in several ways (${first}/${second}/${third})`, FIX_DATE);
}

/** 3/15/2012 has one reading, 3/4/2012 has two. */
function ofYearLast(first: string, second: string, year: string): Reading<PartialDate> {
  if (Number(first) > 12) return dated(year, second, first, 'converted', 'day-first');
  if (Number(second) > 12) return dated(year, first, second, 'converted', 'month-first');
  return dated(year, first, second, first === second ? 'converted' : 'inferred', 'order-of-a-date');
}

function ofSerial(serial: number): Reading<PartialDate> {
  if (serial < SERIAL.first || serial > SERIAL.last) return unreadable(`is no date (${serial})`, FIX_DATE);
  const day = new Date((serial - SERIAL_OF_1970) * MS_PER_DAY).toISOString().slice(0, 10);
  return read(day, 'inferred', 'serial-number');
}

const SPELLED =
  /^([零〇○O一二三四五六七八九]{2,4})年(?:([一二三四五六七八九十]{1,3})月(?:份)?(?:([一二三四五六七八九十]{1,3})[日号])?)?$/u;

function readSpelled(packed: string): Reading<PartialDate> | undefined {
  const match = SPELLED.exec(packed);
  if (match === null) return undefined;
  const year = spelledDigits(match[1] ?? '');
  if (year === undefined) return undefined;
  const of = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : chineseWhole(text)?.toString();
  if (year.length === 4) return dated(year, of(match[2]), of(match[3]), 'converted', 'spelled');
  return year.length === 2 ? dated(`20${year}`, of(match[2]), of(match[3]), 'inferred', 'two-digit-year') : undefined;
}

/** A date that exists, or a problem. */
function dated(
  year: string,
  month: string | undefined,
  day: string | undefined,
  how: Way,
  rule: string,
): Reading<PartialDate> {
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR)
    return unreadable(`is of the year ${year}`, `write a year from ${FIRST_YEAR} to ${LAST_YEAR}`);
  const parts = [year, ...[month, day].filter((part) => part !== undefined).map((part) => part.padStart(2, '0'))];
  const text = parts.join('-');
  const whole = [text, '01', '01'].join('-').slice(0, 'YYYY-MM-DD'.length);
  const moment = new Date(`${whole}T00:00:00Z`);
  if (Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, whole.length) !== whole)
    return unreadable(`is no day of the calendar (${text})`, FIX_DATE);
  return read(text, how, rule);
}

/** The year in a text that is not a date itself, such as the name of a file or sheet; `undefined` where there is none or more than one. */
export function onlyYearIn(text: string): number | undefined {
  const spelled = packedText(text).replaceAll(
    /[零〇○一二三四五六七八九]{4}(?=年)/gu,
    (digits) => spelledDigits(digits) ?? digits,
  );
  const years = new Set([...spelled.matchAll(/(?<!\d)((?:19|20)\d{2})(?!\d)/gu)].map((match) => Number(match[1])));
  const [year] = years;
  return years.size === 1 && year !== undefined && year >= FIRST_YEAR && year <= LAST_YEAR ? year : undefined;
}
