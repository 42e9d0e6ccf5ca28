import * as z from 'zod';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { ordersOfMinute, sweepKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type DonationIntent, donationIntentSchema } from './donation-intent.ts';
import type { SweptProvider } from './order-sweep.ts';

/** A sweep's name: that of the first provider had none of its own when it was the only one. */
const SWEEPS: Readonly<Record<SweptProvider, string>> = { 'wechat-pay': 'orders', alipay: 'orders-alipay' };
const sweepSchema = z.object({ sweptUntil: instantSchema });

/** The last minute whose orders have been asked for; `undefined` before the first sweep. */
export async function sweptUntil(table: Table, provider: SweptProvider): Promise<Instant | undefined> {
  return sweepSchema.optional().parse(await table.get(sweepKey(SWEEPS[provider])))?.sweptUntil;
}

/** Says how far the sweep has come. A run that was overtaken by another changes nothing: a minute that is asked twice does no harm. */
export async function sweptMinute(
  table: Table,
  provider: SweptProvider,
  before: Instant | undefined,
  minute: Instant,
): Promise<void> {
  await table.write({
    put: { ...sweepKey(SWEEPS[provider]), type: 'sweep', sweptUntil: minute },
    when: before === undefined ? { absent: true } : { equals: { sweptUntil: before } },
  });
}

/** The orders that were made at providers in one minute, one after the other. */
export async function* ordersOf(table: Table, minute: Instant): AsyncGenerator<DonationIntent> {
  for await (const item of everyItem(table, ordersOfMinute(minute))) yield donationIntentSchema.parse(item);
}
