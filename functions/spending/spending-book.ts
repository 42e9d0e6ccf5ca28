import * as z from 'zod';
import { BUDGET_KINDS, type BudgetKind, type BudgetLine } from '../campaigns/budget.ts';
import { add, type Minor, minor, subtract, ZERO } from '../kernel/money.ts';
import type { Condition } from '../platform/table.ts';
import { type SpendingEntry, spentBy } from './spending-entry.ts';

const sumSchema = z
  .number()
  .int()
  .transform((amount) => amount as Minor);
const lineSchema = z.object({
  lineNo: z.number().int().min(1),
  item: z.string(),
  kind: z.enum(BUDGET_KINDS),
  spentMinor: sumSchema,
  /** What came from other lines less what went to them. */
  transferredMinor: sumSchema,
});

/**
 * The sums of a campaign's spending: one item, which every entry is written with, guarded by `revision`. So no two entries are
 * ever decided on the same sums, and what holds of all lines together holds at any moment.
 */
export const spendingBookSchema = z.object({
  type: z.literal('spending-book'),
  campaignId: z.string(),
  /** How many entries there are: the last one's number. */
  sequence: z.number().int().min(0),
  /** How often it was written: by entries, and by amendments of the budget. */
  revision: z.number().int().min(0),
  lines: z.array(lineSchema),
  spentMinor: sumSchema,
  surplusOutMinor: sumSchema,
  surplusInMinor: sumSchema,
});
export type SpendingBook = z.infer<typeof spendingBookSchema>;

/** What has to hold for a book to be written: that it is as it was read. */
export const asRead = ({ revision }: SpendingBook): Condition =>
  revision === 0 ? { absent: true } : { equals: { revision } };

export const emptyBook = (campaignId: string): SpendingBook => ({
  type: 'spending-book',
  campaignId,
  sequence: 0,
  revision: 0,
  lines: [],
  spentMinor: ZERO,
  surplusOutMinor: ZERO,
  surplusInMinor: ZERO,
});

/** A line of the budget as it stands. `plannedMinor` is what the plan says of it today, amendments included. */
export type StandingLine = {
  readonly lineNo: number;
  readonly item: string;
  readonly kind: BudgetKind;
  readonly plannedMinor: Minor;
  readonly transferredMinor: Minor;
  /** What may be spent on it: planned and transferred. */
  readonly currentMinor: Minor;
  readonly spentMinor: Minor;
};

/**
 * The lines of a plan with their numbers and sums. A plan's lines have no ids, and an amendment sends all of them anew, in
 * whatever order: so a line is known by its kind and what it is called (the first of that name before the second), and keeps the
 * number that it had in the first plan. New ones get the numbers after the last. One that the plan has no more stays, with nothing planned.
 */
export function standingLines(book: SpendingBook, plan: readonly BudgetLine[]): StandingLine[] {
  const plans = Map.groupBy(plan, nameOf);
  const known = book.lines.map((line): StandingLine => {
    const planned = plans.get(nameOf(line))?.shift();
    return standing(line, planned?.amountMinor ?? ZERO);
  });
  let last = Math.max(0, ...book.lines.map(({ lineNo }) => lineNo));
  // What is left of the plan is new to the book; in the plan's order.
  const rest = new Set([...plans.values()].flat());
  const added = plan
    .filter((line) => rest.has(line))
    .map(({ item, kind, amountMinor }) => {
      last += 1;
      return standing({ lineNo: last, item, kind, spentMinor: ZERO, transferredMinor: ZERO }, amountMinor);
    });
  return [...known, ...added];
}

const nameOf = ({ kind, item }: { readonly kind: BudgetKind; readonly item: string }): string => `${kind} ${item}`;

const standing = (line: SpendingBook['lines'][number], plannedMinor: Minor): StandingLine => ({
  ...line,
  plannedMinor,
  currentMinor: add(plannedMinor, line.transferredMinor),
});

/** The book with one entry more. What may be entered is asked before (spending-rules.ts); here it is only added up. */
export function bookWith(book: SpendingBook, plan: readonly BudgetLine[], entry: SpendingEntry): SpendingBook {
  const lines = numbered(book, plan).map((line) => ({
    ...line,
    spentMinor: add(line.spentMinor, spentOn(entry, line.lineNo)),
    transferredMinor: add(line.transferredMinor, transferredTo(entry, line.lineNo)),
  }));
  return {
    ...book,
    sequence: book.sequence + 1,
    revision: book.revision + 1,
    lines,
    spentMinor: add(book.spentMinor, spentBy(entry)?.amountMinor ?? ZERO),
    surplusOutMinor: add(book.surplusOutMinor, entry.kind === 'surplus-out' ? entry.amountMinor : ZERO),
    surplusInMinor: add(book.surplusInMinor, entry.kind === 'surplus-in' ? entry.amountMinor : ZERO),
  };
}

/** The book with the numbers that lines had in the old plan, before they come in the order of a new one. */
export function renumberedBook(
  book: SpendingBook,
  plans: { readonly before: readonly BudgetLine[]; readonly after: readonly BudgetLine[] },
): SpendingBook {
  const before = { ...book, lines: numbered(book, plans.before) };
  return { ...book, revision: book.revision + 1, lines: numbered(before, plans.after) };
}

/** The lines of a plan as the book keeps them. */
const numbered = (book: SpendingBook, plan: readonly BudgetLine[]): SpendingBook['lines'] =>
  standingLines(book, plan).map(({ plannedMinor: _planned, currentMinor: _current, ...line }) => line);

function spentOn(entry: SpendingEntry, lineNo: number): Minor {
  const spent = spentBy(entry);
  return spent?.lineNo === lineNo ? spent.amountMinor : ZERO;
}

/** What an entry moves to a line of the budget: below zero where it moves away. */
export function transferredTo(entry: SpendingEntry, lineNo: number): Minor {
  if (entry.kind !== 'transfer') return ZERO;
  const to = entry.toLineNo === lineNo ? entry.amountMinor : ZERO;
  return entry.fromLineNo === lineNo ? subtract(to, entry.amountMinor) : minor(to);
}
