import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEEPEST_NESTING,
  envelopeRefusal,
  LARGEST_NOTIFICATION_BYTES,
  messageIn,
  singleHeader,
} from '../../functions/donations/webhook-body.ts';

const JSON_TYPE = 'application/json';
const of = (type: string | undefined) => envelopeRefusal({ 'content-type': type }, Buffer.from('{}'), JSON_TYPE);

describe('what a door takes before it verifies anything', () => {
  test('is at most 64 KB, to the byte', () => {
    const headers = { 'content-type': JSON_TYPE };
    expect(envelopeRefusal(headers, Buffer.alloc(LARGEST_NOTIFICATION_BYTES), JSON_TYPE)).toBeUndefined();
    expect(envelopeRefusal(headers, Buffer.alloc(LARGEST_NOTIFICATION_BYTES + 1), JSON_TYPE)).toBe('too-large');
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    ' application/json ',
  ])('is of the door’s type, as in %j', (type) => expect(of(type)).toBeUndefined());

  test.each([
    undefined,
    '',
    'text/plain',
    'application/jsonp',
    'application/json,application/json',
    'application/json, text/plain',
  ])('is of no other type, as in %j', (type) => expect(of(type)).toBe('wrong-content-type'));
});

test('a header counts only if it came once: joined by a comma, nobody knows which one was signed', () => {
  const headers = { once: 'a b', twice: 'a,b', empty: '' };
  expect(['once', 'twice', 'empty', 'absent'].map((name) => singleHeader(headers, name))).toEqual([
    'a b',
    undefined,
    undefined,
    undefined,
  ]);
});

describe('JSON of a verified message', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  test('may be as deep as anything a provider sends, and no deeper', () => {
    expect(messageIn(Buffer.from(nested(DEEPEST_NESTING)))).toMatchObject({ kind: 'read' });
    expect(messageIn(Buffer.from(nested(DEEPEST_NESTING + 1)))).toEqual({ kind: 'refused', reason: 'too-deep' });
    expect(messageIn(Buffer.from('{"a":'.repeat(10_000)))).toEqual({ kind: 'refused', reason: 'too-deep' });
  });

  test('may hold any brackets in its texts', () => {
    const text = JSON.stringify({ said: `"\\"${'[{'.repeat(100)}`, '[[': '\\' });
    expect(messageIn(Buffer.from(text))).toEqual({ kind: 'read', value: JSON.parse(text) });
  });

  test('is text in strict UTF-8', () => {
    expect(messageIn(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toEqual({ kind: 'refused', reason: 'not-utf8' });
    expect(messageIn(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toEqual({ kind: 'refused', reason: 'not-utf8' });
  });

  test('that has a field __proto__ changes no prototype', () => {
    const read = messageIn(Buffer.from('{"__proto__":{"isOurs":true},"constructor":1}'));
    if (read.kind === 'refused') throw new Error(read.reason);
    expect(Object.getPrototypeOf(read.value)).toBe(Object.prototype);
    expect(({} as { isOurs?: boolean }).isOurs).toBeUndefined();
  });

  test('reads whatever JSON.parse reads up to that depth, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 6 }), fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const read = messageIn(Buffer.from(text));
        let expected: unknown;
        try {
          expected = { kind: 'read', value: JSON.parse(Buffer.from(text).toString()) };
        } catch {
          expected = undefined;
        }
        if (expected === undefined) expect(read.kind).toBe('refused');
        else expect(read).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['read', 'refused']).toContain(messageIn(Buffer.from(bytes)).kind);
      }),
      { numRuns: 2_000 },
    );
  });
});
