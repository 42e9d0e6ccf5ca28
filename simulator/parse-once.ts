import type * as z from 'zod';
import { campaignSchema } from '../functions/campaigns/campaign.ts';
import { campaignTermsSchema } from '../functions/campaigns/campaign-terms.ts';
import { donationEntrySchema } from '../functions/donations/donation-entry.ts';
import { donationIntentSchema } from '../functions/donations/donation-intent.ts';
import { refundEntrySchema } from '../functions/donations/refund-entry.ts';
import { adjustmentSchema } from '../functions/matching/adjustment.ts';
import { journalPageSchema } from '../functions/matching/journal-page.ts';
import { matchEntrySchema } from '../functions/matching/match-entry.ts';
import { matchingPlanSchema } from '../functions/matching/matching-plan.ts';
import { matchingPoolSchema } from '../functions/matching/matching-pool.ts';

const SCHEMAS: readonly z.core.$ZodType[] = [
  adjustmentSchema,
  campaignSchema,
  campaignTermsSchema,
  donationEntrySchema,
  donationIntentSchema,
  journalPageSchema,
  matchEntrySchema,
  matchingPlanSchema,
  matchingPoolSchema,
  refundEntrySchema,
];

let isOn = false;

/**
 * From now on, in this process, an item is parsed once by each of its schemas however often it is read. The table in
 * memory hands out one and the same frozen object until the item changes, and parsing it again can only give the same
 * again; it was a third of a run. What is handed out is frozen, so that a handler which changes in place what it has read
 * fails here instead of changing what the next one reads. What does not come out of the table, or is refused, is parsed
 * each time.
 */
export function parseItemsOnce(): void {
  if (isOn) return;
  isOn = true;
  for (const schema of SCHEMAS) {
    const parsed = new WeakMap<object, unknown>();
    const run = schema._zod.run;
    schema._zod.run = (payload, context) => {
      const { value } = payload;
      // Only the table in memory freezes, and it freezes all the way down.
      if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return run(payload, context);
      const known = parsed.get(value);
      if (known !== undefined) {
        payload.value = known;
        return payload;
      }
      const result = run(payload, context);
      if (!(result instanceof Promise) && result.issues.length === 0) parsed.set(value, frozen(result.value));
      return result;
    };
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
