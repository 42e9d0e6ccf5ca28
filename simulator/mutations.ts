import { ThrottledError, TransientError } from '../functions/kernel/errors.ts';
import type { FunctionName } from '../functions/manifest.ts';
import { NotAccepted } from '../functions/notices/notice.store.ts';
import { type Condition, keyOf, type Table, type TransactWrite, type Write } from '../functions/platform/table.ts';
import type { PlanPart } from './naive-matching.ts';
import { rematching } from './rematching.ts';
import type { Ports } from './world.ts';

/**
 * One deliberate break. It changes what an invocation sends out or gets to see, never a source file: the handlers are
 * the real ones, and the system behaves as if they had been written wrongly.
 */
export type Mutation = {
  readonly name: string;
  readonly breaks: string;
  /** `store` is the table itself, where nothing fails. */
  readonly ports?: (ports: Ports, of: FunctionName, store: Table) => Ports;
  /** The stream goes on after a batch that failed. */
  readonly losesFailedBatches?: true;
};

type Rewrite = {
  readonly write?: (write: Write) => Write;
  readonly transact?: (writes: readonly TransactWrite[]) => readonly TransactWrite[];
};

const rewriting =
  (rewrite: Rewrite) =>
  (ports: Ports): Ports => ({
    ...ports,
    table: {
      ...ports.table,
      write: (write) => ports.table.write(rewrite.write?.(write) ?? write),
      transact: (writes) => ports.table.transact(rewrite.transact?.(writes) ?? writes),
    },
  });

const ported =
  (change: (table: Table) => Partial<Table>, only?: FunctionName) =>
  (ports: Ports, of: FunctionName): Ports =>
    only === undefined || only === of ? { ...ports, table: { ...ports.table, ...change(ports.table) } } : ports;

const isAbout = (write: TransactWrite, beginning: string, sortKey = ''): boolean => {
  const { pk, sk } = keyOf(write);
  return pk.startsWith(beginning) && sk.startsWith(sortKey);
};

/** The write without one of its conditions. */
function without<W extends TransactWrite>(write: W, lost: keyof Condition, attribute?: string): W {
  const { [lost]: dropped, ...rest } = write.when ?? {};
  if (attribute === undefined || typeof dropped !== 'object') return { ...write, when: rest };
  const kept = Object.fromEntries(Object.entries(dropped).filter(([name]) => name !== attribute));
  return { ...write, when: { ...rest, [lost]: kept } };
}

const withoutGuard = (beginning: string, sortKey: string, lost: keyof Condition, attribute?: string): Rewrite => {
  const stripped = <W extends TransactWrite>(write: W): W =>
    isAbout(write, beginning, sortKey) ? without(write, lost, attribute) : write;
  return { write: stripped, transact: (writes) => writes.map(stripped) };
};

const both = (one: Rewrite, other: Rewrite): Rewrite => ({
  transact: (writes) => other.transact?.(one.transact?.(writes) ?? writes) ?? writes,
});

const forgetting = (beginning: string, sortKey = ''): Rewrite => ({
  transact: (writes) => writes.filter((write) => !isAbout(write, beginning, sortKey)),
});

const matchingWithout =
  (...ignored: readonly PlanPart[]) =>
  (ports: Ports, of: FunctionName, store: Table): Ports =>
    of === 'allocate-donations' ? { ...ports, table: rematching(ports.table, store, new Set(ignored)) } : ports;

const isLost = (error: unknown): boolean => error instanceof TransientError || error instanceof ThrottledError;

/** Every break, each of which the simulator must find. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'skip-version-guard',
    breaks: 'the pool and its journal are written whatever has been counted meanwhile',
    ports: rewriting(
      both(withoutGuard('POOL#', 'POOL', 'equals', 'sequence'), withoutGuard('POOL#', 'JOURNAL#', 'absent')),
    ),
  },
  {
    name: 'count-twice',
    breaks: 'a match is written although there is one',
    ports: rewriting(withoutGuard('GIFT#', 'MATCH', 'absent')),
  },
  {
    name: 'forget-donor',
    breaks: 'that a donor has given before is not kept',
    ports: rewriting(forgetting('DONOR#')),
  },
  {
    name: 'skip-donor-guard',
    breaks:
      'a donor is noted as new although somebody noted them after this batch read donors and before it read the pool',
    ports: rewriting(withoutGuard('DONOR#', '', 'absent')),
  },
  {
    name: 'drop-unit-totals',
    breaks: 'totals of units are not kept',
    ports: rewriting(forgetting('TOTALS#', 'UNIT#')),
  },
  {
    name: 'drop-campaign-totals',
    breaks: 'totals of the campaign are not kept',
    ports: rewriting(forgetting('TOTALS#', 'CAMPAIGN')),
  },
  {
    name: 'drop-journal',
    breaks: 'the recorded order is not kept',
    ports: rewriting(forgetting('POOL#', 'JOURNAL#')),
  },
  {
    name: 'round-half-up',
    breaks: 'half a fen of match becomes a whole one',
    ports: matchingWithout('floor'),
  },
  { name: 'ignore-cap', breaks: 'a gift draws more than its cap', ports: matchingWithout('cap') },
  {
    name: 'ignore-end',
    breaks: 'the pool gives more than it has',
    ports: matchingWithout('end'),
  },
  {
    name: 'ignore-window',
    breaks: 'gifts before the opening and after the close are matched',
    ports: matchingWithout('window'),
  },
  {
    name: 'match-after-finalisation',
    breaks: 'late gifts draw from a finalised pool',
    ports: matchingWithout('state'),
  },
  {
    name: 'skip-state-guard',
    breaks: 'a batch that was planned before finalisation is committed after it',
    ports: rewriting(withoutGuard('POOL#', 'POOL', 'equals', 'state')),
  },
  {
    name: 'finalise-unguarded',
    breaks: 'the pool is finalised whatever was counted since it was checked',
    ports: (ports, of) =>
      of === 'finalise-matching' ? rewriting(withoutGuard('POOL#', 'POOL', 'equals', 'sequence'))(ports) : ports,
  },
  {
    name: 'commit-in-pieces',
    breaks: 'a transaction is written action by action, and what fails is left out',
    ports: ported(
      (table) => ({
        transact: async (writes) => {
          for (const write of writes) if (!('check' in write)) await table.write(write);
          return { kind: 'committed' };
        },
      }),
      'allocate-donations',
    ),
  },
  {
    name: 'lost-answer-is-committed',
    breaks: 'a transaction whose answer was lost is taken for committed',
    ports: ported(
      (table) => ({
        transact: (writes) =>
          table.transact(writes).catch((error: unknown) => {
            if (isLost(error)) return { kind: 'committed' };
            throw error;
          }),
      }),
      'allocate-donations',
    ),
  },
  {
    name: 'cancelled-is-committed',
    breaks: 'a transaction that met another one is taken for committed',
    ports: ported(
      (table) => ({
        transact: async (writes) => {
          await table.transact(writes);
          return { kind: 'committed' };
        },
      }),
      'allocate-donations',
    ),
  },
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
    ports: (ports, of) => (of === 'send-thank-you' ? claimingLate(ports) : ports),
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

/**
 * Guards that another one stands behind: without one of them nothing goes wrong, and the simulator finds nothing. Kept
 * as such, so that whoever takes away the second one sees what it was for.
 */
export const BACKED_GUARDS: readonly (Mutation & { readonly backedBy: string })[] = [
  {
    name: 'skip-sequence-guard-only',
    breaks: 'the pool is written whatever has been counted meanwhile',
    backedBy: 'the journal page, which must be absent and is named after the sequence',
    ports: (ports, of) =>
      of === 'allocate-donations' ? rewriting(withoutGuard('POOL#', 'POOL', 'equals', 'sequence'))(ports) : ports,
  },
  {
    name: 'skip-journal-guard-only',
    breaks: 'a page of the journal is written over',
    backedBy: 'the sequence of the pool',
    ports: rewriting(withoutGuard('POOL#', 'JOURNAL#', 'absent')),
  },
  {
    name: 'skip-money-guard',
    breaks: 'the pool is written although it may hold less than is drawn',
    backedBy: 'the sequence of the pool: what was read is what is there',
    ports: rewriting(withoutGuard('POOL#', 'POOL', 'atLeast')),
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
