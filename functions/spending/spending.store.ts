import { type Asked as AskedConfirmation, waitsNoMore, waitsWrite } from '../approvals/confirmation.store.ts';
import { type DecidedBy, decisionFields, refuseOwnEntry } from '../approvals/confirmation.ts';
import { auditedTable } from '../audit/audited-table.ts';
import { findCampaign, readCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError, type Refusal, refuse } from '../kernel/errors.ts';
import { type Minor, minor, ZERO } from '../kernel/money.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { type Patience, pauseBefore, realPatience } from '../matching/patience.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { spendingBookKey, spendingPayeeDayKey, spendingRequestKey } from '../platform/keys.ts';
import { keyOf, type Table, type TransactWrite } from '../platform/table.ts';
import { bookingWrites, type Counterpart } from './booking.ts';
import { refuseWithoutMinutes } from './collective.store.ts';
import { papersOf } from './evidence.ts';
import { readSpendingBook } from './spending-entry.store.ts';
import { type EntryOf, isPayment, type SpendingEntry } from './spending-entry.ts';
import { entriesByPaper, readSpendingFacts } from './spending-facts.store.ts';
import {
  contentOf,
  needsSecondPerson,
  payeeOf,
  requestItem,
  type SpendingDecision,
  type SpendingRequest,
  type StandingRequest,
  standingRequestSchema,
} from './spending-request.ts';
import { refuseSpending } from './spending-rules.ts';

/** A request of this campaign. Throws TransientError or ThrottledError where the store cannot answer. */
export async function findSpendingRequest(
  table: Table,
  campaignId: string,
  requestId: string,
): Promise<StandingRequest | undefined> {
  return standingRequestSchema.optional().parse(await table.get(spendingRequestKey(campaignId, requestId)));
}

/** What the inbox of those who decide shows of a request. */
function askedOf(request: StandingRequest): AskedConfirmation {
  const { campaignId, requestId, enteredBy, enteredAt, kind } = request;
  if (kind === 'variance-note') throw new PermanentError('a word on a line waits for nobody');
  return { subject: 'spending', campaignId, requestId, kind, enteredBy, enteredAt, amountMinor: request.amountMinor };
}

export type Asked = { readonly kind: 'entered' | 'already-entered'; readonly request: StandingRequest };

/**
 * Keeps what a person asks to be booked, once by its id; what needs no second person is booked in the same transaction. What
 * could not be booked today is refused today, and asked again when it is decided. Throws TransientError where the store cannot
 * answer: then the same again finds what stands.
 */
export async function enterSpending(
  table: Table,
  campaignId: string,
  request: SpendingRequest,
  { requestId, by, now }: { readonly requestId: string; readonly by: string; readonly now: Instant },
  patience: Patience = realPatience,
): Promise<Asked | Refusal> {
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, patience, 'the request could not be entered');
    const standing = await findSpendingRequest(table, campaignId, requestId);
    if (standing !== undefined)
      return contentOf(standing) === contentOf(request)
        ? { kind: 'already-entered', request: standing }
        : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another request. Use a new one.');
    const sight = await readSight(table, campaignId, request, now);
    if (sight.refusal !== undefined) return sight.refusal;
    const { beforeMinor, writes } = await payeeDay(table, campaignId, request);
    const waiting = {
      ...request,
      type: 'spending-request',
      campaignId,
      requestId,
      state: 'awaiting-confirmation',
      enteredBy: by,
      enteredAt: now,
    } as StandingRequest;
    if (needsSecondPerson(request, beforeMinor)) {
      const waits = await waitsWrite(table, sight.campaign, askedOf(waiting));
      const outcome = await table.transact([{ put: requestItem(waiting), when: { absent: true } }, waits, ...writes]);
      if (outcome.kind === 'committed') return { kind: 'entered', request: waiting };
      continue;
    }
    const booked = await tryBooking(table, sight, waiting, now, writes);
    if (booked !== undefined) return { kind: 'entered', request: booked };
  }
}

export type Decided = { readonly kind: 'decided'; readonly request: StandingRequest };

/**
 * A second person's decision, once: of two that come together one is taken, and the same again answers what stands. What is
 * confirmed is booked in the same transaction, or neither; so it is judged by the books of that moment, and may be refused
 * although it could have been booked when it was entered.
 */
export async function decideSpending(
  table: Table,
  campaignId: string,
  requestId: string,
  decision: SpendingDecision,
  { now, ...decider }: DecidedBy & { readonly now: Instant },
  patience: Patience = realPatience,
): Promise<Decided | Refusal> {
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, patience, 'the request could not be decided');
    const standing = await findSpendingRequest(table, campaignId, requestId);
    if (standing === undefined) return refuse('unknown-request', 'No such request was entered in this campaign.');
    const own = refuseOwnEntry(standing, decider);
    if (own !== undefined) return own;
    if (standing.state !== 'awaiting-confirmation') return whatStands(standing, decision);
    const decided = { ...standing, ...decisionFields(decider), decidedAt: now };
    const outcome =
      decision.decision === 'reject'
        ? await reject(table, decided, decision.reason ?? '')
        : await confirm(table, decided, decision.minutes, now);
    if (outcome !== undefined) return outcome;
  }
}

/** `undefined` from these two: somebody else was first, and it is to be looked at again. */
async function reject(table: Table, decided: StandingRequest, reason: string): Promise<Decided | undefined> {
  const request: StandingRequest = { ...decided, state: 'rejected', rejection: reason };
  const outcome = await table.transact([
    { put: requestItem(request), when: { equals: { state: 'awaiting-confirmation' } } },
    waitsNoMore('spending', request.campaignId, request.requestId),
  ]);
  return outcome.kind === 'committed' ? { kind: 'decided', request } : undefined;
}

async function confirm(
  table: Table,
  decided: StandingRequest,
  minutes: SpendingDecision['minutes'],
  now: Instant,
): Promise<Decided | Refusal | undefined> {
  const sight = await readSight(table, decided.campaignId, decided, now);
  const confirmed: StandingRequest = { ...decided, ...(minutes === undefined ? {} : { minutes }) };
  const refusal = sight.refusal ?? (await refuseWithoutMinutes(table, sight.campaign, confirmed, now));
  if (refusal !== undefined) return refusal;
  const { campaignId, requestId } = confirmed;
  const request = await tryBooking(table, sight, confirmed, now, [waitsNoMore('spending', campaignId, requestId)]);
  return request === undefined ? undefined : { kind: 'decided', request };
}

function whatStands(standing: StandingRequest, { decision }: SpendingDecision): Decided | Refusal {
  if (standing.decidedBy === undefined)
    return refuse('nothing-to-confirm', 'This request needed no second person, and is in the book.');
  return (standing.state === 'rejected') === (decision === 'reject')
    ? { kind: 'decided', request: standing }
    : refuse('already-decided', `This request was decided on before, otherwise: it is ${standing.state}.`);
}

/** The books of one moment, and what of a request they refuse. */
type Sight = Awaited<ReturnType<typeof readSight>>;

async function readSight(table: Table, campaignId: string, request: SpendingRequest | StandingRequest, now: Instant) {
  // The books first: whatever is read after them is written only while they are as they were.
  const book = await readSpendingBook(table, campaignId);
  const campaign = await readCampaign(table, campaignId);
  const counterpart = await readCounterpart(table, request, campaign);
  const facts = await readSpendingFacts(table, campaign, book, request, now);
  return { book, counterpart, campaign, facts, refusal: refuseSpending(request, facts) };
}

/** The book that a surplus goes to. */
async function readCounterpart(
  table: Table,
  request: SpendingRequest,
  { proposal }: Campaign,
): Promise<Counterpart | undefined> {
  if (request.kind !== 'surplus' || request.toCampaignId === undefined) return undefined;
  const book = await readSpendingBook(table, request.toCampaignId);
  const [campaign, giver] = await Promise.all([
    findCampaign(table, request.toCampaignId),
    findOrganisation(table, proposal.organisationId),
  ]);
  // Where there is none, the rules refuse the request for it.
  return campaign === undefined ? undefined : { book, campaign, giverName: giver?.name ?? proposal.organisationId };
}

/**
 * The table through which a booking goes. What comes to a campaign of another organisation stands in that one's trail as
 * well, in the same transaction: both books and both trails have it, or none of them.
 */
function tableOfBoth(
  table: Table,
  giver: Campaign,
  counterpart: Counterpart | undefined,
  said: { readonly by: string; readonly now: Instant },
): Table {
  const receiver = counterpart?.campaign;
  if (receiver === undefined || receiver.proposal.organisationId === giver.proposal.organisationId) return table;
  const { pk } = spendingBookKey(receiver.campaignId);
  return auditedTable(table, {
    organisationId: receiver.proposal.organisationId,
    ...said,
    action: `a surplus of ${giver.campaignId} is received`,
    concerns: (write) => keyOf(write).pk === pk,
  });
}

/** One attempt to book: the request as it is then, or `undefined` where the books have moved meanwhile. */
async function tryBooking(
  table: Table,
  { book, counterpart, campaign, facts }: Sight,
  request: StandingRequest,
  now: Instant,
  besides: readonly TransactWrite[],
): Promise<StandingRequest | undefined> {
  const papers = await papersBefore(table, campaign, request, facts.reversed?.entry);
  const decidedOn = localDateOf(now, campaign.proposal.window.zone);
  const booking = bookingWrites({ book, campaign, counterpart, facts, request, papers, decidedOn, now });
  const by = request.decidedBy ?? request.enteredBy;
  const outcome = await tableOfBoth(table, campaign, counterpart, { by, now }).transact([
    ...booking.writes,
    ...besides,
  ]);
  return outcome.kind === 'committed' ? booking.request : undefined;
}

/** The entries by which the papers of a payment were booked: of the payment itself, or of the one that is taken back. */
async function papersBefore(
  table: Table,
  { campaignId }: Campaign,
  request: StandingRequest,
  reversed: SpendingEntry | undefined,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const paid: Pick<EntryOf<'aid'>, 'voucherNo' | 'evidence'> | undefined =
    request.kind === 'expenditure' || request.kind === 'aid'
      ? request
      : reversed !== undefined && isPayment(reversed)
        ? reversed
        : undefined;
  return paid === undefined ? new Map() : entriesByPaper(table, campaignId, papersOf(paid.voucherNo, paid.evidence));
}

/** What was asked for to the payee of an expenditure on its day, and the write that adds this to it unless another was added meanwhile. */
async function payeeDay(
  table: Table,
  campaignId: string,
  request: SpendingRequest,
): Promise<{ readonly beforeMinor: Minor; readonly writes: readonly TransactWrite[] }> {
  if (request.kind !== 'expenditure') return { beforeMinor: ZERO, writes: [] };
  const key = spendingPayeeDayKey(campaignId, request.paidOn, payeeOf(request));
  const item = await table.get(key);
  const beforeMinor = item === undefined ? ZERO : minor(Number(item['askedMinor']));
  const put = { ...key, type: 'spending-payee-day', campaignId, askedMinor: beforeMinor + request.amountMinor };
  return {
    beforeMinor,
    writes: [{ put, when: item === undefined ? { absent: true } : { equals: { askedMinor: beforeMinor } } }],
  };
}
