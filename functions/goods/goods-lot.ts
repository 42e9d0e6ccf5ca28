import * as z from 'zod';
import { amountMinorSchema, floorRatio, type Minor, positiveAmountMinorSchema, subtract } from '../kernel/money.ts';
import { localDateSchema } from '../kernel/time.ts';
import type { GoodsEntry, GoodsEntryOf } from './goods-entry.ts';

const whole = z.number().int().min(0);

/** What came in at once, and where it is: one item a lot, written with every entry about it. */
export const goodsLotSchema = z.object({
  type: z.literal('goods-lot'),
  campaignId: z.string(),
  lotId: z.string(),
  item: z.string(),
  unit: z.string(),
  received: whole.min(1),
  valueMinor: positiveAmountMinorSchema,
  receivedOn: localDateSchema,
  expiresOn: localDateSchema.optional(),
  /** The number of the expenditure that it was bought by, where it was. */
  bought: whole.min(1).optional(),
  /** How much of it is where; a place with none of it is not named. A list: what people call a place is no name of a member. */
  places: z.array(z.object({ place: z.string(), quantity: whole.min(1) })),
  /** Issued and written off, less what came back, and what that is worth. */
  out: whole,
  outMinor: amountMinorSchema,
  /** How much of each issue came back, by the number of its entry. */
  returned: z.record(z.string(), whole),
});
export type GoodsLot = z.infer<typeof goodsLotSchema>;

export const onHandAt = ({ places }: GoodsLot, place: string): number =>
  places.find((one) => one.place === place)?.quantity ?? 0;
export const onHand = ({ received, out }: GoodsLot): number => received - out;

/**
 * What so much of a lot is worth when it leaves: what leaves in all is always worth its rounded-down share of the lot, so that the
 * last piece takes what rounding left, and the parts of a lot sum to the lot.
 */
export const valueOut = (lot: GoodsLot, quantity: number): Minor =>
  subtract(floorRatio(lot.valueMinor, lot.out + quantity, lot.received), lot.outMinor);
/** The same of what comes back. */
export const valueBack = (lot: GoodsLot, quantity: number): Minor =>
  subtract(lot.outMinor, floorRatio(lot.valueMinor, lot.out - quantity, lot.received));

export const lotOf = (entry: GoodsEntryOf<'received'>): GoodsLot => ({
  type: 'goods-lot',
  campaignId: entry.campaignId,
  lotId: entry.lotId,
  item: entry.item,
  unit: entry.unit,
  received: entry.quantity,
  valueMinor: entry.valueMinor,
  receivedOn: entry.receivedOn,
  ...(entry.expiresOn === undefined ? {} : { expiresOn: entry.expiresOn }),
  ...(entry.source.kind === 'bought' ? { bought: entry.source.expenditure } : {}),
  places: [{ place: entry.place, quantity: entry.quantity }],
  out: 0,
  outMinor: 0 as Minor,
  returned: {},
});

/** A lot as an entry leaves it. What may be entered is asked before (goods-rules.ts). */
export function lotWith(lot: GoodsLot, entry: Exclude<GoodsEntry, { readonly kind: 'received' }>): GoodsLot {
  const { quantity, place } = entry;
  switch (entry.kind) {
    case 'issued':
    case 'written-off':
      return {
        ...placed(lot, place, -quantity),
        out: lot.out + quantity,
        outMinor: (lot.outMinor + entry.valueMinor) as Minor,
      };
    case 'moved':
      return placed(placed(lot, place, -quantity), entry.toPlace, quantity);
    case 'returned':
      return {
        ...placed(lot, place, quantity),
        out: lot.out - quantity,
        outMinor: subtract(lot.outMinor, entry.valueMinor),
        returned: { ...lot.returned, [entry.of]: (lot.returned[entry.of] ?? 0) + quantity },
      };
  }
}

function placed({ places, ...lot }: GoodsLot, place: string, change: number): GoodsLot {
  const isNew = places.every((one) => one.place !== place);
  const changed = (isNew ? [...places, { place, quantity: 0 }] : places).map((one) =>
    one.place === place ? { place, quantity: one.quantity + change } : one,
  );
  return { ...lot, places: changed.filter(({ quantity }) => quantity !== 0) };
}
