import { giftReceiptKey, receiptById, receiptKey, receiptsOfSeries, receiptWaiversOfSeries } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { typedCode } from './check-code.ts';
import { giftReceiptSchema, type Receipt, type ReceiptWaiver, receiptSchema, receiptWaiverSchema } from './receipt.ts';
import { findSeries } from './receipt-series.store.ts';
import { ownerOfCode } from './receipt-settings.store.ts';
import { SeriesCheck, type SeriesProblem } from './series-problems.ts';

/** The receipts of a series in the order of their numbers, page by page. */
export async function* receiptsFrom(
  table: Table,
  organisationId: string,
  year: number,
  range: { readonly from?: number; readonly upTo?: number } = {},
): AsyncGenerator<Receipt> {
  for await (const item of everyItem(table, receiptsOfSeries(organisationId, year, range)))
    yield receiptSchema.parse(item);
}

/** A receipt by its id. The index shows what was written a moment ago, not always what was written this instant. */
export async function findReceipt(table: Table, receiptId: string): Promise<Receipt | undefined> {
  const { items } = await table.query(receiptById(receiptId), { limit: 1 });
  return items[0] === undefined ? undefined : receiptSchema.parse(items[0]);
}

/** The valid receipt of a gift, read consistently: it may have been issued this instant. */
export async function validReceiptOf(table: Table, giftId: string): Promise<Receipt | undefined> {
  const current = giftReceiptSchema.optional().parse(await table.get(giftReceiptKey(giftId)));
  if (current?.state !== 'live' || current.last === undefined) return undefined;
  return receiptSchema.parse(
    await table.get(receiptKey(current.organisationId, current.last.year, current.last.number)),
  );
}

export async function* waiversOf(table: Table, organisationId: string, year: number): AsyncGenerator<ReceiptWaiver> {
  for await (const item of everyItem(table, receiptWaiversOfSeries(organisationId, year)))
    yield receiptWaiverSchema.parse(item);
}

/**
 * What of a series does not hold. The head is read first: receipts that are issued while the rest is read are beyond its last number and
 * are left out, but what becomes void meanwhile is not, so that a problem of sums alone is looked at twice by whoever asks.
 */
export async function readSeriesProblems(
  table: Table,
  organisationId: string,
  year: number,
): Promise<readonly SeriesProblem[]> {
  const head = await findSeries(table, organisationId, year);
  const check = new SeriesCheck();
  const range = head === undefined ? {} : { upTo: Math.max(1, head.issued) };
  for await (const receipt of receiptsFrom(table, organisationId, year, range)) check.see(receipt);
  const waivers: ReceiptWaiver[] = [];
  for await (const waiver of waiversOf(table, organisationId, year)) waivers.push(waiver);
  return check.problems(head, waivers);
}

/** Waivers of a series from one gift on, a page at a time; `next` is where the following page begins. */
export async function waiversFrom(
  table: Table,
  organisationId: string,
  year: number,
  after: string | undefined,
  limit: number,
): Promise<{ readonly waivers: readonly ReceiptWaiver[]; readonly next: string | null }> {
  const from = after !== undefined && /^[A-Za-z0-9_-]{1,64}#\d{1,4}$/.test(after) ? after : undefined;
  const { items } = await table.query(receiptWaiversOfSeries(organisationId, year, from), { limit: limit + 1 });
  const waivers = items.map((item) => receiptWaiverSchema.parse(item));
  const further = waivers[limit];
  return {
    waivers: waivers.slice(0, limit),
    next: further === undefined ? null : `${further.giftId}#${further.generation}`,
  };
}

/** A receipt by what is printed on it: 票据代码 and 票据号码. */
export async function findReceiptByNumber(table: Table, code: string, number: string): Promise<Receipt | undefined> {
  const [typed, place] = [typedCode(code), typedCode(number)];
  if (!/^\d{8}$/.test(typed) || !/^\d{1,10}$/.test(place) || Number(place) < 1) return undefined;
  const organisationId = await ownerOfCode(table, typed.slice(0, 6));
  if (organisationId === undefined) return undefined;
  const year = CENTURY + Number(typed.slice(6));
  const item = await table.get(receiptKey(organisationId, year, Number(place)));
  const receipt = item === undefined ? undefined : receiptSchema.parse(item);
  return receipt?.code === typed ? receipt : undefined;
}
/** 票据代码 has the last two digits of a year of this century. */
const CENTURY = 2000;
