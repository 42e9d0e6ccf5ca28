import { createHash } from 'node:crypto';
import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readReconciliationStanding } from '../reconciliation/reconciliation-item.store.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { readClosedBooks } from './closed-books.store.ts';
import { mustAgree } from './closed-books.ts';
import { closeoutItem, findCloseout } from './closeout.store.ts';
import type { Closeout, ReportFiles } from './closeout.ts';
import {
  draftFile,
  type Partition,
  partitionSchema,
  REPORT_FORMATS,
  reportFile,
  summaryFile,
} from './closeout-partition.ts';
import { assembleCloseoutReport, type CloseoutReport, type CloseoutReportInput } from './closeout-report.ts';
import { findStatement } from './closeout-statement.store.ts';
import { type CloseoutSummary, closeoutSummarySchema, mergeSummaries } from './closeout-summary.ts';
import { readBasis } from './draft-basis.store.ts';
import { marksOf } from './draft-basis.ts';
import { readReportInput } from './report-input.store.ts';
import { renderReportPdf } from './report-pdf.ts';
import { renderReportXlsx } from './report-xlsx.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  partitions: z.array(partitionSchema),
  /** How many of the campaign's adjustments count: those that the summaries have counted. */
  adjustments: z.number().int().min(0),
});
type Input = z.infer<typeof inputSchema>;
export type WriteReportUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };
type Written = {
  readonly kind: 'written';
  readonly round: number;
  readonly sha256: string;
  readonly lateGifts: number;
  readonly laterAdjustments: number;
};
/** Items were found or opened again since people settled them: they are asked again before anything is written. */
type Outcome = Written | { readonly kind: 'items-open'; readonly open: number };

/**
 * Merges the summaries, holds them against the ledger, and writes the report in three forms with the statement that was
 * submitted, or without one. Writes nothing while an item of the reconciliation is open that nobody has signed over. A draft of a round is written once: people may be signing its hash when a step is repeated.
 */
async function writeReport(
  { campaignId, partitions, adjustments }: Input,
  use: WriteReportUse,
  now: Instant,
): Promise<Outcome> {
  const before = await findCloseout(use.table, campaignId);
  const stored = await findStatement(use.table, campaignId);
  const submitted = stored?.state === 'open' ? undefined : stored;
  const round = submitted?.round ?? 0;
  if (before !== undefined && (before.state === 'signed' || (round > 0 && before.round === round)))
    return outcomeOf(before);
  const standing = await readReconciliationStanding(use.table, campaignId);
  if (standing.uncovered > 0) return { kind: 'items-open', open: standing.uncovered };
  // Before the figures are read: what comes in between has then moved, and is not signed.
  const basis = { ...(await readBasis(use.table, campaignId)), settlements: adjustments, items: marksOf(standing) };
  const summary = await mergedSummary(use.files, campaignId, partitions);
  const books = await readClosedBooks(use.table, campaignId, adjustments);
  mustAgree(summary, books);
  const campaign = await readCampaign(use.table, campaignId);
  const closed = { summary, books, partitions: partitions.length, stored: submitted, standing, now };
  const document = sameOrNew(before, await readReportInput(use, campaign, closed));
  const files = await writeFiles(use, campaignId, round, document);
  const closeout: Closeout = {
    type: 'closeout',
    campaignId,
    state: 'draft',
    round,
    reportSha256: document.sha256,
    firstWrittenAt: before?.firstWrittenAt ?? now,
    preparedAt: document.report.preparedAt,
    lateGifts: books.lateGifts,
    laterAdjustments: books.later.length,
    adjustments,
    basis,
    files,
    preparedBy: document.report.preparation.preparedBy,
    signatures: [],
    addenda: 0,
  };
  const { organisationId } = campaign.proposal;
  const audit = { organisationId, by: 'workflow', action: 'closeout report is written', now };
  // Whoever keeps the trail can tell this report from any other by its fingerprint.
  await auditedTable(use.table, audit).write({ put: closeoutItem(closeout) });
  return outcomeOf(closeout);
}

const outcomeOf = ({ round, reportSha256, lateGifts, laterAdjustments }: Closeout): Written => ({
  kind: 'written',
  round,
  sha256: reportSha256,
  lateGifts,
  laterAdjustments,
});

type Document = { readonly report: CloseoutReport; readonly json: string; readonly sha256: string };

function documentOf(input: CloseoutReportInput): Document {
  const report = assembleCloseoutReport(input);
  const json = JSON.stringify(report, null, 2);
  return { report, json, sha256: sha256Of(json) };
}

const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The report that was written before where nothing but the time has changed: a repeat must not put another file beside it. */
function sameOrNew(written: Closeout | undefined, input: CloseoutReportInput): Document {
  if (written !== undefined) {
    const same = documentOf({ ...input, preparedAt: written.preparedAt });
    if (same.sha256 === written.reportSha256) return same;
  }
  return documentOf(input);
}

async function writeFiles(
  { files, assetsFolder }: WriteReportUse,
  campaignId: string,
  round: number,
  { report, json, sha256 }: Document,
): Promise<ReportFiles> {
  const faces = {
    json: new TextEncoder().encode(json),
    pdf: await renderReportPdf(report, { assetsFolder, reportSha256: sha256 }),
    xlsx: await renderReportXlsx(report),
  };
  const kept = async (format: keyof typeof faces) => {
    const key = draftFile(campaignId, round, sha256, format);
    await files.write(key, faces[format], REPORT_FORMATS[format]);
    await files.write(reportFile(campaignId, format), faces[format], REPORT_FORMATS[format]);
    return { key, sha256: sha256Of(faces[format]) };
  };
  return { json: await kept('json'), pdf: await kept('pdf'), xlsx: await kept('xlsx') };
}

/** Files read at once: 500 partitions of a campaign of 60 days are then read in some seconds. */
const READS_AT_ONCE = 16;

async function mergedSummary(
  files: CampaignFiles,
  campaignId: string,
  partitions: readonly Partition[],
): Promise<CloseoutSummary> {
  let merged = mergeSummaries([]);
  for (let start = 0; start < partitions.length; start += READS_AT_ONCE) {
    const parts = await Promise.all(
      partitions
        .slice(start, start + READS_AT_ONCE)
        .map(async (partition) =>
          closeoutSummarySchema.parse(await readJsonFile(files, summaryFile(campaignId, partition))),
        ),
    );
    merged = mergeSummaries([merged, ...parts]);
  }
  return merged;
}

export const definition: TaskDefinition<Input, WriteReportUse> = {
  name: 'write-report',
  input: inputSchema,
  // The files that infra copies beside the bundle (manifest: assets).
  open: () => ({ table: openTable(), files: openCampaignFiles(), assetsFolder: import.meta.dirname }),
  handle: writeReport,
};
export const handler = taskFunction(definition);
