import { giftIdOf, type PaymentEvent } from '../functions/donations/payment-event.ts';
import { recordRefundEvent } from '../functions/donations/payment-intake.store.ts';
import type { RefundEvent } from '../functions/donations/refund-entry.ts';
import { type Minor, minor } from '../functions/kernel/money.ts';
import { keyOf, type TransactWrite } from '../functions/platform/table.ts';
import type { PlannedCampaign } from './campaign-plan.ts';
import type { Life } from './scheduler.ts';
import { clockOf, instantAt, portsOf, type World } from './world.ts';

/** Seconds between one notification of a refund and the next while none is answered well; the provider's own schedule is longer. */
const RETRY_SECONDS = [15, 15, 30, 180, 600, 1_200, 1_800, 3_600, 10_800, 21_600, 21_600, 43_200];
const MS_PER_DAY = 86_400_000;
const SECOND_MS = 1_000;
const MOST_AT_ONCE = 5;
const MOST_REFUNDS_OF_A_GIFT = 3;
/** Around the moment at which a payment is told of: before it, while it is counted, just after. */
const EARLY_MS = 2_000;
const AROUND_MS = 15_000;
const OVERTAKES_WITHIN_MS = 2_000;
/** Each holds up a whole batch, and with it everybody who waits for a turn. */
const MOST_OVERTAKINGS = 10;
/** From the opening until after the end of the public notice. */
const CAREER_DAYS = 18;
const CONFIRMED_BY_DAY = 15;
const MOST_WHILE_CONFIRMED = 8;
const CONFIRMING_MS = 30_000;

type Planned = { readonly event: Omit<RefundEvent, 'occurredAt'>; told: boolean };

/**
 * The payment provider giving money back: all of a gift or parts of it, once or several times, before the payment is told
 * of, while it is counted, days later, during finalisation and after it, until one notification is acknowledged.
 */
export class Refunds {
  /** By gift and refund. */
  readonly acknowledged = new Map<string, RefundEvent>();
  readonly #world: World;
  readonly #shares: ReadonlyMap<string, number>;
  /** Of gifts of which refunds are planned, those that the provider has not told of yet. */
  readonly #waiting = new Map<string, Planned[]>();
  #overtakings = 0;

  constructor(world: World, campaigns: readonly PlannedCampaign[]) {
    this.#world = world;
    this.#shares = new Map(campaigns.map(({ campaign, career }) => [campaign.campaignId, career.refundShare]));
    world.overtakers.push((writes) => this.#overtake(writes));
  }

  /** Decides what of a payment will go back, and when. `toldAt` is when the payment is told of, in epoch milliseconds. */
  plan(payment: PaymentEvent, campaignId: string, toldAt: number): void {
    const { scheduler, random } = this.#world;
    if (!random.happens(this.#shares.get(campaignId) ?? 0)) return;
    const planned = this.#partsOf(payment.amountMinor).map(
      (amountMinor, n): Planned => ({
        event: refundOf(payment, `re-${payment.paymentId}-${n}`, amountMinor),
        told: false,
      }),
    );
    this.#waiting.set(giftIdOf(payment), planned);
    const around = random.happens(0.5);
    for (const refund of planned)
      scheduler.at(toldAt + (around ? random.below(AROUND_MS) - EARLY_MS : this.#laterMs()), () => this.#tell(refund));
  }

  /** The next day, some day, or after the notice: unless it comes while matches are confirmed. */
  #laterMs(): number {
    const { random } = this.#world;
    if (random.happens(0.3)) return random.below(MS_PER_DAY);
    const fromDay = random.happens(0.4) ? CONFIRMED_BY_DAY : 0;
    return (fromDay + random.below(CAREER_DAYS - fromDay)) * MS_PER_DAY + random.below(MS_PER_DAY);
  }

  /** The whole sum, or up to three parts that come to the whole or to less. */
  #partsOf(amountMinor: number): number[] {
    const { random } = this.#world;
    if (random.happens(0.4) || amountMinor < MOST_REFUNDS_OF_A_GIFT) return [amountMinor];
    const parts: number[] = [];
    let rest = amountMinor;
    for (let part = 1 + random.below(MOST_REFUNDS_OF_A_GIFT); part > 0 && rest > 0; part -= 1) {
      const amount = part === 1 && random.happens(0.5) ? rest : 1 + random.below(rest);
      parts.push(amount);
      rest -= amount;
    }
    return parts;
  }

  /** A refund comes in just now, of a gift that somebody is about to count and has read without it. */
  #overtake(writes: readonly TransactWrite[]): boolean {
    const { scheduler, random, faults } = this.#world;
    if (this.#overtakings === MOST_OVERTAKINGS) return false;
    for (const write of writes) {
      if (!('put' in write) || write.put.type !== 'match') continue;
      const waiting = this.#waiting.get(keyOf(write).pk.slice('GIFT#'.length));
      if (waiting === undefined || !faults.strikes('overtaken by a refund')) continue;
      this.#overtakings += 1;
      for (const refund of waiting) scheduler.after(random.below(OVERTAKES_WITHIN_MS), () => this.#tell(refund));
      return true;
    }
    return false;
  }

  /** Lets some of what will go back anyhow go back while matches are being confirmed. */
  whileConfirming(): void {
    const { scheduler, random, faults } = this.#world;
    if (this.#waiting.size === 0 || !faults.strikes('refunds while matches are confirmed')) return;
    for (const refund of [...this.#waiting.values()].flat().slice(0, MOST_WHILE_CONFIRMED))
      scheduler.after(random.below(CONFIRMING_MS), () => this.#tell(refund));
  }

  #tell(planned: Planned): void {
    if (planned.told) return;
    planned.told = true;
    const { scheduler, random, faults } = this.#world;
    const event: RefundEvent = { ...planned.event, occurredAt: instantAt(scheduler.now) };
    const giftId = giftIdOf(event);
    if (this.#waiting.get(giftId)?.every(({ told }) => told) === true) this.#waiting.delete(giftId);
    const times = faults.strikes('refund told many times at once') ? 2 + random.below(MOST_AT_ONCE - 1) : 1;
    for (let time = 0; time < times; time += 1)
      scheduler.after(time * random.below(SECOND_MS), () => this.#notify(event, 0));
  }

  #notify(event: RefundEvent, attempt: number): void {
    const { scheduler, random, faults } = this.#world;
    const again = (seconds: number): void =>
      scheduler.after(seconds * SECOND_MS + random.below(SECOND_MS), () => this.#notify(event, attempt + 1));
    scheduler.start(
      'receive-wechat-pay, a refund',
      (life) => recorded(this.#world, event, life),
      (ending) => {
        const pause = RETRY_SECONDS[attempt];
        if (ending.kind !== 'done' || !ending.value) {
          if (pause !== undefined) again(pause);
          return;
        }
        this.acknowledged.set(`${giftIdOf(event)} ${event.refundId}`, event);
        if (faults.strikes('refund told again after success')) again(random.below(MS_PER_DAY / SECOND_MS));
      },
    );
  }
}

const refundOf = (payment: PaymentEvent, refundId: string, amountMinor: number): Planned['event'] => {
  const { provider, merchantId, paymentId, orderNo, currency } = payment;
  return { provider, merchantId, paymentId, orderNo, currency, refundId, amountMinor: minor(amountMinor) as Minor };
};

/** Where the door has verified and read the notification; it answers with success only what this has recorded. */
async function recorded(world: World, event: RefundEvent, life: Life): Promise<boolean> {
  const { table } = portsOf(world, life, 'receive-wechat-pay');
  try {
    const { kind } = await recordRefundEvent({ table }, event, await clockOf(world)());
    return kind !== 'contradicts';
  } catch {
    // The HTTP stack answers whatever is thrown with 503, and the provider comes again.
    return false;
  }
}
