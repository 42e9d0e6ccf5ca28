import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type BankRow, rowNumberOf } from '../statements/bank-row.ts';
import type { Account } from './account-day.ts';
import type { Payout } from './payout.ts';

/** An account of ours, and whose it is where the configuration says so. */
export type OwnedAccount = Account & { readonly organisationId?: string };

/**
 * The account of Alipay that a row of the bank was paid out of: the one that a person or the row itself names, else the only one of the
 * organisation, or the only one of all where none has an owner. `undefined` where two may be meant: a person says which.
 */
export function alipayAccountOf(row: BankRow, accounts: readonly OwnedAccount[]): OwnedAccount | undefined {
  if (row.kind !== 'payout' || row.provider !== 'alipay' || row.direction !== 'in') return undefined;
  // Alipay pays charities out in yuan; anything else is for a person to look at.
  if (row.currency !== 'CNY') return undefined;
  const alipay = accounts.filter(({ provider }) => provider === 'alipay');
  const only = (some: readonly OwnedAccount[]): OwnedAccount | undefined => (some.length === 1 ? some[0] : undefined);
  if (row.merchantId !== undefined) return alipay.find(({ merchantId }) => merchantId === row.merchantId);
  const text = `${row.counterparty ?? ''}\n${row.remark ?? ''}`;
  const own = alipay.filter(({ organisationId }) => organisationId === row.organisationId);
  const shared = alipay.filter(({ organisationId }) => organisationId === undefined);
  const usable = [...own, ...shared];
  return only(usable.filter(({ merchantId }) => text.includes(merchantId))) ?? only(own.length > 0 ? own : shared);
}

/** The payout that a row of the bank is, where the provider lists none: known by the bank alone, and arrived. */
export function payoutSeenAtBank(
  row: BankRow,
  { merchantId, organisationId }: OwnedAccount,
  campaignId: string | undefined,
  at: Instant,
): Payout {
  const { rowId, day, amountMinor } = row;
  return {
    type: 'payout',
    payoutId: derivedId('payout', 'bank', rowId),
    provider: 'alipay',
    merchantId,
    day,
    businessNo: '',
    amountMinor,
    ...(organisationId === undefined ? {} : { organisationId }),
    ...(campaignId === undefined ? {} : { campaignId }),
    arrival: { arrivedOn: day, amountMinor, bankReference: rowNumberOf(row), by: 'workflow', at },
    bankRowId: rowId,
    version: 1,
  };
}
