import { type LocalDate, plusDays } from '../kernel/time.ts';
import { type BankRow, rowNumberOf } from '../statements/bank-row.ts';
import { PROVIDER_NAMES, providerNamed } from '../statements/bank-terms.ts';
import { PATIENCE_DAYS, type Payout } from './payout.ts';

/** Of a payout that says nothing else. */
const USUAL_CURRENCY = 'CNY';
/** A shorter number may stand in a remark by chance. */
const SHORTEST_NUMBER = 6;

export type PayoutMatches = {
  /** Payouts with the one row that can be them, which can be no other payout. */
  readonly matched: readonly { readonly payout: Payout; readonly row: BankRow }[];
  /** Of the others: the rows that may be each of them, by payout; for people. */
  readonly candidates: ReadonlyMap<string, readonly BankRow[]>;
};

/**
 * Finds, for payouts that nobody has seen at the bank, the rows that they are. A row can be a payout if its amount is exact, it came
 * from the day on which the payout left and at most seven later, and it names the provider or the payout's own number. It is taken for one only
 * where both have nothing else to choose from; a row that has the payout's number before one that names the provider alone.
 * `knownUntil`: the last day whose payouts are all known: a later row may be one that nobody knows yet.
 */
export function matchPayouts(
  payouts: readonly Payout[],
  rows: readonly BankRow[],
  knownUntil: LocalDate | undefined,
): PayoutMatches {
  const open = payouts.filter(({ arrival }) => arrival === undefined);
  const known = rows.filter(({ day }) => knownUntil !== undefined && day <= knownUntil);
  const byNumber = onlyPairs(open, known, (payout, row) => canBe(payout, row) && hasNumber(payout, row));
  const taken = new Set(byNumber.flatMap(({ payout, row }) => [payout.payoutId, row.rowId]));
  const openStill = open.filter(({ payoutId }) => !taken.has(payoutId));
  const rowsLeft = known.filter(({ rowId }) => !taken.has(rowId));
  const byName = onlyPairs(openStill, rowsLeft, mayBe);
  const matched = [...byNumber, ...byName];
  const settled = new Set(matched.flatMap(({ payout, row }) => [payout.payoutId, row.rowId]));
  const candidates = new Map<string, readonly BankRow[]>();
  for (const payout of open) {
    if (settled.has(payout.payoutId)) continue;
    const own = rows.filter((row) => !settled.has(row.rowId) && mayBe(payout, row));
    if (own.length > 0) candidates.set(payout.payoutId, own);
  }
  return { matched, candidates };
}

/** The pairs that fit, of which neither side fits anything else. */
function onlyPairs(
  payouts: readonly Payout[],
  rows: readonly BankRow[],
  fits: (payout: Payout, row: BankRow) => boolean,
): { readonly payout: Payout; readonly row: BankRow }[] {
  const byAmount = Map.groupBy(rows, ({ amountMinor }) => amountMinor);
  const pairs = payouts.flatMap((payout) =>
    (byAmount.get(payout.amountMinor) ?? []).filter((row) => fits(payout, row)).map((row) => ({ payout, row })),
  );
  const ofPayout = Map.groupBy(pairs, ({ payout }) => payout.payoutId);
  const ofRow = Map.groupBy(pairs, ({ row }) => row.rowId);
  return pairs.filter(
    ({ payout, row }) => ofPayout.get(payout.payoutId)?.length === 1 && ofRow.get(row.rowId)?.length === 1,
  );
}

/** Amount, days, and whose account it is; and that nobody has said that the row is something else. */
function canBe({ amountMinor, currency = USUAL_CURRENCY, day, organisationId }: Payout, row: BankRow): boolean {
  if (row.direction !== 'in' || row.currency !== currency || row.amountMinor !== amountMinor) return false;
  if (row.kind !== 'payout' && row.kind !== 'unnamed') return false;
  if (row.day < day || row.day > plusDays(day, PATIENCE_DAYS)) return false;
  return organisationId === undefined || organisationId === row.organisationId;
}

const textOf = ({ counterparty, remark }: BankRow): string => `${counterparty ?? ''}\n${remark ?? ''}`.toLowerCase();

function hasNumber({ businessNo }: Payout, row: BankRow): boolean {
  return businessNo.length >= SHORTEST_NUMBER && textOf(row).includes(businessNo.toLowerCase());
}

function mayBe(payout: Payout, row: BankRow): boolean {
  if (!canBe(payout, row)) return false;
  const provider = row.provider ?? providerNamed(row);
  if (provider !== undefined) return provider === payout.provider;
  const text = textOf(row);
  const others = Object.values(PROVIDER_NAMES).flat();
  // A row that names two providers is neither's by its name.
  if (others.some((name) => text.includes(name))) return hasNumber(payout, row);
  return row.named?.kind === 'payout' || text.includes(payout.merchantId) || hasNumber(payout, row);
}

/** The rows that may be a payout, as it keeps them. */
export const candidatesOf = (rows: readonly BankRow[]): NonNullable<Payout['candidates']> =>
  rows
    .map((row) => ({ rowId: row.rowId, arrivedOn: row.day, bankReference: rowNumberOf(row) }))
    .sort((a, b) => (`${a.arrivedOn} ${a.rowId}` < `${b.arrivedOn} ${b.rowId}` ? -1 : 1));
