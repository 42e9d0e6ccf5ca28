import * as z from 'zod';
import { minutesSchema } from '../approvals/approval.ts';
import { BUDGET_KINDS } from '../campaigns/budget.ts';
import { type Minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { evidenceSchema } from './evidence.ts';

const whole = z.number().int();

/** The line that money is spent on: its number, and what it was called and meant when the entry was made. */
const onLine = { lineNo: whole.min(1), lineItem: z.string(), lineKind: z.enum(BUDGET_KINDS) };
/** What every entry tells of itself. */
const common = {
  type: z.literal('spending-entry'),
  campaignId: z.string(),
  /** Its place in the campaign's book: 1, 2, 3 without a gap. */
  number: whole.min(1),
  requestId: z.string(),
  enteredBy: z.string(),
  /** The second person, where one decided. */
  decidedBy: z.string().optional(),
  /** Whose right it was, where they decided for another. */
  onBehalfOf: z.string().optional(),
  /** Of the meeting that decided, where the amount asks for one. */
  minutes: minutesSchema.optional(),
  bookedAt: instantSchema,
};
const paid = {
  amountMinor: positiveAmountMinorSchema,
  paidOn: localDateSchema,
  purpose: z.string(),
  voucherNo: z.string(),
  evidence: z.array(evidenceSchema),
  /** Why it was booked although its paper, or a payment to the same person, had been. */
  repeatReason: z.string().optional(),
  /** How much of it was beyond the money that the campaign had, and who lent it. */
  advance: z.object({ amountMinor: positiveAmountMinorSchema, reason: z.string() }).optional(),
};

export const SURPLUS_DESTINATIONS = ['campaign', 'similar-project', 'as-the-plan-says'] as const;

/**
 * One entry of a campaign's book of spending. It is never changed: what was wrong is taken back by a `reversal`, which names
 * the entry and why. Amounts are above zero in every kind; the kind says which way the money went.
 */
export const spendingEntrySchema = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('expenditure'), ...onLine, ...paid, payee: z.string() }),
  /** Aid to one person, of whom an entry knows a keyed hash. */
  z.object({ ...common, kind: z.literal('aid'), ...onLine, ...paid, beneficiaryId: z.string() }),
  z.object({
    ...common,
    kind: z.literal('reversal'),
    ...onLine,
    amountMinor: positiveAmountMinorSchema,
    /** The number of the entry of which this takes back all or a part. */
    of: whole.min(1),
    /** Of the aid that it takes back. */
    beneficiaryId: z.string().optional(),
    reversedOn: localDateSchema,
    reason: z.string(),
  }),
  /** From one line of the budget to another; no money moves. */
  z.object({
    ...common,
    kind: z.literal('transfer'),
    fromLineNo: whole.min(1),
    toLineNo: whole.min(1),
    amountMinor: positiveAmountMinorSchema,
    reason: z.string(),
  }),
  /** What is left over goes on to something of the same or a similar purpose (Charity Law art. 58). */
  z.object({
    ...common,
    kind: z.literal('surplus-out'),
    amountMinor: positiveAmountMinorSchema,
    destination: z.enum(SURPLUS_DESTINATIONS),
    destinationName: z.string(),
    toCampaignId: z.string().optional(),
    /** The number of its counterpart in that campaign's book. */
    counterpart: whole.min(1).optional(),
    decidedOn: localDateSchema,
    reason: z.string(),
  }),
  z.object({
    ...common,
    kind: z.literal('surplus-in'),
    amountMinor: positiveAmountMinorSchema,
    fromCampaignId: z.string(),
    /** Whose campaign that is, and what both were called at that moment: what the public is told of this income. */
    fromOrganisationId: z.string().optional(),
    fromName: z.string().optional(),
    counterpart: whole.min(1),
    decidedOn: localDateSchema,
  }),
  /** Why a line came out otherwise than planned; the last one of a line holds. */
  z.object({ ...common, kind: z.literal('variance-note'), lineNo: whole.min(1), reason: z.string() }),
]);
export type SpendingEntry = z.infer<typeof spendingEntrySchema>;
export type EntryOf<Kind extends SpendingEntry['kind']> = Extract<SpendingEntry, { readonly kind: Kind }>;

/** What an entry adds to the money spent on a line: below zero where it takes back; `undefined` where it spends nothing. */
export function spentBy(entry: SpendingEntry): { readonly lineNo: number; readonly amountMinor: Minor } | undefined {
  switch (entry.kind) {
    case 'expenditure':
    case 'aid':
      return { lineNo: entry.lineNo, amountMinor: entry.amountMinor };
    case 'reversal':
      return { lineNo: entry.lineNo, amountMinor: -entry.amountMinor as Minor };
    default:
      return undefined;
  }
}

/** Payments: what can be taken back. */
export const isPayment = (entry: SpendingEntry): entry is EntryOf<'expenditure'> | EntryOf<'aid'> =>
  entry.kind === 'expenditure' || entry.kind === 'aid';
