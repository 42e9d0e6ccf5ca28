import * as z from 'zod';

export const PROOF_FORMAT = 'yiqi-proof-1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

const stepSchema = z.strictObject({
  side: z.enum(['left', 'right']),
  hash,
  sums: z.array(z.number().int().min(0)).readonly(),
});

/** A day's statement as it was signed: its exact text, and the signature (ECDSA P-256 over SHA-256, DER, base64). */
export const signedStatementSchema = z.strictObject({ statement: z.string(), signature: base64 });
export type SignedStatement = z.infer<typeof signedStatementSchema>;

/** That one leaf is in a day that was signed. `leaf` is the exact text that is hashed. */
const provenLeafSchema = z.strictObject({
  leaf: z.string(),
  steps: z.array(stepSchema).max(64).readonly(),
  day: signedStatementSchema,
});
export type ProvenLeaf = z.infer<typeof provenLeafSchema>;

/** Everything that somebody needs, beside the public key, to see that a gift is in the total that was published for its day. */
export const giftProofSchema = z.strictObject({
  format: z.literal(PROOF_FORMAT),
  gift: provenLeafSchema,
  /** What opens the leaf's `order`; only for who asked by the order's number or the gift's id. */
  opening: z.strictObject({ salt: hash, orderNo: z.string() }).nullable(),
  /** What was changed about the gift since, each in its own day; none that is not signed yet. */
  changes: z.array(provenLeafSchema),
});
export type GiftProof = z.infer<typeof giftProofSchema>;

/** A public key as it is published: DER (SubjectPublicKeyInfo) in base64, and its SHA-256. */
export const proofKeySchema = z.strictObject({ key: hash, publicKey: base64, since: z.string() });
export type ProofKey = z.infer<typeof proofKeySchema>;
