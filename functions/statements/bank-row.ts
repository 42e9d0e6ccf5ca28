import * as z from 'zod';
import { providerSchema } from '../donations/payment-event.ts';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema, localDateOf, localDateSchema } from '../kernel/time.ts';
import { statedDaySchema } from './bank-days.ts';
import { bankRowKindSchema } from './bank-terms.ts';
import type { ReadyBankRow, ReadyGift } from './statement-check.ts';
import type { StatementImport } from './statement-import.ts';
import { termsOf } from './statement-source.ts';

/** What a person may say that a row is. A gift is not among them: it is entered by hand with the bank's number of the row. */
export const NAMED_KINDS = ['payout', 'fee', 'interest', 'own-transfer', 'other'] as const;
const LONGEST_REASON = 500;

/**
 * A row of an account at the bank, kept where it is no gift that the books have by it: what was paid out, what left, fees, interest.
 * And the row of a gift that came into the books by another way, so that the two can be held against each other.
 */
export const bankRowSchema = z.object({
  type: z.literal('bank-statement-row'),
  rowId: z.string(),
  organisationId: z.string(),
  /** As the mapping names the account. */
  account: z.string(),
  /** The campaign of the import, where it had one: it hears of what is wrong with the row. */
  campaignId: z.string().optional(),
  importId: z.string(),
  line: z.number().int(),
  /** In the zone of the mapping. */
  day: localDateSchema,
  paidAt: instantSchema,
  direction: z.enum(['in', 'out']),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  kind: bankRowKindSchema,
  /** Of a payout: who has paid it out, where the row says so. */
  provider: providerSchema.optional(),
  /** Of a payout of an account that lists none: which account, where a person has said so. */
  merchantId: z.string().optional(),
  /** By which number the row is a gift, if it is one: the bank's, where it gives one that no other row of the file has. */
  paymentId: z.string(),
  /** The bank's own number of the row. */
  reference: z.string().optional(),
  counterparty: z.string().optional(),
  remark: z.string().optional(),
  /** The gift that this row is. */
  giftId: z.string().optional(),
  /** The transfer without a number that this row is, by a person's word. */
  offlineId: z.string().optional(),
  /** The number of an earlier row of the file that was a gift: a second row with it is booked by nobody. */
  repeats: z.string().optional(),
  /** What a person says that it is, and why. */
  named: z.object({ kind: z.enum(NAMED_KINDS), reason: z.string(), by: z.string(), at: instantSchema }).optional(),
  version: z.number().int().min(1),
});
export type BankRow = z.infer<typeof bankRowSchema>;

/** What a statement says of one day of an account, as it is kept. */
export const bankDaySchema = z.object({
  type: z.literal('bank-day'),
  organisationId: z.string(),
  account: z.string(),
  campaignId: z.string().optional(),
  importId: z.string(),
  currency: currencySchema,
  ...statedDaySchema.shape,
  /** How many things are wrong with it; absent until it has been held against the books. */
  findings: z.number().int().min(0).optional(),
  version: z.number().int().min(1),
});
export type BankDay = z.infer<typeof bankDaySchema>;

/**
 * The number by which people speak of a row: the bank's, or ours where it gives none, or gives it to another row too. An arrival of a payout
 * and a gift entered by hand name it.
 */
export const rowNumberOf = ({
  reference,
  paymentId,
  rowId,
}: Pick<BankRow, 'reference' | 'paymentId' | 'rowId'>): string =>
  reference !== undefined && reference === paymentId ? reference : rowId;

const rowOf = (of: StatementImport, row: ReadyBankRow | ReadyGift) => {
  const { account: named, currency, zone } = termsOf(of.source);
  const account = ('account' in row ? row.account : undefined) ?? named;
  const { organisationId, campaignId, importId } = of;
  const { line, paidAt, amountMinor, paymentId } = row;
  return {
    type: 'bank-statement-row' as const,
    rowId: derivedId('bankRow', organisationId, account, paymentId),
    organisationId,
    account,
    ...(campaignId === undefined ? {} : { campaignId }),
    importId,
    line,
    day: localDateOf(paidAt, zone),
    paidAt,
    amountMinor,
    currency,
    paymentId,
    version: 1,
  };
};

/** A row that is no gift, as it is kept. */
export function bankRowOf(of: StatementImport, row: ReadyBankRow): BankRow {
  const { direction, rowKind, provider, reference, counterparty, remark, repeats } = row;
  return {
    ...rowOf(of, row),
    direction,
    kind: rowKind,
    ...(provider === undefined ? {} : { provider }),
    ...(reference === undefined ? {} : { reference }),
    ...(counterparty === undefined ? {} : { counterparty }),
    ...(remark === undefined ? {} : { remark }),
    ...(repeats === undefined ? {} : { repeats }),
  };
}

/** The row of a gift that the books have by another way: which gift, and nothing of who gave. */
export const giftRowOf = (
  of: StatementImport,
  row: ReadyGift,
  is: { readonly giftId: string } | { readonly offlineId: string },
): BankRow => ({
  ...rowOf(of, row),
  direction: 'in',
  kind: 'gift',
  ...(row.paymentId.startsWith('row-') ? {} : { reference: row.paymentId }),
  ...is,
});

/** What somebody says that a row is. `version`: of the row as they read it. */
export const namingSchema = z
  .strictObject({
    version: z.number().int().min(1),
    kind: z.enum(NAMED_KINDS),
    /** Of a payout of Alipay, whose lists hold none: the number of the account that has paid it out. */
    alipayAccount: z
      .string()
      .regex(/^\d{6,32}$/, 'must be the number of the account')
      .optional(),
    reason: z
      .string()
      .trim()
      .min(3)
      .max(LONGEST_REASON)
      .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'must be plain text without control characters'),
  })
  .refine(({ kind, alipayAccount }) => alipayAccount === undefined || kind === 'payout', {
    path: ['alipayAccount'],
    message: 'is of a payout alone',
  });
export type Naming = z.infer<typeof namingSchema>;

/** The row as somebody has named it; refused for the row of a gift. */
export function named(
  row: BankRow,
  { kind, reason, alipayAccount }: Naming,
  said: { readonly by: string; readonly at: Instant },
): { readonly kind: 'named'; readonly row: BankRow } | Refusal {
  if (row.kind === 'gift')
    return refuse('row-is-a-gift', 'This row is a gift in the books. Reverse the gift first, if it is none.');
  if (row.direction === 'out' && kind === 'payout')
    return refuse('invalid', 'Some fields are not as they must be.', [
      { field: 'kind', problem: 'is payout, and the money of this row left', fix: 'say what it was paid for' },
    ]);
  const { provider: before, merchantId: _account, ...rest } = row;
  const provider =
    alipayAccount !== undefined
      ? { provider: 'alipay' as const, merchantId: alipayAccount }
      : kind === 'payout' && before !== undefined
        ? { provider: before }
        : {};
  return {
    kind: 'named',
    row: { ...rest, ...provider, kind, named: { kind, reason, ...said }, version: row.version + 1 },
  };
}

/** Whether a request says what is known already: it came twice. */
export const isNamedSo = (row: BankRow, { kind, reason, alipayAccount }: Naming): boolean =>
  row.named?.kind === kind && row.named.reason === reason && row.merchantId === alipayAccount;
