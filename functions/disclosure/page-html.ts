const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** What people wrote as text that no browser reads as markup. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/**
 * What a person called something, within words of ours: whichever direction its script has, nothing beside it is reordered. A
 * text that stands alone has `dir="auto"` on what holds it instead.
 */
export const named = (text: string): string => `<bdi>${escaped(text)}</bdi>`;

/** Cells are HTML already: whoever calls has escaped what people wrote. From `numbersFrom` (1 is the first) on they are numbers. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom = 4,
): string {
  if (rows.length === 0) return '';
  const aligned = (column: number): string => (column + 1 >= numbersFrom ? ' class="n"' : '');
  const heads = head.map((label, column) => `<th scope="col"${aligned(column)}>${label}</th>`).join('');
  const cells = rows
    .map((row) => `<tr>${row.map((cell, column) => `<td${aligned(column)}>${cell}</td>`).join('')}</tr>`)
    .join('\n');
  // A table that is wider than a telephone scrolls by itself, with the keyboard too.
  return `<h2>${caption}</h2><div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>
${cells}
</tbody></table></div>`;
}

/** A bar with what it says in words beside it: a screen reader reads the label. `reached` may be above `whole`. */
export function bar(reached: number, whole: number, label: string): string {
  const percent = whole === 0 ? 0 : Math.max(0, Math.floor((reached * 100) / whole));
  return `<progress max="100" value="${Math.min(100, percent)}" aria-label="${label}">${percent}%</progress>`;
}
