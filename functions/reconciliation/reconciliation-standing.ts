import * as z from 'zod';
import type { Minor } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';

/** How a campaign's discrepancies stand. */
export type ReconciliationStanding = {
  /** Grows with every item that is found, found anew or opened again: what a signature is made on. */
  readonly version: number;
  readonly open: number;
  readonly resolved: number;
  readonly carried: number;
  /** Open, and not as anybody has signed it over: while there is one, a closeout waits. */
  readonly uncovered: number;
  /** What is at stake in the open ones together. */
  readonly openMinor: Minor;
  readonly signedOver?: {
    readonly by: string;
    readonly at: Instant;
    readonly reason: string;
    readonly itemIds: readonly string[];
    readonly sumMinor: number;
  };
  /** In order of day and id. */
  readonly items: readonly ReconciliationItem[];
};

/** What somebody said of an item: never changed. */
export const reconciliationCommentSchema = z.object({
  type: z.literal('reconciliation-comment'),
  campaignId: z.string(),
  itemId: z.string(),
  number: z.number().int().min(1),
  by: z.string(),
  at: instantSchema,
  text: z.string(),
  /** `decision`: the reason that was given with one. */
  about: z.enum(['comment', 'decision']),
  /** The Idempotency-Key it came under. */
  key: z.string().optional(),
});
export type ReconciliationComment = z.infer<typeof reconciliationCommentSchema>;
