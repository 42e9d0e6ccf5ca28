import { everythingOfGift, giftReceiptKey, refundsKey } from '../platform/keys.ts';
import { addressOf, everyItem, type Item, readMany, type Table } from '../platform/table.ts';
import { type ReceiptCase, receiptCaseOf } from './receiptable.ts';

/** Gifts whose items are read at once: enough to hide the round trips, few enough for one connection pool. */
const READS_AT_ONCE = 8;

/** The cases of these gifts, in their order. What guards them is read first (receiptable.ts, `receiptCaseOf`). */
export async function readReceiptCases(table: Table, giftIds: readonly string[]): Promise<ReceiptCase[]> {
  const guards = await readMany(
    table,
    giftIds.flatMap((giftId) => [refundsKey(giftId), giftReceiptKey(giftId)]),
  );
  const byAddress = new Map(guards.map((item) => [addressOf(item), item]));
  const cases: ReceiptCase[] = [];
  for (let start = 0; start < giftIds.length; start += READS_AT_ONCE) {
    const some = giftIds.slice(start, start + READS_AT_ONCE);
    const read = some.map(async (giftId) => {
      const mark = byAddress.get(addressOf(refundsKey(giftId)));
      const current = byAddress.get(addressOf(giftReceiptKey(giftId)));
      return receiptCaseOf(giftId, mark, current, await everything(table, giftId));
    });
    cases.push(...(await Promise.all(read)));
  }
  return cases;
}

async function everything(table: Table, giftId: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of everyItem(table, everythingOfGift(giftId))) items.push(item);
  return items;
}
