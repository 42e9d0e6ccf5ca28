import { TransientError } from '../functions/kernel/errors.ts';
import type { SendMail } from '../functions/notices/mail.gateway.ts';
import { NotAccepted } from '../functions/notices/notice.store.ts';
import type { NoticeMessage, QueueNotices } from '../functions/notices/notice-queue.gateway.ts';
import { definition as sendNotice } from '../functions/notices/send-notice.lambda.ts';
import type { Life } from './scheduler.ts';
import { portsOf, receive, type World } from './world.ts';

type Waiting = { readonly message: NoticeMessage; readonly deliveries: number };

/** As infra/queues.ts and the manifest have them. */
const BATCH_SIZE = 5;
const SENDERS = 5;
const VISIBILITY_MS = 1_080_000;
const MOST_DELIVERIES = 10;
const DELAY_MS = 1_000;
const CALL_MS = 300;

/** No donor of the simulator leaves anything but a mail address. */
const onlyMail = (): never => {
  throw new Error('the simulator sends mail only');
};

/** The notice queue, its five senders, and the mail provider behind them, which knows every mail it has taken. */
export class ThankYous {
  /** How often the provider has taken a mail to an address. */
  readonly taken = new Map<string, number>();
  /** Gifts whose message failed ten times; a person sees to them. */
  readonly deadLetters = new Set<string>();
  readonly #world: World;
  readonly #waiting: Waiting[] = [];
  #sending = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** The queue as one invocation sees it: what is put may get in although the answer says no. */
  queueNotices(life: Life): QueueNotices {
    const { random, faults } = this.#world;
    return async (messages, delaySeconds = 0) => {
      await life.wait(random.below(CALL_MS));
      const fault = faults.first(['lost before', 'lost after', 'crash before', 'crash after', 'queue took a part']);
      if (fault === 'crash before') return life.crash();
      if (fault === 'lost before') throw new TransientError('simulated: no answer from the queue');
      const taken = fault === 'queue took a part' ? random.below(messages.length) : messages.length;
      for (const message of messages.slice(0, taken)) this.#put({ message, deliveries: 0 }, delaySeconds * 1_000);
      if (taken < messages.length) throw new TransientError('simulated: some notices did not get into the queue');
      if (fault === 'crash after') return life.crash();
      if (fault === 'lost after') throw new TransientError('simulated: no answer from the queue');
    };
  }

  #put(waiting: Waiting, notBeforeMs: number): void {
    const { scheduler, random, faults } = this.#world;
    const times = faults.strikes('notice delivered twice') ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      scheduler.after(notBeforeMs + random.below(DELAY_MS), () => {
        this.#waiting.push(waiting);
        this.#wake();
      });
  }

  #wake(): void {
    const { scheduler, random } = this.#world;
    if (this.#sending === SENDERS || this.#waiting.length === 0) return;
    this.#sending += 1;
    const batch: Waiting[] = [];
    while (batch.length < BATCH_SIZE && this.#waiting.length > 0)
      batch.push(...this.#waiting.splice(random.below(this.#waiting.length), 1));
    scheduler.start(
      'send-notice',
      (life) => this.#send(batch, life),
      (ending) => {
        this.#sending -= 1;
        const failed = ending.kind === 'done' ? batch.filter((_, position) => ending.value.has(position)) : batch;
        for (const { message, deliveries } of failed) this.#again({ message, deliveries: deliveries + 1 });
        this.#wake();
      },
    );
  }

  #send(batch: readonly Waiting[], life: Life): Promise<ReadonlySet<number>> {
    const { table, sendMail } = portsOf(this.#world, life, 'send-notice', { sendMail: this.#mail(life) });
    const messages = batch.map(({ message }) => message);
    const use = {
      ...{ table, sendMail, queueNotices: this.queueNotices(life) },
      readDonorKey: async () => 'donor key of the simulator',
      readUpdate: async () => undefined,
      readReceipt: async () => undefined,
      mailPace: { take: async () => 'now' as const, slowDown: async () => undefined },
      sendSms: onlyMail,
      sendWechat: onlyMail,
      readMessagingAccounts: async () => ({ wechat: [], sms: [] }),
    };
    return receive(this.#world, sendNotice, use, messages);
  }

  #again(waiting: Waiting): void {
    if (waiting.deliveries < MOST_DELIVERIES) this.#put(waiting, VISIBILITY_MS);
    else if ('giftId' in waiting.message) this.deadLetters.add(waiting.message.giftId);
  }

  #mail(life: Life): SendMail {
    const { random, faults, scheduler, trace } = this.#world;
    return async ({ to }) => {
      await life.wait(random.below(CALL_MS));
      const fault = faults.first([
        'mail refused for now',
        'mail refused for good',
        'mail taken, answer lost',
        'mail lost, answer lost',
        'crash before',
        'crash after',
      ]);
      trace.note(scheduler.now, life.name, `mails ${to}${fault === undefined ? '' : ` (${fault})`}`);
      switch (fault) {
        case 'mail refused for now':
          throw new NotAccepted('simulated: too many requests', { forGood: false });
        case 'mail refused for good':
          throw new NotAccepted('simulated: message rejected', { forGood: true });
        case 'mail lost, answer lost':
          throw new Error('simulated: connection reset');
        case 'mail taken, answer lost':
          this.#take(to);
          throw new Error('simulated: connection reset');
        case 'crash before':
          return life.crash();
        case 'crash after':
          this.#take(to);
          return life.crash();
        default:
          this.#take(to);
          return { messageId: `mail-${this.taken.size}` };
      }
    };
  }

  #take(to: string): void {
    const times = (this.taken.get(to) ?? 0) + 1;
    this.taken.set(to, times);
    if (times > 1) this.#world.auditor.find('no donor is thanked twice for a gift', `${times} mails to ${to}`);
  }
}
