import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TypstCompiler } from '@myriaddreamin/typst-ts-web-compiler';
import openTypst, { TypstCompilerBuilder } from '@myriaddreamin/typst-ts-web-compiler';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { isolated } from '../kernel/reading-direction.ts';
import { type BookedFont, openFontBook } from './font-book.ts';
import { isPicture, pictureWithFonts } from './picture-text.ts';
import { FONT_BOOK, type TEMPLATES, TYPESETTER } from './press-assets.ts';
import { PAGE_FAMILY, PRESS_FONTS } from './press-fonts.ts';
import { printableText } from './printable-text.ts';

/**
 * The layouts that can be printed. Each reads its words and figures from one JSON text, `sys.inputs.content`, and the families
 * to set them in, the first one first, from another, `sys.inputs.fonts`.
 */
export type Template = (typeof TEMPLATES)[number]['file'];

export type Press = {
  /** A4 pages as a tagged PDF with its fonts embedded; the same content gives the same bytes. Throws PermanentError. */
  readonly print: (template: Template, content: unknown) => Promise<Uint8Array>;
};

// Opening takes about half a second and 100 MB; a warm function keeps the press that it opened first.
const presses = new Map<string, Promise<Press>>();

/** Opens the typesetter, once for each folder that holds the files of PRESS_ASSETS under their names. */
export function openPress(assetsFolder: string): Promise<Press> {
  const open = presses.get(assetsFolder);
  if (open !== undefined) return open;
  const opening = setUpPress(assetsFolder).catch((error: unknown) => {
    // The next call must try again rather than repeat a failure that may have passed.
    presses.delete(assetsFolder);
    throw error;
  });
  presses.set(assetsFolder, opening);
  return opening;
}

/** What the compiler answers: its own type says `any`. */
const compiledSchema = z.object({
  result: z.instanceof(Uint8Array).optional(),
  diagnostics: z.array(z.string()).optional(),
});

const DIAGNOSTICS_AS_LINES = 2;

async function setUpPress(assetsFolder: string): Promise<Press> {
  const asset = async (file: string) => new Uint8Array(await readFile(join(assetsFolder, file)));
  await openTypst({ module_or_path: await asset(TYPESETTER) });
  const book = openFontBook(PRESS_FONTS, new TextDecoder().decode(await asset(FONT_BOOK)));
  const fontCase = newFontCase(assetsFolder);
  const compiler = await newCompiler(book, fontCase.take);
  return {
    print: async (template, content) => {
      const { printable, families, characters } = chooseFonts(content, book);
      await fontCase.unpack(book.filter(({ has }) => characters.some(has)).map(({ font }) => font.file));
      compiler.add_source(`/${template}`, new TextDecoder().decode(await asset(template)));
      return print(compiler, template, families, JSON.stringify(printable));
    },
  };
}

/**
 * Where the compiler takes its fonts from. It asks for a file, in the middle of its work, when a document has a character that
 * no font before had, and keeps it. WOFF2 must be unpacked by then, because it asks once and cannot wait.
 */
function newFontCase(assetsFolder: string) {
  const unpacked = new Map<string, Uint8Array>();
  return {
    unpack: async (files: readonly string[]): Promise<void> => {
      for (const file of files.filter((name) => name.endsWith('.woff2') && !unpacked.has(name))) {
        const { default: decompress } = await import('wawoff2/decompress.js');
        // The answer lies in the unpacker's own memory, which the next file is written over.
        unpacked.set(file, (await decompress(await readFile(join(assetsFolder, file)))).slice());
      }
    },
    take: (file: string): Uint8Array => unpacked.get(file) ?? new Uint8Array(readFileSync(join(assetsFolder, file))),
  };
}

async function newCompiler(book: readonly BookedFont[], take: (file: string) => Uint8Array): Promise<TypstCompiler> {
  const builder = new TypstCompilerBuilder();
  // The template reads no other file and no package, so the compiler is given no way to.
  builder.set_dummy_access_model();
  for (const { font, info } of book) {
    const known = { info: [{ ...info, family: font.family }], conditions: [] };
    await builder.add_lazy_font(known, () => take(font.file));
  }
  return builder.build();
}

function print(
  compiler: TypstCompiler,
  template: Template,
  families: readonly string[],
  contentJson: string,
): Uint8Array {
  compiler.reset();
  const { result, diagnostics } = compiledSchema.parse(
    compiler.compile(
      `/${template}`,
      [
        ['content', contentJson],
        ['fonts', JSON.stringify(families)],
      ],
      'pdf',
      DIAGNOSTICS_AS_LINES,
    ),
  );
  if (result === undefined) {
    throw new PermanentError(`the pages of ${template} could not be set: ${(diagnostics ?? []).join('; ')}`);
  }
  return result;
}

/**
 * The content with a mark for what cannot be set, the families that its characters need in the order of preference, and the
 * characters that the page's font lacks. A character is set whole in one font: a letter's accents are not taken from another.
 */
export function chooseFonts<T>(
  content: T,
  book: readonly BookedFont[],
): { printable: T; families: string[]; characters: string[] } {
  const page = book.find(({ font }) => font.family === PAGE_FAMILY);
  const fontOf = new Map<string, BookedFont | undefined>();
  const choose = (character: string): BookedFont | undefined => {
    if (page?.has(character)) return page;
    if (!fontOf.has(character))
      fontOf.set(
        character,
        book.find(({ has }) => has(character)),
      );
    return fontOf.get(character);
  };
  const printable = everyText(content, (text) =>
    isPicture(text)
      ? pictureWithFonts(text, choose)
      : isolated(printableText(text, (character) => choose(character) !== undefined)),
  ) as T;
  const needed = new Set(fontOf.values());
  return {
    printable,
    families: [PAGE_FAMILY, ...book.filter((one) => needed.has(one)).map(({ font }) => font.family)],
    characters: [...fontOf.keys()],
  };
}

/** The same with every text in it replaced. */
function everyText(part: unknown, replaced: (text: string) => string): unknown {
  if (typeof part === 'string') return replaced(part);
  if (Array.isArray(part)) return part.map((one) => everyText(one, replaced));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, everyText(inner, replaced)]));
}
