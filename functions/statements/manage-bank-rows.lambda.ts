import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { dayCount, type Instant, localDateSchema } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { bankRowsBetween, findBankRow, nameBankRow } from './bank-row.store.ts';
import { type BankRow, namingSchema, rowNumberOf } from './bank-row.ts';
import { bankRowKindSchema } from './bank-terms.ts';

type Use = { readonly table: Table };

/** Days on one page: a month, as of reconciled days. */
const MOST_DAYS = 31;
const PAGE_SIZE = 100;
const ROW_ID = /^bkr_[0-9a-z]{20}$/;
/** A place in the list, as `next` gives it. */
const PLACE = /^\d{4}-\d{2}-\d{2}#bkr_[0-9a-z]{20}$/;

/** What statements of an organisation's accounts at the bank hold beside gifts: the list, and what a person says that a row is. */
async function answer(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '' } = request.parameters;
  if (request.method === 'GET') return answerRows(request, organisationId, table);
  return answerNaming(request, organisationId, table, now);
}

const questionSchema = z.strictObject({
  from: localDateSchema,
  to: localDateSchema,
  kind: bankRowKindSchema.optional(),
  account: z.string().min(1).max(64).optional(),
  after: z.string().regex(PLACE).optional(),
});

async function answerRows(request: StaffRequest, organisationId: string, table: Table): Promise<HttpAnswer> {
  const question = questionSchema.safeParse(request.query);
  if (!question.success) return badQuestion();
  const { from, to, kind, account, after } = question.data;
  const count = dayCount(from, to);
  if (count < 1 || count > MOST_DAYS) return badQuestion();
  const rows = (await bankRowsBetween(table, organisationId, from, to)).filter(
    (row) =>
      (kind === undefined || row.kind === kind) &&
      (account === undefined || row.account === account) &&
      (after === undefined || placeOf(row) > after),
  );
  const page = rows.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  const asked = new URLSearchParams({
    from,
    to,
    ...(kind === undefined ? {} : { kind }),
    ...(account === undefined ? {} : { account }),
  });
  if (last !== undefined) asked.set('after', placeOf(last));
  const next = rows.length > PAGE_SIZE ? `?${asked}` : null;
  return { status: 200, body: { organisationId, rows: page.map(rowView), next } };
}

const placeOf = ({ day, rowId }: BankRow): string => `${day}#${rowId}`;

const badQuestion = (): HttpAnswer =>
  problem(
    400,
    'bad-question',
    `"from" and "to" must be days, ${MOST_DAYS} at the most with both of them; "kind" is of a row; "after" is a next.`,
  );

/** A row as staff see it. `number`: by which an arrival of a payout, or a gift entered by hand, names it. */
const rowView = (row: BankRow) => {
  const { type: _type, organisationId: _organisation, paymentId: _payment, ...shown } = row;
  return { ...shown, number: rowNumberOf(row) };
};

async function answerNaming(
  request: StaffRequest,
  organisationId: string,
  table: Table,
  now: Instant,
): Promise<HttpAnswer> {
  const { rowId = '' } = request.parameters;
  const day = localDateSchema.safeParse(request.parameters['day']);
  const row = day.success && ROW_ID.test(rowId) ? await findBankRow(table, organisationId, day.data, rowId) : undefined;
  if (row === undefined)
    return problem(404, 'unknown-row', 'No account of this organisation has such a row on this day.');
  const body = readJsonBody(request, namingSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await nameBankRow(table, row, body.value, { by: request.actor.id, at: now });
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'invalid' ? 422 : 409, outcome);
  return { status: outcome.kind === 'named' ? 201 : 200, body: rowView(outcome.row) };
}

export const definition: StaffDefinition<Use> = {
  name: 'manage-bank-rows',
  access: {
    'GET /organisations/{organisationId}/bank-rows': {
      roles: ['finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'POST /organisations/{organisationId}/bank-rows/{day}/{rowId}/namings': {
      roles: ['finance'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answer,
};
export const handler = staffFunction(definition);
