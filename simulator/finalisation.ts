import { PermanentError, reasonOf } from '../functions/kernel/errors.ts';
import { definition as finaliseMatching } from '../functions/matching/finalise-matching.lambda.ts';
import { poolKey } from '../functions/platform/keys.ts';
import { keyOf, type TransactWrite } from '../functions/platform/table.ts';
import type { BooksAudit } from './books-audit.ts';
import type { FinalisationPlan } from './career-plan.ts';
import { LONGEST_INDEX_LAG_MS } from './faulty-table.ts';
import type { Ending } from './scheduler.ts';
import { perform, portsOf, type World } from './world.ts';

/** How soon the workflow asks again: sooner than it does, to be close to the gifts that are still being counted. */
const PAUSES_MS = [5_000, 5_000, 60_000, 600_000, 6 * 3_600_000] as const;
const MOST_ATTEMPTS = 30;
/** Attempts in bad moments cost as much as the others: each reads all books. */
const MOST_OVERTAKINGS = 20;
/** With more gifts on their way finalisation would see one of them, and ask for another try. */
const FEW_GIFTS = 3;
const OVERTAKES_WITHIN_MS = 1_000;
const TOO_LATE = 'matching is not settled six hours after settling';

type Finalised = Ending<{ readonly kind: string }>;

/**
 * Finalises matching as the lifecycle does, first at a given moment and then until it has worked; and besides, when an
 * allocation stands still between planning and committing and the index does not show its gifts yet: what guards the
 * pool must hold at exactly that moment, which chance alone hardly meets.
 */
export class Finalisation {
  done = false;
  /** Hears, once, that matching is finalised. */
  onDone: () => void = () => undefined;
  #attempts = 0;
  #overtakings = 0;
  readonly #world: World;
  readonly #books: BooksAudit;

  constructor(world: World, books: BooksAudit, { soonestAt, firstAt }: FinalisationPlan) {
    this.#world = world;
    this.#books = books;
    const pool = poolKey(books.campaign.campaignId).pk;
    const isOurs = ([first]: readonly TransactWrite[]): boolean => first !== undefined && keyOf(first).pk === pool;
    world.scheduler.at(firstAt, () => this.#attempt());
    world.overtakers.push((writes) => isOurs(writes) && this.#isMoment(soonestAt) && this.#overtake());
  }

  #attempt(): void {
    const { scheduler, random } = this.#world;
    this.#attempts += 1;
    this.#finalise({}, () => {
      if (this.#attempts >= MOST_ATTEMPTS) return;
      // Now and then once more after it has worked: repeated, it must find the same.
      if (this.done && !random.happens(0.2)) return;
      scheduler.after(random.below(random.pick(PAUSES_MS)), () => this.#attempt());
    });
  }

  #isMoment(soonestAt: number): boolean {
    const { scheduler } = this.#world;
    const may = scheduler.now >= soonestAt && !this.done && this.#overtakings < MOST_OVERTAKINGS;
    return may && this.#books.uncounted <= FEW_GIFTS;
  }

  #overtake(): boolean {
    const { scheduler, random, faults } = this.#world;
    if (!faults.strikes('overtaken by finalisation')) return false;
    this.#overtakings += 1;
    scheduler.after(random.below(OVERTAKES_WITHIN_MS), () =>
      this.#finalise({ indexLagMs: LONGEST_INDEX_LAG_MS }, () => undefined),
    );
    return true;
  }

  #finalise(sees: { readonly indexLagMs?: number }, then: () => void): void {
    const { scheduler } = this.#world;
    const { campaignId } = this.#books.campaign;
    scheduler.start(
      'finalise-matching',
      (life) => {
        const { table, patience } = portsOf(this.#world, life, 'finalise-matching', { weakness: sees });
        return perform(this.#world, finaliseMatching, { table, patience }, { campaignId });
      },
      (ending) => {
        if (isWrong(ending)) {
          this.#world.auditor.find('finalisation finds the books right', reasonOf(ending.error));
          return;
        }
        if (ending.kind === 'done' && ending.value.kind === 'finalised' && !this.done) {
          this.done = true;
          this.onDone();
        }
        then();
      },
    );
  }
}

/** A refusal for good, unless it is only that gifts are late. */
const isWrong = (ending: Finalised): ending is Extract<Finalised, { kind: 'failed' }> =>
  ending.kind === 'failed' && ending.error instanceof PermanentError && !ending.error.message.startsWith(TOO_LATE);
