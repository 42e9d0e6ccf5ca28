import * as z from 'zod';
import type { Campaign } from '../campaigns/campaign.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { calendarIndexKey, calendarKey } from '../platform/keys.ts';
import type { Update, Value } from '../platform/table.ts';
import { completionSchema, type Duty, dutiesOf, dutyEventSchema, dutyFactsOf, dutyFactsSchema } from './duty.ts';

const completionsSchema = z.record(z.string(), completionSchema).default({});

/**
 * The calendar of a campaign as it is stored: what its duties follow from, and which of them people say are done. Duties are
 * computed from it whenever it is read, so that a rule that is corrected holds for every campaign at once.
 */
export const calendarSchema = z.object({
  type: z.literal('calendar'),
  campaignId: z.string(),
  organisationId: z.string(),
  title: z.string(),
  language: z.enum(['zh-CN', 'en']),
  facts: dutyFactsSchema,
  completions: completionsSchema,
  /** How many completions were recorded; guards each further one. */
  recorded: z.number().int().min(0).default(0),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** The calendar of an organisation's own duties. */
export const organisationCalendarSchema = z.object({
  type: z.literal('organisation-calendar'),
  organisationId: z.string(),
  events: z.array(dutyEventSchema).default([]),
  completions: completionsSchema,
  recorded: z.number().int().min(0).default(0),
});
export type OrganisationCalendar = z.infer<typeof organisationCalendarSchema>;

/** Brings a campaign's calendar up to what the campaign is, and leaves what people said is done. */
export function calendarUpdate(campaign: Campaign): Update {
  const { campaignId, proposal } = campaign;
  const { organisationId, title, language } = proposal;
  return {
    update: calendarKey(campaignId),
    set: {
      type: 'calendar',
      campaignId,
      organisationId,
      title,
      language,
      facts: dutyFactsOf(campaign) as unknown as Value,
      ...calendarIndexKey(organisationId, campaignId),
    },
  };
}

/** What is to be done for a campaign, as of now. */
export const dutiesIn = ({ facts, completions }: Calendar, now: Instant): Duty[] =>
  dutiesOf(facts, completions, localDateOf(now, facts.window.zone));

/** A duty with the campaign that it is of; an organisation's own has none. */
export type PlacedDuty = Duty & { readonly campaignId: string | null; readonly title: string | null };
