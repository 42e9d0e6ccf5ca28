import type { BookedFont } from './font-book.ts';
import { PAGE_FAMILY } from './press-fonts.ts';
import { charactersOf, GETA_MARK, printableText } from './printable-text.ts';

/** The first font that has a whole text; `undefined` where none has. */
type FontOf = (text: string) => BookedFont | undefined;

/** Whether a text of the content is a picture: SVG, whose texts are set by other rules than those of the page. */
export const isPicture = (text: string): boolean => text.startsWith('<svg');

/**
 * A picture in which each label names the one font that has it whole. Whoever draws it takes what a font lacks from any other, letter by
 * letter (usvg 0.45), which leaves Arabic unjoined and vowel signs beside their letters, and fails on a label of several fonts. So of a
 * label that no one font has, only characters that stand for themselves are left to that, and 〓 is set for the others: the table beneath
 * a chart has every name whole. What stands between tags is text with entities, which stay as they are.
 */
export const pictureWithFonts = (svg: string, fontOf: FontOf): string =>
  svg.replaceAll(/>([^<]+)</g, (_, label: string) => `>${labelled(label, fontOf)}<`);

function labelled(label: string, fontOf: FontOf): string {
  const text = printableText(label, (character) => fontOf(character) !== undefined);
  const characters = charactersOf(text);
  const whole = fontOf(characters.map(({ shown }) => shown).join(''));
  if (whole !== undefined)
    return isPages(whole) ? text : `<tspan style="font-family:${whole.font.family}">${text}</tspan>`;
  return characters
    .map(({ written, shown }) => (isPages(fontOf(shown)) || STANDS_FOR_ITSELF.test(shown) ? written : GETA_MARK))
    .join('');
}

const isPages = (booked: BookedFont | undefined): boolean => booked?.font.family === PAGE_FAMILY;

/** One code point, one glyph, in whatever font: rare ideographs of names, syllables, a letter with its accent, an emoji alone. */
const STANDS_FOR_ITSELF =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Yi}\p{Extended_Pictographic}]$/u;
