import * as z from 'zod';
import { findAttachment } from '../campaigns/attachment.store.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { STATUS_MEANINGS } from '../campaigns/campaign-state.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { amountMinorSchema, type Minor, ZERO } from '../kernel/money.ts';
import { type Instant, localDateOf, localDateSchema } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { aidPaymentsOf, boughtGoodsKey, spendingPaperKey, spendingReversedKey } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { mayBeHelped } from './beneficiary.store.ts';
import { readCampaignFunds } from './campaign-funds.store.ts';
import { attachmentIdsOf, papersOf } from './evidence.ts';
import { type SpendingBook, standingLines } from './spending-book.ts';
import { findSpendingEntry } from './spending-entry.store.ts';
import type { RequestOf, SpendingRequest } from './spending-request.ts';
import type { AidPayment, SpendingFacts } from './spending-rules.ts';

const sumSchema = z.object({ reversedMinor: amountMinorSchema });
const boughtSchema = z.object({ receivedMinor: amountMinorSchema });
const paperSchema = z.object({ entries: z.array(z.number().int()) });
const aidPaymentSchema = z.object({
  campaignId: z.string(),
  number: z.number().int(),
  lineNo: z.number().int(),
  paidOn: localDateSchema,
  amountMinor: amountMinorSchema,
});

/** How much of an entry was taken back. */
export async function reversedOf(table: Table, campaignId: string, number: number): Promise<Minor> {
  const item = await table.get(spendingReversedKey(campaignId, number));
  return item === undefined ? ZERO : sumSchema.parse(item).reversedMinor;
}

/** What the goods cost that came in and were bought by an entry. */
export async function goodsBoughtBy(table: Table, campaignId: string, number: number): Promise<Minor> {
  const item = await table.get(boughtGoodsKey(campaignId, number));
  return item === undefined ? ZERO : boughtSchema.parse(item).receivedMinor;
}

/** The entries that papers were booked by and that stand, by paper; those that were not booked are missing. */
export async function entriesByPaper(
  table: Table,
  campaignId: string,
  papers: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const items = await readMany(
    table,
    papers.map((paper) => spendingPaperKey(campaignId, paper)),
  );
  return new Map(items.map((item) => [String(item['paper']), paperSchema.parse(item).entries]));
}

/** Everything that one person was paid and that stands, in all campaigns, by campaign and number of entry. */
export async function aidPayments(table: Table, beneficiaryId: string): Promise<AidPayment[]> {
  const payments: AidPayment[] = [];
  for await (const item of everyItem(table, aidPaymentsOf(beneficiaryId))) payments.push(aidPaymentSchema.parse(item));
  return payments;
}

/**
 * Everything that a request is judged by. Read it after the book and write only together with the book: then nothing of it
 * can have changed in between, but for files, totals and goods, of which the first only come and the others are guarded apart.
 */
export async function readSpendingFacts(
  table: Table,
  campaign: Campaign,
  book: SpendingBook,
  request: SpendingRequest,
  now: Instant,
): Promise<SpendingFacts> {
  const { campaignId, proposal, status } = campaign;
  const isPaid = request.kind === 'expenditure' || request.kind === 'aid';
  const [funds, missingAttachments, samePapers, aid, reversed, destinationProblem] = await Promise.all([
    readCampaignFunds(table, campaignId, book),
    isPaid ? missingFiles(table, campaignId, attachmentIdsOf(request.evidence)) : [],
    isPaid ? papersBooked(table, campaignId, request) : [],
    request.kind === 'aid' ? aidFacts(table, campaignId, request, now) : NO_AID,
    request.kind === 'reversal' ? reversedFacts(table, campaignId, request) : undefined,
    request.kind === 'surplus' ? problemOfDestination(table, campaign, request) : undefined,
  ]);
  return {
    lines: standingLines(book, proposal.budgetLines),
    funds,
    currency: proposal.currency,
    today: localDateOf(now, proposal.window.zone),
    isFinalised: STATUS_MEANINGS[status].isFinalised,
    goesBack: campaign.cancellation?.refundPolicy === 'refund-all',
    missingAttachments,
    samePapers,
    ...aid,
    ...(reversed === undefined ? {} : { reversed }),
    ...(destinationProblem === undefined ? {} : { destinationProblem }),
  };
}

/** Files that are named and not confirmed. */
export async function missingFiles(table: Table, campaignId: string, ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((attachmentId) => findAttachment(table, campaignId, attachmentId)));
  return ids.filter((_id, position) => found[position]?.state !== 'stored');
}

async function papersBooked(
  table: Table,
  campaignId: string,
  { voucherNo, evidence }: RequestOf<'expenditure'> | RequestOf<'aid'>,
): Promise<number[]> {
  const booked = await entriesByPaper(table, campaignId, papersOf(voucherNo, evidence));
  return [...new Set([...booked.values()].flat())].toSorted((a, b) => a - b);
}

const NO_AID = { isEnrolled: false, paidBefore: [] };

async function aidFacts(
  table: Table,
  campaignId: string,
  { beneficiaryId }: RequestOf<'aid'>,
  now: Instant,
): Promise<Pick<SpendingFacts, 'isEnrolled' | 'paidBefore'>> {
  const [enrolled, payments] = await Promise.all([
    mayBeHelped(table, campaignId, beneficiaryId, now),
    aidPayments(table, beneficiaryId),
  ]);
  return {
    isEnrolled: enrolled,
    paidBefore: payments.filter((payment) => payment.campaignId === campaignId),
  };
}

async function reversedFacts(
  table: Table,
  campaignId: string,
  { of }: RequestOf<'reversal'>,
): Promise<NonNullable<SpendingFacts['reversed']>> {
  const [entry, reversedMinor, inGoodsMinor] = await Promise.all([
    findSpendingEntry(table, campaignId, of),
    reversedOf(table, campaignId, of),
    goodsBoughtBy(table, campaignId, of),
  ]);
  return { entry, reversedMinor, inGoodsMinor };
}

/** A surplus goes to a campaign of the same tree of organisations that has books, or is about to. */
async function problemOfDestination(
  table: Table,
  campaign: Campaign,
  { toCampaignId }: RequestOf<'surplus'>,
): Promise<FieldProblem | undefined> {
  if (toCampaignId === undefined) return undefined;
  const fault = (problem: string, fix: string): FieldProblem => ({ field: 'toCampaignId', problem, fix });
  if (toCampaignId === campaign.campaignId) return fault('is this campaign', 'name another one');
  const to = await findCampaign(table, toCampaignId);
  const [ours, theirs] = await Promise.all(
    [campaign, to].map((one) => findOrganisation(table, one?.proposal.organisationId ?? '')),
  );
  if (to === undefined || theirs === undefined || theirs.path[0] !== ours?.path[0])
    return fault('is no campaign of your organisations', 'name one of them, or another destination');
  if (!STATUS_MEANINGS[to.status].isPublic || to.status === 'cancelled')
    return fault(`is ${to.status}`, 'name a campaign that was approved and goes on');
  if (to.proposal.currency !== campaign.proposal.currency)
    return fault('has books in another currency', 'name one with the same');
  return undefined;
}
