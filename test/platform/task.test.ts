import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { log } from '../../functions/platform/log.ts';
import { taskFunction } from '../../functions/platform/task.ts';
import { lambdaContext } from './http-event.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
afterEach(() => vi.restoreAllMocks());

/** A task that takes a campaign and a number, and says what it was given. */
function taskWith(fail?: Error) {
  const calls: unknown[] = [];
  const run = taskFunction(
    {
      name: 'test-task',
      input: z.object({ campaignId: z.string(), round: z.number().int().min(1) }),
      open: (): string => {
        throw new Error('a replaced function must open nothing');
      },
      handle: async (input, use, now) => {
        calls.push([input, use, now]);
        if (fail !== undefined) throw fail;
        return { kind: 'done', round: input.round };
      },
    },
    { use: 'what is used', tellTime: async () => NOW },
  );
  return { calls, run: (input: unknown) => run(input, lambdaContext) };
}

describe('a task of a workflow', () => {
  it('gets its input, what it uses and the time, and returns the outcome that the workflow routes on', async () => {
    const { calls, run } = taskWith();
    const input = { campaignId: 'cmp_1', round: 1 };
    expect(await run({ ...input, more: 'which it did not ask for' })).toEqual({ kind: 'done', round: 1 });
    expect(calls).toEqual([[input, 'what is used', NOW]]);
  });

  it.each([
    undefined,
    null,
    'cmp_1',
    {},
    { campaignId: 'cmp_1' },
    { campaignId: 'cmp_1', round: 0 },
    { campaignId: 1, round: 1 },
  ])('stops for good at the wrong input %j, before it begins', async (input) => {
    const { calls, run } = taskWith();
    const running = run(input);
    await expect(running).rejects.toBeInstanceOf(PermanentError);
    await expect(running).rejects.toThrow(/^test-task was started with a wrong input/);
    expect(calls).toEqual([]);
  });

  it.each([new TransientError('a'), new ThrottledError('b'), new PermanentError('c'), new RangeError('d')])(
    'fails under the name that the workflow’s retries match on: %s',
    async (failure) => {
      const logged = vi.spyOn(log, 'error').mockReturnValue(undefined);
      await expect(taskWith(failure).run({ campaignId: 'cmp_1', round: 1 })).rejects.toBe(failure);
      expect(logged).toHaveBeenCalledWith('task failed', { reason: `${failure.name}: ${failure.message}` });
    },
  );

  it('names its failures so that no minifier can rename them', () => {
    expect([new TransientError(''), new ThrottledError(''), new PermanentError('')].map(({ name }) => name)).toEqual([
      'TransientError',
      'ThrottledError',
      'PermanentError',
    ]);
  });
});
