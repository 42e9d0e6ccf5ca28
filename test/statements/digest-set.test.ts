import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestSet } from '../../functions/statements/digest-set.ts';

const digestOf = (index: number): Buffer => createHash('sha256').update(String(index)).digest();

describe('digests that were seen', () => {
  it('are each new once, over many growths', () => {
    const seen = new DigestSet();
    const count = 20_000;
    for (let index = 0; index < count; index += 1) expect(seen.add(digestOf(index))).toBe(true);
    for (let index = 0; index < count; index += 1) expect(seen.add(digestOf(index))).toBe(false);
    expect(seen.add(digestOf(count))).toBe(true);
  });

  it('are told apart like the names in a set, where all begin alike and where one is all zeros', async () => {
    const byte = fc.integer({ min: 0, max: 2 });
    await fc.assert(
      fc.property(fc.array(fc.tuple(byte, byte, byte), { maxLength: 60 }), (marks) => {
        const seen = new DigestSet();
        const names = new Set<string>();
        for (const [second, third, last] of marks) {
          const digest = Buffer.alloc(16);
          digest[4] = second;
          digest[8] = third;
          digest[15] = last;
          const name = digest.toString('hex');
          expect(seen.add(digest)).toBe(!names.has(name));
          names.add(name);
        }
      }),
    );
  });
});
