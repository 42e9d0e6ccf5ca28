import type { BudgetLine } from '../campaigns/budget.ts';
import type { GoodsEntry } from '../goods/goods-entry.ts';
import { type GoodsFigure, goodsFigures } from '../goods/goods-figures.ts';
import { add, type Minor, sum, ZERO } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import { type AidFigure, aidFigure, type PublishedAid, publishedAid } from './aid-figures.ts';
import { bookWith, emptyBook, type SpendingBook, type StandingLine, standingLines } from './spending-book.ts';
import type { EntryOf, SpendingEntry } from './spending-entry.ts';

export type SpendingLine = StandingLine & {
  /** Why it came out otherwise than planned, where somebody has said so. */
  readonly varianceReason?: string;
};

/** What was done with the money and the goods of one campaign. Money in minor units of the campaign's currency. */
export type SpendingFigures = {
  readonly lines: readonly SpendingLine[];
  readonly spentMinor: Minor;
  /** Aid to people, which is in `spentMinor` too. Never a name. */
  readonly aid: AidFigure;
  /** The same by line, as it may be published: groups of fewer than three people are not shown alone. */
  readonly aidByLine: readonly PublishedAid[];
  readonly goods: readonly GoodsFigure[];
  /** Values of goods, which are never in one sum with money. */
  readonly goodsReceivedMinor: Minor;
  readonly goodsIssuedMinor: Minor;
  /** What was decided of money that is left over: all decisions together, and where the last one sent it. */
  readonly surplus?: { readonly amountMinor: Minor; readonly destination: string; readonly decidedOn: LocalDate };
  /** What came from other campaigns' surplus, and from which: income of this one, as it is spending of none. */
  readonly surplusInMinor: Minor;
  readonly surplusIn: readonly SurplusIn[];
  /** How many entries these figures are of: the last one's number. */
  readonly entries: number;
};

/**
 * The figures of a campaign, from its plan as it is today and from every entry, in order. Nothing is read from sums that were kept:
 * a book that begins empty is filled anew.
 */
export function spendingFigures(
  plan: readonly BudgetLine[],
  entries: readonly SpendingEntry[],
  goodsEntries: readonly GoodsEntry[],
  /** The book as it is kept, which knows the numbers of lines. */
  kept: SpendingBook,
): SpendingFigures {
  const book = refilledBook(kept, plan, entries);
  const lines = standingLines(book, plan).map((line) => withVariance(line, entries));
  const goods = goodsFigures(goodsEntries);
  const aidLines = lines.map(({ lineNo }) => ({ lineNo, ...aidFigure(entries, lineNo) }));
  const last = entries.findLast((entry): entry is EntryOf<'surplus-out'> => entry.kind === 'surplus-out');
  return {
    lines,
    spentMinor: sum(lines.map(({ spentMinor }) => spentMinor)),
    aid: aidFigure(entries),
    aidByLine: publishedAid(aidLines),
    goods,
    goodsReceivedMinor: sum(goods.map(({ receivedMinor }) => receivedMinor)),
    goodsIssuedMinor: sum(goods.map(({ issuedMinor }) => issuedMinor)),
    ...(last === undefined
      ? {}
      : {
          surplus: {
            amountMinor: book.surplusOutMinor,
            destination: last.destinationName,
            decidedOn: last.decidedOn,
          },
        }),
    surplusInMinor: book.surplusInMinor,
    surplusIn: entries.flatMap((entry) => (entry.kind === 'surplus-in' ? [surplusInOf(entry)] : [])),
    entries: entries.length,
  };
}

/** One sum that another campaign has handed on. `from`: what it and its organisation are called. */
export type SurplusIn = {
  readonly from: string;
  readonly fromCampaignId: string;
  readonly amountMinor: Minor;
  readonly decidedOn: LocalDate;
};
const surplusInOf = ({ fromName, fromCampaignId, amountMinor, decidedOn }: EntryOf<'surplus-in'>): SurplusIn => ({
  from: fromName ?? fromCampaignId,
  fromCampaignId,
  amountMinor,
  decidedOn,
});

/** The numbers and names of the kept book's lines, with sums that are added up from the entries again. */
export function refilledBook(
  kept: SpendingBook,
  plan: readonly BudgetLine[],
  entries: readonly SpendingEntry[],
): SpendingBook {
  const lines = kept.lines.map((line) => ({ ...line, spentMinor: ZERO, transferredMinor: ZERO }));
  return entries.reduce((book, entry) => bookWith(book, plan, entry), { ...emptyBook(kept.campaignId), lines });
}

function withVariance(line: StandingLine, entries: readonly SpendingEntry[]): SpendingLine {
  const note = entries.findLast(
    (entry): entry is EntryOf<'variance-note'> => entry.kind === 'variance-note' && entry.lineNo === line.lineNo,
  );
  return note === undefined ? line : { ...line, varianceReason: note.reason };
}

/** What the lines of one kind have cost. */
export const spentOnKind = ({ lines }: SpendingFigures, kind: StandingLine['kind']): Minor =>
  lines.reduce((total, line) => (line.kind === kind ? add(total, line.spentMinor) : total), ZERO);
