import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { verifyProof } from '../../functions/proofs/verify-proof.ts';

const example = (name: string): string => readFileSync(`docs/examples/${name}`, 'utf8');

it('the example that the documentation computes by hand verifies, with the hashes that stand there', () => {
  const key = createPublicKey(example('gift-proof-key.pem')).export({ format: 'der', type: 'spki' });
  const verdict = verifyProof(JSON.parse(example('gift-proof.json')), [key]);
  if (verdict.kind === 'refused') throw new Error(verdict.problem);
  const { gift, day } = verdict;
  expect([gift.no, gift.moneyMinor, day.gifts.moneyMinor, verdict.isOpened]).toEqual([3, 370_368, 4_444_416, true]);
  const text = readFileSync('docs/disclosure.md', 'utf8');
  for (const shown of [gift.order, day.gifts.root, day.key]) expect(text).toContain(shown);
});
