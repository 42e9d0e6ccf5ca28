import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { heldGiftsOf } from '../ledger/totals.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { countPendingClaims } from './match-claim.store.ts';
import { paymentsOf } from './match-payment.store.ts';
import { adjustmentsAfter, findPool } from './matching-pool.store.ts';
import { matchingView } from './matching-view.ts';

const afterSchema = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .default(0);
/** Payments shown, and claims counted: more than a campaign has had; beyond it the answer says that there are more. */
const MOST_SHOWN = 100;

async function answerMatching(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const after = afterSchema.safeParse(request.query['after']);
  if (!after.success) return problem(400, 'bad-cursor', '"after" must be the number of an adjustment.');
  const { campaignId = '' } = request.parameters;
  const pool = await findPool(use.table, campaignId);
  if (pool === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const [heldGifts, pendingClaims, payments, adjustments] = await Promise.all([
    heldGiftsOf(use.table, campaignId),
    countPendingClaims(use.table, campaignId, MOST_SHOWN),
    paymentsOf(use.table, campaignId, MOST_SHOWN),
    adjustmentsAfter(use.table, campaignId, after.data),
  ]);
  return { status: 200, body: matchingView({ pool, heldGifts, pendingClaims, payments, adjustments }) };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'get-matching',
  access: {
    'GET /campaigns/{campaignId}/matching': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerMatching,
};
export const handler = staffFunction(definition);
