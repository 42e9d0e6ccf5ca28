import { inflateSync } from 'node:zlib';

/**
 * What the pages of a PDF show, as the numbers of glyphs in their fonts. Reads the streams as the press writes them: deflated,
 * with text as two bytes a glyph.
 */
export function glyphsIn(pdf: Uint8Array): readonly number[] {
  return pageStreams(Buffer.from(pdf)).flatMap(shownGlyphs);
}

/** How many places show .notdef, the empty box of a font that lacks a character: glyph 0 of every font. */
export function boxesIn(pdf: Uint8Array): number {
  return glyphsIn(pdf).filter((glyph) => glyph === 0).length;
}

function pageStreams(pdf: Buffer): string[] {
  const streams: string[] = [];
  const text = pdf.toString('latin1');
  for (const { 1: header, index, 0: whole } of text.matchAll(/obj\s*<<((?:(?!endobj)[\s\S])*?)>>\s*stream\r?\n/g)) {
    const length = Number(/\/Length (\d+)/.exec(header ?? '')?.[1]);
    const body = pdf.subarray(index + whole.length, index + whole.length + length);
    // Fonts, their tables and images are streams too; what a page shows has a type only when it is a form within it.
    if (!/\/FlateDecode/.test(header ?? '') || /\/Length1|\/Subtype\s*\/(Image|OpenType|CIDFont)/.test(header ?? ''))
      continue;
    const content = inflateSync(body).toString('latin1');
    if (/\bBT\b/.test(content) && /T[jJ]\b/.test(content)) streams.push(content);
  }
  return streams;
}

/** Strings of Tj and TJ: `(...)` with escapes, or `<...>` in hexadecimal digits. */
const STRING = /\(((?:\\[\s\S]|[^\\()])*)\)|<([0-9A-Fa-f]+)>/g;

function shownGlyphs(content: string): number[] {
  const glyphs: number[] = [];
  for (const { 1: shown } of content.matchAll(
    /((?:\[(?:\((?:\\[\s\S]|[^\\()])*\)|[^\]()])*\]|\((?:\\[\s\S]|[^\\()])*\)|<[0-9A-Fa-f]+>))\s*T[jJ]/g,
  )) {
    for (const { 1: literal, 2: hex } of (shown ?? '').matchAll(STRING)) {
      const bytes = hex === undefined ? Buffer.from(unescaped(literal ?? ''), 'latin1') : Buffer.from(hex, 'hex');
      for (let at = 0; at + 1 < bytes.length; at += 2) glyphs.push(bytes.readUInt16BE(at));
    }
  }
  return glyphs;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescaped(literal: string): string {
  return literal.replaceAll(/\\([0-7]{1,3}|\r\n|[\s\S])/g, (_, escaped: string) =>
    /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped),
  );
}
