import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFontBook } from '../../functions/press/font-book.ts';
import { chooseFonts, openPress } from '../../functions/press/press.ts';
import { PRESS_FONTS } from '../../functions/press/press-fonts.ts';
import { type ReceiptSheet, receiptSheetOf } from '../../functions/receipts/receipt-sheet.ts';
import { fontBookJson } from '../../local/font-book.ts';
import { SAMPLES } from '../receipts/sample-receipts.ts';
import { boxesIn, glyphsIn } from './pdf-glyphs.ts';
import { assetsFolder } from './press-folder.ts';
import { EMOJI, SENTENCES } from './sentences.ts';

const folder = assetsFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const bookJson = readFileSync(join(folder, 'font-book.json'), 'utf8');
const book = openFontBook(PRESS_FONTS, bookJson);

const plain = (): ReceiptSheet => {
  const { plain: receipt } = SAMPLES;
  if (receipt === undefined) throw new Error('the samples have no plain receipt');
  return receiptSheetOf(receipt, 'https://give.example.org', { kind: 'handed-out', copy: 0 });
};
/** A receipt's page on which each of the texts is a person's remark. */
const printed = async (...texts: readonly string[]): Promise<Uint8Array> =>
  (await openPress(folder)).print('receipt.typ', { ...plain(), payerName: texts[0], remark: texts.join('、') });
const chosen = (text: string) => chooseFonts(text, book);

const hasFont = (text: string): boolean => book.some(({ has }) => has(text));
const LETTERS = Array.from({ length: 0x20000 }, (_, codePoint) => String.fromCodePoint(codePoint)).filter(
  (character) => /^\p{L}$/u.test(character) && hasFont(character.normalize('NFC')),
);
/** The letters of a script that some font has; a mark is tried behind a letter, in the sentences. */
function lettersOf(script: string): string[] {
  const ofScript = new RegExp(`^\\p{Script=${script}}$`, 'u');
  return LETTERS.filter((letter) => ofScript.test(letter));
}

/** A page with every font on it takes 30 times as long on a machine that is busy with all other tests. */
const BUSY_TIMEOUT_MS = 180_000;

describe('a name in any script', () => {
  it.each(Object.entries(SENTENCES))('in %s is printed whole: no mark and no empty box', async (script, sentence) => {
    expect(sentence).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    expect(chosen(sentence).printable).not.toContain('〓');
    const pdf = await printed(sentence);
    expect(boxesIn(pdf)).toBe(0);
    expect(glyphsIn(pdf).length).toBeGreaterThan(glyphsIn(await printed('')).length);
  });

  it(
    'has no empty box for any letter that the book says a font has',
    async () => {
      const boxes: string[] = [];
      for (const script of Object.keys(SENTENCES).filter((one) => one !== 'Han')) {
        const pdf = await printed(lettersOf(script).join(' '));
        if (boxesIn(pdf) > 0) boxes.push(script);
      }
      expect(boxes).toEqual([]);
    },
    BUSY_TIMEOUT_MS,
  );

  it(
    'may be any of the 87,887 Chinese characters of GB 18030-2022',
    async () => {
      const isAssigned = /^\p{Script=Han}$/u;
      const lacking = GB_18030_BLOCKS.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, step) => String.fromCodePoint(first + step)),
      ).filter((one) => !isAssigned.test(one) || !hasFont(one.normalize('NFC')));
      expect(lacking).toEqual([]);
      expect(GB_18030_BLOCKS.reduce((sum, [first, last]) => sum + last - first + 1, 0)).toBe(87_887);
      // One of each font that has rare ones, in print.
      const rare = book
        .filter(({ font }) => font.family.startsWith('HanaMin'))
        .map(({ info }) => String.fromCodePoint(info.coverage[0] ?? 0));
      expect(boxesIn(await printed(rare.join('')))).toBe(0);
    },
    BUSY_TIMEOUT_MS,
  );

  it.each(EMOJI)('may end in %s, which is one sign', async (emoji) => {
    expect(chosen(emoji).printable).not.toContain('〓');
    const pdf = await printed(emoji);
    expect(boxesIn(pdf)).toBe(0);
    // The payer's place and the remark show it once each.
    expect(glyphsIn(pdf).length - glyphsIn(await printed('')).length).toBe(2);
  });

  it('shows a mark for what has no shape anywhere: private, unassigned, half a character, an accent that no font sets', () => {
    expect(chosen('王\uE000').printable).toBe('王〓');
    expect(chosen('\u{378}a').printable).toBe('〓a');
    expect(chosen('a\uD83D').printable).toBe('a〓');
    expect(chosen('王\u0591').printable).toBe('〓');
  });

  it('is set in a chart in one font that has it whole, and what no one font has is marked where letters join', () => {
    const chart = (label: string): string => chosen(`<svg><text>${label}</text></svg>`).printable;
    expect(chart('宣汉县 &amp; 2')).toBe('<svg><text>宣汉县 &amp; 2</text></svg>');
    expect(chart('محمد علي')).toContain('<tspan style="font-family:Noto Sans Arabic">محمد علي</tspan>');
    expect(chart('𠀀队')).toBe('<svg><text>𠀀队</text></svg>');
    expect(chart('达州 राजेश')).toBe('<svg><text>达州 〓〓〓</text></svg>');
  });

  it('takes no font but the page font where a document needs no other, and else just those that it needs', () => {
    expect(chosen('四川省红十字会 Red Cross ¥1,000.00').families).toEqual(['Noto Sans SC']);
    expect(chosen('สมชาย').families).toEqual(['Noto Sans SC', 'Noto Sans Thai']);
    expect(chosen('𠀀').families).toEqual(['Noto Sans SC', 'HanaMin Extension-B-01']);
  });
});

/** The standard's level 3 has the unified ideographs of Unicode 11, Extensions A to F, and twelve among the compatible ones. */
const GB_18030_BLOCKS: readonly (readonly [first: number, last: number])[] = [
  [0x3400, 0x4db5],
  [0x4e00, 0x9fef],
  [0xfa0e, 0xfa0f],
  [0xfa11, 0xfa11],
  [0xfa13, 0xfa14],
  [0xfa1f, 0xfa1f],
  [0xfa21, 0xfa21],
  [0xfa23, 0xfa24],
  [0xfa27, 0xfa29],
  [0x20000, 0x2a6d6],
  [0x2a700, 0x2b734],
  [0x2b740, 0x2b81d],
  [0x2b820, 0x2cea1],
  [0x2ceb0, 0x2ebe0],
];

describe('the fonts of the press', () => {
  it('are the files that font-book.json was written from', async () => {
    expect(await fontBookJson()).toBe(bookJson);
  });

  it('are known to layouts by a name each, but for the weights of one', () => {
    const names = PRESS_FONTS.map(({ family, weight }) => `${family} ${weight}`);
    expect(new Set(names).size).toBe(names.length);
    expect(PRESS_FONTS.filter(({ weight }) => weight === 700)).toHaveLength(1);
  });
});
