import { describe, expect, it } from 'vitest';
import { authenticatorAddress, missingIn, type Questions, signIn, stepAfter } from '../../cli/sign-in.ts';
import type { PoolAnswer, UserPool } from '../../cli/user-pool.ts';

const TOKENS = { token: 'id-token', refreshToken: 'refresh', validSeconds: 3_600 };
const challenge = (name: string): PoolAnswer => ({ kind: 'challenge', name, session: 's' });
const DONE: PoolAnswer = { kind: 'signed-in', tokens: TOKENS };

/** A pool that answers one thing after the other, and notes what it was asked. */
function poolOf(...answers: PoolAnswer[]): UserPool & { readonly calls: string[] } {
  const calls: string[] = [];
  const next = (call: string) => async (): Promise<PoolAnswer> => {
    calls.push(call);
    return answers.shift() ?? challenge('SOFTWARE_TOKEN_MFA');
  };
  return {
    calls,
    begin: next('begin'),
    setPassword: next('set-password'),
    enrol: async () => ({ secret: 'SECRET', session: 'enrolling' }),
    finishEnrolment: next('finish-enrolment'),
    answerCode: next('answer-code'),
    renew: async () => undefined,
    revoke: async () => undefined,
  };
}

const questions = (code = '123 456'): Questions => ({
  newPassword: async () => 'Better-password-1',
  firstCode: async () => code,
  code: async () => code,
});

describe('a sign-in', () => {
  it('is over with the password where the pool asks for nothing else', async () => {
    const pool = poolOf(DONE);
    expect(await signIn(pool, questions(), 'li@example.org', 'x')).toEqual(TOKENS);
    expect(pool.calls).toEqual(['begin']);
  });

  it('replaces a temporary password, enrols a second factor and goes on', async () => {
    const pool = poolOf(challenge('NEW_PASSWORD_REQUIRED'), challenge('MFA_SETUP'), DONE);
    expect(await signIn(pool, questions(), 'li@example.org', 'x')).toEqual(TOKENS);
    expect(pool.calls).toEqual(['begin', 'set-password', 'finish-enrolment']);
  });

  it('answers with a code from the app, spaces left out', async () => {
    const pool = poolOf(challenge('SOFTWARE_TOKEN_MFA'), DONE);
    expect(await signIn(pool, questions(), 'li@example.org', 'x')).toEqual(TOKENS);
    expect(pool.calls).toEqual(['begin', 'answer-code']);
  });

  it.each(['12345', '1234567', 'abcdef', ''])('sends no code that cannot be one: "%s"', async (code) => {
    const pool = poolOf(challenge('SOFTWARE_TOKEN_MFA'), DONE);
    await expect(signIn(pool, questions(code), 'li@example.org', 'x')).rejects.toThrow('A code has six digits');
    expect(pool.calls).toEqual(['begin']);
  });

  it('says which challenge it cannot answer', () => {
    expect(stepAfter(challenge('SMS_MFA'))).toMatchObject({ do: 'give-up', because: expect.stringMatching('SMS_MFA') });
    expect(stepAfter(challenge('constructor'))).toMatchObject({ do: 'give-up' });
  });

  it('does not go round for ever with a pool that does', async () => {
    await expect(signIn(poolOf(), questions(), 'li@example.org', 'x')).rejects.toThrow('again and again');
  });
});

describe('a new password', () => {
  it.each([
    ['Good-password-1', []],
    ['长长的密码Aa1-长长长', []],
    ['short-A1', ['12 characters']],
    ['all-lower-case-1', ['an upper-case letter']],
    ['ALL-UPPER-CASE-1', ['a lower-case letter']],
    ['No-digits-at-all', ['a digit']],
    ['NoSymbolsAtAll12', ['a symbol']],
  ])('%s lacks %j', (password, missing) => {
    expect(missingIn(password)).toEqual(missing);
  });
});

it('an authenticator app is given the account and the secret', () => {
  expect(authenticatorAddress('li@example.org', 'ABC')).toBe(
    'otpauth://totp/Yiqi%3Ali%40example.org?secret=ABC&issuer=Yiqi',
  );
});
