import { add, type Currency, formatMoney, type Minor, ZERO } from '../kernel/money.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import { atStakeOf, type ReconciliationItem } from './reconciliation-item.ts';

/** The campaign that a mail about items is of. */
export type AboutCampaign = {
  readonly campaignId: string;
  readonly title: string;
  readonly organisationName: string;
  readonly language: 'zh-CN' | 'en';
  readonly currency: Currency;
  readonly generatedData: boolean;
};

/** What one mail says of its items, in the campaign's language; `counted` names their number. */
export type ItemsWords = {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly counted: string;
};

/** A mail to staff about items: how many, how many are nobody's, and what is at stake (minor units, added up). Names no donor. */
export function itemsMail(items: readonly ReconciliationItem[], words: ItemsWords, about: AboutCampaign): StaffMail {
  const { campaignId, title, organisationName, language, currency, generatedData } = about;
  const isChinese = language === 'zh-CN';
  const sumMinor = items.reduce<Minor>((sum, item) => add(sum, atStakeOf(item)), ZERO);
  const unassigned = items.filter(({ assignee }) => assignee === undefined).length;
  return {
    language,
    subject: isChinese ? `${words.heading}：${title}` : `${words.heading}: ${title}`,
    organisationName,
    heading: words.heading,
    paragraphs: words.paragraphs,
    facts: [
      [isChinese ? '活动' : 'Campaign', title],
      [words.counted, String(items.length)],
      [isChinese ? '其中未指派' : 'Of these, nobody’s', String(unassigned)],
      [isChinese ? '涉及金额' : 'At stake', formatMoney(sumMinor, currency)],
    ],
    footer: [campaignId],
    generatedData,
  };
}
