import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { findDonation } from '../donations/donation-entry.store.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { type Patience, realPatience } from '../matching/patience.ts';
import { openNoticeQueue, type QueueNotices } from '../notices/notice-queue.gateway.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { readGivers } from './giver.store.ts';
import { handOut } from './hand-out.store.ts';
import { issueReceipts } from './issue.store.ts';
import { findIssuer } from './issuer.store.ts';
import { type Issuer, seriesYearOf } from './issuing.ts';
import { NOT_READY_WORDS } from './not-ready-words.ts';
import { isSamePayer, type Payer, type Receipt } from './receipt.ts';
import { issueBodySchema, mistakeBodySchema } from './receipt-bodies.ts';
import type { ReceiptOrder } from './receipt-order.ts';
import { receiptRequestsWaiting, requestIsMet } from './receipt-request.store.ts';
import { receiptView } from './receipt-view.ts';
import { findReceipt } from './register.store.ts';
import { readReceipt } from './reverse.store.ts';
import { reverseMistake } from './reverse-mistake.store.ts';
import { voidReceipt } from './void.store.ts';

export type ManageReceiptsUse = {
  readonly table: Table;
  readonly readDonorKey: () => Promise<string>;
  readonly queueNotices: QueueNotices;
  readonly patience: Patience;
};

async function answer(request: StaffRequest, use: ManageReceiptsUse, now: Instant): Promise<HttpAnswer> {
  switch (request.route) {
    case 'POST /campaigns/{campaignId}/gifts/{giftId}/receipts':
      return issue(request, use, now);
    case 'POST /campaigns/{campaignId}/gifts/{giftId}/receipt-waivers':
      return waive(request, use, now);
    case 'GET /organisations/{organisationId}/receipt-requests':
      return listRequests(request, use.table);
    default:
      return ofReceipt(request, use, now);
  }
}

async function ofReceipt(request: StaffRequest, use: ManageReceiptsUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', receiptId = '' } = request.parameters;
  const receipt = await findReceipt(use.table, receiptId);
  if (receipt === undefined || receipt.organisationId !== organisationId) return UNKNOWN_RECEIPT;
  if (request.method === 'GET') return { status: 200, body: receiptView(receipt) };
  if (request.path.endsWith('/copies')) return copy(request, use.table, receipt, now);
  const secret = await use.readDonorKey();
  const issuer = await findIssuer(use.table, organisationId, { secret, by: request.actor.id, now });
  if (issuer === undefined) return NO_SETTINGS;
  return request.path.endsWith('/voids')
    ? makeVoid(request, use, receipt, issuer)
    : reverse(request, use, receipt, issuer);
}

async function makeVoid(
  request: StaffRequest,
  use: ManageReceiptsUse,
  receipt: Receipt,
  { settings, by, now }: Issuer,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, mistakeBodySchema);
  if (body.kind === 'unreadable') return body.answer;
  const seriesYear = seriesYearOf(settings, now);
  const outcome = await voidReceipt(use, receipt, { by, reason: body.value.reason, seriesYear }, now);
  return outcome.kind === 'refused' ? refusalAnswer(409, outcome) : { status: 200, body: receiptView(outcome.receipt) };
}

/** Takes a receipt back by one below zero: what is left to do about a mistake once its year is over. */
async function reverse(
  request: StaffRequest,
  use: ManageReceiptsUse,
  receipt: Receipt,
  issuer: Issuer,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, mistakeBodySchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await reverseMistake(use, issuer, receipt, body.value.reason);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  return { status: outcome.kind === 'reversed' ? 201 : 200, body: receiptView(outcome.reversal) };
}

async function copy(request: StaffRequest, table: Table, found: Receipt, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { receipt, handedOut } = await handOut(table, found, { key: idempotency.key, by: request.actor.id }, now);
  return { status: 200, body: { ...receiptView(receipt), copy: handedOut.copy } };
}

/** Issues the receipt of one gift, in the name that is sent or in the one that its donor left. */
async function issue(request: StaffRequest, use: ManageReceiptsUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', giftId = '' } = request.parameters;
  const body = readJsonBody(request, issueBodySchema);
  if (body.kind === 'unreadable') return body.answer;
  const entry = await findDonation(use.table, giftId);
  if (entry === undefined || entry.campaignId !== campaignId) return UNKNOWN_GIFT;
  const giver = (await readGivers(use.table, [entry])).get(giftId);
  const payer: Payer | undefined = body.value.payer ?? giver?.payer;
  if (payer === undefined) return PAYER_NEEDED;
  const { proposal } = await readCampaign(use.table, campaignId);
  const about = {
    payer,
    campaignTitle: proposal.title,
    generatedData: proposal.generatedData,
    ...(giver?.goods === undefined ? {} : { goods: giver.goods }),
  };
  const answered = await order(request, use, now, { giftId, do: 'issue', about });
  const { receipt } = answered;
  if (receipt === undefined) return answered;
  const requested = giver?.isRequested === true ? giver.payer : undefined;
  // Where nobody sends a name and nobody has asked since, whatever name the valid receipt has is the right one.
  const wanted = body.value.payer ?? requested;
  if (answered.status === 200 && wanted !== undefined && !isSamePayer(wanted, receipt.payer)) return OTHER_PAYER;
  // What is issued now answers the request that was there, also in a name that a person has put right.
  const met = answered.status === 201 ? requested : receipt.payer;
  if (met !== undefined) await requestIsMet(use.table, entry.orderNo, met);
  // Also for a receipt that was there: the letter may not have got into the queue, and is sent once however often it is queued.
  if (giver?.hasContact === true)
    await use.queueNotices([{ kind: 'receipt-issued', giftId, campaignId, receiptId: receipt.receiptId }]);
  return answered;
}

/** Records that a donor wants no receipt. */
async function waive(request: StaffRequest, use: ManageReceiptsUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', giftId = '' } = request.parameters;
  const entry = await findDonation(use.table, giftId);
  if (entry === undefined || entry.campaignId !== campaignId) return UNKNOWN_GIFT;
  return order(request, use, now, { giftId, do: 'waive', reason: 'waived' });
}

/** `receipt`: the valid one, just issued (201) or there before (200). */
type Ordered = HttpAnswer & { readonly receipt?: Receipt };

async function order(
  request: StaffRequest,
  use: ManageReceiptsUse,
  now: Instant,
  wanted: ReceiptOrder,
): Promise<Ordered> {
  const organisationId = request.standing.organisationId ?? '';
  const secret = await use.readDonorKey();
  const issuer = await findIssuer(use.table, organisationId, { secret, by: request.actor.id, now });
  if (issuer === undefined) return NO_SETTINGS;
  const outcomes = await issueReceipts(use, issuer, [wanted]);
  if ('kind' in outcomes) return refusalAnswer(409, outcomes);
  const outcome = outcomes.get(wanted.giftId);
  switch (outcome?.kind) {
    case 'issued':
      return { status: 201, body: receiptView(outcome.receipt), receipt: outcome.receipt };
    case 'already-issued': {
      if (wanted.do === 'waive') return ALREADY_ISSUED;
      const receipt = await readReceipt(use.table, organisationId, outcome.receipt);
      return { status: 200, body: receiptView(receipt), receipt };
    }
    case 'waived':
      return { status: 201, body: { giftId: wanted.giftId, state: 'waived' } };
    case 'already-waived':
      return { status: 200, body: { giftId: wanted.giftId, state: 'waived' } };
    default: {
      const why = outcome?.why ?? 'unknown-gift';
      return problem(409, why, NOT_READY_WORDS[why]);
    }
  }
}

async function listRequests({ parameters, query }: StaffRequest, table: Table): Promise<HttpAnswer> {
  const page = await receiptRequestsWaiting(table, parameters['organisationId'] ?? '', cursorOf(query['after']));
  const requests = page.requests.map(({ orderNo, campaignId, payerName, creditCode, requestedAt }) => ({
    orderNo,
    campaignId,
    payerName,
    creditCode: creditCode ?? null,
    requestedAt,
  }));
  return { status: 200, body: { requests, next: page.next } };
}

/** A position of the list begins with a time; anything else is the beginning. */
const cursorOf = (after: string | undefined): string | undefined =>
  /^2[\d:T.Z-]+#/.test(after ?? '') ? after : undefined;

const UNKNOWN_RECEIPT = problem(404, 'unknown-receipt', 'This organisation has issued no such receipt.');
const UNKNOWN_GIFT = problem(404, 'unknown-gift', 'This campaign has no such gift.');
const NO_SETTINGS = problem(409, 'no-receipt-settings', 'Save first what the receipts of this organisation say.');
const ALREADY_ISSUED = problem(409, 'already-issued', 'This gift has a valid receipt. Make that void first.');
const OTHER_PAYER = problem(409, 'already-issued', 'This gift has a valid receipt, and that names another payer.', [
  {
    field: 'payer',
    problem: 'is not whom the valid receipt names',
    fix: 'make that receipt void, or reverse it where its year is over, and then issue in this name',
  },
]);
const PAYER_NEEDED = problem(422, 'payer-needed', 'The donor left no name. Say whom the receipt is to name.', [
  { field: 'payer.name', problem: 'is missing', fix: 'send the name that the donor wants on the receipt' },
]);

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

export const definition: StaffDefinition<ManageReceiptsUse> = {
  name: 'manage-receipts',
  access: {
    'POST /campaigns/{campaignId}/gifts/{giftId}/receipts': { roles: ['finance'], of: 'campaign' },
    'POST /campaigns/{campaignId}/gifts/{giftId}/receipt-waivers': { roles: ['manager', 'finance'], of: 'campaign' },
    'GET /organisations/{organisationId}/receipt-requests': {
      roles: ['manager', 'finance', 'admin'],
      of: 'organisation',
    },
    'GET /organisations/{organisationId}/receipts/{receiptId}': { roles: READERS, of: 'organisation' },
    'POST /organisations/{organisationId}/receipts/{receiptId}/voids': { roles: ['finance'], of: 'organisation' },
    'POST /organisations/{organisationId}/receipts/{receiptId}/reversals': { roles: ['finance'], of: 'organisation' },
    'POST /organisations/{organisationId}/receipts/{receiptId}/copies': { roles: ['finance'], of: 'organisation' },
  },
  open: () => ({
    table: openTable(),
    readDonorKey,
    queueNotices: openNoticeQueue(),
    patience: realPatience,
  }),
  handle: answer,
};
export const handler = staffFunction(definition);
