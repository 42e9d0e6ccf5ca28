import { longDate } from '../kernel/day-text.ts';
import { formatMoney, minor } from '../kernel/money.ts';
import { localDateOf } from '../kernel/time.ts';
import type { AddendumFigure, ReportAddendum } from './report-addendum.ts';
import { countText } from './report-words.ts';

export type SaidAddendum = Omit<ReportAddendum, 'files' | 'idempotencyKey'>;
type Words = typeof chinese;

const chinese = {
  kicker: (number: number) => `结项报告补充说明 第 ${number} 号`,
  subject: (title: string, number: number) => `【结项报告补充说明】第 ${number} 号：${title}`,
  intro: (title: string) => `《${title}》的结项报告签署后，有以下变动。原报告保持不变。`,
  reason: '原因',
  changes: '数字变动',
  corrections: '文字更正',
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

export const writtenText = ({ writtenByName, writtenAt, zone, language }: SaidAddendum): string =>
  `${writtenByName}${language === 'zh-CN' ? '，' : ', '}${longDate(localDateOf(writtenAt, zone), language)}`;
