import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { draftBasisSchema } from './draft-basis.ts';
import { addendumContentSchema, addendumFilesSchema } from './report-addendum.ts';

const saidSchema = z.object({ at: instantSchema, why: z.string() });

/**
 * The addendum that is being signed, or the last one that was: there is one of a report at a time, because each is measured against the
 * one before. `waiting` until both have signed or somebody gives it back; then its number goes to the next draft.
 */
export const addendumDraftSchema = z.object({
  type: z.literal('report-addendum-draft'),
  campaignId: z.string(),
  /** The number that it will have. */
  number: z.number().int().min(1),
  /** Grows with every draft of this report, whatever its number: the number by which it is decided. */
  round: z.number().int().min(1),
  state: z.enum(['waiting', 'returned', 'signed']),
  basis: draftBasisSchema,
  content: addendumContentSchema,
  sha256: z.string(),
  files: addendumFilesSchema,
  /** Whoever wrote a draft of this number, the last at the end: they sign none of it. */
  workedOnBy: z.array(z.string()).min(1),
  idempotencyKey: z.string(),
  /** Keys of drafts before, so that a repeat that comes late makes nothing new. */
  earlierKeys: z.array(z.string()),
  /** Why it came back. */
  returned: saidSchema.optional(),
  /** The round in whose place it was written by itself, because the books had moved. */
  renewedFrom: z.number().int().min(1).optional(),
  version: z.number().int().min(1),
});
export type AddendumDraft = z.infer<typeof addendumDraftSchema>;
