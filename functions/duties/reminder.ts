import type { LocalDate } from '../kernel/time.ts';
import type { Fact } from '../notices/letter.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import type { Calendar } from './calendar.ts';
import { type Duty, daysLeft } from './duty.ts';
import { DUTY_KINDS } from './duty-kind.ts';

/** How many days before a duty's day its people are reminded. */
export const REMINDER_DAYS = [14, 7, 3, 1] as const;
/** What is overdue is told again every week until it is done. */
const ESCALATED_EVERY_DAYS = 7;

/** One mail about a duty: to whoever runs the campaign while it is near, and to the admins as well once it is overdue. */
export type Reminder = {
  /** With the duty's day in it: a day that moves is reminded of anew. Once sent, never again. */
  readonly claim: string;
  readonly isEscalated: boolean;
  readonly daysLeft: number;
};

/**
 * The reminder that is due for a duty today; `undefined` where none is. Runs that were missed are caught up by the last one
 * that would have been sent: five days before, that of seven days.
 */
export function reminderFor({ id, dueOn, state }: Duty, today: LocalDate): Reminder | undefined {
  if (state === 'done') return undefined;
  const left = daysLeft(dueOn, today);
  if (left < 0) {
    const week = Math.floor((-left - 1) / ESCALATED_EVERY_DAYS);
    return { claim: `duty-${id}-${dueOn}-overdue-${week}`, isEscalated: true, daysLeft: left };
  }
  const threshold = REMINDER_DAYS.findLast((days) => left <= days);
  return threshold === undefined
    ? undefined
    : { claim: `duty-${id}-${dueOn}-${threshold}`, isEscalated: false, daysLeft: left };
}

/** The mail about a duty, in the campaign's language. */
export function reminderMail(
  duty: Duty,
  reminder: Reminder,
  about: Pick<Calendar, 'language' | 'title'> & {
    /** The campaign's id, or the organisation's. */
    readonly reference: string;
    readonly organisationName: string;
    readonly generatedData: boolean;
  },
): StaffMail {
  const { language, title, reference, organisationName, generatedData } = about;
  const isChinese = language === 'zh-CN';
  const what = DUTY_KINDS[duty.kind][language];
  const when = isChinese ? chineseWhen(reminder.daysLeft) : englishWhen(reminder.daysLeft);
  const heading = isChinese ? `${when}：${what}` : `${what}: ${when}`;
  const facts: Fact[] = [
    [isChinese ? '活动' : 'Campaign', title],
    ...(duty.about === undefined ? [] : ([[isChinese ? '事项' : 'What', duty.about]] as const)),
    [isChinese ? '期限' : 'Due on', duty.dueOn],
    [isChinese ? '依据' : 'Rule', duty.rule],
  ];
  const advice = DUTY_KINDS[duty.kind].byHand
    ? isChinese
      ? '完成后请在系统中登记日期和说明。'
      : 'Once it is done, record the day and a note in the calendar.'
    : isChinese
      ? '完成后系统会自动更新。'
      : 'The calendar notices by itself when it is done.';
  return {
    language,
    subject: `${heading} · ${title}`,
    organisationName,
    heading,
    paragraphs: [advice],
    facts,
    footer: [`${reference} · ${duty.id}`],
    generatedData,
  };
}

function englishWhen(left: number): string {
  if (left < 0) return `${-left} ${left === -1 ? 'day' : 'days'} overdue`;
  if (left === 0) return 'due today';
  return `due in ${left} ${left === 1 ? 'day' : 'days'}`;
}

function chineseWhen(left: number): string {
  if (left < 0) return `已逾期 ${-left} 天`;
  return left === 0 ? '今日到期' : `还有 ${left} 天到期`;
}
