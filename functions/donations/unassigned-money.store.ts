import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { type Minor, subtract } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { refundRequestKey, refundsKey, UNASSIGNED, unassignedMoneyFrom, unassignedMoneyKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { findDonation } from './donation-entry.store.ts';
import { moveToCampaign, type Target } from './gift-assignment.store.ts';
import { type RefundUse, type RequestedRefund, refundedOf, requestReturn } from './refund-request.store.ts';
import { refundRequestSchema } from './refund-request.ts';
import {
  type AssignRequest,
  contentOf,
  needsConfirmation,
  type Proposal,
  type ProposalDecision,
  type ProposalRequest,
  type UnassignedMoney,
  unassignedItemOf,
  unassignedMoneySchema,
  waitingMoneyOf,
} from './unassigned-money.ts';

/** Who does it, and when. */
export type Deed = { readonly by: string; readonly now: Instant };

/** Reads whether a campaign can take this money; asked again before it is done, because days may lie between. */
export type FindTarget = (money: UnassignedMoney, request: AssignRequest) => Promise<Target | Refusal>;

/** What stands after a proposal or a decision; `refund` where its return was asked for just now. */
export type MoneyOutcome =
  | {
      readonly kind: 'stands';
      readonly isNew: boolean;
      readonly money: UnassignedMoney;
      readonly refund?: RequestedRefund;
    }
  | Refusal;

/** How often two people may meet at one gift before one is asked to come again. */
const ATTEMPTS = 3;

/** How one gift that came for no campaign stands; `undefined` for any other. */
export async function findUnassigned(table: Table, giftId: string): Promise<UnassignedMoney | undefined> {
  const item = await table.get(unassignedMoneyKey(giftId));
  if (item !== undefined) return unassignedMoneySchema.parse(item);
  // Recorded before such items were kept: found by its id, and on the list from the first proposal on.
  const entry = await findDonation(table, giftId);
  return entry?.campaignId === UNASSIGNED ? { ...waitingMoneyOf(entry, undefined), version: 0 } : undefined;
}

/** Unassigned money that is not done with, by time of payment, from a place on. */
export async function* unassignedMoney(table: Table, after?: string): AsyncGenerator<UnassignedMoney> {
  for await (const item of everyItem(table, unassignedMoneyFrom(after))) yield unassignedMoneySchema.parse(item);
}

/** What is left of it. */
export async function leftOf(table: Table, { giftId, amountMinor }: UnassignedMoney): Promise<Minor> {
  const hasRefunds = (await table.get(refundsKey(giftId))) !== undefined;
  return hasRefunds ? subtract(amountMinor, await refundedOf(table, giftId)) : amountMinor;
}

/**
 * Says what is to become of unassigned money, once under `proposalId`: it waits for a second person, or is done at once where none is
 * needed. The same again answers what stands, and goes on with a return that a crash or the provider has stopped. Throws
 * TransientError where others keep changing the same gift.
 */
export async function propose(
  use: RefundUse,
  money: UnassignedMoney,
  request: ProposalRequest,
  proposalId: string,
  findTarget: FindTarget,
  { by, now }: Deed,
): Promise<MoneyOutcome> {
  const before = money.proposal;
  if (before?.proposalId === proposalId) return proposedBefore(use, money, before, request, { by, now });
  if (money.rejected?.proposal.proposalId === proposalId) return { kind: 'stands', isNew: false, money };
  if (money.state !== 'waiting' && !(await hasNotGone(use.table, money))) return refuseState(money);
  if ((await leftOf(use.table, money)) <= 0) return nothingLeft;
  const target = request.kind === 'assign' ? await findTarget(money, request) : undefined;
  if (target?.kind === 'refused') return target;
  const { decidedBy: _before, decidedAt: _then, ...open } = money;
  const proposed = { ...open, proposal: { ...request, proposalId, by, at: now } };
  if (!needsConfirmation(money, request)) return carryOut(use, proposed, target, { by, now });
  const written = await writeMoney(use.table, money, { ...proposed, state: 'proposed' });
  return written === undefined ? comeAgain(money) : { kind: 'stands', isNew: true, money: written };
}

/**
 * Whether a return that was decided on has led nowhere: its provider refuses it, or it was to be made by hand and nobody has. One that
 * a provider has been asked for and may still make stands.
 */
async function hasNotGone(table: Table, { giftId, state }: UnassignedMoney): Promise<boolean> {
  if (state !== 'returning') return false;
  const request = refundRequestSchema.optional().parse(await table.get(refundRequestKey(giftId, 'unassigned')));
  return request === undefined || request.state === 'refused';
}

async function proposedBefore(
  use: RefundUse,
  money: UnassignedMoney,
  before: Proposal,
  request: ProposalRequest,
  deed: Deed,
): Promise<MoneyOutcome> {
  if (contentOf(before) !== contentOf(request))
    return refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another proposal. Use a new one.');
  return goOn(use, money, deed);
}

/** Asks for a return that has been decided and has not gone; anything else stands. */
async function goOn(use: RefundUse, money: UnassignedMoney, { by, now }: Deed): Promise<MoneyOutcome> {
  if (money.state !== 'returning') return { kind: 'stands', isNew: false, money };
  return { kind: 'stands', isNew: false, money, refund: await requestReturn(use, money.giftId, by, now) };
}

/**
 * A second person's word on the proposal that waits, once; the same again answers what stands. What is confirmed is looked at
 * again as the campaign stands now. Throws as {@link propose} does.
 */
export async function decide(
  use: RefundUse,
  money: UnassignedMoney,
  decision: ProposalDecision,
  findTarget: FindTarget,
  { by, now }: Deed,
): Promise<MoneyOutcome> {
  const { proposalId } = decision;
  if (money.rejected?.proposal.proposalId === proposalId)
    return decision.decision === 'reject' ? { kind: 'stands', isNew: false, money } : decidedOtherwise;
  const { proposal } = money;
  if (proposal === undefined || proposal.proposalId !== proposalId)
    return refuse('other-proposal', 'This is not the proposal that waits. Read what waits, and decide on that.');
  if (proposal.by === by)
    return refuse('own-entry', 'Nobody confirms what they have proposed themselves. Ask a second person.');
  if (money.state !== 'proposed') {
    if (money.decidedBy === undefined)
      return refuse('nothing-to-confirm', 'This proposal needed no second person, and is done.');
    return decision.decision === 'confirm' ? goOn(use, money, { by, now }) : decidedOtherwise;
  }
  if (decision.decision === 'reject') {
    const { proposal: _rejected, ...rest } = money;
    const rejected = { proposal, by, at: now, reason: decision.reason ?? '' };
    const written = await writeMoney(use.table, money, { ...rest, state: 'waiting', rejected });
    return written === undefined ? comeAgain(money) : { kind: 'stands', isNew: true, money: written };
  }
  if ((await leftOf(use.table, money)) <= 0) return nothingLeft;
  const target = proposal.kind === 'assign' ? await findTarget(money, proposal) : undefined;
  if (target?.kind === 'refused') return target;
  return carryOut(use, { ...money, decidedBy: by, decidedAt: now }, target, { by, now });
}

/** Does what was proposed, and confirmed where that was needed. */
async function carryOut(
  use: RefundUse,
  decided: UnassignedMoney,
  target: Target | undefined,
  { by, now }: Deed,
): Promise<MoneyOutcome> {
  if (target !== undefined) return assign(use.table, decided, target, now);
  const returning = await writeMoney(use.table, decided, { ...decided, state: 'returning' });
  if (returning === undefined) return comeAgain(decided);
  const refund = await requestReturn(use, decided.giftId, by, now);
  return { kind: 'stands', isNew: true, money: returning, refund };
}

async function assign(table: Table, decided: UnassignedMoney, target: Target, now: Instant): Promise<MoneyOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const assigned: UnassignedMoney = { ...decided, state: 'assigned', version: decided.version + 1 };
    const outcome = await moveToCampaign(table, assigned, target, now);
    if (outcome === 'moved') return { kind: 'stands', isNew: true, money: assigned };
    if (outcome === 'too-many-refunds')
      return refuse('too-many-refunds', 'This gift was refunded in very many parts. Return what is left of it.');
    // A refund came in between: the same again, if anything is left. Anything else is another person's deed.
    if ((await findUnassigned(table, decided.giftId))?.version !== decided.version) return comeAgain(decided);
    if ((await leftOf(table, decided)) <= 0) return nothingLeft;
  }
  return comeAgain(decided);
}

/** One guarded write; `undefined` where somebody else was first. */
async function writeMoney(
  table: Table,
  before: UnassignedMoney,
  after: UnassignedMoney,
): Promise<UnassignedMoney | undefined> {
  const money = { ...after, version: before.version + 1 };
  const put = unassignedItemOf(money);
  const when = before.version === 0 ? { absent: true as const } : { equals: { version: before.version } };
  const outcome = await table.write({ put, when });
  return outcome.kind === 'written' ? money : undefined;
}

/**
 * Notes that all of it has gone back, by whoever's wish: nothing is left to assign or to ask for. Safe to repeat; what somebody
 * changes in this moment is noted by the next refund, or found with nothing left.
 */
export async function noteReturned(table: Table, giftId: string): Promise<void> {
  const item = await table.get(unassignedMoneyKey(giftId));
  if (item === undefined) return;
  const money = unassignedMoneySchema.parse(item);
  if (money.state === 'assigned' || money.state === 'returned' || (await leftOf(table, money)) > 0) return;
  if ((await writeMoney(table, money, { ...money, state: 'returned' })) !== undefined)
    log.info('unassigned money has gone back', { giftId });
}

function comeAgain({ giftId }: UnassignedMoney): never {
  throw new TransientError(`gift ${giftId} is being changed by somebody else`);
}

const nothingLeft = refuse('nothing-left', 'All of this money has gone back already: there is nothing to decide on.');
const decidedOtherwise = refuse('already-decided', 'This proposal was decided on before, otherwise.');
const STATE_WORDS: Readonly<Record<Exclude<UnassignedMoney['state'], 'waiting'>, string>> = {
  proposed: 'Something was proposed for this money and waits for a second person. Decide on that first.',
  assigned:
    'This money is a campaign’s already. What a campaign has counted is not moved; give it back if it was wrong.',
  returning: 'Its provider was asked to return this money to who paid it. Send that proposal again to ask once more.',
  returned: 'All of this money has gone back already.',
};
const refuseState = ({ state }: UnassignedMoney): Refusal =>
  state === 'waiting' ? nothingLeft : refuse(`already-${state}`, STATE_WORDS[state]);
