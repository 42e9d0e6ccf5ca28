import { createHash } from 'node:crypto';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError, type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import { addendumContent, type WrittenContent } from './addendum-content.store.ts';
import type { CampaignFiles } from './campaign-files.gateway.ts';
import { findCloseout, readCloseout } from './closeout.store.ts';
import { addendumDraftFile, REPORT_FORMATS } from './closeout-partition.ts';
import { addendaOf } from './report-addendum.store.ts';
import type { AddendumRequest, ReportAddendum } from './report-addendum.ts';
import { findAddendumDraft, keepDraft } from './report-addendum-draft.store.ts';
import type { AddendumDraft } from './report-addendum-draft.ts';
import { renderAddendumPdf } from './report-addendum-pages.ts';

export type AddendumUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };
export type DraftOutcome =
  | { readonly kind: 'drafted' | 'already-drafted'; readonly draft: AddendumDraft }
  /** The key is of one that has been signed since, and others were drafted after it. */
  | { readonly kind: 'already-signed'; readonly addendum: ReportAddendum }
  | Refusal;
type Asked = {
  readonly request: AddendumRequest;
  readonly idempotencyKey: string;
  readonly by: string;
  readonly now: Instant;
};

/** Keys of earlier drafts that are kept: a repeat comes within a day, and more drafts than these are not returned in one. */
const KEPT_KEYS = 50;
const REUSED = refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another addendum. Use a new one.');

/**
 * Drafts the next addendum of a signed report, once by its key, and only while no other one is being signed: each is measured against the
 * one before. Its files first, so that a draft is never there without them. Throws TransientError while something is being counted.
 */
export async function draftAddendum(use: AddendumUse, campaign: Campaign, asked: Asked): Promise<DraftOutcome> {
  const { campaignId } = campaign;
  const closeout = await findCloseout(use.table, campaignId);
  if (closeout?.state !== 'signed')
    return refuse('not-signed', 'There is no signed report: what has to be said goes into the statement.');
  const [before, addenda] = [await findAddendumDraft(use.table, campaignId), await addendaOf(use.table, campaignId)];
  const repeated = repeatOf(asked, before, addenda);
  if (repeated !== undefined) return repeated;
  if (before?.state === 'waiting')
    return refuse(
      'addendum-waiting',
      `Addendum ${before.number} is being signed (round ${before.round}). The next one is measured against it.`,
    );
  const written = await addendumContent(use, campaign, closeout, addenda, asked);
  if (written.kind === 'refused') return written;
  const isSameNumber = before?.number === written.content.number;
  const authors = isSameNumber ? before.workedOnBy.filter((name) => name !== asked.by) : [];
  const keys = before === undefined ? [] : [...before.earlierKeys, before.idempotencyKey];
  const draft = await keepDraft(use.table, before, {
    ...(await writtenDraft(use, campaignId, (before?.round ?? 0) + 1, written)),
    workedOnBy: [...authors, asked.by],
    idempotencyKey: asked.idempotencyKey,
    earlierKeys: keys.slice(-KEPT_KEYS),
  });
  return { kind: 'drafted', draft };
}

function repeatOf(
  { idempotencyKey, request }: Asked,
  draft: AddendumDraft | undefined,
  addenda: readonly ReportAddendum[],
): DraftOutcome | undefined {
  const isSame = ({ reason, corrections }: AddendumRequest): boolean =>
    JSON.stringify([reason, corrections]) === JSON.stringify([request.reason, request.corrections]);
  if (draft?.idempotencyKey === idempotencyKey)
    return isSame(draft.content) ? { kind: 'already-drafted', draft } : REUSED;
  const addendum = addenda.find((one) => one.idempotencyKey === idempotencyKey);
  if (addendum !== undefined) return isSame(addendum) ? { kind: 'already-signed', addendum } : REUSED;
  return draft?.earlierKeys.includes(idempotencyKey) === true ? REUSED : undefined;
}

/**
 * Writes a draft anew in the place of one that the books have overtaken, with the same words; its signatures begin anew under the next
 * round. Where nothing is left to say, or people have to settle something first, it goes back to its author.
 */
export async function renewAddendum(
  use: AddendumUse,
  campaign: Campaign,
  draft: AddendumDraft,
  why: string,
  now: Instant,
): Promise<AddendumDraft> {
  const { campaignId } = campaign;
  const closeout = await readCloseout(use.table, campaignId);
  const { content, round } = draft;
  const { version: _, ...rest } = draft;
  const writing = { request: content, by: content.writtenBy, now };
  const written = await addendumContent(use, campaign, closeout, await addendaOf(use.table, campaignId), writing);
  if (written.kind === 'refused')
    return keepDraft(use.table, draft, {
      ...rest,
      state: 'returned',
      returned: { at: now, why: `${why} ${written.message}` },
    });
  if (written.content.number !== draft.number)
    throw new PermanentError(`addendum ${draft.number} of ${campaignId} is signed already`);
  const { workedOnBy, idempotencyKey, earlierKeys } = draft;
  return keepDraft(use.table, draft, {
    ...(await writtenDraft(use, campaignId, round + 1, written)),
    workedOnBy,
    idempotencyKey,
    earlierKeys,
    renewedFrom: round,
  });
}

/** The draft with its files written, each under its hash. */
async function writtenDraft(
  { files, assetsFolder }: AddendumUse,
  campaignId: string,
  round: number,
  { content, basis }: WrittenContent,
): Promise<Omit<AddendumDraft, 'version' | 'workedOnBy' | 'idempotencyKey' | 'earlierKeys'>> {
  const json = JSON.stringify(content, null, 2);
  const sha256 = sha256Of(json);
  const pdf = await renderAddendumPdf({ ...content, sha256, signatures: [] }, assetsFolder);
  const keyOf = (format: 'json' | 'pdf') => addendumDraftFile(campaignId, round, sha256, format);
  await files.write(keyOf('json'), json, REPORT_FORMATS.json);
  await files.write(keyOf('pdf'), pdf, REPORT_FORMATS.pdf);
  return {
    type: 'report-addendum-draft',
    campaignId,
    number: content.number,
    round,
    state: 'waiting',
    basis,
    content,
    sha256,
    files: { json: { key: keyOf('json'), sha256 }, pdf: { key: keyOf('pdf'), sha256: sha256Of(pdf) } },
  };
}

const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
