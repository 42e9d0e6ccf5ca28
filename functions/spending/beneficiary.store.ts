import * as z from 'zod';
import { TransientError } from '../kernel/errors.ts';
import { epochSeconds, type Instant } from '../kernel/time.ts';
import { beneficiaryKey, beneficiaryReadingKey, enrolmentKey, onRecordKey } from '../platform/keys.ts';
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

const onRecordSchema = z.object({ expiresAt: z.number().int() });

/**
 * Whether a campaign may help a person: it has recorded them, and it is known to this day who they are. Who it is is not read,
 * and is out of reach of those who pay.
 */
export async function mayBeHelped(
  table: Table,
  campaignId: string,
  beneficiaryId: string,
  now: Instant,
): Promise<boolean> {
  const [isOfCampaign, onRecord] = await Promise.all([
    isEnrolled(table, campaignId, beneficiaryId),
    table.get(onRecordKey(beneficiaryId)),
  ]);
  // The store deletes what has expired within days, and until then it is there.
  return isOfCampaign && onRecord !== undefined && onRecordSchema.parse(onRecord).expiresAt > epochSeconds(now);
}

/** Who a beneficiary is by what is on record, for recording them anew; nobody is told. */
export async function findBeneficiary(table: Table, beneficiaryId: string): Promise<Beneficiary | undefined> {
  return beneficiarySchema.optional().parse(await table.get(beneficiaryKey(beneficiaryId)));
}

/**
 * Keeps who a beneficiary is, and that this campaign may help them, in place of the record that was read (`before`). A person who was
 * recorded before, by this campaign or another of the organisation, is the same one. Throws TransientError where somebody else
 * recorded the same person meanwhile, and where the store cannot answer.
 */
export async function recordBeneficiary(
  table: Table,
  campaignId: string,
  beneficiary: Beneficiary,
  before: Beneficiary | undefined,
): Promise<'recorded' | 'known-before'> {
  const { beneficiaryId, recordedBy, recordedAt, expiresAt } = beneficiary;
  const wasEnrolled = await isEnrolled(table, campaignId, beneficiaryId);
  const enrolment = { type: 'enrolment', campaignId, beneficiaryId, enrolledBy: recordedBy, enrolledAt: recordedAt };
  const outcome = await table.transact([
    {
      put: { ...beneficiaryKey(beneficiaryId), ...beneficiary } as Item,
      when: before === undefined ? { absent: true } : { equals: { version: before.version } },
    },
    { put: { ...enrolmentKey(campaignId, beneficiaryId), ...enrolment } },
    { put: { ...onRecordKey(beneficiaryId), type: 'beneficiary-on-record', beneficiaryId, expiresAt } },
  ]);
  if (outcome.kind !== 'committed')
    throw new TransientError('this person is being recorded by somebody else this moment');
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

/**
 * Forgets who a beneficiary is, for every campaign of the organisation: none can help them any more before they are recorded anew. What
 * they were paid stays in the books, under an id that nobody can undo. Throws TransientError where the store cannot do it just now.
 */
export async function eraseBeneficiary(table: Table, beneficiaryId: string): Promise<void> {
  const outcome = await table.transact([
    { delete: beneficiaryKey(beneficiaryId) },
    { delete: onRecordKey(beneficiaryId) },
  ]);
  if (outcome.kind !== 'committed') throw new TransientError('this person could not be forgotten just now');
}
