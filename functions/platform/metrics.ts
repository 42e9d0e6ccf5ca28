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
  thankYouSent: 'ThankYouSent',
  thankYouUncertain: 'ThankYouUncertain',
  reconciliationDiscrepancies: 'ReconciliationDiscrepancies',
  campaignNeedsAttention: 'CampaignNeedsAttention',
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
