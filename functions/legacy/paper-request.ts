import * as z from 'zod';
import { CONTENT_TYPES, LARGEST_ATTACHMENT_BYTES } from '../campaigns/attachment.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';

/** What a person says of a paper before it is uploaded. */
export const paperRequestSchema = z.strictObject({
  name: lineSchema(120),
  contentType: z.enum(CONTENT_TYPES),
  bytes: z.number().int().min(1).max(LARGEST_ATTACHMENT_BYTES),
  /** Of the whole file, in lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
});
export const lossRequestSchema = z.strictObject({
  reason: paragraphsSchema(500).describe('Where it was looked for, and how it was lost'),
});
export const lossConfirmationSchema = z.strictObject({
  isLost: z.boolean().describe('False: it is to be looked for all the same'),
});
