import type { Table } from '../functions/platform/table.ts';
import { allocationHandler, type Delivery, deliver, recordOf } from './allocation-runs.ts';
import { type CountedTable, emptyTally, type Tally } from './counting-client.ts';
import { giftMaker, poolItem } from './gifts.ts';
import type { PlanName } from './plans.ts';

const LARGEST_POOL_MINOR = 1_000_000_000_000;
/** Gifts before the counted ones, so that there are donors to return. */
const EARLIER_GIFTS = 200;

let campaigns = 0;
/** A campaign of its own for every run, with a pool that does not run out. */
export async function openCampaign(table: Table, plan: PlanName = 'plain'): Promise<string> {
  campaigns += 1;
  const campaignId = `cmp_bench${String(campaigns).padStart(6, '0')}`;
  await table.write({ put: poolItem(campaignId, plan, LARGEST_POOL_MINOR) });
  return campaignId;
}

/** What one run of allocation consumed. */
export type Counted = Tally & Delivery & { readonly gifts: number; readonly seconds: number };

/** Allocates gifts of a fresh campaign and counts what it took. The tally is the table's: nothing else may use it meanwhile. */
export async function countRun(
  { table, tally, refuseLargeUpdates }: CountedTable,
  run: {
    readonly plan?: PlanName;
    readonly returning: number;
    readonly eventSize: number;
    readonly shards: number;
    readonly gifts: number;
  },
): Promise<Counted> {
  const delivery: Delivery = { pauses: 0, redelivered: 0 };
  const make = giftMaker(await openCampaign(table, run.plan));
  const handler = allocationHandler(table, delivery);
  const recordsOf = (gifts: number, returning: number) =>
    make(gifts, returning).map(({ entry }, n) => recordOf(entry, n));
  await deliver(handler, recordsOf(EARLIER_GIFTS, 0), { eventSize: 100, shards: 1 }, delivery);
  const records = recordsOf(run.gifts, run.returning);
  Object.assign(tally, emptyTally());
  Object.assign(delivery, { pauses: 0, redelivered: 0 });
  const began = performance.now();
  const gifts = await deliver(handler, records, run, delivery);
  const counted = { ...tally, ...delivery, gifts, seconds: (performance.now() - began) / 1_000 };
  await refuseLargeUpdates();
  return counted;
}
