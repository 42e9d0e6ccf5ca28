/** Characters that take two columns of a terminal: those of Chinese, Japanese and Korean, and their full-width punctuation. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
/** No line begins with these. */
const CLOSING = /[，。；：、）”！？]/u;

/** How many columns of a terminal a text takes. */
export const columnsOf = (text: string): number =>
  [...text].reduce((columns, character) => columns + (WIDE.test(character) ? 2 : 1), 0);

/** Pieces between which a line may end: words with the space after them, and single wide characters with their punctuation. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let mayJoin = false;
  for (const character of text) {
    const last = pieces.length - 1;
    const isWide = WIDE.test(character);
    if (last >= 0 && ((isWide && CLOSING.test(character)) || (mayJoin && !isWide))) pieces[last] += character;
    else pieces.push(character);
    mayJoin = !isWide && character !== ' ';
  }
  return pieces;
}

/** Breaks a text into lines of at most `columns`, those after the first indented by `indent`. A longer word stays whole. */
export function wrapped(text: string, columns: number, indent = ''): string {
  const lines = [''];
  for (const piece of piecesOf(text)) {
    const line = lines.at(-1) ?? '';
    if (line.trim() !== '' && columnsOf(line) + columnsOf(piece.trimEnd()) > columns) lines.push(`${indent}${piece}`);
    else lines[lines.length - 1] = `${line}${piece}`;
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
