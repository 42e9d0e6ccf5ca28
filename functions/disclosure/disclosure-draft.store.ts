import * as z from 'zod';
import type { Calendar } from '../duties/calendar.ts';
import { dutiesIn } from '../duties/calendar.ts';
import { type Instant, instantSchema, localDateSchema } from '../kernel/time.ts';
import { disclosureDraftKey, disclosureDraftsOf } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { PUBLISHED_KINDS, type PublishedKind } from './disclosure-entry.ts';

const disclosureDraftSchema = z.object({
  type: z.literal('disclosure-draft'),
  campaignId: z.string(),
  dutyId: z.string(),
  kind: z.enum(PUBLISHED_KINDS),
  dueOn: localDateSchema,
  text: z.string(),
  draftedAt: instantSchema,
});
export type DisclosureDraft = z.infer<typeof disclosureDraftSchema>;

/** The duties that an entry does, and the kind of entry that does them. */
export const KIND_OF_DUTY: Readonly<Record<string, PublishedKind>> = {
  'progress-disclosure': 'progress',
  'full-disclosure': 'full',
  'project-progress': 'project-progress',
  'project-full': 'project-full',
  surplus: 'surplus',
  'report-back': 'report-back',
  'partner-evaluation': 'partner-evaluation',
};

/** Keeps a draft, once for each duty. Whether it was this call that did. */
export async function keepDraft(table: Table, draft: Omit<DisclosureDraft, 'type'>): Promise<boolean> {
  const key = disclosureDraftKey(draft.campaignId, draft.dutyId);
  const put = { ...key, type: 'disclosure-draft', ...draft };
  return (await table.write({ put, when: { absent: true } })).kind === 'written';
}

/** The drafts whose duty is still to be done: of the others the entry that did it is what counts. */
export async function openDrafts(table: Table, calendar: Calendar, now: Instant): Promise<DisclosureDraft[]> {
  const open = new Set(dutiesIn(calendar, now).flatMap(({ id, doneOn }) => (doneOn === undefined ? [id] : [])));
  const drafts: DisclosureDraft[] = [];
  for await (const item of everyItem(table, disclosureDraftsOf(calendar.campaignId))) {
    const draft = disclosureDraftSchema.parse(item);
    if (open.has(draft.dutyId)) drafts.push(draft);
  }
  return drafts;
}
