import { ThrottledError, TransientError } from '../kernel/errors.ts';
import { turnKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import type { Patience } from './patience.ts';

/**
 * How long a turn lasts at the most: a consumer that dies holds the others up for so long, once. A batch of the stream is
 * six transactions and takes a tenth of it.
 */
const TURN_MS = 4_000;
/**
 * A waiting consumer looks away for as long as it has watched this holder, so that the time a turn lies free is a part of
 * the turn's own length, and what a wait costs grows with its logarithm: a turn of six transactions (100 to 400 ms) is
 * looked at some five times, and one that hangs for four seconds twelve times. At first for the length of a transaction.
 */
const FIRST_LOOK_AWAY_MS = 60;
/** The longest: with three that wait, a turn that took long lies free for some 150 ms. */
const LONGEST_LOOK_AWAY_MS = 600;

/**
 * How long a consumer waits in all, however the line moves: who is unlucky that long goes ahead without a turn, with two
 * thirds of the function's 60 s before it; pauses only, so that it is longer where the store is slow.
 */
const LONGEST_WAIT_MS = 20_000;

/**
 * Lets consumers of one campaign count one after the other instead of refusing each other's transactions. It is advice and
 * never a lock: a consumer takes a turn for much work, or when it sees that another has one, or was refused once; whoever
 * waits longer than a turn goes ahead without one, and the pool's guard alone decides what is written. So a wrong clock
 * costs time and nothing else (docs/decisions/0014-turns-are-advice.md). `takeTurn` answers whether it has the turn.
 */
export async function takingTurns<Result>(
  table: Table,
  campaignId: string,
  patience: Patience,
  isMuch: boolean,
  work: (takeTurn: () => Promise<boolean>) => Promise<Result>,
): Promise<Result> {
  let holder: string | undefined;
  let asked = false;
  const takeTurn = async (): Promise<boolean> => {
    if (!asked) {
      asked = true;
      holder = await awaitTurn(table, campaignId, patience);
    }
    return holder !== undefined;
  };
  try {
    if (isMuch || (await holderOf(table, campaignId)) !== undefined) await takeTurn();
    return await work(takeTurn);
  } finally {
    if (holder !== undefined) await giveTurnBack(table, campaignId, holder);
  }
}

/**
 * Who has the turn, as far as anybody knows. Half a read unit, a tenth of the price of trying to take it, and far below a
 * whole transaction that would be refused or would refuse the holder's. What it shows may be some milliseconds old.
 */
async function holderOf(table: Table, campaignId: string): Promise<string | undefined> {
  const turn = await attempt(() => table.get(turnKey(campaignId), { stale: true }));
  return turn === undefined ? undefined : String(turn['holder']);
}

/** Who holds the turn now, or `undefined` where waiting was in vain and the work goes on without it. */
async function awaitTurn(table: Table, campaignId: string, patience: Patience): Promise<string | undefined> {
  const me = `turn-${patience.random().toString(36).slice(2)}`;
  let seen: string | undefined;
  let watchedMs = 0;
  let inAllMs = 0;
  while (inAllMs <= LONGEST_WAIT_MS) {
    // Only what looks free is worth a write.
    const holder = (await holderOf(table, campaignId)) ?? (await takeFree(table, campaignId, me));
    if (holder === me) return me;
    // Another one got the turn: the line moves, and patience begins anew.
    if (holder !== seen) watchedMs = 0;
    seen = holder;
    // Whoever held it so long has died or hangs: take it over, if it is still theirs.
    if (watchedMs > TURN_MS) return takeOver(table, campaignId, { from: seen, me });
    const lookAwayMs = Math.min(LONGEST_LOOK_AWAY_MS, Math.max(FIRST_LOOK_AWAY_MS, watchedMs));
    const pauseMs = Math.max(1, patience.random() * lookAwayMs);
    watchedMs += pauseMs;
    inAllMs += pauseMs;
    await patience.pause(pauseMs);
  }
  return undefined;
}

/** Takes the turn where nobody has it; who has it now, as far as the answer tells. */
async function takeFree(table: Table, campaignId: string, me: string): Promise<string | undefined> {
  const taken = await attempt(() =>
    table.write({ put: { ...turnKey(campaignId), type: 'turn', holder: me }, when: { absent: true } }),
  );
  if (taken?.kind === 'written') return me;
  return taken?.existing === undefined ? undefined : String(taken.existing['holder']);
}

async function takeOver(
  table: Table,
  campaignId: string,
  { from, me }: { readonly from: string | undefined; readonly me: string },
): Promise<string | undefined> {
  const takenOver = await attempt(() =>
    table.write({
      update: turnKey(campaignId),
      set: { type: 'turn', holder: me },
      when: { equals: { holder: from ?? null } },
    }),
  );
  return takenOver?.kind === 'written' ? me : undefined;
}

const giveTurnBack = (table: Table, campaignId: string, holder: string): Promise<unknown> =>
  attempt(() => table.write({ delete: turnKey(campaignId), when: { equals: { holder } } }));

/** A turn that cannot be had or given back is no reason to fail: the work is done without it, and a turn runs out. */
async function attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TransientError || error instanceof ThrottledError) return undefined;
    throw error;
  }
}
