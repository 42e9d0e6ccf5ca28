import * as z from 'zod';
import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { type GiftAssignment, giftAssignmentSchema } from '../donations/gift-assignment.ts';
import { type RefundEntry, refundEntrySchema } from '../donations/refund-entry.ts';
import { noteReturned } from '../donations/unassigned-money.store.ts';
import { PermanentError, reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type StreamDefinition, type StreamImage, streamFunction } from '../platform/batch.ts';
import { donationEntryKey, UNASSIGNED } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { openPoisonQueue, type SetAside, setPoisonAside } from '../platform/poison.gateway.ts';
import { readMany, type Table } from '../platform/table.ts';
import { allocateGifts } from './allocation.store.ts';
import { type Patience, realPatience } from './patience.ts';
import { settleRefunds } from './settlement.store.ts';

export type AllocateUse = { readonly table: Table; readonly setAside: SetAside; readonly patience: Patience };
const SOURCE = 'allocate-donations';
const entrySchema = z.discriminatedUnion('type', [donationEntrySchema, refundEntrySchema, giftAssignmentSchema]);

/**
 * Counts, matches and totals a batch of new gifts, money that people have assigned to a campaign among them, and settles the refunds. What cannot be read or counted is
 * set aside alone; what may work later throws, and the stream brings the whole batch again, of which what was done is
 * recognised and dropped. One consumer for both: DynamoDB gives a shard of the stream to two at the most.
 */
export async function allocateDonations(
  images: readonly StreamImage[],
  use: AllocateUse,
  now: Instant,
): Promise<undefined> {
  const byCampaign = new Map<string, DonationEntry[]>();
  const refunds: RefundEntry[] = [];
  const assigned: GiftAssignment[] = [];
  const take = (entry: DonationEntry): void => {
    const entries = byCampaign.get(entry.campaignId);
    if (entries === undefined) byCampaign.set(entry.campaignId, [entry]);
    else entries.push(entry);
  };
  for (const { image } of images) {
    const entry = entrySchema.safeParse(image);
    if (!entry.success) {
      await setPoisonAside(
        use.setAside,
        SOURCE,
        image,
        'neither a donation entry nor one that changes what is counted',
      );
    } else if (entry.data.type === 'refund') {
      // Also one of no campaign: it may have been read a moment before its payment was written, and the gift tells.
      refunds.push(entry.data);
    } else if (entry.data.type === 'gift-assignment') {
      assigned.push(entry.data);
    } else if (entry.data.campaignId !== UNASSIGNED) take(entry.data);
  }
  // Written together with the assignment, so it is there and is the campaign's.
  const keys = assigned.map(({ giftId }) => donationEntryKey(giftId));
  for (const item of await readMany(use.table, keys)) take(donationEntrySchema.parse(item));
  for (const [campaignId, entries] of byCampaign) await allocateOrSetAside(campaignId, entries, use, now);
  for (const { giftId } of refunds) await settleOrSetAside(giftId, use, now);
  return undefined;
}

/**
 * How often, and how far apart, a refund looks for its gift to be counted (three seconds, when a gift usually takes one), and
 * an item of the books that cannot be read is looked at before its gifts are set aside. Longer, and the gifts of every other
 * campaign in the shard wait with it.
 */
const LOOKS = 6;
const LOOK_AGAIN_MS = 500;

/** An item of the books that is not what it must be, and so was not written by us, or by another version of us. */
const isUnreadable = (error: unknown): error is z.ZodError => error instanceof z.ZodError;
/** What fails the same way however often the stream brings it: anything else may work later, and is thrown. */
const isHopeless = (error: unknown): boolean => error instanceof PermanentError || isUnreadable(error);

/** Where the item is wrong, and nothing of what it says: the note is read outside the books. */
const hopelessReason = (error: unknown): string =>
  isUnreadable(error)
    ? `what is stored cannot be read: ${error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).join(', ')}`
    : reasonOf(error);

async function allocateOrSetAside(
  campaignId: string,
  entries: readonly DonationEntry[],
  use: AllocateUse,
  now: Instant,
  looks = LOOKS,
): Promise<void> {
  try {
    const { refunded, ...report } = await allocateGifts(use.table, campaignId, entries, now, use.patience);
    count(METRICS.giftsAllocated, report.counted);
    count(METRICS.allocationRetried, report.retries);
    log.info('gifts allocated', { campaignId, ...report, refunded: refunded.length });
    for (const giftId of refunded) await settleOrSetAside(giftId, use, now);
  } catch (error) {
    if (!isHopeless(error)) throw error;
    if (isUnreadable(error) && looks > 1) {
      await use.patience.pause(LOOK_AGAIN_MS);
      return allocateOrSetAside(campaignId, entries, use, now, looks - 1);
    }
    const [only] = entries;
    if (only === undefined) return;
    if (entries.length === 1) {
      await setPoisonAside(use.setAside, SOURCE, donationEntryKey(only.giftId), hopelessReason(error));
      return;
    }
    // One of them is bad: take them one by one, so that only the bad one is set aside.
    for (const entry of entries) await allocateOrSetAside(campaignId, [entry], use, now, 1);
  }
}

/**
 * Settles a gift's refunds. Whoever counts a gift later finds its refunds; one that is being counted this moment is waited
 * for; and what slips through between the two is settled by finalisation. So a refund never holds up the stream.
 */
async function settleOrSetAside(giftId: string, use: AllocateUse, now: Instant): Promise<void> {
  let hopeless: unknown;
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await use.patience.pause(LOOK_AGAIN_MS);
    hopeless = undefined;
    try {
      const outcome = await settleRefunds(use.table, giftId, now, use.patience);
      if (outcome.kind === 'settled') count(METRICS.refundSettled, outcome.refunds);
      if (outcome.kind === 'unassigned') await noteReturned(use.table, giftId);
      if (outcome.kind !== 'not-counted-yet') return;
    } catch (error) {
      if (!isHopeless(error)) throw error;
      hopeless = error;
      if (!isUnreadable(error)) break;
    }
  }
  if (hopeless === undefined) log.warn('refund of a gift that is not counted yet', { giftId });
  else await setPoisonAside(use.setAside, SOURCE, donationEntryKey(giftId), hopelessReason(hopeless));
}

export const definition: StreamDefinition<AllocateUse> = {
  name: SOURCE,
  open: () => ({ table: openTable(), setAside: openPoisonQueue(), patience: realPatience }),
  handle: allocateDonations,
};
export const handler = streamFunction(definition);
