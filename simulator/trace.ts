const LISTED_EVENTS = 20;
const PRIMES = [0x01000193, 0x85ebca6b] as const;

/**
 * What happened, as one hash of everything and the last events in words. Two runs with the same hash went the same way
 * event by event. FNV-1a twice with different primes: fast, and nobody forges a simulation.
 */
export class Trace {
  #events = 0;
  #low = 0x811c9dc5;
  #high = 0x9747b28c;
  readonly #last: (readonly [at: number, who: string, what: string])[] = [];

  note(at: number, who: string, what: string): void {
    this.#mix(at % 2 ** 32);
    for (let position = 0; position < who.length; position += 1) this.#mix(who.charCodeAt(position));
    for (let position = 0; position < what.length; position += 1) this.#mix(what.charCodeAt(position));
    this.#last[this.#events % LISTED_EVENTS] = [at, who, what];
    this.#events += 1;
  }

  #mix(value: number): void {
    this.#low = Math.imul(this.#low ^ value, PRIMES[0]);
    this.#high = Math.imul(this.#high ^ value, PRIMES[1]) ^ (this.#high >>> 15);
  }

  hash(): string {
    return [this.#low, this.#high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** The last events, oldest first. */
  last(): string[] {
    const from = Math.max(0, this.#events - LISTED_EVENTS);
    return Array.from({ length: this.#events - from }, (_, n) => this.#last[(from + n) % LISTED_EVENTS])
      .filter((event) => event !== undefined)
      .map(([at, who, what]) => `${new Date(at).toISOString()} ${who}: ${what}`);
  }
}
