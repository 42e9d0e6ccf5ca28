import { daysBetween, plusDays } from '../functions/kernel/time.ts';
import { readBooks } from '../functions/ledger/books.store.ts';
import { violationsOf } from '../functions/ledger/invariants.ts';
import { definition as checkThankYous, type ThankYouCount } from '../functions/notices/check-thank-yous.lambda.ts';
import { noticeSchema, THANK_YOU } from '../functions/notices/notice.ts';
import { noticeKey, UNASSIGNED } from '../functions/platform/keys.ts';
import { finalisedOrWhyNot } from './final-attempt.ts';
import type { Finalisation } from './finalisation.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { Stream } from './stream.ts';
import type { ThankYous } from './thank-yous.ts';
import { instantAt, type World } from './world.ts';

/** Everything of a campaign, when nothing moves any more. */
export type Rest = {
  readonly world: World;
  readonly provider: PaymentProvider;
  readonly thankYous: ThankYous;
  readonly finalisation: Finalisation;
  readonly streams: readonly Stream[];
};

/** What holds only when everything has come to rest. Reads the store itself: nothing fails any more. */
export async function closeTheBooks(rest: Rest): Promise<void> {
  const { world, finalisation } = rest;
  if (!finalisation.done) {
    const reason = await finalisedOrWhyNot(world);
    if (reason !== undefined) world.auditor.find('matching can be finalised in the end', reason);
  }
  nothingAcknowledgedIsLost(rest);
  onlyPoisonIsSetAside(rest);
  await theWholeBooksAreRight(world);
  await everyThankYouIsAccountedFor(rest);
}

function nothingAcknowledgedIsLost({ world, provider }: Rest): void {
  const { auditor, campaign } = world;
  const giftIds = new Set<string>();
  for (const { giftId, orderKnown, payment } of provider.acknowledged.values()) {
    const entry = auditor.entries.get(giftId);
    if (entry?.amountMinor !== payment.amountMinor)
      auditor.find('nothing acknowledged is lost', `payment ${payment.paymentId} has no entry of its amount`);
    else if (entry.campaignId !== (orderKnown ? campaign.campaignId : UNASSIGNED))
      auditor.find('nothing acknowledged is lost', `payment ${payment.paymentId} is booked to ${entry.campaignId}`);
    if (giftIds.size === giftIds.add(giftId).size)
      auditor.find('one payment is one gift', `${payment.paymentId} shares gift ${giftId} with another payment`);
  }
  for (const giftId of auditor.assigned())
    if (!auditor.counted.has(giftId)) auditor.find('every gift that arrived is counted', `gift ${giftId}`);
  for (const giftId of provider.neverBooked)
    if (auditor.entries.has(giftId)) auditor.find('what is forged or differs from its order is refused', giftId);
}

function onlyPoisonIsSetAside({ world, streams }: Rest): void {
  const spoilt = new Set(streams.flatMap((stream) => stream.spoilt));
  const setAside = new Set(world.poison.map(({ pk }) => pk));
  for (const pk of setAside) if (!spoilt.has(pk)) world.auditor.find('only what cannot be read is set aside', pk);
  for (const pk of spoilt) if (!setAside.has(pk)) world.auditor.find('what cannot be read is set aside', pk);
}

/** The very invariants that finalisation and the nightly audit run, over everything as it is stored. */
async function theWholeBooksAreRight({ table, campaign, auditor }: World): Promise<void> {
  const { firstDay, lastDay } = campaign.proposal.window;
  const books = await readBooks(table, campaign.campaignId, daysBetween(plusDays(firstDay, -1), plusDays(lastDay, 3)));
  if (books === undefined) return auditor.find('the system comes to rest', 'the books changed while they were read');
  for (const { invariant, detail } of violationsOf(books)) auditor.find(invariant, detail);
}

async function everyThankYouIsAccountedFor({ world, thankYous }: Rest): Promise<void> {
  const { table, auditor, campaign, scheduler } = world;
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
  const said = (await checkThankYous.handle(
    { campaignId: campaign.campaignId },
    { table },
    instantAt(scheduler.now),
  )) as { kind: string } & ThankYouCount;
  if (
    said.sent + said.uncertain + said.undeliverable + said.waiting !== said.due ||
    said.due !== due.length ||
    said.sent !== states.sent
  )
    auditor.find('mails, uncertain and undeliverable ones are all that were due', JSON.stringify(said));
}
