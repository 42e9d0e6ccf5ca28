import { type GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PermanentError, TransientError } from '../../functions/kernel/errors.ts';
import { readSecret } from '../../functions/platform/secrets.ts';

const MINUTE_MS = 60_000;
let answers: Map<string, string | undefined | Error>;
let asked: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-09-07T12:00:00Z') });
  answers = new Map();
  asked = [];
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async (command) => {
    const id = (command as GetSecretValueCommand).input.SecretId ?? '';
    asked.push(id);
    const answer = answers.get(id);
    if (answer instanceof Error) throw answer;
    return { SecretString: answer } as never;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

// What has been read stays cached for the file, so each story has a secret of its own.
describe('a secret', () => {
  it('is read once and believed for five minutes, so that a rotated key is in use soon after', async () => {
    answers.set('rotated', 'old');
    expect(await readSecret('rotated')).toBe('old');
    answers.set('rotated', 'new');
    vi.advanceTimersByTime(5 * MINUTE_MS - 1);
    expect(await readSecret('rotated')).toBe('old');
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(await readSecret('rotated')).toBe('new');
    expect(asked).toHaveLength(2);
  });

  it('stays in use while the store is away, and is asked for again each time', async () => {
    answers.set('away', 'old');
    await readSecret('away');
    answers.set('away', new Error('the store is away'));
    vi.advanceTimersByTime(60 * MINUTE_MS);
    expect(await readSecret('away')).toBe('old');
    answers.set('away', 'new');
    expect(await readSecret('away')).toBe('new');
  });

  it('that was never read makes its reader try again later while the store is away', async () => {
    answers.set('unread', new Error('AccessDenied'));
    await expect(readSecret('unread')).rejects.toBeInstanceOf(TransientError);
    await expect(readSecret('unread')).rejects.toThrow(/cannot read secret: Error: AccessDenied/);
  });

  it('without text is a mistake in the deployment', async () => {
    answers.set('binary', undefined);
    await expect(readSecret('binary')).rejects.toBeInstanceOf(PermanentError);
  });

  it('is not taken for another one', async () => {
    answers.set('one', '1').set('two', '2');
    expect([await readSecret('one'), await readSecret('two'), await readSecret('one')]).toEqual(['1', '2', '1']);
    expect(asked).toEqual(['one', 'two']);
  });
});
