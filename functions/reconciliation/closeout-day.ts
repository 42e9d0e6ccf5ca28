import * as z from 'zod';
import { amountMinorSchema } from '../kernel/money.ts';
import { localDateSchema } from '../kernel/time.ts';
import type { DayFunds } from './day-funds.ts';
import type { FundMovements } from './fund-flow-check.ts';
import { BILLED_PROVIDERS, type BillComparison } from './reconciliation.ts';
import { findingSchema } from './reconciliation-item.ts';
import type { StatementLine } from './three-way.ts';

/** A refund or a reversal in a statement: few, and held against the books over all days. */
const refundLineSchema = z.custom<StatementLine>((value) => typeof value === 'object' && value !== null);

/** What one day of a closeout found, as it is kept in a file for the step that puts the days together. */
export const closeoutDaySchema = z.strictObject({
  day: localDateSchema,
  /** Whether any account has a trade bill of the day. */
  hasBill: z.boolean(),
  comparisons: z.array(z.custom<BillComparison>((value) => typeof value === 'object' && value !== null)),
  findings: z.array(findingSchema),
  refundLines: z.array(
    z.strictObject({ provider: z.enum(BILLED_PROVIDERS), merchantId: z.string(), line: refundLineSchema }),
  ),
  /** Payments in this day's bills that our books have on another day, as `provider payment`. */
  strays: z.array(z.string()),
  funds: z.array(z.custom<DayFunds>((value) => typeof value === 'object' && value !== null)),
  /** What moved on accounts whose statement lists everything, with the campaign's part of the fees. */
  movements: z.array(z.custom<FundMovements>((value) => typeof value === 'object' && value !== null)).default([]),
  /** Accounts with a statement of the day, as `provider account`. */
  stated: z.array(z.string()).default([]),
  /** The files that were read: what an item names as its evidence. */
  files: z.array(z.string()),
  /** What entries of the day were worth, to see whether a bill covers them. */
  entriesMinor: amountMinorSchema,
});
export type CloseoutDay = z.infer<typeof closeoutDaySchema>;
