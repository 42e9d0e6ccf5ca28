import type { Adjustment, Change } from '../functions/matching/adjustment.ts';
import { changesForVoid, type GiftAccount, standingOf } from '../functions/matching/gift-account.ts';
import { type JournalPage, journalPageItem, journalPageOf } from '../functions/matching/journal-page.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import type { MatchingRule } from '../functions/matching/matching-rule.ts';
import type { Fund } from '../functions/matching/matching-state.ts';
import { readGiftAccount } from '../functions/matching/settlement.store.ts';
import { poolKey, seedsKey } from '../functions/platform/keys.ts';
import type { Table, TransactWrite, Update, Value } from '../functions/platform/table.ts';
import { isAbout, ported } from './mutation.ts';

/** A draw that is to become another one: its rule, its gift, the gift's place, and the rule's seed where it has one. */
export type Drawn = {
  readonly rule: MatchingRule;
  readonly line: JournalLine;
  readonly outcome: string;
  readonly matchMinor: number;
  readonly sequence: number;
  readonly seed: string;
};

/**
 * Lets a batch give other matches than were planned, wrongly but all of a piece: matches, journal, totals and pool are
 * changed together, as if the rule had been written so.
 */
export const redrawing = (redraw: (drawn: Drawn) => number) =>
  ported(
    (table, store) => ({
      async transact(writes) {
        const page = pageIn(writes);
        if (page === undefined) return table.transact(writes);
        const { plan, seeds } = await planOf(store, page.campaignId);
        const moves: Change[] = [];
        const lines = page.lines.map((line, place): JournalLine => {
          const draws = line.draws.map((draw) => {
            const rule = plan?.rules.find(({ id }) => id === draw.ruleId);
            if (rule === undefined) return draw;
            const seed = String(seeds[rule.id] ?? '');
            const sequence = page.firstSequence + place;
            const matchMinor = redraw({ rule, line, ...draw, sequence, seed });
            if (matchMinor !== draw.matchMinor)
              moves.push({ ruleId: rule.id, matchMinor: matchMinor - draw.matchMinor });
            return { ...draw, matchMinor: matchMinor as typeof draw.matchMinor };
          });
          const matchMinor = draws.reduce((total, draw) => total + draw.matchMinor, 0);
          return { ...line, draws, matchMinor: matchMinor as JournalLine['matchMinor'] };
        });
        return table.transact(writes.map((write) => redrawn(write, lines, moves)));
      },
    }),
    'allocate-donations',
  );

async function planOf(store: Table, campaignId: string) {
  const pool = (await store.get(poolKey(campaignId))) as unknown as MatchingPool | undefined;
  const seeds = (await store.get(seedsKey(campaignId)))?.['seeds'] ?? {};
  return { plan: pool?.plan, seeds: seeds as Readonly<Record<string, string>> };
}

function redrawn(write: TransactWrite, lines: readonly JournalLine[], moves: readonly Change[]): TransactWrite {
  if ('put' in write) {
    if (write.put.type === 'journal-page')
      return { ...write, put: journalPageItem({ ...journalPageOf(write.put), lines }) };
    const line = write.put.type === 'match' ? lines.find(({ giftId }) => giftId === write.put['giftId']) : undefined;
    return line === undefined ? write : { ...write, put: { ...write.put, matchMinor: line.matchMinor } };
  }
  if (!('update' in write)) return write;
  if (isAbout(write, 'POOL#', 'POOL')) return moved(write, moves);
  if (!isAbout(write, 'TOTALS#')) return write;
  const { unitId, teamId, day } = write.set ?? {};
  const own = lines.filter(
    (line) =>
      (unitId === undefined || line.unitId === unitId) &&
      (teamId === undefined || line.teamId === teamId) &&
      (day === undefined || line.day === day),
  );
  const matchMinor = own.reduce((total, line) => total + line.matchMinor, 0);
  const matchedGifts = own.filter((line) => line.matchMinor > 0).length;
  const isCampaign = unitId === undefined && teamId === undefined && day === undefined;
  return { ...write, add: { ...write.add, matchMinor, ...(isCampaign ? { matchedGifts } : {}) } };
}

/** The write of a pool from which more is taken, by rule. Parts of a rule's pool stay as they are. */
function moved(write: Update, moves: readonly Change[]): Update {
  const funds = fundsIn(write).map((fund) => {
    const more = moves.filter(({ ruleId }) => ruleId === fund.ruleId);
    const remainingMinor = more.reduce((left, { matchMinor }) => left - matchMinor, fund.remainingMinor);
    return { ...fund, remainingMinor };
  });
  return withFunds(write, funds);
}

const fundsIn = (write: Update): readonly Fund[] => (write.set?.['funds'] ?? []) as unknown as readonly Fund[];

function withFunds(write: Update, funds: readonly Fund[]): Update {
  const remainingMinor = funds.reduce((total, fund) => total + fund.remainingMinor, 0);
  const { atLeast: _, ...when } = write.when ?? {};
  return { ...write, set: { ...write.set, funds: funds as unknown as Value, remainingMinor }, when };
}

/** Lets an adjustment move other money than was decided: itself, its copy, the pool and the totals together. */
export const resettling = (
  kind: Adjustment['kind'],
  changed: (adjustment: Adjustment, account: GiftAccount) => readonly Change[],
) =>
  ported((table, store) => ({
    async transact(writes) {
      const adjustment = itemIn<Adjustment>(writes, 'adjustment');
      if (adjustment?.kind !== kind || adjustment.giftId === undefined) return table.transact(writes);
      const lumps = new Set(adjustment.challenges?.map(({ ruleId }) => ruleId));
      const lump = adjustment.changes.filter(({ ruleId }) => lumps.has(ruleId));
      const before = adjustment.changes.filter(({ ruleId }) => !lumps.has(ruleId));
      const after = changed(adjustment, await readGiftAccount(store, adjustment.giftId));
      const moves = [...after, ...before.map((change) => ({ ...change, matchMinor: -change.matchMinor }))];
      const more = moves.reduce((total, { matchMinor }) => total + matchMinor, 0);
      return table.transact(writes.map((write) => resettled(write, [...after, ...lump], moves, more)));
    },
  }));

function resettled(
  write: TransactWrite,
  changes: readonly Change[],
  moves: readonly Change[],
  moreMinor: number,
): TransactWrite {
  if ('put' in write && write.put.type === 'adjustment')
    return { ...write, put: { ...write.put, changes: changes as unknown as Value } };
  if (!('update' in write)) return write;
  if (isAbout(write, 'POOL#', 'POOL')) return moved(write, moves);
  if (!isAbout(write, 'TOTALS#')) return write;
  return { ...write, add: { ...write.add, matchMinor: (write.add?.['matchMinor'] ?? 0) + moreMinor } };
}

/** Everything that is left of a gift's match. */
export function allThatIsLeft(_: Adjustment, { match, settlements }: GiftAccount): readonly Change[] {
  return match === undefined ? [] : changesForVoid(standingOf(match, settlements));
}

/** Changes the challenges of the pool that is written, by what else is written. */
export const recounting = (more: (writes: readonly TransactWrite[]) => { amountMinor: number; gifts: number }) =>
  ported((table) => ({
    transact: (writes) => {
      const { amountMinor, gifts } = more(writes);
      if (gifts === 0) return table.transact(writes);
      return table.transact(
        writes.map((write) => {
          if (!('update' in write) || !isAbout(write, 'POOL#', 'POOL')) return write;
          const funds = fundsIn(write).map((fund) =>
            fund.challenge === undefined
              ? fund
              : {
                  ...fund,
                  challenge: {
                    ...fund.challenge,
                    amountMinor: fund.challenge.amountMinor + amountMinor,
                    gifts: fund.challenge.gifts + gifts,
                  },
                },
          );
          return { ...write, set: { ...write.set, funds: funds as unknown as Value } };
        }),
      );
    },
  }));

/** The first item of a type among what is written. */
export function itemIn<T>(writes: readonly TransactWrite[], type: string): T | undefined {
  for (const write of writes) if ('put' in write && write.put.type === type) return write.put as unknown as T;
  return undefined;
}

/** The page of the journal among what is written. */
export function pageIn(writes: readonly TransactWrite[]): JournalPage | undefined {
  const item = itemIn<unknown>(writes, 'journal-page');
  return item === undefined ? undefined : journalPageOf(item);
}
