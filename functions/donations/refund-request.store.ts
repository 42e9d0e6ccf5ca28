import { reasonOf, TransientError } from '../kernel/errors.ts';
import { type Minor, sum } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { journalPageOf } from '../matching/journal-page.ts';
import { donationEntryKey, journalOfPoolFrom, refundRequestKey, refundsKey, refundsOfGift } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type DonationEntry, donationEntrySchema } from './donation-entry.ts';
import { refundEntrySchema } from './refund-entry.ts';
import {
  instructionOf,
  type RefundCause,
  type RefundInstruction,
  type RefundRequest,
  refundNoOf,
  refundRequestSchema,
} from './refund-request.ts';
import type { FindRefunding } from './refunding.gateway.ts';

export type RefundUse = { readonly table: Table; readonly findRefunding: FindRefunding };

/**
 * What is to be given back of a campaign's gifts, in the order in which they were counted: those of one page of the pool's
 * journal, 91 at the most. `from`: the first gift's place; `next`: that of the page that follows.
 */
export async function readInstructions(
  use: RefundUse,
  campaignId: string,
  from: number,
): Promise<{ readonly instructions: readonly RefundInstruction[]; readonly next: number | undefined }> {
  const { items } = await use.table.query(journalOfPoolFrom(campaignId, from), { limit: 2 });
  const [page, following] = items.map((item) => journalPageOf(item));
  const giftIds = page?.lines.map(({ giftId }) => giftId) ?? [];
  const instructions = await instructionsFor(use, giftIds);
  return { instructions, next: following?.firstSequence };
}

/** What is to be given back of these gifts; those that are not in the books are left out. */
export async function instructionsFor(use: RefundUse, giftIds: readonly string[]): Promise<RefundInstruction[]> {
  const gifts = await readGifts(use.table, giftIds, CANCELLATION);
  return Promise.all(
    gifts.map(async ({ gift, refundedMinor, request }) => {
      const refunding = await use.findRefunding(gift.provider, gift.merchantId);
      return instructionOf(gift, refundedMinor, request, refunding !== undefined);
    }),
  );
}

type Standing = {
  readonly gift: DonationEntry;
  readonly refundedMinor: Minor;
  readonly request: RefundRequest | undefined;
};

async function readGifts(table: Table, giftIds: readonly string[], cause: RefundCause): Promise<Standing[]> {
  const keys = giftIds.flatMap((giftId) => [
    donationEntryKey(giftId),
    refundsKey(giftId),
    refundRequestKey(giftId, cause),
  ]);
  const found = Map.groupBy(keys.length === 0 ? [] : await readMany(table, keys), ({ giftId }) => String(giftId));
  const standings: Standing[] = [];
  for (const giftId of giftIds) {
    const items = found.get(giftId) ?? [];
    const entry = items.find(({ type }) => type === 'donation');
    if (entry === undefined) continue;
    const request = items.find(({ type }) => type === 'refund-request');
    standings.push({
      gift: donationEntrySchema.parse(entry),
      refundedMinor: items.some(({ type }) => type === 'refunds') ? await refundedOf(table, giftId) : sum([]),
      request: request === undefined ? undefined : refundRequestSchema.parse(request),
    });
  }
  return standings;
}

/** What has gone back of a gift in all. */
export async function refundedOf(table: Table, giftId: string): Promise<Minor> {
  const amounts: Minor[] = [];
  for await (const item of everyItem(table, refundsOfGift(giftId)))
    amounts.push(refundEntrySchema.parse(item).amountMinor);
  return sum(amounts);
}

const CANCELLATION: RefundCause = 'cancellation';

export type RequestedRefund = {
  readonly giftId: string;
  /** `by-hand`: there is no key of ours for it. `later`: the provider could not be asked just now. */
  readonly kind: 'accepted' | 'refused' | 'by-hand' | 'nothing-left' | 'unknown-gift' | 'later';
  readonly reason?: string;
};

/**
 * Asks providers to give gifts back in full, each under the one number that gift and cause have: asked for again it is the
 * same refund. What the provider cannot take just now is said of that gift alone, and the others go on.
 */
export async function requestRefunds(
  use: RefundUse,
  campaignId: string,
  giftIds: readonly string[],
  by: string,
  now: Instant,
): Promise<RequestedRefund[]> {
  const standings = new Map((await readGifts(use.table, giftIds, CANCELLATION)).map((one) => [one.gift.giftId, one]));
  const outcomes: RequestedRefund[] = [];
  for (let start = 0; start < giftIds.length; start += ASKED_AT_ONCE) {
    const part = giftIds.slice(start, start + ASKED_AT_ONCE).map(async (giftId): Promise<RequestedRefund> => {
      const standing = standings.get(giftId);
      if (standing === undefined || standing.gift.campaignId !== campaignId) return { giftId, kind: 'unknown-gift' };
      return requestRefund(use, standing, CANCELLATION, by, now);
    });
    outcomes.push(...(await Promise.all(part)));
  }
  return outcomes;
}
/** A provider answers in half a second: 50 gifts are 5 s. More at once would only wait for each other at the audit trail. */
const ASKED_AT_ONCE = 5;

/** The same for money that is of no campaign, whose return has been decided. */
export async function requestReturn(
  use: RefundUse,
  giftId: string,
  by: string,
  now: Instant,
): Promise<RequestedRefund> {
  const [standing] = await readGifts(use.table, [giftId], 'unassigned');
  return standing === undefined
    ? { giftId, kind: 'unknown-gift' }
    : requestRefund(use, standing, 'unassigned', by, now);
}

async function requestRefund(
  use: RefundUse,
  { gift, refundedMinor, request }: Standing,
  cause: RefundCause,
  by: string,
  now: Instant,
): Promise<RequestedRefund> {
  const { giftId, provider, merchantId } = gift;
  if (request?.state === 'accepted') return { giftId, kind: 'accepted' };
  const left = gift.amountMinor - refundedMinor;
  if (left <= 0) return { giftId, kind: 'nothing-left' };
  const giveBack = gift.inKind === true ? undefined : await use.findRefunding(provider, merchantId);
  if (giveBack === undefined) return { giftId, kind: 'by-hand' };
  const kept = request ?? (await keepRequest(use.table, gift, { cause, amountMinor: left as Minor }, by, now));
  try {
    const { paymentId, currency, amountMinor: paidMinor } = gift;
    const { refundNo, amountMinor } = kept;
    const answer = await giveBack({ merchantId, paymentId, currency, paidMinor, refundNo, amountMinor }, now);
    const set =
      answer.kind === 'accepted'
        ? { state: 'accepted', providerRefundId: answer.providerRefundId, reason: null, updatedAt: now }
        : { state: 'refused', reason: answer.reason, updatedAt: now };
    await use.table.write({
      update: refundRequestKey(giftId, cause),
      set,
      // An answer that came late does not take back that another call was told yes.
      when: { equals: { refundNo, state: kept.state } },
    });
    return answer.kind === 'accepted' ? { giftId, kind: 'accepted' } : { giftId, ...answer };
  } catch (error) {
    log.error('a refund could not be asked for', { giftId, provider, reason: reasonOf(error) });
    return { giftId, kind: 'later' };
  }
}

/** Written before anybody is asked: who finds it asks for the same refund. */
async function keepRequest(
  table: Table,
  { giftId, campaignId, provider }: DonationEntry,
  { cause, amountMinor }: { readonly cause: RefundCause; readonly amountMinor: Minor },
  by: string,
  now: Instant,
): Promise<RefundRequest> {
  const request = refundRequestSchema.parse({
    type: 'refund-request',
    giftId,
    campaignId,
    cause,
    refundNo: refundNoOf(giftId, cause),
    amountMinor,
    provider,
    state: 'requested',
    requestedBy: by,
    requestedAt: now,
    updatedAt: now,
  });
  const written = await table.write({
    put: { ...refundRequestKey(giftId, cause), ...request },
    when: { absent: true },
  });
  if (written.kind === 'written') return request;
  const existing = refundRequestSchema.optional().parse(written.existing);
  if (existing === undefined) throw new TransientError(`the refund of ${giftId} could not be written just now`);
  return existing;
}
