import { createHmac, sign } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test, vi } from 'vitest';
import { checkStandardSignature } from '../../functions/donations/standard-webhook-signature.ts';
import { parseStandardSources } from '../../functions/donations/standard-webhook-source.ts';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { epochSeconds } from '../../functions/kernel/time.ts';
import { ed25519, NOW, PUBLIC_KEY, SECRET, SOURCE, signed, sources } from './standard-maker.ts';

const SENT = epochSeconds(NOW);
const KEYS = sources.get(SOURCE)?.keys ?? [];
const keysOf = (...keys: string[]) =>
  parseStandardSources(JSON.stringify({ standardWebhook: [{ sourceId: SOURCE, keys }] })).get(SOURCE)?.keys ?? [];
const GOOD = signed('{"type":"x"}');
const check = (headers: Record<string, string | undefined>, body = GOOD.body, keys = KEYS) => {
  const outcome = checkStandardSignature(headers, body, keys, NOW);
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
};
const withHeaders = (changes: Record<string, string | undefined>) => check({ ...GOOD.headers, ...changes });
const V1 = GOOD.headers['webhook-signature'] ?? '';
const ID = GOOD.headers['webhook-id'] ?? '';
const edSignature = (body: Buffer, id = ID, sentAt = SENT) =>
  `v1a,${sign(null, Buffer.concat([Buffer.from(`${id}.${sentAt}.`), body]), ed25519.privateKey).toString('base64')}`;

describe('a Standard Webhooks signature', () => {
  test('is known by the shared secret, or by the source’s public key', () => {
    expect(check(GOOD.headers)).toBe('verified');
    expect(withHeaders({ 'webhook-signature': edSignature(GOOD.body) })).toBe('verified');
  });

  test('counts when any of several is right, beside wrong ones and versions that nobody knows', () => {
    const wrong = `v1,${Buffer.alloc(32).toString('base64')}`;
    for (const list of [
      `${wrong} ${V1}`,
      `${V1} ${wrong}`,
      `v2,xyz v1a,eA== ${V1}`,
      `${wrong} ${edSignature(GOOD.body)}`,
    ])
      expect(withHeaders({ 'webhook-signature': list })).toBe('verified');
  });

  test('counts under the old and the new secret while it is rolled', () => {
    const next = `whsec_${Buffer.from('the secret of the coming quarter').toString('base64')}`;
    const keys = keysOf(next, SECRET);
    expect(check(GOOD.headers, GOOD.body, keys)).toBe('verified');
    expect(check(signed('{}', { secret: next }).headers, Buffer.from('{}'), keys)).toBe('verified');
  });

  test('is verified by the kind of key we hold and not by what it says of itself', () => {
    const [, encoded = ''] = V1.split(',');
    expect(withHeaders({ 'webhook-signature': `v1a,${encoded}` })).toBe('forged');
    expect(check(GOOD.headers, GOOD.body, keysOf(PUBLIC_KEY))).toBe('forged');
    // A public key is public: taken for a shared secret, everybody could sign with it.
    const bytes = Buffer.from(PUBLIC_KEY.slice('whpk_'.length), 'base64');
    const forged = createHmac('sha256', bytes).update(`${ID}.${SENT}.`).update(GOOD.body).digest('base64');
    expect(withHeaders({ 'webhook-signature': `v1,${forged}` })).toBe('forged');
  });

  test.each([
    [-301, 'stale'],
    [-300, 'verified'],
    [300, 'verified'],
    [301, 'stale'],
  ])('made %i s from now is %s', (seconds, outcome) => {
    expect(check(signed('{"type":"x"}', { sentAt: SENT + seconds }).headers)).toBe(outcome);
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['no id', { 'webhook-id': undefined }, 'missing-header'],
    ['no time', { 'webhook-timestamp': '' }, 'missing-header'],
    ['no signature', { 'webhook-signature': undefined }, 'missing-header'],
    ['an id with a full stop', { 'webhook-id': 'msg.1' }, 'malformed-header'],
    ['an id that came twice', { 'webhook-id': `${ID},${ID}` }, 'malformed-header'],
    ['an id with a line break', { 'webhook-id': `${ID}\n` }, 'malformed-header'],
    ['a time that came twice', { 'webhook-timestamp': `${SENT},${SENT}` }, 'malformed-header'],
    ['a time that is a date', { 'webhook-timestamp': '2026-09-07T12:00:05Z' }, 'malformed-header'],
    ['a time with more behind it', { 'webhook-timestamp': `${SENT}x` }, 'malformed-header'],
    ['more signatures than anybody needs', { 'webhook-signature': `${V1} `.repeat(100) }, 'malformed-header'],
    ['another id', { 'webhook-id': 'msg_2' }, 'forged'],
    ['another time', { 'webhook-timestamp': String(SENT + 1) }, 'forged'],
    ['two signatures joined by a comma', { 'webhook-signature': `${V1},${V1}` }, 'forged'],
    ['no version', { 'webhook-signature': V1.slice(3) }, 'forged'],
    ['base64 without its padding', { 'webhook-signature': V1.replace(/=+$/, '') }, 'forged'],
    ['base64 with a line break', { 'webhook-signature': `${V1}\n` }, 'forged'],
    ['a signature cut short', { 'webhook-signature': `v1,${Buffer.alloc(8).toString('base64')}` }, 'forged'],
  ])('with %s is refused', (_what, changes, reason) => {
    expect(withHeaders(changes)).toBe(reason);
  });

  test('of an empty body is refused, though it is right', () => {
    expect(check(signed('').headers, Buffer.alloc(0))).toBe('empty');
  });
});

const bodies = fc
  .oneof(fc.json(), fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }))
  .filter((text) => text.length > 0 && text.isWellFormed());
const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const secrets = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);

/** The specification's library at our moment. It looks at its own clock. */
function isTakenByLibrary(body: string, headers: Record<string, string>, secret = SECRET): boolean {
  vi.useFakeTimers({ now: SENT * 1000, toFake: ['Date'] });
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  } finally {
    vi.useRealTimers();
  }
}

describe('thousands of random messages', () => {
  test('that the specification’s library signs are verified here', () => {
    fc.assert(
      fc.property(bodies, ids, secrets, fc.integer({ min: -300, max: 300 }), (body, id, secret, age) => {
        const message = signed(body, { secret, id, sentAt: SENT + age });
        expect(check(message.headers, message.body, keysOf(secret))).toBe('verified');
      }),
      { numRuns: 2000 },
    );
  });

  test('that are signed by the plain definition are taken by the library and here', () => {
    fc.assert(
      fc.property(bodies, ids, secrets, (body, id, secret) => {
        const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
        const signature = createHmac('sha256', key).update(`${id}.${SENT}.${body}`).digest('base64');
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': String(SENT),
          'webhook-signature': `v1,${signature}`,
        };
        expect(isTakenByLibrary(body, headers, secret)).toBe(true);
        expect(check(headers, Buffer.from(body), keysOf(secret))).toBe('verified');
      }),
      { numRuns: 2000 },
    );
  });

  test('and of which a byte is changed are never taken here where the library refuses them', () => {
    let refusedByBoth = 0;
    const fields = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'body'] as const;
    fc.assert(
      fc.property(bodies, fc.constantFrom(...fields), fc.nat(), fc.integer({ min: 33, max: 126 }), (...input) => {
        const [text, field, at, code] = input;
        const message = signed(text);
        const original = field === 'body' ? text : (message.headers[field] ?? '');
        const position = at % original.length;
        const spoilt = original.slice(0, position) + String.fromCharCode(code) + original.slice(position + 1);
        const headers = field === 'body' ? message.headers : { ...message.headers, [field]: spoilt };
        const body = field === 'body' ? spoilt : text;
        if (!body.isWellFormed()) return;
        const theirs = isTakenByLibrary(body, headers);
        const ours = check(headers, Buffer.from(body)) === 'verified';
        if (ours) expect(theirs).toBe(true);
        if (!theirs && !ours) refusedByBoth += 1;
      }),
      { numRuns: 4000 },
    );
    expect(refusedByBoth).toBeGreaterThan(3000);
  });
});

describe('the Standard Webhooks part of the merchant secret', () => {
  test('may be missing: then no source is known', () => {
    expect(parseStandardSources('{}').size).toBe(0);
    expect(sources.get('__proto__')).toBe(undefined);
  });

  test.each<[string, object]>([
    ['a secret of 23 bytes', { keys: [`whsec_${Buffer.alloc(23).toString('base64')}`] }],
    ['a secret of 65 bytes', { keys: [`whsec_${Buffer.alloc(65).toString('base64')}`] }],
    ['a secret that is no base64', { keys: ['whsec_not!base64'] }],
    ['a secret in base64 without its padding', { keys: [`whsec_${Buffer.alloc(25).toString('base64').slice(0, -1)}`] }],
    ['a secret with a line break', { keys: [`${SECRET}\n`] }],
    ['a private key in a public key’s place', { keys: ['whsk_AAAA'] }],
    ['a public key of 31 bytes', { keys: [`whpk_${Buffer.alloc(31).toString('base64')}`] }],
    ['no key', { keys: [] }],
    ['a source with a slash', { sourceId: 'a/b' }],
    ['a field that is not known', { campaignId: 'x' }],
  ])('is refused with %s, and says where without saying what', (_what, changes) => {
    const text = JSON.stringify({ standardWebhook: [{ sourceId: SOURCE, keys: [SECRET], ...changes }] });
    expect(() => parseStandardSources(text)).toThrow(PermanentError);
    expect(() => parseStandardSources(text)).toThrow(/at: standardWebhook\.0/);
  });
});
