import { type Instant, SECONDS_PER_DAY, secondsUntil } from '../kernel/time.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import { type AboutCampaign, itemsMail } from './items-mail.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';

/** After how many days of waiting people are told again; 0 is at once. */
const TOLD_AFTER_DAYS = [0, 3, 7, 14, 28] as const;

/** Which telling is due: the last of the days that have passed. */
export function tellingDue(since: Instant, now: Instant): number {
  const days = Math.floor(-secondsUntil(since, now) / SECONDS_PER_DAY);
  return TOLD_AFTER_DAYS.findLast((after) => after <= days) ?? 0;
}

/** From here on an alarm rings, and the admins are told as well. */
export const LONG_WAIT_DAYS = 7;

/** The mail about items that hold a closeout up, in the campaign's language. Names no donor. */
export function reconciliationMail(
  items: readonly ReconciliationItem[],
  waitedDays: number,
  about: AboutCampaign,
): StaffMail {
  const words =
    about.language === 'zh-CN'
      ? {
          heading: '结项等待处理对账差异',
          paragraphs: chinese(items.length, waitedDays),
          counted: '未处理差异',
        }
      : {
          heading: 'A closeout waits for discrepancies to be settled',
          paragraphs: english(items.length, waitedDays),
          counted: 'Open items',
        };
  return itemsMail(items, words, about);
}

const chinese = (items: number, waitedDays: number): string[] => [
  waitedDays === 0
    ? `账单核对发现 ${items} 项差异，结项已暂停。`
    : `结项已等待 ${waitedDays} 天，仍有 ${items} 项差异未处理。`,
  '请将每一项指派到人，查明后注明原因予以处理，或结转至下一期间；也可由财务人员对全部未处理项目逐一列明并签字承担，结项随即继续。',
];
const english = (items: number, waitedDays: number): string[] => [
  waitedDays === 0
    ? `${counted(items)} between the bills and the books, and the closeout waits.`
    : `The closeout has waited for ${waitedDays} days: ${counted(items)}.`,
  'Assign each to a person, and resolve it with a reason or carry it to the next period. Or finance signs all of them over, naming each; then the closeout goes on.',
];
const counted = (items: number): string =>
  items === 1 ? 'There is 1 discrepancy' : `There are ${items} discrepancies`;
