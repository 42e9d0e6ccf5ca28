import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import type { Trace } from './trace.ts';

/** How an invocation ended, told to whoever started it. */
export type Ending<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Its machine died: nothing of it runs on, and what it had sent may still arrive. */
  | { readonly kind: 'crashed' };

type Event = { readonly at: number; readonly order: number; readonly life: Life | undefined; readonly run: () => void };

/**
 * Virtual time, and the one who decides who runs next. Everything that happens is an event at a virtual instant;
 * between two events the code under test runs until all of it waits again, and nothing else does. So a run is a
 * function of its seed.
 */
export class Scheduler {
  /** Epoch milliseconds of virtual time. */
  now: number;
  steps = 0;
  readonly #random: SeededRandom;
  readonly #trace: Trace;
  readonly #events: Event[] = [];
  #running = 0;
  #touched = false;
  #stopped = false;

  constructor(startsAt: number, random: SeededRandom, trace: Trace) {
    this.now = startsAt;
    this.#random = random;
    this.#trace = trace;
  }

  /** Runs `action` at a virtual instant, or as soon as possible where that has passed. */
  at(instant: number, action: () => void): void {
    this.#push({ at: Math.max(instant, this.now), order: this.#random.fraction(), life: undefined, run: action });
  }

  after(ms: number, action: () => void): void {
    this.at(this.now + ms, action);
  }

  /** Starts an invocation. `ended` is called once, whatever happens to it. */
  start<T>(name: string, work: (life: Life) => Promise<T>, ended: (ending: Ending<T>) => void): void {
    const life = new Life(name, this, () => finish({ kind: 'crashed' }));
    const finish = (ending: Ending<T>): void => {
      if (life.ended) return;
      life.ended = true;
      if (life.waiting === 0) this.#running -= 1;
      this.#trace.note(this.now, name, ending.kind);
      ended(ending);
    };
    this.#running += 1;
    this.#touched = true;
    this.#trace.note(this.now, name, 'starts');
    work(life).then(
      (value) => finish({ kind: 'done', value }),
      (error: unknown) => finish({ kind: 'failed', error }),
    );
  }

  /** For lives only: resolves `ms` later, unless the life has ended by then. */
  wait(life: Life, ms: number): Promise<void> {
    if (life.ended) return new Promise(() => undefined);
    if (life.waiting === 0) this.#running -= 1;
    life.waiting += 1;
    return new Promise((resolve) => {
      const run = (): void => {
        life.waiting -= 1;
        if (life.waiting === 0) this.#running += 1;
        this.#touched = true;
        resolve();
      };
      this.#push({ at: this.now + ms, order: this.#random.fraction(), life, run });
    });
  }

  /** Whether `mostSteps` were enough to come to rest. */
  async run(mostSteps: number): Promise<boolean> {
    const last = this.steps + mostSteps;
    while (!this.#stopped) {
      const event = this.#pop();
      if (event === undefined) return true;
      if (event.life?.ended === true) continue;
      if (this.steps === last) return false;
      this.steps += 1;
      this.now = Math.max(this.now, event.at);
      event.run();
      if (this.#touched) await this.#untilAllWait();
    }
    return true;
  }

  stop(): void {
    this.#stopped = true;
  }

  // Node runs its ticks when every promise that can settle has settled; rendering a mail takes turns of the loop besides,
  // during which nobody else may run.
  async #untilAllWait(): Promise<void> {
    this.#touched = false;
    await (this.steps % STEPS_PER_TURN === 0 ? turnOfTheLoop() : tick());
    while (this.#running > 0) await turnOfTheLoop();
  }

  #push(event: Event): void {
    const events = this.#events;
    let place = events.length;
    events.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = events[parent];
      if (above === undefined || !isBefore(event, above)) break;
      events[place] = above;
      place = parent;
    }
    events[place] = event;
  }

  #pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = events[2 * place + 1];
      const right = events[2 * place + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      events[place] = child;
      place = child === right ? 2 * place + 2 : 2 * place + 1;
    }
    events[place] = last;
    return first;
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** Ticks alone would starve whatever else this process does: a turn of the loop costs ten times as much as a tick. */
const STEPS_PER_TURN = 64;

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One invocation of a function: it lives until it returns, throws or crashes. */
export class Life {
  readonly name: string;
  ended = false;
  /** How many of its own waits are pending; with none it is running. */
  waiting = 0;
  readonly #scheduler: Scheduler;
  readonly #crash: () => void;

  constructor(name: string, scheduler: Scheduler, crash: () => void) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#crash = crash;
  }

  wait(ms: number): Promise<void> {
    return this.#scheduler.wait(this, ms);
  }

  /** Ends it here and now. What awaits this never goes on. */
  crash(): Promise<never> {
    this.#crash();
    return new Promise(() => undefined);
  }
}
