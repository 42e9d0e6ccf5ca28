import { PermanentError, type Refusal } from '../kernel/errors.ts';
import { receiptSeriesKey } from '../platform/keys.ts';
import type { TransactWrite } from '../platform/table.ts';
import { type Issuer, issueWrites, receiptOf, seriesYearOf, waiverWrites } from './issuing.ts';
import type { Receipt } from './receipt.ts';
import { readReceiptCases } from './receipt-case.store.ts';
import type { IssueOutcome, IssueOutcomes, ReceiptOrder } from './receipt-order.ts';
import { LARGEST_STEP, type SeriesStep, type SeriesUse, writeInSeries } from './receipt-series.store.ts';
import { seriesCodeOf } from './receipt-settings.ts';
import { type ReceiptCase, receiptableOf } from './receiptable.ts';

/** A receipt takes three actions (itself, the gift's one receipt, no refund since), and a step has 97: 32 gifts. */
export const RECEIPTS_PER_STEP = Math.floor(LARGEST_STEP / 3);

/**
 * Issues receipts and records waivers of settled gifts, as many as fit in one transaction at a time, in the order given. A gift that has a
 * receipt keeps it, so that the same orders again write nothing. Throws TransientError where the series stays busy; what was issued
 * until then stays issued.
 */
export async function issueReceipts(
  use: SeriesUse,
  issuer: Issuer,
  orders: readonly ReceiptOrder[],
): Promise<IssueOutcomes | Refusal> {
  const outcomes = new Map<string, IssueOutcome>();
  let waiting = [...new Map(orders.map((order) => [order.giftId, order])).values()];
  while (waiting.length > 0) {
    const step = await issueSome(use, issuer, waiting.slice(0, RECEIPTS_PER_STEP));
    if ('kind' in step) return step;
    if (step.size === 0) throw new PermanentError('not one receipt fits into a transaction');
    for (const [giftId, outcome] of step) outcomes.set(giftId, outcome);
    waiting = waiting.filter(({ giftId }) => !outcomes.has(giftId));
  }
  return outcomes;
}

/** One transaction's worth. Orders that did not fit have no outcome. */
function issueSome(
  use: SeriesUse,
  issuer: Issuer,
  orders: readonly ReceiptOrder[],
): Promise<Map<string, IssueOutcome> | Refusal> {
  const { settings, now } = issuer;
  const year = seriesYearOf(settings, now);
  const series = { organisationId: settings.organisationId, year, code: seriesCodeOf(settings, year) };
  // What was sent and perhaps written: found again, it is ours and not somebody else's.
  const sent = new Map<string, Receipt>();
  return writeInSeries(use, series, async (next) => {
    const cases = await readReceiptCases(
      use.table,
      orders.map(({ giftId }) => giftId),
    );
    const step = new IssueStep(issuer, next, sent);
    for (const [position, order] of orders.entries()) {
      const gift = cases[position];
      if (gift === undefined || !step.take(order, gift)) break;
    }
    return step.done();
  });
}

const sentKey = (receiptId: string, number: number): string => `${receiptId}#${number}`;

class IssueStep {
  readonly #issuer: Issuer;
  readonly #code: string;
  readonly #sent: Map<string, Receipt>;
  readonly #outcomes = new Map<string, IssueOutcome>();
  readonly #writes: TransactWrite[] = [];
  /** Waivers that end, by the year of another series in which they are on record. */
  readonly #endedIn = new Map<number, number>();
  #number: number;
  #change = { numbers: 0, amountMinor: 0, waivers: 0, waivedMinor: 0, waiversEnded: 0 };

  constructor(issuer: Issuer, next: { readonly number: number; readonly code: string }, sent: Map<string, Receipt>) {
    this.#issuer = issuer;
    this.#number = next.number;
    this.#code = next.code;
    this.#sent = sent;
  }

  /** Adds what an order comes to; `false` where it does not fit any more. */
  take(order: ReceiptOrder, gift: ReceiptCase): boolean {
    const settled = this.#alreadySettled(order, gift) ?? notReady(gift);
    if (settled !== undefined) {
      this.#outcomes.set(order.giftId, settled);
      return true;
    }
    return order.do === 'issue' ? this.#issue(order, gift) : this.#waive(order, gift);
  }

  done(): SeriesStep<Map<string, IssueOutcome>> {
    const { organisationId } = this.#issuer.settings;
    const ended = [...this.#endedIn].map(([year, count]) => waiversEnded(organisationId, year, count));
    return { writes: [...this.#writes, ...ended], change: this.#change, value: this.#outcomes };
  }

  #fits(writes: readonly TransactWrite[], endsIn: number | undefined): boolean {
    const heads = new Set([...this.#endedIn.keys(), ...(endsIn === undefined ? [] : [endsIn])]).size;
    return this.#writes.length + writes.length + heads <= LARGEST_STEP;
  }

  #alreadySettled(order: ReceiptOrder, { current }: ReceiptCase): IssueOutcome | undefined {
    if (current?.state === 'live' && current.last !== undefined) {
      const ours = this.#sent.get(sentKey(current.last.receiptId, current.last.number));
      return ours !== undefined && current.changedBy === this.#issuer.by
        ? { kind: 'issued', receipt: ours }
        : {
            kind: 'already-issued',
            receipt: current.last,
            amountMinor: current.amountMinor ?? 0,
            by: current.changedBy,
          };
    }
    return current?.state === 'waived' && order.do === 'waive' ? { kind: 'already-waived' } : undefined;
  }

  #issue({ giftId, about }: ReceiptOrder & { readonly do: 'issue' }, gift: ReceiptCase): boolean {
    const ready = receiptableOf(gift);
    if (ready.kind !== 'ready') return true;
    const generation = (gift.current?.generation ?? 0) + 1;
    const numbered = { code: this.#code, number: this.#number };
    const receipt = receiptOf(
      ready.entry,
      ready.amountMinor,
      about,
      numbered,
      this.#issuer,
      generation,
      gift.current?.last,
    );
    const writes = issueWrites(gift, receipt);
    const endsIn = gift.current?.state === 'waived' ? gift.current.waiver?.year : undefined;
    if (!this.#fits(writes, endsIn)) return false;
    this.#writes.push(...writes);
    if (endsIn === receipt.year) this.#change.waiversEnded += 1;
    else if (endsIn !== undefined) this.#endedIn.set(endsIn, (this.#endedIn.get(endsIn) ?? 0) + 1);
    this.#number += 1;
    this.#change.numbers += 1;
    this.#change.amountMinor += receipt.amountMinor;
    this.#sent.set(sentKey(receipt.receiptId, receipt.number), receipt);
    this.#outcomes.set(giftId, { kind: 'issued', receipt });
    return true;
  }

  #waive({ giftId, reason }: ReceiptOrder & { readonly do: 'waive' }, gift: ReceiptCase): boolean {
    const ready = receiptableOf(gift);
    if (ready.kind !== 'ready') return true;
    const writes = waiverWrites(gift, ready.entry, ready.amountMinor, reason, this.#issuer);
    if (!this.#fits(writes, undefined)) return false;
    this.#writes.push(...writes);
    this.#change.waivers += 1;
    this.#change.waivedMinor += ready.amountMinor;
    this.#outcomes.set(giftId, { kind: 'waived' });
    return true;
  }
}

/** The head of another series, whose waivers these receipts end: its numbers stay as they are. */
const waiversEnded = (organisationId: string, year: number, count: number): TransactWrite => ({
  update: receiptSeriesKey(organisationId, year),
  add: { waiversEnded: count },
  when: { equals: { type: 'receipt-series' } },
});

function notReady(gift: ReceiptCase): IssueOutcome | undefined {
  const ready = receiptableOf(gift);
  return ready.kind === 'ready' ? undefined : ready;
}
