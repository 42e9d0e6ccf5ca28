import fc from 'fast-check';
import type { FuzzedDoor, Message } from './door.ts';

/** An input, and whether the provider really signed these very bytes: only then may anything be stored. */
export type Input = { readonly message: Message; readonly isSigned: boolean };

/** Values that have broken parsers: numbers that are none, names of what every object has, texts that are long or no text. */
const ODD_VALUES: readonly unknown[] = [
  -1,
  0,
  0.1,
  0.1 + 0.2,
  1e21,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 2,
  '0.30',
  '1e3',
  '-0.01',
  '９９.00',
  '',
  ' ',
  null,
  true,
  [],
  {},
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\uD800',
  '\uFEFF',
  '%',
  '%25',
  'a&b=c',
  'x'.repeat(10_000),
  '2026-02-30T25:61:61+99:99',
  '0000-00-00 00:00:00',
  'int_0123456789abcdefghjk',
];

const oddValue = fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 3 }), nested());

/** Brackets within brackets, deeper than anything a provider sends. */
function nested(): fc.Arbitrary<unknown> {
  return fc.integer({ min: 1, max: 3_000 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`));
}

/** One place of a content is set to something odd, taken away, or given a neighbour that nobody knows. */
export const changedContent = (content: unknown): fc.Arbitrary<unknown> =>
  fc
    .record({ path: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }), value: oddValue, act: fc.nat(9) })
    .map((change) => {
      const copy: unknown = structuredClone(content);
      changeAt(copy, change.path, change.act, change.value);
      return copy;
    });

function changeAt(node: unknown, [step = 0, ...rest]: readonly number[], act: number, value: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const owner = node as Record<string, unknown>;
  const names = Object.keys(owner);
  const name = names[step % Math.max(1, names.length)];
  if (name === undefined) return;
  const inner = owner[name];
  if (rest.length > 0 && typeof inner === 'object' && inner !== null) changeAt(inner, rest, act, value);
  else if (act === 0) delete owner[name];
  else if (act === 1) owner[`${name}_`] = value;
  else owner[name] = value;
}

type Edit = { readonly at: number; readonly bytes: Uint8Array; readonly cut: number };
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(100_000),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom('"', '{', '}', '[', '\\', '&', '=', '%', '+', '\u0000', '%00', '__proto__', '\r\n')
      .map((text) => Buffer.from(text)),
  ),
  cut: fc.oneof(fc.nat(6), fc.nat(4_000)),
});

function edited(body: Buffer, edits: readonly Edit[]): Buffer {
  return edits.reduce<Buffer>((bytes, { at, bytes: put, cut }) => {
    const start = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + cut)]);
  }, body);
}

const oddHeader = fc.oneof(
  fc.constantFrom(
    '',
    ',',
    'a,b',
    '__proto__',
    '0',
    '-1',
    '1e9',
    '9'.repeat(2_000),
    'application/json,application/json',
    'text/plain',
  ),
  fc.string({ maxLength: 40 }),
);

/** Inputs of one door: bytes that were changed on the way, headers that were, bytes that never were a message, and what the provider itself says oddly. */
export function inputsOf(door: FuzzedDoor): fc.Arbitrary<Input> {
  const genuine = door.signed(door.content);
  const names = [...Object.keys(genuine.headers)];
  const headersChanged = fc
    .dictionary(fc.constantFrom(...names), fc.option(oddHeader, { nil: undefined }), { minKeys: 1, maxKeys: 3 })
    .map((changes) => without({ ...genuine.headers, ...changes }));
  const unsigned = (message: Message): Input => ({ message, isSigned: isSame(message, genuine) });
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .array(edit, { minLength: 1, maxLength: 4 })
        .map((edits) => unsigned({ headers: genuine.headers, body: edited(genuine.body, edits) })),
    },
    { weight: 3, arbitrary: headersChanged.map((headers) => unsigned({ headers, body: genuine.body })) },
    {
      weight: 2,
      arbitrary: fc
        .record({ headers: headersChanged, body: fc.uint8Array({ maxLength: 3_000 }) })
        .map(({ headers, body }) => unsigned({ headers, body: Buffer.from(body) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 60_000, max: 200_000 })
        .map((size) => unsigned({ headers: genuine.headers, body: Buffer.alloc(size, 'a=b&') })),
    },
    {
      weight: 5,
      arbitrary: fc
        .oneof(changedContent(door.content), changedContent(door.content), oddValue)
        .map((content) => ({ message: door.signed(content), isSigned: true })),
    },
  );
}

const without = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined));

const isSame = (left: Message, right: Message): boolean =>
  left.body.equals(right.body) && JSON.stringify(left.headers) === JSON.stringify(right.headers);
