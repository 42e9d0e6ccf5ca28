/** 128 bits: among a million rows two that differ meet by chance once in 10^27 files. */
const DIGEST_WORDS = 4;
const FIRST_SLOTS = 1 << 10;
const FULLEST = 0.7;

/**
 * Digests that were seen, at 16 bytes each in one array. As a Set of strings those of a million rows took 350 MB,
 * which is more than the whole reading of the file may take.
 */
export class DigestSet {
  #words = new Uint32Array(FIRST_SLOTS * DIGEST_WORDS);
  /** Which slots are taken: a digest of zeros is a digest like any other. */
  #taken = new Uint8Array(FIRST_SLOTS);
  #size = 0;

  /** Keeps a digest of at least 16 bytes. False when it was there already. */
  add(digest: Buffer): boolean {
    if (this.#size >= this.#taken.length * FULLEST) this.#grow();
    const words = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)];
    const slot = this.#slotOf(words);
    if (this.#taken[slot] === 1) return false;
    this.#put(slot, words);
    this.#size += 1;
    return true;
  }

  /** Where these words are, or the free slot in which they belong. */
  #slotOf(words: ArrayLike<number>): number {
    const last = this.#taken.length - 1;
    let slot = (words[0] ?? 0) & last;
    while (this.#taken[slot] === 1 && !this.#holds(slot, words)) slot = (slot + 1) & last;
    return slot;
  }

  #holds(slot: number, words: ArrayLike<number>): boolean {
    for (let word = 0; word < DIGEST_WORDS; word += 1)
      if (this.#words[slot * DIGEST_WORDS + word] !== words[word]) return false;
    return true;
  }

  #put(slot: number, words: ArrayLike<number>): void {
    this.#words.set(words, slot * DIGEST_WORDS);
    this.#taken[slot] = 1;
  }

  #grow(): void {
    const words = this.#words;
    const taken = this.#taken;
    this.#words = new Uint32Array(words.length * 2);
    this.#taken = new Uint8Array(taken.length * 2);
    for (let slot = 0; slot < taken.length; slot += 1) {
      if (taken[slot] !== 1) continue;
      const digest = words.subarray(slot * DIGEST_WORDS, (slot + 1) * DIGEST_WORDS);
      this.#put(this.#slotOf(digest), digest);
    }
  }
}
