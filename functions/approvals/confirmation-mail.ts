import { formatMoney } from '../kernel/money.ts';
import type { Fact } from '../notices/letter.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import type { Confirmation } from './confirmation.ts';
import type { ConfirmationNotice } from './confirmation-notices.ts';

/** Entries that one mail lists; of more it says how many there are. */
const MOST_LISTED = 12;

const KINDS: Readonly<Record<Confirmation['language'], Readonly<Record<Confirmation['kind'], string>>>> = {
  'zh-CN': {
    expenditure: '支出',
    aid: '救助金',
    reversal: '冲回',
    transfer: '预算调剂',
    surplus: '剩余财产处理',
    'write-off': '物资核销',
    return: '物资退回',
  },
  en: {
    expenditure: 'Expenditure',
    aid: 'Aid',
    reversal: 'Reversal',
    transfer: 'Transfer between lines',
    surplus: 'Surplus',
    'write-off': 'Goods written off',
    return: 'Goods taken back',
  },
};

export type ConfirmationMail = {
  readonly notice: ConfirmationNotice;
  /** At least one, all of one campaign. */
  readonly confirmations: readonly Confirmation[];
  readonly organisationName: string;
  /** The names of those for whom the recipient would decide; empty for whoever decides for themselves. */
  readonly onBehalfOf: readonly string[];
  /** Whether the recipient cannot decide, and is told so that somebody does. */
  readonly isToWatch: boolean;
};

/** What one person is told of what waits, in the campaign's language. Names no payee, no beneficiary and nobody's purpose. */
export function confirmationMail(mail: ConfirmationMail): StaffMail {
  const { notice, confirmations, organisationName } = mail;
  const [first] = confirmations;
  const { language = 'zh-CN', title = '', campaignId = '', generatedData = false } = first ?? {};
  const heading = language === 'zh-CN' ? chineseHeading(notice, confirmations) : englishHeading(notice, confirmations);
  return {
    language,
    subject: language === 'zh-CN' ? `${heading}：${title}` : `${heading}: ${title}`,
    organisationName,
    heading,
    paragraphs: language === 'zh-CN' ? chinese(mail) : english(mail),
    facts: [[language === 'zh-CN' ? '活动' : 'Campaign', title], ...listed(confirmations, language)],
    footer: [campaignId],
    generatedData,
  };
}

function listed(confirmations: readonly Confirmation[], language: Confirmation['language']): Fact[] {
  const isChinese = language === 'zh-CN';
  const shown = confirmations.slice(0, MOST_LISTED).map(({ kind, amountMinor, quantity, currency }): Fact => {
    const pieces = isChinese ? `${quantity ?? 0} 件` : `${quantity ?? 0} pieces`;
    return [KINDS[language][kind], amountMinor === undefined ? pieces : formatMoney(amountMinor, currency)];
  });
  const more = confirmations.length - shown.length;
  return more === 0 ? shown : [...shown, isChinese ? ['另有', `${more} 项`] : ['And', `${more} more`]];
}

const chineseHeading = ({ kind }: ConfirmationNotice, { length }: readonly Confirmation[]): string =>
  kind === 'entered' ? `${length} 项申请待复核` : `${length} 项申请仍待复核`;
const englishHeading = ({ kind }: ConfirmationNotice, { length }: readonly Confirmation[]): string => {
  const what = length === 1 ? 'An entry' : `${length} entries`;
  return `${what} ${kind === 'entered' ? 'to confirm' : 'still to confirm'}`;
};

function chinese({ notice, confirmations, onBehalfOf, isToWatch }: ConfirmationMail): string[] {
  const hours = confirmations[0]?.escalateAfterHours ?? 0;
  return [
    ...(notice.kind === 'escalation' ? [`登记已满 ${hours} 小时，尚无第二人复核。`] : []),
    isToWatch
      ? '请督促财务或审批人员处理：登记人不能复核本人登记的事项。'
      : '请核对凭证后确认或退回。登记人不能复核本人登记的事项，也不能委托他人代为复核。',
    ...(onBehalfOf.length === 0 ? [] : [`您是受${onBehalfOf.join('、')}委托代为复核。`]),
  ];
}
function english({ notice, confirmations, onBehalfOf, isToWatch }: ConfirmationMail): string[] {
  const hours = confirmations[0]?.escalateAfterHours ?? 0;
  return [
    ...(notice.kind === 'escalation' ? [`Nobody has given a second person’s word within ${hours} hours.`] : []),
    isToWatch
      ? 'See to it that finance or an approver does: nobody confirms what they have entered.'
      : 'Look at the papers, then confirm or reject. Nobody confirms what they have entered, nor lets another do it for them.',
    ...(onBehalfOf.length === 0 ? [] : [`You would decide for ${onBehalfOf.join(', ')}.`]),
  ];
}
