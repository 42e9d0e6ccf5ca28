import * as z from 'zod';
import { REFUND_POLICIES } from './campaign.ts';

/** Donors and colleagues read why: a reason is a sentence, not a word. */
const reasonSchema = z.string().trim().min(4).max(1000);

export const pauseRequestSchema = z.strictObject({ reason: reasonSchema });
export type PauseRequest = z.infer<typeof pauseRequestSchema>;

export const cancellationRequestSchema = z.strictObject({
  reason: reasonSchema,
  /** What becomes of gifts that were made. */
  refundPolicy: z.enum(REFUND_POLICIES),
});
export type CancellationRequest = z.infer<typeof cancellationRequestSchema>;
