import { readPeople } from '../approvals/people.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import { journalPageOf } from '../matching/journal-page.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import { adjustmentsOf } from '../matching/matching-pool.store.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { journalOfPool, matchEntryKey } from '../platform/keys.ts';
import { readMany, type Table } from '../platform/table.ts';
import { readReconciliationStanding } from '../reconciliation/reconciliation-item.store.ts';
import { readSpendingFigures } from '../spending/spending-figures.store.ts';
import {
  changesBetween,
  completingRefunds,
  type EntriesSince,
  type LateGift,
  listedChanges,
} from './addendum-change.ts';
import { changedItems } from './addendum-item.ts';
import { addendumSources } from './addendum-sources.ts';
import { type CampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import type { Closeout } from './closeout.ts';
import { readBasis } from './draft-basis.store.ts';
import type { DraftBasis } from './draft-basis.ts';
import {
  type AddendumContent,
  type AddendumRequest,
  besideReport,
  changedFigures,
  figuresOfReport,
  REPORT_ADDENDUM_SCHEMA,
  type ReportAddendum,
  type SignedFigures,
  signedFiguresSchema,
  standingNow,
} from './report-addendum.ts';
import { decidersOf, itemsReadOf, type ReportedItem } from './report-reconciliation.ts';

type Use = { readonly table: Table; readonly files: CampaignFiles };
export type WrittenContent = {
  readonly kind: 'written';
  readonly content: AddendumContent;
  readonly basis: DraftBasis;
};
type Writing = { readonly request: AddendumRequest; readonly by: string; readonly now: Instant };

/**
 * The next addendum of a signed report: what the books say now against what was stated last, from which entries, and which items of the
 * reconciliation stand otherwise. Refused where nothing has changed, and while an item is open that nobody has signed over. Throws
 * TransientError while something is being counted.
 */
export async function addendumContent(
  { table, files }: Use,
  campaign: Campaign,
  closeout: Closeout,
  addenda: readonly ReportAddendum[],
  { request, by, now }: Writing,
): Promise<WrittenContent | Refusal> {
  const { campaignId, proposal } = campaign;
  if (closeout.files === undefined) throw new PermanentError(`the report of ${campaignId} has no files`);
  // Before the figures: what comes in between has then moved, and is not signed.
  const basis = await readBasis(table, campaignId);
  const reportFile = closeout.files.json.key;
  const signed = signedFiguresSchema.parse(await readJsonFile(files, reportFile));
  const last = addenda.at(-1);
  const [totals, adjustments, spending] = await Promise.all([
    readTotals(table, campaignId),
    adjustmentsOf(table, campaignId),
    readSpendingFigures(table, campaignId),
  ]);
  const { spentMinor } = spending;
  const standing = standingNow(signed, { totals: totals.campaign, adjustments, spentMinor });
  if (standing === undefined || basis.settlements !== adjustments.length)
    throw new TransientError(`something of ${campaignId} is being counted at this moment`);
  const read = await itemsNow(table, campaignId);
  if (read.kind === 'refused') return read;
  const was = last?.standing ?? figuresOfReport(signed);
  const figures = changedFigures(was, standing);
  const since: EntriesSince = {
    ...(await settlementsSince(table, signed, last, adjustments)),
    lateGifts: await giftsAfter(table, campaignId, was.gifts),
    spending: spendingSince(last?.counted.spending ?? signed.budget.entries, spending.entries),
  };
  const changes = changesBetween(was, standing, since);
  const items = changedItems(statedItems(signed, addenda), read.items, changes);
  if (figures.length + items.length + request.corrections.length === 0)
    return refuse(
      'nothing-changed',
      'No figure and no item of the reconciliation has changed since, and no words are corrected.',
    );
  const [organisation, [person]] = await Promise.all([
    findOrganisation(table, proposal.organisationId),
    readPeople(table, [by]),
  ]);
  const content: AddendumContent = {
    schema: REPORT_ADDENDUM_SCHEMA,
    campaignId,
    number: closeout.addenda + 1,
    reportSha256: closeout.reportSha256,
    title: proposal.title,
    organisationName: organisation?.name ?? proposal.organisationId,
    language: proposal.language,
    zone: proposal.window.zone,
    generatedData: proposal.generatedData,
    reason: request.reason,
    corrections: request.corrections,
    figures,
    changes: listedChanges(changes),
    items,
    standing,
    counted: { settlements: adjustments.length, spending: spending.entries },
    sources: addendumSources({
      campaignId,
      settlements: adjustments.length,
      lateGifts: since.lateGifts.length,
      spending: spending.entries,
      items: read.items.length,
      reportFile: reportFile.split('/').slice(-2).join('/'),
      addenda: addenda.length,
    }),
    writtenBy: by,
    writtenByName: person?.name ?? by,
    writtenAt: now,
  };
  return { kind: 'written', content, basis };
}

type ItemsNow = { readonly kind: 'read'; readonly items: readonly ReportedItem[] };

/** The items as a report would show them, with the names of those who decided. The rule is the report's: people settle first. */
async function itemsNow(table: Table, campaignId: string): Promise<ItemsNow | Refusal> {
  const standing = await readReconciliationStanding(table, campaignId);
  if (standing.uncovered > 0)
    return refuse(
      'items-open',
      `${standing.uncovered} of the reconciliation's items are open, and nobody has signed them over. Resolve them, carry them on or have them signed over first: until then nobody knows what the figures are.`,
    );
  const people = await readPeople(table, decidersOf(standing));
  const names = new Map(people.map(({ personId, name }) => [personId, name ?? personId]));
  return { kind: 'read', items: itemsReadOf(standing, (personId) => names.get(personId) ?? personId).items };
}

/** The last word on each item: of the report, and of every addendum to it. */
function statedItems({ reconciliation }: SignedFigures, addenda: readonly ReportAddendum[]): Map<string, ReportedItem> {
  const stated = [...reconciliation.items, ...addenda.flatMap(({ items }) => items)];
  return new Map(stated.map((item) => [item.itemId, item]));
}

async function settlementsSince(
  table: Table,
  signed: SignedFigures,
  last: ReportAddendum | undefined,
  adjustments: readonly Adjustment[],
): Promise<Pick<EntriesSince, 'settlements' | 'completing'>> {
  const settlements =
    last === undefined
      ? besideReport(signed, adjustments)
      : adjustments.filter(({ number }) => number > last.counted.settlements);
  const ids = new Set(
    settlements.flatMap(({ giftId, refundMinor }) => (refundMinor === undefined ? [] : (giftId ?? []))),
  );
  const entries = (await readMany(table, [...ids].map(matchEntryKey))).map((item) => matchEntrySchema.parse(item));
  const amounts = new Map(entries.map(({ giftId, amountMinor }) => [giftId, amountMinor]));
  return { settlements, completing: completingRefunds(adjustments, (giftId) => amounts.get(giftId)) };
}

const spendingSince = (counted: number, entries: number): EntriesSince['spending'] =>
  entries > counted ? { firstNumber: counted + 1, lastNumber: entries } : undefined;

/** Pages read at once from the end of the journal: what came after the end is a handful of gifts. */
const LAST_PAGES = 20;

/** The gifts that were counted after the first `count`, in order; read from the end, so that a million before them are not. */
async function giftsAfter(table: Table, campaignId: string, count: number): Promise<EntriesSince['lateGifts']> {
  const found: LateGift[] = [];
  let cursor: string | undefined;
  do {
    const answer = await table.query(journalOfPool(campaignId), { limit: LAST_PAGES, descending: true, cursor });
    const pages = answer.items.map(journalPageOf);
    for (const { firstSequence, lines } of pages)
      for (const [position, { giftId, amountMinor, matchMinor }] of lines.entries())
        if (firstSequence + position > count)
          found.push({ giftNo: firstSequence + position, giftId, amountMinor, matchMinor });
    const isBefore = pages.some(({ firstSequence }) => firstSequence <= count);
    cursor = isBefore ? undefined : answer.cursor;
  } while (cursor !== undefined);
  return found.toSorted((a, b) => a.giftNo - b.giftNo);
}
