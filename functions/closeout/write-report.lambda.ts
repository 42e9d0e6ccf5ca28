import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { journalLines, readPool } from '../matching/allocation.store.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { replay } from '../matching/matching-oracle.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { closeoutKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { type Partition, partitionSchema, reconciliationFile, reportFile, summaryFile } from './closeout-partition.ts';
import { assembleCloseoutReport, closeoutReportInputSchema } from './closeout-report.ts';
import { type CloseoutSummary, closeoutSummarySchema, mergeSummaries } from './closeout-summary.ts';
import { renderReportPdf } from './report-pdf.ts';
import { renderReportXlsx } from './report-xlsx.ts';

const inputSchema = z.object({ campaignId: z.string(), partitions: z.array(partitionSchema) });
type Input = z.infer<typeof inputSchema>;
export type WriteReportUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };

/** Merges the summaries, holds them against the ledger, and writes the report in three forms, with the hash of the first. */
async function writeReport(
  { campaignId, partitions }: Input,
  use: WriteReportUse,
  now: Instant,
): Promise<{ kind: string; sha256: string }> {
  const summary = await mergedSummary(use.files, campaignId, partitions);
  await mustAgreeWithTotals(use.table, campaignId, summary);
  const report = assembleCloseoutReport(
    closeoutReportInputSchema.parse(await reportInput(use, campaignId, summary, now)),
  );
  const json = JSON.stringify(report, null, 2);
  const sha256 = createHash('sha256').update(json).digest('hex');
  const pdf = await renderReportPdf(report, { assetsFolder: use.assetsFolder, reportSha256: sha256 });
  const xlsx = await renderReportXlsx(report);
  await use.files.write(reportFile(campaignId, 'json'), json, 'application/json');
  await use.files.write(reportFile(campaignId, 'pdf'), pdf, 'application/pdf');
  await use.files.write(
    reportFile(campaignId, 'xlsx'),
    xlsx,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  );
  await use.table.write({
    put: { ...closeoutKey(campaignId), type: 'closeout', campaignId, reportSha256: sha256, preparedAt: now },
  });
  return { kind: 'written', sha256 };
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

/** The sums of the entries against the running totals: two independent ways to the same figures. */
async function mustAgreeWithTotals(table: Table, campaignId: string, { totals }: CloseoutSummary): Promise<void> {
  const { campaign } = await readTotals(table, campaignId);
  const same =
    campaign.gifts === totals.gifts &&
    campaign.amountMinor === totals.raisedMinor &&
    campaign.matchMinor === totals.matchedMinor;
  if (same) return;
  throw new PermanentError(
    `entries sum to ${totals.gifts} gifts, ${totals.raisedMinor} + ${totals.matchedMinor}; the running totals say ${campaign.gifts}, ${campaign.amountMinor} + ${campaign.matchMinor}`,
  );
}

async function reportInput(
  { table, files }: WriteReportUse,
  campaignId: string,
  summary: CloseoutSummary,
  now: Instant,
) {
  const [{ proposal }, pool, totals] = await Promise.all([
    readCampaign(table, campaignId),
    readPool(table, campaignId),
    readTotals(table, campaignId),
  ]);
  const organisation = await findOrganisation(table, proposal.organisationId);
  const journal: JournalLine[] = [];
  for await (const line of journalLines(table, campaignId)) journal.push(line);
  const verdict = replay(pool.rule, pool, journal.slice(0, pool.finalisedSequence ?? journal.length));
  const { numerator, denominator, perGiftCapMinor } = pool.rule;
  const { outcomes } = summary;
  const { firstDay, lastDay, zone } = proposal.window;
  return {
    campaign: {
      id: campaignId,
      title: proposal.title,
      purpose: proposal.purpose,
      beneficiaries: proposal.beneficiaries,
      organisationName: organisation?.name ?? proposal.organisationId,
      zone,
      firstDay,
      lastDay,
      targetMinor: proposal.targetMinor,
      budgetLines: proposal.budgetLines.map((line, position) => ({ id: String(position + 1), ...line })),
      units: proposal.units,
      language: proposal.language,
    },
    totals: { ...summary.totals, donors: totals.campaign.donors },
    unitTotals: summary.units,
    dayTotals: summary.days,
    hourTotals: summary.hours,
    match: {
      rule: { numerator, denominator, capPerGiftMinor: perGiftCapMinor },
      poolMinor: pool.poolMinor,
      matchedMinor: pool.poolMinor - pool.remainingMinor,
      remainingMinor: pool.remainingMinor,
      matchedGifts: totals.campaign.matchedGifts,
      cappedGifts: outcomes.capped ?? 0,
      exhaustedGifts: (outcomes.exhausted ?? 0) + (outcomes.partly ?? 0),
      outsideWindowGifts: (outcomes['outside-window'] ?? 0) + (outcomes['pool-finalised'] ?? 0),
      recomputation: {
        agrees: verdict.kind === 'agrees',
        giftsCompared: verdict.gifts,
        giftsDiffering: verdict.kind === 'agrees' ? 0 : verdict.differences.length,
      },
    },
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
