import * as z from 'zod';
import { sendingPaceKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { isStale, LATEST_MS, nextTurn, type Pace, type SendingQuota, slowed, withQuota } from './sending-pace.ts';

const paceSchema = z.object({
  type: z.literal('sending-pace'),
  nextAtMs: z.number(),
  ratePerSecond: z.number(),
  quotaLeft: z.number(),
  quotaReadAtMs: z.number(),
  version: z.number().int(),
});

export type PaceUse = {
  readonly table: Table;
  readonly readQuota: () => Promise<SendingQuota>;
  /** The machine's clock, in milliseconds. */
  readonly clockMs: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** What a sender may do: hand its mail over now, or come back later. */
export type Granted = 'now' | 'quota-used' | 'too-long';
export type MailPace = {
  /** Waits for this sender's turn. */
  readonly take: () => Promise<Granted>;
  /** Told that the provider asked for less. */
  readonly slowDown: () => Promise<void>;
};

/**
 * A sender waits no longer than this for its turn: five senders at one mail a second take 6 s. Who would wait longer puts its
 * notice back.
 */
const LONGEST_WAIT_MS = 10_000;
/** Writes that lose to another sender's; each loss means that somebody else got a turn. */
const ATTEMPTS = 20;

export function mailPace(use: PaceUse): MailPace {
  return {
    take: () => take(use),
    async slowDown() {
      const { pace, version } = await read(use.table);
      if (pace !== undefined) await write(use.table, slowed(pace, use.clockMs()), version);
    },
  };
}

async function take(use: PaceUse): Promise<Granted> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { pace: stored, version } = await read(use.table);
    const current =
      stored === undefined || isStale(stored, use.clockMs())
        ? withQuota(stored, await use.readQuota(), use.clockMs())
        : stored;
    const turn = nextTurn(current, use.clockMs());
    if (turn.kind === 'quota-used') {
      await write(use.table, current, version);
      return 'quota-used';
    }
    if (turn.atMs - use.clockMs() > LONGEST_WAIT_MS) return 'too-long';
    if (!(await write(use.table, turn.pace, version))) continue;
    await use.pause(turn.atMs - use.clockMs());
    // Who wakes too late would meet the mails of the next turns: that turn is lost, and another one taken.
    if (use.clockMs() <= turn.atMs + LATEST_MS) return 'now';
  }
  return 'too-long';
}

async function read(table: Table): Promise<{ readonly pace: Pace | undefined; readonly version: number }> {
  const item = await table.get(sendingPaceKey);
  if (item === undefined) return { pace: undefined, version: 0 };
  const { version, type: _, ...pace } = paceSchema.parse(item);
  return { pace, version };
}

async function write(table: Table, pace: Pace, version: number): Promise<boolean> {
  const outcome = await table.write({
    put: { ...sendingPaceKey, type: 'sending-pace', ...pace, version: version + 1 },
    when: version === 0 ? { absent: true } : { equals: { version } },
  });
  return outcome.kind === 'written';
}
