import type { BudgetLine } from '../campaigns/budget.ts';
import { SECOND_PERSON_FROM_MINOR } from '../donations/offline-gift.ts';
import type { GoodsEntry } from '../goods/goods-entry.ts';
import { type GoodsLot, lotOf, lotWith } from '../goods/goods-lot.ts';
import { sum } from '../kernel/money.ts';
import { type SpendingBook, standingLines } from './spending-book.ts';
import { isPayment, type SpendingEntry, spentBy } from './spending-entry.ts';
import { refilledBook } from './spending-figures.ts';
import { mayTransfer } from './spending-rules.ts';

/** Everything that is kept about one campaign's spending and goods, read at one moment. */
export type SpendingBooks = {
  readonly plan: readonly BudgetLine[];
  readonly book: SpendingBook;
  readonly entries: readonly SpendingEntry[];
  readonly goodsSequence: number;
  readonly goods: readonly GoodsEntry[];
  readonly lots: readonly GoodsLot[];
};

/** Something that must never be: which invariant, and the figures. */
export type SpendingViolation = { readonly invariant: keyof typeof SPENDING_INVARIANTS; readonly detail: string };

const numbering = (entries: readonly { readonly number: number }[], counted: number, what: string): string[] => [
  ...entries.flatMap(({ number }, position) =>
    number === position + 1 ? [] : [`${what} ${number} stands where ${position + 1} should`],
  ),
  ...(entries.length === counted ? [] : [`the book counts ${counted} ${what}, and there are ${entries.length}`]),
];

/** The invariants of spending, each a sentence that can be run: in stories, under faults, and over any campaign. */
export const SPENDING_INVARIANTS = {
  'entries are numbered without a gap, as many as the book has counted': ({ book, entries }) =>
    numbering(entries, book.sequence, 'entries'),

  'what a line has spent is the sum of its entries': ({ book, plan, entries }) => {
    const expected = new Map(refilledBook(book, plan, entries).lines.map((line) => [line.lineNo, line]));
    return book.lines.flatMap(({ lineNo, spentMinor, transferredMinor }) => {
      const line = expected.get(lineNo);
      return line?.spentMinor === spentMinor && line.transferredMinor === transferredMinor
        ? []
        : [
            `line ${lineNo} says ${spentMinor} spent and ${transferredMinor} transferred, its entries ${line?.spentMinor} and ${line?.transferredMinor}`,
          ];
    });
  },

  'what a campaign has spent is the sum of its lines': ({ book }) => {
    const lines = sum(book.lines.map(({ spentMinor }) => spentMinor));
    return lines === book.spentMinor ? [] : [`the lines have spent ${lines}, the campaign ${book.spentMinor}`];
  },

  'no line is spent beyond what it has, nor below nothing': ({ book, plan }) =>
    standingLines(book, plan).flatMap(({ lineNo, currentMinor, spentMinor }) =>
      spentMinor >= 0 && spentMinor <= currentMinor
        ? []
        : [`line ${lineNo} has ${currentMinor}, and spent ${spentMinor}`],
    ),

  'transfers move what may be spent, and make none': ({ book }) => {
    const moved = sum(book.lines.map(({ transferredMinor }) => transferredMinor));
    return moved === 0 ? [] : [`transfers sum to ${moved}`];
  },

  'nothing that was meant for the programme went to what it costs': ({ book, entries }) => {
    const kinds = new Map(book.lines.map(({ lineNo, kind }) => [lineNo, kind]));
    return entries.flatMap((entry) => {
      if (entry.kind !== 'transfer') return [];
      const [from, to] = [kinds.get(entry.fromLineNo), kinds.get(entry.toLineNo)];
      return from !== undefined && to !== undefined && mayTransfer(from, to)
        ? []
        : [`entry ${entry.number} goes from ${from} to ${to}`];
    });
  },

  'no entry is taken back beyond what it was, and only a payment is': ({ entries }) => {
    const left = new Map<number, number>();
    return entries.flatMap((entry) => {
      if (isPayment(entry)) left.set(entry.number, entry.amountMinor);
      if (entry.kind !== 'reversal') return [];
      const stands = (left.get(entry.of) ?? Number.NaN) - entry.amountMinor;
      left.set(entry.of, stands);
      return stands >= 0 ? [] : [`entry ${entry.number} takes back ${entry.amountMinor} of entry ${entry.of}`];
    });
  },

  'every reversal is of the line of what it takes back': ({ entries }) => {
    const byNumber = new Map(entries.map((entry) => [entry.number, entry]));
    return entries.flatMap((entry) => {
      if (entry.kind !== 'reversal') return [];
      const paid = byNumber.get(entry.of);
      return paid !== undefined && spentBy(paid)?.lineNo === entry.lineNo
        ? []
        : [`entry ${entry.number} is of line ${entry.lineNo}, entry ${entry.of} is not`];
    });
  },

  'whatever is large, and all but small expenditures, was decided by two': ({ entries }) =>
    entries.flatMap((entry) => {
      const { number, enteredBy, decidedBy, onBehalfOf } = entry;
      if (decidedBy !== undefined)
        return decidedBy === enteredBy || onBehalfOf === enteredBy
          ? [`entry ${number} was decided by who entered it`]
          : [];
      if (entry.kind === 'variance-note') return [];
      const isSmall =
        entry.kind === 'expenditure' && entry.amountMinor < SECOND_PERSON_FROM_MINOR && entry.advance === undefined;
      return isSmall ? [] : [`entry ${number} was decided by nobody`];
    }),

  'goods are numbered without a gap, as many as their book has counted': ({ goods, goodsSequence }) =>
    numbering(goods, goodsSequence, 'goods entries'),

  'no goods left a place that were not there': ({ goods }) => replayed(goods).shortages,

  'what is in stock is what its entries leave': ({ goods, lots }) => {
    const expected = replayed(goods).lots;
    return [
      ...lots.flatMap((lot) =>
        sameLot(lot, expected.get(lot.lotId)) ? [] : [`lot ${lot.lotId} is not what its entries leave of it`],
      ),
      ...(expected.size === lots.length ? [] : [`${expected.size} lots came in, ${lots.length} are kept`]),
    ];
  },

  'what left a lot is worth no more than the lot, and all of it exactly as much': ({ lots }) =>
    lots.flatMap(({ lotId, received, out, valueMinor, outMinor }) =>
      outMinor <= valueMinor && (out !== received || outMinor === valueMinor)
        ? []
        : [`lot ${lotId} of ${valueMinor}: ${out} of ${received} left, worth ${outMinor}`],
    ),

  'goods are written off and taken back by two': ({ goods }) =>
    goods.flatMap(({ number, kind, enteredBy, decidedBy, onBehalfOf }) =>
      (kind === 'written-off' || kind === 'returned') &&
      (decidedBy === undefined || decidedBy === enteredBy || onBehalfOf === enteredBy)
        ? [`goods entry ${number} (${kind}) was not decided by a second person`]
        : [],
    ),
} as const satisfies Record<string, (books: SpendingBooks) => string[]>;

/** The lots as the entries alone leave them, and where more left a place than was there. */
function replayed(goods: readonly GoodsEntry[]): {
  readonly lots: ReadonlyMap<string, GoodsLot>;
  readonly shortages: string[];
} {
  const lots = new Map<string, GoodsLot>();
  const shortages: string[] = [];
  for (const entry of goods) {
    const lot = lots.get(entry.lotId);
    if (entry.kind === 'received') lots.set(entry.lotId, lotOf(entry));
    else if (lot === undefined) shortages.push(`goods entry ${entry.number} is of a lot that never came`);
    else {
      const next = lotWith(lot, entry);
      if (next.places.some(({ quantity }) => quantity < 0))
        shortages.push(`goods entry ${entry.number} takes ${entry.quantity} from ${entry.place}`);
      lots.set(entry.lotId, next);
    }
  }
  return { lots, shortages };
}

const sameLot = (kept: GoodsLot, expected: GoodsLot | undefined): boolean =>
  expected !== undefined &&
  kept.out === expected.out &&
  kept.outMinor === expected.outMinor &&
  kept.received === expected.received &&
  placesText(kept) === placesText(expected);
const placesText = ({ places }: GoodsLot): string =>
  JSON.stringify(places.toSorted((a, b) => (a.place < b.place ? -1 : 1)));

export const INVARIANT_NAMES = Object.keys(SPENDING_INVARIANTS) as (keyof typeof SPENDING_INVARIANTS)[];

/** Every violation of every invariant; empty when the books are right. */
export const spendingViolations = (books: SpendingBooks): SpendingViolation[] =>
  INVARIANT_NAMES.flatMap((invariant) =>
    SPENDING_INVARIANTS[invariant](books).map((detail) => ({ invariant, detail })),
  );

/** Of several campaigns: what left one as a surplus came into another as the same sum, once. */
export function surplusViolations(books: readonly Pick<SpendingBooks, 'book' | 'entries'>[]): string[] {
  const ways = new Map<string, number>();
  for (const { book, entries } of books)
    for (const entry of entries) {
      if (entry.kind === 'surplus-out' && entry.toCampaignId !== undefined)
        addTo(
          ways,
          `${book.campaignId}#${entry.number} > ${entry.toCampaignId}#${entry.counterpart}`,
          entry.amountMinor,
        );
      if (entry.kind === 'surplus-in')
        addTo(
          ways,
          `${entry.fromCampaignId}#${entry.counterpart} > ${book.campaignId}#${entry.number}`,
          -entry.amountMinor,
        );
    }
  return [...ways].flatMap(([way, difference]) => (difference === 0 ? [] : [`${way} differs by ${difference}`]));
}

const addTo = (sums: Map<string, number>, name: string, amount: number): void =>
  void sums.set(name, (sums.get(name) ?? 0) + amount);
