import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type Instant, SECONDS_PER_DAY, secondsUntil } from '../kernel/time.ts';
import { type QueueDefinition, queueFunction } from '../platform/batch.ts';
import { log } from '../platform/log.ts';
import { count, METRICS, type MetricName } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { announce } from './announcement.store.ts';
import { draftOf } from './letter-draft.store.ts';
import { openMail } from './mail.gateway.ts';
import { readMessagingAccounts } from './messaging-secret.gateway.ts';
import { type Delivery, type DeliveryUse, deliver } from './notice-delivery.store.ts';
import { type GiftNotice, isAnnouncement, noticeMessageSchema } from './notice-message.ts';
import { openNoticeQueue } from './notice-queue.gateway.ts';
import { mailPace } from './sending-pace.store.ts';
import { readSendingQuota } from './ses-account.gateway.ts';
import { aliyunSms } from './sms.gateway.ts';
import { readReceipt, readUpdate } from './told-things.store.ts';
import { wechatMessages } from './wechat-message.gateway.ts';

export type SendNoticeUse = DeliveryUse;

/** Longer than any night and most outages: whoever is on call looks why. */
const LATE_AFTER_SECONDS = SECONDS_PER_DAY;

/** Sends one letter about a gift, in the donor's language, never two that tell the same; or walks on with an announcement. */
export async function sendNotice(body: unknown, use: SendNoticeUse, now: Instant): Promise<void> {
  const parsed = noticeMessageSchema.safeParse(body);
  if (!parsed.success) throw new PermanentError('not a notice message');
  const message = parsed.data;
  if (isAnnouncement(message)) {
    const queued = await announce(use, message);
    log.info('announced', { campaignId: message.campaignId, kind: message.kind, from: message.from ?? 1, queued });
    return;
  }
  const draft = await draftOf(message, use, now);
  const outcome = draft.kind === 'nothing' ? { kind: draft.outcome } : await deliver(message, draft, use, now);
  countOutcome(message, outcome as Delivery, now);
  const reason = 'reason' in outcome ? outcome.reason : undefined;
  log.info('notice handled', { giftId: message.giftId, kind: message.kind, outcome: outcome.kind, reason });
}

const SENT_METRICS: Readonly<Partial<Record<GiftNotice['kind'], MetricName>>> = {
  'thank-you': METRICS.thankYouSent,
  'gift-changed': METRICS.giftChangeSent,
};

function countOutcome(message: GiftNotice, outcome: Delivery, now: Instant): void {
  if (outcome.kind === 'sent') count(SENT_METRICS[message.kind] ?? METRICS.noticeSent);
  if (outcome.kind === 'uncertain') count(METRICS.thankYouUncertain);
  if (outcome.kind === 'undeliverable') count(METRICS.noticeUndeliverable);
  if (outcome.kind !== 'put-off') return;
  count(METRICS.noticePutOff);
  const { since = now } = message.waiting ?? {};
  if (secondsUntil(now, since) > LATE_AFTER_SECONDS) count(METRICS.noticeLate);
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

export const definition: QueueDefinition<SendNoticeUse> = {
  name: 'send-notice',
  open: () => {
    const table = openTable();
    return {
      table,
      readDonorKey,
      readUpdate,
      readReceipt,
      queueNotices: openNoticeQueue(),
      sendMail: openMail(),
      mailPace: mailPace({ table, readQuota: readSendingQuota, clockMs: Date.now, pause }),
      sendSms: aliyunSms(),
      sendWechat: wechatMessages(),
      readMessagingAccounts,
    };
  },
  handle: sendNotice,
};
export const handler = queueFunction(definition);
