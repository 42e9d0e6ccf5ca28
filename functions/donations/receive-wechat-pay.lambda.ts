import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction } from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { count, METRICS, type MetricName } from '../platform/metrics.ts';
import { openHurriedTable } from '../platform/open-table.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { type IntakeUse, recordPayment, recordRefundEvent } from './payment-intake.store.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import { type NotificationRefusal, readWechatPayNotification } from './wechat-pay-notification.ts';

export type ReceiveUse = IntakeUse & { readonly readMerchants: ReadMerchants };

/** A refusal in the provider's own form. It repeats what was answered 4XX or 5XX; what we refuse for good stays refused. */
const fail = (status: number, message: string): HttpAnswer => ({ status, body: { code: 'FAIL', message } });
const CONTRADICTS = fail(409, 'This payment or refund is recorded with another amount.');
const SUCCESS: HttpAnswer = { status: 200, body: { code: 'SUCCESS', message: '成功' } };

type RefusalRule = { readonly status: number; readonly message: string; readonly metric: MetricName };
const { notificationForged, notificationProbe, notificationRefused, paymentRefused } = METRICS;
const UNVERIFIED = { status: 401, message: 'The signature could not be verified.' };
// From here on the provider has signed it: somebody has paid, and a person must find out why we cannot book it.
const UNREADABLE = { status: 400, message: 'The notification could not be read.', metric: paymentRefused };

/** How each refusal is answered and counted. Who fails the signature learns only that it failed. */
const REFUSALS = {
  'too-large': { status: 413, message: 'The notification is too large.', metric: notificationRefused },
  'wrong-content-type': { status: 415, message: 'The content type is not JSON.', metric: notificationRefused },
  'missing-header': { ...UNVERIFIED, metric: notificationRefused },
  'malformed-header': { ...UNVERIFIED, metric: notificationRefused },
  'wrong-signature-type': { ...UNVERIFIED, metric: notificationRefused },
  stale: { ...UNVERIFIED, metric: notificationRefused },
  // Counted with the forgeries: if the provider has changed its key and we have not, every gift is refused like this.
  'unknown-serial': { ...UNVERIFIED, metric: notificationForged },
  forged: { ...UNVERIFIED, metric: notificationForged },
  probe: { ...UNVERIFIED, metric: notificationProbe },
  'not-utf8': UNREADABLE,
  'too-deep': UNREADABLE,
  'not-json': UNREADABLE,
  'wrong-envelope': UNREADABLE,
  'wrong-algorithm': UNREADABLE,
  undecryptable: UNREADABLE,
  'wrong-transaction': UNREADABLE,
  'wrong-merchant': { status: 403, message: 'The payment was not made to this merchant.', metric: paymentRefused },
  'wrong-currency': { status: 422, message: 'The currency is not one that is booked here.', metric: paymentRefused },
} as const satisfies Record<NotificationRefusal, RefusalRule>;

async function answerNotification(request: HttpRequest, use: ReceiveUse, now: Instant): Promise<HttpAnswer> {
  const merchants = await use.readMerchants();
  const { headers, body } = request;
  const notification = readWechatPayNotification({ headers, body, merchants, now });
  switch (notification.kind) {
    case 'refused': {
      const { status, message, metric } = REFUSALS[notification.reason];
      count(metric);
      log.warn('notification refused', { refusal: notification.reason });
      return fail(status, message);
    }
    case 'ignored':
      log.info('notification moves no money', {
        eventType: notification.eventType,
        notificationId: notification.notificationId,
      });
      return SUCCESS;
    case 'refund-failed': {
      const { refundStatus, refundId, orderNo } = notification;
      count(METRICS.refundFailed);
      log.error('refund did not reach the donor', { refundStatus, refundId, orderNo });
      return SUCCESS;
    }
    case 'payment':
      return answerOf(await recordPayment(use, notification.event, now));
    case 'refund':
      return answerOf(await recordRefundEvent(use, notification.event, now));
  }
}

/** Success means that it is in the books. What contradicts them was counted and told; the provider may come again. */
const answerOf = ({ kind }: { readonly kind: string }): HttpAnswer => (kind === 'contradicts' ? CONTRADICTS : SUCCESS);

export const definition: HttpDefinition<ReceiveUse> = {
  name: 'receive-wechat-pay',
  open: () => ({
    table: openHurriedTable(),
    readMerchants: readWechatPayMerchants,
    readDonorKey,
  }),
  handle: answerNotification,
  failed: fail(503, 'The notification could not be recorded. Send it again.'),
};
export const handler = httpFunction(definition);
