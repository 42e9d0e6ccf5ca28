import * as z from 'zod';
import { localDateSchema } from '../kernel/time.ts';

/** What a person says who has done a duty. */
export const completionRequestSchema = z.strictObject({
  /** The local day on which it was done. */
  on: localDateSchema,
  note: z.string().trim().min(2).max(1000),
  /** Where it can be seen: an address or the id of an attachment. */
  evidence: z.string().trim().min(1).max(500).optional(),
});
export type CompletionRequest = z.infer<typeof completionRequestSchema>;

/** What has happened and has to be published within 30 days. */
export const eventRequestSchema = z.strictObject({
  about: z.string().trim().min(4).max(500),
  happenedOn: localDateSchema,
});
