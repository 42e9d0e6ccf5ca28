import * as z from 'zod';

/**
 * The id that people give to a rule, a unit, a sub-pool or a tier: it is read out in explanations and stands in keys. A lone
 * hyphen is what gifts without a unit are booked under (matching-state.ts), so an id begins with a letter or digit.
 */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens, the first no hyphen')
  // Ids are names of attributes in stored maps; this one exists on every object already.
  .refine((id) => id !== 'constructor', 'must be another word: this one is reserved');

/** The name of who gives the money, as people read it. */
export const sponsorSchema = z.string().trim().min(1).max(120);
