import { createCipheriv, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { epochSeconds, type Instant, plusSeconds } from '../../functions/kernel/time.ts';
import { type KeyMode, randomHexSerial, type SandboxKeys } from './keys.ts';
import { beijingTime, type WechatTransaction } from './transaction.ts';

/** What can be wrong with a notification, on request: none of these may book money to a campaign. */
export const NOTIFICATION_FAULTS = [
  /** The provider's own test: a wrong signature that says so (pay.weixin.qq.com, "signature probe"). */
  'probe',
  'unknown-serial',
  /** Signed as it should be, 301 seconds ago. */
  'stale',
  /** Signed as it should be, with a time 301 seconds ahead. */
  'early',
  /** One character of the body differs from what was signed. */
  'tampered-body',
  /** Signed by a key that is not the platform's, under a serial that is. */
  'foreign-signature',
  /** Header `Wechatpay-Signature-Type` of the SM variant. */
  'wrong-signature-type',
  /** Resource algorithm of the SM variant; the signature is right. */
  'wrong-algorithm',
  /** Encrypted with another merchant's key. */
  'wrong-api-key',
  'wrong-merchant',
  'wrong-app',
  'wrong-currency',
  /** One fen more than was paid. */
  'wrong-amount',
  /** A transaction that is not, or no longer, paid. */
  'not-paid',
] as const;
export type NotificationFault = (typeof NOTIFICATION_FAULTS)[number];
/** Of those, the ones that the platform itself says, with a right signature: somebody has paid, so the money is kept without a campaign. */
export const KEPT_FAULTS: readonly NotificationFault[] = ['wrong-currency', 'wrong-amount'];

/** A notification ready to be posted: exactly these bytes are what was signed (but for a fault). */
export type SignedNotification = { readonly headers: Record<string, string>; readonly body: Buffer };

export type NotificationOptions = {
  /** When it leaves the platform: the signed timestamp. */
  readonly sentAt: Instant;
  /** By which of the two keys; the platform certificate if left out. */
  readonly keyMode?: KeyMode;
  /** The provider's id of the notification, the same in every repeat; a fresh one if left out. */
  readonly notificationId?: string;
  readonly fault?: NotificationFault;
};

/** What a notification says before it is encrypted. */
export type NotificationEvent = {
  readonly eventType: 'TRANSACTION.SUCCESS' | 'REFUND.SUCCESS' | 'REFUND.ABNORMAL' | 'REFUND.CLOSED';
  readonly summary: string;
  /** `transaction` or `refund`; also the associated data of the encryption. */
  readonly originalType: 'transaction' | 'refund';
  readonly resource: object;
};

/** A payment notification as WeChat Pay APIv3 sends it (pay.weixin.qq.com, "notification introduction"). */
export function signedNotification(
  keys: SandboxKeys,
  transaction: WechatTransaction,
  options: NotificationOptions,
): SignedNotification {
  const event = {
    eventType: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    originalType: 'transaction',
    resource: faultyTransaction(transaction, options.fault),
  } as const;
  return signedEvent(keys, event, options);
}

/** Any notification: encrypts what it says, wraps it and signs the bytes. */
export function signedEvent(
  keys: SandboxKeys,
  event: NotificationEvent,
  options: NotificationOptions,
): SignedNotification {
  const { sentAt, fault } = options;
  const body = Buffer.from(
    JSON.stringify({
      id: options.notificationId ?? randomUUID(),
      create_time: beijingTime(sentAt),
      resource_type: 'encrypt-resource',
      event_type: event.eventType,
      summary: event.summary,
      resource: {
        original_type: event.originalType,
        algorithm: fault === 'wrong-algorithm' ? 'AEAD_SM4_GCM' : 'AEAD_AES_256_GCM',
        ...encrypted(
          JSON.stringify(event.resource),
          fault === 'wrong-api-key' ? randomBytes(16).toString('hex') : keys.apiV3Key,
          event.originalType,
        ),
      },
    }),
  );
  return {
    headers: signedHeaders(keys, body, options),
    body: fault === 'tampered-body' ? tampered(body) : body,
  };
}

/** AEAD_AES_256_GCM (RFC 5116): 12-byte nonce, the 16-byte tag behind the ciphertext. */
export function encrypted(
  plainText: string,
  apiV3Key: string,
  associatedData: string,
): { ciphertext: string; associated_data: string; nonce: string } {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(nonce), { authTagLength: 16 });
  cipher.setAAD(Buffer.from(associatedData));
  const ciphertext = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { ciphertext: ciphertext.toString('base64'), associated_data: associatedData, nonce };
}

/** The three lines that WeChat Pay signs, each ended by a line feed, over the raw body. */
export function signatureOver(privateKey: KeyObject, timestamp: string, nonce: string, body: Buffer): string {
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  return sign('RSA-SHA256', message, privateKey).toString('base64');
}

/** How far beyond the allowed five minutes a stale notification is. */
const STALE_SECONDS = 301;
const CLOCK_FAULT_SECONDS: Partial<Record<NotificationFault, number>> = { stale: -STALE_SECONDS, early: STALE_SECONDS };

function signedHeaders(keys: SandboxKeys, body: Buffer, options: NotificationOptions): Record<string, string> {
  const { sentAt, keyMode = 'certificate', fault } = options;
  const platformKey = keys.platformKeys[keyMode];
  const shiftSeconds = (fault === undefined ? undefined : CLOCK_FAULT_SECONDS[fault]) ?? 0;
  const timestamp = String(epochSeconds(plusSeconds(sentAt, shiftSeconds)));
  const nonce = randomBytes(16).toString('base64url');
  const privateKey = fault === 'foreign-signature' ? foreignKey() : platformKey.privateKey;
  const signature = signatureOver(privateKey, timestamp, nonce, body);
  return {
    'Content-Type': 'application/json',
    Accept: '*/*',
    'User-Agent': 'Mozilla/4.0',
    'Request-ID': randomUUID(),
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': fault === 'probe' ? `WECHATPAY/SIGNTEST/${signature.slice(19)}` : signature,
    'Wechatpay-Signature-Type':
      fault === 'wrong-signature-type' ? 'WECHATPAY2-SM2-WITH-SM3' : 'WECHATPAY2-SHA256-RSA2048',
    'Wechatpay-Serial': fault === 'unknown-serial' ? unknownSerial(keyMode) : platformKey.serial,
  };
}

const foreignKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const unknownSerial = (keyMode: KeyMode): string =>
  keyMode === 'certificate' ? randomHexSerial() : `PUB_KEY_ID_${'0'.repeat(31)}`;

// The notification stays valid JSON of the same length, so that only the signature can tell.
function tampered(body: Buffer): Buffer {
  return Buffer.from(
    body.toString().replace('"event_type":"TRANSACTION.SUCCESS"', '"event_type":"TRANSACTION.SUCCESs"'),
  );
}

function faultyTransaction(transaction: WechatTransaction, fault: NotificationFault | undefined): WechatTransaction {
  switch (fault) {
    case 'wrong-merchant':
      return { ...transaction, mchid: '1900006511' };
    case 'wrong-app':
      return { ...transaction, appid: 'wx2421b1c4370ec43b' };
    case 'wrong-currency':
      return { ...transaction, amount: { ...transaction.amount, currency: 'HKD' } };
    case 'wrong-amount':
      return { ...transaction, amount: { ...transaction.amount, total: transaction.amount.total + 1 } };
    case 'not-paid':
      return { ...transaction, trade_state: 'CLOSED', trade_state_desc: '已关闭' };
    default:
      return transaction;
  }
}
