import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TypstCompiler } from '@myriaddreamin/typst-ts-web-compiler';
import openTypst, { TypstCompilerBuilder, TypstFontResolverBuilder } from '@myriaddreamin/typst-ts-web-compiler';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { OTHER_FONTS, PAGE_FONTS, type PressAsset } from './press-assets.ts';

/**
 * The layouts that can be printed: a row of PRESS_ASSETS each. Each reads its words and figures from one JSON text,
 * `sys.inputs.content`, and the families to set them in, the first one first, from another, `sys.inputs.fonts`.
 */
export type Template = Extract<PressAsset, `${string}.typ`>;

export type Press = {
  /** A4 pages as a tagged PDF with its fonts embedded; the same content gives the same bytes. Throws PermanentError. */
  readonly print: (template: Template, content: unknown) => Promise<Uint8Array>;
};

// Opening takes about a second and 100 MB; a warm function keeps the press that it opened first.
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
/** Runs of code points that a font lacks and has, in turn, beginning with those it lacks: [32, 95, ...] has 32 to 126. */
const fontInfoSchema = z.object({ info: z.tuple([z.object({ coverage: z.array(z.number().int()) })]) });

const DIAGNOSTICS_AS_LINES = 2;

/** A compiler with its fonts, and what these have glyphs for. */
type Type = {
  readonly compiler: TypstCompiler;
  readonly families: readonly string[];
  readonly canPrint: (codePoint: number) => boolean;
};
const PAGE_FAMILY = 'Noto Sans SC';

async function setUpPress(assetsFolder: string): Promise<Press> {
  const asset = async (file: PressAsset): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(join(assetsFolder, file)));
  await openTypst({ module_or_path: await asset('typst_ts_web_compiler_bg.wasm') });
  const pageFonts = await Promise.all(PAGE_FONTS.map(asset));
  const usual = await cast(pageFonts, [PAGE_FAMILY], pageFonts.slice(0, 1));
  let whole: Promise<Type> | undefined;
  // 22 MB more, which most documents do without.
  const withOtherFonts = (): Promise<Type> => {
    whole ??= Promise.all(OTHER_FONTS.map(([, file]) => asset(file))).then((others) =>
      cast(
        [...pageFonts, ...others],
        [PAGE_FAMILY, ...OTHER_FONTS.map(([family]) => family)],
        [...pageFonts.slice(0, 1), ...others],
      ),
    );
    return whole;
  };
  return {
    print: async (template, content) => {
      const type = canPrintAll(content, usual.canPrint) ? usual : await withOtherFonts();
      type.compiler.add_source(`/${template}`, new TextDecoder().decode(await asset(template)));
      return print(type, template, JSON.stringify(withPrintableText(content, type.canPrint)));
    },
  };
}

async function cast(
  fonts: readonly Uint8Array[],
  families: readonly string[],
  covering: readonly Uint8Array[],
): Promise<Type> {
  const coverages = covering.map(coverageOf);
  return {
    compiler: await newCompiler(fonts),
    families,
    canPrint: (codePoint) => coverages.some((covers) => covers(codePoint)),
  };
}

async function newCompiler(fonts: readonly Uint8Array[]): Promise<TypstCompiler> {
  const builder = new TypstCompilerBuilder();
  // The template reads no other file and no package, so the compiler is given no way to.
  builder.set_dummy_access_model();
  for (const font of fonts) await builder.add_raw_font(font);
  return builder.build();
}

function print({ compiler, families }: Type, template: Template, contentJson: string): Uint8Array {
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

function coverageOf(font: Uint8Array): (codePoint: number) => boolean {
  const fonts = new TypstFontResolverBuilder();
  const { info } = fontInfoSchema.parse(fonts.get_font_info(font));
  fonts.free();
  const covered = new Set<number>();
  let codePoint = 0;
  for (const [run, length] of info[0].coverage.entries()) {
    // Runs alternate, so every second one is a run that the font has.
    if (run % 2 === 1) for (let step = 0; step < length; step += 1) covered.add(codePoint + step);
    codePoint += length;
  }
  return (wanted) => covered.has(wanted);
}

/** 〓, the printer's mark for a character that is not in the case: a name stays readable and the gap is plain to see. */
const GETA_MARK = '〓';
// Characters without a shape of their own, and those that could turn the reading direction of what follows.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/**
 * Replaces what the font has no glyph for, one mark for each character as a reader counts them (a family emoji of
 * seven code points is one). Line ends and tabs become spaces; other invisible characters go, and a text of nothing else
 * becomes one mark: what people typed is never an error and never a blank.
 */
export function printableText(text: string, canPrint: (codePoint: number) => boolean): string {
  const oneLine = text.normalize('NFC').replaceAll(/[\r\n\t]+/g, ' ');
  const printable = [...graphemes.segment(oneLine)]
    .map(({ segment }) => segment.replaceAll(UNPRINTABLE, ''))
    .map((visible) => ([...visible].every((one) => canPrint(one.codePointAt(0) ?? 0)) ? visible : GETA_MARK))
    .join('');
  // A name made of nothing that can be seen must not leave an empty place that looks like a missing name.
  return printable.trim() === '' && text.trim() !== '' ? GETA_MARK : printable;
}

function withPrintableText<T>(value: T, canPrint: (codePoint: number) => boolean): T {
  return everyText(value, (text) => printableText(text, canPrint)) as T;
}

function canPrintAll(value: unknown, canPrint: (codePoint: number) => boolean): boolean {
  let all = true;
  everyText(value, (text) => {
    all &&= printableText(text, canPrint) === printableText(text, () => true);
    return text;
  });
  return all;
}

/** The same with every text in it replaced. */
function everyText(part: unknown, replaced: (text: string) => string): unknown {
  if (typeof part === 'string') return replaced(part);
  if (Array.isArray(part)) return part.map((one) => everyText(one, replaced));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, everyText(inner, replaced)]));
}
