import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { sum } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import {
  arrivalKey,
  assignmentKey,
  refundEntryKey,
  refundIndexKey,
  refundsKey,
  refundsOfGift,
  UNASSIGNED,
} from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite } from '../platform/table.ts';
import { findDonation } from './donation-entry.store.ts';
import { type DonationEntry, donationItemOf } from './donation-entry.ts';
import type { DonationIntent } from './donation-intent.ts';
import { assignedEntryOf, type GiftAssignment, giftArrivalSchema, giftAssignmentSchema } from './gift-assignment.ts';
import { type RefundEntry, refundEntrySchema } from './refund-entry.ts';
import { type UnassignedMoney, unassignedItemOf } from './unassigned-money.ts';

/** A campaign that can take the money, and the order that was paid, where there is one. */
export type Target = {
  readonly kind: 'target';
  readonly terms: CampaignTerms;
  readonly intent: DonationIntent | undefined;
};

/** Refunds that move with their gift in one transaction of 100 actions: far more than anybody makes of a gift that nobody claims. */
const MOST_REFUNDS = 50;

/**
 * Makes unassigned money a campaign's, in one transaction or not at all: the entry moves there with its refunds, as it arrived it is
 * kept beside it, and the entry about the assignment goes to the stream, by which the gift is counted, as any other, once. `not-moved`:
 * something changed meanwhile, a refund or another person's deed, and the caller looks again.
 */
export async function moveToCampaign(
  table: Table,
  assigned: UnassignedMoney,
  target: Target,
  now: Instant,
): Promise<'moved' | 'not-moved' | 'too-many-refunds'> {
  const { giftId, proposal } = assigned;
  // The mark first: a refund that is recorded after it moves it, and the guard then refuses the transaction.
  const mark = await table.get(refundsKey(giftId));
  const refunds = mark === undefined ? [] : await refundEntriesOf(table, giftId);
  if (refunds.length > MOST_REFUNDS) return 'too-many-refunds';
  const arrived = await findDonation(table, giftId);
  if (arrived?.campaignId !== UNASSIGNED || proposal?.kind !== 'assign') return 'not-moved';
  if (sum(refunds.map(({ amountMinor }) => amountMinor)) >= arrived.amountMinor) return 'not-moved';
  const entry = assignedEntryOf(arrived, proposal, target, now);
  const outcome = await table.transact([
    { put: donationItemOf(entry), when: { equals: { campaignId: UNASSIGNED } } },
    { put: arrivalItemOf(arrived), when: { absent: true } },
    { put: assignmentItemOf(entry, assigned, now), when: { absent: true } },
    {
      put: unassignedItemOf(assigned),
      when: assigned.version === 1 ? { absent: true } : { equals: { version: assigned.version - 1 } },
    },
    ...refundMoves(entry, mark, refunds),
  ]);
  return outcome.kind === 'committed' ? 'moved' : 'not-moved';
}

async function refundEntriesOf(table: Table, giftId: string): Promise<RefundEntry[]> {
  const refunds: RefundEntry[] = [];
  for await (const item of everyItem(table, refundsOfGift(giftId))) refunds.push(refundEntrySchema.parse(item));
  return refunds;
}

const arrivalItemOf = (entry: DonationEntry): Item => {
  const { giftId } = entry;
  return { ...arrivalKey(giftId), ...giftArrivalSchema.parse({ type: 'gift-arrival', giftId, entry }) };
};

function assignmentItemOf(entry: DonationEntry, { proposal, decidedBy }: UnassignedMoney, now: Instant): Item {
  const { giftId, campaignId, unitId, teamId, amountMinor, currency } = entry;
  const assignment: GiftAssignment = {
    type: 'gift-assignment',
    giftId,
    campaignId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    amountMinor,
    currency,
    reason: proposal?.reason ?? '',
    proposedBy: proposal?.by ?? '',
    ...(decidedBy === undefined ? {} : { confirmedBy: decidedBy }),
    assignedAt: now,
  };
  return { ...assignmentKey(giftId), ...giftAssignmentSchema.parse(assignment) };
}

/** Refunds stand in the index of their gift's campaign; that there are none yet is guarded as well. */
function refundMoves(
  { giftId, campaignId }: DonationEntry,
  mark: Item | undefined,
  refunds: readonly RefundEntry[],
): TransactWrite[] {
  if (mark === undefined) return [{ check: refundsKey(giftId), when: { absent: true } }];
  return [
    { update: refundsKey(giftId), set: { campaignId }, when: { equals: { refunds: Number(mark['refunds']) } } },
    ...refunds.map(
      ({ refundId, occurredAt, amountMinor }): TransactWrite => ({
        update: refundEntryKey(giftId, refundId),
        set: { campaignId, ...refundIndexKey(campaignId, occurredAt, refundId) },
        when: { equals: { amountMinor } },
      }),
    ),
  ];
}
