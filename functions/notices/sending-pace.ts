/**
 * How fast mail may be handed over. All times are real milliseconds, never the demo's: it is the provider who counts them.
 * One item holds the state and every sender changes it by a guarded write, so that together they keep one rate.
 */
export type Pace = {
  /** No mail before this moment. */
  readonly nextAtMs: number;
  /** The account's largest rate, mails a second. */
  readonly ratePerSecond: number;
  /** How many more mails the account may send until the next look at it. */
  readonly quotaLeft: number;
  readonly quotaReadAtMs: number;
};

/** What the provider says of our account. */
export type SendingQuota = {
  readonly ratePerSecond: number;
  readonly perDay: number;
  readonly sentLastDay: number;
};

/** Where nothing can be learnt of the account: SES's usual rate, and its usual 50,000 a day less what nobody counted. */
export const ASSUMED_QUOTA: SendingQuota = { ratePerSecond: 14, perDay: 50_000, sentLastDay: 0 };

/**
 * How late after its moment a mail may still be handed over. Within it any second holds at most
 * floor((1 + 0.15) / interval) + 1 mails; with an interval longer than 1.15 / rate that is at most the rate.
 */
export const LATEST_MS = 150;
const SECOND_MS = 1_000;
/** How old the figures of the account may be. At 14 a second a quota moves by 840 mails meanwhile, and we count ours ourselves. */
export const QUOTA_AGE_MS = 60_000;
/** Mails of the last 24 hours that staff may need: of 50,000 a thousand are kept from donors' letters. */
const KEPT_SHARE = 0.02;
/** After the provider said "slower" nobody sends for so long: its bucket fills again within one. */
const THROTTLED_MS = 2_000;

/** Between two mails. At a rate of 14 it is 82.2 ms, which are 12.2 mails a second, and 30,000 in 41 minutes. */
export const intervalMs = (ratePerSecond: number): number => (SECOND_MS + LATEST_MS + 1) / Math.max(ratePerSecond, 1);

export type Turn =
  | { readonly kind: 'granted'; readonly atMs: number; readonly pace: Pace }
  | { readonly kind: 'quota-used' };

/** The figures of the account are unknown or old: who sends next reads them first. */
export const isStale = (pace: Pace | undefined, nowMs: number): boolean =>
  pace === undefined || nowMs - pace.quotaReadAtMs >= QUOTA_AGE_MS;

/** The pace with new figures of the account; what was granted stays granted. */
export function withQuota(pace: Pace | undefined, quota: SendingQuota, nowMs: number): Pace {
  const left = Math.floor(quota.perDay * (1 - KEPT_SHARE)) - quota.sentLastDay;
  return {
    nextAtMs: pace?.nextAtMs ?? nowMs,
    ratePerSecond: quota.ratePerSecond,
    // SES writes -1 for an account without a quota.
    quotaLeft: quota.perDay < 0 ? Number.MAX_SAFE_INTEGER : Math.max(0, left),
    quotaReadAtMs: nowMs,
  };
}

/** The next moment for one mail, and the pace after it. */
export function nextTurn(pace: Pace, nowMs: number): Turn {
  if (pace.quotaLeft < 1) return { kind: 'quota-used' };
  const atMs = Math.max(nowMs, pace.nextAtMs);
  return {
    kind: 'granted',
    atMs,
    pace: { ...pace, nextAtMs: atMs + intervalMs(pace.ratePerSecond), quotaLeft: pace.quotaLeft - 1 },
  };
}

/** The pace after the provider asked for less. */
export const slowed = (pace: Pace, nowMs: number): Pace => ({
  ...pace,
  nextAtMs: Math.max(pace.nextAtMs, nowMs + THROTTLED_MS),
});
