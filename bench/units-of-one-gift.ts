import { recordDonation } from '../functions/donations/donation-entry.store.ts';
import { findIntent, keepIntent } from '../functions/donations/donation-intent.store.ts';
import { sendOnce } from '../functions/notices/notice.store.ts';
import { THANK_YOU } from '../functions/notices/notice.ts';
import { donationEntryKey, donorContactKey, intentKey, matchEntryKey, noticeKey } from '../functions/platform/keys.ts';
import { allocationHandler, deliver, recordOf } from './allocation-runs.ts';
import { openCampaign } from './counted-runs.ts';
import { type CountedTable, emptyTally } from './counting-client.ts';
import { type FigureTable, number } from './findings.ts';
import { type Gift, giftMaker, NOW } from './gifts.ts';

const GIFTS = 200;
const RETURNING = 0.5;

/** Every write and read of a gift's way through the stores, step by step, as the database reports them. */
export async function unitsOfOneGift({ table, tally }: CountedTable): Promise<FigureTable> {
  const make = giftMaker(await openCampaign(table));
  const gifts = make(GIFTS, RETURNING);
  const delivery = { pauses: 0, redelivered: 0 };
  const handler = allocationHandler(table, delivery);
  const records = gifts.map(({ entry }, n) => recordOf(entry, n));
  const each = (act: (gift: Gift) => Promise<unknown>) => async () => {
    for (const gift of gifts) await act(gift);
  };
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['order and contact, one transaction', each(({ intent, contact }) => keepIntent(table, intent, contact))],
    ['notification: the order is read', each(({ intent }) => findIntent(table, intent.orderNo))],
    ['notification: the entry, with its index', each(({ entry }) => recordDonation(table, entry))],
    ['allocation (half known donors)', () => deliver(handler, records, { eventSize: 100, shards: 1 }, delivery)],
    ['thank-you: read, claim, done', each((gift) => thank(table, gift))],
  ];
  const rows: string[][] = [];
  const sum = { write: 0, index: 0, read: 0 };
  for (const [name, run] of steps) {
    Object.assign(tally, emptyTally());
    await run();
    const write = tally.writeUnits / GIFTS;
    const index = tally.indexWriteUnits / GIFTS;
    const read = (tally.readUnits + tally.absentKeys) / GIFTS;
    sum.write += write;
    sum.index += index;
    sum.read += read;
    rows.push([name, number(write), number(index), number(read)]);
  }
  rows.push(['together', number(sum.write), number(sum.index), number(sum.read)]);
  return { head: ['a gift with a thank-you, units each', 'write', 'of it index', 'read'], rows };
}

/** The store's part of the thank-you; the campaign and the organisation, which it reads too, are one unit each. */
async function thank(table: CountedTable['table'], { entry, intent }: Gift): Promise<void> {
  const key = noticeKey(entry.giftId, THANK_YOU);
  const prepare = async () => {
    await table.getMany([
      donationEntryKey(entry.giftId),
      matchEntryKey(entry.giftId),
      intentKey(intent.orderNo),
      donorContactKey(intent.orderNo),
    ]);
    return { message: {} };
  };
  const outcome = await sendOnce(table, key, THANK_YOU, NOW, prepare, async () => ({ messageId: 'bench' }));
  if (outcome.kind !== 'sent') throw new Error(`a thank-you ended as ${outcome.kind}`);
}
