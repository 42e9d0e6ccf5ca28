import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { PermanentError, reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type StreamDefinition, type StreamImage, streamFunction } from '../platform/batch.ts';
import { donationEntryKey, UNASSIGNED } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import { openPoisonQueue, poisonNote, type SetAside } from '../platform/poison.gateway.ts';
import type { Table } from '../platform/table.ts';
import { allocateGifts, type Patience, realPatience } from './allocation.store.ts';

export type AllocateUse = { readonly table: Table; readonly setAside: SetAside; readonly patience: Patience };
const SOURCE = 'allocate-donations';

/**
 * Counts, matches and totals a batch of new entries. What cannot be read or counted is set aside alone; what may work
 * later throws, and the stream brings the whole batch again, of which what was counted is recognised and dropped.
 */
export async function allocateDonations(
  images: readonly StreamImage[],
  use: AllocateUse,
  now: Instant,
): Promise<undefined> {
  const byCampaign = new Map<string, DonationEntry[]>();
  for (const { image } of images) {
    const entry = donationEntrySchema.safeParse(image);
    if (!entry.success) {
      await setPoisonAside(use, image, 'not a donation entry');
    } else if (entry.data.campaignId !== UNASSIGNED) {
      byCampaign.set(entry.data.campaignId, [...(byCampaign.get(entry.data.campaignId) ?? []), entry.data]);
    }
  }
  for (const [campaignId, entries] of byCampaign) await allocateOrSetAside(campaignId, entries, use, now);
  return undefined;
}

async function allocateOrSetAside(
  campaignId: string,
  entries: readonly DonationEntry[],
  use: AllocateUse,
  now: Instant,
): Promise<void> {
  try {
    const report = await allocateGifts(use.table, campaignId, entries, now, use.patience);
    count(METRICS.giftsAllocated, report.counted);
    count(METRICS.allocationRetried, report.retries);
    log.info('gifts allocated', { campaignId, ...report });
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const [only] = entries;
    if (only === undefined) return;
    if (entries.length === 1) {
      await setPoisonAside(use, donationEntryKey(only.giftId), reasonOf(error));
      return;
    }
    // One of them is bad: take them one by one, so that only the bad one is set aside.
    for (const entry of entries) await allocateOrSetAside(campaignId, [entry], use, now);
  }
}

async function setPoisonAside(use: AllocateUse, image: unknown, reason: string): Promise<void> {
  const note = poisonNote(SOURCE, image, reason);
  log.error('record set aside', { note });
  count(METRICS.poisonRecord);
  await use.setAside(note);
}

export const definition: StreamDefinition<AllocateUse> = {
  name: SOURCE,
  open: () => ({ table: openTable(), setAside: openPoisonQueue(), patience: realPatience }),
  handle: allocateDonations,
};
export const handler = streamFunction(definition);
