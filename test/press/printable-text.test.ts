import { describe, expect, it } from 'vitest';
import { printableText } from '../../functions/press/printable-text.ts';

describe('text that can be printed', () => {
  const latinOnly = (character: string) => [...character].every((one) => one < '\u0250' || one === '\u3013');
  const anything = () => true;

  it('counts what a reader sees as one character as one mark', () => {
    expect(printableText('a👨‍👩‍👧b🇨🇳c', latinOnly)).toBe('a〓b〓c');
  });

  it('keeps a letter with its accent, however it was typed', () => {
    expect(printableText('Jose\u0301', latinOnly)).toBe('José');
  });

  it('drops marks that would turn the reading direction or hide', () => {
    expect(printableText('a\u202eb\u200bc\u0000d', latinOnly)).toBe('abcd');
  });

  it('keeps what tells letters apart and joins them, in the scripts that write so, and nowhere else', () => {
    for (const word of ['ශ්\u200Dරී', 'می\u200Cخواهم', 'ᠠ\u180Bᠢ', '👩\u200D🚒', '\u{1F3F4}\u{E0067}\u{E007F}']) {
      expect(printableText(word, anything)).toBe(word);
    }
    expect(printableText('ab\u200Dc王\u200C芳\u180B', anything)).toBe('abc王芳');
    expect(printableText('\u200Dශ\u200D', anything)).toBe('ශ');
  });

  it('drops isolates that somebody typed, open or closed', () => {
    expect(printableText('给\u2068محمد\u2069 a\u2068b', anything)).toBe('给محمد ab');
    expect(printableText('\u2068\u2069', anything)).toBe('〓');
  });

  it('sets a space of any width, but keeps the narrow one before a Mongolian suffix', () => {
    expect(printableText('a\u2003b\u2009c\u202Fd', anything)).toBe('a b c d');
    expect(printableText('ᠪᠢ\u202Fᠶᠢᠨ', anything)).toBe('ᠪᠢ\u202Fᠶᠢᠨ');
  });

  it('sets line ends as spaces', () => {
    expect(printableText('a\r\nb\tc', latinOnly)).toBe('a b c');
  });

  it('puts a mark for a name of nothing that can be seen, and for half a character, never a blank', () => {
    expect(printableText('\u200b\u2060', latinOnly)).toBe('〓');
    expect(printableText('\u3164', latinOnly)).toBe('〓');
    expect(printableText('\u2800', latinOnly)).toBe('〓');
    expect(printableText('a\ud83d', latinOnly)).toBe('a〓');
    expect(printableText('', latinOnly)).toBe('');
  });
});
