/**
 * JSON with the names of every object in one order and without what is `undefined`: equal values give equal text, whatever
 * way they have been through a store.
 */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_name, inner: unknown) => (isPlainObject(inner) ? inNameOrder(inner) : inner)) ?? 'null'
  );
}

export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Names that look like numbers stand first in every object, in whatever order they are put: the same order each time.
const inNameOrder = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
