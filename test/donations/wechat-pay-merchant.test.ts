import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { merchantReader } from '../../functions/donations/wechat-pay.gateway.ts';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { authorizationOf } from '../../functions/donations/wechat-pay-signature.ts';
import { PermanentError } from '../../functions/kernel/errors.ts';
import {
  CERTIFICATE_SERIAL,
  merchantKey,
  merchantSecret,
  merchants,
  NOW,
  PUBLIC_KEY_ID,
} from './notification-maker.ts';
import { Formatter, Rsa } from './wechat-pay-oracle.ts';

// Made once with openssl, its private key thrown away: it is read here, nothing is signed with it.
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDKzCCAhOgAwIBAgIUASNFZ4mrze8BI0VniavN7wEjRWcwDQYJKoZIhvcNAQEL
BQAwJDEiMCAGA1UEAwwZVGVzdCBwbGF0Zm9ybSBjZXJ0aWZpY2F0ZTAgFw0yNjEx
MjMyMDMwMDJaGA8yMTI2MTAzMDIwMzAwMlowJDEiMCAGA1UEAwwZVGVzdCBwbGF0
Zm9ybSBjZXJ0aWZpY2F0ZTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEB
AL3ZDQHT80eLmGe4jR/B+aPRemmd5gnDL8k2XQRmpQHYamQ0rsLHoc6uv8VLc779
CKY28fHYDmRpQEKXZr/GodPcZWY+463G0gVSet1ysvdf2VFrgCMNXCzUdI7MYF8Y
/CzcH071v3QAtChbco6j+wiyZUaHjhzN7H9S9opyvcO17GibiJkP0Fu4TU6cOHIy
XOBv8p4HRYkGYenddE7OntXjAnzd3MBXqyu3zbY+rAvskvea/I8xyVei0nHi7o52
hq1jHhUWjATmbFqfyHSzde9uPrbgBxFDC40p6HM9YTsTFZ+8cgs5gMri0HVrrIE9
+AkTdP7XQa0G9zWAMi+yrY0CAwEAAaNTMFEwHQYDVR0OBBYEFI3GGKgE+QEjeYG4
uQM2d5jqQtDtMB8GA1UdIwQYMBaAFI3GGKgE+QEjeYG4uQM2d5jqQtDtMA8GA1Ud
EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAHj7u/8y05Tkn6aRliYm9IfM
Pu4UocIqu67A4fap95F6Tl24RbcAlXguRMOXh2Ts1BUaZmdZ7d7fTv9MYWLCnNAt
IsIryVQKtYGTyFMhULcnelh2ra6G/fxZ66LC7rQsqr5UUAZC21o6TLKX3u8MDnFq
aaZfROHk8NZ/isxggMsCCyvNwEfhs4e7QTH+4UwrCC7PIIbR4mZ866Z+ukxqLy3M
1jR+8SZ4tKTPwtiqk+NI2bkND5quZCfoAPKvO+PpyTguwwJ4ZHwYJ6QiYN7f4rvM
4oCEH8/NUrmN+zula7BlbhPw7GGFrUxrbkn+/cCc0hzJkzsVu0bnANu3PAxPfos=
-----END CERTIFICATE-----
`;
const ITS_SERIAL = '0123456789ABCDEF0123456789ABCDEF01234567';

type Secret = ReturnType<typeof merchantSecret>;
type Configuration = Secret['wechatPay'][number];
const changed = (changes: Partial<Configuration>): string =>
  JSON.stringify({ wechatPay: merchantSecret().wechatPay.map((merchant) => ({ ...merchant, ...changes })) });

describe('the merchant secret', () => {
  test('gives the keys of both modes, found by their serials', () => {
    expect([...merchants.bySerial.keys()]).toEqual([CERTIFICATE_SERIAL, PUBLIC_KEY_ID]);
    expect(merchants.merchants).toMatchObject([{ mchid: '1900000109', appid: 'wxd678efh567hg6787' }]);
  });

  test('may hold a certificate in place of its public key, under the certificate’s own serial', () => {
    const keyOf = (serial: string) => changed({ platformKeys: [{ serial, publicKey: CERTIFICATE }] });
    expect(parseMerchants(keyOf(ITS_SERIAL)).bySerial.get(ITS_SERIAL)?.key.asymmetricKeyDetails).toMatchObject({
      modulusLength: 2048,
    });
    expect(() => parseMerchants(keyOf(CERTIFICATE_SERIAL))).toThrow(/another serial than its own/);
  });

  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
  const underSerial = (publicKey: string) => changed({ platformKeys: [{ serial: CERTIFICATE_SERIAL, publicKey }] });

  test.each([
    ['no JSON', 'not a secret', /is not JSON/],
    ['the placeholder of a new deployment', '{"replace":"see docs/deploy.md"}', /wechatPay/],
    ['no account', '{"wechatPay":[]}', /wechatPay/],
    ['a key of 31 bytes', changed({ apiV3Key: 'x'.repeat(31) }), /wechatPay\.0\.apiV3Key/],
    ['a key of 32 characters that are more bytes', changed({ apiV3Key: '密'.repeat(32) }), /wechatPay\.0\.apiV3Key/],
    ['an unreadable private key', changed({ merchantPrivateKey: 'secret text' }), /wechatPay\.0\.merchantPrivateKey/],
    ['an unreadable public key', underSerial('secret text'), /platformKeys\.0\.publicKey/],
    ['a key of 1,024 bits', underSerial(weak.toString()), /not RSA of 2048 bits/],
    ['a key that is not RSA', underSerial(curve.toString()), /not RSA of 2048 bits/],
    ['no platform key', changed({ platformKeys: [] }), /platformKeys/],
    ['a serial of another form', changed({ platformKeys: [{ serial: '__proto__', publicKey: '' }] }), /serial/],
  ])('is refused when it has %s, and what it holds is not repeated', (_what, secret, where) => {
    expect(() => parseMerchants(secret)).toThrow(where);
    expect(() => parseMerchants(secret)).toThrow(PermanentError);
    expect(() => parseMerchants(secret)).not.toThrow(/secret text|密|xxx|BEGIN/);
  });

  test('is refused when it names an account twice', () => {
    const { wechatPay } = merchantSecret();
    expect(() => parseMerchants(JSON.stringify({ wechatPay: [...wechatPay, ...wechatPay] }))).toThrow(/twice/);
  });

  test('is parsed again only when its text changes', async () => {
    let text = JSON.stringify(merchantSecret());
    const read = merchantReader(async () => text);
    const first = await read();
    expect(await read()).toBe(first);
    text = changed({ appid: 'wx-other' });
    expect((await read()).merchants).toMatchObject([{ appid: 'wx-other' }]);
  });
});

test('a request of ours is signed as another implementation verifies it', () => {
  const [merchant] = merchants.merchants;
  if (merchant === undefined) throw new Error('the test secret has an account');
  const pathAndQuery = '/v3/bill/tradebill?bill_date=2026-09-07&bill_type=ALL';
  const header = authorizationOf(merchant, { method: 'GET', pathAndQuery, body: '', nonce: 'n0nce' }, NOW);
  const [scheme, list = ''] = header.split(' ');
  const fields = Object.fromEntries([...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  expect(scheme).toBe('WECHATPAY2-SHA256-RSA2048');
  expect(fields).toMatchObject({
    mchid: '1900000109',
    timestamp: '1788782405',
    serial_no: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
  });
  const { timestamp = '', nonce_str: nonce = '', signature = '' } = fields;
  const message = Formatter.request('GET', pathAndQuery, timestamp, nonce);
  expect(Rsa.verify(message, signature, merchantKey.publicKey)).toBe(true);
});
