import * as z from 'zod';
import { type Minor, minor } from '../kernel/money.ts';
import { type LocalDate, localDateSchema } from '../kernel/time.ts';
import type { ComparedDay } from './account-day.ts';

/**
 * What a provider keeps of one campaign's payments by the statement of one account and day. Written with every comparison of
 * the day, so that a statement that was put right puts this right.
 */
export const campaignDayFeesSchema = z.object({
  type: z.literal('campaign-day-fees'),
  campaignId: z.string(),
  day: localDateSchema,
  provider: z.string(),
  merchantId: z.string(),
  /** In thousandths of a minor unit, as WeChat Pay states them; below zero where more was given back than taken. */
  feesMilliMinor: z.number().int(),
});
export type CampaignDayFees = z.infer<typeof campaignDayFeesSchema>;

/** What providers keep of a campaign's payments by all statements that were compared. */
export type CampaignFees = {
  readonly feesMinor: Minor;
  /** The last day of which a statement was compared that has something of the campaign; absent before the first. */
  readonly until?: LocalDate;
};

/**
 * Pure: the fees of an account's day by campaign. `before`: campaigns that an earlier comparison of the day found in it; one that
 * has nothing in it any more has no fees there any more. Empty where there is no statement: nobody knows.
 */
export function dayFees(
  { provider, merchantId, day, hasBill, parts }: ComparedDay,
  before: readonly string[],
): CampaignDayFees[] {
  if (!hasBill) return [];
  const fees = new Map(parts.map(({ campaignId, feesMilliMinor }) => [campaignId, feesMilliMinor]));
  return [...new Set([...before, ...fees.keys()])].sort().map((campaignId) => ({
    type: 'campaign-day-fees',
    campaignId,
    day,
    provider,
    merchantId,
    feesMilliMinor: fees.get(campaignId) ?? 0,
  }));
}

const MILLI = 1000;

/** The fees of all days. Fractions of a minor unit are dropped once, from their sum. */
export function feesTogether(days: readonly CampaignDayFees[]): CampaignFees {
  const milli = days.reduce((sum, { feesMilliMinor }) => sum + feesMilliMinor, 0);
  const until = days
    .map(({ day }) => day)
    .sort()
    .at(-1);
  return { feesMinor: minor(Math.trunc(milli / MILLI)), ...(until === undefined ? {} : { until }) };
}
