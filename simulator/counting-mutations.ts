import { ThrottledError, TransientError } from '../functions/kernel/errors.ts';
import { windowBounds } from '../functions/kernel/time.ts';
import { turnKey } from '../functions/platform/keys.ts';
import { addressOf, type Item, keyOf, type Table } from '../functions/platform/table.ts';
import type { GivingDayPlan } from './campaign-plan.ts';
import {
  all,
  forgetting,
  isAbout,
  isCrowded,
  type Mutation,
  ported,
  rewriting,
  withGiftRule,
  withoutGuard,
} from './mutation.ts';
import type { Ports } from './world.ts';

const isLost = (error: unknown): boolean => error instanceof TransientError || error instanceof ThrottledError;

/** Matching is finalised while gifts still come. */
const isHasty = ({ campaigns: [{ campaign, career }] }: GivingDayPlan): boolean =>
  career.finalisation.soonestAt === Date.parse(windowBounds(campaign.proposal.window).closesAt);

/** Breaks of how gifts are counted, each once, whoever else counts at the same time. */
export const COUNTING_MUTATIONS: readonly Mutation[] = [
  {
    name: 'skip-version-guard',
    breaks: 'the pool and its journal are written whatever has been counted meanwhile',
    ports: rewriting(
      all(withoutGuard('POOL#', 'POOL', 'equals', 'sequence'), withoutGuard('POOL#', 'JOURNAL#', 'absent')),
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
    ports: (ports, of, store) =>
      ported(announcingNothing, 'allocate-donations')(rewriting(forgetting('DONOR#'))(ports, of), of, store),
  },
  {
    name: 'forget-announced',
    where: withGiftRule(({ perDonor }) => perDonor?.capMinor !== undefined),
    breaks: 'what announced gifts have drawn is not added to what their donors have drawn',
    ports: ported(findingNoMatches, 'allocate-donations'),
  },
  {
    name: 'add-announced-twice',
    where: withGiftRule(({ perDonor }) => perDonor?.capMinor !== undefined),
    breaks: 'an announced gift that was added to its donor stays announced, and is added again',
    ports: ported(keepingAnnounced, 'allocate-donations'),
  },
  {
    name: 'announce-repeats',
    where: withGiftRule(({ perDonor }) => perDonor?.capMinor !== undefined),
    breaks: 'a gift that comes again is announced again, although its donor has it already',
    ports: ported(blindToRepeats, 'allocate-donations'),
  },
  {
    name: 'skip-announcement-guard',
    where: (plan) => isCrowded(plan) && withGiftRule(({ perDonor }) => perDonor?.capMinor !== undefined)(plan),
    breaks: 'an announcement is written over one that somebody made meanwhile',
    ports: rewriting(
      all(withoutGuard('DONOR#', '', 'equals', 'version'), withoutGuard('DONOR#', '', 'absent')),
      'allocate-donations',
    ),
  },
  {
    name: 'skip-donor-guard',
    where: (plan) => isCrowded(plan) && plan.standings.size === 0,
    breaks:
      'a donor is noted as new although somebody noted them after this batch read donors and before it read the pool',
    ports: rewriting(withoutGuard('DONOR#', '', 'absent')),
  },
  {
    name: 'every-claim-counts',
    where: (plan) => isCrowded(plan) && plan.standings.size === 0,
    breaks: 'whoever claims a donor counts them, also where somebody has',
    ports: ported(
      (table) => ({
        write: async (write) => {
          const outcome = await table.write(write);
          return isAbout(write, 'DONOR#') ? { kind: 'written' } : outcome;
        },
      }),
      'allocate-donations',
    ),
  },
  {
    name: 'donors-before-the-pool',
    where: withGiftRule(({ perDonor }) => perDonor?.capMinor !== undefined),
    breaks: 'what donors have drawn is read before the pool whose guard should cover it',
    ports: ported(readingDonorsFirst, 'allocate-donations'),
  },
  {
    name: 'turn-is-a-lock',
    where: isCrowded,
    breaks: 'who has the turn writes without looking at what has been counted meanwhile',
    ports: (ports, of, store) =>
      ported(lockingByTurn, 'allocate-donations')(
        rewriting(
          all(
            withoutGuard('POOL#', 'POOL', 'equals', 'sequence'),
            withoutGuard('POOL#', 'POOL', 'equals', 'adjustments'),
            withoutGuard('POOL#', 'JOURNAL#', 'absent'),
          ),
          'allocate-donations',
        )(ports, of),
        of,
        store,
      ),
  },
  {
    name: 'drop-unit-totals',
    breaks: 'totals of units are not kept',
    ports: rewriting(forgetting('TOTALS#', 'UNIT#')),
  },
  {
    name: 'drop-team-totals',
    breaks: 'totals of teams are not kept',
    ports: rewriting(forgetting('TOTALS#', 'TEAM#')),
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
    name: 'skip-state-guard',
    where: isHasty,
    breaks: 'a batch that was planned before finalisation is committed after it',
    ports: rewriting(withoutGuard('POOL#', 'POOL', 'equals', 'state')),
  },
  {
    name: 'finalise-unguarded',
    breaks: 'the pool is finalised whatever was counted since it was checked',
    ports: rewriting(
      all(withoutGuard('POOL#', 'POOL', 'equals', 'sequence'), withoutGuard('POOL#', 'POOL', 'equals', 'adjustments')),
      'finalise-matching',
    ),
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
];

/** Says of an announcement that it is written, and writes nothing. */
function announcingNothing(table: Table): Partial<Table> {
  return {
    write: async (write) => ('put' in write && 'announced' in write.put ? { kind: 'written' } : table.write(write)),
  };
}

function findingNoMatches(table: Table): Partial<Table> {
  return {
    getMany: async (keys) => (await table.getMany(keys)).filter(({ type }) => type !== 'match'),
  };
}

function announcedOf(item: Item | undefined): readonly string[] {
  return (item?.['announced'] ?? []) as readonly string[];
}

function keepingAnnounced(table: Table, store: Table): Partial<Table> {
  return {
    write: async (write) => {
      if (!('put' in write && 'announced' in write.put)) return table.write(write);
      const before = announcedOf(await store.get(keyOf(write)));
      const announced = [...new Set([...before, ...announcedOf(write.put)])];
      return table.write({ ...write, put: { ...write.put, announced } });
    },
  };
}

/** Finds the match entries of announced gifts alone, and not those of the gifts that have come. */
function blindToRepeats(table: Table): Partial<Table> {
  let announced = new Set<string>();
  return {
    getMany: async (keys) => {
      const items = await table.getMany(keys);
      const donors = items.filter(({ type }) => type === 'campaign-donor');
      if (donors.length > 0) announced = new Set(donors.flatMap(announcedOf));
      return items.filter(({ type, giftId }) => type !== 'match' || announced.has(String(giftId)));
    },
  };
}

/** The match entries of each commit; one list for each simulated store. */
const COMMITTED = new WeakMap<Table, ReadonlySet<string>[]>();

/**
 * Reads what donors have drawn as it stood one commit before the pool that was read: as who reads them first does, whenever
 * somebody commits between the two.
 */
function readingDonorsFirst(table: Table, store: Table): Partial<Table> {
  const commits = COMMITTED.get(store) ?? [];
  COMMITTED.set(store, commits);
  let asOf = 0;
  return {
    get: async (key, options) => {
      const item = await table.get(key, options);
      if (key.sk === 'POOL') asOf = Math.max(0, commits.length - 1);
      return item;
    },
    getMany: async (keys) => {
      const later = commits.slice(asOf);
      return table.getMany(keys.filter((key) => !later.some((matches) => matches.has(addressOf(key)))));
    },
    transact: async (writes) => {
      const outcome = await table.transact(writes);
      const matches = writes
        .filter((write) => isAbout(write, 'GIFT#', 'MATCH'))
        .map((write) => addressOf(keyOf(write)));
      if (outcome.kind === 'committed') commits.push(new Set(matches));
      return outcome;
    },
  };
}

const LOCK_MS = 2_000;
const LOOK_MS = 50;

/** Takes the turn before it reads the pool and gives it back after the commit; who waits longer than a turn takes it over. */
function lockingByTurn(table: Table, _: Table, { patience }: Ports): Partial<Table> {
  const me = `lock-${patience.random()}`;
  return {
    get: async (key, options) => {
      if (key.sk !== 'POOL') return table.get(key, options);
      const turn = turnKey(key.pk.slice('POOL#'.length));
      for (let waitedMs = 0; waitedMs < LOCK_MS; waitedMs += LOOK_MS) {
        const taken = await table.write({ put: { ...turn, type: 'turn', holder: me }, when: { absent: true } });
        if (taken.kind === 'written' || taken.existing?.['holder'] === me) return table.get(key, options);
        await patience.pause(LOOK_MS);
      }
      await table.write({ put: { ...turn, type: 'turn', holder: me } });
      return table.get(key, options);
    },
    transact: async (writes) => {
      const outcome = await table.transact(writes);
      const pool = writes.find((write) => isAbout(write, 'POOL#', 'POOL'));
      if (pool !== undefined && 'update' in pool)
        await table.write({
          delete: turnKey(pool.update.pk.slice('POOL#'.length)),
          when: { equals: { holder: me } },
        });
      return outcome;
    },
  };
}
