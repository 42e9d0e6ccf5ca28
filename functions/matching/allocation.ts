import type { DonationEntry } from '../donations/donation-entry.ts';
import { fingerprint } from '../kernel/ids.ts';
import type { Minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import {
  campaignDonorKey,
  campaignTotalsKey,
  dayTotalsKey,
  journalPageKey,
  matchEntryKey,
  poolKey,
  unitTotalsKey,
} from '../platform/keys.ts';
import { LARGEST_TRANSACTION, type TransactWrite, type Update } from '../platform/table.ts';
import type { JournalLine, JournalPage, MatchEntry } from './match-entry.ts';
import type { MatchingPool } from './matching-pool.ts';
import { draw, type MatchOutcome } from './matching-rule.ts';

/** One action of the batch's transaction, with what it stands for when it is the one that fails. */
export type BatchAction = {
  readonly about: 'pool' | 'journal' | 'donor' | 'totals' | { readonly giftId: string };
  readonly write: TransactWrite;
};

export type BatchPlan = {
  readonly actions: readonly BatchAction[];
  readonly counted: readonly DonationEntry[];
  /** Gifts that did not fit into this transaction. */
  readonly left: readonly DonationEntry[];
  readonly lastBatch: string;
};

// The pool, the journal page and the campaign's totals are in every batch.
const FIXED_ACTIONS = 3;

/**
 * The order in which gifts of one delivery are counted: time of payment, then payment id. Across deliveries the
 * order is the one in which they were counted: the pool's recorded sequence.
 */
export function inCountingOrder(entries: readonly DonationEntry[]): DonationEntry[] {
  return [...entries].sort((a, b) => compare(a.occurredAt, b.occurredAt) || compare(a.paymentId, b.paymentId));
}
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** How many of these gifts, taken from the front, fit into one transaction of 100 actions. */
export function fittingGifts(entries: readonly DonationEntry[], knownDonors: ReadonlySet<string>): number {
  const extra = new Set<string>();
  let gifts = 0;
  for (const entry of entries) {
    if (!knownDonors.has(entry.donorId)) extra.add(`donor ${entry.donorId}`);
    if (entry.unitId !== undefined) extra.add(`unit ${entry.unitId}`);
    extra.add(`day ${entry.day}`);
    if (FIXED_ACTIONS + gifts + 1 + extra.size > LARGEST_TRANSACTION) return gifts;
    gifts += 1;
  }
  return gifts;
}

/**
 * Turns waiting gifts of one campaign into one transaction: a match entry each (which must be absent: the mark that a gift
 * has been counted), the journal page, new donors, totals, and the pool guarded by its sequence and its money. So a
 * gift is counted, matched and totalled exactly once or not at all, and the pool is written once per batch.
 */
export function planBatch(
  pool: MatchingPool,
  entries: readonly DonationEntry[],
  knownDonors: ReadonlySet<string>,
  now: Instant,
): BatchPlan {
  const counted = entries.slice(0, fittingGifts(entries, knownDonors));
  const lines: JournalLine[] = [];
  const matches: BatchAction[] = [];
  let current = pool;
  for (const entry of counted) {
    const drawn = draw(pool.rule, current, entry);
    lines.push(journalLineOf(entry, drawn.outcome, drawn.matchMinor));
    matches.push(matchAction(current, entry, drawn, pool.sequence + lines.length, now));
    current = drawn.pool;
  }
  const lastBatch = fingerprint([String(pool.sequence), ...counted.map((entry) => entry.giftId)]);
  const newDonors = [...new Set(counted.map((entry) => entry.donorId))].filter((donorId) => !knownDonors.has(donorId));
  return {
    counted,
    left: entries.slice(counted.length),
    lastBatch,
    actions: [
      poolAction(pool, current.remainingMinor, counted.length, lastBatch),
      journalAction(pool, lines),
      ...matches,
      ...newDonors.map((donorId): BatchAction => donorAction(pool.campaignId, donorId)),
      ...totalsActions(pool.campaignId, lines, newDonors.length),
    ],
  };
}

function poolAction(pool: MatchingPool, remainingMinor: Minor, gifts: number, lastBatch: string): BatchAction {
  return {
    about: 'pool',
    write: {
      update: poolKey(pool.campaignId),
      set: { remainingMinor, sequence: pool.sequence + gifts, lastBatch },
      // The sequence alone would do; the money is guarded as well because it is what a mistake here would cost.
      when: {
        equals: { sequence: pool.sequence, state: pool.state },
        atLeast: { remainingMinor: pool.remainingMinor - remainingMinor },
      },
    },
  };
}

function matchAction(
  pool: MatchingPool,
  entry: DonationEntry,
  drawn: { readonly outcome: MatchOutcome; readonly matchMinor: Minor },
  sequence: number,
  now: Instant,
): BatchAction {
  const match: MatchEntry = {
    type: 'match',
    giftId: entry.giftId,
    campaignId: entry.campaignId,
    orderNo: entry.orderNo,
    sequence,
    ruleId: pool.ruleId,
    amountMinor: entry.amountMinor,
    matchMinor: drawn.matchMinor,
    currency: entry.currency,
    outcome: drawn.outcome,
    remainingBeforeMinor: pool.remainingMinor,
    occurredAt: entry.occurredAt,
    allocatedAt: now,
    thankYouDue: entry.thankYouDue,
  };
  return {
    about: { giftId: entry.giftId },
    write: { put: { ...matchEntryKey(entry.giftId), ...match }, when: { absent: true } },
  };
}

function journalLineOf(entry: DonationEntry, outcome: MatchOutcome, matchMinor: Minor): JournalLine {
  return {
    giftId: entry.giftId,
    orderNo: entry.orderNo,
    donorId: entry.donorId,
    ...(entry.unitId === undefined ? {} : { unitId: entry.unitId }),
    anonymous: entry.anonymous,
    thankYouDue: entry.thankYouDue,
    amountMinor: entry.amountMinor,
    matchMinor,
    outcome,
    occurredAt: entry.occurredAt,
    day: entry.day,
  };
}

function journalAction(pool: MatchingPool, lines: readonly JournalLine[]): BatchAction {
  const firstSequence = pool.sequence + 1;
  const page: JournalPage = { type: 'journal-page', campaignId: pool.campaignId, firstSequence, lines: [...lines] };
  return {
    about: 'journal',
    write: { put: { ...journalPageKey(pool.campaignId, firstSequence), ...page }, when: { absent: true } },
  };
}

function donorAction(campaignId: string, donorId: string): BatchAction {
  return {
    about: 'donor',
    write: {
      put: { ...campaignDonorKey(campaignId, donorId), type: 'campaign-donor', campaignId, donorId },
      when: { absent: true },
    },
  };
}

type Sums = { gifts: number; amountMinor: number; matchMinor: number };

function totalsActions(campaignId: string, lines: readonly JournalLine[], newDonors: number): BatchAction[] {
  const matched = lines.filter((line) => line.matchMinor > 0).length;
  const campaign: Update = {
    update: campaignTotalsKey(campaignId),
    set: { type: 'campaign-totals', campaignId },
    add: { ...sumsOf(lines), donors: newDonors, matchedGifts: matched },
  };
  const units = grouped(lines, (line) => line.unitId).map(
    ([unitId, group]): Update => ({
      update: unitTotalsKey(campaignId, unitId),
      set: { type: 'unit-totals', campaignId, unitId },
      add: sumsOf(group),
    }),
  );
  const days = grouped(lines, (line) => line.day).map(
    ([day, group]): Update => ({
      update: dayTotalsKey(campaignId, day as JournalLine['day']),
      set: { type: 'day-totals', campaignId, day },
      add: sumsOf(group),
    }),
  );
  return [campaign, ...units, ...days].map((write): BatchAction => ({ about: 'totals', write }));
}

function sumsOf(lines: readonly JournalLine[]): Sums {
  const sums: Sums = { gifts: 0, amountMinor: 0, matchMinor: 0 };
  for (const line of lines) {
    sums.gifts += 1;
    sums.amountMinor += line.amountMinor;
    sums.matchMinor += line.matchMinor;
  }
  return sums;
}

function grouped(
  lines: readonly JournalLine[],
  by: (line: JournalLine) => string | undefined,
): [string, JournalLine[]][] {
  const groups = new Map<string, JournalLine[]>();
  for (const line of lines) {
    const name = by(line);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), line]);
  }
  return [...groups];
}
