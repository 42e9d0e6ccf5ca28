import type { Receipt, ReceiptSeries, ReceiptWaiver } from './receipt.ts';

/** One thing about a series that cannot be: in words for whoever must look. */
export type SeriesProblem = { readonly rule: SeriesRule; readonly about: string };
export type SeriesRule =
  | 'no-gap'
  | 'no-double'
  | 'one-code'
  | 'sums-agree'
  | 'reversal-points-to-its-original'
  | 'reversal-is-the-whole'
  | 'void-has-a-reason'
  | 'one-valid-receipt-a-gift'
  | 'lines-add-up';

/**
 * Watches the receipts of a series go by in the order of their numbers, and says at the end what does not hold. Keeps no receipt but
 * what has to be compared with a later one: some 100 bytes each, 10 MB for 100,000.
 */
export class SeriesCheck {
  readonly #problems: SeriesProblem[] = [];
  readonly #reversed = new Map<string, { readonly number: number; readonly amountMinor: number }>();
  readonly #valid = new Map<string, number>();
  #last = 0;
  #code: string | undefined;
  #amountMinor = 0;
  #voids = 0;
  #reversals = 0;

  see(receipt: Receipt): void {
    const { number, code, state, amountMinor, lines } = receipt;
    if (number <= this.#last) this.#add('no-double', `number ${number} stands after number ${this.#last}`);
    else if (number > this.#last + 1) this.#add('no-gap', `${gap(this.#last + 1, number - 1)} missing`);
    this.#last = Math.max(this.#last, number);
    this.#code ??= code;
    if (code !== this.#code) this.#add('one-code', `number ${number} has the code ${code}, the first ${this.#code}`);
    if (lines.reduce((sum, line) => sum + line.amountMinor, 0) !== amountMinor)
      this.#add('lines-add-up', `the lines of number ${number} are not its amount`);
    if (state === 'void') this.#void(receipt);
    else this.#amountMinor += amountMinor;
    if (receipt.kind === 'reversal') this.#reversal(receipt);
    else this.#gift(receipt);
  }

  #void({ number, stateReason }: Receipt): void {
    this.#voids += 1;
    if (stateReason === undefined) this.#add('void-has-a-reason', `number ${number} is void and does not say why`);
  }

  #gift({ number, giftId, receiptId, state, amountMinor }: Receipt): void {
    if (amountMinor <= 0) this.#add('reversal-is-the-whole', `number ${number} is of nothing and is no reversal`);
    if (state === 'reversed') this.#reversed.set(receiptId, { number, amountMinor });
    if (state !== 'valid') return;
    const other = this.#valid.get(giftId);
    if (other !== undefined)
      this.#add('one-valid-receipt-a-gift', `numbers ${other} and ${number} are both valid, of gift ${giftId}`);
    this.#valid.set(giftId, number);
  }

  #reversal({ number, amountMinor, reverses, state, year }: Receipt): void {
    this.#reversals += 1;
    if (state !== 'valid') this.#add('reversal-points-to-its-original', `reversal ${number} is ${state}`);
    if (reverses === undefined) {
      this.#add('reversal-points-to-its-original', `reversal ${number} takes nothing back`);
      return;
    }
    // What a later year takes back is in another series, and is looked at there.
    if (reverses.year !== year) return;
    const original = this.#reversed.get(reverses.receiptId);
    if (original === undefined)
      this.#add('reversal-points-to-its-original', `number ${reverses.number} does not say that ${number} reversed it`);
    else if (original.amountMinor + amountMinor !== 0)
      this.#add('reversal-is-the-whole', `reversal ${number} is not the whole of number ${original.number}`);
  }

  /** All that does not hold; empty when all does. */
  problems(head: ReceiptSeries | undefined, waivers: Iterable<ReceiptWaiver> = []): readonly SeriesProblem[] {
    const issued = head?.issued ?? 0;
    if (issued > this.#last) this.#add('no-gap', `${gap(this.#last + 1, issued)} missing at the end`);
    if (issued < this.#last) this.#add('no-double', `the series ends with ${issued}, and there is a ${this.#last}`);
    this.#agree('amount', head?.amountMinor ?? 0, this.#amountMinor);
    this.#agree('void receipts', head?.voids ?? 0, this.#voids);
    this.#agree('reversals', head?.reversals ?? 0, this.#reversals);
    const all = [...waivers];
    this.#agree('waivers', head?.waivers ?? 0, all.length);
    this.#agree('ended waivers', head?.waiversEnded ?? 0, all.filter(({ endedBy }) => endedBy !== undefined).length);
    this.#agree(
      'waived amount',
      head?.waivedMinor ?? 0,
      all.reduce((sum, one) => sum + one.amountMinor, 0),
    );
    if (head !== undefined && this.#code !== undefined && head.code !== this.#code)
      this.#add('one-code', `the series is ${head.code} and its receipts are ${this.#code}`);
    return this.#problems;
  }

  #agree(what: string, kept: number, counted: number): void {
    if (kept !== counted) this.#add('sums-agree', `${what}: the series says ${kept}, its receipts ${counted}`);
  }

  #add(rule: SeriesRule, about: string): void {
    this.#problems.push({ rule, about });
  }
}

const gap = (from: number, to: number): string => (from === to ? `number ${from} is` : `numbers ${from} to ${to} are`);

/** What of a whole series does not hold. Receipts in the order of their numbers. */
export function seriesProblems(
  head: ReceiptSeries | undefined,
  receipts: Iterable<Receipt>,
  waivers: Iterable<ReceiptWaiver> = [],
): readonly SeriesProblem[] {
  const check = new SeriesCheck();
  for (const receipt of receipts) check.see(receipt);
  return check.problems(head, waivers);
}
