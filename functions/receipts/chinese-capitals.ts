import { PermanentError } from '../kernel/errors.ts';
import type { Minor } from '../kernel/money.ts';

/** Largest amount that is written in words: 999,999,999,999.99 yuan, a hundred times what a door accepts as one gift. */
export const LARGEST_IN_WORDS_MINOR = 99_999_999_999_999;

const DIGITS = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'] as const;
const PLACES = ['仟', '佰', '拾', ''] as const;
/** Four digits each, the lowest first. */
const SECTIONS = ['', '万', '亿'] as const;
const SECTION_DIGITS = 4;

/**
 * An amount of yuan (in fen) in the capitals that cannot be altered: 壹万贰仟叁佰元整. By 支付结算办法, annex 1 (正确填写票据和
 * 结算凭证的基本规定): one 零 for any run of zeros between digits, 整 after 元, none after 分. Where it leaves a choice: 整 stands after
 * 角 too, so that nothing can be added behind it, and 元 is followed by 零 only where 角 is zero and 分 is not. Below zero it begins with 负.
 * Throws PermanentError beyond {@link LARGEST_IN_WORDS_MINOR} either way.
 */
export function chineseCapitals(amount: Minor): string {
  if (!Number.isSafeInteger(amount) || Math.abs(amount) > LARGEST_IN_WORDS_MINOR)
    throw new PermanentError(`${amount} fen are beyond what is written in words`);
  const digits = String(Math.abs(amount)).padStart(3, '0');
  const yuan = digits.slice(0, -2);
  const [jiao = '0', fen = '0'] = digits.slice(-2);
  const whole = /^0+$/.test(yuan) ? '' : `${wordsOf(yuan)}元`;
  return `${amount < 0 ? '负' : ''}${whole}${fractionOf(jiao, fen, whole !== '')}`;
}

function fractionOf(jiao: string, fen: string, hasYuan: boolean): string {
  if (jiao === '0' && fen === '0') return hasYuan ? '整' : '零元整';
  if (fen === '0') return `${digitOf(jiao)}角整`;
  if (jiao === '0') return `${hasYuan ? '零' : ''}${digitOf(fen)}分`;
  return `${digitOf(jiao)}角${digitOf(fen)}分`;
}

/** A whole number above zero, section by section from the left. A zero is said before the next digit, and once. */
function wordsOf(digits: string): string {
  const padded = digits.padStart(Math.ceil(digits.length / SECTION_DIGITS) * SECTION_DIGITS, '0');
  let words = '';
  let zeroIsOwed = false;
  for (let start = 0; start < padded.length; start += SECTION_DIGITS) {
    const section = padded.slice(start, start + SECTION_DIGITS);
    for (const [place, digit] of [...section].entries()) {
      if (digit === '0') {
        zeroIsOwed = words !== '';
        continue;
      }
      words += `${zeroIsOwed ? '零' : ''}${digitOf(digit)}${PLACES[place]}`;
      zeroIsOwed = false;
    }
    if (section !== '0000') words += SECTIONS[(padded.length - start) / SECTION_DIGITS - 1];
  }
  return words;
}

const digitOf = (digit: string): string => DIGITS[Number(digit)] ?? '';
