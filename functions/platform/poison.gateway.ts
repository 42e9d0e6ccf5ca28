import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from './clients.ts';
import { environment } from './environment.ts';
import { log } from './log.ts';
import { count, METRICS } from './metrics.ts';

/** What a person needs to find a record that could not be processed: where it came from, which item, why. No donor data. */
export type PoisonNote = { readonly source: string; readonly pk: string; readonly sk: string; readonly reason: string };
/** Sets one record aside for a person, so that its neighbours go on. Throws TransientError when even that fails. */
export type SetAside = (note: PoisonNote) => Promise<void>;

const openSqs = once(() => new SQSClient(clientSettings));

/** The poison queue of this deployment; the runbook says how to look at it and how to replay. */
export const openPoisonQueue = once(
  (): SetAside => async (note) => {
    try {
      await openSqs().send(
        new SendMessageCommand({ QueueUrl: environment('POISON_QUEUE_URL'), MessageBody: JSON.stringify(note) }),
      );
    } catch (error) {
      throw new TransientError(`cannot set a record aside: ${reasonOf(error)}`, { cause: error });
    }
  },
);

/** Sets a record aside with its log line and its metric, which rings the alarm. */
export async function setPoisonAside(
  setAside: SetAside,
  source: string,
  image: unknown,
  reason: string,
): Promise<void> {
  const note = poisonNote(source, image, reason);
  log.error('record set aside', { note });
  count(METRICS.poisonRecord);
  await setAside(note);
}

/** The key of whatever came out of the stream, as far as it has one. */
export function poisonNote(source: string, image: unknown, reason: string): PoisonNote {
  const item = typeof image === 'object' && image !== null ? (image as Record<string, unknown>) : {};
  return { source, pk: String(item['pk'] ?? 'unknown'), sk: String(item['sk'] ?? 'unknown'), reason };
}
