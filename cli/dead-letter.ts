import * as z from 'zod';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { MANIFEST } from '../functions/manifest.ts';
import type { DeadLetterQueue, RawLetter } from './operator.ts';

/** What a letter is about: ids and reasons, nothing by which a donor could be reached. */
export type DeadLetter = {
  readonly id: string;
  readonly receipt: string;
  readonly sentAt: number;
  readonly about: string;
  /** Why it failed, as far as the letter says. */
  readonly reason: string;
  /** What can be done again. */
  readonly replay: Replay | undefined;
};
export type Replay =
  | { readonly kind: 'notice' }
  | { readonly kind: 'item'; readonly functionName: string; readonly pk: string; readonly sk: string };

/** What a letter may ask to be called: nothing but the functions that read the stream. */
const STREAM_FUNCTIONS = (Object.entries(MANIFEST) as [string, FunctionSpec][]).flatMap(([name, { trigger }]) =>
  trigger.kind === 'stream' ? [name] : [],
);
const noticeSchema = z.object({ kind: z.string(), giftId: z.string(), campaignId: z.string() });
const noteSchema = z.object({ source: z.string(), pk: z.string(), sk: z.string(), reason: z.string() });
/** What Lambda itself puts there after hours of failures (docs/runbook.md). */
const batchSchema = z.object({
  DDBStreamBatchInfo: z.object({ shardId: z.string(), startSequenceNumber: z.string(), endSequenceNumber: z.string() }),
});

// A reason quotes what a program said, and nobody can promise of every program that it names nobody.
const CONTACTS = /[^\s@:,"']+@[^\s@,"']+|(?<![\w#])\+?\d[\d -]{6,}\d(?!\w)/g;
const withoutContacts = (text: string): string => text.replace(CONTACTS, '(left out)');

/** A letter as a person may see it. Of what is unknown only its size is told. */
export function deadLetterOf(queue: DeadLetterQueue, { id, receipt, sentAt, body }: RawLetter): DeadLetter {
  const content = jsonOf(body);
  const about = (text: string, reason = '', replay?: Replay): DeadLetter => ({
    id,
    receipt,
    sentAt,
    about: text,
    reason,
    replay,
  });
  if (queue === 'notice') {
    const notice = noticeSchema.safeParse(content);
    if (notice.success)
      return about(`${notice.data.kind} for ${notice.data.giftId} of ${notice.data.campaignId}`, '', {
        kind: 'notice',
      });
  }
  const note = noteSchema.safeParse(content);
  if (note.success) {
    const { source, pk, sk, reason } = note.data;
    const mayReplay = pk !== 'unknown' && STREAM_FUNCTIONS.includes(source);
    return about(
      `${source}: ${pk} / ${sk}`,
      withoutContacts(reason),
      mayReplay ? { kind: 'item', functionName: source, pk, sk } : undefined,
    );
  }
  const batch = batchSchema.safeParse(content);
  if (batch.success) {
    const { shardId, startSequenceNumber, endSequenceNumber } = batch.data.DDBStreamBatchInfo;
    return about(
      `records ${startSequenceNumber} to ${endSequenceNumber} of shard ${shardId}: by hand (docs/runbook.md)`,
    );
  }
  return about(`${Buffer.byteLength(body)} bytes of unknown form`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
