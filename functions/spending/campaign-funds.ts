import { add, type Currency, formatMoney, type Minor, minor, subtract, sum } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { CampaignSums } from '../ledger/totals.ts';
import { givenMinorOf, type MatchingPool } from '../matching/matching-pool.ts';
import type { CampaignFees } from '../reconciliation/campaign-fees.ts';
import type { SpendingBook } from './spending-book.ts';

/** The money of a campaign, by where it came from and went (decision 57). Goods are in none of it. */
export type CampaignFunds = {
  /** Gifts of money less refunds. */
  readonly raisedMinor: Minor;
  /** What providers kept of it, by the statements that were compared. */
  readonly feesMinor: Minor;
  /** The last day whose statement is in that; absent before the first. */
  readonly feesUntil?: LocalDate;
  /** Match and lump sums that sponsors have paid; of each rule no more than it has given. */
  readonly matchPaidMinor: Minor;
  /** What the bank paid on it, by a signed closeout statement; zero before. */
  readonly interestMinor: Minor;
  readonly surplusInMinor: Minor;
  readonly surplusOutMinor: Minor;
  readonly spentMinor: Minor;
  /** What may still be spent. Below zero where more was spent than came in: what others have lent. */
  readonly leftMinor: Minor;
  /** Match and lump sums that are confirmed, and that sponsors have not paid. */
  readonly owedMatchMinor: Minor;
  /** What sponsors would add if the matches were confirmed as they stand. */
  readonly unconfirmedMatchMinor: Minor;
};

/** Everything that the money of a campaign is added up from. */
export type FundSources = {
  readonly totals: Pick<CampaignSums, 'amountMinor' | 'refundedMinor' | 'matchMinor' | 'lumpMinor'>;
  /** The worth of gifts of goods, which is in the totals of gifts, and no money. */
  readonly inKindMinor: Minor;
  readonly pool: Pick<MatchingPool, 'stage' | 'funds' | 'paidMinor'> | undefined;
  readonly fees: CampaignFees;
  readonly interestMinor: Minor;
  readonly book: Pick<SpendingBook, 'spentMinor' | 'surplusInMinor' | 'surplusOutMinor'>;
};

/** What a campaign has. A refund of goods is taken off twice, which errs to the safe side: it lets less be spent, never more. */
export function campaignFunds({ totals, inKindMinor, pool, fees, interestMinor, book }: FundSources): CampaignFunds {
  const raisedMinor = minor(totals.amountMinor - totals.refundedMinor - inKindMinor);
  const drawnMinor = minor(totals.matchMinor + totals.lumpMinor);
  const isOwed = pool?.stage === 'confirmed' || pool?.stage === 'paid';
  const matchPaidMinor = pool === undefined ? minor(0) : paidBySponsors(pool);
  const { spentMinor, surplusInMinor, surplusOutMinor } = book;
  const inMinor = sum([subtract(raisedMinor, fees.feesMinor), matchPaidMinor, interestMinor, surplusInMinor]);
  return {
    raisedMinor,
    feesMinor: fees.feesMinor,
    ...(fees.until === undefined ? {} : { feesUntil: fees.until }),
    matchPaidMinor,
    interestMinor,
    surplusInMinor,
    surplusOutMinor,
    spentMinor,
    leftMinor: subtract(inMinor, add(spentMinor, surplusOutMinor)),
    owedMatchMinor: isOwed ? minor(Math.max(0, drawnMinor - matchPaidMinor)) : minor(0),
    unconfirmedMatchMinor: isOwed ? minor(0) : drawnMinor,
  };
}

/** Of each rule no more than it has given: what was paid for a match that went back with its gift is the sponsor's again. */
const paidBySponsors = ({ funds, paidMinor = {} }: NonNullable<FundSources['pool']>): Minor =>
  sum(funds.map((fund) => minor(Math.min(paidMinor[fund.ruleId] ?? 0, givenMinorOf(fund)))));

/** What there is to spend and how it comes about, in one sentence: what every refusal for want of money says. */
export function fundsSentence(funds: CampaignFunds, currency: Currency): string {
  const money = (amount: Minor): string => formatMoney(amount, currency);
  const until = funds.feesUntil === undefined ? 'none reconciled yet' : `reconciled until ${funds.feesUntil}`;
  const parts = [
    `${money(funds.raisedMinor)} of gifts less refunds`,
    `- ${money(funds.feesMinor)} of provider fees (${until})`,
    `+ ${money(funds.matchPaidMinor)} of match that was paid`,
    ...(funds.interestMinor === 0 ? [] : [`+ ${money(funds.interestMinor)} of interest`]),
    ...(funds.surplusInMinor === 0 ? [] : [`+ ${money(funds.surplusInMinor)} of others’ surplus`]),
    `- ${money(funds.spentMinor)} spent`,
    ...(funds.surplusOutMinor === 0 ? [] : [`- ${money(funds.surplusOutMinor)} handed on`]),
  ];
  const waiting = [
    ...(funds.owedMatchMinor > 0 ? [`${money(funds.owedMatchMinor)} of match are confirmed and not paid yet.`] : []),
    ...(funds.unconfirmedMatchMinor > 0
      ? [`${money(funds.unconfirmedMatchMinor)} of match are not confirmed yet.`]
      : []),
  ];
  return [`There is ${money(funds.leftMinor)} left: ${parts.join(' ')}.`, ...waiting].join(' ');
}
