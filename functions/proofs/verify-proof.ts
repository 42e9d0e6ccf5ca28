import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { type DayStatement, dayStatementSchema, statementText } from './day-statement.ts';
import { type GiftProof, giftProofSchema, type ProvenLeaf, type SignedStatement } from './gift-proof.ts';
import {
  CHANGE_SUMS,
  type ChangeLeaf,
  changeSums,
  GIFT_SUMS,
  type GiftLeaf,
  giftSums,
  leafText,
  orderCommitment,
} from './proof-leaf.ts';
import { climb, leafNode } from './sum-tree.ts';

const amount = z.number().int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const giftLeafSchema = z.strictObject({
  kind: z.literal('gift'),
  campaignId: z.string(),
  no: z.number().int().min(1),
  moneyMinor: amount,
  goodsMinor: amount,
  matchMinor: amount,
  order: hash,
});
const changeLeafSchema = z.strictObject({
  kind: z.literal('change'),
  campaignId: z.string(),
  number: z.number().int().min(1),
  about: z.enum(['refund', 'release', 'void', 'claim', 'challenge', 'pool', 'round']),
  giftNo: z.number().int().min(1).nullable(),
  moneyBackMinor: amount,
  goodsBackMinor: amount,
  matchAddedMinor: amount,
  matchTakenMinor: amount,
  lumpAddedMinor: amount,
  lumpTakenMinor: amount,
});

export type Verified = {
  readonly kind: 'verified';
  readonly gift: GiftLeaf;
  readonly day: DayStatement;
  /** Whether the proof shows whose order the gift is. */
  readonly isOpened: boolean;
  readonly changes: readonly { readonly change: ChangeLeaf; readonly day: DayStatement }[];
};
export type Verdict = Verified | { readonly kind: 'refused'; readonly problem: string };

/** Why something proves nothing. Thrown and caught in this file alone. */
class Refused extends Error {}
const must = (holds: boolean, problem: string): void => {
  if (!holds) throw new Refused(problem);
};

/**
 * Checks a proof with nothing but itself and the public keys: every hash and every sum on the way to the root, the root and the
 * sums in the statement, and the statement's signature. Never throws for a bad proof.
 *
 * @param keys public keys in DER (SubjectPublicKeyInfo) that whoever asks trusts
 */
export function verifyProof(proof: unknown, keys: readonly Uint8Array[]): Verdict {
  const parsed = giftProofSchema.safeParse(proof);
  if (!parsed.success) return { kind: 'refused', problem: `it is no proof: ${z.prettifyError(parsed.error)}` };
  try {
    return verifiedProof(parsed.data, keys);
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
}

function verifiedProof({ gift, opening, changes }: GiftProof, keys: readonly Uint8Array[]): Verified {
  const leaf = giftLeafSchema.parse(JSON.parse(gift.leaf));
  must(leafText(leaf) === gift.leaf, 'the leaf is not written in its one form');
  const day = signedDay(gift.day, keys);
  climbsTo(
    gift,
    giftSums(leaf),
    day.gifts.root,
    GIFT_SUMS.map((name) => day.gifts[name]),
  );
  must(leaf.campaignId === day.campaignId, 'the gift and the day are of different campaigns');
  must(leaf.no === day.toDate.gifts - day.gifts.gifts + before(gift) + 1, 'the gift does not stand at its number');
  if (opening !== null)
    must(orderCommitment(opening.salt, opening.orderNo) === leaf.order, 'the gift is of another order');
  const later = changes.map((proven) => verifiedChange(proven, leaf, keys));
  must(
    later.every(({ change }, n) => n === 0 || change.number > (later[n - 1]?.change.number ?? 0)),
    'a change is told of twice, or out of order',
  );
  return { kind: 'verified', gift: leaf, day, isOpened: opening !== null, changes: later };
}

function verifiedChange(proven: ProvenLeaf, gift: GiftLeaf, keys: readonly Uint8Array[]) {
  const change = changeLeafSchema.parse(JSON.parse(proven.leaf));
  must(leafText(change) === proven.leaf, 'a change is not written in its one form');
  const day = signedDay(proven.day, keys);
  climbsTo(
    proven,
    changeSums(change),
    day.changes.root,
    CHANGE_SUMS.map((name) => day.changes[name]),
  );
  must(change.campaignId === gift.campaignId && day.campaignId === gift.campaignId, 'a change is of another campaign');
  must(change.giftNo === gift.no, 'a change is of another gift');
  const place = day.toDate.changes - day.changes.changes + before(proven) + 1;
  must(change.number === place, 'a change does not stand at its number');
  return { change, day };
}

/** How many leaves stand before one: the first sum of every node counts leaves. */
const before = ({ steps }: ProvenLeaf): number =>
  steps.reduce((count, { side, sums }) => (side === 'left' ? count + (sums[0] ?? 0) : count), 0);

function climbsTo({ leaf, steps }: ProvenLeaf, sums: number[], root: string, total: readonly number[]): void {
  must(
    steps.every((step) => step.sums.length === sums.length),
    'a step has other sums than the leaf',
  );
  const reached = climb(leafNode(leaf, sums), steps);
  must(reached.hash === root, 'the steps do not lead to the root that was signed');
  must(
    reached.sums.every((sum, position) => sum === total[position]),
    'the sums on the way are not those that were signed',
  );
}

/** A statement whose signature holds under one of the keys. */
function signedDay({ statement: text, signature }: SignedStatement, keys: readonly Uint8Array[]): DayStatement {
  const day = dayStatementSchema.parse(JSON.parse(text));
  must(statementText(day) === text, 'the statement is not written in its one form');
  const der = keys.find((key) => createHash('sha256').update(key).digest('hex') === day.key);
  if (der === undefined) throw new Refused('the statement is signed with a key that is not among the public keys');
  const bytes = Buffer.from(signature, 'base64');
  must(bytes.toString('base64') === signature, 'the signature is not written in its one form');
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  must(verify('sha256', Buffer.from(text, 'utf8'), key, bytes), 'the signature is not that of the key');
  return day;
}

/** The same for a statement alone, with its place in the chain: for whoever checks all days of a campaign. */
export function verifyStatement(
  signed: SignedStatement,
  keys: readonly Uint8Array[],
): { readonly kind: 'verified'; readonly day: DayStatement } | { readonly kind: 'refused'; readonly problem: string } {
  try {
    return { kind: 'verified', day: signedDay(signed, keys) };
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
}
