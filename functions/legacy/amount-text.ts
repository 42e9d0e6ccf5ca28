import { LARGEST_AMOUNT_MINOR, type Minor, minor } from '../kernel/money.ts';
import { EMPTY, packedText, plainText, type Reading, read, saysNothing, unreadable, type Way } from './cell-text.ts';
import { capitalsInFen } from './chinese-number.ts';

/** What a bare number of a column counts, and who says so. */
export type AmountUnit = {
  readonly unit: 'yuan' | 'wan';
  readonly says: 'header' | 'sheet';
};
export type Amount = {
  readonly amountMinor: Minor;
  /** What else the cell says beside its amount. */
  readonly note?: string;
};

/** How many fen one of each unit is. */
const FEN: Readonly<Record<string, bigint>> = {
  元: 100n,
  圆: 100n,
  块: 100n,
  千元: 100_000n,
  万: 1_000_000n,
  万元: 1_000_000n,
  百万元: 100_000_000n,
  亿元: 10_000_000_000n,
};
const BARE_FEN = { yuan: 100n, wan: 1_000_000n } as const;

/**
 * Where a bare number is out of the ordinary for its unit, and more likely in the other one. A project of under 1,000 yuan is
 * none that a society keeps a file of; one of 10,000,000 yuan and more (1,000 万元) comes to a city once in some years. Both are
 * only questions: whoever confirms them is asked no further.
 */
const FEWEST_YUAN_MINOR = 1_000 * 100;
const MOST_WAN_MINOR = 10_000_000 * 100;

const NUMBER = String.raw`[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;
const CURRENCY = '(?:人民币|RMB|CNY|¥)?';
const UNITS = '百万元|亿元|万元|千元|万|元|圆|块';
const AMOUNT = new RegExp(
  `^${CURRENCY}(${NUMBER})(${UNITS})?(?:人民币)?[整正]?(?:\\((.*)\\)|[,;。:](?!\\d)(.+))?$`,
  'iu',
);
/** 约, 近, 多, 余, 左右: the amount is not said, only its neighbourhood. */
const ABOUT = /[约近多余]|左右|以上|不足|[~～]|上下|至少/u;
const DIGITS_OR_NUMERALS = /[\d一二三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]/u;

const FIX_AMOUNT = 'write the amount as a number with its unit, such as 125000元 or 12.5万元';

/**
 * Reads an amount as people write it into lists. A number that is written with its unit, or stands in a column or sheet that
 * says its unit, is converted digit by digit; one without any is taken as yuan and marked as inferred, and so is one whose
 * size speaks for the other unit. What is said to be about something is a problem, never rounded to it.
 */
export function readAmount(text: string, unit: AmountUnit | undefined): Reading<Amount> {
  if (saysNothing(text)) return EMPTY;
  const packed = packedText(text);
  const capitals = capitalsInFen(packed.replace(/\(.*\)$/u, ''));
  if (capitals !== undefined) {
    const note = noteOf(/\((.*)\)$/u.exec(packed)?.[1]);
    const { how, rule } = wayOfCapitals(capitals.hasOneReading, note);
    return ofFen(capitals.fen, how, rule, note);
  }
  if (ABOUT.test(packed.replace(/\(.*\)$/u, '')))
    return unreadable(`says about how much (${shown(text)})`, 'find the exact amount in the books and write that');
  const match = AMOUNT.exec(packed);
  if (match === null) return unreadable(`holds no amount (${shown(text)})`, FIX_AMOUNT);
  const [, number = '', written, inBrackets, after] = match;
  const note = noteOf(inBrackets ?? after);
  const fenEach = written === undefined ? BARE_FEN[unit?.unit ?? 'yuan'] : (FEN[written] ?? 100n);
  const fen = timesFen(number.replaceAll(',', ''), fenEach);
  if (fen === undefined) return unreadable(`has parts of a fen (${shown(text)})`, FIX_AMOUNT);
  const how = wayOf(text, number, written, unit, fen, note);
  return ofFen(fen, how.how, how.rule, note);
}

/** What stands beside an amount may change it: 12万元(其中物资2万元), 12万元(约). */
const mayChangeIt = (note: string | undefined): boolean =>
  note !== undefined && (DIGITS_OR_NUMERALS.test(note) || ABOUT.test(note));
const BESIDE_A_NOTE = { how: 'inferred', rule: 'amount-beside-a-note' } as const;

function wayOfCapitals(hasOneReading: boolean, note: string | undefined): { how: Way; rule: string } {
  if (mayChangeIt(note)) return BESIDE_A_NOTE;
  return hasOneReading ? { how: 'converted', rule: 'capitals' } : { how: 'inferred', rule: 'place-left-out' };
}

function wayOf(
  text: string,
  number: string,
  written: string | undefined,
  unit: AmountUnit | undefined,
  fen: bigint,
  note: string | undefined,
): { how: Way; rule: string } {
  if (mayChangeIt(note)) return BESIDE_A_NOTE;
  if (written !== undefined) return { how: 'converted', rule: 'unit-in-cell' };
  if (unit === undefined) return { how: 'inferred', rule: 'no-unit' };
  if (unit.unit === 'yuan' && fen < FEWEST_YUAN_MINOR && fen !== 0n) return { how: 'inferred', rule: 'perhaps-wan' };
  if (unit.unit === 'wan' && fen >= MOST_WAN_MINOR) return { how: 'inferred', rule: 'perhaps-yuan' };
  if (unit.unit === 'wan')
    return { how: 'converted', rule: unit.says === 'header' ? 'unit-in-header' : 'unit-of-sheet' };
  if (note !== undefined) return { how: 'converted', rule: 'note-apart' };
  return number === text.trim() && !number.includes(',')
    ? { how: 'as-written', rule: 'plain' }
    : { how: 'converted', rule: number.includes(',') ? 'thousands' : 'width' };
}

function ofFen(fen: bigint, how: Way, rule: string, note: string | undefined): Reading<Amount> {
  if (fen < 0n)
    return unreadable('is below zero', 'leave out what was given back, or write what the project had in the end');
  if (fen > BigInt(LARGEST_AMOUNT_MINOR)) return unreadable('is more than 10 billion yuan', FIX_AMOUNT);
  return read({ amountMinor: minor(Number(fen)), ...(note === undefined ? {} : { note }) }, how, rule);
}

const noteOf = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text);

/** A decimal number times whole fen, exactly; `undefined` where something less than a fen is left. */
function timesFen(decimal: string, fenEach: bigint): bigint | undefined {
  const [whole = '0', fraction = ''] = decimal.replace(/^[+-]/, '').split('.');
  const scaled = BigInt(`${whole}${fraction}`) * fenEach;
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled % divisor !== 0n) return undefined;
  const fen = scaled / divisor;
  return decimal.startsWith('-') ? -fen : fen;
}

/** Money and goods said in one cell, each with its word: 资金10万元,物资2万元. */
const BOTH = new RegExp(
  `^(?:资金|现金|款)[:]?(${NUMBER})(${UNITS})[,;、+和及](?:物资|实物|物品)(?:折价|价值|折合)?[:]?(${NUMBER})(${UNITS})$`,
  'u',
);

/** The two amounts of such a cell, always marked: `undefined` where the cell is none. */
export function readMoneyAndGoods(
  text: string,
): { readonly money: Reading<Amount>; readonly goods: Reading<Amount> } | undefined {
  const match = BOTH.exec(packedText(text));
  if (match === null) return undefined;
  const [, moneyNumber = '', moneyUnit = '', goodsNumber = '', goodsUnit = ''] = match;
  return { money: marked(`${moneyNumber}${moneyUnit}`), goods: marked(`${goodsNumber}${goodsUnit}`) };
}

function marked(text: string): Reading<Amount> {
  const reading = readAmount(text, undefined);
  return reading.kind === 'read' ? { ...reading, how: 'inferred', rule: 'two-amounts-in-cell' } : reading;
}

const SHOWN = 40;
const shown = (text: string): string => {
  const plain = plainText(text);
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
};
