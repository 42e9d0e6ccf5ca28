/** 〓, the printer's mark for a character that is not in the case: a name stays readable and the gap is plain to see. */
export const GETA_MARK = '〓';

// Characters without a shape of their own, and those that could turn the reading direction of what follows.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const IGNORED_BY_FONTS = /\p{Default_Ignorable_Code_Point}/gu;

/** Letters that take another shape beside a (non-)joiner: the cursive and the Indic scripts of UAX #31, 2.3. */
const JOINING = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Nko', 'Adlam', 'Hanifi_Rohingya'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala'],
  ...['Khmer', 'Myanmar', 'Tibetan', 'Balinese', 'Javanese', 'Chakma', 'Newa', 'Meetei_Mayek', 'Syloti_Nagri'],
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const EMOJI_END = '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F]';

/** What is invisible or formats, and yet is part of how a word is written. Anything else of the kind goes. */
const PART_OF_WORDS = new RegExp(
  [
    // Signs that enclose the figures after them: a number sign or an end of verse is plainly visible.
    '[\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2]',
    `(?<=[${JOINING}])[\\u200C\\u200D](?=[${JOINING}])`,
    // Which of its shapes a Mongolian letter has, and the gap before its last vowel.
    '(?<=\\p{Script=Mongolian})[\\u180B-\\u180F]',
    // A family, a profession or a flag is several emoji in one.
    `(?<=${EMOJI_END})\\u200D(?=\\p{Extended_Pictographic})`,
    '(?<=\\u{1F3F4}[\\u{E0020}-\\u{E007E}]*)[\\u{E0020}-\\u{E007F}]',
  ].join('|'),
  'u',
);
const INVISIBLE_OR_PART = new RegExp(`(${PART_OF_WORDS.source})|${INVISIBLE.source}`, 'gu');

const LINE_ENDS = /[\r\n\t\v\f\u0085\u2028\u2029]+/g;
/** Spaces of other widths, which many fonts lack. The narrow one stays where Mongolian puts a suffix behind it. */
const ODD_SPACES = /[\u1680\u2000-\u200A\u205F]|\u202F(?!\p{Script=Mongolian})/gu;

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/**
 * Replaces what no font has glyphs for, one mark for each character as a reader counts them (a family emoji of seven code
 * points is one; so is a letter with an accent that no font has together). Line ends and tabs become spaces; invisible
 * characters that are no part of how a word is written go, and a text of nothing else becomes one mark: what people typed is
 * never an error and never a blank.
 */
export function printableText(text: string, hasGlyphs: (character: string) => boolean): string {
  const printable = charactersOf(visibleText(text))
    .map(({ written, shown }) => (hasGlyphs(shown) ? written : GETA_MARK))
    .join('');
  // A name made of nothing that can be seen must not leave an empty place that looks like a missing name.
  return printable.trim() === '' && text.trim() !== '' ? GETA_MARK : printable;
}

/** Characters as a reader counts them: as they are written, and what of each needs a glyph. */
export const charactersOf = (text: string): { readonly written: string; readonly shown: string }[] =>
  [...graphemes.segment(text)].map(({ segment }) => ({
    written: segment,
    shown: segment.replaceAll(IGNORED_BY_FONTS, ''),
  }));

const visibleText = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(LINE_ENDS, ' ')
    .replaceAll(ODD_SPACES, ' ')
    .replaceAll(INVISIBLE_OR_PART, (_, part: string | undefined) => part ?? '');
