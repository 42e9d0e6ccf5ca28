import { NotAccepted } from '../functions/notices/notice.store.ts';
import type { Write } from '../functions/platform/table.ts';
import { type Mutation, ported, rewriting, withoutGuard } from './mutation.ts';
import type { Ports } from './world.ts';

/** Breaks of how gifts are taken in, delivered, and thanked for. */
export const INTAKE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'lose-failed-batch',
    breaks: 'a batch that failed is not delivered again',
    losesFailedBatches: true,
  },
  {
    name: 'acknowledge-before-write',
    breaks: 'a notification is answered before its entry is written, and then the machine sleeps',
    ports: ported(
      (table) => ({
        write: async (write) => {
          void table.write(write).catch(() => undefined);
          return { kind: 'written' };
        },
      }),
      'receive-wechat-pay',
    ),
  },
  {
    name: 'acknowledge-failed-write',
    breaks: 'a notification whose entry could not be written is answered with success',
    ports: ported(
      (table) => ({
        write: (write) => table.write(write).catch(() => ({ kind: 'written' })),
      }),
      'receive-wechat-pay',
    ),
  },
  {
    name: 'write-entry-again',
    breaks: 'a repeated notification writes its entry anew',
    ports: rewriting(withoutGuard('GIFT#', 'ENTRY#', 'absent')),
  },
  {
    name: 'set-neighbours-aside',
    breaks: 'one bad record takes its whole batch with it',
    ports: (ports, of) => (of === 'allocate-donations' ? lazyAfterPoison(ports) : ports),
  },
  {
    name: 'lose-notices',
    breaks: 'thank-yous that did not get into the queue are forgotten',
    ports: (ports) => ({
      ...ports,
      queueNotices: (messages) => ports.queueNotices(messages).catch(() => undefined),
    }),
  },
  {
    name: 'mail-before-claim',
    breaks: 'the thank-you is sent first and claimed afterwards',
    ports: (ports, of) => (of === 'send-notice' ? claimingLate(ports) : ports),
  },
  {
    name: 'mail-unclaimed',
    breaks: 'a thank-you is claimed although somebody has claimed it',
    ports: rewriting(withoutGuard('GIFT#', 'NOTICE#', 'absent')),
  },
  {
    name: 'uncertain-is-unsent',
    breaks: 'the claim of a mail that may have been sent is given back',
    ports: (ports) => ({
      ...ports,
      sendMail: (mail) =>
        ports.sendMail(mail).catch((error: unknown) => {
          throw error instanceof NotAccepted ? error : new NotAccepted('mutation', { cause: error, forGood: false });
        }),
    }),
  },
];

/** Holds a claim back until the mail is out. */
function claimingLate(ports: Ports): Ports {
  let claim: Write | undefined;
  return {
    ...ports,
    table: {
      ...ports.table,
      write: async (write) => {
        if (!('put' in write)) return ports.table.write(write);
        claim = write;
        return { kind: 'written' };
      },
    },
    sendMail: async (mail) => {
      const answer = await ports.sendMail(mail);
      if (claim !== undefined) await ports.table.write(claim);
      return answer;
    },
  };
}

/** After the first record that was set aside, commits nothing more. */
function lazyAfterPoison(ports: Ports): Ports {
  let poisoned = false;
  return {
    ...ports,
    setAside: async (note) => {
      poisoned = true;
      await ports.setAside(note);
    },
    table: {
      ...ports.table,
      transact: async (writes) => (poisoned ? { kind: 'committed' } : ports.table.transact(writes)),
    },
  };
}
