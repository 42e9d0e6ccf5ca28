import { createHash } from 'node:crypto';
import { readPeople } from '../approvals/people.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { adjustmentsOf } from '../matching/matching-pool.store.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { closeoutKey, reportAddendaFrom, reportAddendumKey, reportToMailKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { readSpendingFigures } from '../spending/spending-figures.store.ts';
import { type CampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { findCloseout } from './closeout.store.ts';
import type { Closeout } from './closeout.ts';
import { addendumFile, REPORT_FORMATS } from './closeout-partition.ts';
import {
  type AddendumRequest,
  changedFigures,
  figuresOfReport,
  type ReportAddendum,
  reportAddendumSchema,
  type StandingFigures,
  signedFiguresSchema,
  standingNow,
} from './report-addendum.ts';
import { renderAddendumPdf } from './report-addendum-pages.ts';
import { mustBeThere } from './report-checks.ts';

export async function readAddendum(table: Table, campaignId: string, number: number): Promise<ReportAddendum> {
  const item = await table.get(reportAddendumKey(campaignId, number));
  return reportAddendumSchema.parse(mustBeThere(item, `addendum ${number} of ${campaignId}`));
}

/** Every addendum of a report, in order; each is a person's deed, so that there are some few. */
export async function addendaOf(table: Table, campaignId: string): Promise<ReportAddendum[]> {
  const addenda: ReportAddendum[] = [];
  for await (const item of everyItem(table, reportAddendaFrom(campaignId, 1)))
    addenda.push(reportAddendumSchema.parse(item));
  return addenda;
}

export type AddendumUse = { readonly table: Table; readonly files: CampaignFiles; readonly assetsFolder: string };
export type AddOutcome = { readonly kind: 'added' | 'already-added'; readonly addendum: ReportAddendum } | Refusal;
type Asked = {
  readonly request: AddendumRequest;
  readonly idempotencyKey: string;
  readonly by: string;
  readonly now: Instant;
};

/**
 * Writes the next addendum of a signed report: what the books say now against what was stated last. Its files first, then in
 * one transaction the addendum, its number and its place on the list of what is to be mailed; so no number is ever left out.
 * Throws TransientError while something is being counted, and where another was added at this moment.
 */
export async function addAddendum(use: AddendumUse, campaign: Campaign, asked: Asked): Promise<AddOutcome> {
  const { campaignId } = campaign;
  const closeout = await findCloseout(use.table, campaignId);
  if (closeout?.state !== 'signed')
    return refuse('not-signed', 'There is no signed report: what has to be said goes into the statement.');
  const addenda = await addendaOf(use.table, campaignId);
  const same = addenda.find(({ idempotencyKey }) => idempotencyKey === asked.idempotencyKey);
  if (same !== undefined) {
    return same.reason === asked.request.reason
      ? { kind: 'already-added', addendum: same }
      : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another addendum. Use a new one.');
  }
  const last = addenda.at(-1);
  const { standing, was, adjustments } = await figuresNow(use, closeout, last);
  const figures = changedFigures(was, standing);
  if (figures.length + asked.request.corrections.length === 0)
    return refuse('nothing-changed', 'No figure has changed since, and no words are corrected.');
  const addendum = await writtenAddendum(use, campaign, closeout, { ...asked, standing, figures, adjustments });
  const organisation = await findOrganisation(use.table, campaign.proposal.organisationId);
  const root = organisation?.path[0] ?? campaign.proposal.organisationId;
  const { number } = addendum;
  const outcome = await use.table.transact([
    { put: { ...reportAddendumKey(campaignId, number), ...addendum }, when: { absent: true } },
    {
      update: closeoutKey(campaignId),
      set: { addenda: number },
      when: { equals: { state: 'signed', addenda: number - 1 } },
    },
    {
      put: {
        ...reportToMailKey(root, campaignId, number),
        type: 'report-to-mail',
        campaignId,
        number,
        since: asked.now,
      },
    },
  ]);
  if (outcome.kind !== 'committed') throw new TransientError('another addendum was written at this moment');
  return { kind: 'added', addendum };
}

async function figuresNow({ table, files }: AddendumUse, closeout: Closeout, last: ReportAddendum | undefined) {
  const { campaignId } = closeout;
  if (closeout.files === undefined) throw new PermanentError(`the report of ${campaignId} has no files`);
  const signed = signedFiguresSchema.parse(await readJsonFile(files, closeout.files.json.key));
  const [totals, adjustments, spending] = await Promise.all([
    readTotals(table, campaignId),
    adjustmentsOf(table, campaignId),
    readSpendingFigures(table, campaignId),
  ]);
  const standing = standingNow(signed, { totals: totals.campaign, adjustments, spentMinor: spending.spentMinor });
  if (standing === undefined) throw new TransientError(`something of ${campaignId} is being counted at this moment`);
  return { standing, was: last?.standing ?? figuresOfReport(signed), adjustments: adjustments.length };
}

type Found = Asked & {
  readonly standing: StandingFigures;
  readonly figures: ReportAddendum['figures'];
  readonly adjustments: number;
};

async function writtenAddendum(
  { table, files, assetsFolder }: AddendumUse,
  { campaignId, proposal }: Campaign,
  closeout: Closeout,
  { request, idempotencyKey, by, now, standing, figures, adjustments }: Found,
): Promise<ReportAddendum> {
  const [organisation, [person]] = await Promise.all([
    findOrganisation(table, proposal.organisationId),
    readPeople(table, [by]),
  ]);
  const said = {
    type: 'report-addendum' as const,
    campaignId,
    number: closeout.addenda + 1,
    reportSha256: closeout.reportSha256,
    title: proposal.title,
    organisationName: organisation?.name ?? proposal.organisationId,
    language: proposal.language,
    zone: proposal.window.zone,
    generatedData: proposal.generatedData,
    reason: request.reason,
    corrections: request.corrections,
    figures,
    standing,
    adjustments,
    writtenBy: by,
    writtenByName: person?.name ?? by,
    writtenAt: now,
  };
  const json = JSON.stringify({ schema: 'yiqi.report-addendum/1', ...said }, null, 2);
  const sha256 = sha256Of(json);
  const pdf = await renderAddendumPdf({ ...said, sha256 }, assetsFolder);
  const keyOf = (format: 'json' | 'pdf') => addendumFile(campaignId, said.number, sha256, format);
  await files.write(keyOf('json'), json, REPORT_FORMATS.json);
  await files.write(keyOf('pdf'), pdf, REPORT_FORMATS.pdf);
  return {
    ...said,
    idempotencyKey,
    sha256,
    files: { json: { key: keyOf('json'), sha256 }, pdf: { key: keyOf('pdf'), sha256: sha256Of(pdf) } },
  };
}

const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
