/**
 * Files that PDFs need at run time, under the names that the press looks for in its assets folder, with where each comes
 * from in the source tree. Data only: infra copies these beside the bundle, tests and local runs do the same.
 * Together 70 MB of Lambda's 250 MB; no file is bound to an operating system or a processor.
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
  {
    file: 'NotoSans_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  },
  {
    file: 'NotoSansJP_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  },
  {
    file: 'NotoSansHK_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-hk/400Regular/NotoSansHK_400Regular.ttf',
  },
  {
    file: 'NotoSansKR_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf',
  },
  {
    file: 'NotoSansArabic_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  },
  {
    file: 'NotoSerifTibetan_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-serif-tibetan/400Regular/NotoSerifTibetan_400Regular.ttf',
  },
  {
    file: 'NotoSansMongolian_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-mongolian/400Regular/NotoSansMongolian_400Regular.ttf',
  },
  {
    file: 'NotoSansYi_400Regular.ttf',
    source: 'node_modules/@expo-google-fonts/noto-sans-yi/400Regular/NotoSansYi_400Regular.ttf',
  },
  // The Open Font License asks that its text travels with the fonts; it is the same for all of them.
  { file: 'NotoSansSC_LICENSE.txt', source: 'node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT' },
] as const;

export type PressAsset = (typeof PRESS_ASSETS)[number]['file'];

/** What every page is set in. */
export const PAGE_FONTS = ['NotoSansSC_400Regular.ttf', 'NotoSansSC_700Bold.ttf'] as const;
/**
 * Where the page's font has no glyph, these are looked through in turn: Latin, Greek and Cyrillic with every accent; rare Chinese
 * characters of names (𠮷 is in Japan's set, 𠜎 in Hong Kong's); Korean; Uyghur and Arabic; Tibetan; Mongolian; Yi. One weight.
 */
export const OTHER_FONTS = [
  ['Noto Sans', 'NotoSans_400Regular.ttf'],
  ['Noto Sans JP', 'NotoSansJP_400Regular.ttf'],
  ['Noto Sans HK', 'NotoSansHK_400Regular.ttf'],
  ['Noto Sans KR', 'NotoSansKR_400Regular.ttf'],
  ['Noto Sans Arabic', 'NotoSansArabic_400Regular.ttf'],
  ['Noto Serif Tibetan', 'NotoSerifTibetan_400Regular.ttf'],
  ['Noto Sans Mongolian', 'NotoSansMongolian_400Regular.ttf'],
  ['Noto Sans Yi', 'NotoSansYi_400Regular.ttf'],
] as const satisfies readonly (readonly [family: string, file: PressAsset])[];
