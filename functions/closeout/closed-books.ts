import { PermanentError } from '../kernel/errors.ts';
import { minor } from '../kernel/money.ts';
import { giftSumsOf, lumpMinorOf } from '../ledger/gift-sums.ts';
import { type Adjustment, netOf } from '../matching/adjustment.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import type { MatchOutcome } from '../matching/match-outcome.ts';
import { openReplay, type Replaying } from '../matching/matching-oracle.ts';
import { frameOf, type MatchingPool, openingPlanOf } from '../matching/matching-pool.ts';
import type { CloseoutSummary } from './closeout-summary.ts';
import type { ReportedAdjustment, ReportMatch } from './report-match.ts';

/** A gift that an adjustment speaks of: its place in the recorded order, and what it was. */
export type SpokenOf = { readonly giftNo: number; readonly amountMinor: number };

/** What a closeout knows of a pool before it reads the journal. Everything in it is of one moment: after adjustment number `adjustments.length`. */
export type OpenedBooks = {
  /** As it is now. What `later` moved in it has to be taken back. */
  readonly pool: MatchingPool;
  /** What counts in this closeout, in its order; what is about gifts that came after the end is not among it. */
  readonly adjustments: readonly Adjustment[];
  /** What was settled after the closeout had begun. */
  readonly later: readonly Adjustment[];
  /** By gift id: those of the closed campaign that an adjustment speaks of. */
  readonly spokenOf: ReadonlyMap<string, SpokenOf>;
};

/** The sums of the journal and the adjustments, the second way to the figures that the entries give. */
export type JournalSums = Pick<
  CloseoutSummary['totals'],
  'gifts' | 'raisedMinor' | 'refundedMinor' | 'matchedMinor' | 'matchedGifts' | 'refundedGifts'
>;

/** What a closeout reads of a pool. */
export type ClosedBooks = OpenedBooks & {
  readonly sums: JournalSums;
  readonly drawnMinor: number;
  readonly donors: number;
  /** How many gifts were counted after matching was finalised. */
  readonly lateGifts: number;
  readonly recomputation: ReportMatch['recomputation'];
};

/**
 * Goes through a journal once, in its order, and keeps of a million gifts only sums, the ids of their donors, and those few
 * lines that an adjustment speaks of: a closeout's memory must not grow with the campaign.
 */
export class JournalReader {
  readonly #books: OpenedBooks;
  readonly #finalisedSequence: number;
  readonly #replaying: Replaying;
  readonly #donors = new Set<string>();
  readonly #spoken: JournalLine[] = [];
  #lines = 0;
  #lateGifts = 0;
  #raised = 0;
  #drawn = 0;
  #matchedUnspoken = 0;
  #matchedGiftsUnspoken = 0;

  constructor(books: OpenedBooks, finalisedSequence: number) {
    const { pool, adjustments } = books;
    this.#books = books;
    this.#finalisedSequence = finalisedSequence;
    this.#replaying = openReplay({
      plan: openingPlanOf(pool.plan, adjustments),
      frame: frameOf(pool),
      // Seeds are revealed when matching is closed, and nothing is reported before.
      seeds: pool.revealedSeeds ?? {},
      adjustments,
      finalisedSequence,
    });
  }

  line(line: JournalLine): void {
    if (this.#lines >= this.#finalisedSequence) {
      this.#lateGifts += 1;
      return;
    }
    this.#lines += 1;
    this.#raised += line.amountMinor;
    this.#drawn += line.matchMinor;
    this.#donors.add(line.donorId);
    this.#replaying.gift(line);
    if (this.#books.spokenOf.has(line.giftId)) this.#spoken.push(line);
    else {
      this.#matchedUnspoken += line.matchMinor;
      if (line.matchMinor > 0) this.#matchedGiftsUnspoken += 1;
    }
  }

  closed(): ClosedBooks {
    const { adjustments } = this.#books;
    const spoken = [...giftSumsOf(this.#spoken, adjustments).values()];
    const verdict = this.#replaying.verdict();
    return {
      ...this.#books,
      sums: {
        gifts: this.#lines,
        raisedMinor: minor(this.#raised),
        refundedMinor: minor(totalOf(spoken, ({ refundedMinor }) => refundedMinor)),
        matchedMinor: minor(this.#matchedUnspoken + totalOf(spoken, ({ matchMinor }) => matchMinor)),
        matchedGifts: this.#matchedGiftsUnspoken + spoken.filter(({ matchMinor }) => matchMinor > 0).length,
        refundedGifts: spoken.filter(({ line, refundedMinor }) => refundedMinor === line.amountMinor).length,
      },
      drawnMinor: this.#drawn,
      donors: this.#donors.size,
      lateGifts: this.#lateGifts,
      recomputation: {
        agrees: verdict.kind === 'agrees',
        giftsCompared: verdict.gifts,
        adjustmentsCompared: adjustments.length,
        differences: verdict.differing,
      },
    };
  }
}

/**
 * The sums of entries and their settlements against journal and adjustments: two independent ways to the same figures.
 * Throws PermanentError naming both where they differ.
 */
export function mustAgree({ totals }: CloseoutSummary, { sums }: Pick<ClosedBooks, 'sums'>): void {
  const names = Object.keys(sums) as (keyof JournalSums)[];
  const differing = names.filter((name) => sums[name] !== totals[name]);
  if (differing.length === 0) return;
  const both = differing.map((name) => `${name} ${totals[name]} by entries, ${sums[name]} by the journal`);
  throw new PermanentError(`entries and journal disagree: ${both.join('; ')}`);
}

const totalOf = <T>(list: readonly T[], amountOf: (one: T) => number): number =>
  list.reduce((total, one) => total + amountOf(one), 0);

/** The match as the report states it, but for what only the entries know. */
export function matchFigures(books: ClosedBooks, outcomes: Partial<Record<MatchOutcome, number>>) {
  const { pool, adjustments, later, drawnMinor, recomputation, spokenOf } = books;
  const rules = ruleFigures(pool, later);
  return {
    stage: pool.stage,
    ...(pool.noticeUntil === undefined ? {} : { noticeUntil: pool.noticeUntil }),
    rules,
    poolMinor: pool.poolMinor,
    matchedMinor: totalOf(rules, ({ matchedMinor }) => matchedMinor),
    remainingMinor: pool.remainingMinor + totalOf(later, netOf),
    drawnMinor,
    lumpMinor: lumpMinorOf(adjustments),
    cappedGifts: outcomes.capped ?? 0,
    exhaustedGifts: (outcomes.exhausted ?? 0) + (outcomes.partly ?? 0),
    outsideWindowGifts: (outcomes['outside-window'] ?? 0) + (outcomes['pool-finalised'] ?? 0),
    adjustments: adjustments.map((one) => reported(one, spokenOf)),
    recomputation,
  };
}

/** Each rule with its money as it was before `later`. No gift draws after the end, so nothing else has moved it. */
function ruleFigures({ plan, funds }: MatchingPool, later: readonly Adjustment[]) {
  const since = later.flatMap(({ changes }) => changes);
  return plan.rules.map((rule, index) => {
    const fund = funds[index];
    if (fund === undefined) throw new PermanentError(`the pool has no fund of rule ${rule.id}`);
    const moved = totalOf(since, ({ ruleId, matchMinor }) => (ruleId === rule.id ? matchMinor : 0));
    const remainingMinor = fund.remainingMinor + moved;
    return { rule, matchedMinor: fund.poolMinor - remainingMinor, remainingMinor };
  });
}

function reported(
  adjustment: Adjustment,
  spokenOf: ReadonlyMap<string, SpokenOf>,
): Omit<ReportedAdjustment, 'giftMinor' | 'refundMinor'> & { giftMinor?: number; refundMinor?: number } {
  const { number, kind, at, by, reason, confirmed, giftId, refundMinor, changes, challenges, resizes, ruleId, shares } =
    adjustment;
  const { giftNo, amountMinor: giftMinor } = spokenOf.get(giftId ?? '') ?? {};
  const lumpMinor = lumpMinorOf([adjustment]);
  return {
    number,
    kind,
    at,
    by,
    ...(reason === undefined ? {} : { reason }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(giftNo === undefined ? {} : { giftNo, giftId }),
    ...(giftMinor === undefined ? {} : { giftMinor }),
    ...(refundMinor === undefined ? {} : { refundMinor }),
    matchMinor: netOf(adjustment) - lumpMinor,
    lumpMinor,
    changes,
    ...(challenges === undefined ? {} : { challenges }),
    ...(resizes === undefined ? {} : { resizes }),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(shares === undefined ? {} : { shares }),
  };
}
