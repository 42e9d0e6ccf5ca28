import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction } from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { count, METRICS, type MetricName } from '../platform/metrics.ts';
import { openHurriedTable } from '../platform/open-table.ts';
import { type ReadAlipayAccounts, readAlipayAccounts } from './alipay.gateway.ts';
import { type AlipayRefusal, readAlipayNotification } from './alipay-notification.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { type IntakeUse, recordPayment, recordRefundedSum } from './payment-intake.store.ts';

export type ReceiveAlipayUse = IntakeUse & { readonly readAccounts: ReadAlipayAccounts };

/** The one word that ends the notices: anything else is sent again, eight times over 25 hours. */
const SUCCESS: HttpAnswer = { status: 200, text: 'success' };
const fail = (status: number): HttpAnswer => ({ status, text: 'fail' });

const { notificationForged, notificationRefused, paymentRefused } = METRICS;
/** How each refusal is answered and counted. Up to the signature anybody may have sent it; after it somebody has paid. */
const REFUSALS = {
  'too-large': { status: 413, metric: notificationRefused },
  'wrong-content-type': { status: 415, metric: notificationRefused },
  'wrong-charset': { status: 400, metric: notificationRefused },
  'malformed-form': { status: 400, metric: notificationRefused },
  'wrong-signature-type': { status: 401, metric: notificationRefused },
  // Counted with the forgeries: if the application or its keys were changed and ours were not, every gift is refused like this.
  'unknown-app': { status: 401, metric: notificationForged },
  forged: { status: 401, metric: notificationForged },
  'not-text': { status: 400, metric: paymentRefused },
  'wrong-notice': { status: 400, metric: paymentRefused },
  'wrong-merchant': { status: 403, metric: paymentRefused },
} as const satisfies Record<AlipayRefusal, { status: number; metric: MetricName }>;

async function answerNotice(request: HttpRequest, use: ReceiveAlipayUse, now: Instant): Promise<HttpAnswer> {
  const accounts = await use.readAccounts();
  // Nobody who has a reason to call knows this address yet.
  if (accounts === undefined) return fail(404);
  const { headers, body } = request;
  const notice = readAlipayNotification({ headers, body, accounts });
  switch (notice.kind) {
    case 'refused': {
      const { status, metric } = REFUSALS[notice.reason];
      count(metric);
      log.warn('notification refused', { refusal: notice.reason });
      return fail(status);
    }
    case 'ignored':
      log.info('notification moves no money', notice);
      return SUCCESS;
    case 'trade': {
      const paid = await recordPayment(use, notice.payment, now);
      if (paid.kind === 'contradicts') return fail(409);
      if (notice.refunded !== undefined) await recordRefundedSum(use, notice.refunded, now);
      return SUCCESS;
    }
  }
}

export const definition: HttpDefinition<ReceiveAlipayUse> = {
  name: 'receive-alipay',
  open: () => ({ table: openHurriedTable(), readAccounts: readAlipayAccounts, readDonorKey }),
  handle: answerNotice,
  failed: fail(503),
};
export const handler = httpFunction(definition);
