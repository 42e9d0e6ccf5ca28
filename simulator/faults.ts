import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';

/** Everything that can go wrong, and how often at one opportunity in a campaign of middling weather. */
export const FAULTS = {
  // --- the store, at each call ---
  /** Told to slow down; nothing happened. */
  throttled: 0.01,
  /** The request was lost; nothing happened. */
  'lost before': 0.01,
  /** It happened, and the answer was lost. */
  'lost after': 0.01,
  /** The caller gave up, and it happens up to a minute later. */
  'happens late': 0.005,
  /** The answer was lost and the SDK asked again by itself: the caller sees the answer to its own repeat. */
  'repeated by the SDK': 0.01,
  /** A transaction met another one: cancelled for conflict. */
  conflict: 0.02,
  /** The index has not seen the newest entries yet. Often: it matters only in the moments when matching is finalised. */
  'stale index': 0.4,
  /**
   * An invocation stands still between reading and a change of what it has read. Often, because there is one such
   * change in a campaign: that which finalises.
   */
  'held up before a guarded update': 0.4,
  /** The same between planning a batch and committing it. */
  'held up before a commit': 0.03,
  /** The same between finding that a donor is new and claiming them. */
  'held up before a claim': 0.1,
  /** The same when a sponsor's wish is carried out. Often: there are few of them. */
  'held up before a pool changes': 0.5,
  /** The same when a claim is approved. Often: a claim draws from a pool from which gifts draw at the same moment. */
  'held up before a claim is drawn': 0.4,
  /** The same while matching is being finalised. Often: few gifts come then, and none of them may be matched. */
  'overtaken by finalisation': 0.5,
  /** The same while a refund of one of the batch's gifts comes in, which the batch has not seen. */
  'overtaken by a refund': 0.3,
  /** An invocation that confirms stands still between one look at the pool and the next. */
  'held up while confirming': 0.4,
  /** Refunds come in while matches are being confirmed. Often: that happens once in a campaign. */
  'refunds while matches are confirmed': 0.9,
  // --- machines ---
  /** An invocation dies before, or after, what it asked for has happened; or that happens when it is long dead. */
  'crash before': 0.004,
  'crash after': 0.004,
  'crash, happens late': 0.002,
  /** An invocation's clock is up to two minutes wrong. */
  'clock skew': 0.05,
  /** A call takes seconds. */
  slow: 0.02,
  // --- deliveries ---
  'batch delivered twice at once': 0.03,
  'checkpoint lost': 0.03,
  'shard stalled': 0.01,
  'record that is no entry': 0.003,
  // --- the notice queue ---
  /** Some of a batch got in and the others did not, as SQS may answer. Often, because few gifts are thanked here. */
  'queue took a part': 0.1,
  'notice delivered twice': 0.1,
  // --- the payment provider ---
  'notified many times at once': 0.05,
  'notified late': 0.03,
  'notified again after success': 0.05,
  'answer to a notification lost': 0.02,
  'unknown order': 0.01,
  'wrong amount': 0.01,
  'same payment for another order': 0.002,
  forged: 0.005,
  'refund told many times at once': 0.1,
  'refund told again after success': 0.1,
  // --- the mail provider ---
  'mail refused for now': 0.05,
  'mail refused for good': 0.01,
  'mail taken, answer lost': 0.03,
  'mail lost, answer lost': 0.02,
} as const;
export type Fault = keyof typeof FAULTS;

/** Calm, usual and rough: a kind of fault that never happens in a campaign, or often, shows what the average hides. */
const WEATHERS = [0, 1, 1, 4] as const;

/** Decides what goes wrong, and counts it. */
export class Faults {
  readonly counts = new Map<Fault, number>();
  readonly #random: SeededRandom;
  readonly #rates: ReadonlyMap<Fault, number>;

  constructor(random: SeededRandom, on: boolean) {
    this.#random = random;
    this.#rates = new Map(
      on ? Object.entries(FAULTS).map(([fault, rate]) => [fault as Fault, rate * random.pick(WEATHERS)]) : [],
    );
  }

  /** Whether any fault can happen at all. */
  get on(): boolean {
    return this.#rates.size > 0;
  }

  /** Whether this goes wrong now. */
  strikes(fault: Fault): boolean {
    const rate = this.#rates.get(fault) ?? 0;
    if (rate === 0 || this.#random.fraction() >= rate) return false;
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    return true;
  }

  /** The first of these that goes wrong now. */
  first<Kind extends Fault>(kinds: readonly Kind[]): Kind | undefined {
    if (!this.on) return undefined;
    return kinds.find((kind) => this.strikes(kind));
  }
}
