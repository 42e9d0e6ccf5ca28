import * as z from 'zod';
import { giftIdOf, providerSchema } from '../donations/payment-event.ts';
import { amountMinorSchema } from '../kernel/money.ts';
import { ITEM_STATES } from '../reconciliation/reconciliation-item.ts';
import { type AddendumChange, effectsOnGift } from './addendum-change.ts';
import { effectsSchema } from './addendum-figure.ts';
import { RESOLVED_AS, type ReportedItem, reportedItemSchema } from './report-reconciliation.ts';

const wasSchema = z.object({
  state: z.enum(ITEM_STATES),
  resolvedAs: z.enum(RESOLVED_AS).optional(),
  atStakeMinor: amountMinorSchema,
});

/** An item of the reconciliation as it stands now, and as it was stated last. */
export const changedItemSchema = reportedItemSchema.extend({
  /** `null` where it is stated for the first time: it was found after the report. */
  was: wasSchema.nullable(),
  /** What the entries about this payment changed of the figures; empty where they are as they were. */
  effects: effectsSchema,
});
export type ChangedItem = z.infer<typeof changedItemSchema>;

/** Items that stand otherwise than they were stated last, in their order. `stated`: of the report and every addendum to it, the last word on each. */
export function changedItems(
  stated: ReadonlyMap<string, ReportedItem>,
  now: readonly ReportedItem[],
  changes: readonly AddendumChange[],
): ChangedItem[] {
  return now.flatMap((item) => {
    const before = stated.get(item.itemId);
    if (before !== undefined && isSame(before, item)) return [];
    const payment = { provider: providerSchema.parse(item.provider), paymentId: item.transactionId };
    const effects = effectsOnGift(changes, giftIdOf(payment));
    return [{ ...item, was: before === undefined ? null : wasSchema.parse(before), effects }];
  });
}

/** Who settled it is a part of it: one that is opened and settled again in between has changed. */
const isSame = (before: ReportedItem, now: ReportedItem): boolean =>
  before.state === now.state &&
  before.resolvedAs === now.resolvedAs &&
  before.atStakeMinor === now.atStakeMinor &&
  before.decided.at === now.decided.at;
