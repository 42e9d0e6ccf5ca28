import { createHash } from 'node:crypto';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { closeoutKey, reportAddendumKey, reportToMailKey } from '../platform/keys.ts';
import type { Item, Table } from '../platform/table.ts';
import { type AddendumUse, renewAddendum } from './addendum-drafting.store.ts';
import type { Signature } from './closeout.ts';
import { addendumFile, addendumSignOffFile, REPORT_FORMATS } from './closeout-partition.ts';
import type { ReportAddendum } from './report-addendum.ts';
import { findAddendumDraft, keepDraft, putOfDraft } from './report-addendum-draft.store.ts';
import type { AddendumDraft } from './report-addendum-draft.ts';
import { renderAddendumPdf } from './report-addendum-pages.ts';
import { type SigningDecision, signingOutcome } from './signing.store.ts';

/** Version of the document that says who signed which hash. */
const SIGN_OFF_SCHEMA = 'yiqi.report-addendum-sign-off/1';

export type AddendumSigned =
  | { readonly kind: 'signed' | 'returned'; readonly round: number }
  /** Written anew; it is signed under this round. */
  | { readonly kind: 'renewed'; readonly round: number };

/**
 * Takes a round of an addendum to its end, as that of a report: signed, and kept under its number for good; back to its author; or
 * written anew, because the books have moved. `table` writes the audit trail. Repeated, it finds it done.
 */
export async function signAddendum(
  { table, ...use }: AddendumUse,
  campaign: Campaign,
  { round, decision }: { readonly round: number; readonly decision: SigningDecision },
  now: Instant,
): Promise<AddendumSigned> {
  const { campaignId } = campaign;
  const draft = await findAddendumDraft(table, campaignId);
  if (draft === undefined || draft.round < round)
    throw new PermanentError(`no addendum of round ${round} of ${campaignId} has been drafted`);
  if (draft.round > round)
    return draft.renewedFrom === round ? { kind: 'renewed', round: draft.round } : { kind: 'returned', round };
  if (draft.state !== 'waiting') return { kind: draft.state, round };
  const outcome = await signingOutcome(table, { campaignId, subject: 'addendum', round }, decision, draft.basis);
  if (outcome.kind === 'overtaken') {
    const renewed = await renewAddendum({ table, ...use }, campaign, draft, outcome.why, now);
    return renewed.state === 'waiting' ? { kind: 'renewed', round: renewed.round } : { kind: 'returned', round };
  }
  if (outcome.kind === 'given-back') {
    const { version: _, ...rest } = draft;
    await keepDraft(table, draft, { ...rest, state: 'returned', returned: { at: now, why: outcome.why } });
    return { kind: 'returned', round };
  }
  const { signatures, guards } = outcome;
  const addendum = await signedAddendum({ table, ...use }, draft, signatures, now);
  const { number } = addendum;
  const { version: _, ...rest } = draft;
  const written = await table.transact([
    { put: { ...reportAddendumKey(campaignId, number), ...addendum } as unknown as Item, when: { absent: true } },
    {
      update: closeoutKey(campaignId),
      set: { addenda: number },
      when: { equals: { state: 'signed', addenda: number - 1 } },
    },
    {
      put: {
        ...reportToMailKey(await rootOf(table, campaign), campaignId, number),
        type: 'report-to-mail',
        campaignId,
        number,
        since: now,
      },
    },
    putOfDraft(draft, { ...rest, state: 'signed' }),
    ...guards,
  ]);
  if (written.kind !== 'committed')
    throw new TransientError(`addendum ${number} of ${campaignId}, or its books, changed while it was signed`);
  return { kind: 'signed', round };
}

async function rootOf(table: Table, { proposal }: Campaign): Promise<string> {
  const organisation = await findOrganisation(table, proposal.organisationId);
  return organisation?.path[0] ?? proposal.organisationId;
}

/** Every file under the hash that was signed, and who signed it: a repeat writes the same bytes to the same places. */
async function signedAddendum(
  { files, assetsFolder }: AddendumUse,
  draft: AddendumDraft,
  signatures: readonly Signature[],
  now: Instant,
): Promise<ReportAddendum> {
  const { campaignId, number, round, content, sha256, workedOnBy, idempotencyKey } = draft;
  const json = await files.read(draft.files.json.key);
  if (sha256Of(json) !== sha256)
    throw new PermanentError(`${draft.files.json.key} is not the addendum whose hash was signed`);
  const pdf = await renderAddendumPdf({ ...content, sha256, signatures }, assetsFolder);
  const keyOf = (format: 'json' | 'pdf') => addendumFile(campaignId, number, sha256, format);
  await files.write(keyOf('json'), json, REPORT_FORMATS.json);
  await files.write(keyOf('pdf'), pdf, REPORT_FORMATS.pdf);
  const signOff = {
    schema: SIGN_OFF_SCHEMA,
    campaignId,
    number,
    addendumSha256: sha256,
    round,
    preparedBy: workedOnBy,
    signatures,
  };
  await files.write(
    addendumSignOffFile(campaignId, number, sha256),
    JSON.stringify(signOff, null, 2),
    REPORT_FORMATS.json,
  );
  return {
    ...content,
    type: 'report-addendum',
    round,
    idempotencyKey,
    sha256,
    files: { json: { key: keyOf('json'), sha256 }, pdf: { key: keyOf('pdf'), sha256: sha256Of(pdf) } },
    signatures: [...signatures],
    signedAt: now,
  };
}

const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
