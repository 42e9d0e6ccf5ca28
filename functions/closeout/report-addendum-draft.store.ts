import { PermanentError, TransientError } from '../kernel/errors.ts';
import { addendumDraftKey } from '../platform/keys.ts';
import type { Item, Put, Table } from '../platform/table.ts';
import { type AddendumDraft, addendumDraftSchema } from './report-addendum-draft.ts';

export async function findAddendumDraft(table: Table, campaignId: string): Promise<AddendumDraft | undefined> {
  const item = await table.get(addendumDraftKey(campaignId));
  return item === undefined ? undefined : addendumDraftSchema.parse(item);
}

/** The draft that people sign in this round. Throws PermanentError where there is none: the workflow never asks before. */
export async function readWaitingAddendum(table: Table, campaignId: string, round: number): Promise<AddendumDraft> {
  const draft = await findAddendumDraft(table, campaignId);
  if (draft === undefined || draft.round !== round || draft.state !== 'waiting')
    throw new PermanentError(`no addendum of round ${round} of ${campaignId} waits for signatures`);
  return draft;
}

/** Writes a draft in the place of the one that was read; `undefined`: there was none. */
export const putOfDraft = (before: AddendumDraft | undefined, next: Omit<AddendumDraft, 'version'>): Put => ({
  put: {
    ...addendumDraftKey(next.campaignId),
    ...next,
    version: (before?.version ?? 0) + 1,
  } as unknown as Item,
  when: before === undefined ? { absent: true } : { equals: { version: before.version } },
});

/** The same, alone. Throws TransientError where somebody else changed it meanwhile. */
export async function keepDraft(
  table: Table,
  before: AddendumDraft | undefined,
  next: Omit<AddendumDraft, 'version'>,
): Promise<AddendumDraft> {
  const put = putOfDraft(before, next);
  const written = await table.write(put);
  if (written.kind === 'written') return addendumDraftSchema.parse(put.put);
  throw new TransientError('somebody else changed the addendum at this moment');
}
