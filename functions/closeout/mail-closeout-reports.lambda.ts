import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { PermanentError, reasonOf } from '../kernel/errors.ts';
import { fingerprint } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type Mail, openMail, type SendMail } from '../notices/mail.gateway.ts';
import { NotAccepted, sendOnce } from '../notices/notice.store.ts';
import { type DueRun, type JobDefinition, type JobOutcome, jobFunction } from '../platform/job.ts';
import { campaignNoticeKey, reportsToMail } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { readCloseout } from './closeout.store.ts';
import { REPORT_FORMATS } from './closeout-partition.ts';
import { closeoutReportSchema } from './closeout-report.ts';
import { readAddendum } from './report-addendum.store.ts';
import { renderAddendumMail } from './report-addendum-mail.ts';
import { renderReportMail } from './report-mail.tsx';

export type MailReportsUse = { readonly table: Table; readonly files: CampaignFiles; readonly sendMail: SendMail };
/** Under the top of a tree: a signed report (number 0) or an addendum that is not with all its recipients. */
const toMailSchema = z.object({ pk: z.string(), sk: z.string(), campaignId: z.string(), number: z.number().int() });
type ToMail = z.infer<typeof toMailSchema>;
type Counted = { sent: number; uncertain: number; refused: number };

/**
 * Mails every signed report and addendum of an organisation's tree that is not mailed yet, to each recipient once. What cannot
 * be sent now stays on the list for the next run; one that may have been sent is left to a person (docs/runbook.md).
 */
async function mailReports({ organisationId }: DueRun, use: MailReportsUse, now: Instant): Promise<JobOutcome> {
  if (organisationId === undefined) throw new PermanentError('closeout reports are mailed for an organisation');
  const counted: Counted = { sent: 0, uncertain: 0, refused: 0 };
  let reports = 0;
  let failure: unknown;
  for await (const item of everyItem(use.table, reportsToMail(organisationId))) {
    const toMail = toMailSchema.parse(item);
    try {
      await mailOne(toMail, use, counted, now);
      // Only with the mails of all its recipients is a report off the list.
      await use.table.write({ delete: { pk: toMail.pk, sk: toMail.sk } });
      reports += 1;
    } catch (error) {
      // One report that cannot be sent now must not keep the others from their recipients: it stays on the list.
      const { campaignId, number } = toMail;
      log.warn('a closeout report could not be mailed', { campaignId, number, reason: reasonOf(error) });
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return { kind: counted.uncertain + counted.refused === 0 ? 'mailed' : 'mailed-in-part', reports, ...counted };
}

/** Mails one report to those who do not have it. Throws the NotAccepted of an address that may be tried again, after the others. */
async function mailOne(
  { campaignId, number }: ToMail,
  use: MailReportsUse,
  counted: Counted,
  now: Instant,
): Promise<void> {
  const { proposal } = await readCampaign(use.table, campaignId);
  const kind = number === 0 ? 'closeout-report' : `report-addendum-${number}`;
  const mail = await (number === 0 ? reportMail(use, campaignId) : addendumMail(use, campaignId, number));
  let tryAgain: NotAccepted | undefined;
  for (const to of new Set(proposal.reportRecipients)) {
    const key = campaignNoticeKey(campaignId, kind, fingerprint([to]));
    try {
      const prepare = async () => ({ message: { ...mail, to } });
      const outcome = await sendOnce(use.table, key, kind, now, prepare, use.sendMail);
      if (outcome.kind === 'uncertain') counted.uncertain += 1;
      else if (outcome.kind === 'sent') counted.sent += 1;
    } catch (error) {
      // One address that is refused must not keep the others from their report.
      if (!(error instanceof NotAccepted)) throw error;
      if (error.forGood) counted.refused += 1;
      else tryAgain = error;
    }
  }
  if (tryAgain !== undefined) throw tryAgain;
}

async function reportMail({ table, files }: MailReportsUse, campaignId: string): Promise<Omit<Mail, 'to'>> {
  const closeout = await readCloseout(table, campaignId);
  if (closeout.files === undefined || closeout.state !== 'signed')
    throw new PermanentError(`the report of ${campaignId} is not signed`);
  const { json, pdf, xlsx } = closeout.files;
  const report = closeoutReportSchema.parse(await readJsonFile(files, json.key));
  const [paper, workbook] = await Promise.all([files.read(pdf.key), files.read(xlsx.key)]);
  const attachments = [
    { filename: `closeout-${campaignId}.pdf`, contentType: REPORT_FORMATS.pdf, content: paper },
    { filename: `closeout-${campaignId}.xlsx`, contentType: REPORT_FORMATS.xlsx, content: workbook },
  ];
  const attachmentNames = attachments.map(({ filename }) => filename);
  return { ...(await renderReportMail(report, { attachmentNames, signatures: closeout.signatures })), attachments };
}

async function addendumMail(
  { table, files }: MailReportsUse,
  campaignId: string,
  number: number,
): Promise<Omit<Mail, 'to'>> {
  const addendum = await readAddendum(table, campaignId, number);
  const content = await files.read(addendum.files.pdf.key);
  const filename = `closeout-${campaignId}-addendum-${number}.pdf`;
  const attachments = [{ filename, contentType: REPORT_FORMATS.pdf, content }];
  return { ...(await renderAddendumMail(addendum, filename)), attachments };
}

export const definition: JobDefinition<MailReportsUse> = {
  name: 'mail-closeout-reports',
  open: () => ({ table: openTable(), files: openCampaignFiles(), sendMail: openMail() }),
  handle: mailReports,
};
export const handler = jobFunction(definition);
