import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { type Instant, localDateSchema, timeZoneSchema, windowBounds } from '../kernel/time.ts';

/**
 * What a payment has to know of its campaign, read out of the stored campaign and no more: a webhook must not fail
 * because something else in a proposal has changed its shape.
 */
export const campaignTermsSchema = z
  .object({
    campaignId: z.string(),
    status: z.string(),
    proposal: z.object({
      organisationId: z.string(),
      currency: currencySchema,
      window: z.object({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
      units: z.array(z.object({ id: z.string() })).default([]),
    }),
  })
  .transform(({ campaignId, status, proposal: { organisationId, currency, window, units } }) => ({
    campaignId,
    organisationId,
    status,
    currency,
    zone: window.zone,
    closesAt: windowBounds(window).closesAt,
    unitIds: new Set(units.map(({ id }) => id)) as ReadonlySet<string>,
  }));
export type CampaignTerms = z.infer<typeof campaignTermsSchema>;

/** States in which matching is closed: what arrives now has no claim on the pool. */
const AFTER_FINALISATION: ReadonlySet<string> = new Set(['finalised', 'reported', 'archived']);

/** Why a gift is late. It is kept and counted all the same; whether it is matched is the matching rules' business. */
export const LATENESS = ['paid-after-close', 'arrived-after-finalisation'] as const;
export type Lateness = (typeof LATENESS)[number];

/** How a payment is late for its campaign; `undefined` when it is in time. */
export function latenessOf(
  occurredAt: Instant,
  { closesAt, status }: Pick<CampaignTerms, 'closesAt' | 'status'>,
): Lateness | undefined {
  if (occurredAt >= closesAt) return 'paid-after-close';
  return AFTER_FINALISATION.has(status) ? 'arrived-after-finalisation' : undefined;
}
