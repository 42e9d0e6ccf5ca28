import { add, type Currency, formatMoney, type Minor, ZERO } from '../kernel/money.ts';
import { type Instant, SECONDS_PER_DAY, secondsUntil } from '../kernel/time.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import { atStakeOf, type ReconciliationItem } from './reconciliation-item.ts';

/** After how many days of waiting people are told again; 0 is at once. */
const TOLD_AFTER_DAYS = [0, 3, 7, 14, 28] as const;

/** Which telling is due: the last of the days that have passed. */
export function tellingDue(since: Instant, now: Instant): number {
  const days = Math.floor(-secondsUntil(since, now) / SECONDS_PER_DAY);
  return TOLD_AFTER_DAYS.findLast((after) => after <= days) ?? 0;
}

/** From here on an alarm rings, and the admins are told as well. */
export const LONG_WAIT_DAYS = 7;

type About = {
  readonly campaignId: string;
  readonly title: string;
  readonly organisationName: string;
  readonly language: 'zh-CN' | 'en';
  readonly currency: Currency;
  readonly generatedData: boolean;
};

/** The mail about items that hold a closeout up, in the campaign's language. Names no donor. */
export function reconciliationMail(items: readonly ReconciliationItem[], waitedDays: number, about: About): StaffMail {
  const { campaignId, title, organisationName, language, currency, generatedData } = about;
  const isChinese = language === 'zh-CN';
  const sumMinor = items.reduce<Minor>((sum, item) => add(sum, atStakeOf(item)), ZERO);
  const unassigned = items.filter(({ assignee }) => assignee === undefined).length;
  const heading = isChinese ? '结项等待处理对账差异' : 'A closeout waits for discrepancies to be settled';
  return {
    language,
    subject: isChinese ? `${heading}：${title}` : `${heading}: ${title}`,
    organisationName,
    heading,
    paragraphs: isChinese ? chinese(items.length, waitedDays) : english(items.length, waitedDays),
    facts: [
      [isChinese ? '活动' : 'Campaign', title],
      [isChinese ? '未处理差异' : 'Open items', String(items.length)],
      [isChinese ? '其中未指派' : 'Of these, nobody’s', String(unassigned)],
      [isChinese ? '涉及金额' : 'At stake', formatMoney(sumMinor, currency)],
    ],
    footer: [campaignId],
    generatedData,
  };
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
