import { type Instant, plusSeconds, SECONDS_PER_DAY } from '../kernel/time.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import { LATE_LOOK_SECONDS, lookAgainSeconds } from '../reconciliation/look-again.ts';

/** Who writes is reminded every week; a month of silence is also the leaders' matter. */
const REMIND_EVERY_DAYS = 7;
const ESCALATE_AFTER_DAYS = 28;
/** Then the closeout stops and calls a person: twice the 30 days within which a report is due (functions/duties). */
const OVERDUE_AFTER_DAYS = 60;

export type StatementReminder = {
  /** In the claim of each mail: one per round and week. */
  readonly name: string;
  readonly audience: 'authors' | 'leaders';
};

const daysAfter = (since: Instant, days: number): Instant => plusSeconds(since, days * SECONDS_PER_DAY);

/** Reports that came back this often are looked at within the hour; one that comes back again and again is in no hurry any more. */
const HURRIED_ROUNDS = 4;

/**
 * How soon to look again whether a statement was submitted. A return begins anew to wait, and so to look by the hour: without a bound on
 * these, a report that is returned often would use up its execution's history (test/workflows/history.test.ts).
 */
export const statementLookSeconds = (round: number, since: Instant, now: Instant): number =>
  round < HURRIED_ROUNDS ? lookAgainSeconds(since, now) : LATE_LOOK_SECONDS;

export const isOverdue = (since: Instant, now: Instant): boolean => now >= daysAfter(since, OVERDUE_AFTER_DAYS);

/** What people should have been told by now while their statement is waited for: of several weeks only the last. */
export function dueReminders(since: Instant, round: number, now: Instant): StatementReminder[] {
  let weeks = 0;
  while (now >= daysAfter(since, (weeks + 1) * REMIND_EVERY_DAYS)) weeks += 1;
  const reminders: StatementReminder[] = [{ name: `closeout-statement-${round}-${weeks}`, audience: 'authors' }];
  if (now >= daysAfter(since, ESCALATE_AFTER_DAYS))
    reminders.push({ name: `closeout-statement-${round}-escalated`, audience: 'leaders' });
  return reminders;
}

type About = {
  readonly campaignId: string;
  readonly title: string;
  readonly organisationName: string;
  readonly language: StaffMail['language'];
  readonly generatedData: boolean;
  /** Why the last round came back; `undefined` in the first. */
  readonly returned: string | undefined;
  readonly audience: StatementReminder['audience'];
};

/** The mail that asks for the statement. */
export function reminderMail(about: About): StaffMail {
  const { title, organisationName, language, generatedData, returned, audience, campaignId } = about;
  const common = { language, organisationName, generatedData };
  if (language === 'zh-CN')
    return {
      ...common,
      subject: returned === undefined ? `待填结项说明：${title}` : `结项报告已退回：${title}`,
      heading: returned === undefined ? '请填写结项说明' : '结项报告被退回，请修改说明',
      paragraphs: [
        returned === undefined
          ? `《${title}》的账目已经汇总，结项报告的数字草稿已生成。请填写只有人能说明的内容（成果、受益人数、偏差原因、审计意见、利息等）并提交。`
          : `《${title}》的结项报告被退回。请按意见修改说明并再次提交，报告将重新生成并重新签署。`,
        ...(audience === 'leaders' ? ['说明已逾四周未提交，特此告知负责人。'] : []),
      ],
      facts: [
        ['项目', title],
        ...(returned === undefined ? [] : [['退回原因', returned] as const]),
        ['项目编号', campaignId],
      ],
      footer: ['此信写给可以填写结项说明的人和逾期后的负责人，无需回复。'],
    };
  return {
    ...common,
    subject: returned === undefined ? `Closeout statement needed: ${title}` : `Closeout report returned: ${title}`,
    heading: returned === undefined ? 'Please write the closeout statement' : 'The closeout report was returned',
    paragraphs: [
      returned === undefined
        ? `The figures of “${title}” are added up, and a draft of the report is there. Please enter what only people can say (outputs, people reached, reasons of variances, audit opinion, interest) and submit it.`
        : `The closeout report of “${title}” was returned. Change the statement as asked and submit it again; the report is then written and signed anew.`,
      ...(audience === 'leaders' ? ['Nobody has submitted it for four weeks, so the leaders are told.'] : []),
    ],
    facts: [
      ['Campaign', title],
      ...(returned === undefined ? [] : [['Why', returned] as const]),
      ['Campaign no.', campaignId],
    ],
    footer: [
      'This mail goes to those who may write the statement, and to leaders when it is late. No answer is needed.',
    ],
  };
}
