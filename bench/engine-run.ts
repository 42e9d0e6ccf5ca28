import { windowBounds } from '../functions/kernel/time.ts';
import { book } from '../functions/matching/matching-books.ts';
import { decisionOf, engineOf } from '../functions/matching/matching-engine.ts';
import { openingFunds } from '../functions/matching/matching-pool.ts';
import type { GiftToMatch, MatchingState } from '../functions/matching/matching-state.ts';
import { engineGifts } from './engine-gifts.ts';
import { WINDOW } from './gifts.ts';
import { type PlanName, planOf, SEEDS } from './plans.ts';

const PART = 100_000;
/** Gifts before the first second counts: code is compiled in them. */
const WARMING_GIFTS = 200_000;

/** What one process saw of the engine. */
export type EngineRun = { readonly seconds: number; readonly megabytes: number; readonly matchedMinor: number };

/** About half of what the gifts would draw, so that the pool runs out on the way as pools do. */
const poolFor = (gifts: number): number => gifts * 900;
const frame = { zone: WINDOW.zone, ...windowBounds(WINDOW) };

/** Takes gifts through a plan, one after the other; the time is the engine's and not that of making gifts. */
function run(name: PlanName, gifts: number): { seconds: number; matchedMinor: number } {
  const plan = planOf(name, poolFor(gifts));
  const engine = engineOf(plan, frame, SEEDS);
  const state: MatchingState = { open: true, funds: openingFunds(plan), donors: new Map() };
  let milliseconds = 0;
  let matchedMinor = 0;
  for (const part of engineGifts(gifts, PART)) {
    const began = performance.now();
    matchedMinor += takeThrough(engine, state, part);
    milliseconds += performance.now() - began;
  }
  return { seconds: milliseconds / 1_000, matchedMinor };
}

function takeThrough(engine: ReturnType<typeof engineOf>, state: MatchingState, part: readonly GiftToMatch[]): number {
  let matchedMinor = 0;
  for (const gift of part) {
    const decision = decisionOf(engine, state, gift);
    book(engine, state, gift, decision);
    matchedMinor += decision.matchMinor;
  }
  return matchedMinor;
}

// A process of its own for each run, so that its memory is that run's alone: node bench/engine-run.ts <plan> <gifts>.
const [plan, gifts] = process.argv.slice(2);
run(plan as PlanName, WARMING_GIFTS);
const { seconds, matchedMinor } = run(plan as PlanName, Number(gifts));
const result: EngineRun = { seconds, megabytes: (process.resourceUsage().maxRSS * 1024) / 2 ** 20, matchedMinor };
process.stdout.write(`${JSON.stringify(result)}\n`);
