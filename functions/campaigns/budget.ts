import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import {
  add,
  type Currency,
  formatMoney,
  type Minor,
  positiveAmountMinorSchema,
  subtract,
  sum,
  ZERO,
} from '../kernel/money.ts';
import { lineSchema } from '../kernel/plain-text.ts';

export const BUDGET_KINDS = ['programme', 'fundraising', 'management'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];

/** One line of a budget. Quantities are whole: half a day is four hours, and a price per hour has no fraction to lose. */
export const budgetLineSchema = z.strictObject({
  item: lineSchema(120),
  kind: z.enum(BUDGET_KINDS),
  /** What is counted: 户, 份, hours. */
  unit: lineSchema(20),
  quantity: z.number().int('must be a whole number: choose a smaller unit').min(1).max(1_000_000),
  unitPriceMinor: positiveAmountMinorSchema,
  /** Quantity times unit price, to the minor unit. Sent, so that a slip in either is noticed. */
  amountMinor: positiveAmountMinorSchema,
  /** Where the price comes from: a quotation, a standard, last year's accounts. */
  basis: lineSchema(200),
});
export type BudgetLine = z.infer<typeof budgetLineSchema>;
export const MOST_BUDGET_LINES = 100;

/** Largest share of management in a budget, unless the organisation has a limit of its own: 10 % (Charity Law art. 61). */
export const USUAL_MANAGEMENT_LIMIT_BASIS_POINTS = 1_000;
const BASIS_POINTS = 10_000;

const ART_24 = 'Charity Law art. 24: the plan states the use of the proceeds';
const ART_61 = 'Charity Law art. 61: management costs at most 10 % unless the organisation is allowed otherwise';

export type Budget = {
  readonly budgetLines: readonly BudgetLine[];
  readonly targetMinor: Minor;
  readonly currency: Currency;
};

/** What the lines of one kind sum to. */
export const sumOfKind = (lines: readonly BudgetLine[], kind: BudgetKind): Minor =>
  sum(lines.filter((line) => line.kind === kind).map(({ amountMinor }) => amountMinor));

/** Lines that do not multiply, and lines that do not sum to the target. */
export function budgetProblems({ budgetLines, targetMinor, currency }: Budget): FieldProblem[] {
  const money = (amount: Minor): string => formatMoney(amount, currency);
  const planned = budgetLines.reduce((total, line) => add(total, line.amountMinor), ZERO);
  const products = budgetLines.flatMap((line, position) => productProblems(line, `budgetLines[${position}]`));
  if (planned === targetMinor) return products;
  return [
    ...products,
    {
      field: 'budgetLines',
      problem: `sum to ${money(planned)}, but the target is ${money(targetMinor)}`,
      fix: `change lines or target by ${money(subtract(targetMinor, planned))}`,
      rule: ART_24,
    },
  ];
}

function productProblems({ quantity, unitPriceMinor, amountMinor }: BudgetLine, field: string): FieldProblem[] {
  // A million pieces at the dearest price are beyond what a number holds exactly.
  const product = BigInt(quantity) * BigInt(unitPriceMinor);
  if (product === BigInt(amountMinor)) return [];
  return [
    {
      field: `${field}.amountMinor`,
      problem: `is ${amountMinor}, but ${quantity} at ${unitPriceMinor} are ${product}`,
      fix: 'correct quantity, unit price or amount',
      rule: ART_24,
    },
  ];
}

/** A share of management above the organisation's limit. */
export function managementProblems(
  { budgetLines, targetMinor, currency }: Budget,
  limitBasisPoints: number = USUAL_MANAGEMENT_LIMIT_BASIS_POINTS,
): FieldProblem[] {
  const management = sumOfKind(budgetLines, 'management');
  if (BigInt(management) * BigInt(BASIS_POINTS) <= BigInt(targetMinor) * BigInt(limitBasisPoints)) return [];
  return [
    {
      field: 'budgetLines',
      problem: `hold ${formatMoney(management, currency)} of management, more than ${percentText(limitBasisPoints)} of the target`,
      fix: 'lower the management lines',
      rule: ART_61,
    },
  ];
}

const percentText = (basisPoints: number): string => `${basisPoints / 100} %`;

/** How a budget divides into its kinds: amounts, and rounded-down shares in basis points for people to read. */
export function budgetShares({ budgetLines, targetMinor }: Pick<Budget, 'budgetLines' | 'targetMinor'>) {
  const share = (kind: BudgetKind) => {
    const amountMinor = sumOfKind(budgetLines, kind);
    const basisPoints = Number((BigInt(amountMinor) * BigInt(BASIS_POINTS)) / BigInt(targetMinor));
    return { amountMinor, basisPoints };
  };
  return { programme: share('programme'), fundraising: share('fundraising'), management: share('management') };
}
