import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { beneficiaryKey, beneficiaryReadingKey, enrolmentKey } from '../platform/keys.ts';
import type { Item, Table } from '../platform/table.ts';
import { type Beneficiary, beneficiarySchema } from './beneficiary.ts';

const enrolmentSchema = z.object({
  campaignId: z.string(),
  beneficiaryId: z.string(),
  reference: z.string().optional(),
});

/** Whether a person is among those whom a campaign may pay. */
export async function isEnrolled(table: Table, campaignId: string, beneficiaryId: string): Promise<boolean> {
  const item = await table.get(enrolmentKey(campaignId, beneficiaryId));
  return enrolmentSchema.optional().parse(item) !== undefined;
}

/**
 * Keeps who a beneficiary is, and that this campaign may pay them. A person who was recorded before, by this campaign or another of
 * the organisation, is the same one, with what is known today. Throws TransientError where the store cannot answer.
 */
export async function recordBeneficiary(
  table: Table,
  campaignId: string,
  beneficiary: Beneficiary,
): Promise<'recorded' | 'known-before'> {
  const { beneficiaryId } = beneficiary;
  const wasEnrolled = await isEnrolled(table, campaignId, beneficiaryId);
  await table.transact([
    { put: { ...beneficiaryKey(beneficiaryId), ...beneficiary } as Item },
    {
      put: {
        ...enrolmentKey(campaignId, beneficiaryId),
        type: 'enrolment',
        campaignId,
        beneficiaryId,
        enrolledBy: beneficiary.recordedBy,
        enrolledAt: beneficiary.recordedAt,
      },
    },
  ]);
  return wasEnrolled ? 'known-before' : 'recorded';
}

/** Who a beneficiary is, for somebody who says why they ask; that they did is kept before they are told. `undefined` once it is erased. */
export async function readBeneficiary(
  table: Table,
  beneficiaryId: string,
  reading: { readonly by: string; readonly reason: string; readonly now: Instant },
): Promise<Beneficiary | undefined> {
  const item = await table.get(beneficiaryKey(beneficiaryId));
  if (item === undefined) return undefined;
  const { by, reason, now } = reading;
  const key = beneficiaryReadingKey(beneficiaryId, now, by);
  await table.write({ put: { ...key, type: 'beneficiary-reading', beneficiaryId, readBy: by, readAt: now, reason } });
  return beneficiarySchema.parse(item);
}

/** Forgets who a beneficiary is. What they were paid stays in the books, under an id that nobody can undo any more. */
export async function eraseBeneficiary(table: Table, beneficiaryId: string): Promise<void> {
  await table.write({ delete: beneficiaryKey(beneficiaryId) });
}
