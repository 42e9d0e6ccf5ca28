import { PermanentError, reasonOf } from '../functions/kernel/errors.ts';
import { definition as finaliseMatching } from '../functions/matching/finalise-matching.lambda.ts';
import { perform, portsOf, type World } from './world.ts';

/** As the workflow asks again, but more impatiently: close to the gifts that are still being counted. */
const IMPATIENT_MS = 5_000;
const PATIENT_MS = 6 * 3_600_000;
const IMPATIENT_ATTEMPTS = 25;
const MOST_ATTEMPTS = 50;
const TOO_LATE = 'matching is not settled six hours after settling';

/** Finalises matching as the lifecycle does, first at a given moment and then until it has worked. */
export class Finalisation {
  done = false;
  attempts = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  from(instant: number): void {
    this.#world.scheduler.at(instant, () => this.#attempt());
  }

  #attempt(): void {
    const { scheduler, random, campaign, auditor } = this.#world;
    this.attempts += 1;
    scheduler.start(
      'finalise-matching',
      (life) => {
        const { table } = portsOf(this.#world, life, 'finalise-matching');
        return perform(this.#world, finaliseMatching, { table }, { campaignId: campaign.campaignId });
      },
      (ending) => {
        if (
          ending.kind === 'failed' &&
          ending.error instanceof PermanentError &&
          !ending.error.message.startsWith(TOO_LATE)
        ) {
          auditor.find('finalisation finds the books right', reasonOf(ending.error));
          return;
        }
        if (ending.kind === 'done' && ending.value.kind === 'finalised') this.done = true;
        if (this.attempts >= MOST_ATTEMPTS) return;
        // Now and then once more after it has worked: repeated, it must find the same.
        if (this.done && !random.happens(0.2)) return;
        const pauseMs = this.attempts < IMPATIENT_ATTEMPTS ? IMPATIENT_MS : PATIENT_MS;
        scheduler.after(random.below(pauseMs), () => this.#attempt());
      },
    );
  }
}
