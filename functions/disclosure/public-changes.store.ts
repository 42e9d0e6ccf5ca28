import { lumpMinorOf } from '../ledger/gift-sums.ts';
import { adjustmentSchema, netOf } from '../matching/adjustment.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import type { MatchingPool } from '../matching/matching-pool.ts';
import { adjustmentsOfPool, matchEntryKey } from '../platform/keys.ts';
import { readMany, type Table } from '../platform/table.ts';
import { moneyOrGoods } from './public-gift.ts';
import type { PublicChange, PublicChanges } from './public-match.ts';

/** As many as a page can show; beyond them the closeout report lists all. */
const MOST_CHANGES = 20;
/** One more than are shown, to know that there are more; pool changes and rounds among them are few. */
const READ_AT_MOST = 3 * MOST_CHANGES;
export const NO_CHANGES: PublicChanges = { list: [], more: false };

/** The matches that changed since the pool was finalised and its matches were shown, newest first. Nothing before that. */
export async function readPublicChanges(table: Table, pool: MatchingPool): Promise<PublicChanges> {
  const { finalisedAt, adjustments, campaignId } = pool;
  if (finalisedAt === undefined || adjustments === 0) return NO_CHANGES;
  const page = await table.query(adjustmentsOfPool(campaignId), { descending: true, limit: READ_AT_MOST });
  const since = page.items
    .map((item) => adjustmentSchema.parse(item))
    .filter(({ at, giftId }) => at >= finalisedAt && giftId !== undefined);
  const shown = since.slice(0, MOST_CHANGES);
  const giftIds = new Set(shown.flatMap(({ giftId }) => giftId ?? []));
  const matches = await readMany(table, [...giftIds].map(matchEntryKey));
  const gifts = new Map(matches.map((item) => matchEntrySchema.parse(item)).map((match) => [match.giftId, match]));
  return {
    list: shown.flatMap((adjustment): PublicChange[] => {
      const { giftId, at, kind, refundMinor } = adjustment;
      const gift = gifts.get(giftId ?? '');
      if (gift === undefined) return [];
      return [
        {
          giftNo: gift.sequence,
          at,
          kind,
          ...moneyOrGoods(gift, refundMinor ?? 0),
          matchChangeMinor: netOf(adjustment) - lumpMinorOf([adjustment]),
        },
      ];
    }),
    more: since.length > MOST_CHANGES,
  };
}
