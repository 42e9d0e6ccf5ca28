/**
 * The fonts that PDFs are set in. Data only: press-assets.ts has them copied beside the bundles, and font-book.json says what
 * each has glyphs for. The page's font comes first; after it the first that has a whole character is taken, so the order is
 * that of preference. None but the page's is read before a document has a character that needs it.
 */
export type PressFont = {
  /** The name that layouts know it by. Unlike the one within the file it is another for each font. */
  readonly family: string;
  /** Its name in the folder of assets. WOFF2 is unpacked when the font is first needed. */
  readonly file: string;
  readonly source: string;
  readonly weight: 400 | 700;
};

export const PAGE_FAMILY = 'Noto Sans SC';

/**
 * Latin, Greek and Cyrillic with every accent; rare Chinese characters that have a sans form (𠮷 is in Japan's set, 𠜎 in Hong
 * Kong's); Korean; then each script that is in use and has a font as a package, by name (tables 5 and 7 of UAX #31, "Unicode
 * Identifier and Syntax"; Batak, Mandaic and Wancho have none); Nüshu, which nobody is named in but a campaign may be; then
 * emoji in one colour, signs and mathematical letters.
 */
const GOOGLE_FONTS = [
  'Noto Sans',
  'Noto Sans JP',
  'Noto Sans HK',
  'Noto Sans KR',
  'Noto Sans Adlam',
  'Noto Sans Arabic',
  'Noto Sans Armenian',
  'Noto Sans Balinese',
  'Noto Sans Bengali',
  'Noto Sans Canadian Aboriginal',
  'Noto Sans Chakma',
  'Noto Sans Cham',
  'Noto Sans Cherokee',
  'Noto Sans Coptic',
  'Noto Sans Devanagari',
  'Noto Sans Ethiopic',
  'Noto Sans Georgian',
  'Noto Sans Gujarati',
  'Noto Sans Gurmukhi',
  'Noto Sans Hanifi Rohingya',
  'Noto Sans Hebrew',
  'Noto Sans Javanese',
  'Noto Sans Kannada',
  'Noto Sans Khmer',
  'Noto Sans Lao',
  'Noto Sans Lisu',
  'Noto Sans Malayalam',
  'Noto Sans Meetei Mayek',
  'Noto Sans Mongolian',
  'Noto Sans Myanmar',
  'Noto Sans NKo',
  'Noto Sans Ol Chiki',
  'Noto Sans Oriya',
  'Noto Sans Osage',
  'Noto Sans Sinhala',
  'Noto Sans Syloti Nagri',
  'Noto Sans Syriac',
  'Noto Sans Tai Viet',
  'Noto Sans Tamil',
  'Noto Sans Telugu',
  'Noto Sans Thaana',
  'Noto Sans Thai',
  'Noto Sans Tifinagh',
  'Noto Sans Vai',
  'Noto Sans Yi',
  'Noto Serif Nyiakeng Puachue Hmong',
  'Noto Serif Tibetan',
] as const;
const GOOGLE_SIGNS = ['Noto Emoji', 'Noto Sans Symbols', 'Noto Sans Symbols 2', 'Noto Sans Math'] as const;
/** Scripts whose Noto font is a package of another publisher only, as WOFF2. */
const FONTSOURCE_FONTS = [
  'Bamum',
  'Kayah Li',
  'Lepcha',
  'Limbu',
  'Miao',
  'New Tai Lue',
  'Newa',
  'Nushu',
  'Saurashtra',
  'Sundanese',
  'Tai Le',
  'Tai Tham',
] as const;
/** Packages of an older make, whose files are not in a folder by weight. */
const WITHOUT_WEIGHT_FOLDER: ReadonlySet<string> = new Set(['Noto Sans Coptic', 'Noto Serif Nyiakeng Puachue Hmong']);
/**
 * Slices of HanaMin B with the ideographs of Extensions B to F, some 400 KB each; with the fonts above all 87,887 ideographs of
 * GB 18030-2022, level 3, have a glyph.
 */
const HANAMIN_SLICES = [
  ['Extension-B', 42, 2],
  ['Extension-C', 5, 1],
  ['Extension-D', 1, 0],
  ['Extension-E', 6, 1],
  ['Extension-F', 8, 1],
] as const;

export const PRESS_FONTS: readonly PressFont[] = [
  googleFont(PAGE_FAMILY, 400),
  googleFont(PAGE_FAMILY, 700),
  ...GOOGLE_FONTS.map((family) => googleFont(family, 400)),
  ...FONTSOURCE_FONTS.map(fontsourceFont),
  ...GOOGLE_SIGNS.map((family) => googleFont(family, 400)),
  ...HANAMIN_SLICES.flatMap(([block, count, digits]) =>
    Array.from({ length: count }, (_, index) =>
      hanaminSlice(digits === 0 ? block : `${block}-${String(index + 1).padStart(digits, '0')}`),
    ),
  ),
];

function googleFont(family: string, weight: 400 | 700): PressFont {
  const folder = WITHOUT_WEIGHT_FOLDER.has(family) ? '' : weight === 400 ? '400Regular/' : '700Bold/';
  const file = `${family.replaceAll(' ', '')}_${weight === 400 ? '400Regular' : '700Bold'}.ttf`;
  return { family, file, weight, source: `node_modules/@expo-google-fonts/${packageName(family)}/${folder}${file}` };
}

function fontsourceFont(script: string): PressFont {
  const family = `Noto Sans ${script}`;
  const name = packageName(family);
  return {
    family,
    file: `${family.replaceAll(' ', '')}_400Regular.woff2`,
    weight: 400,
    source: `node_modules/@fontsource/${name}/files/${name}-${packageName(script)}-400-normal.woff2`,
  };
}

function hanaminSlice(slice: string): PressFont {
  return {
    family: `HanaMin ${slice}`,
    file: `HanaMinB_${slice}.woff2`,
    weight: 400,
    source: `node_modules/hanamin/HanaMinB.CJK-Unified-Ideographs-${slice}.woff2`,
  };
}

function packageName(family: string): string {
  return family.toLowerCase().replaceAll(' ', '-');
}
