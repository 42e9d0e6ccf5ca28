import { reasonOf, ThrottledError, TransientError } from '../functions/kernel/errors.ts';
import type { Ending, Life } from './scheduler.ts';
import type { World } from './world.ts';

const AGAIN_WITHIN_MS = 60_000;
const MOST_ATTEMPTS = 30;

/** What a door answers, as far as people here go by it. */
export type Answer = { readonly kind: string; readonly code?: string };

/** Starts an action, and again while nobody answers: a person presses the button until something is said. */
export function press<Given extends Answer>(
  world: World,
  name: string,
  act: (life: Life) => Promise<Given>,
  answered: (answer: Given) => void,
  attempt = 0,
): void {
  const { scheduler, random, auditor } = world;
  scheduler.start(name, act, (ending) => {
    if (ending.kind === 'done') answered(ending.value);
    if (isBroken(ending)) auditor.find('a door answers whatever happens', `${name}: ${reasonOf(ending.error)}`);
    if (attempt < MOST_ATTEMPTS && isToBeRepeated(ending))
      scheduler.after(random.below(AGAIN_WITHIN_MS * (attempt + 1)), () =>
        press(world, name, act, answered, attempt + 1),
      );
  });
}

/** No answer, or that the gift is not counted yet; a refusal is an answer. */
const isToBeRepeated = (ending: Ending<Answer>): boolean =>
  ending.kind !== 'done' || ending.value.code === 'not-counted' || ending.value.code === 'unknown-gift';

const isBroken = (ending: Ending<Answer>): ending is Extract<Ending<Answer>, { kind: 'failed' }> =>
  ending.kind === 'failed' && !(ending.error instanceof TransientError || ending.error instanceof ThrottledError);
