import { windowBounds } from '../functions/kernel/time.ts';
import { violationsOf } from '../functions/ledger/invariants.ts';
import { DonorRecords } from '../functions/matching/donor-records.ts';
import { book } from '../functions/matching/matching-books.ts';
import { decisionOf, engineOf } from '../functions/matching/matching-engine.ts';
import { replay } from '../functions/matching/matching-oracle.ts';
import { openingFunds } from '../functions/matching/matching-pool.ts';
import type { GiftToMatch, MatchingState } from '../functions/matching/matching-state.ts';
import { booksOfRun } from './engine-books.ts';
import { engineGifts } from './engine-gifts.ts';
import { WINDOW } from './gifts.ts';
import { type PlanName, planOf, poolFor, SEEDS } from './plans.ts';

const PART = 100_000;
/** Gifts before the first second counts: code is compiled in them. */
const WARMING_GIFTS = 200_000;

/** What one process saw. `cpuSeconds` is processor time, that of garbage collection's threads included. */
export type EngineRun = {
  readonly work: 'engine' | 'floor' | 'oracle' | 'books';
  readonly gifts: number;
  readonly cpuSeconds: number;
  /** The largest the process has been. */
  readonly megabytes: number;
};

const frame = { zone: WINDOW.zone, ...windowBounds(WINDOW) };

/** Processor seconds of the work alone, and not of making gifts. */
function cpuSecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

/** Takes gifts through a plan, one after the other. */
function engineRun(name: PlanName, gifts: number): number {
  const plan = planOf(name, poolFor(gifts));
  const engine = engineOf(plan, frame, SEEDS);
  const state: MatchingState = { open: true, funds: openingFunds(plan), donors: new DonorRecords() };
  let seconds = 0;
  for (const part of engineGifts(gifts, PART))
    seconds += cpuSecondsOf(() => {
      for (const gift of part) book(engine, state, gift, decisionOf(engine, state, gift));
    });
  return seconds;
}

/** What nobody who caps by donor and day can do without: a sum under a name, a minimum, and the pool. */
function floorRun(gifts: number): number {
  const sums = new Map<string, number>();
  let left = poolFor(gifts);
  const draw = ({ donorId, day, amountMinor }: GiftToMatch): void => {
    const name = `${donorId} ${day}`;
    const before = sums.get(name) ?? 0;
    const match = Math.min(amountMinor, 10_000, 12_000 - before, left);
    if (match <= 0) return;
    left -= match;
    sums.set(name, before + match);
  };
  let seconds = 0;
  for (const part of engineGifts(gifts, PART)) seconds += cpuSecondsOf(() => part.forEach(draw));
  return seconds;
}

function booksRun(work: 'oracle' | 'books', name: PlanName, gifts: number): number {
  const books = booksOfRun(name, gifts);
  // What making the books has left behind is none of the work's.
  globalThis.gc?.();
  return cpuSecondsOf(() => {
    const { pool, seeds, journal, adjustments } = books;
    const wrong =
      work === 'books'
        ? violationsOf(books).length
        : replay({ plan: pool.plan, frame, seeds, lines: journal, adjustments }).differing;
    if (wrong !== 0) throw new Error(`${work} and engine disagree in ${wrong} places`);
  });
}

function run(work: string, plan: PlanName, gifts: number): number {
  if (work === 'engine') return engineRun(plan, gifts);
  return work === 'floor' ? floorRun(gifts) : booksRun(work === 'oracle' ? 'oracle' : 'books', plan, gifts);
}

// A process of its own for each run, so that its memory is that run's alone: node bench/engine-run.ts <work> <plan> <gifts>.
const [work = '', plan, count] = process.argv.slice(2);
const gifts = Number(count);
run(work, plan as PlanName, WARMING_GIFTS);
const cpuSeconds = run(work, plan as PlanName, gifts);
const megabytes = (process.resourceUsage().maxRSS * 1024) / 2 ** 20;
process.stdout.write(`${JSON.stringify({ work, gifts, cpuSeconds, megabytes })}\n`);
