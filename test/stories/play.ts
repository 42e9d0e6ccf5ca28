import { expect } from 'vitest';
import { type DonationEntry, donationEntrySchema } from '../../functions/donations/donation-entry.ts';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import { definition as decideMatchDefinition } from '../../functions/matching/decide-match.lambda.ts';
import { definition as listHeldMatches } from '../../functions/matching/list-held-matches.lambda.ts';
import type { KeyMode } from '../../local/sandbox/keys.ts';
import { refundNotice } from '../../local/sandbox/notice.ts';
import { signedNotification } from '../../local/sandbox/notification.ts';
import { type Payment, transactionOf } from '../../local/sandbox/transaction.ts';
import { refundOf } from '../matching/money-path.ts';
import { ADMIN, APPROVER, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import type { World } from './world.ts';

// What happens in most stories before or beside what they are about.

/** Takes a proposal through its approval. Gives its id. */
export async function approvedCampaign(
  world: World,
  proposal: object = PROPOSAL,
  idempotencyKey?: string,
): Promise<string> {
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
  const { campaignId } = (await world.submit(proposal, MANAGER, undefined, idempotencyKey)).body;
  expect(await world.checkProposal(campaignId)).toEqual({ kind: 'passed' });
  await world.requestApproval(campaignId, 1, 'token-1');
  expect((await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER)).status).toBe(200);
  await world.move(campaignId, 'approved');
  return campaignId;
}

/** Takes a proposal through approval to its opening at midnight of 7 September. Gives its id. */
export async function openedCampaign(world: World, proposal: object = PROPOSAL): Promise<string> {
  const campaignId = await approvedCampaign(world, proposal);
  expect((await world.file(campaignId)).status).toBe(200);
  world.at('2026-09-07T00:00:00+08:00');
  await world.move(campaignId, 'open');
  return campaignId;
}

export type Gift = {
  readonly paidAt: string;
  readonly openid: string;
  readonly amountMinor: number;
  /** Name, message, e-mail, anonymity, unit, language: what the donor's page sends beside the amount. */
  readonly asked?: object;
};

/** Orders a gift at the moment at which it will be paid. Gives the order's number. */
export async function order(world: World, campaignId: string, { paidAt, amountMinor, asked }: Gift): Promise<string> {
  world.at(paidAt);
  const intent = await world.intend(campaignId, { amountMinor, ...asked });
  expect(intent.status).toBe(201);
  return intent.body.orderNo;
}

/** The provider's payment for an order; its id is made of the order's number, as no two orders share one. */
export function paymentFor(orderNo: string, { paidAt, openid, amountMinor }: Gift): Payment {
  const digits = [...orderNo].map((character) => character.charCodeAt(0) % 10).join('');
  return {
    transactionId: `4200${digits.slice(-24).padStart(24, '0')}`,
    orderNo,
    amountMinor,
    payerAmountMinor: amountMinor,
    openid,
    paidAt: instantOf(paidAt),
    tradeType: 'JSAPI',
  };
}

/** Sends the provider's notification of a payment `lateSeconds` after it. Gives the status of the answer. */
export async function notify(
  world: World,
  payment: Payment,
  lateSeconds = 2,
  keyMode: KeyMode = 'certificate',
): Promise<number> {
  world.now = plusSeconds(payment.paidAt, lateSeconds);
  const transaction = transactionOf(world.keys, payment);
  const { headers, body } = signedNotification(world.keys, transaction, { sentAt: world.now, keyMode });
  return (await world.notify(headers, body)).status;
}

/** The entry of a payment that has been booked. */
export function entryOf(world: World, payment: Payment): DonationEntry {
  return donationEntrySchema.parse(
    world.table.everything().find(({ type, paymentId }) => type === 'donation' && paymentId === payment.transactionId),
  );
}

/** A refund of a gift as a door records it: its own id each time, unless the story tells of the same one again. */
export async function refund(
  world: World,
  payment: Payment,
  amountMinor: number,
  refundId = `refund-${world.table.everything().length}`,
): Promise<void> {
  await recordRefund(world.table, refundOf(entryOf(world, payment), refundId, amountMinor, world.now));
}

/** Orders, pays and notifies. */
export async function give(world: World, campaignId: string, gift: Gift): Promise<Payment> {
  const payment = paymentFor(await order(world, campaignId, gift), gift);
  expect(await notify(world, payment)).toBe(200);
  return payment;
}

export type MoneyBack = { readonly amountMinor: number; readonly refundId: string; readonly at: string };

/** The merchant has given a payment back, or part of it, and the provider tells so two seconds later. */
export async function giveBack(
  world: World,
  payment: Payment,
  { amountMinor, refundId, at }: MoneyBack,
): Promise<void> {
  const refundedAt = instantOf(at);
  world.now = plusSeconds(refundedAt, 2);
  const refund = { refundId, refundNo: `back-${refundId}`, payment, amountMinor, refundedAt };
  const { headers, body } = refundNotice(world.keys, refund, 'SUCCESS')({ sentAt: world.now });
  expect((await world.notify(headers, body)).status).toBe(200);
}

/** Closes the campaign after its last day and finalises matching once everything has settled. */
export async function finalise(world: World, campaignId: string): Promise<Record<string, unknown>> {
  world.at('2026-09-10T00:00:00+08:00');
  await world.move(campaignId, 'closed');
  world.at('2026-09-11T11:00:00+08:00');
  await world.drainStream();
  return world.finalise(campaignId);
}

/** A person of finance releases a held match, or takes a match away. */
export async function decideMatch(
  world: World,
  campaignId: string,
  giftId: string,
  decision: { readonly decision: 'release' | 'void'; readonly reason: string },
): Promise<void> {
  const { status, body } = await world.request('decide-match', decideMatchDefinition, {
    method: 'POST',
    path: `/campaigns/${campaignId}/gifts/${giftId}/match-decisions`,
    routeParameters: { campaignId, giftId },
    body: JSON.stringify(decision),
    actor: FINANCE,
  });
  expect([status, body.decision, body.decidedBy]).toEqual([200, decision.decision, FINANCE.id]);
}

/** The matches that wait for a person, as the console lists them. */
export async function heldMatches(world: World, campaignId: string): Promise<{ no: number; held: string }[]> {
  const { body } = await world.request('list-held-matches', listHeldMatches, {
    path: `/campaigns/${campaignId}/held-matches`,
    routeParameters: { campaignId },
    actor: FINANCE,
  });
  return body.held;
}

/** The same, of a gift that is known by its payment. */
export function decide(world: World, payment: Payment, kind: 'release' | 'void', reason: string): Promise<void> {
  const { campaignId, giftId } = entryOf(world, payment);
  return decideMatch(world, campaignId, giftId, { decision: kind, reason });
}
