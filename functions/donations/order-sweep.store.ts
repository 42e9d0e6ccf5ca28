import * as z from 'zod';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { ordersOfMinute, sweepKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type DonationIntent, donationIntentSchema } from './donation-intent.ts';

const SWEEP = 'orders';
const sweepSchema = z.object({ sweptUntil: instantSchema });

/** The last minute whose orders have been asked for; `undefined` before the first sweep. */
export async function sweptUntil(table: Table): Promise<Instant | undefined> {
  return sweepSchema.optional().parse(await table.get(sweepKey(SWEEP)))?.sweptUntil;
}

/** Says how far the sweep has come. A run that was overtaken by another changes nothing: a minute that is asked twice does no harm. */
export async function sweptMinute(table: Table, before: Instant | undefined, minute: Instant): Promise<void> {
  await table.write({
    put: { ...sweepKey(SWEEP), type: 'sweep', sweptUntil: minute },
    when: before === undefined ? { absent: true } : { equals: { sweptUntil: before } },
  });
}

/** The orders that were made at the provider in one minute, one after the other. */
export async function* ordersOf(table: Table, minute: Instant): AsyncGenerator<DonationIntent> {
  for await (const item of everyItem(table, ordersOfMinute(minute))) yield donationIntentSchema.parse(item);
}
