import {
  createDecipheriv,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  verify,
  X509Certificate,
} from 'node:crypto';
import { parseMerchants } from '../functions/donations/wechat-pay-merchant.ts';
import { readWechatPayNotification } from '../functions/donations/wechat-pay-notification.ts';
import { instantOf } from '../functions/kernel/time.ts';
import { makeSandboxKeys, merchantSecretOf, type SandboxKeys } from '../local/sandbox/keys.ts';
import { type SignedNotification, signedNotification } from '../local/sandbox/notification.ts';
import { type Benchmark, standingsTable, verdict } from './findings.ts';
import { type Contestant, compete } from './rounds.ts';
import { openWechatpaySdk } from './wechatpay-sdk.ts';

const NOW = instantOf('2026-09-07T12:00:05Z');
/** Different ones, so that nothing can be kept from one to the next. */
const NOTIFICATIONS = 500;
/** Times over all of them in one round: a tenth of a second or so. */
const LAPS = 4;

/**
 * Many short rounds. On a machine that does other work five rounds were seen to call the same code 0.69 and 0.80 of the
 * floor; with this many, two runs in a row put four variants of it into the same order.
 */
const ROUNDS = 31;

const TARGET_OF_FLOOR = 0.8;
const TARGET_OF_SDK = 3.5;

/** Verifying, decrypting and validating what WeChat Pay sends, beside the least that must be done and beside npm's usual SDK. */
export const webhook: Benchmark = {
  title: 'Webhook: verify, decrypt and validate a WeChat Pay notification',
  async run() {
    const keys = makeSandboxKeys();
    const notifications = Array.from({ length: NOTIFICATIONS }, (_, n) => notificationOf(keys, n));
    const standings = await compete(
      [ours(keys, notifications), floor(keys, notifications), sdk(keys, notifications)],
      ROUNDS,
    );
    const [, besideFloor, besideSdk] = standings;
    if (besideFloor === undefined || besideSdk === undefined) throw new Error('a contestant is missing');
    return {
      tables: [standingsTable('notifications', standings)],
      notes: [
        verdict('share of the floor', besideFloor.ratio.median, TARGET_OF_FLOOR, 'at least'),
        verdict('times the SDK', besideSdk.ratio.median, TARGET_OF_SDK, 'at least'),
        'Floor: node:crypto with cached KeyObjects, RSA verify + AES-GCM decrypt + JSON.parse, and no check of anything.',
        'SDK: wechatpay-node-v3, verifySign + decipher_gcm, its platform key given beforehand; it validates nothing.',
      ],
      figures: { ofFloor: besideFloor.ratio, timesSdk: besideSdk.ratio },
    };
  },
};

function notificationOf(keys: SandboxKeys, n: number): SignedNotification {
  const total = 1_000 + n;
  const transaction = {
    appid: keys.appid,
    mchid: keys.mchid,
    out_trade_no: `int_${String(n).padStart(20, '0')}`,
    transaction_id: `42000020262026090712${String(n).padStart(8, '0')}`,
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'CMC',
    attach: '',
    success_time: '2026-09-07T20:00:00+08:00',
    payer: { openid: `oUpF8uMuAJO_M2pxb1Q9z${String(n).padStart(7, '0')}` },
    amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
  } as const;
  const { headers, body } = signedNotification(keys, transaction, { sentAt: NOW });
  // As platform/http.ts hands them on.
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body,
  };
}

function lapsOver(notifications: readonly SignedNotification[], read: (one: SignedNotification) => boolean): number {
  for (let lap = 0; lap < LAPS; lap += 1) {
    for (const one of notifications) if (!read(one)) throw new Error('a good notification was refused');
  }
  return LAPS * notifications.length;
}

function ours(keys: SandboxKeys, notifications: readonly SignedNotification[]): Contestant {
  const merchants = parseMerchants(merchantSecretOf(keys));
  const read = ({ headers, body }: SignedNotification): boolean =>
    readWechatPayNotification({ headers, body, merchants, now: NOW }).kind === 'payment';
  return { name: 'ours', run: () => lapsOver(notifications, read) };
}

type Resource = {
  readonly resource: { readonly ciphertext: string; readonly nonce: string; readonly associated_data: string };
};

function floor(keys: SandboxKeys, notifications: readonly SignedNotification[]): Contestant {
  const platformKey = new X509Certificate(keys.platformKeys.certificate.pem).publicKey;
  const apiKey = createSecretKey(keys.apiV3Key, 'utf8');
  return {
    name: 'floor (node:crypto)',
    run: () => lapsOver(notifications, (one) => readUnchecked(one, platformKey, apiKey)),
  };
}

function readUnchecked({ headers, body }: SignedNotification, platformKey: KeyObject, apiKey: KeyObject): boolean {
  const text = body.toString();
  const message = `${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n${text}\n`;
  const signature = Buffer.from(headers['wechatpay-signature'] ?? '', 'base64');
  if (!verify('sha256', Buffer.from(message), platformKey, signature)) return false;
  const { resource } = JSON.parse(text) as Resource;
  const sealed = Buffer.from(resource.ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', apiKey, resource.nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(resource.associated_data));
  decipher.setAuthTag(sealed.subarray(-16));
  const plaintext = decipher.update(sealed.subarray(0, -16)).toString() + decipher.final().toString();
  return (JSON.parse(plaintext) as { trade_state: string }).trade_state === 'SUCCESS';
}

function sdk(keys: SandboxKeys, notifications: readonly SignedNotification[]): Contestant {
  const { certificate } = keys.platformKeys;
  const platformKeyPem = createPublicKey(certificate.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const pay = openWechatpaySdk(keys, { [certificate.serial]: platformKeyPem });
  return {
    name: 'wechatpay-node-v3 2.2.1',
    async run() {
      for (let lap = 0; lap < LAPS; lap += 1) {
        for (const one of notifications)
          if (!(await pay.read(one))) throw new Error('the SDK refused a good notification');
      }
      return LAPS * notifications.length;
    },
  };
}
