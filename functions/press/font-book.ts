import * as z from 'zod';
import type { PressFont } from './press-fonts.ts';

/**
 * What the typesetter must know of a font before it reads it. `coverage`: lengths of runs of code points that the font lacks
 * and has, in turn, beginning with those it lacks: [32, 95, ...] has 32 to 126.
 */
const fontInfoSchema = z.object({
  family: z.string(),
  variant: z.object({ style: z.string(), weight: z.number().int(), stretch: z.number().int() }),
  flags: z.string(),
  coverage: z.array(z.number().int().nonnegative()),
});
export type FontInfo = z.infer<typeof fontInfoSchema>;

/** font-book.json, which local/font-book.ts writes: one row for each font, by the name of its file. */
export const fontBookSchema = z.record(z.string(), fontInfoSchema);

/** A font that a character can be set in. */
export type BookedFont = { readonly font: PressFont; readonly info: FontInfo; readonly has: (text: string) => boolean };

/** Which fonts have what, in the order of preference. Throws Error where the book has no row for a font. */
export function openFontBook(fonts: readonly PressFont[], bookJson: string): readonly BookedFont[] {
  const book = fontBookSchema.parse(JSON.parse(bookJson));
  return fonts.map((font) => {
    const info = book[font.file];
    if (info === undefined) throw new Error(`font-book.json has no row for ${font.file}: run node local/font-book.ts`);
    const ends = runEnds(info.coverage);
    return { font, info, has: (text) => [...text].every((one) => isCovered(ends, one.codePointAt(0) ?? 0)) };
  });
}

function runEnds(coverage: readonly number[]): Uint32Array {
  const ends = new Uint32Array(coverage.length);
  let end = 0;
  for (const [run, length] of coverage.entries()) {
    end += length;
    ends[run] = end;
  }
  return ends;
}

function isCovered(ends: Uint32Array, codePoint: number): boolean {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (codePoint < (ends[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  // `low` is the run that the code point is in; runs alternate, so every second one is a run that the font has.
  return low < ends.length && low % 2 === 1;
}
