import * as z from 'zod';
import { amountMinorSchema, type Currency, type Minor, minor } from '../kernel/money.ts';
import {
  daysBetween,
  type Instant,
  type LocalDate,
  localDateSchema,
  localHours,
  plusDays,
  startOfDay,
} from '../kernel/time.ts';
import { BalanceChain, balanceSentence } from './balance-chain.ts';
import { BANK_ROW_KINDS, type BankRowKind } from './bank-terms.ts';

const balanceSchema = z.number().int();
const movedSchema = z.strictObject({
  rows: z.number().int().min(0),
  inMinor: amountMinorSchema,
  outMinor: amountMinorSchema,
});

/** One day of an account, as a file of the bank says it. */
export const statedDaySchema = z.strictObject({
  day: localDateSchema,
  /** What the account held before and after the day, where the file says it. */
  openingMinor: balanceSchema.optional(),
  closingMinor: balanceSchema.optional(),
  /** Of each kind of row: how many, and what came and left by them. */
  moved: z.partialRecord(z.enum(BANK_ROW_KINDS), movedSchema),
  /** Whether the file has all rows of the day: it was uploaded after the day, and each of its rows could be read. */
  isWhole: z.boolean(),
});
export type StatedDay = z.infer<typeof statedDaySchema>;

/** Days that one file may cover. */
export const MOST_DAYS = 366;

export type BankRowTaken = {
  readonly line: number;
  readonly paidAt: Instant;
  readonly kind: BankRowKind;
  readonly direction: 'in' | 'out';
  readonly amountMinor: Minor;
  readonly balanceMinor?: Minor | undefined;
};

/** Which days a file is about, where the one who uploads it says so. */
export type Covers = { readonly from: LocalDate; readonly to: LocalDate };
type Terms = {
  readonly zone: string;
  readonly currency: Currency;
  readonly uploadedAt: Instant;
  readonly covers?: Covers | undefined;
};
type Edge = { readonly balanceMinor: number; readonly deltaMinor: number };
type Day = {
  readonly moved: Map<BankRowKind, { rows: number; inMinor: number; outMinor: number }>;
  first?: Edge;
  last?: Edge;
};

/**
 * Sums a bank's file up by day, and sees that its balances follow from each other. Holds no rows. A file without `covers` is about the
 * days from its first row to its last.
 */
export class BankDays {
  readonly #terms: Terms;
  readonly #hours: ReturnType<typeof localHours>;
  readonly #days = new Map<LocalDate, Day>();
  readonly #chain = new BalanceChain();
  #unreadable = 0;
  #outside: { readonly line: number; readonly day: LocalDate } | undefined;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#hours = localHours(terms.zone);
  }

  take({ line, paidAt, kind, direction, amountMinor, balanceMinor }: BankRowTaken): void {
    const { covers } = this.#terms;
    const { day } = this.#hours(paidAt);
    if (covers !== undefined && (day < covers.from || day > covers.to)) this.#outside ??= { line, day };
    const found: Day = this.#days.get(day) ?? { moved: new Map() };
    this.#days.set(day, found);
    const sums = found.moved.get(kind) ?? { rows: 0, inMinor: 0, outMinor: 0 };
    sums.rows += 1;
    sums[direction === 'in' ? 'inMinor' : 'outMinor'] += amountMinor;
    found.moved.set(kind, sums);
    if (balanceMinor === undefined) return;
    const deltaMinor = direction === 'in' ? amountMinor : -amountMinor;
    this.#chain.take({ line, deltaMinor, balanceMinor });
    found.last = { balanceMinor, deltaMinor };
    found.first ??= found.last;
  }

  skip(): void {
    this.#unreadable += 1;
    this.#chain.skip();
  }

  /** Why the file may not be used, or `undefined`. */
  get refusal(): { readonly problem: string; readonly fix: string } | undefined {
    const broken = this.#chain.brokenAt;
    if (broken !== undefined)
      return {
        problem: balanceSentence(broken, this.#terms.currency),
        fix: 'export the file anew from the bank; do not take rows out, add any, or sort them',
      };
    if (this.#outside !== undefined)
      return {
        problem: `has a row of ${this.#outside.day} in line ${this.#outside.line}, and is said to be of other days`,
        fix: 'correct "covers" of the import: the first and the last day that the file was exported for',
      };
    const period = this.#period();
    if (period !== undefined && period.length > MOST_DAYS)
      return { problem: `is about more than ${MOST_DAYS} days`, fix: 'export it in several files' };
    return undefined;
  }

  #period(): LocalDate[] | undefined {
    const seen = [...this.#days.keys()].sort();
    const from = this.#terms.covers?.from ?? seen[0];
    const to = this.#terms.covers?.to ?? seen.at(-1);
    return from === undefined || to === undefined ? undefined : daysBetween(from, to);
  }

  /** Every day that the file is about, in their order. A day without rows ends as it began. */
  stated(): StatedDay[] {
    const isOldestFirst = this.#chain.order === 'oldest-first';
    const period = this.#period() ?? [];
    let held = this.#openingOf(period, isOldestFirst);
    return period.map((day) => {
      const found = this.#days.get(day);
      const [first, last] = isOldestFirst ? [found?.first, found?.last] : [found?.last, found?.first];
      const opening = first === undefined ? held : first.balanceMinor - first.deltaMinor;
      const closing = last === undefined ? held : last.balanceMinor;
      held = closing;
      return {
        day,
        ...(opening === undefined ? {} : { openingMinor: opening }),
        ...(closing === undefined ? {} : { closingMinor: closing }),
        moved: Object.fromEntries(
          [...(found?.moved ?? [])].map(([kind, { rows, inMinor, outMinor }]) => [
            kind,
            { rows, inMinor: minor(inMinor), outMinor: minor(outMinor) },
          ]),
        ),
        isWhole: this.#unreadable === 0 && this.#terms.uploadedAt >= startOfDay(plusDays(day, 1), this.#terms.zone),
      };
    });
  }

  /** What the account held when the first row came: what the days before it held too. */
  #openingOf(period: readonly LocalDate[], isOldestFirst: boolean): number | undefined {
    for (const day of period) {
      const found = this.#days.get(day);
      if (found === undefined) continue;
      const first = isOldestFirst ? found.first : found.last;
      return first === undefined ? undefined : first.balanceMinor - first.deltaMinor;
    }
    return undefined;
  }
}

/** What a file says of an account in all, for whoever decides on its booking. */
export function bankPreviewOf(days: readonly StatedDay[]) {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const kinds = BANK_ROW_KINDS.flatMap((kind) => {
    const own = days.flatMap(({ moved }) => moved[kind] ?? []);
    const total = (field: 'rows' | 'inMinor' | 'outMinor'): number => own.reduce((sum, one) => sum + one[field], 0);
    return own.length === 0
      ? []
      : [{ kind, rows: total('rows'), inMinor: total('inMinor'), outMinor: total('outMinor') }];
  });
  return {
    from: first.day,
    to: last.day,
    ...(first.openingMinor === undefined ? {} : { openingMinor: first.openingMinor }),
    ...(last.closingMinor === undefined ? {} : { closingMinor: last.closingMinor }),
    kinds,
  };
}
export const bankPreviewSchema = z.object({
  from: localDateSchema,
  to: localDateSchema,
  openingMinor: balanceSchema.optional(),
  closingMinor: balanceSchema.optional(),
  kinds: z.array(
    z.object({
      kind: z.enum(BANK_ROW_KINDS),
      rows: z.number().int(),
      inMinor: z.number().int(),
      outMinor: z.number().int(),
    }),
  ),
});
