import type { Source } from './report-account.ts';

/** How many items and partitions were read for a report. */
export type SourceCounts = {
  readonly campaignId: string;
  readonly partitions: number;
  readonly gifts: number;
  readonly adjustments: number;
  readonly rules: number;
  readonly spendingEntries: number;
  readonly goodsKinds: number;
  readonly bills: number;
  readonly items: number;
  readonly directedGifts: number;
  readonly evidence: number;
  readonly earlier: number;
};

/**
 * How each figure was computed, as data: the question of the table by its name (functions/platform/keys.ts), where it was
 * asked, and of how many items the figures are. A test asks the same questions again, by other code, and compares.
 */
export function sourcesOf(read: SourceCounts): Source[] {
  const { campaignId: id } = read;
  const one = (source: Omit<Source, 'partitionCount'>): Source => ({ ...source, partitionCount: 1 });
  return [
    {
      id: 'entries',
      figures: [
        'summary.gifts',
        'summary.raisedMinor',
        'summary.averageGiftMinor',
        'units[].rank',
        'units[].gifts',
        'units[].raisedMinor',
        'days[].gifts',
        'days[].raisedMinor',
        'hours[].gifts',
        'hours[].raisedMinor',
        'channels[].gifts',
        'channels[].raisedMinor',
      ],
      query: 'donationsOfCampaignDay',
      partitions: `CAMPAIGN#${id}#<day>#<shard>`,
      partitionCount: read.partitions,
      items: read.gifts,
    },
    {
      id: 'matches',
      figures: [
        'summary.matchedMinor',
        'units[].matchedMinor',
        'days[].matchedMinor',
        'hours[].matchedMinor',
        'match.drawnMinor',
        'match.matchedGifts',
        'match.cappedGifts',
        'match.exhaustedGifts',
        'match.outsideWindowGifts',
        'match.heldGifts',
      ],
      query: 'matchEntryKey',
      partitions: 'GIFT#<gift>',
      partitionCount: read.gifts,
      items: read.gifts,
    },
    one({
      id: 'journal',
      figures: ['summary.donors', 'match.recomputation'],
      query: 'journalOfPool',
      partitions: `POOL#${id}`,
      items: read.gifts,
    }),
    one({
      id: 'adjustments',
      figures: [
        'summary.refundedMinor',
        'summary.refundedGifts',
        'summary.lumpMinor',
        'units[].refundedMinor',
        'days[].refundedMinor',
        'channels[].refundedMinor',
        'match.adjustments',
        'match.lumpMinor',
      ],
      query: 'adjustmentsOfPool',
      partitions: `POOL#${id}`,
      items: read.adjustments,
    }),
    one({
      id: 'pool',
      figures: ['match.poolMinor', 'match.matchedMinor', 'match.remainingMinor', 'match.rules[]'],
      query: 'poolKey',
      partitions: `POOL#${id}`,
      items: 1,
    }),
    one({
      id: 'directed',
      figures: ['channels[].channel'],
      query: 'offlineGiftsOfCampaign',
      partitions: `CAMPAIGN#${id}#OFFLINE`,
      items: read.directedGifts,
    }),
    one({
      id: 'plan',
      figures: ['campaign.targetMinor', 'budget.plannedMinor', 'budget.lines[].plannedMinor'],
      query: 'campaignKey',
      partitions: `CAMPAIGN#${id}`,
      items: 1,
    }),
    one({
      id: 'spending',
      figures: [
        'budget.spentMinor',
        'budget.lines[].spentMinor',
        'budget.lines[].transferredMinor',
        'budget.aid',
        'budget.surplus',
        'budget.surplusIn[]',
      ],
      query: 'spendingEntriesOf',
      partitions: `SPENDING#${id}`,
      items: read.spendingEntries,
    }),
    one({
      id: 'goods',
      figures: ['budget.goods[]', 'budget.goodsReceivedMinor', 'budget.goodsIssuedMinor'],
      query: 'goodsEntriesOf',
      partitions: `GOODS#${id}`,
      items: read.goodsKinds,
    }),
    one({
      id: 'bills',
      figures: [
        'reconciliation.bills[]',
        'reconciliation.totals',
        'reconciliation.discrepancies[]',
        'reconciliation.funds[]',
        'fees[].feesMinor',
        'feesMinor',
      ],
      query: 'reconciliation.json',
      partitions: `campaigns/${id}/closeout/`,
      items: read.bills,
    }),
    one({
      id: 'items',
      figures: ['reconciliation.standing', 'reconciliation.items[]'],
      query: 'reconciliationItemsOf',
      partitions: `RECONCILIATION#${id}`,
      items: read.items,
    }),
    one({
      id: 'statement',
      figures: ['interestMinor', 'outcome', 'budget.lines[].varianceReason', 'commendation'],
      query: 'closeoutStatementKey',
      partitions: `CAMPAIGN#${id}`,
      items: 1,
    }),
    one({
      id: 'evidence',
      figures: ['outcome.evidence[]'],
      query: 'attachmentsOfCampaign',
      partitions: `CAMPAIGN#${id}`,
      items: read.evidence,
    }),
    {
      id: 'earlier',
      figures: ['yearOnYear[]'],
      query: 'closeoutKey',
      partitions: 'CAMPAIGN#<earlier campaign>',
      partitionCount: read.earlier,
      items: read.earlier,
    },
  ];
}

/** The sources of a figure, given as a path: those that name it or what it is a part of. */
export const sourcesOfFigure = (sources: readonly Source[], path: string): readonly Source[] =>
  sources.filter(({ figures }) => figures.some((figure) => path === figure || isPartOf(path, figure)));

const isPartOf = (path: string, figure: string): boolean =>
  path.startsWith(figure) && (figure.endsWith(']') || ['.', '['].includes(path.charAt(figure.length)));
