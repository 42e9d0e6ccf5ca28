import { findCampaign } from '../campaigns/campaign.store.ts';
import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import { daysBetween, type LocalDate } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import type { NoticeMessage, QueueNotices } from '../notices/notice-queue.gateway.ts';
import { donationsOfCampaignDayFrom, giftReceiptKey } from '../platform/keys.ts';
import { addressOf, readMany, type Table } from '../platform/table.ts';
import { readGivers } from './giver.store.ts';
import { batchDecision } from './giver.ts';
import { issueReceipts } from './issue.store.ts';
import type { Issuer } from './issuing.ts';
import { giftReceiptSchema } from './receipt.ts';
import { findPart, movePart } from './receipt-batch.store.ts';
import {
  addFigures,
  type BatchFigures,
  type BatchPosition,
  figuresOf,
  NO_FIGURES,
  positionAfter,
  type ReceiptBatch,
  type ReceiptBatchPart,
} from './receipt-batch.ts';
import type { IssueOutcomes, ReceiptOrder } from './receipt-order.ts';
import { requestIsMet } from './receipt-request.store.ts';
import type { SeriesUse } from './receipt-series.store.ts';
import { readReceipt } from './reverse.store.ts';

export type BatchUse = SeriesUse & { readonly queueNotices: QueueNotices };

/** Gifts read, issued and written down at once: three transactions of 32. */
const GIFTS_AT_ONCE = 96;

/**
 * Goes on with one campaign of a batch until it is through or `mayGoOn` says no: by local day and shard, in the order of payment. After
 * each page it writes down how far it has come, so that it goes on there whatever stops it. A gift that has a receipt is left alone, so
 * that what was done and not written down is found done. Throws TransientError where the store does not answer.
 */
export async function issueCampaign(
  use: BatchUse,
  issuer: Issuer,
  batch: ReceiptBatch,
  campaignId: string,
  mayGoOn: () => boolean,
): Promise<'done' | 'more'> {
  let part = await findPart(use.table, batch.batchId, campaignId);
  if (part?.done === true) return 'done';
  const campaign = await findCampaign(use.table, campaignId);
  if (campaign === undefined) throw new PermanentError(`there is no campaign ${campaignId}`);
  const days = await daysWithGifts(use.table, campaignId, campaign.proposal.window);
  const about = { campaignTitle: campaign.proposal.title, generatedData: campaign.proposal.generatedData };
  let position: BatchPosition | undefined = part === undefined ? firstOf(days) : part.position;
  while (mayGoOn()) {
    const page = position === undefined ? NO_PAGE : await pageAt(use.table, campaignId, position);
    const figures = await issuePage(use, issuer, batch, page.entries, about);
    if (position !== undefined)
      position = page.after === undefined ? positionAfter(days, position) : { ...position, after: page.after };
    part = await write(use.table, batch, campaignId, part, position, figures);
    if (part.done) return 'done';
  }
  return 'more';
}

const NO_PAGE = { entries: [], after: undefined } as const;
const firstOf = (days: readonly LocalDate[]): BatchPosition | undefined =>
  days[0] === undefined ? undefined : { day: days[0], shard: 0 };

/** The days of its window and those on which a counted gift was paid, late ones too. */
async function daysWithGifts(
  table: Table,
  campaignId: string,
  { firstDay, lastDay }: { readonly firstDay: LocalDate; readonly lastDay: LocalDate },
): Promise<LocalDate[]> {
  const { days } = await readTotals(table, campaignId);
  const counted = [...days.keys()] as LocalDate[];
  // Days without a counted gift have nothing to receipt; a window of a year is not walked for its empty days.
  return [...new Set(counted.length > 0 ? counted : daysBetween(firstDay, lastDay).slice(0, 1))].sort();
}

async function pageAt(
  table: Table,
  campaignId: string,
  { day, shard, after }: BatchPosition,
): Promise<{ readonly entries: readonly DonationEntry[]; readonly after: string | undefined }> {
  const question = donationsOfCampaignDayFrom(campaignId, day, shard, after);
  // A question begins with the position itself, which was looked at before.
  const limit = after === undefined ? GIFTS_AT_ONCE : GIFTS_AT_ONCE + 1;
  const { items } = await table.query(question, { limit });
  const fresh = items.filter((item) => item['indexSk'] !== after);
  const last = items.at(-1)?.['indexSk'];
  return {
    entries: fresh.map((item) => donationEntrySchema.parse(item)),
    after: items.length < limit ? undefined : String(last),
  };
}

async function issuePage(
  use: BatchUse,
  issuer: Issuer,
  batch: ReceiptBatch,
  entries: readonly DonationEntry[],
  about: { readonly campaignTitle: string; readonly generatedData: boolean },
): Promise<BatchFigures> {
  if (entries.length === 0) return NO_FIGURES;
  const settled = await settledBefore(use.table, entries, batch.batchId);
  const open = entries.filter(({ giftId }) => !settled.has(giftId));
  const givers = await readGivers(use.table, open);
  const orders: ReceiptOrder[] = [];
  let notAsked = 0;
  for (const { giftId } of open) {
    const giver = givers.get(giftId);
    const decision = giver === undefined ? undefined : batchDecision(giver, batch.policy);
    if (decision === undefined || decision.do === 'leave') notAsked += 1;
    else if (decision.do === 'waive') orders.push({ giftId, do: 'waive', reason: decision.reason });
    else {
      const goods = giver?.goods === undefined ? {} : { goods: giver.goods };
      orders.push({ giftId, do: 'issue', about: { ...about, ...goods, payer: decision.payer } });
    }
  }
  const outcomes = await issueReceipts(use, issuer, orders);
  if ('kind' in outcomes) throw new PermanentError(outcomes.message);
  await tell(use, open, outcomes, issuer, givers);
  let figures: BatchFigures = {
    ...NO_FIGURES,
    gifts: settled.size + notAsked,
    before: settled.size,
    notAsked,
  };
  for (const outcome of outcomes.values()) figures = addFigures(figures, figuresOf(outcome, issuer.by));
  return figures;
}

/** Gifts that have a receipt, or the record that there is none, which this batch has not made: nothing more is read of them. */
async function settledBefore(
  table: Table,
  entries: readonly DonationEntry[],
  by: string,
): Promise<ReadonlySet<string>> {
  const keys = entries.map(({ giftId }) => giftReceiptKey(giftId));
  const known = new Map((await readMany(table, keys)).map((item) => [addressOf(item), giftReceiptSchema.parse(item)]));
  const settled = entries.filter(({ giftId }) => {
    const current = known.get(addressOf(giftReceiptKey(giftId)));
    return current !== undefined && current.state !== 'none' && current.changedBy !== by;
  });
  return new Set(settled.map(({ giftId }) => giftId));
}

/** Letters to those who left a contact, and requests that are met. Both may be done twice: a letter is claimed for each receipt. */
async function tell(
  use: BatchUse,
  entries: readonly DonationEntry[],
  outcomes: IssueOutcomes,
  { by, settings }: Issuer,
  givers: Awaited<ReturnType<typeof readGivers>>,
): Promise<void> {
  const messages: NoticeMessage[] = [];
  for (const { giftId, campaignId, orderNo } of entries) {
    const outcome = outcomes.get(giftId);
    const isOurs = outcome?.kind === 'issued' || (outcome?.kind === 'already-issued' && outcome.by === by);
    if (!isOurs) continue;
    const giver = givers.get(giftId);
    if (giver?.hasContact === true)
      messages.push({ kind: 'receipt-issued', giftId, campaignId, receiptId: outcome.receipt.receiptId });
    if (giver?.isRequested !== true) continue;
    const { payer } =
      outcome.kind === 'issued'
        ? outcome.receipt
        : await readReceipt(use.table, settings.organisationId, outcome.receipt);
    await requestIsMet(use.table, orderNo, payer);
  }
  if (messages.length > 0) await use.queueNotices(messages);
}

async function write(
  table: Table,
  { batchId }: ReceiptBatch,
  campaignId: string,
  before: ReceiptBatchPart | undefined,
  position: BatchPosition | undefined,
  figures: BatchFigures,
): Promise<ReceiptBatchPart> {
  const sums = addFigures(before ?? NO_FIGURES, figures);
  const next = {
    batchId,
    campaignId,
    done: position === undefined,
    ...(position === undefined ? {} : { position }),
    ...sums,
  };
  if (await movePart(table, before, next))
    return { type: 'receipt-batch-part', ...next, version: (before?.version ?? 0) + 1 };
  // Another run of the same batch has come further, or our answer was lost: begin again from what is written.
  throw new TransientError(`batch ${batchId} was moved by another run`);
}
