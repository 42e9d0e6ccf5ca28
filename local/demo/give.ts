import { dataOf } from '../../client/client.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { RunningSystem } from '../start-system.ts';
import type { Api } from './api.ts';
import type { DemoClock } from './demo-clock.ts';
import type { Gift } from './gifts.ts';
import { inParallel } from './waiting.ts';

export type Giving = {
  readonly api: Api;
  readonly system: RunningSystem;
  readonly sandbox: Sandbox;
  readonly clock: DemoClock;
  readonly campaignId: string;
  readonly signal: AbortSignal;
  readonly show: (text: string) => void;
};

/** What was given, as the donors and the provider know it: what the system's own figures are compared with. */
export type GivenGifts = {
  /** Gifts whose notification was taken. */
  readonly notified: number;
  readonly amountMinor: number;
  /** What of it went back to donors, as the provider notified. */
  readonly refundedMinor: number;
  readonly donors: number;
  readonly withEmail: number;
  /** Notifications sent, repeats included. */
  readonly notifications: number;
  /** Paid, but the provider never said so: one discrepancy that the closeout must find. */
  readonly neverNotifiedMinor: number;
  /** Notified, but not in the provider's bill; and in it with another amount. */
  readonly hiddenFromBill: number;
  readonly falsifiedInBill: number;
};

/** Gifts that are given between two settings of the clock, at most so many at a time: an emulator on two cores is busy with eight. */
const GIFTS_PER_CLOCK_STEP = 40;
const GIVERS_AT_ONCE = 8;
const FALSIFIED_BY_MINOR = 100;

/** Orders, pays and notifies of every gift in order of time, and leaves three things for the reconciliation to find. */
export async function giveAll(giving: Giving, gifts: readonly Gift[]): Promise<GivenGifts> {
  let notifications = 0;
  let done = 0;
  for (let start = 0; start < gifts.length; start += GIFTS_PER_CLOCK_STEP) {
    const step = gifts.slice(start, start + GIFTS_PER_CLOCK_STEP);
    await giving.clock.put(giving.system, step.at(-1)?.paidAt ?? giving.clock.now());
    await inParallel(step, GIVERS_AT_ONCE, async (gift) => {
      giving.signal.throwIfAborted();
      const sent = await giveOne(giving, gift, faultOf(gift, gifts));
      // Added after the waiting: `+= await` would add to what the sum was before it.
      notifications += sent;
      done += 1;
      if (isWorthShowing(done, gifts.length)) giving.show(progressBar(done, gifts.length, giving.clock.now()));
    });
  }
  const neverNotified = await payWithoutNotice(giving);
  return {
    notified: gifts.length,
    amountMinor: gifts.reduce((sum, gift) => sum + gift.amountMinor, 0),
    refundedMinor: gifts.reduce((sum, gift) => sum + (gift.refund?.amountMinor ?? 0), 0),
    donors: new Set(gifts.map((gift) => gift.openid)).size,
    withEmail: gifts.filter((gift) => gift.email !== undefined).length,
    notifications,
    neverNotifiedMinor: neverNotified,
    hiddenFromBill: gifts.filter((gift) => faultOf(gift, gifts) === 'hidden').length,
    falsifiedInBill: gifts.filter((gift) => faultOf(gift, gifts) === 'falsified').length,
  };
}

/** One gift of the campaign is missing from the provider's bill, and one stands in it with another amount. */
function faultOf(gift: Gift, gifts: readonly Gift[]): 'hidden' | 'falsified' | undefined {
  if (gift.refund !== undefined) return undefined;
  const [hidden, falsified] = gifts.filter((other) => other.refund === undefined);
  if (gift === hidden) return 'hidden';
  return gift === falsified ? 'falsified' : undefined;
}

async function giveOne(
  { api, sandbox, campaignId }: Giving,
  gift: Gift,
  fault: 'hidden' | 'falsified' | undefined,
): Promise<number> {
  const { generated: _, number, openid, paidAt, notifications, refund: _refund, ...request } = gift;
  const { amountMinor } = gift;
  const { orderNo } = await orderOf(api, campaignId, request, `gift-${number}`);
  const payment = sandbox.pay({ orderNo, amountMinor, openid, paidAt });
  const results = await sandbox.notify(payment, notifications);
  const last = results.at(-1);
  if (last?.status !== 200)
    throw new Error(`The notification of gift ${gift.number} was answered ${last?.status}: ${last?.body}`);
  if (fault === 'hidden') sandbox.hideFromBill(payment);
  if (fault === 'falsified') sandbox.falsifyBillAmount(payment, amountMinor + FALSIFIED_BY_MINOR);
  if (gift.refund === undefined) return results.length;
  const refund = await sandbox.markRefunded(payment, gift.refund.amountMinor, gift.refund.refundedAt);
  // Twice, as notifications come: the second one must change nothing.
  const refunded = await sandbox.notifyRefund(refund, 'SUCCESS', { times: 2 });
  for (const { status, body } of refunded)
    if (status !== 200) throw new Error(`The refund of gift ${gift.number} was answered ${status}: ${body}`);
  return results.length + refunded.length;
}

/** A donor pays, and the provider's notification is lost for good. */
async function payWithoutNotice({ api, sandbox, clock, campaignId }: Giving): Promise<number> {
  const amountMinor = 2_000;
  const { orderNo } = await orderOf(api, campaignId, { amountMinor }, 'gift-never-notified');
  sandbox.pay({
    orderNo,
    amountMinor,
    openid: 'demo-openid-never-notified',
    paidAt: clock.now(),
  });
  return amountMinor;
}

type OrderRequest = Pick<Gift, 'amountMinor' | 'unitId' | 'name' | 'message' | 'email'> &
  Partial<Pick<Gift, 'anonymous' | 'language'>>;

/** Makes an order as a donor's page does. */
const orderOf = ({ everybody }: Api, campaignId: string, body: OrderRequest, key: string) =>
  dataOf(
    everybody.POST('/campaigns/{campaignId}/donation-intents', {
      params: { path: { campaignId }, header: { 'Idempotency-Key': key } },
      body,
    }),
  );

const BAR_WIDTH = 30;
const MOST_LINES = 20;

/** A terminal sees every gift; a log gets twenty lines, whatever the number of gifts. */
const isWorthShowing = (done: number, all: number): boolean =>
  process.stdout.isTTY || done === all || done % Math.ceil(all / MOST_LINES) === 0;

function progressBar(done: number, all: number, now: string): string {
  const filled = Math.round((done / all) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${done}/${all}  ${now.slice(0, 16)}Z`;
}
