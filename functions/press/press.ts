import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TypstCompiler } from '@myriaddreamin/typst-ts-web-compiler';
import openTypst, { TypstCompilerBuilder, TypstFontResolverBuilder } from '@myriaddreamin/typst-ts-web-compiler';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { PressAsset } from './press-assets.ts';

/** The layouts that can be printed: a row of PRESS_ASSETS each. Each reads its words and figures from one JSON text, `sys.inputs.content`. */
export type Template = Extract<PressAsset, `${string}.typ`>;

export type Press = {
  readonly canPrint: (codePoint: number) => boolean;
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

async function setUpPress(assetsFolder: string): Promise<Press> {
  const asset = async (file: PressAsset): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(join(assetsFolder, file)));
  const [wasm, regular, bold] = await Promise.all([
    asset('typst_ts_web_compiler_bg.wasm'),
    asset('NotoSansSC_400Regular.ttf'),
    asset('NotoSansSC_700Bold.ttf'),
  ]);
  await openTypst({ module_or_path: wasm });
  const compiler = await newCompiler([regular, bold]);
  const canPrint = coverageOf(regular);
  return {
    canPrint,
    print: async (template, content) => {
      compiler.add_source(`/${template}`, new TextDecoder().decode(await asset(template)));
      return print(compiler, template, JSON.stringify(withPrintableText(content, canPrint)));
    },
  };
}

async function newCompiler(fonts: readonly Uint8Array[]): Promise<TypstCompiler> {
  const builder = new TypstCompilerBuilder();
  // The template reads no other file and no package, so the compiler is given no way to.
  builder.set_dummy_access_model();
  for (const font of fonts) await builder.add_raw_font(font);
  return builder.build();
}

function print(compiler: TypstCompiler, template: Template, contentJson: string): Uint8Array {
  compiler.reset();
  const { result, diagnostics } = compiledSchema.parse(
    compiler.compile(`/${template}`, [['content', contentJson]], 'pdf', DIAGNOSTICS_AS_LINES),
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
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return printableText(part, canPrint);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value) as T;
}
