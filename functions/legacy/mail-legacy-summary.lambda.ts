import * as z from 'zod';
import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { type Mail, openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { legacyNoticeKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readExercise } from './exercise.store.ts';
import { summaryFile } from './legacy-exercise.ts';
import { yuanText } from './legacy-summary-pages.ts';
import { readSummary } from './summary.store.ts';

const inputSchema = z.object({ exerciseId: z.string(), round: z.number().int().min(1) });
type Input = z.infer<typeof inputSchema>;
export type MailSummaryUse = { readonly table: Table; readonly files: CampaignFiles; readonly sendMail: SendMail };
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Mails the summary of a round to each recipient once, PDF and XLSX attached, whatever is repeated. */
async function mailSummary(
  { exerciseId, round }: Input,
  use: MailSummaryUse,
  now: Instant,
): Promise<{ kind: 'mailed'; sent: number }> {
  const exercise = await readExercise(use.table, exerciseId);
  const [summary, organisation, pdf, xlsx] = await Promise.all([
    readSummary(use.table, exerciseId, round),
    findOrganisation(use.table, exercise.organisationId),
    use.files.read(summaryFile(exerciseId, round, 'pdf')),
    use.files.read(summaryFile(exerciseId, round, 'xlsx')),
  ]);
  const failed =
    summary.failures === 0 ? [] : [`另有 ${summary.failures} 个项目本轮未能结项，原因见附件，补正后可再次结项。`];
  const outside =
    summary.rowsOutside === 0
      ? []
      : [`登记表中另有 ${summary.rowsOutside} 行未列入本汇总（无法读取或未导入），明细见附件。`];
  const mail = await renderStaffMail({
    language: 'zh-CN',
    subject: `${exercise.title}：清理结项汇总（第${round}轮）`,
    organisationName: organisation?.name ?? '',
    heading: `${summary.projects} 个项目已结项`,
    paragraphs: ['清理结项汇总报告见附件（PDF 与 XLSX）。资金与物资折价分列，不相加。', ...failed, ...outside],
    facts: [
      ['结项项目', `${summary.projects} 个`],
      ['资金', `${yuanText(summary.moneyMinor)} 元`],
      ['物资折价', `${yuanText(summary.goodsMinor)} 元`],
      ['汇总文件 SHA-256', summary.sha256],
    ],
    footer: ['此邮件发给清理结项工作设定的收件人。'],
    generatedData: false,
  });
  const attachments: Mail['attachments'] = [
    { filename: `legacy-${exerciseId}-${round}.pdf`, contentType: 'application/pdf', content: pdf },
    { filename: `legacy-${exerciseId}-${round}.xlsx`, contentType: XLSX, content: xlsx },
  ];
  const sent = await mailOnce(
    use,
    `legacy-summary-${round}`,
    exercise.recipients,
    { ...mail, attachments },
    now,
    (kind, recipient) => legacyNoticeKey(exerciseId, kind, recipient),
  );
  return { kind: 'mailed', sent };
}

export const definition: TaskDefinition<Input, MailSummaryUse> = {
  name: 'mail-legacy-summary',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), sendMail: openMail() }),
  handle: mailSummary,
};
export const handler = taskFunction(definition);
