import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';
import type { NoticeMessage } from './notice-message.ts';

export type { NoticeMessage } from './notice-message.ts';

/**
 * Puts notices into the queue, to be seen after `delaySeconds` (at most 900, SQS's own limit; at once if left out). Throws
 * TransientError when some did not get in: putting one in twice is harmless.
 */
export type QueueNotices = (messages: readonly NoticeMessage[], delaySeconds?: number) => Promise<void>;
/** SQS's own limit on how long a message is kept back. */
export const LONGEST_DELAY_SECONDS = 900;

/** SQS's own limit on one batch. */
const LARGEST_SEND = 10;
const openSqs = once(() => new SQSClient(clientSettings));

export const openNoticeQueue = once(
  (): QueueNotices =>
    async (messages, delaySeconds = 0) => {
      for (let start = 0; start < messages.length; start += LARGEST_SEND) {
        await sendSome(messages.slice(start, start + LARGEST_SEND), delaySeconds);
      }
    },
);

async function sendSome(messages: readonly NoticeMessage[], delaySeconds: number): Promise<void> {
  const command = new SendMessageBatchCommand({
    QueueUrl: environment('NOTICE_QUEUE_URL'),
    Entries: messages.map((message, position) => ({
      Id: String(position),
      MessageBody: JSON.stringify(message),
      ...(delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds }),
    })),
  });
  const answer = await openSqs()
    .send(command)
    .catch((error: unknown) => {
      throw new TransientError(`cannot queue notices: ${reasonOf(error)}`, { cause: error });
    });
  const failed = answer.Failed?.length ?? 0;
  if (failed > 0) throw new TransientError(`${failed} of ${messages.length} notices did not get into the queue`);
}
