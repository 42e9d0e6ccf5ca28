import type { Source } from './report-account.ts';

/** How many items were read for an addendum. */
export type AddendumCounts = {
  readonly campaignId: string;
  readonly settlements: number;
  readonly lateGifts: number;
  readonly spending: number;
  readonly items: number;
  /** The file of the report, by its place. */
  readonly reportFile: string;
  readonly addenda: number;
};

/** How each figure of an addendum was computed, as the report has it for its own; a test asks the same questions again, by other code. */
export function addendumSources(read: AddendumCounts): Source[] {
  const { campaignId: id } = read;
  const one = (source: Omit<Source, 'partitionCount'>): Source => ({ ...source, partitionCount: 1 });
  return [
    one({
      id: 'totals',
      figures: ['standing.gifts', 'standing.raisedMinor', 'standing.refundedGifts', 'figures[].is'],
      query: 'totalsOfCampaign',
      partitions: `TOTALS#${id}`,
      items: 1,
    }),
    one({
      id: 'adjustments',
      figures: ['standing.refundedMinor', 'standing.matchedMinor', 'standing.lumpMinor', 'changes[].number'],
      query: 'adjustmentsOfPool',
      partitions: `POOL#${id}`,
      items: read.settlements,
    }),
    one({
      id: 'journal',
      figures: ['changes[].giftNo'],
      query: 'journalOfPool',
      partitions: `POOL#${id}`,
      items: read.lateGifts,
    }),
    one({
      id: 'spending',
      figures: ['standing.spentMinor', 'changes[].lastNumber'],
      query: 'spendingEntriesOf',
      partitions: `SPENDING#${id}`,
      items: read.spending,
    }),
    one({
      id: 'items',
      figures: ['items[]'],
      query: 'reconciliationItemsOf',
      partitions: `RECONCILIATION#${id}`,
      items: read.items,
    }),
    one({
      id: 'report',
      figures: ['figures[].was', 'items[].was'],
      query: read.reportFile,
      partitions: `campaigns/${id}/closeout/`,
      items: 1,
    }),
    one({
      id: 'addenda',
      figures: ['figures[].was', 'items[].was'],
      query: 'reportAddendaFrom',
      partitions: `CAMPAIGN#${id}`,
      items: read.addenda,
    }),
  ];
}
