import { ThrottledError, TransientError } from '../kernel/errors.ts';
import { turnKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import type { Patience } from './patience.ts';

/**
 * How long a turn lasts at the most: a consumer that dies holds the others up for so long, and no longer. A batch of the
 * stream is two transactions and takes a tenth of it.
 */
const TURN_MS = 2_000;
/** How long a waiting consumer looks away, at most; a transaction takes 10 to 50 ms. */
const LOOK_AWAY_MS = 60;

/**
 * Lets consumers of one campaign count one after the other instead of refusing each other's transactions. It is advice and
 * never a lock: a consumer takes turns only after it has been refused once, whoever waits longer than a turn goes ahead
 * without one, and the pool's guard alone decides what is written. So a wrong clock costs time and nothing else.
 */
export async function takingTurns<Result>(
  table: Table,
  campaignId: string,
  patience: Patience,
  work: (takeTurn: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  let holder: string | undefined;
  let asked = false;
  const takeTurn = async (): Promise<void> => {
    if (asked) return;
    asked = true;
    holder = await awaitTurn(table, campaignId, patience);
  };
  try {
    return await work(takeTurn);
  } finally {
    if (holder !== undefined) await giveTurnBack(table, campaignId, holder);
  }
}

/** Who holds the turn now, or `undefined` where waiting was in vain and the work goes on without it. */
async function awaitTurn(table: Table, campaignId: string, patience: Patience): Promise<string | undefined> {
  const me = `turn-${patience.random().toString(36).slice(2)}`;
  let seen: string | undefined;
  for (let waitedMs = 0; waitedMs <= TURN_MS; ) {
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
