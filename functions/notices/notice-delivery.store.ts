import { fingerprint } from '../kernel/ids.ts';
import { type Instant, plusSeconds } from '../kernel/time.ts';
import { noticeKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { filledFields, type Way, waysTo } from './channel.ts';
import { contactHashOf } from './contact-hash.ts';
import { type HeldReason, putOff, retryAfter } from './held-notice.store.ts';
import { type Draft, type DraftUse, groupOf } from './letter-draft.store.ts';
import { renderLetter } from './letter-mail.tsx';
import type { SendMail } from './mail.gateway.ts';
import type { MessagingAccounts } from './messaging-secret.ts';
import { type Handed, NotAccepted, type NoticeOutcome, sendOnce } from './notice.store.ts';
import type { Undeliverable } from './notice.ts';
import type { GiftNotice } from './notice-message.ts';
import type { QueueNotices } from './notice-queue.gateway.ts';
import { quietUntil } from './quiet-hours.ts';
import type { MailPace } from './sending-pace.store.ts';
import type { SendSms } from './sms.gateway.ts';
import { readBlocks } from './suppression.store.ts';
import { type ByWechat, isAgreedTo, sendUnderConsent } from './wechat-delivery.store.ts';
import type { SendWechat } from './wechat-message.gateway.ts';
import { needsConsent } from './wechat-service.ts';

export type DeliveryUse = DraftUse & {
  readonly table: Table;
  readonly queueNotices: QueueNotices;
  readonly sendMail: SendMail;
  readonly mailPace: MailPace;
  readonly sendSms: SendSms;
  readonly sendWechat: SendWechat;
  /** Accounts of the other channels; none where nobody has set any up. */
  readonly readMessagingAccounts: () => Promise<MessagingAccounts>;
};

/** A letter that waits for its time, beside what can become of a notice at once. */
export type Delivery = NoticeOutcome | { readonly kind: 'put-off'; readonly reason: HeldReason };

type Letter = Extract<Draft, { kind: 'letter' }>;

/** The provider's quota of 24 hours moves on by itself: a look every half hour loses at most half an hour of it. */
const QUOTA_WAIT_SECONDS = 1_800;

/**
 * Sends a letter by the first channel that takes it, once: quiet hours and what the provider does not take now put it off, and
 * what is certainly refused by one channel goes by the next, all under one claim.
 */
export async function deliver(
  message: GiftNotice,
  draft: Letter | Extract<Draft, { kind: 'undeliverable' }>,
  use: DeliveryUse,
  now: Instant,
): Promise<Delivery> {
  const key = noticeKey(message.giftId, draft.notice);
  const nobody = (reason: Undeliverable) => {
    const prepared = { undeliverable: reason, index: draft.index };
    return sendOnce(use.table, key, draft.notice, now, async () => prepared, noMessage);
  };
  if (draft.kind === 'undeliverable') return nobody(draft.reason);
  const noticeId = `${message.giftId} ${draft.notice}`;
  const ways = await openWays(draft, use, noticeId);
  if (typeof ways === 'string') return nobody(ways);
  const { settings, letter } = draft.addressed;
  const quiet = ({ channel }: Way) => quietUntil(now, letter.zone, settings.quietHours[channel]);
  const [first] = ways;
  const until = first === undefined ? undefined : quiet(first);
  if (until !== undefined) return later(message, use, 'quiet-hours', until, now);
  // A channel that is only second best is not worth waiting for.
  const awake = ways.filter((way) => quiet(way) === undefined);
  let waits: { reason: HeldReason; until: Instant } | undefined;
  const sending = {
    use,
    now,
    letter: draft,
    noticeId,
    wait: (reason: HeldReason, seconds: number) => {
      waits = { reason, until: plusSeconds(now, seconds) };
    },
  };
  const prepared = {
    message: awake,
    index: draft.index,
    ...(draft.told === undefined ? {} : { told: draft.told }),
    ...(draft.isStillTrue === undefined ? {} : { isStillTrue: draft.isStillTrue }),
  };
  try {
    return await sendOnce(
      use.table,
      key,
      draft.notice,
      now,
      async () => prepared,
      (all) => sendBy(all, sending),
    );
  } catch (error) {
    if (!(error instanceof NotAccepted)) throw error;
    const after = waits ?? { reason: 'not-accepted' as const, until: retryAfter(now, message.waiting?.times ?? 0) };
    return later(message, use, after.reason, after.until, now);
  }
}

const noMessage = async (): Promise<Handed> => ({ undeliverable: 'no-contact', detail: '' });

async function later(
  message: GiftNotice,
  use: DeliveryUse,
  reason: HeldReason,
  until: Instant,
  now: Instant,
): Promise<Delivery> {
  await putOff(use, message, reason, until, now);
  return { kind: 'put-off', reason };
}

/** The ways that nothing keeps the letter from, or why there is none. */
async function openWays(
  { addressed, letterKind }: Letter,
  use: DeliveryUse,
  noticeId: string,
): Promise<readonly Way[] | Undeliverable> {
  const { contact, settings, organisationId } = addressed;
  const ways = waysTo(contact, settings, letterKind);
  if (typeof ways === 'string') return ways;
  const donorKey = await use.readDonorKey();
  const open: Way[] = [];
  let blocked: Undeliverable = 'channel-off';
  for (const way of ways) {
    const hash = contactHashOf(donorKey, way.address);
    const blocks = await readBlocks(use.table, hash, organisationId, groupOf(letterKind));
    if (blocks.suppressed !== undefined) blocked = 'suppressed';
    else if (blocks.unsubscribed) blocked = 'unsubscribed';
    else if (!(await isAgreedTo(way, use, noticeId))) blocked = 'no-consent';
    else open.push(way);
  }
  return open.length === 0 ? blocked : open;
}

type Sending = {
  readonly use: DeliveryUse;
  readonly now: Instant;
  readonly letter: Letter;
  readonly noticeId: string;
  readonly wait: (reason: HeldReason, seconds: number) => void;
};

async function sendBy(ways: readonly Way[], sending: Sending): Promise<Handed> {
  let refused = '';
  for (const way of ways) {
    try {
      const { messageId } = await sendOneWay(way, sending);
      return { messageId, channel: way.channel };
    } catch (error) {
      // Only what is certainly not sent, and never would be, leaves room for another channel.
      if (!(error instanceof NotAccepted && error.forGood)) throw error;
      refused = error.message;
    }
  }
  return { undeliverable: 'refused-by-provider', detail: refused };
}

async function sendOneWay(way: Way, sending: Sending): Promise<{ readonly messageId: string }> {
  if (way.channel === 'mail') return sendAsMail(way.address, sending);
  if (way.channel === 'wechat') return sendAsWechat(way, sending);
  const { use, now, letter, noticeId } = sending;
  const accounts = await use.readMessagingAccounts();
  const fields = filledFields(way.fields, letter.values);
  const account = accounts.sms.find(({ accessKeyId }) => accessKeyId === way.accessKeyId);
  if (account === undefined) throw notSetUp('SMS', way.accessKeyId);
  const { address: phone, signName, templateCode } = way;
  return use.sendSms({ account, phone, signName, templateCode, fields, outId: noticeId.slice(0, 255) }, now);
}

/** A message by WeChat, under a consent where its service wants one. */
async function sendAsWechat(way: ByWechat, sending: Sending): Promise<{ readonly messageId: string }> {
  const { use, now, letter, noticeId } = sending;
  const { wechat } = await use.readMessagingAccounts();
  const account = wechat.find(({ appId }) => appId === way.appId);
  if (account === undefined) throw notSetUp('WeChat', way.appId);
  const { address: openid, templateId, sentAs, page } = way;
  const message = {
    ...{ account, openid, templateId, sentAs, page },
    fields: filledFields(way.fields, letter.values),
    url: letter.words.link?.url,
    language: letter.addressed.letter.language,
    messageId: fingerprint([noticeId]),
  };
  return needsConsent(sentAs) ? sendUnderConsent(message, way, noticeId, use, now) : use.sendWechat(message);
}

const notSetUp = (channel: string, account: string): NotAccepted =>
  new NotAccepted(`the messaging secret has no ${channel} account ${account}`, { forGood: true });

async function sendAsMail(to: string, { use, letter, wait }: Sending): Promise<{ readonly messageId: string }> {
  const { words, addressed } = letter;
  const { organisationName, language } = addressed.letter;
  const mail = await renderLetter(words, language);
  const granted = await use.mailPace.take();
  if (granted !== 'now') {
    if (granted === 'quota-used') wait('quota-used', QUOTA_WAIT_SECONDS);
    throw new NotAccepted(`no turn to send: ${granted}`, { forGood: false });
  }
  try {
    const { replyTo } = addressed.settings;
    return await use.sendMail({
      to,
      ...mail,
      fromName: organisationName,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(words.unsubscribe === undefined ? {} : { unsubscribeUrl: words.unsubscribe.url }),
    });
  } catch (error) {
    if (error instanceof NotAccepted && !error.forGood) await use.mailPace.slowDown();
    throw error;
  }
}
