import { add, type Minor, minor, subtract, sum } from '../kernel/money.ts';
import type { CampaignSums } from '../ledger/totals.ts';
import type { MatchStage } from '../matching/matching-pool.ts';
import type { SpendingBook } from './spending-book.ts';

/** The money of a campaign, by where it came from and went. Goods are in none of it. */
export type CampaignFunds = {
  /** Gifts of money less refunds. */
  readonly raisedMinor: Minor;
  /** Match and lump sums that sponsors owe or have paid; zero before the matches are confirmed. */
  readonly matchMinor: Minor;
  readonly surplusInMinor: Minor;
  readonly surplusOutMinor: Minor;
  readonly spentMinor: Minor;
  /** What may still be spent. Below zero where more was spent than came in: what others have lent. */
  readonly leftMinor: Minor;
  /** What sponsors would add if the matches were confirmed as they stand. */
  readonly unconfirmedMatchMinor: Minor;
};

/** The stages from which on sponsors owe their match. */
const OWED: ReadonlySet<MatchStage> = new Set(['confirmed', 'paid']);

/**
 * What a campaign has. `inKindMinor`: the worth of gifts of goods, which is in the totals of gifts, and no money. A refund
 * of goods is taken off twice so, which errs to the safe side: it lets less be spent, never more.
 */
export function campaignFunds(
  totals: Pick<CampaignSums, 'amountMinor' | 'refundedMinor' | 'matchMinor' | 'lumpMinor'>,
  inKindMinor: Minor,
  stage: MatchStage | undefined,
  book: Pick<SpendingBook, 'spentMinor' | 'surplusInMinor' | 'surplusOutMinor'>,
): CampaignFunds {
  const raisedMinor = minor(totals.amountMinor - totals.refundedMinor - inKindMinor);
  const drawnMinor = minor(totals.matchMinor + totals.lumpMinor);
  const isOwed = stage !== undefined && OWED.has(stage);
  const matchMinor = isOwed ? drawnMinor : minor(0);
  const { spentMinor, surplusInMinor, surplusOutMinor } = book;
  return {
    raisedMinor,
    matchMinor,
    surplusInMinor,
    surplusOutMinor,
    spentMinor,
    leftMinor: subtract(sum([raisedMinor, matchMinor, surplusInMinor]), add(spentMinor, surplusOutMinor)),
    unconfirmedMatchMinor: isOwed ? minor(0) : drawnMinor,
  };
}
