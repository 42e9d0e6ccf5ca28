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
import { alipayContestants } from './alipay-notices.ts';
import { type Benchmark, number, standingsTable, verdict } from './findings.ts';
import { type Contestant, compete, processorTime, type Standing } from './rounds.ts';
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
const TARGET_OF_ALIPAY_SDK = 10;

/** Verifying, decrypting and validating what providers send, beside the least that must be done and beside npm's usual SDKs. */
export const webhook: Benchmark = {
  title: 'Webhook: verify, decrypt and validate a notification of WeChat Pay, and one of Alipay',
  async run() {
    const keys = makeSandboxKeys();
    const notifications = Array.from({ length: NOTIFICATIONS }, (_, n) => notificationOf(keys, n));
    const wechat = await compete(
      [ours(keys, notifications), floor(keys, notifications), sdk(keys, notifications)],
      ROUNDS,
      processorTime,
    );
    const alipay = await compete(alipayContestants(), ROUNDS, processorTime);
    const [, wechatFloor, wechatSdk] = wechat;
    const [, alipayFloor, alipaySdk] = alipay;
    if (wechatFloor === undefined || wechatSdk === undefined) throw new Error('a contestant is missing');
    if (alipayFloor === undefined || alipaySdk === undefined) throw new Error('a contestant is missing');
    return {
      tables: [standingsTable('WeChat Pay notifications', wechat), standingsTable('Alipay notices', alipay)],
      notes: [
        verdict('WeChat Pay: share of the floor', wechatFloor.ratio.median, TARGET_OF_FLOOR, 'at least'),
        verdict('WeChat Pay: times the SDK', wechatSdk.ratio.median, TARGET_OF_SDK, 'at least'),
        mostPossible('wechatpay-node-v3', wechatFloor, wechatSdk),
        verdict('Alipay: share of the floor', alipayFloor.ratio.median, TARGET_OF_FLOOR, 'at least'),
        verdict('Alipay: times the SDK', alipaySdk.ratio.median, TARGET_OF_ALIPAY_SDK, 'at least'),
        mostPossible('alipay-sdk', alipayFloor, alipaySdk),
        'Floors: node:crypto with cached KeyObjects and the parsing that cannot be left out (JSON.parse, querystring), no check of anything.',
        'SDKs: wechatpay-node-v3, verifySign + decipher_gcm; alipay-sdk, checkNotifySignV2 of a form parsed beforehand. Keys given; they validate nothing.',
      ],
      figures: {
        ofFloor: wechatFloor.ratio,
        timesSdk: wechatSdk.ratio,
        alipayOfFloor: alipayFloor.ratio,
        timesAlipaySdk: alipaySdk.ratio,
      },
    };
  },
};

/** What the floor itself is of the SDK: nothing that uses node:crypto can be faster than that. */
const mostPossible = (name: string, floor: Standing, sdk: Standing): string =>
  `The floor itself is ${number(floor.perSecond.median / sdk.perSecond.median)} times ${name}: more cannot be had from node:crypto on this machine.`;

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
