import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** One notice that is due. It names the gift; who gets it and what it says is read when it is sent. */
export const noticeMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('thank-you'), giftId: z.string(), orderNo: z.string(), campaignId: z.string() }),
  /** Something was settled about a gift after it was counted: the campaign's adjustment of this number. */
  z.strictObject({
    kind: z.literal('gift-changed'),
    giftId: z.string(),
    campaignId: z.string(),
    number: z.number().int().min(1),
  }),
]);
export type NoticeMessage = z.infer<typeof noticeMessageSchema>;

/** Puts notices into the queue. Throws TransientError when some did not get in: putting one in twice is harmless. */
export type QueueNotices = (messages: readonly NoticeMessage[]) => Promise<void>;

/** SQS's own limit on one batch. */
const LARGEST_SEND = 10;
const openSqs = once(() => new SQSClient(clientSettings));

export const openNoticeQueue = once(
  (): QueueNotices => async (messages) => {
    for (let start = 0; start < messages.length; start += LARGEST_SEND) {
      await sendSome(messages.slice(start, start + LARGEST_SEND));
    }
  },
);

async function sendSome(messages: readonly NoticeMessage[]): Promise<void> {
  const command = new SendMessageBatchCommand({
    QueueUrl: environment('NOTICE_QUEUE_URL'),
    Entries: messages.map((message, position) => ({ Id: String(position), MessageBody: JSON.stringify(message) })),
  });
  const answer = await openSqs()
    .send(command)
    .catch((error: unknown) => {
      throw new TransientError(`cannot queue notices: ${reasonOf(error)}`, { cause: error });
    });
  const failed = answer.Failed?.length ?? 0;
  if (failed > 0) throw new TransientError(`${failed} of ${messages.length} notices did not get into the queue`);
}
