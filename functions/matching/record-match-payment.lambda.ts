import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { bookPayment } from './match-payment.store.ts';
import { matchPaymentRequestSchema } from './match-payment.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';

export type RecordPaymentUse = { readonly table: Table; readonly patience: Patience };

async function answerPayment(request: StaffRequest, use: RecordPaymentUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, matchPaymentRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor.id;
  const outcome = await bookPayment(use.table, { campaignId, by }, body.value, now, use.patience);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'impossible-payment' ? 422 : 409, outcome);
  const { type: _, ...payment } = outcome.payment;
  return { status: outcome.kind === 'booked' ? 201 : 200, body: { ...payment, stage: outcome.stage } };
}

export const definition: StaffDefinition<RecordPaymentUse> = {
  name: 'record-match-payment',
  access: {
    'POST /campaigns/{campaignId}/match-payments': { roles: ['finance'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerPayment,
};
export const handler = staffFunction(definition);
