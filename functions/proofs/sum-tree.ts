import { createHash } from 'node:crypto';
import { PermanentError } from '../kernel/errors.ts';

/**
 * A node of a Merkle tree that also adds up: what it commits to is a hash and, of everything below it, some sums. With no sums
 * it is the tree of RFC 6962 section 2.1, to the byte.
 */
export type SumNode = { readonly hash: string; readonly sums: readonly number[] };
/** One step from a leaf to the root: the other child, and on which side it stands. */
export type SumStep = SumNode & { readonly side: 'left' | 'right' };

const LEAF = Buffer.of(0x00);
const INNER = Buffer.of(0x01);
const SUM_BYTES = 8;

const sha256 = (...parts: readonly Uint8Array[]): string => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('hex');
};

/** The node of one leaf. Throws PermanentError where a sum is below zero or no whole number: nothing could be proven by it. */
export function leafNode(data: string | Uint8Array, sums: readonly number[]): SumNode {
  for (const sum of sums) refuseBadSum(sum);
  return { hash: sha256(LEAF, typeof data === 'string' ? Buffer.from(data, 'utf8') : data), sums };
}

/**
 * The node above two. Each child's sums are hashed beside its hash, and not only what they add up to: a tree that hashes only the
 * sum of both can be made to pass with a child that hides money of another (Chalkias, Chatzigiannis, Ji: "Broken Proofs of
 * Solvency in Blockchain Custodial Wallets and Exchanges", 2022).
 */
export function parentNode(left: SumNode, right: SumNode): SumNode {
  const sums = left.sums.map((sum, position) => {
    const total = sum + (right.sums[position] ?? Number.NaN);
    refuseBadSum(total);
    return total;
  });
  return { hash: sha256(INNER, ...bytesOf(left), ...bytesOf(right)), sums };
}

/** The root over leaves, or over the roots of parts of one size that is a power of two; of none it is the hash of nothing. */
export function rootNode(nodes: readonly SumNode[], width: number): SumNode {
  const [first] = nodes;
  if (first === undefined) return { hash: sha256(), sums: Array.from({ length: width }, () => 0) };
  if (nodes.length === 1) return first;
  const split = splitOf(nodes.length);
  return parentNode(rootNode(nodes.slice(0, split), width), rootNode(nodes.slice(split), width));
}

/** The steps from the node at a position (0 is the first) up to the root. Throws PermanentError where there is none. */
export function stepsFrom(nodes: readonly SumNode[], position: number): SumStep[] {
  if (nodes[position] === undefined) throw new PermanentError(`there is no leaf ${position} among ${nodes.length}`);
  if (nodes.length === 1) return [];
  const split = splitOf(nodes.length);
  const [left, right] = [nodes.slice(0, split), nodes.slice(split)];
  return position < split
    ? [...stepsFrom(left, position), { side: 'right', ...rootNode(right, 0) }]
    : [...stepsFrom(right, position - split), { side: 'left', ...rootNode(left, 0) }];
}

/** Where steps lead from a node. Throws PermanentError where a sum on the way is below zero, missing or too large. */
export const climb = (node: SumNode, steps: readonly SumStep[]): SumNode =>
  steps.reduce((below, step) => (step.side === 'left' ? parentNode(step, below) : parentNode(below, step)), node);

/** The largest power of two below a count of two or more: so many leaves stand on the left (RFC 6962 section 2.1). */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function bytesOf({ hash, sums }: SumNode): Uint8Array[] {
  const numbers = Buffer.alloc(sums.length * SUM_BYTES);
  for (const [position, sum] of sums.entries()) {
    refuseBadSum(sum);
    numbers.writeBigUInt64BE(BigInt(sum), position * SUM_BYTES);
  }
  return [Buffer.from(hash, 'hex'), numbers];
}

function refuseBadSum(sum: number): void {
  if (!Number.isSafeInteger(sum) || sum < 0) throw new PermanentError(`${sum} is no sum that a tree can hold`);
}
