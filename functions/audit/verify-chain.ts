import { type AuditHead, type AuditLine, hashOf, NO_HASH } from './audit-line.ts';

export const CHAIN_PROBLEMS = [
  'missing',
  'edited',
  'out-of-place',
  'not-chained',
  'cut-off',
  'differs-from-anchor',
  'extra',
] as const;
/** What is wrong at one place of a chain. */
export type ChainProblem = {
  /** The number of the line that is wrong, missing or not in its place; for one that has no number, of the line before it. */
  readonly number: number;
  readonly problem: (typeof CHAIN_PROBLEMS)[number];
};

/** Where a verification stands, and where it can go on. */
export type ChainPlace = { readonly number: number; readonly hash: string };
export const CHAIN_START: ChainPlace = { number: 0, hash: NO_HASH };

/** A line as it stands in the store: the number of its key (NaN where that is none), and what could be read of it. */
export type StoredLine = { readonly storedNumber: number; readonly line: AuditLine | undefined };

/** The number and hash that a chain had on a day, kept elsewhere: what an honest chain still has there. */
export type Anchor = ChainPlace;

/**
 * Goes over the lines of one organisation's trail in the order in which the store gives them, and finds every line that
 * was edited, taken out, put in or moved. It keeps nothing but its place, so a chain may be longer than memory.
 *
 * What it cannot find by itself: a chain whose tail was cut off together with its head, and one that was forged anew
 * from some line on. Those differ from an anchor that was kept elsewhere in the meantime.
 */
export class ChainVerifier {
  readonly problems: ChainProblem[] = [];
  readonly #organisationId: string;
  readonly #anchors: ReadonlyMap<number, string>;
  #place: ChainPlace;
  /** Whether the line at the place could not be read, so that its hash is not known. */
  #isBroken = false;

  constructor(organisationId: string, anchors: readonly Anchor[] = [], from: ChainPlace = CHAIN_START) {
    this.#organisationId = organisationId;
    this.#anchors = new Map(anchors.map(({ number, hash }) => [number, hash]));
    this.#place = from;
  }

  get place(): ChainPlace {
    return this.#place;
  }

  /** The next line as the store has it. */
  take({ storedNumber, line }: StoredLine): void {
    const expected = this.#place.number + 1;
    if (Number.isNaN(storedNumber) || storedNumber < expected) {
      this.#find(this.#place.number, 'extra');
      return;
    }
    this.#findFrom(expected, storedNumber - 1, 'missing');
    if (line === undefined) {
      this.#find(storedNumber, 'edited');
      this.#place = { number: storedNumber, hash: this.#place.hash };
      this.#isBroken = true;
      return;
    }
    if (line.number !== storedNumber || line.organisationId !== this.#organisationId)
      this.#find(storedNumber, 'out-of-place');
    else if (hashOf(line) !== line.hash) this.#find(storedNumber, 'edited');
    // After a gap there is nothing to be chained to that we have seen: the gap itself has been told.
    else if (storedNumber === expected && !this.#isBroken && line.previousHash !== this.#place.hash)
      this.#find(storedNumber, 'not-chained');
    const anchored = this.#anchors.get(storedNumber);
    if (anchored !== undefined && anchored !== line.hash) this.#find(storedNumber, 'differs-from-anchor');
    this.#place = { number: storedNumber, hash: line.hash };
    this.#isBroken = false;
  }

  /** After the last line: what the head and the anchors say there should have been. */
  finish(head: Pick<AuditHead, 'number' | 'hash'> | undefined): readonly ChainProblem[] {
    const { number, hash } = this.#place;
    const promised = Math.max(head?.number ?? 0, ...this.#anchors.keys());
    this.#findFrom(number + 1, promised, 'cut-off');
    if (head === undefined ? number > 0 : head.number < number) this.#find(number, 'extra');
    else if (head !== undefined && head.number === number && head.hash !== hash) this.#find(number, 'not-chained');
    return this.problems;
  }

  #findFrom(first: number, last: number, problem: ChainProblem['problem']): void {
    for (let number = first; number <= last && this.problems.length < MOST_PROBLEMS; number += 1)
      this.#find(number, problem);
  }

  #find(number: number, problem: ChainProblem['problem']): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ number, problem });
  }
}

/** Enough to see what happened; a chain that was thrown away whole would fill an answer otherwise. */
const MOST_PROBLEMS = 1_000;
