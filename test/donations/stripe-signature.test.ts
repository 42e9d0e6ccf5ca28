import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkStripeSignature } from '../../functions/donations/stripe-signature.ts';
import { epochSeconds, plusSeconds } from '../../functions/kernel/time.ts';
import { NOW, SECRET, webhooks } from './stripe-maker.ts';

const ownerOf = (secret: string) => ({ key: createSecretKey(secret, 'utf8'), secret });
const OWNERS = [ownerOf(SECRET)];
const SENT = epochSeconds(NOW);
const BODY = Buffer.from('{"id":"evt_1"}');
const signed = (payload: string, secret = SECRET, timestamp = SENT) =>
  webhooks.generateTestHeaderString({ payload, secret, timestamp });
const check = (header: string | undefined, body: Buffer = BODY, owners = OWNERS, now = NOW) =>
  checkStripeSignature(header, body, owners, now);
const reasonFor = (header: string | undefined, body: Buffer = BODY) => {
  const outcome = check(header, body);
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
};
const HEADER = signed(BODY.toString());
const V1 = HEADER.split('v1=')[1] ?? '';

/** What Stripe's own library makes of the same delivery at the same moment. */
function isTakenByStripe(body: Buffer, header: string, secret: string): boolean {
  try {
    webhooks.signature?.verifyHeader(body, header, secret, 300, undefined, SENT * 1000);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

describe('a signature of Stripe', () => {
  test('is known by its secret, among those of several endpoints and accounts', () => {
    const owners = ['whsec_another_account_0001', SECRET, 'whsec_rolled_out_00000001'].map(ownerOf);
    expect(check(HEADER, BODY, owners)).toEqual({ kind: 'verified', owner: owners[1] });
    expect(check(signed(BODY.toString(), 'whsec_rolled_out_00000001'), BODY, owners)).toMatchObject({
      owner: owners[2],
    });
  });

  test('counts when any of several is right, as while a secret is rolled', () => {
    expect(check(`t=${SENT},v1=${'0'.repeat(64)},v1=${V1}`).kind).toBe('verified');
    expect(check(`t=${SENT},v1=${V1},v1=${'0'.repeat(64)},v0=${'1'.repeat(64)}`).kind).toBe('verified');
    expect(check(`v1=${V1},t=${SENT}`).kind).toBe('verified');
  });

  test('has the whole text of the secret for its key, with the prefix', () => {
    const bare = createHmac('sha256', SECRET.slice('whsec_'.length)).update(`${SENT}.`).update(BODY).digest('hex');
    const decoded = createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64'))
      .update(`${SENT}.`)
      .update(BODY)
      .digest('hex');
    expect([bare, decoded].map((signature) => reasonFor(`t=${SENT},v1=${signature}`))).toEqual(['forged', 'forged']);
  });

  test.each([
    [-301, 'stale'],
    [-300, 'verified'],
    [0, 'verified'],
    [300, 'verified'],
    [301, 'stale'],
  ])('made %i s from now is %s', (seconds, outcome) => {
    expect(reasonFor(signed(BODY.toString(), SECRET, SENT + seconds))).toBe(outcome);
  });

  test.each<[string, string | undefined, string]>([
    ['missing', undefined, 'missing-header'],
    ['empty', '', 'missing-header'],
    ['only white space', ' ', 'malformed-header'],
    ['without a time', `v1=${V1}`, 'malformed-header'],
    ['without a signature', `t=${SENT}`, 'malformed-header'],
    ['of another scheme alone', `t=${SENT},v0=${V1}`, 'malformed-header'],
    ['of a scheme in capitals', `t=${SENT},V1=${V1}`, 'malformed-header'],
    ['in capitals', `t=${SENT},v1=${V1.toUpperCase()}`, 'malformed-header'],
    ['cut short', `t=${SENT},v1=${V1.slice(0, 62)}`, 'malformed-header'],
    ['too long', `t=${SENT},v1=${V1}00`, 'malformed-header'],
    ['joined from two headers', `${HEADER},${HEADER}`, 'malformed-header'],
    ['joined from two headers with a space', `${HEADER}, ${HEADER}`, 'malformed-header'],
    ['of a time that is no number', `t=${SENT}abc,v1=${V1}`, 'malformed-header'],
    ['of a time in hex', `t=0x6a,v1=${V1}`, 'malformed-header'],
    ['of a time with a fraction', `t=${SENT}.5,v1=${V1}`, 'malformed-header'],
    ['of a time in milliseconds', `t=${SENT}000,v1=${V1}`, 'malformed-header'],
    ['of a time twice', `t=${SENT},t=${SENT},v1=${V1}`, 'malformed-header'],
    ['of more than 4 KB', `${HEADER},v1=${'0'.repeat(64)}`.padEnd(4097, ','), 'malformed-header'],
    ['of another body', signed('{}'), 'forged'],
    ['by another secret', signed(BODY.toString(), 'whsec_strangers_secret_01'), 'forged'],
    ['of another time', `t=${SENT + 1},v1=${V1}`, 'forged'],
  ])('that is %s is %s', (_what, header, outcome) => {
    expect(reasonFor(header)).toBe(outcome);
  });

  test('of an empty body is refused, though it is right', () => {
    expect(reasonFor(signed(''), Buffer.alloc(0))).toBe('empty');
  });

  test('is refused where no secret is configured', () => {
    expect(check(HEADER, BODY, [])).toEqual({ kind: 'refused', reason: 'forged' });
  });
});

// --- Stripe's own library as the opposite party ---

const payloads = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
  fc.stringMatching(/^[\x20-\x7e]{1,200}$/),
);
// A byte-order mark at the start is dropped by their decoder, and with it their signature is another: Stripe sends none.
const bodies = payloads.filter((text) => text.length > 0 && text.isWellFormed() && !text.startsWith('\ufeff'));
const secretTexts = fc.stringMatching(/^whsec_[A-Za-z0-9]{16,40}$/);

describe('thousands of random deliveries', () => {
  test('that Stripe’s library signs are verified here', () => {
    fc.assert(
      fc.property(bodies, secretTexts, fc.integer({ min: -300, max: 300 }), (body, secret, age) => {
        const header = signed(body, secret, SENT + age);
        expect(check(header, Buffer.from(body), [ownerOf(secret)]).kind).toBe('verified');
      }),
      { numRuns: 3000 },
    );
  });

  test('that are signed by the plain definition are taken by Stripe’s library and here', () => {
    fc.assert(
      fc.property(bodies, secretTexts, (text, secret) => {
        const body = Buffer.from(text);
        const signature = createHmac('sha256', secret).update(`${SENT}.${text}`).digest('hex');
        const header = `t=${SENT},v1=${signature}`;
        expect(isTakenByStripe(body, header, secret)).toBe(true);
        expect(check(header, body, [ownerOf(secret)]).kind).toBe('verified');
      }),
      { numRuns: 2000 },
    );
  });

  test('and whose header or body is then spoilt are never taken here where Stripe’s library refuses them', () => {
    let refusedByBoth = 0;
    const spoil = fc.record({
      part: fc.constantFrom('header', 'body'),
      at: fc.nat(),
      by: fc.constantFrom('flip', 'drop', 'double', 'insert'),
      character: fc.constantFrom('0', 'f', 'A', ',', '=', ' ', 't', 'v', '1', '\0', 'é'),
    });
    fc.assert(
      fc.property(bodies, fc.array(spoil, { minLength: 1, maxLength: 3 }), (text, spoils) => {
        let header = signed(text);
        let body = text;
        for (const { part, at, by, character } of spoils) {
          if (part === 'header') header = spoilt(header, at, by, character);
          else body = spoilt(body, at, by, character);
        }
        if (header === '' || body === '' || !body.isWellFormed() || body.startsWith('\ufeff')) return;
        const theirs = isTakenByStripe(Buffer.from(body), header, SECRET);
        const ours = check(header, Buffer.from(body)).kind === 'verified';
        if (ours) expect(theirs).toBe(true);
        if (!theirs && !ours) refusedByBoth += 1;
      }),
      { numRuns: 5000 },
    );
    expect(refusedByBoth).toBeGreaterThan(3000);
  });

  test('of random bytes as a header are refused', () => {
    for (let length = 1; length <= 400; length += 1)
      expect(check(randomBytes(length).toString('latin1')).kind).toBe('refused');
  });
});

test('a delivery that was verified is stale ten minutes later', () => {
  expect(check(HEADER, BODY, OWNERS, plusSeconds(NOW, 600))).toEqual({ kind: 'refused', reason: 'stale' });
});

function spoilt(text: string, at: number, by: string, character: string): string {
  const position = at % (text.length + 1);
  const [before, after] = [text.slice(0, position), text.slice(position)];
  if (by === 'insert') return before + character + after;
  if (by === 'drop') return before + after.slice(1);
  if (by === 'double') return before + after.slice(0, 1) + after;
  return after === '' ? text : before + String.fromCharCode(after.charCodeAt(0) ^ 1) + after.slice(1);
}
