/**
 * Files that PDFs need at run time, under the names that the press looks for in its assets folder, with where each comes
 * from in the source tree. Data only: infra copies these beside the bundle, tests and local runs do the same.
 * Together 49 MB, 24 MB zipped, of Lambda's 250 MB; no file is bound to an operating system or a processor.
 */
export const PRESS_ASSETS = [
  { file: 'closeout-report.typ', source: 'functions/closeout/closeout-report.typ' },
  { file: 'filing-sheet.typ', source: 'functions/filing/filing-sheet.typ' },
  { file: 'receipt.typ', source: 'functions/receipts/receipt.typ' },
  { file: 'legacy-summary.typ', source: 'functions/legacy/legacy-summary.typ' },
  {
    file: 'typst_ts_web_compiler_bg.wasm',
    source: 'node_modules/@myriaddreamin/typst-ts-web-compiler/pkg/typst_ts_web_compiler_bg.wasm',
  },
  {
    file: 'NotoSansSC_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  },
  {
    file: 'NotoSansSC_700Bold.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
  },
  // The Open Font License asks that its text travels with the fonts.
  { file: 'NotoSansSC_LICENSE.txt', source: 'node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT' },
] as const;

export type PressAsset = (typeof PRESS_ASSETS)[number]['file'];
