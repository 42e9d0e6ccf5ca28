import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { climb, leafNode, parentNode, rootNode, type SumNode, stepsFrom } from '../../functions/proofs/sum-tree.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
/** The leaves of the tests of Certificate Transparency (github:google/certificate-transparency, cpp/merkletree). */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(bytes);
/** Its roots over the first one, two, ... eight of them. */
const CT_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const plain = (data: Buffer): SumNode => leafNode(data, []);

describe('without sums it is the tree of RFC 6962', () => {
  it('has the hash of nothing over no leaves', () => {
    expect(rootNode([], 0).hash).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it.each(CT_ROOTS.map((root, n) => [n + 1, root] as const))(
    'has the root of Certificate Transparency’s tests over %i leaves',
    (count, root) => {
      expect(rootNode(CT_LEAVES.slice(0, count).map(plain), 0).hash).toBe(root);
    },
  );

  it('gives the audit path of Certificate Transparency’s tests for the second of five leaves', () => {
    expect(stepsFrom(CT_LEAVES.slice(0, 5).map(plain), 1).map(({ hash }) => hash)).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
  });

  it('gives one root over files of leaves and over the leaves themselves, for files of a power of two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.constantFrom(1, 2, 4, 8, 16), (count, size) => {
        const leaves = Array.from({ length: count }, (_, n) => leafNode(String(n), [1, n]));
        const files = Array.from({ length: Math.ceil(count / size) }, (_, n) => leaves.slice(n * size, (n + 1) * size));
        expect(
          rootNode(
            files.map((file) => rootNode(file, 2)),
            2,
          ),
        ).toEqual(rootNode(leaves, 2));
      }),
    );
  });
});

/** Written from the definition alone: the hash and the sums over a list of leaves, by halving it. */
function naive(leaves: readonly { data: string; sums: number[] }[]): { hash: Buffer; sums: bigint[] } {
  const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 1) {
    const only = leaves[0] ?? { data: '', sums: [] };
    return { hash: sha(Buffer.from([0]), Buffer.from(only.data)), sums: only.sums.map(BigInt) };
  }
  const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
  const [left, right] = [naive(leaves.slice(0, half)), naive(leaves.slice(half))];
  const eight = (sum: bigint): Buffer => Buffer.from(sum.toString(16).padStart(16, '0'), 'hex');
  const hash = sha(Buffer.from([1]), left.hash, ...left.sums.map(eight), right.hash, ...right.sums.map(eight));
  return { hash, sums: left.sums.map((sum, n) => sum + (right.sums[n] ?? 0n)) };
}

const leavesOf = fc.array(
  fc.record({ data: fc.string(), sums: fc.tuple(fc.nat(), fc.nat()).map((sums) => [...sums]) }),
  {
    minLength: 1,
    maxLength: 40,
  },
);

describe('with sums', () => {
  it('is what its definition says, over any leaves', () => {
    fc.assert(
      fc.property(leavesOf, (leaves) => {
        const { hash, sums } = rootNode(
          leaves.map(({ data, sums: own }) => leafNode(data, own)),
          2,
        );
        const expected = naive(leaves);
        expect([hash, sums]).toEqual([expected.hash.toString('hex'), expected.sums.map(Number)]);
      }),
    );
  });

  it('leads from every leaf to the root and its sums', () => {
    fc.assert(
      fc.property(leavesOf, (leaves) => {
        const nodes = leaves.map(({ data, sums }) => leafNode(data, sums));
        const root = rootNode(nodes, 2);
        for (const [position, node] of nodes.entries()) expect(climb(node, stepsFrom(nodes, position))).toEqual(root);
      }),
    );
  });

  it('has another root where money is moved from one child to the other, though both add up to the same', () => {
    const [a, b] = [leafNode('a', [5]), leafNode('b', [7])];
    const moved = parentNode({ ...a, sums: [6] }, { ...b, sums: [6] });
    expect(moved.sums).toEqual(parentNode(a, b).sums);
    expect(moved.hash).not.toBe(parentNode(a, b).hash);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('takes no sum of %d', (sum) => {
    expect(() => leafNode('a', [sum])).toThrow('no sum');
    expect(() => climb(leafNode('a', [1]), [{ side: 'left', hash: '0'.repeat(64), sums: [sum] }])).toThrow('no sum');
  });

  it('takes no step with fewer sums', () => {
    expect(() => climb(leafNode('a', [1]), [{ side: 'right', hash: '0'.repeat(64), sums: [] }])).toThrow('no sum');
  });
});
