import { giftIdOf, type PaymentEvent } from '../functions/donations/payment-event.ts';
import { reasonOf } from '../functions/kernel/errors.ts';
import { type Minor, minor } from '../functions/kernel/money.ts';
import { UNASSIGNED } from '../functions/platform/keys.ts';
import type { PlannedGift } from './campaign-plan.ts';
import { MERCHANT_ID, notify, order, orderNoOf, orderPlainly } from './doors.ts';
import { instantAt, isWholeStack, type World } from './world.ts';

/** Seconds between one notification and the next while none is answered well (pay.weixin.qq.com, notification retry schedule). */
const RETRY_SECONDS = [15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600];
const MS_PER_DAY = 86_400_000;
const ORDERED_BEFORE_MS = 60_000;
const SECOND_MS = 1_000;
const MOST_ORDER_ATTEMPTS = 8;
/** What is refused by design comes again for a day as well; the second and third time say all that the others would. */
const MOST_REFUSALS = 3;
const MOST_AT_ONCE = 8;

/** What a gift's notifications come to: booked like nearly all, or refused by design. */
type Expectation = 'booked' | 'refused';

/** A payment that was acknowledged, so that the provider will never speak of it again. */
export type Acknowledged = {
  readonly giftId: string;
  /** Where the order says that it belongs; nowhere without an order. */
  readonly campaignId: string;
  readonly payment: PaymentEvent;
};

/** Hears of each payment that will be told of, and when. */
export type OnPaid = (payment: PaymentEvent, gift: PlannedGift, toldAt: number) => void;

/** The donors and the payment provider: orders, payments, and notifications until one is answered with success. */
export class PaymentProvider {
  /** By the provider's number of the payment. */
  readonly acknowledged = new Map<string, Acknowledged>();
  /** Gifts of which nothing may ever be booked: the notification was forged. */
  readonly neverBooked = new Set<string>();
  readonly #world: World;
  readonly #onPaid: OnPaid;
  #recent: { readonly gift: PlannedGift; readonly orderNo: string } | undefined;

  constructor(world: World, onPaid: OnPaid) {
    this.#world = world;
    this.#onPaid = onPaid;
  }

  plan(gifts: readonly PlannedGift[]): void {
    for (const gift of gifts) {
      if (isWholeStack(this.#world))
        this.#world.scheduler.at(gift.paidAt - ORDERED_BEFORE_MS, () => this.#order(gift, 1));
      else this.#world.scheduler.at(gift.paidAt, () => this.#orderPlainly(gift));
    }
  }

  #orderPlainly(gift: PlannedGift): void {
    const orderNo = orderNoOf(gift);
    if (this.#world.faults.strikes('unknown order'))
      this.#notify(this.#payment(gift, orderNo), UNASSIGNED, 'booked', 0);
    else {
      orderPlainly(this.#world, gift, orderNo);
      this.#pay(gift, orderNo);
    }
  }

  #order(gift: PlannedGift, attempt: number): void {
    const { scheduler } = this.#world;
    scheduler.start(
      'create-donation-intent',
      (life) => order(this.#world, gift, life),
      (ending) => {
        if (ending.kind === 'done' && (ending.value === 200 || ending.value === 201))
          scheduler.at(gift.paidAt, () => this.#pay(gift, orderNoOf(gift)));
        // The donor presses the button again, and gives up at last: without an order nobody can pay.
        else if (attempt < MOST_ORDER_ATTEMPTS) scheduler.after(1_000 * attempt, () => this.#order(gift, attempt + 1));
      },
    );
  }

  #payment(gift: PlannedGift, orderNo: string): PaymentEvent {
    const amountMinor = minor(gift.amountMinor);
    return {
      provider: 'wechat-pay',
      merchantId: MERCHANT_ID,
      paymentId: `42${String(gift.number).padStart(26, '0')}`,
      orderNo,
      amountMinor,
      payerAmountMinor: amountMinor,
      currency: 'CNY',
      occurredAt: instantAt(gift.paidAt),
      payerReference: gift.openid,
    };
  }

  #pay(gift: PlannedGift, orderNo: string): void {
    const { scheduler, random, faults } = this.#world;
    const payment = this.#payment(gift, orderNo);
    const { campaignId } = gift.campaign;
    if (faults.strikes('wrong amount')) {
      // Kept, but without its campaign, as where the order is not known.
      const amountMinor = (payment.amountMinor + 1) as Minor;
      this.#notify({ ...payment, amountMinor, payerAmountMinor: amountMinor }, UNASSIGNED, 'booked', 0);
      return;
    }
    if (faults.strikes('forged')) {
      this.neverBooked.add(giftIdOf(payment));
      this.#notify(payment, campaignId, 'refused', 0, true);
      return;
    }
    const lateMs = faults.strikes('notified late') ? random.below(MS_PER_DAY) : 0;
    this.#onPaid(payment, gift, scheduler.now + lateMs + gift.notifiedAfterMs);
    const times = faults.strikes('notified many times at once') ? 2 + random.below(MOST_AT_ONCE - 1) : 1;
    for (let time = 0; time < times; time += 1)
      scheduler.after(lateMs + time * random.below(SECOND_MS) + gift.notifiedAfterMs, () =>
        this.#notify(payment, campaignId, 'booked', 0),
      );
    this.#payTwiceOver(payment, gift);
  }

  /** The same payment number for another order of the same sum: one of the two lies, and the books must stay as they are. */
  #payTwiceOver(payment: PaymentEvent, gift: PlannedGift): void {
    const { scheduler, random, faults, auditor } = this.#world;
    const other = this.#recent;
    this.#recent = { gift, orderNo: payment.orderNo };
    if (other === undefined || !faults.strikes('same payment for another order')) return;
    scheduler.after(random.below(MS_PER_DAY), () => {
      if (!this.acknowledged.has(payment.paymentId)) return;
      const amountMinor = minor(other.gift.amountMinor);
      const lie = { ...payment, orderNo: other.orderNo, amountMinor, payerAmountMinor: amountMinor };
      scheduler.start(
        'receive-wechat-pay, another order',
        (life) => notify(this.#world, { payment: lie, forged: false }, life),
        (ending) => {
          if (ending.kind === 'done' && ending.value < 300)
            auditor.find('one payment is one gift', `${payment.paymentId} was taken for a second order`);
        },
      );
    });
  }

  #notify(payment: PaymentEvent, campaignId: string, expected: Expectation, attempt: number, forged = false): void {
    const { scheduler, random, faults, auditor } = this.#world;
    const again = (seconds: number): void =>
      scheduler.after(seconds * 1_000 + random.below(1_000), () =>
        this.#notify(payment, campaignId, expected, attempt + 1, forged),
      );
    scheduler.start(
      'receive-wechat-pay',
      (life) => notify(this.#world, { payment, forged }, life),
      (ending) => {
        const pause = RETRY_SECONDS[attempt];
        if (ending.kind !== 'done' || ending.value >= 300) {
          if (ending.kind === 'failed') auditor.find('a door answers whatever happens', reasonOf(ending.error));
          if (pause !== undefined && (expected === 'booked' || attempt < MOST_REFUSALS)) again(pause);
          return;
        }
        if (expected === 'refused')
          auditor.find('what is forged or differs from its order is refused', `${payment.paymentId} was acknowledged`);
        if (!this.acknowledged.has(payment.paymentId))
          this.acknowledged.set(payment.paymentId, { giftId: giftIdOf(payment), campaignId, payment });
        if (faults.strikes('answer to a notification lost')) again(pause ?? 60);
        else if (faults.strikes('notified again after success')) again(random.below(86_400));
      },
    );
  }
}
