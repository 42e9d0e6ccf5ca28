import * as z from 'zod';
import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { confirmerOf } from '../approvals/confirming.store.ts';
import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { sum } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideGoods, enterGoods, findGoodsRequest, lotsOf, waitingGoods } from './goods.store.ts';
import { goodsEntries, goodsEntryPage } from './goods-entry.store.ts';
import { goodsFigures } from './goods-figures.ts';
import { goodsDecisionSchema, goodsRequestIdOf, goodsRequestSchema } from './goods-request.ts';
import { goodsCsv, goodsEntryView, goodsRequestView, lotView } from './goods-view.ts';

type GoodsUse = { readonly table: Table };

const afterSchema = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .default(0);
/** Entries of one file: some 400 bytes each. */
const ENTRIES_OF_A_FILE = 1_000;

const STATUSES: Readonly<Record<string, number>> = {
  'impossible-goods': 422,
  'own-entry': 403,
  'unknown-request': 404,
};

async function answerGoods(request: StaffRequest, { table }: GoodsUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', requestId } = request.parameters;
  const terms = await findCampaignTerms(table, campaignId);
  if (requestId !== undefined) return terms === undefined ? FORBIDDEN : decide(request, table, terms, requestId, now);
  if (terms === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.method === 'GET') return show(request, table, terms);
  if (!terms.hasOpened)
    return problem(409, 'campaign-not-open', 'This campaign has not opened yet, so it has no goods.');
  return enter(request, table, terms, now);
}

async function enter(request: StaffRequest, table: Table, terms: CampaignTerms, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, goodsRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const requestId = goodsRequestIdOf(terms.campaignId, idempotency.key);
  const outcome = await enterGoods(table, terms, body.value, { requestId, by: request.actor.id, now });
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  return { status: outcome.kind === 'entered' ? 201 : 200, body: goodsRequestView(outcome.request) };
}

async function decide(
  request: StaffRequest,
  table: Table,
  terms: CampaignTerms,
  requestId: string,
  now: Instant,
): Promise<HttpAnswer> {
  const { campaignId, organisationId } = terms;
  const body = readJsonBody(request, goodsDecisionSchema);
  // Whether the campaign exists is not told to strangers by what is wrong with their body.
  if (body.kind === 'unreadable') return (await request.standing.refuse(organisationId)) ?? body.answer;
  const decided = await findGoodsRequest(table, campaignId, requestId);
  const about = { subject: 'goods', campaignId, organisationId, requestId, decided } as const;
  const confirmer = await confirmerOf(request, table, about, body.value.onBehalfOf, now);
  if (confirmer.kind === 'no') return confirmer.answer;
  const outcome = await decideGoods(table, terms, requestId, body.value, { ...confirmer.by, now });
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  return { status: 200, body: goodsRequestView(outcome.request) };
}

/** The stock list and what waits, and one page of the book; or a file of the book. */
async function show(request: StaffRequest, table: Table, { campaignId, currency }: CampaignTerms): Promise<HttpAnswer> {
  const after = afterSchema.safeParse(request.query['after']);
  if (!after.success) return problem(400, 'bad-cursor', '"after" must be the number of an entry.');
  if (request.path.endsWith('.csv')) {
    const { entries, next } = await goodsEntryPage(table, campaignId, after.data + 1, ENTRIES_OF_A_FILE);
    return {
      status: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="goods-${campaignId}-after-${after.data}.csv"`,
        // RFC 8288: a file has no place for the way to the next one.
        ...(next === undefined ? {} : { link: `<?after=${next - 1}>; rel="next"` }),
      },
      text: goodsCsv(entries, currency),
    };
  }
  const [all, page, lots, waiting] = await Promise.all([
    goodsEntries(table, campaignId),
    goodsEntryPage(table, campaignId, after.data + 1),
    lotsOf(table, campaignId),
    waitingGoods(table, campaignId),
  ]);
  const goods = goodsFigures(all);
  return {
    status: 200,
    body: {
      campaignId,
      currency,
      goods,
      receivedMinor: sum(goods.map(({ receivedMinor }) => receivedMinor)),
      issuedMinor: sum(goods.map(({ issuedMinor }) => issuedMinor)),
      lots: lots.filter(({ received, out }) => out < received).map(lotView),
      waiting: waiting.map(goodsRequestView),
      page: page.entries.map(goodsEntryView),
      next: page.next === undefined ? null : `?after=${page.next - 1}`,
    },
  };
}

const READERS = ['finance', 'manager', 'approver', 'auditor', 'admin'] as const;

export const definition: StaffDefinition<GoodsUse> = {
  name: 'manage-goods',
  access: {
    'GET /campaigns/{campaignId}/goods': { roles: READERS, of: 'campaign' },
    'GET /campaigns/{campaignId}/goods.csv': { roles: READERS, of: 'campaign' },
    'POST /campaigns/{campaignId}/goods-requests': { roles: ['finance', 'manager', 'admin'], of: 'campaign' },
    // Finance and approvers; and whoever decides for one of them, or is brought in by an escalation, whatever their role.
    'POST /campaigns/{campaignId}/goods-requests/{requestId}/decisions': { roles: ROLES, of: 'handler' },
  },
  open: () => ({ table: openTable() }),
  handle: answerGoods,
};
export const handler = staffFunction(definition);
