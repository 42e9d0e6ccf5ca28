import { createHash } from 'node:crypto';
import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { closeoutStatementKey, reportToMailKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type CampaignFiles, openCampaignFiles } from './campaign-files.gateway.ts';
import { closeoutItem, readCloseout } from './closeout.store.ts';
import type { Closeout, ReportFiles, Signature } from './closeout.ts';
import { REPORT_FORMATS, type ReportFormat, reportFile, signedFile, signOffFile } from './closeout-partition.ts';
import { type CloseoutReport, closeoutReportSchema } from './closeout-report.ts';
import { readSubmitted, renewRound, reopenStatement } from './closeout-statement.store.ts';
import { mustBeThere } from './report-checks.ts';
import { renderReportPdf } from './report-pdf.ts';
import { renderReportXlsx } from './report-xlsx.ts';
import { signAddendum } from './sign-addendum.store.ts';
import { signingOutcome } from './signing.store.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  /** What was signed: the report, or an addendum to it. */
  subject: z.enum(['closeout', 'addendum']).default('closeout'),
  round: z.number().int().min(1),
  /** What the approval's workflow ended with. */
  decision: z.object({ kind: z.enum(['approved', 'returned', 'rejected']), reason: z.string() }),
});
type Input = z.infer<typeof inputSchema>;
export type SignReportUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };

/** Version of the document that says who signed which hash. */
const SIGN_OFF_SCHEMA = 'yiqi.closeout-sign-off/1';

/**
 * Takes a round to its end: signed, so that nothing about the report changes any more; back to its authors; or, where the books have
 * moved since the draft was written, on to the next round, for which a new draft is written. What was
 * signed is the hash of the draft's JSON; its PDF and workbook are set again with the page of signatures.
 */
async function signReport(
  { campaignId, subject, round, decision }: Input,
  use: SignReportUse,
  now: Instant,
): Promise<{ readonly kind: 'signed' | 'returned' | 'renewed'; readonly round?: number }> {
  const campaign = await readCampaign(use.table, campaignId);
  const { organisationId } = campaign.proposal;
  const action = subject === 'closeout' ? 'closeout report is signed' : 'addendum to the closeout report is signed';
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action, now });
  if (subject === 'addendum') return signAddendum({ ...use, table }, campaign, { round, decision }, now);
  const closeout = await readCloseout(table, campaignId);
  if (closeout.state === 'signed') return { kind: 'signed' };
  if (decision.kind === 'approved' && closeout.round !== round)
    throw new PermanentError(`round ${round} of the report of ${campaignId} is not what was approved`);
  const outcome = await signingOutcome(table, { campaignId, subject, round }, decision, closeout.basis);
  if (outcome.kind === 'overtaken') return renewRound(table, campaign, round, { why: outcome.why, now });
  if (outcome.kind === 'given-back') {
    await giveBack(table, campaignId, round, outcome.why, now);
    return { kind: 'returned' };
  }
  const { signatures, guards } = outcome;
  const { files, report } = await writeSigned(use, closeout, signatures);
  const stored = await readSubmitted(table, campaignId, round);
  const { path } = mustBeThere(await findOrganisation(table, organisationId), `organisation ${organisationId}`);
  const fees = report.fees.length === 0 ? {} : { feesMinor: report.feesMinor };
  const signed: Closeout = {
    ...closeout,
    state: 'signed',
    files,
    signatures: [...signatures],
    signedAt: now,
    ...fees,
  };
  const written = await table.transact([
    {
      put: closeoutItem(signed),
      when: { equals: { state: 'draft', round, reportSha256: closeout.reportSha256 } },
    },
    {
      update: closeoutStatementKey(campaignId),
      set: { state: 'signed', version: stored.version + 1 },
      when: { equals: { version: stored.version } },
    },
    {
      put: {
        ...reportToMailKey(path[0] ?? organisationId, campaignId, 0),
        type: 'report-to-mail',
        campaignId,
        number: 0,
        since: now,
      },
    },
    ...guards,
  ]);
  if (written.kind !== 'committed')
    throw new TransientError(`the report of ${campaignId}, or its books, changed while it was signed`);
  return { kind: 'signed' };
}

async function giveBack(table: Table, campaignId: string, round: number, why: string, now: Instant): Promise<void> {
  try {
    await reopenStatement(table, await readSubmitted(table, campaignId, round), why, now);
  } catch (error) {
    // A repeat whose first answer was lost finds the statement open already.
    if (!(error instanceof PermanentError)) throw error;
  }
}

/** Every file under the hash that was signed: a repeat writes the same bytes to the same places. */
async function writeSigned(
  { files: place, assetsFolder }: SignReportUse,
  closeout: Closeout,
  signatures: readonly Signature[],
): Promise<{ readonly files: ReportFiles; readonly report: CloseoutReport }> {
  const { campaignId, reportSha256, files: draft, preparedBy, round } = closeout;
  if (draft === undefined) throw new PermanentError(`the report of ${campaignId} has no files`);
  const json = await place.read(draft.json.key);
  if (sha256Of(json) !== reportSha256)
    throw new PermanentError(`${draft.json.key} is not the report whose hash was signed`);
  const report = closeoutReportSchema.parse(JSON.parse(new TextDecoder().decode(json)));
  const faces: Record<ReportFormat, Uint8Array> = {
    json,
    pdf: await renderReportPdf(report, { assetsFolder, reportSha256, signatures }),
    xlsx: await renderReportXlsx(report, signatures),
  };
  const signOff = { schema: SIGN_OFF_SCHEMA, campaignId, reportSha256, round, preparedBy, signatures };
  await place.write(signOffFile(campaignId, reportSha256), JSON.stringify(signOff, null, 2), REPORT_FORMATS.json);
  const kept = async (format: ReportFormat) => {
    const key = signedFile(campaignId, reportSha256, format);
    await place.write(key, faces[format], REPORT_FORMATS[format]);
    await place.write(reportFile(campaignId, format), faces[format], REPORT_FORMATS[format]);
    return { key, sha256: sha256Of(faces[format]) };
  };
  const files = { json: await kept('json'), pdf: await kept('pdf'), xlsx: await kept('xlsx') };
  return { files, report };
}

const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

export const definition: TaskDefinition<Input, SignReportUse> = {
  name: 'sign-report',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), assetsFolder: import.meta.dirname }),
  handle: signReport,
};
export const handler = taskFunction(definition);
