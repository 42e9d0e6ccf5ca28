import { jsonOf, utf8TextOf } from '../kernel/text.ts';

/** Real notifications have 1 to 10 KB; nothing larger is hashed, verified or parsed. */
export const LARGEST_NOTIFICATION_BYTES = 64 * 1024;
/** Brackets within brackets: providers' messages have at most seven; what has more than this is no message of theirs. */
export const DEEPEST_NESTING = 32;

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** What can be wrong with any door's request before its signature is looked at. */
export type EnvelopeRefusal = 'too-large' | 'wrong-content-type';
/** What can be wrong with bytes that should be JSON. */
export type JsonRefusal = 'not-utf8' | 'too-deep' | 'not-json';

/**
 * Size and content type, before anything is hashed or verified; `undefined` when both are right. A header that came
 * twice is joined with a comma by API Gateway, and then is no type that is known here.
 */
export function envelopeRefusal(
  headers: Headers,
  body: Uint8Array,
  contentType: 'application/json' | 'application/x-www-form-urlencoded',
  largestBytes: number = LARGEST_NOTIFICATION_BYTES,
): EnvelopeRefusal | undefined {
  if (body.length > largestBytes) return 'too-large';
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase() === contentType ? undefined : 'wrong-content-type';
}

/** The value of a header that must have come once; `undefined` where it is missing, empty, or came twice. */
export function singleHeader(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return value === undefined || value === '' || value.includes(',') ? undefined : value;
}

/**
 * JSON of a verified message, boxed because JSON may be `null`. Strict UTF-8, and no deeper than anything a provider
 * sends, so that nothing that walks the value can run out of stack. A field `__proto__` stays a field like any other:
 * JSON.parse makes it one, and the schemas that read the value drop what they do not know.
 */
export function messageIn(
  bytes: Buffer,
): { readonly kind: 'read'; readonly value: unknown } | { readonly kind: 'refused'; readonly reason: JsonRefusal } {
  const text = utf8TextOf(bytes);
  if (text === undefined) return { kind: 'refused', reason: 'not-utf8' };
  if (isTooDeep(text)) return { kind: 'refused', reason: 'too-deep' };
  const json = jsonOf(text);
  return json === undefined ? { kind: 'refused', reason: 'not-json' } : { kind: 'read', value: json.value };
}

const QUOTE = '"';
const BACKSLASH = '\\';
const OPENS: readonly string[] = ['{', '['];
const CLOSES: readonly string[] = ['}', ']'];

/** Whether more brackets open than `most`, inside of strings or not. Leaps from one to the next, which is the runtime's own work. */
function hasMoreThan(most: number, text: string): boolean {
  let count = 0;
  for (const bracket of OPENS)
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > most) return true;
    }
  return false;
}

/** Counts brackets outside of strings. Of what is no JSON it may say anything: that is refused by the parser. */
function isTooDeep(text: string): boolean {
  // What has no more brackets than may be nested cannot be nested too deep; nearly every message ends here.
  if (!hasMoreThan(DEEPEST_NESTING, text)) return false;
  let depth = 0;
  let inString = false;
  for (let position = 0; position < text.length; position += 1) {
    const character = text.charAt(position);
    if (character === BACKSLASH) position += 1;
    else if (character === QUOTE) inString = !inString;
    else if (!inString && OPENS.includes(character)) {
      depth += 1;
      if (depth > DEEPEST_NESTING) return true;
    } else if (!inString && CLOSES.includes(character)) depth -= 1;
  }
  return false;
}
