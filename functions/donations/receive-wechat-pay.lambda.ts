import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction } from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { recordDonation } from './donation-entry.store.ts';
import { donationEntryOf } from './donation-entry.ts';
import { findIntent } from './donation-intent.store.ts';
import type { PaymentEvent } from './payment-event.ts';
import { readDonorKey, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import type { WechatPayMerchants } from './wechat-pay-merchant.ts';
import { type RefusalReason, readWechatPayNotification } from './wechat-pay-notification.ts';

export type ReceiveUse = {
  readonly table: Table;
  readonly readMerchants: () => Promise<WechatPayMerchants>;
  readonly readDonorKey: () => Promise<string>;
};

/** What WeChat Pay expects of us (pay.weixin.qq.com, "payment notification", answers). */
const TAKEN: HttpAnswer = { status: 200, body: { code: 'SUCCESS', message: '成功' } };
const refusal = (status: number, message: string): HttpAnswer => ({ status, body: { code: 'FAIL', message } });

const STATUS_OF: Record<RefusalReason, number> = {
  'too-large': 413,
  'bad-header': 400,
  stale: 401,
  'unknown-serial': 401,
  probe: 401,
  forged: 401,
  'unreadable-envelope': 400,
  'wrong-algorithm': 400,
  undecryptable: 400,
  'unreadable-transaction': 422,
  'wrong-merchant': 422,
  'wrong-currency': 422,
};

/**
 * Verify, decrypt, check, one conditional write, answer. Nothing else happens before the answer: no totals, no match, no
 * mail. What throws is answered with 503, so that the provider sends it again.
 */
async function receiveWechatPay(request: HttpRequest, use: ReceiveUse, now: Instant): Promise<HttpAnswer> {
  const read = readWechatPayNotification(request, await use.readMerchants(), now);
  switch (read.kind) {
    case 'refused':
      noteRefusal(read.reason);
      return refusal(STATUS_OF[read.reason], read.message);
    case 'nothing-to-book':
      log.info('nothing to book', { eventType: read.eventType });
      return TAKEN;
    case 'payment':
      return bookPayment(read.payment, use, now);
    default:
      return read satisfies never;
  }
}

async function bookPayment(payment: PaymentEvent, use: ReceiveUse, now: Instant): Promise<HttpAnswer> {
  const intent = await findIntent(use.table, payment.orderNo);
  if (intent !== undefined && (intent.amountMinor !== payment.amountMinor || intent.currency !== payment.currency)) {
    count(METRICS.notificationRefused);
    log.error('payment differs from its order', { orderNo: payment.orderNo, paymentId: payment.paymentId });
    return refusal(422, 'The amount is not that of the order.');
  }
  if (intent === undefined) {
    // The money has arrived, whatever we know of its order: it is kept, and a person is told.
    count(METRICS.donationUnassigned);
    log.error('payment without an order of ours', { orderNo: payment.orderNo, paymentId: payment.paymentId });
  }
  const entry = donationEntryOf(payment, intent, now, await use.readDonorKey());
  const outcome = await recordDonation(use.table, entry);
  count(outcome === 'recorded' ? METRICS.donationRecorded : METRICS.donationRepeated);
  log.info('donation.recorded', { giftId: entry.giftId, campaignId: entry.campaignId, outcome });
  return TAKEN;
}

function noteRefusal(reason: RefusalReason): void {
  log.warn('notification refused', { refusal: reason });
  if (reason === 'probe') count(METRICS.notificationProbe);
  else if (reason === 'forged' || reason === 'unknown-serial') count(METRICS.notificationForged);
  else count(METRICS.notificationRefused);
}

export const definition: HttpDefinition<ReceiveUse> = {
  name: 'receive-wechat-pay',
  open: () => ({ table: openTable(), readMerchants: readWechatPayMerchants, readDonorKey }),
  handle: receiveWechatPay,
  failed: refusal(503, 'Not recorded. Send it again.'),
};
export const handler = httpFunction(definition);
