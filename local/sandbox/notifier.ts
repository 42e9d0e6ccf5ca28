import { reasonOf } from '../../functions/kernel/errors.ts';
import type { Instant } from '../../functions/kernel/time.ts';
import { KEY_MODES, type KeyMode } from './keys.ts';
import type { NotificationFault, NotificationOptions, SignedNotification } from './notification.ts';

/**
 * How long WeChat Pay waits before it repeats a notification that was not acknowledged: 15 times over 24 h 4 min
 * (pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_2_5.shtml).
 */
export const RETRY_SECONDS: readonly number[] = [
  15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600,
];
/** The platform hangs up after 5 s, unless it is told to have more patience. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Of an answer no more is kept. */
const LONGEST_ANSWER = 2_000;

/** How one delivery went. */
export type NotificationResult = {
  /** HTTP status, or 0 where no answer came within 5 s. */
  readonly status: number;
  /** What was answered, cut at 2,000 characters, or why there was no answer. */
  readonly body: string;
  /** 1 for the first delivery, 2 for its first repetition after a failure. */
  readonly attempt: number;
};

export type NotifyOptions = {
  /** How often the notification comes although it was acknowledged; 1 if left out. */
  readonly times?: number;
  /** How many of those at once; 1 if left out. */
  readonly parallel?: number;
  readonly fault?: NotificationFault;
  /** By which key; the two in turn if left out. */
  readonly keyMode?: KeyMode;
  /** How often it is repeated when it fails; the whole schedule if left out, and never with a fault. */
  readonly retries?: number;
};

/** What is told of, signed anew for every delivery. */
export type Notice = (options: NotificationOptions) => SignedNotification;

export type NotifierSettings = {
  readonly now: () => Promise<Instant>;
  readonly fetch: typeof globalThis.fetch;
  /** Waits between repetitions; rejects when the signal is aborted. */
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** How long an answer is waited for; 5 s if left out. */
  readonly answerMs?: number | undefined;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
};

/** Delivers notifications over HTTP as the platform does. */
export class Notifier {
  readonly #settings: NotifierSettings;
  #deliveries = 0;

  constructor(settings: NotifierSettings) {
    this.#settings = settings;
  }

  /** Every delivery's result, in order of their ends. */
  async notify(url: string, notice: Notice, options: NotifyOptions = {}): Promise<NotificationResult[]> {
    const { times = 1, parallel = 1 } = options;
    const results: NotificationResult[] = [];
    let left = times;
    const deliverInTurn = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#deliver(url, notice, options, results);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, times) }, deliverInTurn));
    return results;
  }

  /** Once, and again by the schedule until it is acknowledged. */
  async #deliver(
    url: string,
    notice: Notice,
    { fault, keyMode, retries = fault === undefined ? RETRY_SECONDS.length : 0 }: NotifyOptions,
    results: NotificationResult[],
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#post(url, notice, attempt, fault, keyMode);
      results.push(result);
      if (isAcknowledged(result) || attempt > retries) return;
      await this.#settings.sleep(RETRY_SECONDS[attempt - 1] ?? 0, this.#settings.signal);
    }
  }

  async #post(
    url: string,
    notice: Notice,
    attempt: number,
    fault: NotificationFault | undefined,
    keyMode: KeyMode = KEY_MODES[this.#deliveries++ % KEY_MODES.length] ?? 'certificate',
  ): Promise<NotificationResult> {
    const { now, fetch, signal, answerMs = ANSWER_TIMEOUT_MS } = this.#settings;
    signal.throwIfAborted();
    const { headers, body } = notice({
      sentAt: await now(),
      keyMode,
      ...(fault === undefined ? {} : { fault }),
    });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      });
      return { status: response.status, body: (await response.text()).slice(0, LONGEST_ANSWER), attempt };
    } catch (error) {
      signal.throwIfAborted();
      return { status: 0, body: reasonOf(error), attempt };
    }
  }
}

/** Only these two count as heard (pay.weixin.qq.com, notification introduction). */
export const isAcknowledged = ({ status }: NotificationResult): boolean => status === 200 || status === 204;
