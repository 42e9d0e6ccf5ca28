/** Text from outside as one visible line: control characters and marks that turn the reading direction become spaces. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

/**
 * Text for a header of a mail: one line, in which nothing is taken for encoded text. A mailbox decodes "=?UTF-8?B?...?=" wherever it
 * stands (RFC 2047), so that a name could show a reader what nobody here has seen.
 */
export const headerText = (text: string): string => oneLine(text).replaceAll('=?', '= ?');
