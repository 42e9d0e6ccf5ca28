import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { lumpMinorOf } from '../ledger/gift-sums.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { replay } from '../matching/matching-oracle.ts';
import { adjustmentsOf, journalLines, readPool } from '../matching/matching-pool.store.ts';
import { frameOf, openingPlanOf } from '../matching/matching-pool.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { closeoutKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { finalisedSequenceOf } from './booked-gifts.store.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
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

const inputSchema = z.object({ campaignId: z.string(), partitions: z.array(partitionSchema) });
type Input = z.infer<typeof inputSchema>;
export type WriteReportUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };

/** Merges the summaries, holds them against the ledger, and writes the report in three forms, with the hash of the first. */
async function writeReport(
  { campaignId, partitions }: Input,
  use: WriteReportUse,
  now: Instant,
): Promise<{ kind: string; sha256: string; lateGifts: number }> {
  const summary = await mergedSummary(use.files, campaignId, partitions);
  const journal = await finalJournal(use.table, campaignId);
  mustAgree(summary, journal.lines);
  const input = closeoutReportInputSchema.parse(
    await reportInput(use, campaignId, { summary, lines: journal.lines, now }),
  );
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
  await use.table.write({
    put: {
      ...closeoutKey(campaignId),
      type: 'closeout',
      campaignId,
      reportSha256: sha256,
      lateGifts: journal.late,
      preparedAt: report.preparedAt,
    },
  });
  return { kind: 'written', sha256, lateGifts: journal.late };
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

/** The gifts that the closed campaign consists of, in recorded order, and how many came after it was finalised. */
async function finalJournal(table: Table, campaignId: string): Promise<{ lines: JournalLine[]; late: number }> {
  const finalisedSequence = await finalisedSequenceOf(table, campaignId);
  const lines: JournalLine[] = [];
  let late = 0;
  for await (const line of journalLines(table, campaignId)) {
    if (lines.length < finalisedSequence) lines.push(line);
    else late += 1;
  }
  return { lines, late };
}

/** The sums of the entries against the journal of what was counted: two independent ways to the same figures. */
function mustAgree({ totals }: CloseoutSummary, lines: readonly JournalLine[]): void {
  const raised = lines.reduce((total, line) => total + line.amountMinor, 0);
  const matched = lines.reduce((total, line) => total + line.matchMinor, 0);
  if (lines.length === totals.gifts && raised === totals.raisedMinor && matched === totals.matchedMinor) return;
  throw new PermanentError(
    `entries sum to ${totals.gifts} gifts, ${totals.raisedMinor} + ${totals.matchedMinor}; the journal says ${lines.length}, ${raised} + ${matched}`,
  );
}

type Closed = { readonly summary: CloseoutSummary; readonly lines: readonly JournalLine[]; readonly now: Instant };

async function reportInput({ table, files }: WriteReportUse, campaignId: string, { summary, lines, now }: Closed) {
  const [{ proposal }, pool] = await Promise.all([readCampaign(table, campaignId), readPool(table, campaignId)]);
  const organisation = await findOrganisation(table, proposal.organisationId);
  const adjustments = await adjustmentsOf(table, campaignId);
  const verdict = replay({
    plan: openingPlanOf(pool.plan, adjustments),
    frame: frameOf(pool),
    // Seeds are revealed when matching is closed, and nothing is reported before.
    seeds: pool.revealedSeeds ?? {},
    lines,
    adjustments,
    finalisedSequence: pool.finalisedSequence,
  });
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
    totals: { ...summary.totals, donors: new Set(lines.map((line) => line.donorId)).size },
    unitTotals: summary.units,
    dayTotals: summary.days,
    hourTotals: summary.hours,
    match: {
      rules: pool.plan.rules.map((rule, index) => {
        const fund = pool.funds[index];
        const remainingMinor = fund?.remainingMinor ?? 0;
        return { rule, matchedMinor: (fund?.poolMinor ?? 0) - remainingMinor, remainingMinor };
      }),
      lumpMinor: lumpMinorOf(adjustments),
      poolMinor: pool.poolMinor,
      matchedMinor: pool.poolMinor - pool.remainingMinor,
      remainingMinor: pool.remainingMinor,
      matchedGifts: lines.filter((line) => line.matchMinor > 0).length,
      cappedGifts: outcomes.capped ?? 0,
      exhaustedGifts: (outcomes.exhausted ?? 0) + (outcomes.partly ?? 0),
      outsideWindowGifts: (outcomes['outside-window'] ?? 0) + (outcomes['pool-finalised'] ?? 0),
      recomputation: {
        agrees: verdict.kind === 'agrees',
        giftsCompared: verdict.gifts,
        giftsDiffering: verdict.differing,
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
