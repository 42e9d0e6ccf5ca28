import { ThrottledError, TransientError } from '../functions/kernel/errors.ts';
import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import {
  type CancelReason,
  keyOf,
  type Page,
  type Table,
  type TransactOutcome,
  type TransactWrite,
} from '../functions/platform/table.ts';
import type { Fault, Faults } from './faults.ts';
import type { Life, Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** What lies between an invocation and the table. */
export type Network = {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly trace: Trace;
  /** How slow the store is on this day: one call in so many takes up to so long. */
  readonly sluggishness: Sluggishness;
  /** Asked before each commit: whether somebody acts just now, so that whoever asks must stand still for it. */
  readonly overtakers: ((writes: readonly TransactWrite[]) => boolean)[];
};
export type Sluggishness = { readonly oneIn: number; readonly ms: number };

const READ_FAULTS = ['throttled', 'lost before', 'crash before', 'slow'] as const satisfies readonly Fault[];
const WRITE_FAULTS = [
  'throttled',
  'lost before',
  'lost after',
  'happens late',
  'crash before',
  'crash after',
  'crash, happens late',
  'slow',
] as const satisfies readonly Fault[];

/** A call usually takes up to this long, and slow ones up to the second figure. */
const USUAL_MS = 20;
const SLOW_MS = 8_000;
/** How long a machine may stand still just before it changes what it has read. */
const HELD_UP_MS = 20_000;
/** What was sent and given up can still happen this long: a request that hangs in a network for a minute is rare and real. */
const LATEST_MS = 60_000;
/** How far the index lags where it does: seconds, or in a bad hour a minute. */
export const LONGEST_INDEX_LAG_MS = 60_000;
const INDEX_LAGS_MS = [5_000, LONGEST_INDEX_LAG_MS] as const;

/** Finalisation lists some sixty pages in a row, and would never come to an end if each were as exposed as another read. */
const LISTS_EXPOSED_ONE_IN = 20;

/** What befalls one invocation besides. */
export type Weakness = {
  /** An index that lags just so. */
  readonly indexLagMs?: number;
  /** Standing still before it looks at the pool. */
  readonly heldUpBy?: Fault;
  /** Standing still before it commits. */
  readonly hesitatesBy?: Fault;
};

/**
 * The table as one invocation sees it: every call takes time, and may go wrong in every way in which DynamoDB's may. An
 * index that lags does so for a while, not for one page: by `indexLagMs`, or as chance has it, for all of an invocation.
 */
export function faultyTable(
  table: Table,
  life: Life,
  network: Network,
  { indexLagMs, heldUpBy, hesitatesBy = 'held up before a commit' }: Weakness = {},
): Table {
  let lagMs = indexLagMs;
  const { scheduler, random, faults, trace, sluggishness } = network;

  const latency = (): number => random.below(random.below(sluggishness.oneIn) === 0 ? sluggishness.ms : USUAL_MS);

  async function read<T>(what: string, perform: () => Promise<T>, exposed = true): Promise<T> {
    await life.wait(latency());
    const fault = exposed ? faults.first(READ_FAULTS) : undefined;
    trace.note(scheduler.now, life.name, fault === undefined ? what : `${what} (${fault})`);
    switch (fault) {
      case 'throttled':
        throw new ThrottledError('simulated: throttled');
      case 'lost before':
        await life.wait(random.below(SLOW_MS));
        throw new TransientError('simulated: no answer');
      case 'crash before':
        return life.crash();
      case 'slow':
        await life.wait(random.below(SLOW_MS));
        return perform();
      default:
        return perform();
    }
  }

  async function change<T>(what: string, perform: () => Promise<T>): Promise<T> {
    await life.wait(latency());
    const fault = faults.first(WRITE_FAULTS);
    trace.note(scheduler.now, life.name, fault === undefined ? what : `${what} (${fault})`);
    switch (fault) {
      case 'throttled':
        throw new ThrottledError('simulated: throttled');
      case 'lost before':
        await life.wait(random.below(SLOW_MS));
        throw new TransientError('simulated: no answer');
      case 'lost after':
        await perform();
        await life.wait(random.below(SLOW_MS));
        throw new TransientError('simulated: no answer');
      case 'happens late':
        later(what, perform);
        await life.wait(random.below(SLOW_MS));
        throw new TransientError('simulated: no answer');
      case 'crash before':
        return life.crash();
      case 'crash after':
        await perform();
        return life.crash();
      case 'crash, happens late':
        later(what, perform);
        return life.crash();
      case 'slow': {
        await life.wait(random.below(SLOW_MS));
        const answer = await perform();
        await life.wait(random.below(SLOW_MS));
        return answer;
      }
      default:
        return perform();
    }
  }

  function later(what: string, perform: () => Promise<unknown>): void {
    const name = `${life.name}, late`;
    scheduler.after(random.below(LATEST_MS), () =>
      scheduler.start(
        name,
        async () => {
          trace.note(scheduler.now, name, what);
          await perform();
        },
        () => undefined,
      ),
    );
  }

  return {
    get: async (key, options) => {
      if (heldUpBy !== undefined && key.sk === 'POOL' && faults.strikes(heldUpBy))
        await life.wait(random.below(HELD_UP_MS));
      return read(`gets ${nameOf(key)}`, () => table.get(key, options));
    },
    getMany: (keys) => read(`gets ${keys.length} items`, () => table.getMany(keys)),
    query: (question, options) =>
      read(
        `lists ${question.partition}`,
        async () => {
          const page = await table.query(question, options);
          if (question.index === undefined) return page;
          lagMs ??= faults.strikes('stale index') ? random.pick(INDEX_LAGS_MS) : 0;
          return lagMs === 0 ? page : asListedBefore(page, scheduler.now - lagMs);
        },
        random.below(LISTS_EXPOSED_ONE_IN) === 0,
      ),
    write: async (write) => {
      if ('update' in write && write.when !== undefined && faults.strikes('held up before a guarded update'))
        await life.wait(random.below(HELD_UP_MS));
      if ('put' in write && write.put.type === 'campaign-donor' && faults.strikes('held up before a claim'))
        await life.wait(random.below(HELD_UP_MS));
      return change(`writes ${nameOf(keyOf(write))}`, async () => {
        if (faults.strikes('repeated by the SDK')) await table.write(write);
        return table.write(write);
      });
    },
    async transact(writes) {
      if (network.overtakers.some((overtakes) => overtakes(writes)) || faults.strikes(hesitatesBy))
        await life.wait(random.below(HELD_UP_MS));
      const first = writes[0];
      return change(
        `commits ${writes.length} from ${first === undefined ? 'nothing' : nameOf(keyOf(first))}`,
        async () => (faults.strikes('conflict') ? conflictOf(writes, random) : table.transact(writes)),
      );
    },
  };
}

const asListedBefore = (page: Page, instant: number): Page => ({
  ...page,
  items: page.items.filter((item) => Date.parse(String(item['recordedAt'])) <= instant),
});

const nameOf = (key: { readonly pk: string; readonly sk: string }): string => `${key.pk}/${key.sk}`;

/** As DynamoDB tells it: the action that met another transaction says so, the others say nothing. */
function conflictOf(writes: readonly TransactWrite[], random: SeededRandom): TransactOutcome {
  const at = random.below(writes.length);
  return {
    kind: 'cancelled',
    reasons: writes.map((_, position): CancelReason => (position === at ? 'conflict' : 'none')),
  };
}
