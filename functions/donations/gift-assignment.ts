import * as z from 'zod';
import { type CampaignTerms, latenessOf } from '../campaigns/campaign-terms.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema, localDateOf } from '../kernel/time.ts';
import { type DonationEntry, donationEntrySchema } from './donation-entry.ts';
import type { DonationIntent } from './donation-intent.ts';
import type { AssignRequest } from './unassigned-money.ts';

/** That money of no campaign became a campaign's: written once, in the transaction that moves its entry there. */
export const giftAssignmentSchema = z.object({
  type: z.literal('gift-assignment'),
  giftId: z.string(),
  campaignId: z.string(),
  unitId: z.string().optional(),
  teamId: z.string().optional(),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  /** How it is known that the money was given for it. */
  reason: z.string(),
  proposedBy: z.string(),
  /** Left out where no second person was needed. */
  confirmedBy: z.string().optional(),
  assignedAt: instantSchema,
});
export type GiftAssignment = z.infer<typeof giftAssignmentSchema>;

/** The entry as it was before it was assigned. */
export const giftArrivalSchema = z.object({
  type: z.literal('gift-arrival'),
  giftId: z.string(),
  entry: donationEntrySchema,
});

/** What of an entry says that and how it was paid. No assignment changes any of it. */
const PAID = [
  'giftId',
  'provider',
  'merchantId',
  'paymentId',
  'orderNo',
  'donorId',
  'inKind',
  'amountMinor',
  'payerAmountMinor',
  'currency',
  'occurredAt',
  'recordedAt',
] as const satisfies readonly (keyof DonationEntry)[];

/**
 * The entry of unassigned money as the campaign's: what was paid stays, whose it is changes. Its day is the day on which it was
 * paid, by the campaign's clock, so that windows and caps look at the payment and not at the assignment. What the donor
 * wished is known of the order alone: a name is published only on the list that its donor agreed to, the one of the campaign that
 * was ordered for.
 */
export function assignedEntryOf(
  entry: DonationEntry,
  request: AssignRequest,
  { terms, intent }: { readonly terms: CampaignTerms; readonly intent: DonationIntent | undefined },
  now: Instant,
): DonationEntry {
  const { unassignedReason: _why, intendedCampaignId: _meant, ...kept } = entry;
  const { campaignId, zone } = terms;
  const isAsOrdered = intent?.campaignId === campaignId;
  const unitId = request.unitId ?? (isAsOrdered && request.teamId === undefined ? intent.unitId : undefined);
  const teamId = request.teamId ?? (isAsOrdered && request.unitId === undefined ? intent.teamId : undefined);
  const late = latenessOf(entry.occurredAt, terms);
  return {
    ...kept,
    campaignId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    anonymous: isAsOrdered ? intent.anonymous : true,
    thankYouDue: intent !== undefined && (intent.emailGiven || intent.reachable === true),
    ...(late === undefined ? {} : { late }),
    day: localDateOf(entry.occurredAt, zone),
    zone,
    assignedAt: now,
  };
}

/**
 * What is wrong with an assigned gift: empty where nothing is. Written once, and asked in the property test, in the story and
 * wherever somebody doubts one gift.
 */
export function assignmentProblems(
  entry: DonationEntry,
  arrived: DonationEntry | undefined,
  assignment: GiftAssignment | undefined,
): string[] {
  const problems: string[] = [];
  if (
    (arrived === undefined) !== (assignment === undefined) ||
    (entry.assignedAt === undefined) !== (arrived === undefined)
  )
    problems.push(`gift ${entry.giftId} is half assigned`);
  if (arrived === undefined || assignment === undefined) return problems;
  for (const field of PAID)
    if (arrived[field] !== entry[field]) problems.push(`gift ${entry.giftId} was paid with another ${field}`);
  for (const field of ['campaignId', 'amountMinor', 'currency', 'unitId', 'teamId'] as const)
    if (assignment[field] !== entry[field]) problems.push(`gift ${entry.giftId} was assigned with another ${field}`);
  if (assignment.confirmedBy === assignment.proposedBy)
    problems.push(`gift ${entry.giftId} was confirmed by who proposed it`);
  return problems;
}
