import type { JournalLine, JournalPage } from '../functions/matching/match-entry.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import { journalOfPool, poolKey } from '../functions/platform/keys.ts';
import {
  everyItem,
  type Item,
  type Table,
  type TransactWrite,
  type Update,
  type Value,
} from '../functions/platform/table.ts';
import { type NaiveMatching, naiveMatching, type PlanPart } from './naive-matching.ts';

/**
 * The allocation's table with another matching plan: what a batch commits is worked out anew, wrongly but all of a piece:
 * matches, journal, totals and pool agree with one another. Only who knows the plan can tell. What has been drawn so far
 * is read from the `store` itself, where nothing fails; if it moves before the batch gets there, the batch is refused.
 */
export function rematching(table: Table, store: Table, ignored: ReadonlySet<PlanPart>): Table {
  return {
    ...table,
    async transact(writes) {
      const page = pageIn(writes);
      if (page === undefined) return table.transact(writes);
      return table.transact(rematched(writes, page, await matchingSoFar(store, page.campaignId, ignored)));
    },
  };
}

function pageIn(writes: readonly TransactWrite[]): JournalPage | undefined {
  const items = writes.map((write) => ('put' in write ? write.put : undefined));
  return items.find((item) => item?.type === 'journal-page') as JournalPage | undefined;
}

async function matchingSoFar(
  store: Table,
  campaignId: string,
  ignored: ReadonlySet<PlanPart>,
): Promise<NaiveMatching | undefined> {
  const pool = (await store.get(poolKey(campaignId))) as MatchingPool | undefined;
  if (pool === undefined) return undefined;
  const matching = naiveMatching(pool, ignored);
  for await (const page of everyItem(store, journalOfPool(campaignId)))
    for (const line of (page as unknown as JournalPage).lines) matching.note(line, line.matchMinor);
  if (pool.state === 'finalised') matching.finalise();
  return matching;
}

/** Every write of a batch that says what gifts drew, with what they draw by this matching. */
function rematched(
  writes: readonly TransactWrite[],
  page: JournalPage,
  matching: NaiveMatching | undefined,
): readonly TransactWrite[] {
  if (matching === undefined) return writes;
  const lines = page.lines.map((line): JournalLine => {
    const matchMinor = matching.drawnBy(line);
    matching.note(line, matchMinor);
    return { ...line, matchMinor: matchMinor as JournalLine['matchMinor'] };
  });
  const moreDrawn = drawn(lines) - drawn(page.lines);
  return writes.map((write): TransactWrite => {
    if ('put' in write) return { ...write, put: putAnew(write.put, lines) };
    if (!('update' in write)) return write;
    return write.update.sk === 'POOL' ? drawnAnew(write, moreDrawn) : totalledAnew(write, lines);
  });
}

const drawn = (lines: readonly JournalLine[]): number => lines.reduce((total, line) => total + line.matchMinor, 0);

function putAnew(item: Item, lines: readonly JournalLine[]): Item {
  if (item.type === 'journal-page') return { ...item, lines: lines as unknown as Value };
  const line = item.type === 'match' ? lines.find(({ giftId }) => giftId === item['giftId']) : undefined;
  return line === undefined ? item : { ...item, matchMinor: line.matchMinor };
}

function drawnAnew(write: Update, moreDrawn: number): Update {
  const remainingMinor = Number(write.set?.['remainingMinor']) - moreDrawn;
  return { ...write, set: { ...write.set, remainingMinor }, when: { ...write.when, atLeast: {} } };
}

function totalledAnew(write: Update, lines: readonly JournalLine[]): Update {
  const { unitId, day } = write.set ?? {};
  const own = lines.filter(
    (line) => (unitId === undefined || line.unitId === unitId) && (day === undefined || line.day === day),
  );
  const matchedGifts = own.filter((line) => line.matchMinor > 0).length;
  const isCampaign = unitId === undefined && day === undefined;
  return { ...write, add: { ...write.add, matchMinor: drawn(own), ...(isCampaign ? { matchedGifts } : {}) } };
}
