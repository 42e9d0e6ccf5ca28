import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { fingerprint } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type Mail, openMail, type SendMail } from '../notices/mail.gateway.ts';
import { NotAccepted, sendOnce } from '../notices/notice.store.ts';
import { campaignNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from './campaign-files.gateway.ts';
import { reportFile } from './closeout-partition.ts';
import { closeoutReportSchema } from './closeout-report.ts';
import { renderReportMail } from './report-mail.tsx';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type MailReportUse = { readonly table: Table; readonly files: CampaignFiles; readonly sendMail: SendMail };
const NOTICE = 'closeout-report';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * Mails the report to each recipient once, PDF and XLSX attached. Repeated, it goes on with those who have not got it;
 * one that may have been sent already is left to a person (docs/runbook.md).
 */
async function mailReport(
  { campaignId }: Input,
  use: MailReportUse,
  now: Instant,
): Promise<{ kind: string; sent: number; uncertain: number; refused: number }> {
  const { proposal } = await readCampaign(use.table, campaignId);
  const mail = await composeReportMail(campaignId, use.files);
  const result = { sent: 0, uncertain: 0, refused: 0 };
  let tryAgain: NotAccepted | undefined;
  for (const to of new Set(proposal.reportRecipients)) {
    const key = campaignNoticeKey(campaignId, NOTICE, fingerprint([to]));
    try {
      const outcome = await sendOnce(
        use.table,
        key,
        NOTICE,
        now,
        async () => ({ message: { ...mail, to } }),
        use.sendMail,
      );
      if (outcome.kind === 'uncertain') result.uncertain += 1;
      else result.sent += 1;
    } catch (error) {
      // One address that is refused must not keep the others from their report.
      if (!(error instanceof NotAccepted)) throw error;
      if (error.forGood) result.refused += 1;
      else tryAgain = error;
    }
  }
  log.info('report mailed', { campaignId, ...result });
  if (tryAgain !== undefined) throw tryAgain;
  return { kind: result.uncertain + result.refused === 0 ? 'mailed' : 'mailed-in-part', ...result };
}

async function composeReportMail(campaignId: string, files: CampaignFiles): Promise<Omit<Mail, 'to'>> {
  const report = closeoutReportSchema.parse(await readJsonFile(files, reportFile(campaignId, 'json')));
  const [pdf, xlsx] = await Promise.all([
    files.read(reportFile(campaignId, 'pdf')),
    files.read(reportFile(campaignId, 'xlsx')),
  ]);
  const attachments = [
    { filename: `closeout-${campaignId}.pdf`, contentType: 'application/pdf', content: pdf },
    { filename: `closeout-${campaignId}.xlsx`, contentType: XLSX, content: xlsx },
  ];
  const attachmentNames = attachments.map(({ filename }) => filename);
  return { ...(await renderReportMail(report, { attachmentNames })), attachments };
}

export const definition: TaskDefinition<Input, MailReportUse> = {
  name: 'mail-report',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), sendMail: openMail() }),
  handle: mailReport,
};
export const handler = taskFunction(definition);
