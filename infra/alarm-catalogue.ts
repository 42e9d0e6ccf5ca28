/**
 * What wakes somebody up. Data only: infra/alarms.ts builds an alarm from each line, and docs/runbook.md has a section
 * of the same name for each; a test holds the three together.
 */
export type AlarmLine = {
  /** One sentence that is read half asleep: what is wrong for whom. */
  readonly meaning: string;
  readonly metric: AlarmMetric;
  /** The alarm goes off when the value is above this in one period. */
  readonly above: number;
  readonly periodMinutes: number;
  /** How many periods of the last `of` must be above. Default 1 of 1. */
  readonly periods?: { readonly bad: number; readonly of: number };
};

/** Where the number comes from. */
export type AlarmMetric =
  /** Counted by our functions (functions/platform/metrics.ts). */
  | { readonly from: 'yiqi'; readonly name: string }
  | { readonly from: 'webhook'; readonly name: '5xx' }
  | { readonly from: 'stream'; readonly function: 'allocate-donations' | 'queue-thank-yous' }
  | {
      readonly from: 'queue';
      readonly queue: 'poison' | 'noticeDeadLetters' | 'scheduleDeadLetters';
      readonly name: 'visible';
    }
  | { readonly from: 'queue'; readonly queue: 'notice'; readonly name: 'oldest' }
  | {
      readonly from: 'workflow';
      readonly workflow:
        | 'campaign-lifecycle'
        | 'campaign-approval'
        | 'campaign-closeout'
        | 'report-addendum'
        | 'statement-import'
        | 'receipt-batch'
        | 'legacy-closeout';
      readonly name: 'failed' | 'timed-out';
    }
  | { readonly from: 'function'; readonly function: 'check-bills' | 'keep-schedules'; readonly name: 'Errors' }
  | { readonly from: 'functions'; readonly name: 'Errors' | 'Throttles' }
  /** Of all mail of the account, as SES judges it. */
  | { readonly from: 'ses'; readonly name: 'Reputation.BounceRate' | 'Reputation.ComplaintRate' }
  | { readonly from: 'table'; readonly name: 'ReadThrottleEvents' | 'WriteThrottleEvents' }
  | { readonly from: 'index'; readonly name: 'WriteThrottleEvents' };

const soon = { above: 0, periodMinutes: 5 } as const;
const MINUTE_MS = 60_000;
const MINUTE_SECONDS = 60;

export const ALARMS = {
  'webhook-failing': {
    meaning: 'Payment notifications are answered with 5xx: WeChat Pay sends them again, but for 24 hours at most.',
    metric: { from: 'webhook', name: '5xx' },
    ...soon,
  },
  'doors-failing': {
    meaning: 'A payment provider is answered with 5xx: it sends again, but for a day or three at most.',
    metric: { from: 'yiqi', name: 'DoorFailed' },
    ...soon,
  },
  'notifications-forged': {
    meaning: 'Notifications with wrong signatures arrive: somebody tries to invent gifts, or our keys are out of date.',
    metric: { from: 'yiqi', name: 'NotificationForged' },
    // WeChat Pay's own signature probes are counted apart, so real ones are rare: five are no accident.
    above: 5,
    periodMinutes: 15,
  },
  'payment-refused': {
    meaning:
      'A provider has signed a payment or refund that we refuse to book: our keys are wrong, or it contradicts the books.',
    metric: { from: 'yiqi', name: 'PaymentRefused' },
    ...soon,
  },
  'money-unassigned': {
    meaning: 'A payment came that fits no order of ours: the money is kept, but belongs to no campaign yet.',
    metric: { from: 'yiqi', name: 'DonationUnassigned' },
    ...soon,
  },
  'refunds-failed': {
    meaning: 'A refund did not reach its donor: the money is stuck with the provider until a person acts.',
    metric: { from: 'yiqi', name: 'RefundFailed' },
    ...soon,
  },
  'payments-disputed': {
    meaning: 'A payer disputes a payment with their bank: there is a date by which evidence must be sent.',
    metric: { from: 'yiqi', name: 'DisputeRecorded' },
    ...soon,
  },
  'allocation-behind': {
    meaning:
      'Gifts are recorded but not counted and matched: figures and thank-yous are late by more than five minutes.',
    metric: { from: 'stream', function: 'allocate-donations' },
    above: 5 * MINUTE_MS,
    periodMinutes: 1,
    periods: { bad: 3, of: 3 },
  },
  'thank-yous-behind': {
    meaning: 'Matched gifts are not queued for thanking: donors hear from us late.',
    metric: { from: 'stream', function: 'queue-thank-yous' },
    above: 15 * MINUTE_MS,
    periodMinutes: 5,
  },
  'notices-waiting': {
    meaning: 'Thank-yous wait in the queue for more than half an hour: mail is slow or refused.',
    metric: { from: 'queue', queue: 'notice', name: 'oldest' },
    above: 30 * MINUTE_SECONDS,
    periodMinutes: 5,
  },
  'poison-waiting': {
    meaning: 'A record was put aside that no consumer could take: a gift may be uncounted.',
    metric: { from: 'queue', queue: 'poison', name: 'visible' },
    ...soon,
  },
  'notices-failed': {
    meaning: 'A thank-you failed ten times and was put aside.',
    metric: { from: 'queue', queue: 'noticeDeadLetters', name: 'visible' },
    ...soon,
  },
  'mail-bounces': {
    meaning: 'More than 4 % of our mail comes back: at 5 % SES reviews the account, at 10 % it stops it.',
    metric: { from: 'ses', name: 'Reputation.BounceRate' },
    above: 0.04,
    periodMinutes: 60,
  },
  'mail-complaints': {
    meaning: 'Too many readers call our mail spam: at 0.1 % SES reviews the account, at 0.5 % it stops it.',
    metric: { from: 'ses', name: 'Reputation.ComplaintRate' },
    above: 0.0008,
    periodMinutes: 60,
  },
  'notices-late': {
    meaning:
      'Letters to donors have been put off for more than a day: the quota is used up, or a provider takes nothing.',
    metric: { from: 'yiqi', name: 'NoticeLate' },
    ...soon,
  },
  'thank-yous-uncertain': {
    meaning: 'It is unknown whether a thank-you was sent; it will not be sent again by itself.',
    metric: { from: 'yiqi', name: 'ThankYouUncertain' },
    ...soon,
  },
  'lifecycle-failed': {
    meaning: 'The workflow of a campaign stopped with a failure: the campaign does not move on by itself.',
    metric: { from: 'workflow', workflow: 'campaign-lifecycle', name: 'failed' },
    ...soon,
  },
  'lifecycle-timed-out': {
    meaning: 'The workflow of a campaign reached its time limit: the campaign does not move on by itself.',
    metric: { from: 'workflow', workflow: 'campaign-lifecycle', name: 'timed-out' },
    ...soon,
  },
  'approval-failed': {
    meaning:
      'The workflow of an approval stopped with a failure: decisions count, but nobody is told and nothing moves on.',
    metric: { from: 'workflow', workflow: 'campaign-approval', name: 'failed' },
    ...soon,
  },
  'approval-timed-out': {
    meaning: 'The workflow of an approval reached its time limit, which it should never come near.',
    metric: { from: 'workflow', workflow: 'campaign-approval', name: 'timed-out' },
    ...soon,
  },
  'closeout-failed': {
    meaning: 'The closeout of a campaign stopped with a failure: there is no report.',
    metric: { from: 'workflow', workflow: 'campaign-closeout', name: 'failed' },
    ...soon,
  },
  'closeout-timed-out': {
    meaning: 'The closeout of a campaign reached its time limit: there is no report.',
    metric: { from: 'workflow', workflow: 'campaign-closeout', name: 'timed-out' },
    ...soon,
  },
  'addendum-failed': {
    meaning: 'The signing of an addendum to a closeout report stopped with a failure: it is not signed and not mailed.',
    metric: { from: 'workflow', workflow: 'report-addendum', name: 'failed' },
    ...soon,
  },
  'addendum-timed-out': {
    meaning: 'The signing of an addendum to a closeout report reached its time limit: it is not signed and not mailed.',
    metric: { from: 'workflow', workflow: 'report-addendum', name: 'timed-out' },
    ...soon,
  },
  'duties-overdue': {
    meaning: 'The day of a legal duty has passed and nobody has recorded that it is done.',
    metric: { from: 'yiqi', name: 'DutiesOverdue' },
    above: 0,
    periodMinutes: 120, // counted every hour: two hours always hold a count
  },
  'campaign-needs-attention': {
    meaning: 'A campaign was set aside for a person to look at.',
    metric: { from: 'yiqi', name: 'CampaignNeedsAttention' },
    ...soon,
  },
  'statement-import-failed': {
    meaning: 'The import of an uploaded statement has stopped: some of its gifts are booked and some are not yet.',
    metric: { from: 'workflow', workflow: 'statement-import', name: 'failed' },
    ...soon,
  },
  'statement-import-timed-out': {
    meaning: 'The import of an uploaded statement has not come to an end in two days.',
    metric: { from: 'workflow', workflow: 'statement-import', name: 'timed-out' },
    ...soon,
  },
  'receipt-series-broken': {
    meaning: 'In a register of receipts a number is missing or double, or a sum does not agree.',
    metric: { from: 'yiqi', name: 'ReceiptSeriesBroken' },
    ...soon,
  },
  'receipt-batch-failed': {
    meaning: 'A batch of receipts has stopped: some of its gifts have their receipt and some not yet.',
    metric: { from: 'workflow', workflow: 'receipt-batch', name: 'failed' },
    ...soon,
  },
  'receipt-batch-timed-out': {
    meaning: 'A batch of receipts has not come to an end in two days.',
    metric: { from: 'workflow', workflow: 'receipt-batch', name: 'timed-out' },
    ...soon,
  },
  'legacy-closeout-failed': {
    meaning: 'Old projects are not read, imported or closed: the workflow of an exercise has stopped.',
    metric: { from: 'workflow', workflow: 'legacy-closeout', name: 'failed' },
    ...soon,
  },
  'legacy-closeout-timed-out': {
    meaning: 'The workflow of an exercise of old projects has not come to an end in two days.',
    metric: { from: 'workflow', workflow: 'legacy-closeout', name: 'timed-out' },
    ...soon,
  },
  'mandates-overdue': {
    meaning: 'The charges of many regular gifts did not come on their day.',
    metric: { from: 'yiqi', name: 'MandateOverdue' },
    // Counted at each look, four times a day, and a card that fails for its three days is counted twelve times. Of 3,000 mandates
    // a hundred are due on a day and some five fail: 15 at a look. More than three times that is no matter of cards.
    above: 50,
    periodMinutes: 5,
  },
  'mandates-not-ended': {
    meaning: 'A donor has cancelled a regular gift and the provider does not end it: they may be charged again.',
    metric: { from: 'yiqi', name: 'MandateNotEnded' },
    ...soon,
  },
  'charged-after-cancellation': {
    meaning: 'Money was taken from a donor who had cancelled their regular gift.',
    metric: { from: 'yiqi', name: 'ChargedAfterCancellation' },
    ...soon,
  },
  'matches-held': {
    meaning:
      'The public notice of the matches is over, and held matches wait for a decision: nothing is confirmed until then.',
    metric: { from: 'yiqi', name: 'MatchesHeld' },
    above: 0,
    // The workflow asks every six hours while they wait.
    periodMinutes: 5,
  },
  'reconciliation-discrepancies': {
    meaning: "Our entries and the provider's bill differ.",
    metric: { from: 'yiqi', name: 'ReconciliationDiscrepancies' },
    ...soon,
  },
  'closeout-waits': {
    meaning: 'A closeout has waited for a week for people to settle what does not agree: its report is late.',
    metric: { from: 'yiqi', name: 'ReconciliationWaiting' },
    above: 0,
    periodMinutes: 420, // it looks every six hours by then
  },
  'billed-payments-missing': {
    meaning: "Donors have paid by yesterday's bill, and their gifts are not in the books.",
    metric: { from: 'yiqi', name: 'BilledPaymentMissing' },
    ...soon,
  },
  'bills-not-checked': {
    meaning: "The providers' bills of yesterday cannot be fetched or read: gifts that nobody told us of stay unseen.",
    metric: { from: 'function', function: 'check-bills', name: 'Errors' },
    above: 0,
    // It runs every hour. A list that comes late, or a provider's bad hour, is made up for by the next run.
    periodMinutes: 60,
    periods: { bad: 3, of: 3 },
  },
  'job-failed': {
    meaning: 'A job that runs by schedule failed for good: what it does is not done until a person acts.',
    metric: { from: 'yiqi', name: 'JobFailed' },
    ...soon,
  },
  'jobs-not-started': {
    meaning: 'EventBridge Scheduler could not start a job for an hour, and has put the start aside.',
    metric: { from: 'queue', queue: 'scheduleDeadLetters', name: 'visible' },
    ...soon,
  },
  'jobs-caught-up': {
    meaning: 'A job was due while nothing ran, and was made up for once: something was down, or a clock is wrong.',
    metric: { from: 'yiqi', name: 'JobCaughtUp' },
    ...soon,
  },
  'schedules-not-placed': {
    meaning:
      'EventBridge Scheduler does not have a schedule as people set it: a job runs at the wrong time or not at all.',
    metric: { from: 'yiqi', name: 'ScheduleNotPlaced' },
    ...soon,
  },
  'schedules-not-kept': {
    meaning: 'The hourly look at schedules fails: what is missed now is not made up for.',
    metric: { from: 'function', function: 'keep-schedules', name: 'Errors' },
    above: 0,
    periodMinutes: 60,
    periods: { bad: 3, of: 3 },
  },
  'audit-trail-broken': {
    meaning: 'Lines of an audit trail were edited, taken out or put in past the system.',
    metric: { from: 'yiqi', name: 'AuditTrailBroken' },
    ...soon,
  },
  'day-not-signed': {
    meaning:
      "A campaign's day is over and could not be signed: donors cannot check its gifts, and nothing more is published.",
    metric: { from: 'yiqi', name: 'DayNotSigned' },
    above: 0,
    // Tried again every hour: one bad hour of KMS or S3 makes up for itself.
    periodMinutes: 60,
    periods: { bad: 2, of: 3 },
  },
  'unexpected-errors': {
    meaning: 'Functions fail in ways that nobody planned for.',
    metric: { from: 'yiqi', name: 'UnexpectedError' },
    // A lost connection now and then is retried and forgotten.
    above: 5,
    periodMinutes: 5,
  },
  'functions-failing': {
    meaning: 'Functions crash or run out of time.',
    metric: { from: 'functions', name: 'Errors' },
    above: 5,
    periodMinutes: 5,
  },
  'functions-throttled': {
    meaning: "The account's limit of functions at once is reached: requests are turned away.",
    metric: { from: 'functions', name: 'Throttles' },
    ...soon,
  },
  // Single throttles are retried within the request that met them; ten in five minutes are one key taking too much.
  'table-writes-throttled': {
    meaning: 'The table turns writes away: gifts are recorded and counted late.',
    metric: { from: 'table', name: 'WriteThrottleEvents' },
    above: 10,
    periodMinutes: 5,
  },
  'table-reads-throttled': {
    meaning: 'The table turns reads away: public figures fail, and whatever reads before it writes is late.',
    metric: { from: 'table', name: 'ReadThrottleEvents' },
    above: 10,
    periodMinutes: 5,
  },
  'index-writes-throttled': {
    meaning: "A campaign's index takes entries more slowly than they come: recording gifts slows down with it.",
    metric: { from: 'index', name: 'WriteThrottleEvents' },
    above: 10,
    periodMinutes: 5,
  },
} as const satisfies Record<string, AlarmLine>;

export type AlarmName = keyof typeof ALARMS;

/** CloudWatch namespace and dimension of what our functions count. */
export const YIQI_NAMESPACE = 'Yiqi';
export const YIQI_SERVICE = 'yiqi';
