import { type Adjustment, netOf } from '../functions/matching/adjustment.ts';

/** Adjustments of gifts under audit: each stands twice, in the pool's order and under its gift, by one transaction. */
export class CopiesAudit {
  #entries: Adjustment[] = [];
  #copies: Adjustment[] = [];

  entry(adjustment: Adjustment): void {
    this.#entries.push(adjustment);
  }
  copy(adjustment: Adjustment): void {
    this.#copies.push(adjustment);
  }

  /** To be asked after every write and every transaction. */
  *differences(): Generator<string> {
    const [entries, copies] = [textOf(this.#entries), textOf(this.#copies)];
    if (entries !== copies) yield `[${entries}] has [${copies}]`;
    this.#entries = [];
    this.#copies = [];
  }
}

const textOf = (adjustments: readonly Adjustment[]): string =>
  adjustments
    .filter(({ giftId }) => giftId !== undefined)
    .map((adjustment) => `${adjustment.number} ${adjustment.giftId} ${netOf(adjustment)}`)
    .join(', ');
