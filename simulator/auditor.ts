import type { Campaign } from '../functions/campaigns/campaign.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import { UNASSIGNED } from '../functions/platform/keys.ts';
import type { Change } from '../functions/platform/table.memory.ts';
import type { Item } from '../functions/platform/table.ts';
import { BooksAudit } from './books-audit.ts';
import { ProgrammeYears, programmeYearName } from './cap-watch.ts';

/** What must never be, and at which step it was. */
export type Finding = { readonly invariant: string; readonly detail: string; readonly step: number };

export type ArrivedRefund = {
  readonly giftId: string;
  readonly refundId: string;
  readonly amountMinor: number;
  readonly campaignId: string;
  /** Epoch milliseconds of virtual time. */
  readonly arrivedAt: number;
};

/**
 * A refund that is younger than this may be open when matching is finalised: the index lags up to a minute, reading the
 * books takes some seconds, and the write may happen another minute and twenty seconds later.
 */
const OLD_REFUND_MS = 200_000;

type Circumstances = { readonly step: () => number; readonly now: () => number };

/**
 * Sees every change of the table as it happens and holds it, after every write and every transaction, against the
 * invariants of functions/ledger/invariants.ts, and against those that need more than the books: what never changes
 * once written, and what was said to the outside. Reads what was written, never what the handlers think they wrote.
 */
export class Auditor {
  readonly findings: Finding[] = [];
  /** Ids of every entry that arrived, with its money, in a campaign or unassigned. */
  readonly entries = new Map<string, { readonly campaignId: string; readonly amountMinor: number }>();
  /** By gift and refund. */
  readonly refunds = new Map<string, ArrivedRefund>();
  readonly counted = new Map<string, JournalLine>();
  readonly books = new Map<string, BooksAudit>();
  /** How often the invariants were looked at. */
  checks = 0;
  readonly #circumstances: Circumstances;
  readonly #years = new ProgrammeYears();

  constructor(circumstances: Circumstances) {
    this.#circumstances = circumstances;
  }

  open(campaign: Campaign, seeds: Readonly<Record<string, string>>): BooksAudit {
    const books = new BooksAudit(this, campaign, seeds, this.#years);
    this.books.set(campaign.campaignId, books);
    return books;
  }

  find(invariant: string, detail: string): void {
    this.findings.push({ invariant, detail, step: this.#circumstances.step() });
  }

  /** Takes note of one change. Checks nothing yet that holds only between transactions. */
  observe({ before, after }: Change): void {
    if (after === undefined) {
      if (before !== undefined && before.type !== 'notice' && before.type !== 'turn')
        this.find('nothing of the books is deleted', textOf(before));
      return;
    }
    switch (after.type) {
      case 'donation':
        if (before === undefined) this.#arrived(after);
        else this.find('an entry is written once and never changed', textOf(after));
        break;
      case 'refund':
        if (before === undefined) this.#refunded(after);
        else this.find('an entry is written once and never changed', textOf(after));
        break;
      case 'donor-year':
        this.#years.record(
          programmeYearName(String(after['donorId']), String(after['programmeId']), String(after['year'])),
          Number(after['matchedMinor']),
        );
        break;
      default:
        this.books.get(String(after['campaignId']))?.observe(before, after);
    }
  }

  #arrived(item: Item): void {
    const { giftId, campaignId, amountMinor } = item;
    // What is put here is what the entry's schema let through; other records never come into the table.
    if (typeof giftId === 'string' && typeof campaignId === 'string' && typeof amountMinor === 'number') {
      this.entries.set(giftId, { campaignId, amountMinor });
      this.books.get(campaignId)?.arrived();
    } else this.find('an entry is written whole', textOf(item));
  }

  #refunded(item: Item): void {
    const { giftId, refundId, campaignId, amountMinor } = item;
    if (
      typeof giftId === 'string' &&
      typeof refundId === 'string' &&
      typeof campaignId === 'string' &&
      typeof amountMinor === 'number'
    )
      this.refunds.set(`${giftId} ${refundId}`, {
        giftId,
        refundId,
        campaignId,
        amountMinor,
        arrivedAt: this.#circumstances.now(),
      });
    else this.find('an entry is written whole', textOf(item));
  }

  /** Hears of each gift that a journal counts. */
  counts(line: JournalLine, campaignId: string): void {
    if (this.counted.has(line.giftId)) this.find('every gift is counted at most once', `gift ${line.giftId}`);
    this.counted.set(line.giftId, line);
    const entry = this.entries.get(line.giftId);
    if (entry === undefined) this.find('nothing is counted that did not arrive', `gift ${line.giftId}`);
    else if (entry.amountMinor !== line.amountMinor || entry.campaignId !== campaignId)
      this.find('a gift is counted as it arrived', `gift ${line.giftId}`);
  }

  /** Refunds of counted gifts that arrived long ago and are not settled, in words. */
  *oldOpenRefunds(books: BooksAudit): Generator<string> {
    const { campaignId } = books.campaign;
    for (const { giftId, refundId, arrivedAt, campaignId: of } of this.refunds.values())
      if (
        of === campaignId &&
        this.counted.has(giftId) &&
        !books.hasSettled(giftId, refundId) &&
        this.#circumstances.now() - arrivedAt > OLD_REFUND_MS
      )
        yield `refund ${refundId} of gift ${giftId} came ${this.#circumstances.now() - arrivedAt} ms ago`;
  }

  /** To be called after every write and every transaction, when all of it has been observed. */
  check(): void {
    for (const books of this.books.values()) if (books.check()) this.checks += 1;
  }

  /** Entries of campaigns; others wait for a person. */
  *assigned(): Generator<string> {
    for (const [giftId, { campaignId }] of this.entries) if (campaignId !== UNASSIGNED) yield giftId;
  }
}

function textOf(thing: object): string {
  return JSON.stringify(thing).slice(0, 200);
}
