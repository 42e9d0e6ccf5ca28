import type { DonationEntry } from '../donations/donation-entry.ts';
import { campaignDonorKey, type Key, matchEntryKey, standingKey } from '../platform/keys.ts';
import { type Item, readMany, type Table } from '../platform/table.ts';
import type { BatchPlan } from './allocation.ts';
import { yearKeysOf } from './donor-years.ts';
import { DonorsAtHand } from './donors-at-hand.ts';
import { type MatchEntry, matchEntrySchema } from './match-entry.ts';
import type { Engine } from './matching-engine.ts';
import type { MatchingPool } from './matching-pool.ts';

type Gift = Pick<DonationEntry, 'giftId' | 'donorId' | 'day'>;
export type DonorsRead = {
  readonly donors: DonorsAtHand;
  /** Which of the gifts are counted already, as far as a rule looks at donors: nobody else needs to know it before the transaction says so. */
  readonly counted: ReadonlySet<string>;
  /** What was found of `beside`. */
  readonly beside: readonly Item[];
};

/**
 * Everything that is known of these gifts' donors, after their pool was read. The match entries come last: of a gift that is
 * neither announced in a donor's item nor counted afterwards it is then certain that it was not counted when the item was
 * read, and an announcement under the item's guard cannot name a gift whose sums are in the item.
 */
export async function readDonors(
  table: Table,
  { pool, engine }: { readonly pool: MatchingPool; readonly engine: Engine },
  gifts: readonly Gift[],
  beside: readonly Key[] = [],
): Promise<DonorsRead> {
  const items = await readMany(table, [...keysOf(engine, pool.campaignId, gifts), ...beside]);
  const donors = new DonorsAtHand(engine, items);
  if (!engine.needsDonors) return { donors, counted: new Set(), beside: items };
  const matches = await readMatches(table, [...donors.announcedGifts(), ...gifts.map(({ giftId }) => giftId)]);
  donors.addCounted(matches, pool.sequence);
  const found = new Set(matches.map(({ giftId }) => giftId));
  const counted = new Set(gifts.map(({ giftId }) => giftId).filter((giftId) => found.has(giftId)));
  return { donors, counted, beside: items };
}

async function readMatches(table: Table, giftIds: readonly string[]): Promise<MatchEntry[]> {
  const items = await readMany(table, [...new Set(giftIds)].map(matchEntryKey));
  return items.map((item) => matchEntrySchema.parse(item));
}

/** Everything about the donors of a batch, each once. */
function keysOf(engine: Engine, campaignId: string, gifts: readonly Gift[]): Key[] {
  const donorIds = [...new Set(gifts.map(({ donorId }) => donorId))];
  return [
    ...donorIds.map((donorId) => campaignDonorKey(campaignId, donorId)),
    ...(engine.needsStandings ? donorIds.map((donorId) => standingKey(campaignId, donorId)) : []),
    ...yearKeysOf(engine, gifts),
  ];
}

/**
 * Announces the gifts of a planned batch. False where somebody has written one of the donors since: then what the plan was
 * made from is old. Announcements that are written all the same do no harm: a gift that is never counted has no match entry.
 */
export async function announce(table: Table, { announcements }: BatchPlan): Promise<boolean> {
  const outcomes = await Promise.all(announcements.map((announcement) => table.write(announcement)));
  return outcomes.every(({ kind }) => kind === 'written');
}
