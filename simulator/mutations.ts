import type { Table } from '../functions/platform/table.ts';
import { CLAIM_MUTATIONS } from './claim-mutations.ts';
import { COUNTING_MUTATIONS } from './counting-mutations.ts';
import { INTAKE_MUTATIONS } from './intake-mutations.ts';
import { isAbout, type Mutation, ported, rewriting, withoutGuard } from './mutation.ts';
import { RULE_MUTATIONS } from './rule-mutations.ts';
import { SETTLEMENT_MUTATIONS } from './settlement-mutations.ts';

/** Every break, each of which the simulator must find. */
export const MUTATIONS: readonly Mutation[] = [
  ...COUNTING_MUTATIONS,
  ...INTAKE_MUTATIONS,
  ...RULE_MUTATIONS,
  ...SETTLEMENT_MUTATIONS,
  ...CLAIM_MUTATIONS,
];

/**
 * Guards that another one stands behind: without one of them nothing goes wrong, and the simulator finds nothing. Kept
 * as such, so that whoever takes away the second one sees what it was for.
 */
export const BACKED_GUARDS: readonly (Mutation & { readonly backedBy: string })[] = [
  {
    name: 'skip-sequence-guard-only',
    breaks: 'a batch is written whatever has been counted meanwhile',
    backedBy: 'the journal page, which must be absent and is named after the sequence',
    ports: rewriting({
      transact: (writes) =>
        writes.some((write) => isAbout(write, 'POOL#', 'JOURNAL#'))
          ? withoutGuard('POOL#', 'POOL', 'equals', 'sequence').transact(writes)
          : writes,
    }),
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
  {
    name: 'skip-settlement-guard',
    breaks: 'a refund or decision is written although there is one under the gift',
    backedBy: 'the number of adjustments in the pool, read before the gift: whoever settled it has moved that',
    ports: rewriting(withoutGuard('GIFT#', 'SETTLEMENT#', 'absent')),
  },
  {
    name: 'skip-adjustment-entry-guard',
    breaks: 'an adjustment is written over',
    backedBy: 'the number of adjustments in the pool, after which it is named',
    ports: rewriting(withoutGuard('POOL#', 'ADJUSTMENT#', 'absent')),
  },
  {
    name: 'count-without-refunds',
    breaks: 'whoever counts a gift does not look whether it has gone back already',
    backedBy: 'finalisation and confirmation, which settle what slipped through',
    ports: (ports, of) =>
      of === 'allocate-donations'
        ? {
            ...ports,
            table: {
              ...ports.table,
              getMany: async (keys) => (await ports.table.getMany(keys)).filter(({ type }) => type !== 'refunds'),
            },
          }
        : ports,
  },
  {
    name: 'look-at-rounds-once',
    breaks: 'rounds are looked at before the books are read, and what is settled in between is not seen',
    backedBy: 'the second look, at the books that are confirmed',
    ports: ported(blindToWhatFollowedARound, 'confirm-matching'),
  },
];

/**
 * Sees, when it looks whether a round must be split again, nothing that came after the last split. The journal is read
 * for that first, and a second time with all the other books, which are seen as they are.
 */
function blindToWhatFollowedARound(table: Table): Partial<Table> {
  let journals = 0;
  return {
    query: async (question, options) => {
      if (question.beginsWith === 'JOURNAL#') journals += 1;
      const page = await table.query(question, options);
      if (question.beginsWith !== 'ADJUSTMENT#' || journals > 1) return page;
      const last = page.items.findLastIndex(({ kind }) => kind === 'round');
      return last === -1 ? page : { ...page, items: page.items.slice(0, last + 1) };
    },
  };
}
