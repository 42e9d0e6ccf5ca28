import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import type { DonationIntent } from './donation-intent.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { ordersOf, sweptMinute, sweptUntil } from './order-sweep.store.ts';
import { minutesDue } from './order-sweep.ts';
import { type IntakeUse, recordPayment } from './payment-intake.store.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import { type WechatPayOrders, wechatPayOrders } from './wechat-pay-order.gateway.ts';

export type SweepUse = IntakeUse & {
  readonly readMerchants: ReadMerchants;
  readonly orders: Pick<WechatPayOrders, 'find'>;
};
type Outcome = { readonly kind: 'swept'; readonly minutes: number; readonly asked: number; readonly found: number };

/** Questions to the provider at a time. */
const ASKED_AT_ONCE = 20;

/**
 * Notifications are not guaranteed: asks the provider once for every order that was made there, when it can no longer be
 * paid, and books what was paid and never told. A minute that cannot be asked for is asked again by the next run, for
 * it is not ticked off. Throws what the gateway throws where the provider does not answer as it should.
 */
async function sweepOrders(_input: unknown, use: SweepUse, now: Instant): Promise<Outcome> {
  let last = await sweptUntil(use.table);
  const minutes = minutesDue(last, now);
  let asked = 0;
  let found = 0;
  for (const minute of minutes) {
    let together: DonationIntent[] = [];
    const ask = async (): Promise<void> => {
      const outcomes = await Promise.all(together.map((order) => askFor(order, use, now)));
      asked += outcomes.length;
      found += outcomes.filter((isFound) => isFound).length;
      together = [];
    };
    for await (const order of ordersOf(use.table, minute)) {
      together.push(order);
      if (together.length === ASKED_AT_ONCE) await ask();
    }
    await ask();
    await sweptMinute(use.table, last, minute);
    last = minute;
  }
  count(METRICS.paymentFoundBySweep, found);
  return { kind: 'swept', minutes: minutes.length, asked, found };
}

/** True where the order was paid and nobody had told us. */
async function askFor({ orderNo, merchantId }: DonationIntent, use: SweepUse, now: Instant): Promise<boolean> {
  const { merchants } = await use.readMerchants();
  const merchant = merchants.find(({ mchid }) => mchid === merchantId);
  if (merchant === undefined) return cannotAsk(orderNo, 'its account is not in the merchant secret any more');
  const state = await use.orders.find(merchant, orderNo, now);
  if (state.kind === 'refused') return cannotAsk(orderNo, state.reason);
  if (state.kind !== 'payment') return false;
  const outcome = await recordPayment(use, state.event, now);
  return outcome.kind === 'recorded' || outcome.kind === 'unassigned';
}

/** One order that cannot be asked for must not hold up the others for ever; a person looks. */
function cannotAsk(orderNo: string, reason: string): false {
  count(METRICS.paymentRefused);
  log.error('order cannot be asked for', { orderNo, reason });
  return false;
}

export const definition: TaskDefinition<unknown, SweepUse> = {
  name: 'sweep-orders',
  input: z.unknown(),
  open: () => ({
    table: openTable(),
    readDonorKey,
    readMerchants: readWechatPayMerchants,
    orders: wechatPayOrders(() => environment('WECHAT_PAY_BASE_URL')),
  }),
  handle: sweepOrders,
};
export const handler = taskFunction(definition);
