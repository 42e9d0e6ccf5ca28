import type { Campaign } from '../functions/campaigns/campaign.ts';
import { daysBetween, plusDays } from '../functions/kernel/time.ts';
import { readBooks } from '../functions/ledger/books.store.ts';
import { violationsOf } from '../functions/ledger/invariants.ts';
import { definition as checkThankYous, type ThankYouCount } from '../functions/notices/check-thank-yous.lambda.ts';
import { noticeSchema, THANK_YOU } from '../functions/notices/notice.ts';
import { noticeKey } from '../functions/platform/keys.ts';
import type { BooksAudit } from './books-audit.ts';
import type { Claims } from './claims.ts';
import type { Confirmation } from './confirmation.ts';
import { confirmedOrWhyNot, finalisedOrWhyNot } from './final-attempt.ts';
import type { Finalisation } from './finalisation.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { Refunds } from './refunds.ts';
import type { Staff } from './staff.ts';
import type { Stream } from './stream.ts';
import type { ThankYous } from './thank-yous.ts';
import { instantAt, type World } from './world.ts';

/** One campaign, and those who bring its matching to an end. */
export type Career = {
  readonly books: BooksAudit;
  readonly finalisation: Finalisation;
  readonly confirmation: Confirmation;
  readonly staff: Staff;
};

/** Everything of a giving day, when nothing moves any more. */
export type Rest = {
  readonly world: World;
  readonly provider: PaymentProvider;
  readonly refunds: Refunds;
  readonly thankYous: ThankYous;
  readonly claims: Claims;
  readonly careers: readonly Career[];
  readonly streams: readonly Stream[];
};

/** What holds only when everything has come to rest. Reads the store itself: nothing fails any more. */
export async function closeTheBooks(rest: Rest): Promise<void> {
  const { world, careers } = rest;
  for (const { books, finalisation, confirmation } of careers) {
    const { campaignId } = books.campaign;
    const unfinished = finalisation.done ? undefined : await finalisedOrWhyNot(world, campaignId);
    if (unfinished !== undefined) world.auditor.find('matching can be finalised in the end', unfinished);
    const open = !finalisation.done || confirmation.done ? undefined : await confirmedOrWhyNot(world, campaignId);
    if (open !== undefined) world.auditor.find('matching can be confirmed in the end', open);
  }
  nothingAcknowledgedIsLost(rest);
  noDecisionIsLost(rest);
  noClaimIsLost(rest);
  everyRefundIsSettled(rest);
  onlyPoisonIsSetAside(rest);
  for (const { books } of careers) await theWholeBooksAreRight(world, books.campaign);
  await everyThankYouIsAccountedFor(rest);
}

function nothingAcknowledgedIsLost({ world, provider }: Rest): void {
  const { auditor } = world;
  const giftIds = new Set<string>();
  for (const { giftId, campaignId, payment } of provider.acknowledged.values()) {
    const entry = auditor.entries.get(giftId);
    if (entry?.amountMinor !== payment.amountMinor)
      auditor.find('nothing acknowledged is lost', `payment ${payment.paymentId} has no entry of its amount`);
    else if (entry.campaignId !== campaignId)
      auditor.find('nothing acknowledged is lost', `payment ${payment.paymentId} is booked to ${entry.campaignId}`);
    if (giftIds.size === giftIds.add(giftId).size)
      auditor.find('one payment is one gift', `${payment.paymentId} shares gift ${giftId} with another payment`);
  }
  for (const giftId of auditor.assigned())
    if (!auditor.counted.has(giftId)) auditor.find('every gift that arrived is counted', `gift ${giftId}`);
  for (const giftId of provider.neverBooked)
    if (auditor.entries.has(giftId)) auditor.find('what is forged or differs from its order is refused', giftId);
}

function noDecisionIsLost({ world: { auditor }, careers }: Rest): void {
  for (const { staff, books } of careers) {
    const changed = books.adjustments.filter(({ kind }) => kind === 'pool').length;
    if (changed < staff.changedPlans.size)
      auditor.find(
        'nothing acknowledged is lost',
        `${staff.changedPlans.size} plans were changed, ${changed} entries say so`,
      );
    for (const { giftId, kind } of staff.acknowledged)
      if (!books.adjustments.some((adjustment) => adjustment.giftId === giftId && adjustment.kind === kind))
        auditor.find('nothing acknowledged is lost', `the decision to ${kind} the match of gift ${giftId}`);
  }
}

const STATES = { approve: 'approved', decline: 'declined' } as const;

function noClaimIsLost({ world: { auditor }, claims, careers }: Rest): void {
  const stateOf = ({ campaignId, giftId, ruleId }: Claims['requested'][number]): string | undefined =>
    careers.find(({ books }) => books.campaign.campaignId === campaignId)?.books.stateOfClaim(giftId, ruleId);
  for (const claimed of claims.requested)
    if (stateOf(claimed) === undefined)
      auditor.find('nothing acknowledged is lost', `the claim for gift ${claimed.giftId} from ${claimed.ruleId}`);
  for (const claimed of claims.decided)
    if (stateOf(claimed) !== STATES[claimed.decision])
      auditor.find(
        'nothing acknowledged is lost',
        `to ${claimed.decision} the claim for gift ${claimed.giftId}, which is ${stateOf(claimed)}`,
      );
}

function everyRefundIsSettled({ world: { auditor }, refunds, careers }: Rest): void {
  for (const [refund, { amountMinor }] of refunds.acknowledged)
    if (auditor.refunds.get(refund)?.amountMinor !== amountMinor)
      auditor.find('nothing acknowledged is lost', `refund ${refund} has no entry of its amount`);
  for (const { giftId, refundId, campaignId } of auditor.refunds.values()) {
    const books = careers.find((career) => career.books.campaign.campaignId === campaignId)?.books;
    if (books !== undefined && auditor.counted.has(giftId) && !books.hasSettled(giftId, refundId))
      auditor.find('every refund of a counted gift is settled', `refund ${refundId} of gift ${giftId}`);
  }
}

function onlyPoisonIsSetAside({ world, streams }: Rest): void {
  const spoilt = new Set(streams.flatMap((stream) => stream.spoilt));
  const setAside = new Set(world.poison.map(({ pk }) => pk));
  for (const pk of setAside) if (!spoilt.has(pk)) world.auditor.find('only what cannot be read is set aside', pk);
  for (const pk of spoilt) if (!setAside.has(pk)) world.auditor.find('what cannot be read is set aside', pk);
}

/** The very invariants that finalisation and the nightly audit run, over everything as it is stored. */
async function theWholeBooksAreRight({ table, auditor }: World, campaign: Campaign): Promise<void> {
  const { firstDay, lastDay } = campaign.proposal.window;
  const books = await readBooks(table, campaign.campaignId, daysBetween(plusDays(firstDay, -1), plusDays(lastDay, 3)));
  if (books === undefined) return auditor.find('the system comes to rest', 'the books changed while they were read');
  for (const { invariant, detail } of violationsOf(books)) auditor.find(invariant, detail);
}

async function everyThankYouIsAccountedFor({ world, thankYous }: Rest): Promise<void> {
  const { table, auditor, campaigns, scheduler } = world;
  const due = [...auditor.counted.values()].filter(({ thankYouDue }) => thankYouDue);
  const states = { sent: 0, undeliverable: 0, sending: 0, none: 0 };
  for (const { giftId } of due) {
    const item = await table.get(noticeKey(giftId, THANK_YOU));
    const state = item === undefined ? 'none' : noticeSchema.parse(item).state;
    states[state] += 1;
    if (state === 'none' && !thankYous.deadLetters.has(giftId))
      auditor.find('every thank-you that is due is sent or accounted for', `gift ${giftId}: nobody has tried`);
  }
  if (thankYous.taken.size < states.sent)
    auditor.find('what is noted as sent was sent', `${states.sent} noted, ${thankYous.taken.size} mails taken`);
  if (thankYous.taken.size > states.sent + states.sending)
    auditor.find(
      'no mail is sent without a claim',
      `${thankYous.taken.size} mails taken, ${states.sent + states.sending} claims`,
    );
  // Only gifts of the first campaign leave an address.
  const campaignId = campaigns[0]?.campaignId ?? '';
  const said = (await checkThankYous.handle({ campaignId }, { table }, instantAt(scheduler.now))) as {
    kind: string;
  } & ThankYouCount;
  if (
    said.sent + said.uncertain + said.undeliverable + said.waiting !== said.due ||
    said.due !== due.length ||
    said.sent !== states.sent
  )
    auditor.find('mails, uncertain and undeliverable ones are all that were due', JSON.stringify(said));
}
