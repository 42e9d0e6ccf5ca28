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
 * How long a waiting consumer looks away, at most. Each look is a write unit, and a turn of six transactions takes 100 to
 * 400 ms: with three that wait it lies free for some 40 ms, and they look at it 2 to 16 times.
 */
const LOOK_AWAY_MS = 150;

/**
 * How long a consumer waits in all, however the line moves: who is unlucky that long goes ahead without a turn, with most of
 * the function's 60 s before it.
 */
const LONGEST_WAIT_MS = 15_000;

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
    if (isMuch || (await isTaken(table, campaignId))) await takeTurn();
    return await work(takeTurn);
  } finally {
    if (holder !== undefined) await giveTurnBack(table, campaignId, holder);
  }
}

/** Half a read unit, against a whole transaction that would be refused or would refuse the holder's. */
const isTaken = async (table: Table, campaignId: string): Promise<boolean> =>
  (await attempt(() => table.get(turnKey(campaignId), { stale: true }))) !== undefined;

/** Who holds the turn now, or `undefined` where waiting was in vain and the work goes on without it. */
async function awaitTurn(table: Table, campaignId: string, patience: Patience): Promise<string | undefined> {
  const me = `turn-${patience.random().toString(36).slice(2)}`;
  let seen: string | undefined;
  let inAllMs = 0;
  for (let waitedMs = 0; waitedMs <= TURN_MS; ) {
    if (inAllMs > LONGEST_WAIT_MS) return undefined;
    const taken = await attempt(() =>
      table.write({ put: { ...turnKey(campaignId), type: 'turn', holder: me }, when: { absent: true } }),
    );
    if (taken?.kind === 'written') return me;
    const holder = String(taken?.existing?.['holder'] ?? '');
    // Another one got the turn: the line moves, and patience begins anew.
    if (holder !== seen) waitedMs = 0;
    seen = holder;
    const pauseMs = patience.random() * LOOK_AWAY_MS;
    waitedMs += Math.max(1, pauseMs);
    inAllMs += Math.max(1, pauseMs);
    await patience.pause(pauseMs);
  }
  // Whoever held it so long has died or hangs: take it over, if it is still theirs.
  const takenOver = await attempt(() =>
    table.write({
      update: turnKey(campaignId),
      set: { type: 'turn', holder: me },
      when: { equals: { holder: seen ?? null } },
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
