import { PermanentError, reasonOf } from '../functions/kernel/errors.ts';
import { definition as confirmMatching } from '../functions/matching/confirm-matching.lambda.ts';
import type { BooksAudit } from './books-audit.ts';
import { epochMsOf, instantAt, perform, portsOf, type World } from './world.ts';

const MOST_ATTEMPTS = 25;
/** Longer than the workflow waits, because each attempt reads all books. */
const LONGEST_PAUSE_MS = 2 * 86_400_000;
const FIRST_WITHIN_MS = 600_000;
const SHORT_MS = 60_000;

/**
 * Ends the public notice of a campaign as the lifecycle does: now and then too early, then when the notice is over, and
 * again until it has worked and once more after.
 */
export class Confirmation {
  done = false;
  /** Hears that an attempt begins which may succeed. */
  onAttempt: () => void = () => undefined;
  #attempts = 0;
  readonly #world: World;
  readonly #books: BooksAudit;

  constructor(world: World, books: BooksAudit) {
    this.#world = world;
    this.#books = books;
  }

  /** To be called when matching is finalised. */
  begin(): void {
    const { scheduler, random, auditor } = this.#world;
    const { noticeUntil } = this.#books.pool ?? {};
    if (noticeUntil === undefined) {
      auditor.find('matches are publicised when they are finalised', 'no notice');
      return;
    }
    if (random.happens(0.3)) this.#attempt(() => undefined);
    scheduler.at(epochMsOf(noticeUntil) + random.below(FIRST_WITHIN_MS), () => this.#attempt(() => this.#again()));
  }

  #again(): void {
    const { scheduler, random } = this.#world;
    if (this.#attempts >= MOST_ATTEMPTS || (this.done && !random.happens(0.3))) return;
    const pauseMs = random.happens(0.3) ? random.below(SHORT_MS) : random.below(LONGEST_PAUSE_MS);
    scheduler.after(pauseMs, () => this.#attempt(() => this.#again()));
  }

  #attempt(then: () => void): void {
    const { scheduler, auditor } = this.#world;
    const { campaignId } = this.#books.campaign;
    this.#attempts += 1;
    if (scheduler.now >= epochMsOf(this.#books.pool?.noticeUntil ?? instantAt(scheduler.now))) this.onAttempt();
    scheduler.start(
      'confirm-matching',
      (life) => {
        const { table, patience } = portsOf(this.#world, life, 'confirm-matching', {
          weakness: { heldUpBy: 'held up while confirming' },
        });
        const confirm = this.#world.mutation?.confirm?.(confirmMatching) ?? confirmMatching;
        // Letters about confirmed matches are told elsewhere: here a donor gets their thank-you, and one mail.
        return perform(this.#world, confirm, { table, patience, queueNotices: async () => undefined }, { campaignId });
      },
      (ending) => {
        if (ending.kind === 'failed' && ending.error instanceof PermanentError) {
          auditor.find('confirmation finds the books right', reasonOf(ending.error));
          return;
        }
        if (ending.kind === 'done' && ending.value.kind === 'confirmed') {
          this.done = true;
          // Where nothing was matched nothing is owed, and it is paid at once.
          if (this.#books.pool?.stage !== 'confirmed' && this.#books.pool?.stage !== 'paid')
            auditor.find('what is said to be confirmed is', `the stage is ${this.#books.pool?.stage}`);
        }
        then();
      },
    );
  }
}
