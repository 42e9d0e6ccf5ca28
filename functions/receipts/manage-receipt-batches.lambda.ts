import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openBatchWorkflow, type StartBatch } from './batch-workflow.gateway.ts';
import { batchesOf, countAttempt, findBatch, keepBatch, readBatchView } from './receipt-batch.store.ts';
import { batchRequestSchema, type ReceiptBatch } from './receipt-batch.ts';
import { findReceiptSettings } from './receipt-settings.store.ts';

export type BatchesUse = { readonly table: Table; readonly startBatch: StartBatch };

async function answer(request: StaffRequest, use: BatchesUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', batchId } = request.parameters;
  if (batchId !== undefined) {
    const batch = await findBatch(use.table, batchId);
    if (batch === undefined || batch.organisationId !== organisationId)
      return problem(404, 'unknown-batch', 'This organisation has no such batch of receipts.');
    return request.method === 'GET' ? shown(200, use, batch) : resume(use, batch);
  }
  if (request.method === 'POST') return begin(request, use, organisationId, now);
  const batches = await batchesOf(use.table, organisationId);
  return {
    status: 200,
    body: {
      batches: batches.map(({ type: _type, attempts: _attempts, organisationId: _organisation, ...batch }) => batch),
    },
  };
}

async function begin(
  request: StaffRequest,
  use: BatchesUse,
  organisationId: string,
  now: Instant,
): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, batchRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const settings = await findReceiptSettings(use.table, organisationId);
  if (settings === undefined)
    return problem(409, 'no-receipt-settings', 'Save first what the receipts of this organisation say.');
  const campaignIds = [...new Set(body.value.campaignIds)].sort();
  const owners = await Promise.all(campaignIds.map((campaignId) => organisationOfCampaign(use.table, campaignId)));
  const foreign = campaignIds.filter((_, position) => owners[position] !== organisationId);
  if (foreign.length > 0)
    return problem(
      422,
      'invalid',
      'Receipts of a campaign are issued by its own organisation.',
      foreign.map((campaignId) => ({
        field: 'campaignIds',
        problem: `${campaignId} is no campaign of this organisation`,
        fix: 'leave it out',
      })),
    );
  const kept = await keepBatch(use.table, {
    type: 'receipt-batch',
    batchId: derivedId('receiptBatch', organisationId, idempotency.key),
    organisationId,
    campaignIds,
    policy: body.value.policy ?? settings.policy,
    createdBy: request.actor.id,
    createdAt: now,
    attempts: 1,
  });
  if ('kind' in kept) return refusalAnswer(409, kept);
  await use.startBatch(kept);
  return shown(202, use, kept);
}

/** Goes on with a batch whose workflow has stopped. One that is finished, or that runs, is none the worse for it. */
async function resume(use: BatchesUse, batch: ReceiptBatch): Promise<HttpAnswer> {
  const next = await countAttempt(use.table, batch);
  await use.startBatch(next);
  return shown(202, use, next);
}

const shown = async (status: number, { table }: BatchesUse, batch: ReceiptBatch): Promise<HttpAnswer> => ({
  status,
  body: await readBatchView(table, batch),
});

const SEE = { roles: ['manager', 'finance', 'approver', 'auditor', 'admin'], of: 'organisation' } as const;
const DO = { roles: ['finance'], of: 'organisation' } as const;

export const definition: StaffDefinition<BatchesUse> = {
  name: 'manage-receipt-batches',
  access: {
    'GET /organisations/{organisationId}/receipt-batches': SEE,
    'POST /organisations/{organisationId}/receipt-batches': DO,
    'GET /organisations/{organisationId}/receipt-batches/{batchId}': SEE,
    'POST /organisations/{organisationId}/receipt-batches/{batchId}/resumptions': DO,
  },
  open: () => ({ table: openTable(), startBatch: openBatchWorkflow() }),
  handle: answer,
};
export const handler = staffFunction(definition);
