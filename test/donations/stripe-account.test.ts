import { describe, expect, test } from 'vitest';
import {
  parseStatedStripeAccounts,
  parseStripeApiKeys,
  parseStripeSecrets,
} from '../../functions/donations/stripe-account.ts';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { ACCOUNT, merchantSecret, SECRET } from './stripe-maker.ts';

const secretOf = (...accounts: object[]): string =>
  JSON.stringify({ stripe: accounts.map((changes) => ({ ...merchantSecret().stripe[0], ...changes })) });
const textOf = (n: number): string => `whsec_secretOfAnEndpoint${String(n).padStart(4, '0')}`;

describe('the Stripe part of the merchant secret', () => {
  test('gives every endpoint’s secret with its account, the old and the new one of a roll among them', () => {
    const read = parseStripeSecrets(
      secretOf(
        { endpointSecrets: [SECRET, textOf(1)] },
        { accountId: 'acct_TestOfTheCity1', livemode: false, endpointSecrets: [textOf(2)] },
      ),
    );
    expect(read.map(({ account }) => account)).toEqual([
      { accountId: ACCOUNT, livemode: true },
      { accountId: ACCOUNT, livemode: true },
      { accountId: 'acct_TestOfTheCity1', livemode: false },
    ]);
    expect(read[0]?.key.export().toString()).toBe(SECRET);
  });

  test('may be missing: then no secret is known, and the door is closed', () => {
    expect(parseStripeSecrets('{}')).toEqual([]);
  });

  test.each<[string, object]>([
    ['a secret with a line break', { endpointSecrets: [`${SECRET}\n`] }],
    ['a secret with a space inside', { endpointSecrets: [`whsec_9sRt JcM3Zk2VbX7yQ5nW8`] }],
    ['a secret that begins with a space', { endpointSecrets: [` ${SECRET}`] }],
    ['an empty secret', { endpointSecrets: [''] }],
    ['a secret of nothing but its prefix', { endpointSecrets: ['whsec_'] }],
    ['an API key in a secret’s place', { endpointSecrets: ['sk_live_0123456789abcdef'] }],
    ['no secret at all', { endpointSecrets: [] }],
    ['no mode', { livemode: undefined }],
    ['a mode as text', { livemode: 'true' }],
    ['an account that is none', { accountId: 'yiqi' }],
    ['an API key that is none', { apiKey: 'sk_live_' }],
    ['a field that is not known', { secretKey: 'x' }],
  ])('is refused with %s, and says where without saying what', (_what, changes) => {
    const read = () => parseStripeSecrets(secretOf(changes));
    expect(read).toThrow(PermanentError);
    expect(read).toThrow(/wrong at: stripe\.0/);
    expect(read).not.toThrow(/9sRt|sk_live/);
  });

  test('cannot give one secret to two accounts, name an account twice, or hold more secrets than are tried', () => {
    expect(() => parseStripeSecrets(secretOf({}, { accountId: 'acct_AnotherCity01' }))).toThrow(/secret twice/);
    expect(() => parseStripeSecrets(secretOf({}, { endpointSecrets: [textOf(1)] }))).toThrow(/account twice/);
    const many = (first: number) => ({ endpointSecrets: Array.from({ length: 11 }, (_, n) => textOf(first + n)) });
    expect(() => parseStripeSecrets(secretOf(many(0), { ...many(50), accountId: 'acct_AnotherCity01' }))).toThrow(
      /more than 20/,
    );
  });

  test('may hold an API key for an account, of its own mode and of one mode only', () => {
    const live = { apiKey: 'rk_live_0123456789abcdef' };
    const testMode = { livemode: false, endpointSecrets: [textOf(1)], apiKey: 'sk_test_0123456789abcdef' };
    expect(parseStripeApiKeys(secretOf({}))).toEqual(new Map());
    expect(parseStripeApiKeys(secretOf(live, { ...testMode, accountId: 'acct_AnotherCity01' }))).toEqual(
      new Map([
        [ACCOUNT, live.apiKey],
        ['acct_AnotherCity01', testMode.apiKey],
      ]),
    );
    expect(() => parseStripeApiKeys(secretOf({ ...testMode, livemode: true }))).toThrow(
      /other mode at: stripe\.0\.apiKey/,
    );
    expect(() => parseStripeApiKeys(secretOf(live, testMode))).toThrow(/both modes/);
  });
});

test('every account has statements once, by the mode that has a key, whether or not anybody may ask for them', () => {
  const other = 'acct_TestOfTheCity1';
  const read = parseStatedStripeAccounts(
    secretOf(
      { endpointSecrets: [textOf(1)] },
      { livemode: false, apiKey: 'rk_test_ReadsTheStatement', endpointSecrets: [textOf(2)], organisationId: 'dazhou' },
      { accountId: other, endpointSecrets: [textOf(3)], giftsOnly: true },
    ),
  );
  expect(read).toEqual([
    { accountId: ACCOUNT, apiKey: 'rk_test_ReadsTheStatement', organisationId: 'dazhou', giftsOnly: false },
    { accountId: other, giftsOnly: true },
  ]);
  expect(parseStatedStripeAccounts('{}')).toEqual([]);
});
