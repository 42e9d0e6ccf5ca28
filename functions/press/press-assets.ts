import { PRESS_FONTS } from './press-fonts.ts';

/** The layouts that can be printed, as files of the assets folder. */
export const TEMPLATES = [
  { file: 'closeout-report.typ', source: 'functions/closeout/closeout-report.typ' },
  { file: 'filing-sheet.typ', source: 'functions/filing/filing-sheet.typ' },
  { file: 'receipt.typ', source: 'functions/receipts/receipt.typ' },
  { file: 'legacy-summary.typ', source: 'functions/legacy/legacy-summary.typ' },
] as const;

export const TYPESETTER = 'typst_ts_web_compiler_bg.wasm';
export const FONT_BOOK = 'font-book.json';

/**
 * Files that PDFs need at run time, under the names that the press looks for in its assets folder, with where each comes
 * from in the source tree. Data only: infra copies these beside the bundle, tests and local runs do the same.
 * Together 93 MB of Lambda's 250 MB (a test holds it below 150); no file is bound to an operating system or a processor.
 */
export const PRESS_ASSETS: readonly { readonly file: string; readonly source: string }[] = [
  ...TEMPLATES,
  { file: TYPESETTER, source: `node_modules/@myriaddreamin/typst-ts-web-compiler/pkg/${TYPESETTER}` },
  { file: FONT_BOOK, source: `functions/press/${FONT_BOOK}` },
  ...PRESS_FONTS.map(({ file, source }) => ({ file, source })),
  // The Open Font License asks that its text travels with the fonts; whose each font is stands within it. HanaMin's does not.
  { file: 'Noto_LICENSE.txt', source: 'node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT' },
  { file: 'HanaMin_LICENSE.txt', source: 'functions/press/HanaMin_LICENSE.txt' },
];
