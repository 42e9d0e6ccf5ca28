import * as z from 'zod';
import { providerSchema } from '../donations/payment-event.ts';
import { add, type Minor, minor, subtract, ZERO } from '../kernel/money.ts';
import { type Instant, instantSchema, type LocalDate, localDateSchema } from '../kernel/time.ts';
import type { Account, CampaignPart, ComparedDay } from './account-day.ts';
import {
  type AccountLine,
  type AccountMoney,
  moneyOfLines,
  type OtherMovement,
  otherMovementsIn,
} from './account-line.ts';
import { type FetchedBill, fetchedBillSchema } from './fetched-bills.ts';
import type { ReadBills } from './statement.ts';

/** `balanced`: bill and books agree. `bill-missing`: the books have payments of the day, and no bill has come. */
export const DAY_STATES = ['balanced', 'differs', 'bill-missing'] as const;

const whole = z.number().int();
const accountMoneyShape = {
  currency: z.string(),
  lines: whole,
  grossMinor: whole,
  refundsMinor: whole,
  feesMinor: whole,
  settledMinor: whole,
  otherMinor: whole,
  balanceMinor: whole,
};
const campaignDaySchema = z.strictObject({
  campaignId: z.string(),
  organisationId: z.string(),
  billLines: whole,
  billMinor: whole,
  entries: whole,
  entriesMinor: whole,
  refundLines: whole,
  refundMinor: whole,
  /** What the comparison found of this campaign, however it was settled since. */
  findings: whole,
});

/** How one account of ours stands for one day. All its campaigns together, and each with what it has in it. */
export const dayRecordSchema = z.object({
  type: z.literal('reconciled-day'),
  provider: providerSchema,
  merchantId: z.string(),
  day: localDateSchema,
  /** Whose account it is, where the configuration says so. */
  organisationId: z.string().optional(),
  state: z.enum(DAY_STATES),
  /** What was paid and what went back by the bill, all campaigns and all else on the account together. */
  grossMinor: whole,
  refundsMinor: whole,
  /** The provider's fees of the day; fractions of a fen are dropped from their sum. */
  feesMinor: whole,
  /** Gross less refunds and fees: what the provider owes for the day. */
  netMinor: whole,
  /** What left the account for the bank on the day, where the provider states it. */
  settledMinor: whole,
  /** Of which currency these sums are. */
  currency: z.string().default('CNY'),
  /** What moved besides, where the statement lists everything: net less settled, with this, is what the balance changed by. */
  otherMinor: whole.default(0),
  /** Movements that are of no payment, each under the provider's word for it. */
  otherMovements: z
    .array(z.strictObject({ type: z.string(), currency: z.string(), lines: whole, changeMinor: whole }))
    .default([]),
  /** The account's other currencies: never added to the sums above. */
  otherCurrencies: z.array(z.strictObject(accountMoneyShape)).default([]),
  /** Why a statement that somebody has brought cannot be used. */
  refusedBill: z.string().optional(),
  /** Payments that are somebody else's. */
  foreignLines: whole,
  foreignMinor: whole,
  campaigns: z.array(campaignDaySchema),
  bills: z.array(fetchedBillSchema),
  comparedAt: instantSchema,
});
export type DayRecord = z.infer<typeof dayRecordSchema>;

/** Pure: what is kept of a compared day. `organisationOf`: of each campaign that has a part in it. */
export function dayRecordOf(
  compared: ComparedDay,
  bills: ReadBills,
  about: {
    readonly files: readonly FetchedBill[];
    readonly organisationId: string | undefined;
    readonly refused: string | undefined;
    readonly organisationOf: ReadonlyMap<string, string>;
    readonly now: Instant;
  },
): DayRecord {
  const { provider, merchantId, day, hasBill, parts, foreign, ofNobody } = compared;
  const money = moneyOf(compared, bills);
  const differs = ofNobody.length > 0 || parts.some(({ findings }) => findings.length > 0);
  const { refused } = about;
  const isMissing = !hasBill && (refused !== undefined || parts.some(({ comparison }) => comparison.entries > 0));
  return {
    type: 'reconciled-day',
    provider,
    merchantId,
    day,
    ...(about.organisationId === undefined ? {} : { organisationId: about.organisationId }),
    state: isMissing ? 'bill-missing' : differs ? 'differs' : 'balanced',
    ...money,
    netMinor: subtract(subtract(money.grossMinor, money.refundsMinor), money.feesMinor),
    ...(refused === undefined ? {} : { refusedBill: refused }),
    foreignLines: foreign.lines,
    foreignMinor: foreign.amountMinor,
    campaigns: parts.map((part) => campaignOf(part, about.organisationOf)),
    bills: about.files.filter((file) => file.provider === provider && file.merchantId === merchantId),
    comparedAt: about.now,
  };
}

function campaignOf({ campaignId, comparison, findings }: CampaignPart, organisationOf: ReadonlyMap<string, string>) {
  const { provider: _provider, merchantId: _merchant, billDate: _day, ...figures } = comparison;
  const organisationId = organisationOf.get(campaignId) ?? '';
  return { campaignId, organisationId, ...figures, findings: findings.length };
}

type Money = {
  readonly grossMinor: Minor;
  readonly refundsMinor: Minor;
  readonly feesMinor: Minor;
  readonly settledMinor: Minor;
  readonly currency: string;
  readonly otherMinor: Minor;
  readonly otherMovements: OtherMovement[];
  readonly otherCurrencies: AccountMoney[];
};
/** Of accounts with one currency, whose statements list payments and refunds alone. */
const IN_YUAN = { currency: 'CNY', otherMinor: ZERO, otherMovements: [], otherCurrencies: [] };
type Amount = { readonly kind: 'payment' | 'refund'; readonly amountMinor: Minor };
const MILLI_FEN = 1000;

function moneyOf({ provider, merchantId, day }: Account & { readonly day: LocalDate }, bills: ReadBills): Money {
  const isOfDay = (one: { readonly merchantId: string; readonly billDate: LocalDate }): boolean =>
    one.merchantId === merchantId && one.billDate === day;
  const sumOf = (kind: Amount['kind'], lines: readonly Amount[]): Minor =>
    lines.reduce((sum, line) => (line.kind === kind ? add(sum, line.amountMinor) : sum), ZERO);
  const sums = (lines: readonly Amount[]) => ({
    grossMinor: sumOf('payment', lines),
    refundsMinor: sumOf('refund', lines),
  });
  if (provider === 'stripe' || provider === 'standard-webhook')
    return moneyOfAccount(
      bills.accounts.filter((one) => one.provider === provider && isOfDay(one)).flatMap(({ lines }) => lines),
    );
  if (provider === 'alipay') {
    const lines = bills.alipay.filter(isOfDay).flatMap((bill) => bill.lines);
    // Alipay writes a fee that it took below zero.
    const feesMinor = lines.reduce((sum, { feeMinor }) => subtract(sum, feeMinor), ZERO);
    return { ...IN_YUAN, ...sums(lines), feesMinor, settledMinor: ZERO };
  }
  const lines = bills.trades.filter(isOfDay).flatMap((bill) => bill.lines);
  const milliFen = lines.reduce((sum, { feeMilliFen }) => sum + feeMilliFen, 0);
  const withdrawn = bills.funds
    .filter(isOfDay)
    .flatMap((bill) => bill.lines)
    .filter(({ movement }) => movement === 'withdrawal')
    .reduce((sum, { changeMinor }) => subtract(sum, changeMinor), ZERO);
  const feesMinor = minor(Math.trunc(milliFen / MILLI_FEN));
  return { ...IN_YUAN, ...sums(lines), feesMinor, settledMinor: withdrawn };
}

/** The sums of a statement that lists everything, by the account's main currency, and what the others are. */
function moneyOfAccount(lines: readonly AccountLine[]): Money {
  const [main, ...otherCurrencies] = moneyOfLines(lines);
  const { currency, grossMinor, refundsMinor, feesMinor, settledMinor, otherMinor } = main ?? NOTHING_MOVED;
  const sums = { currency, grossMinor, refundsMinor, feesMinor, settledMinor, otherMinor };
  return { ...sums, otherMovements: otherMovementsIn(lines), otherCurrencies };
}
const NOTHING_MOVED = {
  currency: 'CNY',
  grossMinor: ZERO,
  refundsMinor: ZERO,
  feesMinor: ZERO,
  settledMinor: ZERO,
  otherMinor: ZERO,
};
