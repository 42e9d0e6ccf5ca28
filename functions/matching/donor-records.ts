import type { LocalDate } from '../kernel/time.ts';
import { DonorPlaces } from './donor-places.ts';
import { DonorSums, MOST_ACCOUNTS } from './donor-sums.ts';
import type { ScreenMemory } from './rules/screen.ts';

/**
 * What is counted of each donor under a rule: what they drew in all, on one local day of payment, and in one year of the rule's
 * programme (all campaigns together), in minor units; how many of their gifts count for a challenge; and 1 where the
 * streak bonus was given, which is given once.
 */
export type Counted = 'total' | LocalDate | `year ${string}` | 'challenge-gifts' | 'streak-bonus';

export type DonorSum = { readonly ruleId: string; readonly counted: Counted; readonly sum: number };

/**
 * What the rules must remember of every donor. Numbers lie in two flat tables, because caps look at them for every gift and
 * a campaign has a million donors; what the screen remembers, where a plan has one, is an object for each donor.
 */
export class DonorRecords {
  readonly #places = new DonorPlaces();
  readonly #sums = new DonorSums();
  /** The account of each thing that is counted under each rule: few, since days and years are. */
  readonly #accounts = new Map<string, Map<Counted, number>>();
  #accountCount = 0;
  readonly #memories: (ScreenMemory | undefined)[] = [];

  /** 0 where nothing was counted yet. */
  sumOf(donorId: string, ruleId: string, counted: Counted): number {
    const account = this.#accounts.get(ruleId)?.get(counted);
    if (account === undefined) return 0;
    const place = this.#places.find(donorId);
    return place < 0 ? 0 : this.#sums.sumOf(place, account);
  }

  /** A negative amount takes away. */
  add(donorId: string, ruleId: string, counted: Counted, amount: number): void {
    this.#sums.add(this.#places.findOrAdd(donorId), this.#accountOf(ruleId, counted), amount);
  }

  /** Everything that was ever counted of a donor, whatever it has come to, in the order of its names. */
  everythingOf(donorId: string): DonorSum[] {
    const place = this.#places.find(donorId);
    if (place < 0) return [];
    const sums: DonorSum[] = [];
    for (const [ruleId, accounts] of inOrder(this.#accounts))
      for (const [counted, account] of inOrder(accounts))
        if (this.#sums.has(place, account)) sums.push({ ruleId, counted, sum: this.#sums.sumOf(place, account) });
    return sums;
  }

  /** What the screen remembers of a donor. */
  memoryOf(donorId: string): ScreenMemory | undefined {
    const place = this.#places.find(donorId);
    return place < 0 ? undefined : this.#memories[place];
  }

  /** The same, to be changed in place; begun where there is none. */
  ownMemoryOf(donorId: string): ScreenMemory {
    const place = this.#places.findOrAdd(donorId);
    const memory = this.#memories[place] ?? {};
    this.#memories[place] = memory;
    return memory;
  }

  #accountOf(ruleId: string, counted: Counted): number {
    let accounts = this.#accounts.get(ruleId);
    if (accounts === undefined) {
      accounts = new Map();
      this.#accounts.set(ruleId, accounts);
    }
    let account = accounts.get(counted);
    if (account === undefined) {
      account = this.#accountCount;
      if (account === MOST_ACCOUNTS) throw new RangeError(`more than ${MOST_ACCOUNTS} things are counted of donors`);
      this.#accountCount += 1;
      accounts.set(counted, account);
    }
    return account;
  }
}

const inOrder = <Name extends string, Value>(entries: ReadonlyMap<Name, Value>): (readonly [Name, Value])[] =>
  [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
