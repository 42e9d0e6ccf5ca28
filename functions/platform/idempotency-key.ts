import { type HttpAnswer, type HttpRequest, problem } from './http.ts';

const LONGEST = 64;
const CHARACTERS = /^[A-Za-z0-9_-]+$/;

export type ReadKey<Key> =
  | { readonly kind: 'read'; readonly key: Key }
  | { readonly kind: 'bad'; readonly answer: HttpAnswer };

/** The request's Idempotency-Key, which it may leave out. */
export function readIdempotencyKey(request: HttpRequest): ReadKey<string | undefined> {
  const key = request.headers['idempotency-key'];
  return key === undefined ? { kind: 'read', key } : checked(key, 1, 'must be');
}

/** The same where nothing may be made without one. `fewest`: more than one character where the key has to be hard to guess. */
export const readNeededIdempotencyKey = (request: HttpRequest, fewest = 1): ReadKey<string> =>
  checked(request.headers['idempotency-key'] ?? '', fewest, 'is needed:');

/** Whether a text can be the key of a request. */
export const isIdempotencyKey = (text: string, fewest = 1): boolean =>
  text.length >= fewest && text.length <= LONGEST && CHARACTERS.test(text);

function checked(key: string, fewest: number, must: string): ReadKey<string> {
  if (isIdempotencyKey(key, fewest)) return { kind: 'read', key };
  const random = fewest > 1 ? 'random ' : '';
  const detail = `Idempotency-Key ${must} ${fewest} to ${LONGEST} ${random}letters, digits, hyphens or underscores.`;
  return { kind: 'bad', answer: problem(400, 'bad-idempotency-key', detail) };
}
