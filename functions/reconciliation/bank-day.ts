import { type Minor, minor } from '../kernel/money.ts';
import { type LocalDate, plusDays } from '../kernel/time.ts';
import { type BankDay, type BankRow, rowNumberOf } from '../statements/bank-row.ts';
import type { Finding } from './reconciliation-item.ts';

/** A gift in the books, as far as the bank is asked about it. Money that is assigned to no campaign has none. */
export type BookedGift = { readonly giftId: string; readonly campaignId?: string; readonly amountMinor: Minor };

/** Money that came to the bank and that somebody has entered by hand. */
export type HandTransfer = BookedGift & {
  readonly campaignId: string;
  readonly provider: 'statement' | 'offline';
  /** The bank's number of the row, or our own of the entry where nobody knew it. */
  readonly paymentId: string;
  readonly offlineId: string;
  readonly organisationId: string;
  readonly receivedOn: LocalDate;
};

/** An account at a bank: two organisations may call theirs by one name. */
export type AccountName = { readonly organisationId: string; readonly account: string };
export const accountAtBank = ({ organisationId, account }: AccountName): string => `${organisationId} ${account}`;

/** Everything that is known of the accounts at banks in some days. */
export type BankBooks = {
  readonly today: LocalDate;
  /** Rows that are kept: all that is no gift, and gifts that the books have by another way too. */
  readonly rows: readonly BankRow[];
  readonly days: readonly BankDay[];
  /** Rows that are a payout's. */
  readonly claimed: ReadonlySet<string>;
  /** Row -> the gift that the books have under its number. */
  readonly gifts: ReadonlyMap<string, BookedGift>;
  readonly transfers: readonly HandTransfer[];
  /** Entry by hand -> gifts of the same day and sum that the books have by a statement. */
  readonly twins: ReadonlyMap<string, readonly string[]>;
  /** Account (`accountAtBank`) -> the campaign that hears of what belongs to none. */
  readonly campaignOf: ReadonlyMap<string, string>;
  /** The accounts on which a transfer may have come. */
  readonly accountsOf: (transfer: HandTransfer) => readonly AccountName[];
};

/** What is wrong, and which campaign hears of it; none where nobody can say. */
export type BankFinding = {
  readonly campaignId: string | undefined;
  /** Of which account, where it is of one. */
  readonly account: AccountName | undefined;
  readonly finding: Finding;
};

/** How long a row of a payment provider may wait for its payout to be known: its bill comes on the day after it left. */
const PAYOUT_PATIENCE_DAYS = 2;

/**
 * Pure: holds the rows of an account at the bank against the books. Of gifts that were booked from the statement itself the entry is
 * the row; what can disagree is all else: money that came and is nothing, entries by hand that never came, rows with another amount than their
 * entry, and balances that do not follow from each other.
 */
export function compareBank(books: BankBooks): BankFinding[] {
  return [
    ...books.rows.flatMap((row) => rowFinding(row, books) ?? []),
    ...transferFindings(books),
    ...balanceFindings(books),
  ];
}

const isStatedElse = ({ kind, named }: BankRow): boolean =>
  kind !== 'gift' && kind !== 'unnamed' && (kind !== 'payout' || named !== undefined);

/** What is wrong with one row that came. What left is somebody's spending, and is kept to be looked at. */
function rowFinding(row: BankRow, books: BankBooks): BankFinding | undefined {
  if (row.direction === 'out') return undefined;
  const gift = books.gifts.get(row.rowId);
  const campaignId = gift?.campaignId ?? row.campaignId ?? books.campaignOf.get(accountAtBank(row));
  const about = aboutRow(row);
  if (gift !== undefined) {
    // A payout that somebody has entered as a gift, too: the gifts in it are booked from the provider.
    if (books.claimed.has(row.rowId))
      return { campaignId, account: row, finding: { class: 'duplicate', ...about, ourAmountMinor: gift.amountMinor } };
    if (gift.amountMinor === row.amountMinor) return undefined;
    const sides = { ourAmountMinor: gift.amountMinor, theirAmountMinor: row.amountMinor };
    return { campaignId, account: row, finding: { class: 'amount-differs', ...about, ...sides } };
  }
  if (row.kind === 'gift' || isStatedElse(row) || books.claimed.has(row.rowId)) return undefined;
  const sides = { theirAmountMinor: row.amountMinor };
  if (row.repeats !== undefined)
    return { campaignId, account: row, finding: { class: 'duplicate', ...about, ...sides } };
  if (row.kind === 'payout' && books.today <= plusDays(row.day, PAYOUT_PATIENCE_DAYS)) return undefined;
  return { campaignId, account: row, finding: { class: 'missing-here', ...about, ...sides } };
}

const aboutRow = (row: BankRow) => ({
  provider: 'statement' as const,
  merchantId: row.account,
  day: row.day,
  // By this number the gift is known once somebody has entered it.
  transactionId: rowNumberOf(row),
  orderNo: row.rowId,
});

/** Entries by hand whose row never came, though each account on which it may have come has a whole statement of the day. */
function transferFindings(books: BankBooks): BankFinding[] {
  const covered = new Set(books.days.filter(({ isWhole }) => isWhole).map((one) => `${one.day} ${accountAtBank(one)}`));
  const seen = new Set(
    books.rows.flatMap((row) => [row.giftId ?? '', row.offlineId ?? '', books.gifts.get(row.rowId)?.giftId ?? '']),
  );
  const taken = new Set<string>();
  return books.transfers.flatMap((transfer): BankFinding[] => {
    if (seen.has(transfer.giftId) || seen.has(transfer.offlineId)) return [];
    const accounts = books.accountsOf(transfer);
    const isCovered =
      accounts.length > 0 &&
      accounts.every((account) => covered.has(`${transfer.receivedOn} ${accountAtBank(account)}`));
    if (!isCovered) return [];
    const twin = books.twins.get(transfer.offlineId)?.find((giftId) => !taken.has(giftId));
    if (twin !== undefined) taken.add(twin);
    const finding: Finding = {
      class: twin === undefined ? 'missing-there' : 'duplicate',
      provider: transfer.provider,
      merchantId: accounts.length === 1 ? (accounts[0]?.account ?? '') : transfer.organisationId,
      day: transfer.receivedOn,
      transactionId: transfer.paymentId,
      orderNo: twin ?? transfer.offlineId,
      ourAmountMinor: transfer.amountMinor,
    };
    const account = accounts.length === 1 ? accounts[0] : undefined;
    return [{ campaignId: transfer.campaignId, account, finding }];
  });
}

/** Days that begin with another balance than the day before ended with: between two files a row is missing. */
function balanceFindings({ days, campaignOf }: BankBooks): BankFinding[] {
  const closings = new Map(days.map((one) => [`${accountAtBank(one)} ${one.day}`, one.closingMinor]));
  return days.flatMap((one): BankFinding[] => {
    const before = closings.get(`${accountAtBank(one)} ${plusDays(one.day, -1)}`);
    const { openingMinor, account, day, organisationId } = one;
    if (before === undefined || openingMinor === undefined || before === openingMinor) return [];
    // An overdrawn account owes: what the two differ by is what an item shows.
    const lowest = Math.min(before, openingMinor, 0);
    const finding: Finding = {
      class: 'funds-differ',
      provider: 'statement',
      merchantId: account,
      day,
      transactionId: `balance-${organisationId}-${account}-${day}`,
      orderNo: '',
      ourAmountMinor: minor(before - lowest),
      theirAmountMinor: minor(openingMinor - lowest),
    };
    return [{ campaignId: one.campaignId ?? campaignOf.get(accountAtBank(one)), account: one, finding }];
  });
}

/** Classes of what is found here, by which an item is known to be the bank's. */
export const BANK_CLASSES: ReadonlySet<Finding['class']> = new Set([
  'missing-here',
  'missing-there',
  'amount-differs',
  'duplicate',
  'funds-differ',
]);
