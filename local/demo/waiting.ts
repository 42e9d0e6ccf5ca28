import { setTimeout as pause } from 'node:timers/promises';

/** How often something is looked at while it is waited for. */
const LOOK_EVERY_MS = 250;

/** Looks until `look` gives something. @throws Error naming `what` when it takes longer than `seconds`. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined>,
  options: { seconds: number; signal?: AbortSignal },
): Promise<T> {
  const deadline = Date.now() + options.seconds * 1000;
  for (;;) {
    options.signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${options.seconds} s in vain for ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Does `work` for every item, at most `width` at a time, in their order. Stops at the first failure. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}
