import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { type Instant, instantSchema, localDateSchema, timeZoneSchema, windowBounds } from '../kernel/time.ts';
import { meaningOf } from './campaign-state.ts';

/**
 * What a payment has to know of its campaign, read out of the stored campaign and no more: a webhook must not fail
 * because something else in a proposal has changed its shape.
 */
export const campaignTermsSchema = z
  .object({
    campaignId: z.string(),
    status: z.string(),
    openedAt: instantSchema.nullish(),
    proposal: z.object({
      organisationId: z.string(),
      currency: currencySchema,
      window: z.object({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
      units: z.array(z.object({ id: z.string() })).default([]),
    }),
  })
  .transform(({ campaignId, status, openedAt, proposal: { organisationId, currency, window, units } }) => ({
    campaignId,
    organisationId,
    status,
    hasOpened: hasOpened(status, openedAt),
    currency,
    zone: window.zone,
    closesAt: windowBounds(window).closesAt,
    unitIds: new Set(units.map(({ id }) => id)) as ReadonlySet<string>,
  }));
export type CampaignTerms = z.infer<typeof campaignTermsSchema>;

/** Whether a campaign has been opened, so that it has books; one that is over keeps what arrives, marked late. */
function hasOpened(status: string, openedAt: Instant | null | undefined): boolean {
  const opened = meaningOf(status)?.hasOpened;
  return opened === 'see-opened-at' ? openedAt != null : opened === true;
}

/** Why a gift is late. It is kept and counted all the same; whether it is matched is the matching rules' business. */
export const LATENESS = ['paid-after-close', 'arrived-after-finalisation'] as const;
export type Lateness = (typeof LATENESS)[number];

/** How a payment is late for its campaign; `undefined` when it is in time. */
export function latenessOf(
  occurredAt: Instant,
  { closesAt, status }: Pick<CampaignTerms, 'closesAt' | 'status'>,
): Lateness | undefined {
  if (occurredAt >= closesAt) return 'paid-after-close';
  return meaningOf(status)?.isFinalised === true ? 'arrived-after-finalisation' : undefined;
}
