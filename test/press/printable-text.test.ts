import { describe, expect, it } from 'vitest';
import { printableText } from '../../functions/press/press.ts';

describe('text that can be printed', () => {
  const latinOnly = (codePoint: number) => codePoint < 0x250 || codePoint === 0x3013;

  it('counts what a reader sees as one character as one mark', () => {
    expect(printableText('a👨‍👩‍👧b🇨🇳c', latinOnly)).toBe('a〓b〓c');
  });

  it('keeps a letter with its accent, however it was typed', () => {
    expect(printableText('Jose\u0301', latinOnly)).toBe('José');
  });

  it('drops marks that would turn the reading direction or hide', () => {
    expect(printableText('a\u202eb\u200bc\u0000d', latinOnly)).toBe('abcd');
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
