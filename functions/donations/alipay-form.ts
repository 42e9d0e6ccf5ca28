/**
 * A form's fields, each value decoded once. In UTF-8 a value is its text; in another charset it holds one character for
 * each byte (`latin1`), so that a signature can be checked over the bytes before they become text.
 */
export type Form = {
  readonly fields: ReadonlyMap<string, string>;
  readonly bytesAs: 'utf8' | 'latin1';
  /** The charset's name for a decoder. */
  readonly charset: string;
};

/** Notices have about 30 fields. */
const MOST_FIELDS = 200;
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const CHARSET_FIELD = /(?:^|&)charset=([^&]{0,20})/;

/** The charsets that Alipay offers for notices, by the names it gives them. Ours to choose from: another one is refused. */
const CHARSETS: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['gbk', 'gbk'],
  ['gb2312', 'gbk'],
  ['gb18030', 'gb18030'],
]);

/**
 * Reads `application/x-www-form-urlencoded` once: `+` is a blank, `%41` a byte, and what that gives is never decoded
 * again, so that a value with a `%` in it stays as it is. Refused is a charset that Alipay does not offer, and what is
 * malformed: an escape that is none, bytes that are no UTF-8 where they should be, a name that comes twice, so that
 * nobody knows which one was signed.
 */
export function formIn(body: Buffer): Form | 'malformed-form' | 'wrong-charset' {
  // Latin-1 keeps every byte as one character; a form has none beyond ASCII.
  const text = body.toString('latin1');
  const charset = CHARSETS.get((CHARSET_FIELD.exec(text)?.[1] ?? 'utf-8').toLowerCase());
  if (charset === undefined) return 'wrong-charset';
  const isUtf8 = charset === 'utf-8';
  const pairs = text.split('&');
  if (pairs.length > MOST_FIELDS) return 'malformed-form';
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals));
    const value = decoded(pair.slice(equals + 1), isUtf8);
    if (value === undefined || !NAME.test(name) || fields.has(name)) return 'malformed-form';
    fields.set(name, value);
  }
  return { fields, bytesAs: isUtf8 ? 'utf8' : 'latin1', charset };
}

const BEYOND_ASCII = /[^\x20-\x7e]/;
const PERCENT = /%([0-9A-Fa-f]{2})/g;

function decoded(sent: string, isUtf8: boolean): string | undefined {
  if (BEYOND_ASCII.test(sent)) return undefined;
  const blanks = sent.includes('+') ? sent.replaceAll('+', ' ') : sent;
  if (!blanks.includes('%')) return blanks;
  return isUtf8 ? utf8Decoded(blanks) : bytesDecoded(blanks);
}

function utf8Decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function bytesDecoded(text: string): string | undefined {
  const bytes = text.replace(PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // Each good escape takes two characters away; a `%` beyond those was none.
  return text.split('%').length - 1 === (text.length - bytes.length) / 2 ? bytes : undefined;
}

/** Fields as text, empty ones left out: Alipay sends those that it has nothing for. `undefined` where one is no text of its charset. */
export function textsOf({ fields, charset }: Form, names: readonly string[]): Record<string, string> | undefined {
  const decoder = charset === 'utf-8' ? undefined : new TextDecoder(charset, { fatal: true });
  const texts: Record<string, string> = {};
  try {
    for (const name of names) {
      const value = fields.get(name);
      if (value !== undefined && value !== '')
        texts[name] = decoder === undefined ? value : decoder.decode(Buffer.from(value, 'latin1'));
    }
    return texts;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
