import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { queueFunction, type StreamImage, streamFunction } from '../../functions/platform/batch.ts';
import { log } from '../../functions/platform/log.ts';
import { lambdaContext } from './http-event.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const replacement = { use: 'what is used', tellTime: async () => NOW };
const never = (): never => {
  throw new Error('a replaced function must open nothing');
};
afterEach(() => vi.restoreAllMocks());

describe('a batch from the stream', () => {
  const event = {
    Records: [
      {
        dynamodb: { SequenceNumber: '100', NewImage: marshall({ giftId: 'gft_1', amountMinor: 1_770, unitId: null }) },
      },
      { dynamodb: { SequenceNumber: '101' } },
    ],
  } as DynamoDBStreamEvent;
  type Handle = (images: readonly StreamImage[], use: string) => Promise<string | undefined>;
  const deliver = (handle: Handle) =>
    streamFunction({ name: 'test', open: never, handle }, replacement)(event, lambdaContext);

  it('comes as plain items with their positions; a deletion has none', async () => {
    const seen: unknown[] = [];
    const answer = await deliver(async (images, use) => {
      seen.push(images, use);
      return undefined;
    });
    expect(seen).toEqual([
      [
        { position: '100', image: { giftId: 'gft_1', amountMinor: 1_770, unitId: null } },
        { position: '101', image: undefined },
      ],
      'what is used',
    ]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('comes again from the position that the consumer names', async () => {
    expect(await deliver(async () => '101')).toEqual({ batchItemFailures: [{ itemIdentifier: '101' }] });
  });

  it('comes again whole when the consumer throws', async () => {
    const logged = vi.spyOn(log, 'error').mockReturnValue(undefined);
    const failure = new TransientError('the store is away');
    await expect(deliver(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(logged).toHaveBeenCalledWith('batch failed', { reason: 'TransientError: the store is away' });
  });
});

describe('a batch from a queue', () => {
  const eventOf = (...bodies: string[]) =>
    ({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body })) }) as unknown as SQSEvent;
  const deliver = (handle: (message: unknown) => Promise<void>, ...bodies: string[]) =>
    queueFunction({ name: 'test', open: never, handle }, replacement)(eventOf(...bodies), lambdaContext);

  it('is handled message by message, one after another', async () => {
    const steps: string[] = [];
    const handle = async (message: unknown): Promise<void> => {
      steps.push(`begin ${message}`);
      await Promise.resolve();
      steps.push(`end ${message}`);
    };
    expect(await deliver(handle, '1', '2')).toEqual({ batchItemFailures: [] });
    expect(steps).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('leaves in the queue what failed or cannot be read, and nothing else', async () => {
    const handled: unknown[] = [];
    const handle = async (message: unknown): Promise<void> => {
      if (message === 2) throw new TransientError('not now');
      handled.push(message);
    };
    expect(await deliver(handle, '1', '2', '{', '4')).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    expect(handled).toEqual([1, 4]);
  });
});
