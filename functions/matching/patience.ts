import { TransientError } from '../kernel/errors.ts';

/** How a loop waits and rolls dice; replaced by the simulator and by tests. */
export type Patience = { readonly random: () => number; readonly pause: (ms: number) => Promise<void> };
export const realPatience: Patience = {
  random: Math.random,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * One call tries this often to get through before it gives its work back to whoever brought it: with full jitter from
 * 20 ms, doubled up to 2 s, that is at most about 25 s, inside the functions' 60 s.
 */
const MOST_ATTEMPTS = 16;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;

/** Waits before the nth further attempt. Throws TransientError, saying `what`, when patience is at its end. */
export async function pauseBefore(attempt: number, patience: Patience, what: string): Promise<void> {
  if (attempt >= MOST_ATTEMPTS) throw new TransientError(`${what} after ${MOST_ATTEMPTS} attempts`);
  await patience.pause(patience.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
}
