import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import {
  eraseBeneficiary,
  findBeneficiary,
  isEnrolled,
  readBeneficiary,
  recordBeneficiary,
} from './beneficiary.store.ts';
import {
  accountMarkOf,
  beneficiaryIdOf,
  beneficiaryOf,
  beneficiaryProblems,
  beneficiaryRequestSchema,
  isOtherAccount,
  recordingDay,
  refuseOtherAccount,
} from './beneficiary.ts';
import { aidPayments } from './spending-facts.store.ts';

type BeneficiariesUse = { readonly table: Table; readonly readDonorKey: () => Promise<string> };

const readingSchema = z.strictObject({
  /** Kept with who asked and when: what somebody's data is read for (PIPL art. 51). */
  reason: lineSchema(200),
});

async function answerBeneficiaries(request: StaffRequest, use: BeneficiariesUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', beneficiaryId } = request.parameters;
  const terms = await findCampaignTerms(use.table, campaignId);
  if (terms === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (beneficiaryId === undefined) return record(request, terms, use, now);
  if (!(await isEnrolled(use.table, campaignId, beneficiaryId)))
    return problem(404, 'unknown-beneficiary', 'This campaign has no such beneficiary.');
  if (request.method === 'DELETE') {
    await eraseBeneficiary(use.table, beneficiaryId);
    return { status: 204 };
  }
  return read(request, beneficiaryId, use, now);
}

async function record(
  request: StaffRequest,
  { campaignId, organisationId, zone }: CampaignTerms,
  { table, readDonorKey: readKey }: BeneficiariesUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, beneficiaryRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const problems = beneficiaryProblems(body.value, recordingDay(now, zone));
  if (problems.length > 0) return problem(422, 'invalid', 'Some fields are not as they must be.', problems);
  const key = await readKey();
  const beneficiaryId = beneficiaryIdOf(key, organisationId, body.value.document);
  const accountMark = accountMarkOf(key, organisationId, body.value.account);
  const before = await findBeneficiary(table, beneficiaryId);
  const by = request.actor.id;
  if (isOtherAccount(before, accountMark)) {
    const isFinance = (await request.standing.refuse(organisationId, ['finance'])) === undefined;
    const refused = refuseOtherAccount(before, { by, isFinance, reason: body.value.accountReason });
    if (refused !== undefined) return refusalAnswer(409, refused);
  }
  const made = { beneficiaryId, organisationId, accountMark, by, now };
  const outcome = await recordBeneficiary(table, campaignId, beneficiaryOf(body.value, made, before), before);
  // Not who: whoever may record need not be who may read. But that they had something elsewhere is for all who grant aid.
  const paid = await aidPayments(table, beneficiaryId);
  return {
    status: outcome === 'recorded' ? 201 : 200,
    body: { campaignId, beneficiaryId, paidBefore: paid },
  };
}

async function read(
  request: StaffRequest,
  beneficiaryId: string,
  { table }: BeneficiariesUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, readingSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { reason } = body.value;
  const found = await readBeneficiary(table, beneficiaryId, { by: request.actor.id, reason, now });
  if (found === undefined)
    return problem(404, 'erased', 'Who this is was erased, or has passed its time. What was paid stands in the book.');
  const { type: _type, organisationId: _organisationId, expiresAt: _expiresAt, accountMark: _mark, ...shown } = found;
  return { status: 200, body: shown };
}

export const definition: StaffDefinition<BeneficiariesUse> = {
  name: 'manage-beneficiaries',
  access: {
    'POST /campaigns/{campaignId}/beneficiaries': { roles: ['finance', 'manager'], of: 'campaign' },
    'POST /campaigns/{campaignId}/beneficiaries/{beneficiaryId}/readings': {
      roles: ['finance', 'approver'],
      of: 'campaign',
    },
    'DELETE /campaigns/{campaignId}/beneficiaries/{beneficiaryId}': { roles: ['finance', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerBeneficiaries,
};
export const handler = staffFunction(definition);
