import { packedText, type Reading, read, unreadable } from './cell-text.ts';
import { type LegacySettings, OTHER_KIND, type Place, type ProjectKind } from './legacy-settings.ts';

/** The place that a text names, whole: by today's name, or by another one of the organisation's list. */
export function readPlace(text: string, places: readonly Place[]): Reading<string> {
  const packed = packedText(text);
  for (const { name, otherNames } of places) {
    if (packedText(name) === packed) return read(name, name === text ? 'as-written' : 'converted', 'place');
    if (otherNames.some((other) => packedText(other) === packed)) return read(name, 'converted', 'other-name');
  }
  return unreadable(
    `is no place of the organisation (${packed.slice(0, 40)})`,
    'correct it, or add it to the places in the settings',
  );
}

/** The one place whose name, or other name of two letters and more, stands in a longer text; `undefined` where none or several do. */
export function onlyPlaceIn(text: string, places: readonly Place[]): string | undefined {
  const packed = packedText(text);
  const found = places.filter(({ name, otherNames }) =>
    [name, ...otherNames].some((word) => packedText(word).length > 1 && packed.includes(packedText(word))),
  );
  return found.length === 1 ? found[0]?.name : undefined;
}

/** The kind that a list's own column names. */
export function readKind(text: string, kinds: readonly ProjectKind[]): Reading<string> {
  const packed = packedText(text);
  for (const { kindId, name, words } of kinds) {
    if (packedText(name) === packed) return read(kindId, name === text ? 'as-written' : 'converted', 'kind');
    if (words.some((word) => packedText(word) === packed)) return read(kindId, 'converted', 'kind');
  }
  const guess = kindIn(packed, kinds);
  return guess === undefined ? read(OTHER_KIND, 'inferred', 'kind-unknown') : read(guess, 'inferred', 'kind-by-words');
}

/** The kind whose longest word stands in a text: 社区健康促进 goes before 健康. */
export function kindIn(text: string, kinds: readonly ProjectKind[]): string | undefined {
  const packed = packedText(text);
  let best: { readonly kindId: string; readonly length: number } | undefined;
  for (const { kindId, name, words } of kinds)
    for (const word of [name, ...words].map(packedText))
      if (word.length > 1 && packed.includes(word) && word.length > (best?.length ?? 0))
        best = { kindId, length: word.length };
  return best?.kindId;
}

/** The settings as far as reading needs them. */
export type ReadingTerms = Pick<LegacySettings, 'places' | 'kinds' | 'columns'>;
