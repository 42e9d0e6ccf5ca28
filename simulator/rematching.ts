import type { JournalPage } from '../functions/matching/match-entry.ts';
import { type MatchingPool, matchingPoolSchema } from '../functions/matching/matching-pool.ts';
import type { Item, Table, TransactWrite, Update, Value } from '../functions/platform/table.ts';

/** What a wrong matching rule may leave out. */
export type RulePart = 'floor' | 'cap' | 'end' | 'window' | 'state';

type Line = JournalPage['lines'][number];

/**
 * The allocation's table with another matching rule: what a batch commits is worked out anew, wrongly but all of a piece:
 * matches, journal, totals and pool agree with one another. Only who knows the rule can tell.
 */
export function rematching(table: Table, ignored: ReadonlySet<RulePart>): Table {
  let pool: MatchingPool | undefined;
  return {
    ...table,
    async get(key, options) {
      const item = await table.get(key, options);
      if (item?.type === 'pool') pool = matchingPoolSchema.parse(item);
      return item;
    },
    transact: (writes) => table.transact(pool === undefined ? writes : rematched(writes, pool, ignored)),
  };
}

function rematched(
  writes: readonly TransactWrite[],
  pool: MatchingPool,
  ignored: ReadonlySet<RulePart>,
): readonly TransactWrite[] {
  const page = writes
    .map((write) => ('put' in write ? write.put : undefined))
    .find((item) => item?.type === 'journal-page');
  if (page === undefined) return writes;
  let left: number = pool.remainingMinor;
  const matches = new Map<string, number>();
  const lines = (page as unknown as JournalPage).lines.map((line) => {
    const matchMinor = matchWithout(ignored, pool, line, left);
    left -= matchMinor;
    matches.set(line.giftId, matchMinor);
    return { ...line, matchMinor };
  });
  return writes.map((write): TransactWrite => {
    if ('put' in write) return { ...write, put: putAnew(write.put, lines, matches) };
    if (!('update' in write)) return write;
    return write.update.sk === 'POOL'
      ? { ...write, set: { ...write.set, remainingMinor: left }, when: { ...write.when, atLeast: {} } }
      : totalledAnew(write, lines);
  });
}

function matchWithout(ignored: ReadonlySet<RulePart>, pool: MatchingPool, line: Line, left: number): number {
  const { rule, state, opensAt, closesAt } = pool;
  if (state === 'finalised' && !ignored.has('state')) return 0;
  if ((line.occurredAt < opensAt || line.occurredAt >= closesAt) && !ignored.has('window')) return 0;
  const exact = (line.amountMinor * rule.numerator) / rule.denominator;
  let matchMinor = ignored.has('floor') ? Math.round(exact) : Math.floor(exact);
  if (!ignored.has('cap')) matchMinor = Math.min(matchMinor, rule.perGiftCapMinor);
  return ignored.has('end') ? matchMinor : Math.min(matchMinor, left);
}

function putAnew(item: Item, lines: readonly object[], matches: ReadonlyMap<string, number>): Item {
  if (item.type === 'journal-page') return { ...item, lines: lines as unknown as Value };
  return item.type === 'match' ? { ...item, matchMinor: matches.get(String(item['giftId'])) ?? 0 } : item;
}

function totalledAnew(
  write: Update,
  lines: readonly { unitId?: string | undefined; day: string; matchMinor: number }[],
): Update {
  const { unitId, day } = write.set ?? {};
  const own = lines.filter(
    (line) => (unitId === undefined || line.unitId === unitId) && (day === undefined || line.day === day),
  );
  const matchMinor = own.reduce((total, line) => total + line.matchMinor, 0);
  const matchedGifts = own.filter((line) => line.matchMinor > 0).length;
  const isCampaign = unitId === undefined && day === undefined;
  return { ...write, add: { ...write.add, matchMinor, ...(isCampaign ? { matchedGifts } : {}) } };
}
