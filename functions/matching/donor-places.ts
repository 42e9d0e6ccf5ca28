/** Half a kilobyte to begin with: most of these numberings are for one batch of a hundred gifts. */
const FEWEST_SLOTS = 64;
/** A slot is two numbers, the id's hash and its place plus one, which lie side by side, so that both are one look into memory. */
const SLOT = 2;

/**
 * Numbers donors in the order in which they first came: 0, 1, 2 and so on, their places. What `Map<string, number>` does, in two
 * thirds of its time: a Map has to hash each id outside of compiled code, since no two gifts bring the same text object.
 *
 * Open addressing: an id is looked for in the slot that its hash names, and then in the next ones up to an empty slot. At
 * most half of the slots are taken, so that this is soon. Ids are compared as whole texts; equal hashes cost time only.
 */
export class DonorPlaces {
  readonly #ids: string[] = [];
  #slots = new Int32Array(SLOT * FEWEST_SLOTS);
  #mask = FEWEST_SLOTS - 1;
  #lastId = '';
  #lastPlace = -1;

  /** How many donors there are. */
  get count(): number {
    return this.#ids.length;
  }

  /** The donor's place; -1 for one who has none, which is never a place. */
  find(id: string): number {
    // A gift's donor is asked for several times in a row: by each cap, and when the match is booked.
    if (id === this.#lastId && this.#lastPlace >= 0) return this.#lastPlace;
    const place = (this.#slots[this.#slotOf(id, hashOf(id)) + 1] ?? 0) - 1;
    if (place >= 0) this.#remember(id, place);
    return place;
  }

  /** The donor's place, the next free one where the donor is new. */
  findOrAdd(id: string): number {
    const found = this.find(id);
    if (found >= 0) return found;
    const place = this.#ids.push(id) - 1;
    if (SLOT * this.#ids.length > this.#mask) this.#grow();
    const hash = hashOf(id);
    const slot = this.#slotOf(id, hash);
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = place + 1;
    this.#remember(id, place);
    return place;
  }

  #remember(id: string, place: number): void {
    this.#lastId = id;
    this.#lastPlace = place;
  }

  /** Where in the slots this id is, or else would have to be put. */
  #slotOf(id: string, hash: number): number {
    for (let n = hash & this.#mask; ; n = (n + 1) & this.#mask) {
      const slot = SLOT * n;
      const taken = this.#slots[slot + 1] ?? 0;
      if (taken === 0 || (this.#slots[slot] === hash && this.#ids[taken - 1] === id)) return slot;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    this.#mask = this.#slots.length / SLOT - 1;
    for (let slot = 0; slot < before.length; slot += SLOT) {
      const hash = before[slot] ?? 0;
      const taken = before[slot + 1] ?? 0;
      if (taken === 0) continue;
      let n = hash & this.#mask;
      while (this.#slots[SLOT * n + 1] !== 0) n = (n + 1) & this.#mask;
      this.#slots[SLOT * n] = hash;
      this.#slots[SLOT * n + 1] = taken;
    }
  }
}

// FNV-1a over all characters, its high bits folded into the low ones, which choose the slot.
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
function hashOf(id: string): number {
  let hash = FNV_OFFSET | 0;
  for (let position = 0; position < id.length; position += 1)
    hash = Math.imul(hash ^ id.charCodeAt(position), FNV_PRIME);
  return hash ^ (hash >>> 15);
}
