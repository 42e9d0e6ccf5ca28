import * as z from 'zod';
import { responsibleSchema } from './disclosure-entry.ts';

/** What an organisation says about how it publishes. */
export const disclosureSettingsRequestSchema = z.strictObject({
  /**
   * `by-hand`: the schedule drafts, and a person publishes. `by-schedule`: a report of progress, of the fundraising or of the project, which can be made of figures alone, is
   * published on its day if no person has. Everything else needs a person's words, whatever is said here.
   */
  publishesProgress: z.enum(['by-hand', 'by-schedule']),
  /** Who answers for what the schedule publishes. */
  responsible: responsibleSchema,
});
export type DisclosureSettingsRequest = z.infer<typeof disclosureSettingsRequestSchema>;
