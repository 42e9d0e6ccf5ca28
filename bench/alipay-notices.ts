import { createPublicKey, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { parse } from 'node:querystring';
import { parseAlipayAccounts } from '../functions/donations/alipay-merchant.ts';
import { readAlipayNotification } from '../functions/donations/alipay-notification.ts';
import {
  type AlipaySandboxKeys,
  alipaySectionOf,
  alipayTrade,
  makeAlipayKeys,
  signedForm,
} from '../local/sandbox/alipay.ts';
import type { Contestant } from './rounds.ts';

/** Different ones, so that nothing can be kept from one to the next. */
const NOTICES = 500;
/** Times over all of them in one round. */
const LAPS = 4;
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

/** Reading Alipay's notices: ours, the least that must be done, and the SDK doing only its part. */
export function alipayContestants(): readonly Contestant[] {
  const keys = makeAlipayKeys();
  const bodies = Array.from({ length: NOTICES }, (_, n) => noticeOf(keys, n));
  return [ours(keys, bodies), floor(keys, bodies), sdk(keys, bodies)];
}

function noticeOf(keys: AlipaySandboxKeys, n: number): Buffer {
  const number = String(n).padStart(8, '0');
  const trade = {
    tradeNo: `20260907220014000012${number}`,
    orderNo: `int_${number.padStart(20, '0')}`,
    totalAmount: `${10 + n}.50`,
  };
  return signedForm(alipayTrade(keys, trade), keys.alipayPrivateKey);
}

function lapsOver<Input>(inputs: readonly Input[], read: (input: Input) => boolean): number {
  for (let lap = 0; lap < LAPS; lap += 1)
    for (const input of inputs) if (!read(input)) throw new Error('a good notice was refused');
  return LAPS * inputs.length;
}

function ours(keys: AlipaySandboxKeys, bodies: readonly Buffer[]): Contestant {
  const accounts = parseAlipayAccounts(JSON.stringify({ alipay: [alipaySectionOf(keys)] })) ?? new Map();
  const read = (body: Buffer): boolean => readAlipayNotification({ headers: HEADERS, body, accounts }).kind === 'trade';
  return { name: 'ours', run: () => lapsOver(bodies, read) };
}

/** Node's own form parser, one verification with a cached key, and no check of anything. */
function floor(keys: AlipaySandboxKeys, bodies: readonly Buffer[]): Contestant {
  const key = createPublicKey(keys.alipayPrivateKey);
  const read = (body: Buffer): boolean => {
    const { sign, sign_type: _type, ...fields } = parse(body.toString()) as Record<string, string>;
    const content = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
    return verify('sha256', Buffer.from(content), key, Buffer.from(sign ?? '', 'base64'));
  };
  return { name: 'floor (node:crypto)', run: () => lapsOver(bodies, read) };
}

type Sdk = { checkNotifySignV2(fields: Readonly<Record<string, string>>): boolean };

/** The check that its documentation names for notices, on a form that something else has parsed beforehand. */
function sdk(keys: AlipaySandboxKeys, bodies: readonly Buffer[]): Contestant {
  const { AlipaySdk } = createRequire(import.meta.url)('alipay-sdk') as { AlipaySdk: new (options: object) => Sdk };
  const base64Of = (type: 'pkcs8' | 'spki'): string =>
    type === 'spki'
      ? createPublicKey(keys.alipayPrivateKey).export({ type, format: 'der' }).toString('base64')
      : keys.appPrivateKey.export({ type, format: 'der' }).toString('base64');
  const pay = new AlipaySdk({
    appId: keys.appId,
    privateKey: base64Of('pkcs8'),
    keyType: 'PKCS8',
    alipayPublicKey: base64Of('spki'),
  });
  const forms = bodies.map((body) => ({ ...parse(body.toString()) }) as Record<string, string>);
  return { name: 'alipay-sdk 4.14.0', run: () => lapsOver(forms, (form) => pay.checkNotifySignV2(form)) };
}
