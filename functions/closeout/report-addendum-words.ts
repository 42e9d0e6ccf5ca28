import { longDate } from '../kernel/day-text.ts';
import { formatMoney, minor } from '../kernel/money.ts';
import { localDateOf, localTimeText } from '../kernel/time.ts';
import { adjustmentKindText } from '../matching/change-words.ts';
import type { AddendumChange } from './addendum-change.ts';
import { ADDENDUM_FIGURES, type AddendumFigure, type Effects } from './addendum-figure.ts';
import type { ChangedItem } from './addendum-item.ts';
import type { Signature } from './closeout.ts';
import type { AddendumContent } from './report-addendum.ts';
import { itemWords, stateText } from './report-reconciliation-words.ts';
import { countText } from './report-words.ts';

/** An addendum as it is shown, with who has signed it: nobody yet where it is a draft. */
export type SaidAddendum = AddendumContent & { readonly sha256: string; readonly signatures: readonly Signature[] };
type Words = typeof chinese;

const chinese = {
  kicker: (number: number) => `结项报告补充说明 第 ${number} 号`,
  subject: (title: string, number: number) => `【结项报告补充说明】第 ${number} 号：${title}`,
  intro: (title: string) => `《${title}》的结项报告签署后，有以下变动。原报告保持不变。`,
  reason: '原因',
  changes: '数字变动',
  corrections: '文字更正',
  causes: '变动来自',
  causesNote: '下列分录的影响合计即为上表各项数字的变动。',
  entry: '分录',
  time: '时间',
  effect: '影响',
  settlement: (number: number, what: string) => `第 ${number} 号调整：${what}`,
  lateGift: (giftNo: number) => `第 ${giftNo} 笔捐款，配捐结束后入账`,
  spending: (first: number, last: number) =>
    first === last ? `支出账第 ${first} 号` : `支出账第 ${first} 至 ${last} 号`,
  others: (entries: string) => `其余 ${entries} 条分录合计`,
  items: '对账差异的变化',
  item: '差异',
  noEffect: '数字不变',
  found: '签署后发现',
  signatures: '签署',
  unsigned: '草稿：尚未签署',
  signsAs: '签署步骤',
  signer: '签署人',
  signedAt: '签署时间',
  sources: '各项数字的计算方法',
  computedBy: '查询',
  from: '分区',
  itemCount: '条数',
  figure: '指标',
  was: '原为',
  is: '现为',
  change: '变动',
  what: '内容',
  noFigures: '没有数字变动。',
  by: '编制',
  of: '所补充的报告（SHA-256）',
  attached: '附件',
  fingerprint: '校验值',
  warning: '演示数据：并非真实捐赠。',
  short: '演示数据',
  campaignId: '项目编号',
  figures: {
    gifts: '捐款笔数',
    raisedMinor: '捐款金额',
    refundedMinor: '退还捐款',
    refundedGifts: '全额退还的捐款',
    netMinor: '捐款净额',
    matchedMinor: '配捐金额',
    lumpMinor: '一次性配捐',
    totalMinor: '捐款与配捐合计',
    spentMinor: '实际支出',
  } satisfies Record<AddendumFigure, string>,
};

const english: Words = {
  kicker: (number) => `Addendum ${number} to the closeout report`,
  subject: (title, number) => `Addendum ${number} to the closeout report: ${title}`,
  intro: (title) =>
    `Since the closeout report of “${title}” was signed, this has changed. The report itself stands as it is.`,
  reason: 'Why',
  changes: 'Figures that changed',
  corrections: 'Corrected words',
  causes: 'What changed them',
  causesNote: 'What these entries change adds up to the differences above.',
  entry: 'Entry',
  time: 'When',
  effect: 'Changes',
  settlement: (number, what) => `Settlement ${number}: ${what}`,
  lateGift: (giftNo) => `Gift ${giftNo}, counted after matching had closed`,
  spending: (first, last) => (first === last ? `Spending, entry ${first}` : `Spending, entries ${first} to ${last}`),
  others: (entries) => `${entries} more entries together`,
  items: 'Items of the reconciliation',
  item: 'Item',
  noEffect: 'no figure',
  found: 'found since',
  signatures: 'Signatures',
  unsigned: 'Draft: not signed',
  signsAs: 'Signs as',
  signer: 'Who',
  signedAt: 'When',
  sources: 'How each figure was computed',
  computedBy: 'Question',
  from: 'Asked of',
  itemCount: 'Items',
  figure: 'Figure',
  was: 'Was',
  is: 'Is',
  change: 'Change',
  what: 'What',
  noFigures: 'No figure has changed.',
  by: 'Written by',
  of: 'To the report (SHA-256)',
  attached: 'Attached',
  fingerprint: 'Fingerprint',
  warning: 'Demonstration data: these gifts were made up.',
  short: 'Demonstration data',
  campaignId: 'Campaign no.',
  figures: {
    gifts: 'Gifts',
    raisedMinor: 'Raised',
    refundedMinor: 'Refunded',
    refundedGifts: 'Gifts refunded whole',
    netMinor: 'Net raised',
    matchedMinor: 'Matched',
    lumpMinor: 'Lump sums',
    totalMinor: 'Raised and matched',
    spentMinor: 'Spent',
  },
};

export const addendumWords = (language: SaidAddendum['language']): Words => (language === 'zh-CN' ? chinese : english);

const amountText = (figure: AddendumFigure, amount: number): string =>
  figure.endsWith('Minor') ? formatMoney(minor(amount), 'CNY') : countText(amount);

/** One row for each figure that changed: what it was, what it is, by how much. */
export const figureRows = ({ figures, language }: SaidAddendum): [string, string, string, string][] =>
  figures.map(({ figure, was, is }) => [
    addendumWords(language).figures[figure],
    amountText(figure, was),
    amountText(figure, is),
    `${is > was ? '+' : '−'}${amountText(figure, Math.abs(is - was))}`,
  ]);

/** What was changed, in words: `Refunded +¥80.00; Net raised −¥80.00`. */
export function effectsText(effects: Effects, language: SaidAddendum['language']): string {
  const words = addendumWords(language);
  const parts = ADDENDUM_FIGURES.flatMap((figure) => {
    const by = effects[figure] ?? 0;
    return by === 0 ? [] : [`${words.figures[figure]} ${by > 0 ? '+' : '−'}${amountText(figure, Math.abs(by))}`];
  });
  return parts.length === 0 ? words.noEffect : parts.join(language === 'zh-CN' ? '；' : '; ');
}

function entryText(change: AddendumChange, language: SaidAddendum['language']): string {
  const words = addendumWords(language);
  switch (change.kind) {
    case 'settlement':
      return words.settlement(change.number, adjustmentKindText(change.what, language));
    case 'late-gift':
      return words.lateGift(change.giftNo);
    case 'spending':
      return words.spending(change.firstNumber, change.lastNumber);
    case 'others':
      return words.others(countText(change.entries));
  }
}

/** One row for each entry that changed a figure: what it is, when, what it changed. */
export const changeRows = ({ changes, language, zone }: SaidAddendum): [string, string, string][] =>
  changes.map((one) => [
    entryText(one, language),
    'at' in one ? localTimeText(one.at, zone).slice(0, 16) : '',
    effectsText(one.effects, language),
  ]);

const wasText = ({ was }: ChangedItem, language: SaidAddendum['language']): string => {
  const words = itemWords(language);
  if (was === null) return addendumWords(language).found;
  return was.resolvedAs === undefined ? words.states[was.state] : words.resolvedAs[was.resolvedAs];
};

/** One row for each item that changed: what it is about, how it stood, how it stands, and what that changed. */
export const itemRows = ({ items, language }: SaidAddendum): [string, string, string, string][] =>
  items.map((item) => [
    `${itemWords(language).classes[item.class]} ${item.transactionId}`,
    wasText(item, language),
    stateText(item, language),
    effectsText(item.effects, language),
  ]);

export const writtenText = ({ writtenByName, writtenAt, zone, language }: SaidAddendum): string =>
  `${writtenByName}${language === 'zh-CN' ? '，' : ', '}${longDate(localDateOf(writtenAt, zone), language)}`;
