import { describe, expect, it } from 'vitest';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { NotAccepted, type NoticeOutcome, type Prepared, sendOnce } from '../../functions/notices/notice.store.ts';
import { THANK_YOU } from '../../functions/notices/notice.ts';
import { noticeKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const KEY = noticeKey('gft_1', THANK_YOU);

/** A mail provider that keeps what it took, and fails first as often as it is told. */
function provider(...failures: readonly Error[]) {
  const taken: string[] = [];
  let asked = 0;
  const send = async (message: string): Promise<{ messageId: string }> => {
    const failure = failures[asked];
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (failure !== undefined) throw failure;
    taken.push(message);
    return { messageId: `message-${taken.length}` };
  };
  return { taken, send, asked: () => asked };
}

const thank = (
  table: Table,
  send: (message: string) => Promise<{ messageId: string }>,
  prepare: () => Promise<Prepared<string>> = async () => ({ message: 'thank you' }),
): Promise<NoticeOutcome> => sendOnce(table, KEY, THANK_YOU, NOW, prepare, send);

const notAccepted = (forGood = false) => new NotAccepted('TooManyRequestsException', { forGood });
const claimIn = (table: MemoryTable) => table.everything().find(({ type }) => type === 'notice');

describe('a notice', () => {
  it('is sent once and remembered with the provider’s own number', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    expect(await thank(table, send)).toEqual({ kind: 'sent' });
    expect(taken).toEqual(['thank you']);
    expect(claimIn(table)).toMatchObject({ state: 'sent', sentAt: NOW, messageId: 'message-1', kind: THANK_YOU });
  });

  it('is not sent again, however often it is asked for', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    await thank(table, send);
    for (let again = 0; again < 5; again += 1) expect(await thank(table, send)).toEqual({ kind: 'already-sent' });
    expect(taken).toHaveLength(1);
  });

  it('is sent by exactly one of fifty who try at the same moment; the others leave it', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => thank(table, send)));
    expect(taken).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'uncertain')).toHaveLength(49);
    expect(await thank(table, send)).toEqual({ kind: 'already-sent' });
  });

  it('that the provider did not take gives its claim back and is sent at the next attempt', async () => {
    const table = memoryTable();
    const { taken, send } = provider(notAccepted(), notAccepted());
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(thank(table, send)).rejects.toBeInstanceOf(ThrottledError);
      expect(claimIn(table)).toBeUndefined();
    }
    expect(await thank(table, send)).toEqual({ kind: 'sent' });
    expect(taken).toHaveLength(1);
  });

  it.each([new Error('socket hang up'), new TransientError('no answer in 20 s'), new ThrottledError('slow down')])(
    'that failed in an unknown way (%s) may have been sent, and never is again',
    async (failure) => {
      const table = memoryTable();
      const mailer = provider(failure);
      await expect(thank(table, mailer.send)).rejects.toBe(failure);
      for (let again = 0; again < 3; again += 1) expect(await thank(table, mailer.send)).toEqual({ kind: 'uncertain' });
      expect(mailer.asked()).toBe(1);
    },
  );

  it('that was sent but could not be noted is not sent again', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    const forgetful: Table = {
      ...table,
      write: async (write) => {
        if ('update' in write) throw new TransientError('the store is away');
        return table.write(write);
      },
    };
    await expect(thank(forgetful, send)).rejects.toThrow('the store is away');
    expect(await thank(table, send)).toEqual({ kind: 'uncertain' });
    expect(taken).toHaveLength(1);
  });

  it('to somebody who has been erased is undeliverable for good, and nothing failed', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    const erased = async () => ({ undeliverable: 'erased' });
    expect(await thank(table, send, erased)).toEqual({ kind: 'undeliverable', reason: 'erased' });
    expect(await thank(table, send)).toEqual({ kind: 'undeliverable', reason: 'erased' });
    expect(taken).toEqual([]);
  });

  it('that cannot be prepared leaves no claim, so that the next attempt is free', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    const failing = async (): Promise<never> => {
      throw new TransientError('the template is away');
    };
    await expect(thank(table, send, failing)).rejects.toThrow('the template is away');
    expect(table.changes).toEqual([]);
    expect(await thank(table, send)).toEqual({ kind: 'sent' });
    expect(taken).toHaveLength(1);
  });

  it('whose claim was written while its answer was lost, and asked for once more, is still sent', async () => {
    const table = memoryTable();
    const { taken, send } = provider();
    // As the SDK does: the first request is carried out, its answer is lost, the same request is sent again.
    const repeating: Table = {
      ...table,
      write: async (write) => {
        await table.write(write);
        return table.write(write);
      },
    };
    expect(await thank(repeating, send)).toEqual({ kind: 'sent' });
    expect(taken).toHaveLength(1);
  });

  it('that gives its claim back does not take away the claim of the next one, even if the store is asked twice', async () => {
    const table = memoryTable();
    const first = provider(notAccepted());
    const second = provider();
    let next: Promise<NoticeOutcome> | undefined;
    const repeatingDelete: Table = {
      ...table,
      write: async (write) => {
        const outcome = await table.write(write);
        if (!('delete' in write)) return outcome;
        next = thank(table, second.send);
        await Promise.resolve();
        return table.write(write);
      },
    };
    await expect(thank(repeatingDelete, first.send)).rejects.toBeInstanceOf(NotAccepted);
    const third = await thank(table, second.send);
    expect(await next).toEqual({ kind: 'sent' });
    expect(third).toEqual({ kind: 'uncertain' });
    expect(second.taken).toHaveLength(1);
  });
});
