import { TextDecoder } from 'node:util';

/** A form's fields, each value as the bytes that were sent: which text they are depends on a field of the form itself. */
export type FormFields = ReadonlyMap<string, Buffer>;

/** Notices have about 30 fields. */
const MOST_FIELDS = 200;
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Reads `application/x-www-form-urlencoded` once: `+` is a blank, `%41` a byte, and what that gives is never decoded
 * again, so that a value with a `%` in it stays as it is. `undefined` where it is malformed: an escape that is none, a
 * name that comes twice, and then nobody knows which one was signed.
 */
export function formFieldsIn(body: Buffer): FormFields | undefined {
  const fields = new Map<string, Buffer>();
  // Latin-1 keeps every byte as one character.
  const pairs = body.toString('latin1').split('&');
  if (pairs.length > MOST_FIELDS) return undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? undefined : decoded(pair.slice(0, equals))?.toString('latin1');
    const value = equals < 0 ? undefined : decoded(pair.slice(equals + 1));
    if (name === undefined || value === undefined || !NAME.test(name) || fields.has(name)) return undefined;
    fields.set(name, value);
  }
  return fields;
}

const PERCENT = /%([0-9A-Fa-f]{2})/g;

function decoded(text: string): Buffer | undefined {
  const blanks = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!blanks.includes('%')) return Buffer.from(blanks, 'latin1');
  const bytes = blanks.replace(PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // Each good escape takes two characters away; what is left of `%` beyond them was none.
  const escapes = (blanks.length - bytes.length) / 2;
  return blanks.split('%').length - 1 === escapes ? Buffer.from(bytes, 'latin1') : undefined;
}

/** The charsets that Alipay offers for notices, by the names it gives them. Ours to choose from: another one is refused. */
const CHARSETS: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['gbk', 'gbk'],
  ['gb2312', 'gbk'],
  ['gb18030', 'gb18030'],
]);

/** A decoder for the charset that a form says it is in, strict; `undefined` for one that is not offered. */
export function decoderFor(charset: Buffer | undefined): TextDecoder | undefined {
  const label = CHARSETS.get((charset ?? Buffer.from('utf-8')).toString('latin1').toLowerCase());
  return label === undefined ? undefined : new TextDecoder(label, { fatal: true });
}

/** Every value as text; `undefined` where one is no text of the charset. */
export function textsOf(fields: FormFields, decoder: TextDecoder): Readonly<Record<string, string>> | undefined {
  try {
    return Object.fromEntries([...fields].map(([name, value]) => [name, decoder.decode(value)]));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
