import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** CloudWatch namespace of everything below. */
export const METRICS_NAMESPACE = 'Yiqi';

/**
 * Every metric that the functions emit. An alarm in infra names one of these, and docs/runbook.md has a section for
 * each alarm; test/infra holds the three together.
 */
export const METRICS = {
  donationRecorded: 'DonationRecorded',
  donationRepeated: 'DonationRepeated',
  donationUnassigned: 'DonationUnassigned',
  /** Paid after its campaign had closed, or arrived after matching was finalised. */
  donationLate: 'DonationLate',
  refundRecorded: 'RefundRecorded',
  refundRepeated: 'RefundRepeated',
  /** A refund that somebody ordered did not reach the donor: the money is with the provider. */
  refundFailed: 'RefundFailed',
  disputeRecorded: 'DisputeRecorded',
  /** Paid, but the provider never told: found by asking. */
  paymentFoundBySweep: 'PaymentFoundBySweep',
  /** Of no order yet: the provider was asked to come again, by when another of its events has told. */
  paymentDeferred: 'PaymentDeferred',
  /** A payment provider was answered 5XX: it comes again, but not for ever. */
  doorFailed: 'DoorFailed',
  notificationForged: 'NotificationForged',
  notificationProbe: 'NotificationProbe',
  notificationRefused: 'NotificationRefused',
  /** Signed by the provider and refused all the same: money has moved that is not in the books. */
  paymentRefused: 'PaymentRefused',
  giftsAllocated: 'GiftsAllocated',
  allocationRetried: 'AllocationRetried',
  refundSettled: 'RefundSettled',
  /** Held matches that nobody has decided on when the public notice is over. */
  matchesHeld: 'MatchesHeld',
  poisonRecord: 'PoisonRecord',
  /** Regular gifts whose charge did not come on the day it was due. */
  mandateOverdue: 'MandateOverdue',
  /** A provider does not end a mandate that its donor has cancelled: money may be taken again. */
  mandateNotEnded: 'MandateNotEnded',
  /** A register of receipts in which a number is missing or double, or a sum does not agree. */
  receiptSeriesBroken: 'ReceiptSeriesBroken',
  /** Money came of a regular gift that its donor had cancelled. */
  chargedAfterCancellation: 'ChargedAfterCancellation',
  statementFailed: 'StatementFailed',
  thankYouSent: 'ThankYouSent',
  thankYouUncertain: 'ThankYouUncertain',
  /** Notices of what changed about a gift after its donor was thanked. */
  giftChangeSent: 'GiftChangeSent',
  /** Letters of every other kind. */
  noticeSent: 'NoticeSent',
  noticeUndeliverable: 'NoticeUndeliverable',
  /** Put off to another time: quiet hours, a used-up quota, or a provider that does not take it now. */
  noticePutOff: 'NoticePutOff',
  /** Put off again a day after it was due. */
  noticeLate: 'NoticeLate',
  mailBounced: 'MailBounced',
  mailComplained: 'MailComplained',
  reconciliationDiscrepancies: 'ReconciliationDiscrepancies',
  /** A closeout has waited for days for people to settle what does not agree; counted with every look. */
  reconciliationWaiting: 'ReconciliationWaiting',
  /** Duties whose day has passed and that are not done, of all campaigns; counted every hour. */
  dutiesOverdue: 'DutiesOverdue',
  /** Paid by a provider's bill of a day for an order of ours, and not in the books on the day after. */
  billedPaymentMissing: 'BilledPaymentMissing',
  /** A campaign's day that is over and could not be signed. */
  dayNotSigned: 'DayNotSigned',
  campaignNeedsAttention: 'CampaignNeedsAttention',
  /** Lines of an audit trail were touched past the system. */
  auditTrailBroken: 'AuditTrailBroken',
  /** A run of a job is not begun again: it failed for good, or three times. */
  jobFailed: 'JobFailed',
  /** Runs that were due while nothing ran, and were made up for. */
  jobCaughtUp: 'JobCaughtUp',
  /** Schedules that EventBridge Scheduler does not have as people set them. */
  scheduleNotPlaced: 'ScheduleNotPlaced',
  unexpectedError: 'UnexpectedError',
} as const;
export type MetricName = (typeof METRICS)[keyof typeof METRICS];

const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'yiqi' });

/** Adds to a metric of this invocation; the stack flushes at its end. */
export function count(name: MetricName, times = 1): void {
  metrics.addMetric(name, MetricUnit.Count, times);
}

/** Writes what was counted (embedded metric format, one log line); nothing where nothing was counted. */
export function flushMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
