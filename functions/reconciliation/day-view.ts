import { type Instant, type LocalDate, plusSeconds, startOfDay } from '../kernel/time.ts';
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
  const { grossMinor, refundsMinor, feesMinor, netMinor, settledMinor, foreignLines, foreignMinor } = record;
  const arrivedMinor = payouts
    .filter((one) => one.provider === provider && one.merchantId === merchantId && one.day === day)
    .filter((one) => (one.currency ?? 'CNY') === record.currency)
    .reduce((sum, { arrival }) => sum + (arrival?.amountMinor ?? 0), 0);
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

type Account = NonNullable<NonNullable<ReturnType<typeof dayView>>['account']>;
type Seen = { readonly provider: string; readonly merchantId: string; readonly account: Account | null };

/**
 * The sums of each account over the days shown. `heldMinor`: what the provider owes for these days and has not paid out in them.
 * `inTransitMinor`: what it has paid out and nobody has seen at the bank.
 */
export function accountSums(days: readonly Seen[]) {
  const owned = days.filter((one): one is Seen & { readonly account: Account } => one.account !== null);
  // Sums of different currencies are never added up.
  const nameOf = ({ provider, merchantId, account }: (typeof owned)[number]): string =>
    `${provider} ${merchantId} ${account.currency}`;
  return [...Map.groupBy(owned, nameOf).values()].map((own) => {
    const sum = (field: (typeof SUMMED)[number]): number => own.reduce((all, { account }) => all + account[field], 0);
    const { provider = '', merchantId = '' } = own[0] ?? {};
    const currency = own[0]?.account.currency ?? '';
    const netMinor = sum('netMinor');
    const settledMinor = sum('settledMinor');
    const received = {
      grossMinor: sum('grossMinor'),
      refundsMinor: sum('refundsMinor'),
      feesMinor: sum('feesMinor'),
      netMinor,
    };
    const paidOut = { settledMinor, arrivedMinor: sum('arrivedMinor'), inTransitMinor: sum('inTransitMinor') };
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
