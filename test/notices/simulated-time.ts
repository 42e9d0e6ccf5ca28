/**
 * Time that goes on only when everybody who acts has paused: the earliest pause ends, and whoever made it acts on. What really takes time in
 * between, such as a mail that is being set, takes none here.
 */
export class SimulatedTime {
  nowMs = 1_790_000_000_000;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.#sleepers.push({ atMs: this.nowMs + Math.max(0, milliseconds), wake: resolve });
    });

  /** Runs until all are done. Each does one thing after another: it pauses once at a time. */
  async run(all: readonly Promise<unknown>[]): Promise<void> {
    let acting = all.length;
    const done = Promise.all(all.map((one) => one.finally(() => (acting -= 1))));
    while (acting > 0) {
      if (this.#sleepers.length < acting) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
    }
    await done;
  }
}

/** The most mails in any second that begins with one of them: there is no fuller one. */
export function fullestSecond(sentMs: readonly number[]): number {
  const times = sentMs.toSorted((a, b) => a - b);
  let fullest = 0;
  let from = 0;
  for (const [position, at] of times.entries()) {
    while ((times[from] ?? 0) <= at - 1_000) from += 1;
    fullest = Math.max(fullest, position - from + 1);
  }
  return fullest;
}
