import * as z from 'zod';
import { type Asked, waitsNoMore, waitsWrite } from '../approvals/confirmation.store.ts';
import { type DecidedBy, decisionFields, refuseOwnEntry } from '../approvals/confirmation.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { findOfflineGift } from '../donations/offline-gift.store.ts';
import { PermanentError, type Refusal, refuse } from '../kernel/errors.ts';
import { ZERO } from '../kernel/money.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { type Patience, pauseBefore, realPatience } from '../matching/patience.ts';
import {
  givenGoodsKey,
  goodsBookKey,
  goodsEntryKey,
  goodsLotKey,
  goodsLotsOf,
  goodsRequestKey,
  goodsRequestsWaiting,
} from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { mayBeHelped } from '../spending/beneficiary.store.ts';
import { attachmentIdsOf } from '../spending/evidence.ts';
import { findSpendingEntry } from '../spending/spending-entry.store.ts';
import { goodsBoughtBy, missingFiles, reversedOf } from '../spending/spending-facts.store.ts';
import { goodsWrites } from './goods-booking.ts';
import { goodsEntrySchema } from './goods-entry.ts';
import { type GoodsLot, goodsLotSchema } from './goods-lot.ts';
import {
  contentOf,
  type GoodsDecision,
  type GoodsRequest,
  needsSecondPerson,
  requestItem,
  type StandingGoodsRequest,
  standingGoodsRequestSchema,
} from './goods-request.ts';
import { type GoodsFacts, refuseGoods } from './goods-rules.ts';

const bookSchema = z.object({ sequence: z.number().int().min(0) });
const givenSchema = z.object({ received: z.number().int().min(0) });

export async function findGoodsRequest(
  table: Table,
  campaignId: string,
  requestId: string,
): Promise<StandingGoodsRequest | undefined> {
  return standingGoodsRequestSchema.optional().parse(await table.get(goodsRequestKey(campaignId, requestId)));
}

/** How many entries a campaign's book of goods has. */
export async function goodsSequence(table: Table, campaignId: string): Promise<number> {
  const item = await table.get(goodsBookKey(campaignId));
  return item === undefined ? 0 : bookSchema.parse(item).sequence;
}

/** Every lot of a campaign, empty ones too. People make them: some hundreds a campaign. */
export async function lotsOf(table: Table, campaignId: string): Promise<GoodsLot[]> {
  const lots: GoodsLot[] = [];
  for await (const item of everyItem(table, goodsLotsOf(campaignId))) lots.push(goodsLotSchema.parse(item));
  return lots;
}

/** What waits for a second person, oldest first: write-offs and returns, a handful. */
export async function waitingGoods(table: Table, campaignId: string): Promise<StandingGoodsRequest[]> {
  const waiting: StandingGoodsRequest[] = [];
  for await (const item of everyItem(table, goodsRequestsWaiting(campaignId)))
    waiting.push(standingGoodsRequestSchema.parse(item));
  return waiting.filter(({ state }) => state === 'awaiting-confirmation');
}

/** What the inbox of those who decide shows of a request: two kinds wait for them (needsSecondPerson). */
function askedOf({ campaignId, requestId, enteredBy, enteredAt, kind, quantity }: StandingGoodsRequest): Asked {
  if (kind !== 'write-off' && kind !== 'return') throw new PermanentError(`${kind} waits for nobody`);
  return { subject: 'goods', campaignId, requestId, kind, enteredBy, enteredAt, quantity };
}

export type AskedGoods = { readonly kind: 'entered' | 'already-entered'; readonly request: StandingGoodsRequest };

/** Keeps what a person asks of the goods, once by its id, and books what needs no second person in the same transaction. Throws TransientError where the store cannot answer. */
export async function enterGoods(
  table: Table,
  terms: CampaignTerms,
  request: GoodsRequest,
  { requestId, by, now }: { readonly requestId: string; readonly by: string; readonly now: Instant },
  patience: Patience = realPatience,
): Promise<AskedGoods | Refusal> {
  const { campaignId } = terms;
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, patience, 'the goods could not be entered');
    const standing = await findGoodsRequest(table, campaignId, requestId);
    if (standing !== undefined)
      return contentOf(standing) === contentOf(request)
        ? { kind: 'already-entered', request: standing }
        : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another request. Use a new one.');
    const sequence = await goodsSequence(table, campaignId);
    const facts = await readGoodsFacts(table, terms, request, now);
    const refusal = refuseGoods(request, facts);
    if (refusal !== undefined) return refusal;
    const entered = {
      ...request,
      type: 'goods-request',
      campaignId,
      requestId,
      state: 'awaiting-confirmation',
      enteredBy: by,
      enteredAt: now,
    } as StandingGoodsRequest;
    if (needsSecondPerson(request)) {
      const campaign = await readCampaign(table, campaignId);
      const waits = await waitsWrite(table, campaign, askedOf(entered));
      const outcome = await table.transact([{ put: requestItem(entered), when: { absent: true } }, waits]);
      if (outcome.kind === 'committed') return { kind: 'entered', request: entered };
      continue;
    }
    const booking = goodsWrites({ sequence, facts, request: entered, now });
    const outcome = await table.transact(booking.writes);
    if (outcome.kind === 'committed') return { kind: 'entered', request: booking.request };
  }
}

export type DecidedGoods = { readonly kind: 'decided'; readonly request: StandingGoodsRequest };

/** A second person's decision, once; what is confirmed is booked in the same transaction, by the stock of that moment. */
export async function decideGoods(
  table: Table,
  terms: CampaignTerms,
  requestId: string,
  { decision, reason }: GoodsDecision,
  { now, ...decider }: DecidedBy & { readonly now: Instant },
  patience: Patience = realPatience,
): Promise<DecidedGoods | Refusal> {
  const { campaignId } = terms;
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, patience, 'the goods could not be decided');
    const standing = await findGoodsRequest(table, campaignId, requestId);
    if (standing === undefined) return refuse('unknown-request', 'No such request was entered in this campaign.');
    const own = refuseOwnEntry(standing, decider);
    if (own !== undefined) return own;
    if (standing.state !== 'awaiting-confirmation') return whatStands(standing, decision);
    const decided = { ...standing, ...decisionFields(decider), decidedAt: now };
    const waitsNoMoreFor = waitsNoMore('goods', campaignId, requestId);
    if (decision === 'reject') {
      const rejected: StandingGoodsRequest = { ...decided, state: 'rejected', rejection: reason ?? '' };
      const outcome = await table.transact([
        { put: requestItem(rejected), when: { equals: { state: standing.state } } },
        waitsNoMoreFor,
      ]);
      if (outcome.kind === 'committed') return { kind: 'decided', request: rejected };
      continue;
    }
    const sequence = await goodsSequence(table, campaignId);
    const facts = await readGoodsFacts(table, terms, standing, now);
    const refusal = refuseGoods(standing, facts);
    if (refusal !== undefined) return refusal;
    const booking = goodsWrites({ sequence, facts, request: decided, now });
    const outcome = await table.transact([...booking.writes, waitsNoMoreFor]);
    if (outcome.kind === 'committed') return { kind: 'decided', request: booking.request };
  }
}

function whatStands(standing: StandingGoodsRequest, decision: GoodsDecision['decision']): DecidedGoods | Refusal {
  if (standing.decidedBy === undefined)
    return refuse('nothing-to-confirm', 'This request needed no second person, and is in the book.');
  return (standing.state === 'rejected') === (decision === 'reject')
    ? { kind: 'decided', request: standing }
    : refuse('already-decided', `This request was decided on before, otherwise: it is ${standing.state}.`);
}

/** Everything that a request is judged by, read after the book. */
async function readGoodsFacts(
  table: Table,
  { campaignId, zone }: CampaignTerms,
  request: GoodsRequest,
  now: Instant,
): Promise<GoodsFacts> {
  const [missingAttachments, about, source, enrolled] = await Promise.all([
    missingFiles(table, campaignId, attachmentIdsOf(request.evidence)),
    readLot(table, campaignId, request),
    readSource(table, campaignId, request),
    request.kind === 'issue' && request.recipient.kind === 'beneficiary'
      ? mayBeHelped(table, campaignId, request.recipient.beneficiaryId, now)
      : false,
  ]);
  const expenditure = about.lot?.bought;
  const paidFor =
    expenditure === undefined ? {} : { boughtBeforeMinor: await goodsBoughtBy(table, campaignId, expenditure) };
  return { today: localDateOf(now, zone), missingAttachments, ...about, ...source, ...paidFor, isEnrolled: enrolled };
}

async function readLot(
  table: Table,
  campaignId: string,
  request: GoodsRequest,
): Promise<Pick<GoodsFacts, 'lot' | 'issue'>> {
  if (request.kind === 'receive') return { lot: undefined, issue: undefined };
  const entry =
    request.kind === 'return'
      ? goodsEntrySchema.optional().parse(await table.get(goodsEntryKey(campaignId, request.of)))
      : undefined;
  const issue = entry?.kind === 'issued' ? entry : undefined;
  const lotId = request.kind === 'return' ? issue?.lotId : request.lotId;
  const item = lotId === undefined ? undefined : await table.get(goodsLotKey(campaignId, lotId));
  return { lot: goodsLotSchema.optional().parse(item), issue };
}

const NO_SOURCE = { gift: undefined, givenBefore: 0, bought: undefined, reversedMinor: ZERO, boughtBeforeMinor: ZERO };

async function readSource(
  table: Table,
  campaignId: string,
  request: GoodsRequest,
): Promise<Pick<GoodsFacts, keyof typeof NO_SOURCE>> {
  if (request.kind !== 'receive') return NO_SOURCE;
  const { source } = request;
  if (source.kind === 'gift') {
    const [gift, given] = await Promise.all([
      findOfflineGift(table, campaignId, source.offlineId),
      table.get(givenGoodsKey(campaignId, source.offlineId, source.good)),
    ]);
    return { ...NO_SOURCE, gift, givenBefore: givenSchema.optional().parse(given)?.received ?? 0 };
  }
  const [bought, reversedMinor, boughtBeforeMinor] = await Promise.all([
    findSpendingEntry(table, campaignId, source.expenditure),
    reversedOf(table, campaignId, source.expenditure),
    goodsBoughtBy(table, campaignId, source.expenditure),
  ]);
  return { ...NO_SOURCE, bought, reversedMinor, boughtBeforeMinor };
}
