import type { DonationEntry } from '../donations/donation-entry.ts';
import type { Put, TransactWrite } from '../platform/table.ts';
import { rememberedOf } from './donor-item.ts';
import type { DonorRecords } from './donor-records.ts';
import { yearActions } from './donor-years.ts';
import type { DonorsAtHand } from './donors-at-hand.ts';
import type { Engine } from './matching-engine.ts';
import type { MatchingState } from './matching-state.ts';

type GiftOfDonor = Pick<DonationEntry, 'donorId' | 'giftId'>;

/**
 * What has to be written before a batch may be counted whose gifts change what is remembered of their donors: the gifts'
 * names in their donors' items, one write for each donor. Whoever decides on the donor next finds the gift by its name, and
 * what it drew in its match entry; so what a donor has drawn need not be in the transaction, where it would cost twice as
 * much and take half of the room (docs/decisions/0047-gifts-are-announced.md).
 */
export function announcementsOf(
  engine: Engine,
  campaignId: string,
  entries: readonly GiftOfDonor[],
  donors: DonorsAtHand,
  after: DonorRecords,
): Put[] {
  if (!engine.needsDonors) return [];
  const before = donors.recordsOf();
  const byDonor = Map.groupBy(entries, ({ donorId }) => donorId);
  return [...byDonor].flatMap(([donorId, gifts]): Put[] => {
    const giftIds = gifts.map(({ giftId }) => giftId);
    const [firstGiftId = ''] = giftIds;
    if (donors.isKnown(donorId) && !isChanged(donorId, before, after)) return [];
    if (donors.areAnnounced(donorId, giftIds)) return [];
    return [donors.itemOf(campaignId, donorId, before, firstGiftId, giftIds)];
  });
}

/** What a settlement changes of a gift's donor, in its transaction: it has no match entry that would say it. */
export function donorActions(
  engine: Engine,
  campaignId: string,
  entry: GiftOfDonor & Pick<DonationEntry, 'day'>,
  donors: DonorsAtHand,
  state: MatchingState,
): TransactWrite[] {
  if (!engine.needsDonors) return [];
  const { donorId, giftId } = entry;
  const years = yearActions(engine, [entry], donors, state);
  if (donors.isKnown(donorId) && !isChanged(donorId, donors.recordsOf(), state.donors)) return years;
  return [donors.itemOf(campaignId, donorId, state.donors, giftId, []), ...years];
}

const isChanged = (donorId: string, before: DonorRecords, after: DonorRecords): boolean =>
  JSON.stringify(rememberedOf(before, donorId)) !== JSON.stringify(rememberedOf(after, donorId));
