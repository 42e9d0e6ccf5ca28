import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { donorContactKey, offlineGiftIndexKey, offlineGiftKey, offlineGiftsWaiting } from '../platform/keys.ts';
import type { Item, Table, TransactWrite } from '../platform/table.ts';
import type { DonorContact } from './donation-intent.ts';
import {
  type Confirmation,
  contentOf,
  type OfflineGift,
  offlineGiftSchema,
  orderNoOf,
  paymentOf,
} from './offline-gift.ts';
import { type IntakeUse, recordPayment } from './payment-intake.store.ts';

/** As an item: among what waits in its campaign for as long as it is not final. */
const itemOf = (gift: OfflineGift): Item => ({
  ...offlineGiftKey(gift.offlineId),
  ...(gift.state === 'awaiting-confirmation' || gift.state === 'accepted'
    ? offlineGiftIndexKey(gift.campaignId, gift.enteredAt, gift.offlineId)
    : {}),
  ...gift,
});

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
 * again finds what stands, and books what a crash left unbooked. Throws TransientError where the store cannot answer.
 */
export async function enterOfflineGift(
  use: IntakeUse,
  entered: OfflineGift,
  contact: DonorContact | undefined,
  now: Instant,
): Promise<Entered | Refusal> {
  const puts: TransactWrite[] = [{ put: itemOf(entered), when: { absent: true } }];
  if (contact !== undefined)
    puts.push({ put: { ...donorContactKey(contact.orderNo), ...contact }, when: { absent: true } });
  const outcome = await use.table.transact(puts);
  if (outcome.kind === 'committed') return { kind: 'entered', gift: await bookIfAccepted(use, entered, now) };
  const standing = await findOfflineGift(use.table, entered.campaignId, entered.offlineId);
  if (standing === undefined) throw new TransientError('the gift could not be entered just now');
  if (contentOf(standing) !== contentOf(entered))
    return refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another gift. Use a new one.');
  return { kind: 'already-entered', gift: await bookIfAccepted(use, standing, now) };
}

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
  await recordPayment(use, paymentOf(gift), now);
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
