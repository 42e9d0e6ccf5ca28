import type { JournalLine, JournalPage, MatchEntry } from '../functions/matching/match-entry.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import { UNASSIGNED } from '../functions/platform/keys.ts';
import type { Change } from '../functions/platform/table.memory.ts';
import type { Item } from '../functions/platform/table.ts';
import { CountedTotals } from './counted-totals.ts';
import { type NaiveMatching, naiveMatching } from './naive-matching.ts';

/** What must never be, and at which step it was. */
export type Finding = { readonly invariant: string; readonly detail: string; readonly step: number };

/**
 * Sees every change of the table as it happens and holds it, after every write and every transaction, against the
 * invariants of functions/ledger/invariants.ts, worked out step by step so that a million gifts can be afforded; and
 * against those that need more than the books: what never changes once written, and what was said to the outside.
 * Reads what was written, never what the allocation thinks it wrote.
 */
export class Auditor {
  readonly findings: Finding[] = [];
  /** Ids of every entry that arrived, with its money, in the campaign or unassigned. */
  readonly entries = new Map<string, { readonly campaignId: string; readonly amountMinor: number }>();
  readonly counted = new Map<string, JournalLine>();
  /** How often the invariants were looked at. */
  checks = 0;
  readonly #stepNow: () => number;
  readonly #campaignId: string;
  #pool: MatchingPool | undefined;
  /** What was left in the pool when it was finalised. */
  #finalRemainingMinor: number | undefined;
  #matching: NaiveMatching | undefined;
  #lines = 0;
  #assigned = 0;
  readonly #totals = new CountedTotals();
  readonly #matches = new Map<string, MatchEntry>();
  #freshLines: { readonly line: JournalLine; readonly sequence: number }[] = [];
  readonly #freshMatches: MatchEntry[] = [];
  #changed = false;

  constructor(campaignId: string, stepNow: () => number) {
    this.#campaignId = campaignId;
    this.#stepNow = stepNow;
  }

  find(invariant: string, detail: string): void {
    this.findings.push({ invariant, detail, step: this.#stepNow() });
  }

  /** How many gifts of the campaign have arrived and are not counted. */
  get uncounted(): number {
    return this.#assigned - this.counted.size;
  }

  get pool(): MatchingPool | undefined {
    return this.#pool;
  }

  /** Takes note of one change. Checks nothing yet that holds only between transactions. */
  observe({ before, after }: Change): void {
    if (after === undefined) {
      if (before !== undefined && before.type !== 'notice')
        this.find('nothing of the books is deleted', textOf(before));
      return;
    }
    switch (after.type) {
      case 'donation':
        if (before === undefined) this.#arrived(after);
        else this.find('an entry is written once and never changed', textOf(after));
        break;
      case 'match':
        this.#changed = true;
        if (before !== undefined) this.find('a match is written once and never changed', textOf(after));
        else {
          const match = after as unknown as MatchEntry;
          this.#matches.set(match.giftId, match);
          this.#freshMatches.push(match);
        }
        break;
      case 'journal-page':
        this.#changed = true;
        if (before !== undefined) this.find('the journal is only ever continued', textOf(after));
        this.#turnPage(after as unknown as JournalPage);
        break;
      case 'pool':
        this.#changed = true;
        this.#setPool(after as unknown as MatchingPool);
        break;
      case 'campaign-totals':
      case 'unit-totals':
      case 'day-totals':
        this.#changed = true;
        this.#totals.record(after);
        break;
      default:
    }
  }

  #arrived(item: Item): void {
    const { giftId, campaignId, amountMinor } = item;
    // What is put here is what the entry's schema let through; other records never come into the table.
    if (typeof giftId === 'string' && typeof campaignId === 'string' && typeof amountMinor === 'number') {
      this.entries.set(giftId, { campaignId, amountMinor });
      if (campaignId !== UNASSIGNED) this.#assigned += 1;
    } else this.find('an entry is written whole', textOf(item));
  }

  #setPool(pool: MatchingPool): void {
    this.#matching ??= naiveMatching(pool);
    if (this.#pool?.state === 'finalised' && pool.state !== 'finalised')
      this.find('a finalised pool stays finalised', `it is ${pool.state} again`);
    if (this.#finalRemainingMinor !== undefined && pool.remainingMinor !== this.#finalRemainingMinor)
      this.find('a finalised pool never changes', `${this.#finalRemainingMinor} became ${pool.remainingMinor}`);
    if (pool.state === 'finalised' && this.#finalRemainingMinor === undefined) {
      this.#finalRemainingMinor = pool.remainingMinor;
      if (pool.finalisedSequence !== this.counted.size)
        this.find(
          'no gift is matched after matching was finalised',
          `finalised at ${pool.finalisedSequence} when ${this.counted.size} gifts were counted`,
        );
    }
    this.#pool = pool;
  }

  #turnPage(page: JournalPage): void {
    let sequence = page.firstSequence;
    if (sequence !== this.#lines + 1)
      this.find(
        'the pool has counted as many gifts as its journal holds',
        `a page begins at ${sequence} after ${this.#lines}`,
      );
    if (this.#matching === undefined) this.find('nothing is counted without a pool', `gift number ${sequence}`);
    for (const line of page.lines) {
      this.#judge(line);
      this.#countLine(line);
      this.#freshLines.push({ line, sequence });
      sequence += 1;
    }
  }

  // After finalisation any match at all is wrong, which is found where the line is counted.
  #judge(line: JournalLine): void {
    const expectedMinor = this.#matching?.drawnBy(line);
    if (this.#finalRemainingMinor === undefined && expectedMinor !== line.matchMinor)
      this.find(
        'every match is what the rule gives in recorded order',
        `gift ${line.giftId} has ${line.matchMinor}, the plan says ${expectedMinor}`,
      );
    this.#matching?.note(line, line.matchMinor);
  }

  #countLine(line: JournalLine): void {
    this.#lines += 1;
    if (this.counted.has(line.giftId)) this.find('every gift is counted at most once', `gift ${line.giftId}`);
    this.counted.set(line.giftId, line);
    const entry = this.entries.get(line.giftId);
    if (entry === undefined) this.find('nothing is counted that did not arrive', `gift ${line.giftId}`);
    else if (entry.amountMinor !== line.amountMinor || entry.campaignId !== this.#campaignId)
      this.find('a gift is counted as it arrived', `gift ${line.giftId}`);
    if (this.#finalRemainingMinor !== undefined && line.matchMinor !== 0)
      this.find('no gift is matched after matching was finalised', `gift ${line.giftId} has ${line.matchMinor}`);
    this.#totals.count(line);
  }

  /** To be called after every write and every transaction, when all of it has been observed. */
  check(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.checks += 1;
    this.#checkPool();
    this.#checkMatches();
    for (const difference of this.#totals.differences())
      this.find('totals are the sums of what was counted', difference);
  }

  #checkPool(): void {
    const pool = this.#pool;
    if (pool === undefined) return;
    const { remainingMinor, poolMinor, sequence } = pool;
    if (remainingMinor < 0) this.find('no pool is below zero', `remaining is ${remainingMinor}`);
    if (poolMinor - remainingMinor !== this.#totals.matchMinor)
      this.find(
        'what was matched is what the pool gave',
        `matches sum to ${this.#totals.matchMinor}, the pool gave ${poolMinor - remainingMinor}`,
      );
    if (sequence !== this.#lines)
      this.find(
        'the pool has counted as many gifts as its journal holds',
        `the pool counted ${sequence}, the journal holds ${this.#lines}`,
      );
  }

  #checkMatches(): void {
    for (const { line, sequence } of this.#freshLines) {
      const match = this.#matches.get(line.giftId);
      if (match === undefined || match.matchMinor !== line.matchMinor || match.sequence !== sequence)
        this.find('every counted gift has exactly its one match', `gift ${line.giftId}, number ${sequence}`);
    }
    for (const { giftId } of this.#freshMatches)
      if (!this.counted.has(giftId)) this.find('every match is in the journal', `gift ${giftId}`);
    this.#freshLines = [];
    this.#freshMatches.length = 0;
  }

  /** Entries of the campaign; others wait for a person. */
  *assigned(): Generator<string> {
    for (const [giftId, { campaignId }] of this.entries) if (campaignId !== UNASSIGNED) yield giftId;
  }
}

function textOf(thing: object | undefined): string {
  return thing === undefined ? 'nothing' : JSON.stringify(thing).slice(0, 200);
}
