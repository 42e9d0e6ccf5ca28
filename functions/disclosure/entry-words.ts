import { formatMoney, minor } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { Channel } from '../proofs/day-statement.ts';
import type { DisclosureKind } from './disclosure-entry.ts';
import type { DisclosureFigures } from './disclosure-figures.ts';
import type { PageLanguage } from './public-page-words.ts';

/** What each kind of entry is called. */
export const KIND_WORDS: Readonly<Record<PageLanguage, Readonly<Record<DisclosureKind, string>>>> = {
  'zh-CN': {
    progress: '募捐进展',
    full: '募捐情况（全面公开）',
    surplus: '剩余财产处理情况',
    'report-back': '捐赠款物使用反馈',
    'partner-evaluation': '合作方评估与监督情况',
    'project-progress': '项目进展与资金使用',
    'project-full': '项目情况（全面公开）',
    correction: '更正说明',
  },
  en: {
    progress: 'Progress of the fundraising',
    full: 'The campaign in full',
    surplus: 'What is done with what is left',
    'report-back': 'Report to the donors on the use of gifts',
    'partner-evaluation': 'Evaluation and supervision of partners',
    'project-progress': 'Progress of the project and use of its money',
    'project-full': 'The project in full',
    correction: 'Correction',
  },
};

export const CHANNEL_WORDS: Readonly<Record<PageLanguage, Readonly<Record<Channel, string>>>> = {
  'zh-CN': {
    'wechat-pay': '微信支付',
    alipay: '支付宝',
    stripe: 'Stripe',
    'other-platform': '其他平台',
    statement: '银行及平台对账单',
    cash: '现金',
    transfer: '转账',
    directed: '定向捐赠',
  },
  en: {
    'wechat-pay': 'WeChat Pay',
    alipay: 'Alipay',
    stripe: 'Stripe',
    'other-platform': 'Other platforms',
    statement: 'Bank and platform statements',
    cash: 'Cash',
    transfer: 'Transfer',
    directed: 'Directed gifts',
  },
};

export function entryTitle(
  kind: DisclosureKind,
  language: PageLanguage,
  { from, until }: { readonly from: LocalDate; readonly until: LocalDate },
  corrected?: number,
): string {
  const name = KIND_WORDS[language][kind];
  if (corrected !== undefined)
    return language === 'en' ? `${name} of entry ${corrected}` : `${name}（第 ${corrected} 号）`;
  return language === 'en' ? `${name}, ${from} to ${until}` : `${name}（${from} 至 ${until}）`;
}

/** The text of a report that is made of figures alone, which a person may replace before it is published. */
export function draftedText(figures: DisclosureFigures, language: PageLanguage): string {
  const money = (amount: number): string => formatMoney(minor(amount), figures.currency);
  const { raised, match, goods, spending, asOf } = figures;
  const spentBy = asOf.spendingDay ?? asOf.day;
  const goodsPart = goods.receivedMinor - goods.backMinor;
  if (language === 'en')
    return [
      `Up to ${asOf.day}: ${raised.gifts} gifts, ${money(raised.moneyMinor)} in money, of which ${money(raised.moneyBackMinor)} went back; ${money(raised.netMinor)} net.`,
      ...(match.matchMinor + match.lumpMinor === 0
        ? []
        : [`Sponsors add ${money(match.matchMinor + match.lumpMinor)}, apart from the gifts.`]),
      ...(goodsPart === 0 ? [] : [`Goods assessed at ${money(goodsPart)} were given; they are in no sum with money.`]),
      spending === null
        ? `Nothing has been spent by ${spentBy}.`
        : `Spent by ${spentBy}: ${money(spending.spentMinor)}.`,
    ].join('\n');
  return [
    `截至 ${asOf.day}，共收到捐赠 ${raised.gifts} 笔，捐款 ${money(raised.moneyMinor)}，其中退款 ${money(raised.moneyBackMinor)}，净额 ${money(raised.netMinor)}。`,
    ...(match.matchMinor + match.lumpMinor === 0
      ? []
      : [`配捐 ${money(match.matchMinor + match.lumpMinor)}，另列，不计入捐款。`]),
    ...(goodsPart === 0 ? [] : [`捐赠物资评估价值 ${money(goodsPart)}，另列，不与捐款合计。`]),
    spending === null ? `截至 ${spentBy}，尚无支出。` : `截至 ${spentBy}，已支出 ${money(spending.spentMinor)}。`,
  ].join('\n');
}
