import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import openTypst, { TypstFontResolverBuilder } from '@myriaddreamin/typst-ts-web-compiler';
import decompress from 'wawoff2/decompress.js';
import * as z from 'zod';
import { fontBookSchema } from '../functions/press/font-book.ts';
import { FONT_BOOK, PRESS_ASSETS, TYPESETTER } from '../functions/press/press-assets.ts';
import { PRESS_FONTS } from '../functions/press/press-fonts.ts';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * What functions/press/font-book.json must hold, one line for each font: what the typesetter says of the file that the package
 * brings. To be written anew (`node local/font-book.ts`) whenever a font's package changes; a test says so.
 */
export async function fontBookJson(): Promise<string> {
  const typesetter = PRESS_ASSETS.find(({ file }) => file === TYPESETTER);
  await openTypst({ module_or_path: readFileSync(resolve(ROOT, typesetter?.source ?? '')) });
  const rows: string[] = [];
  for (const { file, source } of PRESS_FONTS) {
    const stored = readFileSync(resolve(ROOT, source));
    const fonts = new TypstFontResolverBuilder();
    const { info } = answerSchema.parse(
      fonts.get_font_info(new Uint8Array(file.endsWith('.woff2') ? await decompress(stored) : stored)),
    );
    fonts.free();
    rows.push(`${JSON.stringify(file)}: ${JSON.stringify(info[0])}`);
  }
  return `{\n${rows.join(',\n')}\n}\n`;
}

const answerSchema = z.object({ info: z.tuple([fontBookSchema.valueType]) });

if (import.meta.main) writeFileSync(resolve(ROOT, 'functions/press', FONT_BOOK), await fontBookJson());
