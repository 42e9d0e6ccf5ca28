import type { CampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { parseAlipayBill } from '../donations/alipay-bill.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type LocalDate, plusDays } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { type Account, accountNameOf } from './account-day.ts';
import type { AccountStatement, ReadLines } from './account-line.ts';
import { DAILY_BILLS, type FetchedBill, importedBillFile, tradeBillFile } from './fetched-bills.ts';
import { parseFundFlowBill } from './fund-flow-bill.ts';
import type { FundDay, TradeDay } from './fund-flow-check.ts';
import { PLATFORM_STATEMENT_COLUMNS, parsePlatformStatement } from './platform-statement.ts';
import type { BilledProvider } from './reconciliation.ts';
import type { AlipayDay, ReadBills } from './statement.ts';
import { parseStripeStatement } from './stripe-statement.ts';
import { parseTradeBill } from './trade-bill.ts';

/** Reads bills out of their files. Throws PermanentError where one cannot be used, TransientError where the store cannot answer. */
export async function readBills(files: Pick<CampaignFiles, 'read'>, bills: readonly FetchedBill[]): Promise<ReadBills> {
  const read = emptyBills();
  for (const bill of bills) keepIn(read, bill, await files.read(bill.file));
  return read;
}

const emptyBills = () => ({
  trades: [] as TradeDay[],
  funds: [] as FundDay[],
  alipay: [] as AlipayDay[],
  accounts: [] as AccountStatement[],
});

function keepIn(read: ReturnType<typeof emptyBills>, bill: FetchedBill, content: Uint8Array): void {
  const { provider, merchantId, billDate, account } = bill;
  if (provider === 'alipay') {
    read.alipay.push({ merchantId, billDate, lines: usable(bill, parseAlipayBill(content)) });
  } else if (provider === 'stripe' || provider === 'standard-webhook') {
    const lines = usable(bill, linesOf(provider, bill, content));
    read.accounts.push({ provider, merchantId, billDate, lines });
  } else if (account === undefined) {
    read.trades.push({ merchantId, billDate, lines: usable(bill, parseTradeBill(content)) });
  } else {
    read.funds.push({ merchantId, billDate, account, lines: usable(bill, parseFundFlowBill(content)) });
  }
}

/** What Stripe gives is JSON lines; what a person brings of an account there may be in the form for any platform. */
function linesOf(
  provider: AccountStatement['provider'],
  { merchantId, billDate }: FetchedBill,
  content: Uint8Array,
): ReadLines {
  if (provider === 'standard-webhook')
    return parsePlatformStatement(content, { billDate, paymentOf: (paymentId) => `${merchantId}:${paymentId}` });
  const [first] = PLATFORM_STATEMENT_COLUMNS;
  const isPlatformForm = Buffer.from(content)
    .subarray(0, first.length + 4)
    .toString()
    .includes(`${first},`);
  return isPlatformForm
    ? parsePlatformStatement(content, { billDate, paymentOf: (paymentId) => paymentId })
    : parseStripeStatement(content);
}

/** Bank debits take up to two weeks until they are known to have succeeded. */
const SLOWEST_WAY_DAYS = 14;

/**
 * Payments that the kept statements of the two weeks before list, of accounts that list one before it has succeeded; of the others
 * none. A statement that was not kept, or cannot be used any more, lists nothing.
 */
export async function paymentsListedBefore(
  files: Pick<CampaignFiles, 'read'>,
  { provider, merchantId }: Account,
  day: LocalDate,
): Promise<Set<string>> {
  const listed = new Set<string>();
  if (provider !== 'stripe') return listed;
  for (let before = 1; before <= SLOWEST_WAY_DAYS; before += 1) {
    const file = tradeBillFile(DAILY_BILLS, provider, merchantId, plusDays(day, -before));
    const content = await broughtFile(files, file);
    const statement = content === undefined ? undefined : parseStripeStatement(content);
    for (const { kind, paymentId } of statement?.kind === 'bill' ? statement.lines : [])
      if (kind === 'payment') listed.add(paymentId);
  }
  return listed;
}

type Parsed<Line> =
  | { readonly kind: 'bill'; readonly lines: readonly Line[] }
  | { readonly kind: 'refused'; readonly reason: string };

function usable<Line>({ billDate, file }: FetchedBill, parsed: Parsed<Line>): readonly Line[] {
  if (parsed.kind === 'bill') return parsed.lines;
  throw new PermanentError(`the bill of ${billDate} cannot be used: ${parsed.reason} (${file})`);
}

/** A statement that a person has brought and that cannot be used, with the reason. */
export type RefusedBill = Account & { readonly reason: string };
export type ImportedBills = { readonly bills: readonly FetchedBill[]; readonly refused: readonly RefusedBill[] };

/**
 * Statements that people have brought, of accounts whose provider gives none of this day. One that cannot be used is told of on the
 * day's page and stops nothing else: the others' statements are not its matter.
 */
export async function importedBills(
  files: Pick<CampaignFiles, 'read'>,
  accounts: readonly { readonly provider: BilledProvider; readonly merchantId: string }[],
  fetched: readonly FetchedBill[],
  billDate: LocalDate,
): Promise<ImportedBills> {
  const there = new Set(fetched.filter(({ kind }) => kind === 'trade').map(accountNameOf));
  const bills: FetchedBill[] = [];
  const refused: RefusedBill[] = [];
  for (const { provider, merchantId } of accounts) {
    if (there.has(accountNameOf({ provider, merchantId }))) continue;
    const bill = {
      provider,
      kind: 'trade',
      merchantId,
      billDate,
      file: importedBillFile(provider, merchantId, billDate),
    } as const;
    const content = await broughtFile(files, bill.file);
    if (content === undefined) continue;
    const reason = problemOf(bill, content);
    if (reason === undefined) bills.push(bill);
    else {
      log.warn('a bill that was brought cannot be used', { provider, merchantId, billDate, reason });
      refused.push({ provider, merchantId, reason });
    }
  }
  return { bills, refused };
}

async function broughtFile(files: Pick<CampaignFiles, 'read'>, file: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(file);
  } catch (error) {
    // There is none: nobody brought one.
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

function problemOf(bill: FetchedBill, content: Uint8Array): string | undefined {
  try {
    keepIn(emptyBills(), bill, content);
    return undefined;
  } catch (error) {
    if (error instanceof PermanentError) return error.message;
    throw error;
  }
}
