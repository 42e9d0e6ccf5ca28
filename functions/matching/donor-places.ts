/** Ids as kernel/ids.ts makes them: a prefix of four and twenty signs, which are six words of four bytes. */
const ID_LENGTH = 24;
const WORD_BYTES = 4;
const WORDS = ID_LENGTH / WORD_BYTES;
/** A slot is the place plus one, 0 where it is empty, then the id's words, and one word more, so that none lies on two cache lines. */
const SLOT = 8;
/** Two kilobytes to begin with: most numberings are for one batch of a hundred gifts. */
const FEWEST_SLOTS = 64;

/**
 * Numbers donors in the order in which they first came: 0, 1, 2 and so on, their places. What `Map<string, number>` does, in less
 * than two thirds of its time for a campaign's donors: a Map has to hash each id outside of compiled code, since no two
 * gifts bring the same text object, and then looks into memory at four places, which no cache holds. This table has
 * the id itself in the slot.
 *
 * Open addressing: an id is looked for in the slot that its hash names, and then in the next ones up to an empty slot. At
 * most half of the slots are taken, so that this is soon; ids are keyed hashes, so that nobody can choose many for one
 * slot. Ids of any other form, such as tests and files have, are in a Map.
 */
export class DonorPlaces {
  #slots = new Int32Array(SLOT * FEWEST_SLOTS);
  #mask = FEWEST_SLOTS - 1;
  readonly #others = new Map<string, number>();
  #count = 0;
  /** The words of the id that was read last. */
  readonly #words = new Int32Array(WORDS);
  #lastId = '';
  #lastPlace = -1;

  /** The donor's place; -1 for one who has none. */
  find(id: string): number {
    // A gift's donor is asked for several times in a row: by each cap, and when the match is booked.
    if (id === this.#lastId) return this.#lastPlace;
    const place = this.#readWords(id) ? this.#placeIn(this.#slotOf(this.#words, 0)) : (this.#others.get(id) ?? -1);
    this.#lastId = id;
    this.#lastPlace = place;
    return place;
  }

  /** The donor's place, the next free one where the donor is new. */
  findOrAdd(id: string): number {
    const found = this.find(id);
    if (found >= 0) return found;
    const place = this.#count;
    this.#count += 1;
    this.#lastPlace = place;
    if (this.#readWords(id)) this.#put(this.#words, 0, place);
    else this.#others.set(id, place);
    if (2 * this.#count > this.#mask) this.#grow();
    return place;
  }

  /** Whether this is an id of the usual form, which is then in `#words`. */
  #readWords(id: string): boolean {
    if (id.length !== ID_LENGTH) return false;
    let seen = 0;
    for (let word = 0; word < WORDS; word += 1) {
      const at = WORD_BYTES * word;
      const first = id.charCodeAt(at);
      const second = id.charCodeAt(at + 1);
      const third = id.charCodeAt(at + 2);
      const fourth = id.charCodeAt(at + 3);
      seen |= first | second | third | fourth;
      this.#words[word] = first | (second << 8) | (third << 16) | (fourth << 24);
    }
    // Signs above 255 run into each other's bits, so that two ids could have the same words.
    return seen <= LARGEST_BYTE;
  }

  #placeIn(slot: number): number {
    return (this.#slots[slot] ?? 0) - 1;
  }

  #put(words: Int32Array, at: number, place: number): void {
    const slot = this.#slotOf(words, at);
    this.#slots[slot] = place + 1;
    for (let word = 0; word < WORDS; word += 1) this.#slots[slot + 1 + word] = words[at + word] ?? 0;
  }

  /** Where the id whose words stand at `at` is, or else would have to be put. */
  #slotOf(words: Int32Array, at: number): number {
    const slots = this.#slots;
    for (let n = hashOf(words, at) & this.#mask; ; n = (n + 1) & this.#mask) {
      const slot = SLOT * n;
      if (slots[slot] === 0 || isSame(slots, slot + 1, words, at)) return slot;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    this.#mask = this.#slots.length / SLOT - 1;
    for (let slot = 0; slot < before.length; slot += SLOT) {
      const taken = before[slot] ?? 0;
      if (taken !== 0) this.#put(before, slot + 1, taken - 1);
    }
  }
}

const LARGEST_BYTE = 255;
/** 2^32 over the golden ratio, made odd: spreads neighbours widely (Knuth, The Art of Computer Programming, 6.4). */
const GOLDEN = 0x9e3779b1;

function hashOf(words: Int32Array, at: number): number {
  let hash = 0;
  for (let word = 0; word < WORDS; word += 1) {
    hash = Math.imul(hash ^ (words[at + word] ?? 0), GOLDEN);
    // Only the low bits choose the slot, and a product's high bits are the ones that know all of the id.
    hash ^= hash >>> 15;
  }
  return hash;
}

function isSame(one: Int32Array, at: number, other: Int32Array, otherAt: number): boolean {
  for (let word = 0; word < WORDS; word += 1) if (one[at + word] !== other[otherAt + word]) return false;
  return true;
}
