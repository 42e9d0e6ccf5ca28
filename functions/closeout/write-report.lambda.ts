import { createHash } from 'node:crypto';
import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { closeoutKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { readClosedBooks } from './closed-books.store.ts';
import { type ClosedBooks, matchFigures, mustAgree } from './closed-books.ts';
import { type Partition, partitionSchema, reconciliationFile, reportFile, summaryFile } from './closeout-partition.ts';
import {
  assembleCloseoutReport,
  type CloseoutReport,
  type CloseoutReportInput,
  closeoutReportInputSchema,
} from './closeout-report.ts';
import { type CloseoutSummary, closeoutSummarySchema, mergeSummaries } from './closeout-summary.ts';
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

/** Merges the summaries, holds them against the ledger, and writes the report in three forms, with the hash of the first. */
async function writeReport(
  { campaignId, partitions, adjustments }: Input,
  use: WriteReportUse,
  now: Instant,
): Promise<{ kind: string; sha256: string; lateGifts: number; laterAdjustments: number }> {
  const summary = await mergedSummary(use.files, campaignId, partitions);
  const books = await readClosedBooks(use.table, campaignId, adjustments);
  mustAgree(summary, books);
  const campaign = await readCampaign(use.table, campaignId);
  const input = closeoutReportInputSchema.parse(await reportInput(use, campaign, { summary, books, now }));
  const { report, json, sha256 } = await sameOrNew(use.table, campaignId, input);
  const pdf = await renderReportPdf(report, { assetsFolder: use.assetsFolder, reportSha256: sha256 });
  const xlsx = await renderReportXlsx(report);
  await use.files.write(reportFile(campaignId, 'json'), json, 'application/json');
  await use.files.write(reportFile(campaignId, 'pdf'), pdf, 'application/pdf');
  await use.files.write(
    reportFile(campaignId, 'xlsx'),
    xlsx,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  );
  const { organisationId } = campaign.proposal;
  const audit = { organisationId, by: 'workflow', action: 'closeout report is written', now };
  // Whoever keeps the trail can tell this report from any other by its fingerprint.
  await auditedTable(use.table, audit).write({
    put: {
      ...closeoutKey(campaignId),
      type: 'closeout',
      campaignId,
      reportSha256: sha256,
      lateGifts: books.lateGifts,
      laterAdjustments: books.later.length,
      preparedAt: report.preparedAt,
    },
  });
  return { kind: 'written', sha256, lateGifts: books.lateGifts, laterAdjustments: books.later.length };
}

type Document = { readonly report: CloseoutReport; readonly json: string; readonly sha256: string };

function documentOf(input: CloseoutReportInput): Document {
  const report = assembleCloseoutReport(input);
  const json = JSON.stringify(report, null, 2);
  return { report, json, sha256: createHash('sha256').update(json).digest('hex') };
}

const writtenSchema = z.object({ reportSha256: z.string(), preparedAt: instantSchema });

/** The report that was written before where nothing but the time has changed: a repeat must not put another file beside one that was mailed. */
async function sameOrNew(table: Table, campaignId: string, input: CloseoutReportInput): Promise<Document> {
  const written = writtenSchema.optional().parse(await table.get(closeoutKey(campaignId)));
  if (written !== undefined) {
    const same = documentOf({ ...input, preparedAt: written.preparedAt });
    if (same.sha256 === written.reportSha256) return same;
  }
  return documentOf(input);
}

async function mergedSummary(
  files: CampaignFiles,
  campaignId: string,
  partitions: readonly Partition[],
): Promise<CloseoutSummary> {
  const parts: CloseoutSummary[] = [];
  for (const partition of partitions) {
    parts.push(closeoutSummarySchema.parse(await readJsonFile(files, summaryFile(campaignId, partition))));
  }
  return mergeSummaries(parts);
}

type Closed = { readonly summary: CloseoutSummary; readonly books: ClosedBooks; readonly now: Instant };

async function reportInput(
  { table, files }: WriteReportUse,
  { campaignId, proposal }: Campaign,
  { summary, books, now }: Closed,
) {
  const organisation = await findOrganisation(table, proposal.organisationId);
  const { matchedGifts, heldGifts, ...totals } = summary.totals;
  const { firstDay, lastDay, zone } = proposal.window;
  return {
    campaign: {
      id: campaignId,
      title: proposal.title,
      purpose: proposal.purpose,
      beneficiaries: proposal.beneficiaries.group,
      organisationName: organisation?.name ?? proposal.organisationId,
      zone,
      firstDay,
      lastDay,
      targetMinor: proposal.targetMinor,
      budgetLines: proposal.budgetLines.map(({ item, kind, amountMinor }, position) => ({
        id: String(position + 1),
        item,
        kind,
        amountMinor,
      })),
      units: proposal.units,
      language: proposal.language,
    },
    totals: { ...totals, donors: new Set(books.lines.map((line) => line.donorId)).size },
    unitTotals: summary.units,
    dayTotals: summary.days,
    hourTotals: summary.hours,
    match: { ...matchFigures(books, summary.outcomes), matchedGifts, heldGifts },
    reconciliation: await readJsonFile(files, reconciliationFile(campaignId)),
    preparedAt: now,
    generatedData: proposal.generatedData,
  };
}

export const definition: TaskDefinition<Input, WriteReportUse> = {
  name: 'write-report',
  input: inputSchema,
  // The files that infra copies beside the bundle (manifest: assets).
  open: () => ({ table: openTable(), files: openCampaignFiles(), assetsFolder: import.meta.dirname }),
  handle: writeReport,
};
export const handler = taskFunction(definition);
