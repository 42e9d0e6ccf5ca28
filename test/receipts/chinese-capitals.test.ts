import fc from 'fast-check';
import nzh from 'nzh/cn';
import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { chineseCapitals, LARGEST_IN_WORDS_MINOR } from '../../functions/receipts/chinese-capitals.ts';

const words = (amount: number): string => chineseCapitals(minor(amount));

/** Reads capitals digit by digit, with nothing of the writer's code: the words must say the number back. */
function read(text: string): bigint {
  const [whole = '', rest = ''] = text.includes('元') ? text.split('元') : ['', text];
  const values: Record<string, bigint> = { 仟: 1000n, 佰: 100n, 拾: 10n };
  let total = 0n;
  let section = 0n;
  let digit = 0n;
  for (const one of whole) {
    const place = values[one];
    if (place !== undefined) [section, digit] = [section + digit * place, 0n];
    else if (one === '万') [total, section, digit] = [total + (section + digit) * 10_000n, 0n, 0n];
    else if (one === '亿') [total, section, digit] = [(total + section + digit) * 100_000_000n, 0n, 0n];
    else digit = BigInt('零壹贰叁肆伍陆柒捌玖'.indexOf(one));
  }
  const after = (unit: string): bigint => BigInt('零壹贰叁肆伍陆柒捌玖'.indexOf(rest.charAt(rest.indexOf(unit) - 1)));
  const jiao = rest.includes('角') ? after('角') : 0n;
  const fen = rest.includes('分') ? after('分') : 0n;
  return (total + section + digit) * 100n + jiao * 10n + fen;
}

/** 12.5 for 1250 fen: with zeros behind the point nzh leaves out 整 as well. */
const withoutZeros = (amount: number): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`.replace(/\.?0{1,2}$/, '');

const amounts = fc.oneof(
  fc.integer({ min: 1, max: LARGEST_IN_WORDS_MINOR }),
  fc.integer({ min: 1, max: 1_000_000 }),
  // Mostly zeros: where the rules about 零 are.
  fc
    .array(fc.constantFrom('0', '0', '0', '1', '5'), { minLength: 3, maxLength: 14 })
    .map((digits) => Number(digits.join(''))),
);

describe('an amount in Chinese capitals', () => {
  it.each([
    [1_230_000, '壹万贰仟叁佰元整'],
    [140_950, '壹仟肆佰零玖元伍角整'],
    [600_714, '陆仟零柒元壹角肆分'],
    [168_032, '壹仟陆佰捌拾元叁角贰分'],
    [10_700_053, '壹拾万零柒仟元伍角叁分'],
    [1_640_902, '壹万陆仟肆佰零玖元零贰分'],
    [32_504, '叁佰贰拾伍元零肆分'],
  ])('%i fen is one of the forms that the rule gives as an example: %s', (amount, expected) => {
    expect(words(amount)).toBe(expected);
  });

  it.each([
    [0, '零元整'],
    [5, '伍分'],
    [50, '伍角整'],
    [1_000, '壹拾元整'],
    [1_001, '壹拾元零壹分'],
    [100_000_000_000, '壹拾亿元整'],
    [1_000_000_000_001, '壹佰亿元零壹分'],
    [1_000_000_010_000, '壹佰亿零壹佰元整'],
    [-1_770, '负壹拾柒元柒角整'],
    [LARGEST_IN_WORDS_MINOR, '玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分'],
  ])('%i fen reads %s', (amount, expected) => {
    expect(words(amount)).toBe(expected);
  });

  it('says its number back, has no two 零 together and none at an end', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const text = words(amount);
        if (amount > 0) expect(read(text)).toBe(BigInt(amount));
        expect(text).not.toMatch(/零零|零[万亿拾佰仟角]|^零(?!元)|零$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends in 整 after 元 and 角, so that nothing can be added behind it, and never after 分', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(words(amount).endsWith('整')).toBe(amount % 10 === 0);
      }),
    );
  });

  it('agrees with nzh, but for what nzh 1.0.14 does otherwise: it drops 整 after 角, and 零 between 万 or 亿 and a number of thousands after a zero', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        fc.pre(amount > 0);
        const theirs = nzh.toMoney(withoutZeros(amount), {
          outSymbol: false,
        });
        const ours = words(amount)
          .replace(/角整$/, '角')
          .replaceAll(/([万亿])零(.仟)/g, '$1$2');
        expect(ours).toBe(theirs.replaceAll(/([万亿])零(.仟)/g, '$1$2'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses more than it has words for', () => {
    expect(() => words(LARGEST_IN_WORDS_MINOR + 1)).toThrow('beyond');
    expect(() => words(-LARGEST_IN_WORDS_MINOR - 1)).toThrow('beyond');
  });
});
