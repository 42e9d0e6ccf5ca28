import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { attachmentKey, attachmentsOfCampaign } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type Attachment, attachmentSchema, MOST_ATTACHMENTS } from './attachment.ts';
import { attachmentIdSchema } from './attachment-id.ts';

export async function findAttachment(
  table: Table,
  campaignId: string,
  attachmentId: string,
): Promise<Attachment | undefined> {
  if (!attachmentIdSchema.safeParse(attachmentId).success) return undefined;
  const item = await table.get(attachmentKey(campaignId, attachmentId));
  return item === undefined ? undefined : attachmentSchema.parse(item);
}

export async function attachmentsOf(table: Table, campaignId: string): Promise<Attachment[]> {
  const { items } = await table.query(attachmentsOfCampaign(campaignId), { limit: MOST_ATTACHMENTS + 1 });
  return items.map((item) => attachmentSchema.parse(item));
}

export type AddOutcome = { readonly kind: 'added' | 'already-there'; readonly attachment: Attachment } | Refusal;

/**
 * Announces a file, once. The limit is looked at and not locked: two announcements of the same moment may leave one more than
 * it says, which costs 20 MB of storage and nothing else.
 */
export async function addAttachment(table: Table, attachment: Attachment): Promise<AddOutcome> {
  const { campaignId, attachmentId } = attachment;
  const existing = await findAttachment(table, campaignId, attachmentId);
  if (existing !== undefined) return sameOrRefused(existing, attachment);
  if ((await attachmentsOf(table, campaignId)).length >= MOST_ATTACHMENTS)
    return refuse('too-many-attachments', `A campaign has at most ${MOST_ATTACHMENTS} attachments. Delete one first.`);
  const outcome = await table.write({
    put: { ...attachmentKey(campaignId, attachmentId), ...attachment },
    when: { absent: true },
  });
  if (outcome.kind === 'written') return { kind: 'added', attachment };
  if (outcome.existing === undefined) throw new TransientError('the attachment could not be written just now');
  return sameOrRefused(attachmentSchema.parse(outcome.existing), attachment);
}

function sameOrRefused(existing: Attachment, asked: Attachment): AddOutcome {
  const same = existing.sha256 === asked.sha256 && existing.name === asked.name && existing.kind === asked.kind;
  return same
    ? { kind: 'already-there', attachment: existing }
    : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another attachment. Use a new one.');
}

/** Says that a file was seen to be what it was said to be. Once it is, it stays so. */
export async function markStored(table: Table, attachment: Attachment): Promise<Attachment> {
  const { campaignId, attachmentId, sha256 } = attachment;
  const outcome = await table.write({
    update: attachmentKey(campaignId, attachmentId),
    set: { state: 'stored' },
    when: { equals: { type: 'attachment', sha256 } },
  });
  if (outcome.kind === 'condition-failed') throw new TransientError('the attachment changed while it was confirmed');
  return { ...attachment, state: 'stored' };
}

export async function removeAttachment(table: Table, { campaignId, attachmentId }: Attachment): Promise<void> {
  await table.write({ delete: attachmentKey(campaignId, attachmentId) });
}
