import * as z from 'zod';
import { readPeople } from '../approvals/people.store.ts';
import { attachmentsOf } from '../campaigns/attachment.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { add, amountMinorSchema, minor, subtract } from '../kernel/money.ts';
import { type Instant, localDateSchema } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Table } from '../platform/table.ts';
import type { ReconciliationStanding } from '../reconciliation/reconciliation-standing.ts';
import { readSpendingFigures } from '../spending/spending-figures.store.ts';
import { type CampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { type ClosedBooks, matchFigures } from './closed-books.ts';
import { readCloseout } from './closeout.store.ts';
import { reconciliationFile } from './closeout-partition.ts';
import { type CloseoutReportInput, closeoutReportInputSchema } from './closeout-report.ts';
import type { CloseoutStatement, StoredStatement } from './closeout-statement.ts';
import type { CloseoutSummary } from './closeout-summary.ts';
import type { Compared, EarlierUnit } from './report-account.ts';
import { mustBeThere } from './report-checks.ts';
import { decidersOf, type ItemsRead, itemsReadOf } from './report-reconciliation.ts';

type Use = { readonly table: Table; readonly files: CampaignFiles };
type Closed = {
  readonly summary: CloseoutSummary;
  readonly books: ClosedBooks;
  readonly partitions: number;
  /** Submitted; `undefined` in the draft before anybody said anything. */
  readonly stored: StoredStatement | undefined;
  readonly standing: ReconciliationStanding;
  readonly now: Instant;
};

/** Everything that the report is made from, checked against its schema. */
export async function readReportInput(use: Use, campaign: Campaign, closed: Closed): Promise<CloseoutReportInput> {
  const { campaignId, proposal } = campaign;
  const { summary, books, partitions, stored, standing, now } = closed;
  const organisation = await findOrganisation(use.table, proposal.organisationId);
  const { matchedGifts, heldGifts, ...totals } = summary.totals;
  const { firstDay, lastDay, zone } = proposal.window;
  return closeoutReportInputSchema.parse({
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
    totals: { ...totals, donors: books.donors },
    unitTotals: summary.units,
    dayTotals: summary.days,
    hourTotals: summary.hours,
    channelTotals: summary.channels.map(({ channel, gifts, raisedMinor, refundedMinor }) => ({
      channel,
      gifts,
      raisedMinor,
      refundedMinor,
    })),
    match: { ...matchFigures(books, summary.outcomes), matchedGifts, heldGifts },
    spending: await spendingOf(use.table, campaignId),
    reconciliation: await readJsonFile(use.files, reconciliationFile(campaignId)),
    itemsRead: await itemsReadIn(use.table, standing),
    statement: stored === undefined ? null : await saidIn(use, campaignId, stored.statement),
    preparation: await preparationOf(use.table, stored),
    read: {
      partitions,
      adjustments: books.adjustments.length,
      directedGifts: summary.channels.find(({ channel }) => channel === 'enterprise')?.gifts ?? 0,
    },
    preparedAt: now,
    generatedData: proposal.generatedData,
  });
}

/** The items, with the names of those who decided about them. */
async function itemsReadIn(table: Table, standing: ReconciliationStanding): Promise<ItemsRead> {
  const people = await readPeople(table, decidersOf(standing));
  const names = new Map(people.map(({ personId, name }) => [personId, name ?? personId]));
  return itemsReadOf(standing, (personId) => names.get(personId) ?? personId);
}

/** Spending as the report shows it: of aid and goods what the report has room for, and never a name. */
async function spendingOf(table: Table, campaignId: string) {
  const spending = await readSpendingFigures(table, campaignId);
  const { spentMinor, aid, goods, goodsReceivedMinor, goodsIssuedMinor, surplus, surplusIn, entries } = spending;
  return {
    lines: spending.lines.map(
      ({ lineNo, item, kind, plannedMinor, transferredMinor, currentMinor, spentMinor: spent, varianceReason }) => ({
        lineNo,
        item,
        kind,
        plannedMinor,
        transferredMinor,
        currentMinor,
        spentMinor: spent,
        ...(varianceReason === undefined ? {} : { varianceReason }),
      }),
    ),
    spentMinor,
    aid,
    goods: goods.map(({ item, unit, received, issued, onHand, receivedMinor, issuedMinor }) => ({
      item,
      unit,
      received,
      issued,
      onHand,
      receivedMinor,
      issuedMinor,
    })),
    goodsReceivedMinor,
    goodsIssuedMinor,
    ...(surplus === undefined ? {} : { surplus }),
    ...(surplusIn.length === 0
      ? {}
      : { surplusIn: surplusIn.map(({ from, amountMinor, decidedOn }) => ({ from, amountMinor, decidedOn })) }),
    entries,
  };
}

async function saidIn({ table, files }: Use, campaignId: string, statement: CloseoutStatement) {
  const { variances = [], evidence = [], earlier = [], commendation, ...outcome } = statement;
  const attachments = await attachmentsOf(table, campaignId);
  const shown = evidence.map((id) => {
    const found = attachments.find((one) => one.attachmentId === id && one.state === 'stored');
    const { attachmentId, name, kind, contentType, bytes, sha256 } = mustBeThere(found, `attachment ${id}`);
    return { attachmentId, name, kind, contentType, bytes, sha256 };
  });
  const compared = await Promise.all(
    earlier.map((one) => ('campaignId' in one ? reported({ table, files }, one.campaignId) : byHand(one))),
  );
  return {
    outcome: { ...outcome, evidence: shown },
    variances,
    ...(commendation === undefined ? {} : { commendation }),
    earlier: compared.map((one) => one.compared),
    earlierUnits: compared.find(({ units }) => units.length > 0)?.units ?? [],
  };
}

type Earlier = { readonly compared: Compared; readonly units: readonly EarlierUnit[] };
type ByHand = Exclude<NonNullable<CloseoutStatement['earlier']>[number], { readonly campaignId: string }>;

const byHand = ({ title, year, gifts, donors, raisedMinor, matchedMinor, takenFrom }: ByHand): Earlier => ({
  compared: {
    title,
    year,
    gifts,
    donors: donors ?? null,
    netMinor: raisedMinor,
    matchedMinor,
    from: { kind: 'by-hand', takenFrom },
  },
  units: [],
});

/** What is read of an earlier report, whichever version of the document it is: these members have been there since version 2. */
const earlierReportSchema = z.object({
  campaign: z.object({ title: z.string(), firstDay: localDateSchema }),
  summary: z.object({ gifts: z.number().int(), donors: z.number().int().optional(), netMinor: amountMinorSchema }),
  match: z.object({ matchedMinor: amountMinorSchema }),
  units: z.array(
    z.object({
      id: z.string().nullable(),
      name: z.string().nullable(),
      raisedMinor: amountMinorSchema,
      refundedMinor: amountMinorSchema.default(minor(0)),
    }),
  ),
});

async function reported({ table, files }: Use, campaignId: string): Promise<Earlier> {
  const closeout = await readCloseout(table, campaignId);
  const kept = mustBeThere(closeout.state === 'signed' ? closeout.files : undefined, `the report of ${campaignId}`);
  const { campaign, summary, match, units } = earlierReportSchema.parse(await readJsonFile(files, kept.json.key));
  return {
    compared: {
      title: campaign.title,
      year: Number(campaign.firstDay.slice(0, 4)),
      gifts: summary.gifts,
      donors: summary.donors ?? null,
      netMinor: add(summary.netMinor, minor(0)),
      matchedMinor: match.matchedMinor,
      from: { kind: 'report', campaignId, sha256: closeout.reportSha256 },
    },
    units: units.flatMap(({ id, name, raisedMinor, refundedMinor }) =>
      id === null ? [] : [{ id, name: name ?? id, netMinor: subtract(raisedMinor, refundedMinor) }],
    ),
  };
}

async function preparationOf(table: Table, stored: StoredStatement | undefined) {
  if (stored === undefined) return { round: 0, preparedBy: [] };
  const { round, version, submittedAt, workedOnBy } = stored;
  const people = await readPeople(table, workedOnBy);
  return {
    round,
    statementVersion: version,
    ...(submittedAt === undefined ? {} : { submittedAt }),
    preparedBy: people.map(({ personId, name }) => ({ personId, name: name ?? personId })),
  };
}
