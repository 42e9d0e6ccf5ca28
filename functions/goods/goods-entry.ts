import * as z from 'zod';
import { amountMinorSchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { beneficiaryIdSchema } from '../spending/beneficiary-id.ts';
import { evidenceSchema } from '../spending/evidence.ts';

const whole = z.number().int();
/** Kinds of goods are counted in whole units, as they are given: 2.5 kg are 5 of "500 g". */
export const quantitySchema = whole.min(1).max(100_000_000);

/** Where goods came from: a gift in kind that is in the books, or money that was spent. */
export const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('gift'),
    offlineId: z.string().min(1).max(64),
    /** Which of the gift's goods, from 0. */
    good: whole.min(0).max(49),
  }),
  z.strictObject({ kind: z.literal('bought'), expenditure: whole.min(1) }),
]);
export type GoodsSource = z.infer<typeof sourceSchema>;

/** Who has taken goods over. A person is named by the id under which aid is paid to them, and never otherwise. */
export const recipientSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('organisation'), name: lineSchema(120) }),
  z.strictObject({ kind: z.literal('beneficiary'), beneficiaryId: beneficiaryIdSchema }),
  z.strictObject({ kind: z.literal('place'), name: lineSchema(120) }),
]);
export type Recipient = z.infer<typeof recipientSchema>;

const common = {
  type: z.literal('goods-entry'),
  campaignId: z.string(),
  /** Its place in the campaign's book of goods: 1, 2, 3 without a gap. */
  number: whole.min(1),
  requestId: z.string(),
  lotId: z.string(),
  item: z.string(),
  unit: z.string(),
  quantity: quantitySchema,
  enteredBy: z.string(),
  /** The second person, where one decided. */
  decidedBy: z.string().optional(),
  /** Whose right it was, where they decided for another. */
  onBehalfOf: z.string().optional(),
  bookedAt: instantSchema,
};
/** What left the stock is worth: its share of the lot, which the shares of a lot sum up to. */
const valued = { valueMinor: amountMinorSchema };

/**
 * One entry of a campaign's book of goods; never changed. Values are what goods were assessed at or cost. They are never in
 * one sum with money.
 */
export const goodsEntrySchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('received'),
    source: sourceSchema,
    place: z.string(),
    valueMinor: positiveAmountMinorSchema,
    basis: z.enum(['invoice', 'market', 'appraisal']),
    basisReference: z.string(),
    receivedOn: localDateSchema,
    expiresOn: localDateSchema.optional(),
    evidence: z.array(evidenceSchema),
  }),
  z.object({
    ...common,
    ...valued,
    kind: z.literal('issued'),
    place: z.string(),
    recipient: recipientSchema,
    issuedOn: localDateSchema,
    evidence: z.array(evidenceSchema),
  }),
  /** From one place of ours to another. */
  z.object({
    ...common,
    kind: z.literal('moved'),
    place: z.string(),
    toPlace: z.string(),
    movedOn: localDateSchema,
    evidence: z.array(evidenceSchema),
  }),
  /** Spoilt, lost, expired: with a reason and a second person. */
  z.object({
    ...common,
    ...valued,
    kind: z.literal('written-off'),
    place: z.string(),
    reason: z.string(),
    writtenOffOn: localDateSchema,
    evidence: z.array(evidenceSchema),
  }),
  /** What was issued came back, or had never left: takes all or a part of an issue back, into the place it left. */
  z.object({
    ...common,
    ...valued,
    kind: z.literal('returned'),
    place: z.string(),
    /** The number of the issue. */
    of: whole.min(1),
    reason: z.string(),
    returnedOn: localDateSchema,
    evidence: z.array(evidenceSchema),
  }),
]);
export type GoodsEntry = z.infer<typeof goodsEntrySchema>;
export type GoodsEntryOf<Kind extends GoodsEntry['kind']> = Extract<GoodsEntry, { readonly kind: Kind }>;
