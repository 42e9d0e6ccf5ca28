import * as z from 'zod';
import { derivedId, ID_PREFIXES } from '../kernel/ids.ts';
import { positiveAmountMinorSchema } from '../kernel/money.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { goodsRequestIndexKey, goodsRequestKey } from '../platform/keys.ts';
import type { Item } from '../platform/table.ts';
import { evidenceListSchema } from '../spending/evidence.ts';
import { quantitySchema, recipientSchema, sourceSchema } from './goods-entry.ts';

const [gift, bought] = sourceSchema.options;
const lotId = z
  .string()
  .regex(new RegExp(`^${ID_PREFIXES.lot}_[0-9a-z]{20}$`), 'must be the id of a lot, as the stock list shows it');
/** A store room, a county branch, a school: what people call it. */
const place = lineSchema(60);
const entryNo = z.number().int().min(1).max(999_999);
/** Whole pieces; the day in the campaign's zone; and what shows it: a delivery note, a list with signatures. */
const moved = { quantity: quantitySchema, on: localDateSchema, evidence: evidenceListSchema };

const kinds = {
  receive: z.strictObject({
    kind: z.literal('receive'),
    /** A gift tells itself what it is and what it is worth. Of a purchase a person says it; together no more than was paid. */
    source: z.discriminatedUnion('kind', [
      gift,
      bought.extend({
        item: lineSchema(64),
        unit: lineSchema(16),
        valueMinor: positiveAmountMinorSchema,
        basisReference: lineSchema(128),
      }),
    ]),
    place,
    expiresOn: localDateSchema.optional(),
    ...moved,
  }),
  issue: z.strictObject({ kind: z.literal('issue'), lotId, place, recipient: recipientSchema, ...moved }),
  move: z.strictObject({ kind: z.literal('move'), lotId, place, toPlace: place, ...moved }),
  'write-off': z.strictObject({
    kind: z.literal('write-off'),
    lotId,
    place,
    reason: paragraphsSchema(500),
    ...moved,
  }),
  /** What was issued came back: `of` is the number of the issue. */
  return: z.strictObject({ kind: z.literal('return'), of: entryNo, reason: paragraphsSchema(500), ...moved }),
};
export const goodsRequestSchema = z.discriminatedUnion('kind', [
  kinds.receive,
  kinds.issue,
  kinds.move,
  kinds['write-off'],
  kinds.return,
]);
export type GoodsRequest = z.infer<typeof goodsRequestSchema>;
export type GoodsRequestOf<Kind extends GoodsRequest['kind']> = Extract<GoodsRequest, { readonly kind: Kind }>;

const stored = {
  type: z.literal('goods-request'),
  campaignId: z.string(),
  requestId: z.string(),
  state: z.enum(['awaiting-confirmation', 'booked', 'rejected']),
  enteredBy: z.string(),
  enteredAt: instantSchema,
  decidedBy: z.string().optional(),
  /** Whose right it was, where somebody decided for another, and by which delegation. */
  onBehalfOf: z.string().optional(),
  delegationId: z.string().optional(),
  decidedAt: instantSchema.optional(),
  rejection: z.string().optional(),
  number: z.number().int().min(1).optional(),
};
export const standingGoodsRequestSchema = z.discriminatedUnion('kind', [
  z.object({ ...kinds.receive.shape, ...stored }),
  z.object({ ...kinds.issue.shape, ...stored }),
  z.object({ ...kinds.move.shape, ...stored }),
  z.object({ ...kinds['write-off'].shape, ...stored }),
  z.object({ ...kinds.return.shape, ...stored }),
]);
export type StandingGoodsRequest = z.infer<typeof standingGoodsRequestSchema>;

export const goodsDecisionSchema = z
  .strictObject({
    decision: z.enum(['confirm', 'reject']),
    /** Needed to reject. */
    reason: paragraphsSchema(500).optional(),
    /** The person who delegated the decision to the caller. */
    onBehalfOf: z.string().min(1).max(64).optional(),
  })
  .refine(({ decision, reason }) => decision === 'confirm' || reason !== undefined, {
    path: ['reason'],
    message: 'is needed to reject',
  });
export type GoodsDecision = z.infer<typeof goodsDecisionSchema>;

/** What makes goods vanish from the books, or come back into them, is decided by two. */
export const needsSecondPerson = ({ kind }: GoodsRequest): boolean => kind === 'write-off' || kind === 'return';

export const goodsRequestIdOf = (campaignId: string, key: string): string => derivedId('goods', campaignId, key);

/** What was asked, without who, when and what became of it: a repeat asks the same again. */
export function contentOf(request: GoodsRequest | StandingGoodsRequest): string {
  const asked = Object.entries(request).filter(([name]) => !Object.hasOwn(stored, name));
  return JSON.stringify(asked.filter(([, value]) => value !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A request as an item: among those that wait for as long as it does. */
export const requestItem = (request: StandingGoodsRequest): Item => {
  const { campaignId, requestId, enteredAt, state } = request;
  return {
    ...goodsRequestKey(campaignId, requestId),
    ...(state === 'awaiting-confirmation' ? goodsRequestIndexKey(campaignId, enteredAt, requestId) : {}),
    ...request,
  };
};
