import * as z from 'zod';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { type Minor, minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema, type LocalDate, localDateSchema, plusDays } from '../kernel/time.ts';
import type { DayRecord } from './day-record.ts';
import { BILLED_PROVIDERS } from './reconciliation.ts';
import type { Finding } from './reconciliation-item.ts';
import type { ReadBills } from './statement.ts';
import { payoutsOfStatements } from './statement-payout.ts';

/** As banks number their rows: letters, digits and what stands between them. */
export const bankReferenceSchema = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z][0-9A-Za-z./_-]{2,63}$/, 'must be the number of the row at the bank, 3 to 64 characters');

const arrivalSchema = z.strictObject({
  arrivedOn: localDateSchema,
  amountMinor: positiveAmountMinorSchema,
  bankReference: z.string(),
  /** Who saw it at the bank. */
  by: z.string(),
  at: instantSchema,
});

/** Money that left an account of ours at a provider for our bank, and whether it has come. */
export const payoutSchema = z.object({
  type: z.literal('payout'),
  payoutId: z.string(),
  provider: z.enum(BILLED_PROVIDERS),
  merchantId: z.string(),
  /** The Beijing day on which it left. */
  day: localDateSchema,
  /** The provider's own number of it, where it gives one. */
  businessNo: z.string(),
  amountMinor: positiveAmountMinorSchema,
  /** In which it was paid out, where that is not yuan. */
  currency: z.string().optional(),
  /** Whose account it is, where the configuration says so. */
  organisationId: z.string().optional(),
  /** The campaign that hears of it where it does not come: the one with most of the account's money in the week before. */
  campaignId: z.string().optional(),
  arrival: arrivalSchema.optional(),
  /** Known by a row of the bank alone, because the provider lists no payouts: that row. It falls with the row. */
  bankRowId: z.string().optional(),
  /** Rows of the bank that may be it, where more than one may be or one may be another's: a person says which. */
  candidates: z
    .array(z.strictObject({ rowId: z.string(), arrivedOn: localDateSchema, bankReference: z.string() }))
    .optional(),
  version: z.number().int().min(1),
});
export type Payout = z.infer<typeof payoutSchema>;

/** How long a payout may be on its way: banks book within a day or two, and at the long holidays after a week. */
export const PATIENCE_DAYS = 7;
/** How many days before a payout its money may have been taken. */
export const PAID_OUT_DAYS = 7;

/** `arrived`: the whole of it is seen at the bank. `differs`: another amount is. `late`: nothing is, and it should. */
export type PayoutState = 'in-transit' | 'arrived' | 'differs' | 'late';
export function payoutStateOf({ amountMinor, arrival, day }: Payout, today: LocalDate): PayoutState {
  if (arrival !== undefined) return arrival.amountMinor === amountMinor ? 'arrived' : 'differs';
  return today > plusDays(day, PATIENCE_DAYS) ? 'late' : 'in-transit';
}

/** What the bills of a day say has left for the bank. The same bill gives the same payouts, with the same ids, whenever it is read. */
export function payoutsOf(
  { funds, accounts }: ReadBills,
  day: LocalDate,
): Omit<Payout, 'organisationId' | 'campaignId' | 'arrival'>[] {
  const seen = new Map<string, number>();
  const ofFundFlows = funds
    .filter(({ billDate }) => billDate === day)
    .flatMap(({ merchantId, account, lines }) =>
      lines
        .filter(({ movement, changeMinor }) => movement === 'withdrawal' && changeMinor < 0)
        .map(({ businessNo, bookedAt, changeMinor, balanceMinor }) => {
          const amountMinor: Minor = minor(-changeMinor);
          const parts = [merchantId, account, day, businessNo, bookedAt, String(amountMinor), String(balanceMinor)];
          // The balance after it tells two of one second apart; the count does where a bill is not so exact.
          const name = parts.join(' ');
          const before = seen.get(name) ?? 0;
          seen.set(name, before + 1);
          const payoutId = derivedId('payout', 'wechat-pay', ...parts, String(before));
          const about = { provider: 'wechat-pay', merchantId, day, businessNo, amountMinor } as const;
          return { type: 'payout' as const, payoutId, ...about, version: 1 };
        }),
    );
  return [...ofFundFlows, ...payoutsOfStatements(accounts, day)];
}

/** The campaign with most money on the account in the week before, by what was compared; the first by its id among equals. */
export function campaignPaidOut(
  { provider, merchantId, day }: Pick<Payout, 'provider' | 'merchantId' | 'day'>,
  records: readonly DayRecord[],
): { readonly campaignId: string; readonly organisationId: string } | undefined {
  const sums = new Map<string, { campaignId: string; organisationId: string; minor: number }>();
  for (const record of records) {
    if (record.provider !== provider || record.merchantId !== merchantId || record.day > day) continue;
    for (const { campaignId, organisationId, billMinor } of record.campaigns) {
      const before = sums.get(campaignId)?.minor ?? 0;
      sums.set(campaignId, { campaignId, organisationId, minor: before + billMinor });
    }
  }
  const [most] = [...sums.values()].sort((a, b) => b.minor - a.minor || (a.campaignId < b.campaignId ? -1 : 1));
  return most === undefined ? undefined : { campaignId: most.campaignId, organisationId: most.organisationId };
}

/** What is wrong with a payout, for people to look into; nothing while it may still come, and when it has. */
export function payoutFinding(payout: Payout, today: LocalDate): Finding | undefined {
  const state = payoutStateOf(payout, today);
  if (state === 'arrived' || state === 'in-transit') return undefined;
  const { provider, merchantId, day, payoutId, businessNo, amountMinor, arrival } = payout;
  return {
    class: 'settlement-differs',
    provider,
    merchantId,
    day,
    transactionId: payoutId,
    orderNo: businessNo,
    // Our side of it is the bank's.
    ...(arrival === undefined ? {} : { ourAmountMinor: arrival.amountMinor }),
    theirAmountMinor: amountMinor,
  };
}

/** What a person saw at the bank. `version`: of the payout as they read it. */
export const arrivalRequestSchema = z.strictObject({
  payoutId: z.string().regex(/^pyo_[0-9a-z]{20}$/),
  version: z.number().int().min(1),
  arrivedOn: localDateSchema,
  amountMinor: positiveAmountMinorSchema,
  bankReference: bankReferenceSchema,
});
export type ArrivalRequest = z.infer<typeof arrivalRequestSchema>;

/** The payout as somebody has seen it at the bank; one that was entered wrongly is entered anew. */
export function arrived(
  payout: Payout,
  { arrivedOn, amountMinor, bankReference }: ArrivalRequest,
  said: { readonly by: string; readonly at: Instant },
  today: LocalDate,
): { readonly kind: 'arrived'; readonly payout: Payout } | Refusal {
  if (arrivedOn < payout.day || arrivedOn > today)
    return refuse('invalid', 'Some fields are not as they must be.', [
      {
        field: 'arrivedOn',
        problem: arrivedOn > today ? `is after today, ${today}` : `is before the day it left, ${payout.day}`,
        fix: `name the day of the bank's row, from ${payout.day} to ${today}`,
      },
    ]);
  const arrival = { arrivedOn, amountMinor, bankReference, ...said };
  const { candidates: _candidates, ...rest } = payout;
  return { kind: 'arrived', payout: { ...rest, arrival, version: payout.version + 1 } };
}

/** Whether a request says what is known already: it came twice. */
export const saysTheSame = ({ arrival }: Payout, request: ArrivalRequest): boolean =>
  arrival !== undefined &&
  arrival.arrivedOn === request.arrivedOn &&
  arrival.amountMinor === request.amountMinor &&
  arrival.bankReference === request.bankReference;
