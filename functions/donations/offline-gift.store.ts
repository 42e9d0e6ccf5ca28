import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { donorIdOf } from '../kernel/ids.ts';
import { add, formatMoney, type Minor, minor, ZERO } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import {
  donorContactKey,
  offlineDayKey,
  offlineGiftDayKey,
  offlineGiftIndexKey,
  offlineGiftKey,
  offlineGiftsOfCampaign,
  offlineGiftsReceived,
  offlineGiftsWaiting,
} from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite } from '../platform/table.ts';
import { findDonation } from './donation-entry.store.ts';
import type { DonationEntry } from './donation-entry.ts';
import type { DonorContact } from './donation-intent.ts';
import {
  type Confirmation,
  contentOf,
  isPartOfLarge,
  type OfflineGift,
  offlineGiftSchema,
  orderNoOf,
  paymentOf,
} from './offline-gift.ts';
import { giftIdOf } from './payment-event.ts';
import { type IntakeUse, recordPayment } from './payment-intake.store.ts';

/** As an item: among what waits in its campaign for as long as it is not final, and among those of its day once it is in the books. */
const itemOf = (gift: OfflineGift): Item => ({ ...offlineGiftKey(gift.offlineId), ...placeInIndex(gift), ...gift });

function placeInIndex({ state, campaignId, receivedOn, enteredAt, offlineId }: OfflineGift): object {
  if (state === 'rejected') return {};
  if (state === 'booked') return offlineGiftDayKey(campaignId, receivedOn, offlineId);
  return offlineGiftIndexKey(campaignId, enteredAt, offlineId);
}

/** Clerks who enter gifts of one donor and one day at one moment. */
const ATTEMPTS = 5;

/** A gift of this campaign that was entered by hand. Throws TransientError or ThrottledError where the store cannot answer. */
export async function findOfflineGift(
  table: Table,
  campaignId: string,
  offlineId: string,
): Promise<OfflineGift | undefined> {
  const gift = offlineGiftSchema.optional().parse(await table.get(offlineGiftKey(offlineId)));
  return gift?.campaignId === campaignId ? gift : undefined;
}

export type Entered = { readonly kind: 'entered' | 'already-entered'; readonly gift: OfflineGift };

/**
 * Keeps what a person entered, with the donor's contact, once; and books it at once where no second person is needed. The same
 * again finds what stands, and books what a crash left unbooked. `donorName` tells whose money of the day it is added to. Throws
 * TransientError where the store cannot answer.
 */
export async function enterOfflineGift(
  use: IntakeUse,
  entry: { readonly gift: OfflineGift; readonly contact: DonorContact | undefined; readonly donorName: string },
  now: Instant,
): Promise<Entered | Refusal> {
  const { gift, contact } = entry;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const standing = await findOfflineGift(use.table, gift.campaignId, gift.offlineId);
    if (standing !== undefined) {
      if (contentOf(standing) !== contentOf(gift))
        return refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another gift. Use a new one.');
      return { kind: 'already-entered', gift: await bookIfAccepted(use, standing, now) };
    }
    const twin = await bookedByAnother(use.table, gift);
    if (twin !== undefined) return alreadyBooked(twin);
    const { put: dayPut, before } = await dayOf(use, entry);
    const entered: OfflineGift = isPartOfLarge(before, gift) ? { ...gift, state: 'awaiting-confirmation' } : gift;
    const puts: TransactWrite[] = [{ put: itemOf(entered), when: { absent: true } }, dayPut];
    if (contact !== undefined)
      puts.push({ put: { ...donorContactKey(contact.orderNo), ...contact }, when: { absent: true } });
    const outcome = await use.table.transact(puts);
    if (outcome.kind === 'committed') return { kind: 'entered', gift: await bookIfAccepted(use, entered, now) };
  }
  throw new TransientError('the gift could not be entered just now');
}

/** The money that was entered of a gift's donor for its day before, and the write that adds the gift to it unless another was added meanwhile. */
async function dayOf(
  use: IntakeUse,
  { gift, donorName }: { readonly gift: OfflineGift; readonly donorName: string },
): Promise<{ readonly put: TransactWrite; readonly before: Minor }> {
  // A keyed hash: names stand in contacts only.
  const donorId = donorIdOf(await use.readDonorKey(), 'offline-day', donorName);
  const key = offlineDayKey(gift.campaignId, gift.receivedOn, donorId);
  const item = await use.table.get(key);
  const before = item === undefined ? ZERO : minor(Number(item['enteredMinor']));
  const enteredMinor = gift.kind === 'in-kind' ? before : add(before, gift.amountMinor);
  return {
    before,
    put: {
      put: { ...key, type: 'offline-day', campaignId: gift.campaignId, enteredMinor },
      when: item === undefined ? { absent: true } : { equals: { enteredMinor: before } },
    },
  };
}

/** The entry of the same transfer, where a statement or another person's entry has brought it into the books. */
async function bookedByAnother(table: Table, gift: OfflineGift): Promise<DonationEntry | undefined> {
  if (gift.bankReference === undefined) return undefined;
  const entry = await findDonation(table, giftIdOf(paymentOf(gift)));
  return entry?.orderNo === orderNoOf(gift.offlineId) ? undefined : entry;
}

const alreadyBooked = ({ giftId, amountMinor, currency, day, campaignId }: DonationEntry): Refusal =>
  refuse(
    'already-booked',
    `The transfer with this bank number is in the books: gift ${giftId}, ${formatMoney(amountMinor, currency)} of ${day}, campaign ${campaignId}.`,
  );

export type Decided = { readonly kind: 'decided'; readonly gift: OfflineGift };

/**
 * A second person's decision, once: of two that come together one is taken, and the same again answers what stands. A confirmed
 * gift is booked after the decision is kept, never before; a rejected one leaves no contact of anybody. Throws as
 * {@link enterOfflineGift} does, and asking again goes on where it stopped.
 */
export async function decideOfflineGift(
  use: IntakeUse,
  gift: OfflineGift,
  { decision, reason }: Confirmation,
  by: string,
  now: Instant,
): Promise<Decided | Refusal> {
  if (gift.enteredBy === by)
    return refuse('own-entry', 'Nobody confirms a gift that they have entered. Ask a second person.');
  const twin =
    decision === 'confirm' && gift.state === 'awaiting-confirmation'
      ? await bookedByAnother(use.table, gift)
      : undefined;
  if (twin !== undefined) return alreadyBooked(twin);
  const standing = await takeDecision(use.table, gift, { decision, reason }, by, now);
  if (standing.decidedBy === undefined)
    return refuse('nothing-to-confirm', 'This gift needed no second person, and is in the books.');
  if ((standing.state === 'rejected') !== (decision === 'reject'))
    return refuse('already-decided', `This gift was decided on before, otherwise: it is ${standing.state}.`);
  if (standing.state === 'rejected') await use.table.write({ delete: donorContactKey(orderNoOf(gift.offlineId)) });
  return { kind: 'decided', gift: await bookIfAccepted(use, standing, now) };
}

async function takeDecision(
  table: Table,
  gift: OfflineGift,
  { decision, reason }: Confirmation,
  by: string,
  now: Instant,
): Promise<OfflineGift> {
  if (gift.state !== 'awaiting-confirmation') return gift;
  const decided: OfflineGift = {
    ...gift,
    state: decision === 'confirm' ? 'accepted' : 'rejected',
    decidedBy: by,
    decidedAt: now,
    ...(reason === undefined ? {} : { reason }),
  };
  const outcome = await table.write({ put: itemOf(decided), when: { equals: { state: 'awaiting-confirmation' } } });
  if (outcome.kind === 'written') return decided;
  return offlineGiftSchema.parse(outcome.existing ?? (await table.get(offlineGiftKey(gift.offlineId))));
}

/** The entry first, and then the mark that it is there: a crash between the two leaves the gift on the list, not out of the books. */
async function bookIfAccepted(use: IntakeUse, gift: OfflineGift, now: Instant): Promise<OfflineGift> {
  if (gift.state !== 'accepted') return gift;
  const { kind } = await recordPayment(use, paymentOf(gift), now);
  // In the same moment a statement has booked this transfer with another sum: it stays on the list, and the alarm has rung.
  if (kind === 'contradicts' && (await bookedByAnother(use.table, gift))?.amountMinor !== gift.amountMinor) return gift;
  const booked: OfflineGift = { ...gift, state: 'booked' };
  await use.table.write({ put: itemOf(booked), when: { equals: { state: 'accepted' } } });
  return booked;
}

/** Gifts on one page of the list. */
const PAGE_SIZE = 50;
export type WaitingPage = { readonly gifts: readonly OfflineGift[]; readonly next: string | undefined };

/** A page of what is not final in a campaign, in order of entry, after the place `after` (`next` of the page before). */
export async function waitingOfflineGifts(
  table: Table,
  campaignId: string,
  after: string | undefined,
): Promise<WaitingPage> {
  // One more than a page tells whether there is another; the place itself, with which the stretch begins, is one more again.
  const { items } = await table.query(offlineGiftsWaiting(campaignId, after), { limit: PAGE_SIZE + 2 });
  const all = items.map((item) => offlineGiftSchema.parse(item)).filter((gift) => placeOf(gift) !== after);
  const gifts = all.slice(0, PAGE_SIZE);
  const last = gifts.at(-1);
  return { gifts, next: all.length > PAGE_SIZE && last !== undefined ? placeOf(last) : undefined };
}

const placeOf = ({ enteredAt, offlineId }: OfflineGift): string => `${enteredAt}#${offlineId}`;

/** Every transfer without a bank's number that was entered in a campaign: what a statement's row may be, and nobody can know. */
export async function* unnumberedTransfers(table: Table, campaignId: string): AsyncGenerator<OfflineGift> {
  for await (const item of everyItem(table, offlineGiftsOfCampaign(campaignId))) {
    const gift = offlineGiftSchema.parse(item);
    if ((gift.kind === 'transfer' || gift.kind === 'directed') && gift.bankReference === undefined) yield gift;
  }
}

/** The money that came to the bank in these days and was entered by hand, and is in the books. */
export async function* transfersReceived(
  table: Table,
  campaignId: string,
  from: LocalDate,
  to: LocalDate,
): AsyncGenerator<OfflineGift> {
  for await (const item of everyItem(table, offlineGiftsReceived(campaignId, from))) {
    const gift = offlineGiftSchema.parse(item);
    if (gift.receivedOn > to) return;
    if (gift.kind === 'transfer' || gift.kind === 'directed') yield gift;
  }
}
