import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import type { Lateness } from '../campaigns/campaign-terms.ts';
import { findTeam } from '../campaigns/team.store.ts';
import type { Minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import type { Table } from '../platform/table.ts';
import { recordDispute } from './dispute-entry.store.ts';
import { type DisputeEvent, disputeEntryOf, refundOfLostDispute } from './dispute-entry.ts';
import { findDonation, recordDonation, recordWithoutCampaign } from './donation-entry.store.ts';
import type { DonationEntry, UnassignedReason } from './donation-entry.ts';
import { findIntent } from './donation-intent.store.ts';
import { findDonorLink } from './donor-link.store.ts';
import { bookingOf, intendedCampaignOf, payerIdOf, teamToFind } from './payment-booking.ts';
import { giftIdOf, namesPayer, type PaymentEvent } from './payment-event.ts';
import { type RecordRefundOutcome, recordRefund } from './refund-entry.store.ts';
import { type RefundEvent, type Refunded, refundEntryOf } from './refund-entry.ts';
import { recordBilledRefund, recordRefundedUpTo } from './refunded-sum.store.ts';
import { unassignedItemOf, waitingMoneyOf } from './unassigned-money.ts';

/**
 * The one way into the books, for every door: a door verifies bytes, makes an event of them, calls one of these, and
 * answers in its own shape. Everything but `contradicts` may be answered with success: it is in the books.
 */
export type IntakeUse = {
  readonly table: Table;
  /** The key of the hash that stands for a donor in entries. */
  readonly readDonorKey: () => Promise<string>;
};

type OfGift = { readonly giftId: string; readonly campaignId: string };
export type PaymentOutcome =
  | (OfGift & { readonly kind: 'recorded'; readonly late?: Lateness })
  /** Recorded before, by this door or another; whether it was assigned was said then. */
  | (OfGift & { readonly kind: 'already-recorded' })
  /** Kept without a campaign, and told to a person. */
  | (OfGift & { readonly kind: 'unassigned'; readonly reason: UnassignedReason })
  /** The same payment is recorded with other money in it. Nothing was changed; somebody must look. */
  | (OfGift & { readonly kind: 'contradicts' });

/** Books a verified payment, once for ever. Throws TransientError or ThrottledError where the store cannot answer. */
export async function recordPayment(use: IntakeUse, payment: PaymentEvent, now: Instant): Promise<PaymentOutcome> {
  const [intent, donorKey] = await Promise.all([findIntent(use.table, payment.orderNo), use.readDonorKey()]);
  const campaignId = intendedCampaignOf(payment, intent);
  const teamId = teamToFind(payment, intent);
  const [terms, team, link] = await Promise.all([
    campaignId === undefined ? undefined : findCampaignTerms(use.table, campaignId),
    campaignId === undefined || teamId === undefined
      ? undefined
      : findTeam(use.table, campaignId, teamId, { stale: true }),
    namesPayer(payment) ? findDonorLink(use.table, payerIdOf(payment, donorKey)) : undefined,
  ]);
  const entry = bookingOf(payment, { intent, terms, team, link }, now, donorKey);
  const recorded =
    entry.unassignedReason === undefined
      ? await recordDonation(use.table, entry)
      : await recordWithoutCampaign(use.table, entry, unassignedItemOf(waitingMoneyOf(entry, terms?.organisationId)));
  const outcome = outcomeOf(entry, recorded);
  report(payment, outcome);
  return outcome;
}

function outcomeOf(entry: DonationEntry, recorded: 'recorded' | 'already-recorded' | 'contradicts'): PaymentOutcome {
  const { giftId, campaignId, unassignedReason, late } = entry;
  if (recorded !== 'recorded') return { kind: recorded, giftId, campaignId };
  if (unassignedReason !== undefined) return { kind: 'unassigned', giftId, campaignId, reason: unassignedReason };
  return { kind: 'recorded', giftId, campaignId, ...(late === undefined ? {} : { late }) };
}

function report({ provider, paymentId, orderNo }: PaymentEvent, outcome: PaymentOutcome): void {
  const about = { provider, paymentId, orderNo, giftId: outcome.giftId };
  switch (outcome.kind) {
    case 'contradicts':
      count(METRICS.paymentRefused);
      log.error('payment came again with other money', about);
      return;
    case 'already-recorded':
      count(METRICS.donationRepeated);
      break;
    case 'unassigned':
      count(METRICS.donationRecorded);
      count(METRICS.donationUnassigned);
      log.error('payment kept without a campaign', { ...about, unassigned: outcome.reason });
      break;
    case 'recorded':
      count(METRICS.donationRecorded);
      if (outcome.late !== undefined) {
        count(METRICS.donationLate);
        log.warn('payment came late', { ...about, late: outcome.late });
      }
  }
  log.info('donation.recorded', { ...about, campaignId: outcome.campaignId, outcome: outcome.kind });
}

/** What became of a refund or a dispute; `unassigned` where the money it gives back belongs to no campaign. */
export type RefundIntakeOutcome = OfGift & { readonly kind: RecordRefundOutcome };

/** Books a verified refund, once for ever, whether its payment has come or not. Throws as {@link recordPayment} does. */
export async function recordRefundEvent(
  use: Pick<IntakeUse, 'table'>,
  refund: RefundEvent,
  now: Instant,
): Promise<RefundIntakeOutcome> {
  const entry = refundEntryOf(refund, await findRefunded(use.table, refund), now);
  const kind = await recordRefund(use.table, entry);
  countRefund(kind);
  return reportRefund('refund.recorded', refund, { kind, giftId: entry.giftId, campaignId: entry.campaignId });
}

/**
 * Books what is new where a provider tells only the sum of all refunds of a payment. Throws as {@link recordPayment}
 * does.
 */
export async function recordRefundedSum(
  use: Pick<IntakeUse, 'table'>,
  refund: Omit<RefundEvent, 'refundId' | 'amountMinor'> & { readonly refundedMinor: Minor },
  now: Instant,
): Promise<RefundIntakeOutcome> {
  const { refundedMinor, ...event } = refund;
  const refunded = await findRefunded(use.table, refund);
  const giftId = giftIdOf(refund);
  const { campaignId } = refundEntryOf({ ...event, refundId: 'sum', amountMinor: refundedMinor }, refunded, now);
  const kind = await recordRefundedUpTo(use.table, { giftId, refundedMinor }, (part) =>
    refundEntryOf({ ...event, ...part }, refunded, now),
  );
  countRefund(kind);
  return reportRefund('refund.recorded', refund, { kind, giftId, campaignId });
}

/**
 * Books what is new in a refund that a bill lists, at a provider whose notices tell only sums; for a bill of any other
 * provider it is {@link recordRefundEvent}. Throws as {@link recordPayment} does.
 */
export async function recordRefundOfBill(
  use: Pick<IntakeUse, 'table'>,
  refund: RefundEvent,
  now: Instant,
): Promise<RefundIntakeOutcome> {
  if (!TELLS_SUMS.has(refund.provider)) return recordRefundEvent(use, refund, now);
  const refunded = await findRefunded(use.table, refund);
  const { giftId, campaignId } = refundEntryOf(refund, refunded, now);
  const { refundId, amountMinor, occurredAt } = refund;
  const kind = await recordBilledRefund(use.table, { giftId, refundId, amountMinor, occurredAt }, (part) =>
    refundEntryOf({ ...refund, ...part }, refunded, now),
  );
  countRefund(kind);
  return reportRefund('refund.recorded', refund, { kind, giftId, campaignId });
}

/** Providers whose notices tell how much has gone back in all, and not each refund. */
const TELLS_SUMS: ReadonlySet<RefundEvent['provider']> = new Set(['alipay']);

/**
 * Books one state of a dispute: `opened` and `won` only mark the gift, `lost` is a refund as well. Throws as
 * {@link recordPayment} does.
 */
export async function recordDisputeEvent(
  use: Pick<IntakeUse, 'table'>,
  dispute: DisputeEvent,
  now: Instant,
): Promise<RefundIntakeOutcome> {
  const refunded = await findRefunded(use.table, dispute);
  const entry = disputeEntryOf(dispute, refunded, now);
  const refund = dispute.state === 'lost' ? refundOfLostDispute(dispute, refunded, now) : undefined;
  const kind = await recordDispute(use.table, entry, refund);
  if (kind === 'recorded') count(METRICS.disputeRecorded);
  return reportRefund(`dispute.${dispute.state}`, dispute, {
    kind,
    giftId: entry.giftId,
    campaignId: entry.campaignId,
  });
}

async function findRefunded(
  table: Table,
  event: Pick<RefundEvent, 'provider' | 'paymentId' | 'orderNo'>,
): Promise<Refunded> {
  const [payment, intent] = await Promise.all([findDonation(table, giftIdOf(event)), findIntent(table, event.orderNo)]);
  return { payment, intent };
}

function countRefund(kind: RecordRefundOutcome): void {
  if (kind !== 'contradicts') count(kind === 'recorded' ? METRICS.refundRecorded : METRICS.refundRepeated);
}

function reportRefund(
  event: string,
  { provider, paymentId, orderNo }: Pick<RefundEvent, 'provider' | 'paymentId' | 'orderNo'>,
  outcome: RefundIntakeOutcome,
): RefundIntakeOutcome {
  const { kind, giftId, campaignId } = outcome;
  const about = { provider, paymentId, orderNo, giftId, campaignId, outcome: kind };
  if (kind === 'contradicts') {
    count(METRICS.paymentRefused);
    log.error('refund came again with other money', { event, ...about });
  } else log.info(event, about);
  return outcome;
}
