import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { adjustmentsOfPool, adjustmentsOfPoolFrom, journalOfPool, poolKey, seedsKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type Adjustment, adjustmentSchema } from './adjustment.ts';
import { journalPageOf } from './journal-page.ts';
import type { JournalLine } from './match-entry.ts';
import { type Engine, engineOf } from './matching-engine.ts';
import { frameOf, type MatchingPool, matchingPoolSchema } from './matching-pool.ts';

/** Journal pages asked for at once: 100 of some 7 KB each are one of DynamoDB's answers of 1 MB. */
const PAGES_PER_READ = 100;

/** The pool, read consistently; `undefined` where the campaign has never been opened, or is none of ours. */
export async function findPool(table: Table, campaignId: string): Promise<MatchingPool | undefined> {
  const item = await table.get(poolKey(campaignId));
  return item === undefined ? undefined : matchingPoolSchema.parse(item);
}

/** Reads the pool consistently. Throws PermanentError when the campaign has none: its gifts cannot be counted. */
export async function readPool(table: Table, campaignId: string): Promise<MatchingPool> {
  const pool = await findPool(table, campaignId);
  if (pool === undefined) throw new PermanentError(`campaign ${campaignId} has no pool: it was never opened`);
  return pool;
}

/** The pool's journal in recorded order. */
export async function* journalLines(table: Table, campaignId: string): AsyncGenerator<JournalLine> {
  for await (const item of everyItem(table, journalOfPool(campaignId), PAGES_PER_READ))
    yield* journalPageOf(item).lines;
}

/** Everything else in the pool's order: refunds, decisions, claims, raised pools. Few, so they are given as a list. */
export async function adjustmentsOf(table: Table, campaignId: string): Promise<Adjustment[]> {
  const adjustments: Adjustment[] = [];
  for await (const item of everyItem(table, adjustmentsOfPool(campaignId)))
    adjustments.push(adjustmentSchema.parse(item));
  return adjustments;
}

/** Adjustments given in one call. */
const ADJUSTMENTS_PER_PAGE = 50;

/** The adjustments after number `after`, and the number to go on after where there are more. */
export async function adjustmentsAfter(table: Table, campaignId: string, after: number) {
  const answer = await table.query(adjustmentsOfPoolFrom(campaignId, after + 1), { limit: ADJUSTMENTS_PER_PAGE });
  const page = answer.items.map((item) => adjustmentSchema.parse(item));
  return { page, next: answer.cursor === undefined ? undefined : page.at(-1)?.number };
}

const seedsSchema = z.object({ seeds: z.record(z.string(), z.string()) });

/** The seeds of a campaign's random rules, by rule id; empty where it has none. */
export async function readSeeds(table: Table, campaignId: string): Promise<Record<string, string>> {
  const item = await table.get(seedsKey(campaignId));
  return item === undefined ? {} : seedsSchema.parse(item).seeds;
}

/** The pool's plan, ready to run. */
export async function openEngine(table: Table, pool: MatchingPool): Promise<Engine> {
  const drawsLots = pool.plan.rules.some(({ kind }) => kind === 'random');
  const seeds = drawsLots ? await readSeeds(table, pool.campaignId) : {};
  try {
    return engineOf(pool.plan, frameOf(pool), seeds);
  } catch (error) {
    if (error instanceof RangeError) throw new PermanentError(error.message, { cause: error });
    throw error;
  }
}
