import * as z from 'zod';
import { membershipsOf } from '../access/membership.store.ts';
import { rolesIn } from '../access/membership.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type Instant, localDateOf, plusDays } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { reconciliationItemsOf } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { BILL_ZONE } from './reconciliation.ts';
import {
  commentsOf,
  findReconciliationItem,
  type ItemChange,
  NOBODY,
  readInboxPage,
  readReconciliationStanding,
  signOver,
  writeChange,
} from './reconciliation-item.store.ts';
import {
  decided,
  decisionSchema,
  LONGEST_CARRY_DAYS,
  type ReconciliationItem,
  reasonSchema,
  reconciliationItemSchema,
} from './reconciliation-item.ts';
import { commentView, itemView, standingView } from './reconciliation-view.ts';

type Use = { readonly table: Table };

const READERS = ['finance', 'manager', 'approver', 'auditor', 'admin'] as const;
/** A place in a list, as `next` gives it: what follows the assignee is a time and an id. */
const PLACE = /^BY#[\x21-\x7e]{1,128}#\d{4}-\d{2}-\d{2}T[0-9:.]{12}Z#dsc_[0-9a-z]{20}$/;
const ITEM_ID = /^dsc_[0-9a-z]{20}$/;
/** Items on one page of a campaign's list. */
const PAGE_SIZE = 50;

async function answer(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  switch (request.route) {
    case 'GET /organisations/{organisationId}/reconciliation-items':
      return answerInbox(request, table);
    case 'GET /campaigns/{campaignId}/reconciliation':
      return answerStanding(request, table);
    case 'GET /campaigns/{campaignId}/reconciliation-items':
      return answerItems(request, table);
    case 'POST /campaigns/{campaignId}/reconciliation-sign-off':
      return answerSignOff(request, table, now);
    default:
      return answerItem(request, table, now);
  }
}

const questionSchema = z.strictObject({
  state: z.enum(['open', 'settled']).default('open'),
  assignee: z.string().min(1).max(128).optional(),
  after: z.string().regex(PLACE).optional(),
});

async function answerInbox(request: StaffRequest, table: Table): Promise<HttpAnswer> {
  const question = questionSchema.safeParse(request.query);
  if (!question.success)
    return problem(
      400,
      'bad-question',
      '"state" is open or settled; "assignee" is a person, me or nobody; "after" is a next.',
    );
  const { state, assignee, after } = question.data;
  const who = assignee === 'me' ? request.actor.id : assignee === 'nobody' ? NOBODY : assignee;
  const { organisationId = '' } = request.parameters;
  const { items, next } = await readInboxPage(table, organisationId, {
    isOpen: state === 'open',
    ...(who === undefined ? {} : { assignee: who }),
    ...(after === undefined ? {} : { after }),
  });
  const asked = new URLSearchParams({ state, ...(assignee === undefined ? {} : { assignee }) });
  if (next !== undefined) asked.set('after', next);
  return {
    status: 200,
    body: { organisationId, items: items.map(itemView), next: next === undefined ? null : `?${asked}` },
  };
}

async function answerStanding(request: StaffRequest, table: Table): Promise<HttpAnswer> {
  const { campaignId = '' } = request.parameters;
  const standing = await readReconciliationStanding(table, campaignId);
  return { status: 200, body: standingView(campaignId, standing) };
}

async function answerItems(request: StaffRequest, table: Table): Promise<HttpAnswer> {
  const { campaignId = '' } = request.parameters;
  const { after } = request.query;
  if (after !== undefined && !ITEM_ID.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { items } = await table.query(reconciliationItemsOf(campaignId, after), { limit: PAGE_SIZE + 2 });
  const all = items.map((item) => reconciliationItemSchema.parse(item)).filter(({ itemId }) => itemId !== after);
  const page = all.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  const next = all.length > PAGE_SIZE && last !== undefined ? `?after=${last.itemId}` : null;
  return { status: 200, body: { campaignId, items: page.map(itemView), next } };
}

const signOffSchema = z.strictObject({
  version: z.number().int().min(0),
  reason: reasonSchema,
  itemIds: z.array(z.string().regex(ITEM_ID)).min(1).max(1_000),
  sumMinor: z.number().int().min(0),
});

async function answerSignOff(request: StaffRequest, table: Table, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, signOffSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '' } = request.parameters;
  const outcome = await signOver(table, campaignId, body.value, { by: request.actor.id, now });
  if (outcome.kind === 'refused') return refusalAnswer(statusOf(outcome.code), outcome);
  return { status: 201, body: standingView(campaignId, outcome.standing) };
}

const STATUSES: Readonly<Record<string, number>> = {
  'own-item': 403,
  'own-proposal': 403,
  invalid: 422,
  'not-what-is-open': 422,
};
const statusOf = (code: string): number => STATUSES[code] ?? 409;

/** Everything about one item: reading it, giving it to somebody, saying something of it, deciding it. */
async function answerItem(request: StaffRequest, table: Table, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', itemId = '' } = request.parameters;
  const item = ITEM_ID.test(itemId) ? await findReconciliationItem(table, campaignId, itemId) : undefined;
  if (item === undefined) return problem(404, 'unknown-item', 'There is no such item in this campaign.');
  switch (request.route) {
    case 'PUT /campaigns/{campaignId}/reconciliation-items/{itemId}/assignee':
      return answerAssignment(request, item, table, now);
    case 'POST /campaigns/{campaignId}/reconciliation-items/{itemId}/comments':
      return answerComment(request, item, table, now);
    case 'POST /campaigns/{campaignId}/reconciliation-items/{itemId}/decisions':
      return answerDecision(request, item, table, now);
    default:
      return shown(item, table);
  }
}

async function shown(item: ReconciliationItem, table: Table): Promise<HttpAnswer> {
  const comments = await commentsOf(table, item.campaignId, item.itemId);
  return {
    status: 200,
    headers: { etag: etagOf(item.version) },
    body: { ...itemView(item), said: comments.map(commentView) },
  };
}

const assignmentSchema = z.strictObject({ personId: z.string().min(1).max(128).nullable() });

async function answerAssignment(
  request: StaffRequest,
  item: ReconciliationItem,
  table: Table,
  now: Instant,
): Promise<HttpAnswer> {
  const stale = refuseUnlessCurrent(request, item.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, assignmentSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { personId } = body.value;
  if (item.state !== 'open') return problem(409, 'already-settled', 'This item is settled. Open it again first.');
  if (personId !== null && !(await belongsHere(table, personId, item.organisationId)))
    return problem(422, 'invalid', 'Some fields are not as they must be.', [
      { field: 'personId', problem: 'has no role in this organisation', fix: 'name one of its members' },
    ]);
  const { assignee: before, ...rest } = item;
  if ((before ?? null) === personId) return shown(item, table);
  const assigned = { ...rest, ...(personId === null ? {} : { assignee: personId }), version: item.version + 1 };
  const text = personId === null ? 'Given back.' : `Given to ${personId}.`;
  return changed(
    await writeChange(table, item, assigned, { by: request.actor.id, now, text, about: 'decision' }),
    table,
  );
}

async function belongsHere(table: Table, personId: string, organisationId: string): Promise<boolean> {
  const organisation = await findOrganisation(table, organisationId);
  return organisation !== undefined && rolesIn(await membershipsOf(table, personId), organisation.path).size > 0;
}

const commentSchema = z.strictObject({ text: reasonSchema });
/** People who say something of one item at one moment. */
const COMMENT_ATTEMPTS = 5;

async function answerComment(
  request: StaffRequest,
  item: ReconciliationItem,
  table: Table,
  now: Instant,
): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, commentSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { text } = body.value;
  const { key } = idempotency;
  const by = request.actor.id;
  let standing = item;
  for (let attempt = 0; attempt < COMMENT_ATTEMPTS; attempt += 1) {
    const before = (await commentsOf(table, item.campaignId, item.itemId)).find(
      (one) => one.key === key && one.by === by,
    );
    if (before !== undefined) {
      if (before.text === text) return { status: 200, body: commentView(before) };
      return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another comment. Use a new one.');
    }
    const after = { ...standing, version: standing.version + 1 };
    const change = await writeChange(table, standing, after, { by, now, text, key, about: 'comment' });
    if (change.kind !== 'refused')
      return { status: 201, body: { number: change.item.comments, by, at: now, text, about: 'comment' } };
    if (change.code !== 'changed-meanwhile') return refusalAnswer(409, change);
    standing = (await findReconciliationItem(table, item.campaignId, item.itemId)) ?? standing;
  }
  return changedMeanwhile(standing.version);
}

async function answerDecision(
  request: StaffRequest,
  item: ReconciliationItem,
  table: Table,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, decisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (body.value.version !== item.version) return changedMeanwhile(item.version);
  const today = localDateOf(now, BILL_ZONE);
  const by = request.actor.id;
  const outcome = decided(item, body.value, { by, now, today, lastDueOn: plusDays(today, LONGEST_CARRY_DAYS) });
  if (outcome.kind === 'refused') return refusalAnswer(statusOf(outcome.code), outcome);
  const said = { by, now, text: body.value.reason, about: 'decision' } as const;
  return changed(await writeChange(table, item, outcome.item, said), table);
}

async function changed(change: ItemChange, table: Table): Promise<HttpAnswer> {
  return change.kind === 'refused' ? refusalAnswer(409, change) : shown(change.item, table);
}

const handlers = { roles: READERS, of: 'campaign' } as const;
/** Who looks into discrepancies: those who handle money, and those who run the campaign. */
const workers = { roles: ['finance', 'manager'], of: 'campaign' } as const;
/** Who says that one is settled: those who handle money, and, as the second where two are needed, those who decide. */
const deciders = { roles: ['finance', 'approver'], of: 'campaign' } as const;

export const definition: StaffDefinition<Use> = {
  name: 'manage-reconciliation',
  access: {
    'GET /organisations/{organisationId}/reconciliation-items': { roles: READERS, of: 'organisation' },
    'GET /campaigns/{campaignId}/reconciliation': handlers,
    'GET /campaigns/{campaignId}/reconciliation-items': handlers,
    'GET /campaigns/{campaignId}/reconciliation-items/{itemId}': handlers,
    'PUT /campaigns/{campaignId}/reconciliation-items/{itemId}/assignee': workers,
    'POST /campaigns/{campaignId}/reconciliation-items/{itemId}/comments': { roles: READERS, of: 'campaign' },
    'POST /campaigns/{campaignId}/reconciliation-items/{itemId}/decisions': deciders,
    'POST /campaigns/{campaignId}/reconciliation-sign-off': { roles: ['finance', 'approver'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answer,
};
export const handler = staffFunction(definition);
