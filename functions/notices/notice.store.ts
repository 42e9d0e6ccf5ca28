import { randomUUID } from 'node:crypto';
import { PermanentError, ThrottledError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Key } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type Notice, noticeSchema } from './notice.ts';

/**
 * What became of a notice. `uncertain`: an earlier attempt took it and never said how it went, so it may have been
 * sent; it is not sent again, because a donor thanked twice loses more trust than one thanked late by a person.
 */
export type NoticeOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'already-sent' }
  | { readonly kind: 'undeliverable'; readonly reason: string }
  | { readonly kind: 'uncertain' };

/** What is to be sent, or why there is nobody to send it to. */
export type Prepared<Message> =
  | {
      readonly message: Message;
      /** Kept with the claim: what the message takes into account (notice.ts). */
      readonly told?: number;
      /** Asked once the claim is written: whether the message still says how things are. */
      readonly isStillTrue?: () => Promise<boolean>;
      /** Where the claim stands in the index, if it is to be found by its campaign. */
      readonly index?: IndexPosition | undefined;
    }
  | { readonly undeliverable: string; readonly index?: IndexPosition | undefined };
type IndexPosition = { readonly indexPk: string; readonly indexSk: string };

/** What the provider, or all of them that were tried, made of a message. */
export type Handed =
  | { readonly messageId: string; readonly channel?: string }
  /** Certainly sent by nobody, and never will be. */
  | { readonly undeliverable: string; readonly detail: string };

/**
 * Sends once, whatever is repeated. `prepare` comes before the claim, so that what fails in it can be repeated freely;
 * after the claim only `isStillTrue` and `send` can fail. A message that has become untrue meanwhile is not sent: the claim
 * is given back, and TransientError asks for another try. So whoever finds no claim knows that what they see will be told.
 */
export async function sendOnce<Message>(
  table: Table,
  key: Key,
  kind: string,
  now: Instant,
  prepare: () => Promise<Prepared<Message>>,
  send: (message: Message) => Promise<Handed>,
): Promise<NoticeOutcome> {
  const prepared = await prepare();
  const undeliverable = 'undeliverable' in prepared ? prepared.undeliverable : undefined;
  const claim: Notice = {
    type: 'notice',
    kind,
    claimedAt: now,
    claimId: randomUUID(),
    ...(undeliverable === undefined ? { state: 'sending' } : { state: 'undeliverable', reason: undeliverable }),
    ...('told' in prepared && prepared.told !== undefined ? { told: prepared.told } : {}),
  };
  const claimed = await table.write({ put: { ...key, ...prepared.index, ...claim }, when: { absent: true } });
  if (claimed.kind === 'condition-failed') {
    const existing = noticeSchema.parse(claimed.existing);
    // Our own claim, whose answer was lost on the way before the SDK asked again.
    if (existing.claimId !== claim.claimId) return outcomeOf(existing);
  }
  if ('undeliverable' in prepared) return { kind: 'undeliverable', reason: prepared.undeliverable };
  const giveBack = () => table.write({ delete: key, when: { equals: { claimId: claim.claimId } } });
  await mustBeStillTrue(prepared.isStillTrue, giveBack);
  try {
    const handed = await send(prepared.message);
    if ('undeliverable' in handed) {
      const { undeliverable: reason, detail } = handed;
      await table.write({ update: key, set: { state: 'undeliverable', reason, detail } });
      return { kind: 'undeliverable', reason };
    }
    await table.write({ update: key, set: { state: 'sent', sentAt: now, ...handed } });
    return { kind: 'sent' };
  } catch (error) {
    // The provider said no before it took the mail: nothing was sent, so the claim is given back for the next attempt.
    // Ours only: a repeated delete must not take away the claim of whoever came next.
    if (error instanceof NotAccepted) await giveBack();
    throw error;
  }
}

/** Nothing has been sent yet, so whatever goes wrong here gives the claim back. */
async function mustBeStillTrue(
  isStillTrue: (() => Promise<boolean>) | undefined,
  giveBack: () => Promise<unknown>,
): Promise<void> {
  if (isStillTrue === undefined) return;
  const stillTrue = await isStillTrue().catch(async (error: unknown) => {
    await giveBack();
    throw error;
  });
  if (stillTrue) return;
  await giveBack();
  throw new TransientError('what the notice says changed while it was being claimed: it is written again');
}

/**
 * The provider certainly did not take the mail. Everything else that is thrown leaves it uncertain. `forGood`: it refused
 * this very mail (an address it will not write to), and would again.
 */
export class NotAccepted extends ThrottledError {
  readonly forGood: boolean;
  constructor(message: string, options: ErrorOptions & { readonly forGood: boolean }) {
    super(message, options);
    this.forGood = options.forGood;
  }
}

function outcomeOf(existing: Notice): NoticeOutcome {
  switch (existing.state) {
    case 'sent':
      return { kind: 'already-sent' };
    case 'undeliverable':
      return { kind: 'undeliverable', reason: existing.reason ?? '' };
    case 'sending':
      return { kind: 'uncertain' };
    default:
      throw new PermanentError(`unknown state of a notice: ${String(existing.state satisfies never)}`);
  }
}
