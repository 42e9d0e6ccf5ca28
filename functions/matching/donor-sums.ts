/** A kilobyte to begin with: most of these are for one batch of a hundred gifts. */
const FEWEST_CELLS = 64;
/** A cell is two numbers, its key and its sum, which lie side by side, so that both are one look into memory. */
const CELL = 2;
/** Key 0 is an empty cell. 2^20 accounts and 2^32 donors make keys below 2^52, which a float64 holds exactly. */
export const MOST_ACCOUNTS = 2 ** 20;

/**
 * One number for each donor and account that has any, donors by their places (donor-places.ts). What a Map of Maps does, without an object
 * for each donor: a million of those are what the garbage collector then walks through again and again.
 *
 * Open addressing, as in donor-places.ts. Sums are whole numbers, exact as long as they are safe integers.
 */
export class DonorSums {
  #cells = new Float64Array(CELL * FEWEST_CELLS);
  #mask = FEWEST_CELLS - 1;
  #taken = 0;

  /** 0 where nothing was ever added. */
  sumOf(place: number, account: number): number {
    return this.#cells[this.#cellOf(place, account) + 1] ?? 0;
  }

  /** Whether anything was ever added, even if it came to 0. */
  has(place: number, account: number): boolean {
    return this.#cells[this.#cellOf(place, account)] !== 0;
  }

  add(place: number, account: number, amount: number): void {
    const cell = this.#cellOf(place, account);
    this.#cells[cell + 1] = (this.#cells[cell + 1] ?? 0) + amount;
    if (this.#cells[cell] !== 0) return;
    this.#cells[cell] = keyOf(place, account);
    this.#taken += 1;
    if (CELL * this.#taken > this.#mask) this.#grow();
  }

  /** Where this sum is, or else would have to be put. */
  #cellOf(place: number, account: number): number {
    const key = keyOf(place, account);
    for (let n = hashOf(place, account) & this.#mask; ; n = (n + 1) & this.#mask) {
      const cell = CELL * n;
      if (this.#cells[cell] === key || this.#cells[cell] === 0) return cell;
    }
  }

  #grow(): void {
    const before = this.#cells;
    this.#cells = new Float64Array(2 * before.length);
    this.#mask = this.#cells.length / CELL - 1;
    for (let cell = 0; cell < before.length; cell += CELL) {
      const key = before[cell] ?? 0;
      if (key === 0) continue;
      const account = (key - 1) % MOST_ACCOUNTS;
      const moved = this.#cellOf((key - 1 - account) / MOST_ACCOUNTS, account);
      this.#cells[moved] = key;
      this.#cells[moved + 1] = before[cell + 1] ?? 0;
    }
  }
}

const keyOf = (place: number, account: number): number => place * MOST_ACCOUNTS + account + 1;

// Multiplied by two odd numbers, so that neighbours in either do not fall onto each other, and folded as in donor-places.ts.
function hashOf(place: number, account: number): number {
  const hash = Math.imul(place, 0x9e3779b1) ^ Math.imul(account, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
