import { type Instant, type LocalDate, plusSeconds, startOfDay } from '../kernel/time.ts';
import type { BankDay } from '../statements/bank-row.ts';
import { BANK_ROW_KINDS } from '../statements/bank-terms.ts';
import { billsReadyAt } from './bill-days.ts';
import type { DayRecord } from './day-record.ts';
import { type Payout, payoutStateOf } from './payout.ts';
import { BILL_ZONE } from './reconciliation.ts';

/** How long after its bill is there a day may go without a comparison: the job comes every hour, and may fail twice. */
const PATIENCE_SECONDS = 3 * 3600;

/** Where a day stands of which no account has been compared. */
export const stateOfEmptyDay = (day: LocalDate, now: Instant): 'not-over' | 'not-due' | 'nothing' => {
  if (now < startOfDay(day, BILL_ZONE)) return 'not-over';
  return now < plusSeconds(billsReadyAt([day]), PATIENCE_SECONDS) ? 'not-due' : 'nothing';
};

export type Viewer = {
  readonly ids: ReadonlySet<string>;
  readonly isTop: boolean;
  readonly organisationId: string;
};
/** Whether an account, or what left it, is the viewer's to see as a whole. */
export const isOwnerOf = (
  { organisationId }: Pick<DayRecord, 'organisationId'>,
  { ids, isTop }: Pick<Viewer, 'ids' | 'isTop'>,
): boolean => (organisationId === undefined ? isTop : ids.has(organisationId));

/**
 * An account's day as an organisation may see it: its own campaigns and those below it. What the account took, paid back and
 * owes in all is the account owner's; where no owner is configured, the account is that of the top of the tree.
 */
export function dayView(record: DayRecord, viewer: Viewer, payouts: readonly Payout[]) {
  const { provider, merchantId, day, state, comparedAt } = record;
  const campaigns = record.campaigns.filter(({ organisationId }) => viewer.ids.has(organisationId));
  const isOwner = isOwnerOf(record, viewer);
  if (campaigns.length === 0 && !isOwner) return undefined;
  const { grossMinor, refundsMinor, feesMinor, netMinor, foreignLines, foreignMinor } = record;
  const own = payouts.filter((one) => isOfAccount(one, record) && one.day === day);
  const arrivedMinor = arrivedOf(own);
  // What a provider's list does not say has left is known by its rows at the bank.
  const settledMinor = record.settledMinor + arrivedOf(own.filter(isSeenAtBankOnly));
  const { currency, otherMinor, otherMovements, otherCurrencies, refusedBill } = record;
  const sums = { currency, grossMinor, refundsMinor, feesMinor, netMinor, settledMinor, arrivedMinor };
  const beside = { otherMinor, otherMovements, otherCurrencies };
  return {
    provider,
    merchantId,
    day,
    state,
    comparedAt,
    ...(refusedBill === undefined ? {} : { refusedBill }),
    campaigns,
    account: isOwner
      ? { ...sums, inTransitMinor: settledMinor - arrivedMinor, ...beside, foreignLines, foreignMinor }
      : null,
  };
}

const arrivedOf = (payouts: readonly Payout[]): number =>
  payouts.reduce((sum, { arrival }) => sum + (arrival?.amountMinor ?? 0), 0);
type InCurrency = { readonly provider: string; readonly merchantId: string; readonly currency: string };
const isOfAccount = (one: Payout, { provider, merchantId, currency }: InCurrency): boolean =>
  one.provider === provider && one.merchantId === merchantId && (one.currency ?? 'CNY') === currency;
const isSeenAtBankOnly = ({ bankRowId }: Payout): boolean => bankRowId !== undefined;

type Account = NonNullable<NonNullable<ReturnType<typeof dayView>>['account']>;
type Seen = {
  readonly provider: string;
  readonly merchantId: string;
  readonly day: LocalDate;
  readonly account: Account | null;
};

/**
 * The sums of each account over the days shown. `heldMinor`: what the provider owes for these days and has not paid out in them.
 * `inTransitMinor`: what it has paid out and nobody has seen at the bank. `payouts`: those of the same days; one that the bank alone
 * knows is in the sums on a day, too, on which the account took nothing.
 */
export function accountSums(days: readonly Seen[], payouts: readonly Payout[]) {
  const owned = days.filter((one): one is Seen & { readonly account: Account } => one.account !== null);
  // Sums of different currencies are never added up.
  const nameOf = ({ provider, merchantId, account }: (typeof owned)[number]): string =>
    `${provider} ${merchantId} ${account.currency}`;
  return [...Map.groupBy(owned, nameOf).values()].map((own) => {
    const sum = (field: (typeof SUMMED)[number]): number => own.reduce((all, { account }) => all + account[field], 0);
    const { provider = '', merchantId = '' } = own[0] ?? {};
    const currency = own[0]?.account.currency ?? '';
    const netMinor = sum('netMinor');
    const shown = new Set(own.map(({ day }) => day));
    const isBeside = (one: Payout): boolean => isSeenAtBankOnly(one) && !shown.has(one.day);
    const beside = arrivedOf(
      payouts.filter((one) => isOfAccount(one, { provider, merchantId, currency }) && isBeside(one)),
    );
    const settledMinor = sum('settledMinor') + beside;
    const received = {
      grossMinor: sum('grossMinor'),
      refundsMinor: sum('refundsMinor'),
      feesMinor: sum('feesMinor'),
      netMinor,
    };
    const paidOut = { settledMinor, arrivedMinor: sum('arrivedMinor') + beside, inTransitMinor: sum('inTransitMinor') };
    const heldMinor = netMinor - settledMinor + sum('otherMinor');
    return { provider, merchantId, currency, ...received, otherMinor: sum('otherMinor'), heldMinor, ...paidOut };
  });
}
const SUMMED = [
  'grossMinor',
  'refundsMinor',
  'feesMinor',
  'netMinor',
  'settledMinor',
  'arrivedMinor',
  'inTransitMinor',
  'otherMinor',
] as const;

/** A payout as people see it. */
export function payoutView(payout: Payout, today: LocalDate) {
  const { type: _type, organisationId: _owner, ...shown } = payout;
  return { ...shown, state: payoutStateOf(payout, today) };
}

/** A day of an account at the bank as people see it; of the account's rows only the sums, for the rows have a list of their own. */
export function bankDayView({ type: _type, organisationId: _owner, version: _version, moved, ...rest }: BankDay) {
  const { findings } = rest;
  const state = findings === undefined ? 'not-compared' : findings === 0 ? 'balanced' : 'differs';
  const kinds = BANK_ROW_KINDS.flatMap((kind) => {
    const sums = moved[kind];
    return sums === undefined ? [] : [{ kind, ...sums }];
  });
  return { ...rest, state: state as BankDayState, kinds };
}
/** `not-compared`: imported since the last hourly look. */
export const BANK_DAY_STATES = ['not-compared', 'balanced', 'differs'] as const;
type BankDayState = (typeof BANK_DAY_STATES)[number];
