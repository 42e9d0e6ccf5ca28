import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { dayCount, daysBetween, type Instant, type LocalDate, localDateOf, localDateSchema } from '../kernel/time.ts';
import { childrenOf, findOrganisation } from '../organisations/organisation.store.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { bankDaysBetween, everyBankAccount } from '../statements/bank-row.store.ts';
import type { BankDay } from '../statements/bank-row.ts';
import { openStatementFiles, type StatementFiles } from '../statements/statement-files.gateway.ts';
import { askAgain, dayRecordsOf } from './bill-check.store.ts';
import { billsReadyAt } from './bill-days.ts';
import { accountSums, bankDayView, dayView, isOwnerOf, payoutView, stateOfEmptyDay, type Viewer } from './day-view.ts';
import { importedBillFile } from './fetched-bills.ts';
import { payoutsBetween, recordArrival } from './payout.store.ts';
import { arrivalRequestSchema } from './payout.ts';
import { BILL_ZONE, BILLED_PROVIDERS, type BilledProvider } from './reconciliation.ts';

type Use = { readonly table: Table; readonly files: Pick<StatementFiles, 'uploadAddress'> };

/** Days on one page: a month, one question to the table each. */
const MOST_DAYS = 31;
/** As much as a bill may have (trade-bill.gateway.ts). */
const LARGEST_BILL_BYTES = 60_000_000;
/** Organisations in one tree that a view looks through: some hundreds of counties and units. */
const MOST_ORGANISATIONS = 500;

async function answer(request: StaffRequest, use: Use, now: Instant): Promise<HttpAnswer> {
  if (request.route === 'GET /organisations/{organisationId}/reconciliation-days') return answerDays(request, use, now);
  const day = localDateSchema.safeParse(request.parameters['day']);
  if (!day.success || now < billsReadyAt([day.data]))
    return problem(409, 'not-due', 'The bill of a day is there from 10:00 of the next one, by the clock of Beijing.');
  if (request.route.endsWith('/runs')) {
    await askAgain(use.table, day.data, 'ask');
    return { status: 202, body: { day: day.data, state: 'asked' } };
  }
  if (request.route.endsWith('/arrivals')) return answerArrival(request, use.table, day.data, now);
  return answerImport(request, use, day.data);
}

const questionSchema = z.strictObject({ from: localDateSchema, to: localDateSchema });

async function answerDays(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const question = questionSchema.safeParse(request.query);
  if (!question.success) return badQuestion();
  const { from, to } = question.data;
  const count = dayCount(from, to);
  if (count < 1 || count > MOST_DAYS) return badQuestion();
  const { organisationId = '' } = request.parameters;
  const viewer = await viewerOf(table, organisationId);
  const payouts = (await payoutsBetween(table, from, to)).filter((payout) => isOwnerOf(payout, viewer));
  const shown = [];
  const empty: { day: LocalDate; state: string }[] = [];
  for (const day of daysBetween(from, to)) {
    const seen = (await dayRecordsOf(table, day)).flatMap((record) => dayView(record, viewer, payouts) ?? []);
    if (seen.length === 0) empty.push({ day, state: stateOfEmptyDay(day, now) });
    shown.push(...seen);
  }
  const today = localDateOf(now, BILL_ZONE);
  const views = payouts.map((payout) => payoutView(payout, today));
  const sums = accountSums(shown, payouts);
  const bankDays = (await bankDaysOf(table, viewer, from, to)).map(bankDayView);
  return { status: 200, body: { organisationId, days: shown, withoutAccount: empty, sums, payouts: views, bankDays } };
}

const badQuestion = (): HttpAnswer =>
  problem(400, 'bad-question', `"from" and "to" must be days, ${MOST_DAYS} at the most with both of them.`);

/** Of every account of the viewer and of those below, in order of the days. Only organisations that have an account are asked. */
async function bankDaysOf(table: Table, { ids }: Viewer, from: LocalDate, to: LocalDate): Promise<BankDay[]> {
  const owners = new Set((await everyBankAccount(table)).map(({ organisationId }) => organisationId));
  const days: BankDay[] = [];
  for (const organisationId of owners)
    if (ids.has(organisationId)) days.push(...(await bankDaysBetween(table, organisationId, from, to)));
  const placeOf = ({ day, account }: BankDay): string => `${day} ${account}`;
  return days.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

async function viewerOf(table: Table, organisationId: string): Promise<Viewer> {
  const organisation = await findOrganisation(table, organisationId);
  const ids = await organisationsBelow(table, organisationId);
  return { organisationId, ids, isTop: organisation?.path.length === 1 };
}

/** An organisation and everything below it. */
async function organisationsBelow(table: Table, organisationId: string): Promise<Set<string>> {
  const ids = new Set([organisationId]);
  for (const id of ids) {
    if (ids.size >= MOST_ORGANISATIONS) break;
    for (const child of await childrenOf(table, id)) ids.add(child.organisationId);
  }
  return ids;
}

/** What an account is called at each provider; it becomes part of a file's name. */
const ACCOUNT_NUMBERS = {
  'wechat-pay': /^\d{6,32}$/,
  alipay: /^\d{6,32}$/,
  stripe: /^acct_[A-Za-z0-9]{8,40}$/,
  'standard-webhook': /^[a-z0-9][a-z0-9-]{0,31}$/,
} as const satisfies Record<BilledProvider, RegExp>;
const importSchema = z
  .strictObject({
    provider: z.enum(BILLED_PROVIDERS),
    merchantId: z.string().max(64),
    bytes: z.number().int().min(1).max(LARGEST_BILL_BYTES),
  })
  .refine(({ provider, merchantId }) => ACCOUNT_NUMBERS[provider].test(merchantId), {
    path: ['merchantId'],
    message: 'must be the account as this provider numbers it: digits, acct_… at Stripe, the source of a platform',
  });

/** Where to put a bill that the provider does not give any more; the day is compared again with it. */
async function answerImport(request: StaffRequest, { table, files }: Use, day: LocalDate): Promise<HttpAnswer> {
  const body = readJsonBody(request, importSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { provider, merchantId, bytes } = body.value;
  const uploadUrl = await files.uploadAddress(importedBillFile(provider, merchantId, day), bytes);
  await askAgain(table, day, 'ask');
  return { status: 201, body: { day, provider, merchantId, uploadUrl } };
}

/** That a payout of the day was seen at the bank, by the row that a person has found. */
async function answerArrival(request: StaffRequest, table: Table, day: LocalDate, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, arrivalRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { organisationId = '' } = request.parameters;
  const viewer = await viewerOf(table, organisationId);
  const payout = (await payoutsBetween(table, day, day)).find(({ payoutId }) => payoutId === body.value.payoutId);
  if (payout === undefined || !isOwnerOf(payout, viewer))
    return problem(404, 'unknown-payout', 'No account of this organisation has such a payout on this day.');
  const outcome = await recordArrival(table, payout, body.value, { by: request.actor.id, now });
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'invalid' ? 422 : 409, outcome);
  return {
    status: outcome.kind === 'recorded' ? 201 : 200,
    body: payoutView(outcome.payout, localDateOf(now, BILL_ZONE)),
  };
}

export const definition: StaffDefinition<Use> = {
  name: 'show-reconciliation-days',
  access: {
    'GET /organisations/{organisationId}/reconciliation-days': {
      roles: ['finance', 'manager', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'POST /organisations/{organisationId}/reconciliation-days/{day}/runs': { roles: ['finance'], of: 'organisation' },
    'POST /organisations/{organisationId}/reconciliation-days/{day}/bills': { roles: ['finance'], of: 'organisation' },
    'POST /organisations/{organisationId}/reconciliation-days/{day}/arrivals': {
      roles: ['finance'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: answer,
};
export const handler = staffFunction(definition);
