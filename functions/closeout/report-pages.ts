import { longDate, shortDate } from '../kernel/day-text.ts';
import { add, floorRatio, minor, subtract } from '../kernel/money.ts';
import { localDateOf } from '../kernel/time.ts';
import type { Signature } from './closeout.ts';
import { type CloseoutReport, netOf } from './closeout-report.ts';
import {
  channelBlocks,
  chartBlock,
  commendationBlocks,
  disclosureBlocks,
  evidenceBlocks,
  outcomeBlocks,
  signatureBlocks,
  sourceBlocks,
  spendingBlocks,
  yearSection,
} from './report-account-pages.ts';
import { accountWords } from './report-account-words.ts';
import { matchBlocks } from './report-match-pages.ts';
import { matchChart, timeChart, unitChart } from './report-pictures.ts';
import { itemBlocks } from './report-reconciliation-pages.ts';
import type { ReportWords } from './report-words.ts';
import {
  countText,
  coverageText,
  moneyText,
  percentText,
  preparedAtText,
  providerText,
  windowText,
  wordsOf,
} from './report-words.ts';

/** A cell is text, or a bar whose length is in thousandths of the cell's width. */
export type Cell = string | { readonly barPermille: number };
export type Column = { readonly label: string; readonly align: 'left' | 'right'; readonly width: 'fit' | 'wide' };
export type Block =
  /** `pairs` are short facts, set two in a row. */
  | { readonly kind: 'facts' | 'pairs'; readonly rows: readonly (readonly [string, string])[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'note'; readonly tone: 'plain' | 'good' | 'warning'; readonly text: string }
  | { readonly kind: 'subheading'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
      readonly total?: readonly Cell[];
      readonly small?: true;
    }
  /** A picture, and what a screen reader says in its place and the caption shows. */
  | { readonly kind: 'chart'; readonly svg: string; readonly description: string }
  /** Places to sign on paper. */
  | { readonly kind: 'boxes'; readonly labels: readonly string[]; readonly dateLabel: string };
export type Section = { readonly heading: string; readonly blocks: readonly Block[]; readonly newPage?: true };

/** The first page: nothing on it but what the paper is. */
export type Cover = {
  readonly organisation: string;
  readonly reportTitle: string;
  readonly state: string;
  readonly isDraft: boolean;
  readonly facts: readonly (readonly [string, string])[];
  readonly contents: string;
};

/** The printed report as plain texts in order: all wording is done here, and the template only lays out. */
export type ReportPages = {
  readonly language: string;
  readonly region: string | null;
  readonly preparedOn: readonly [year: number, month: number, day: number];
  readonly title: string;
  readonly kicker: string;
  readonly subtitle: string;
  readonly generatedLabel: string | null;
  readonly generatedShort: string | null;
  /** `null`: a short paper without cover and contents. */
  readonly cover: Cover | null;
  readonly keyFigures: readonly { readonly label: string; readonly value: string; readonly note: string }[];
  readonly sections: readonly Section[];
  readonly footer: { readonly left: string; readonly fingerprint: string | null };
  /** What stands before, between and after the number of a page and of all pages. */
  readonly pageText: readonly [string, string, string];
};

const PERMILLE = 1000;

/** `signatures`: of the report whose hash is `reportSha256`; without them it is a draft, with boxes to sign on paper. */
export function reportPages(
  report: CloseoutReport,
  reportSha256?: string,
  signatures: readonly Signature[] = [],
): ReportPages {
  const words = wordsOf(report.language);
  const account = accountWords(report.language);
  const { campaign, summary } = report;
  const [year = 1970, month = 1, day = 1] = localDateOf(report.preparedAt, campaign.zone).split('-').map(Number);
  return {
    language: report.language === 'zh-CN' ? 'zh' : 'en',
    region: report.language === 'zh-CN' ? 'cn' : null,
    preparedOn: [year, month, day],
    title: campaign.title,
    kicker: words.reportTitle,
    subtitle: `${campaign.organisationName} · ${windowText(report)}`,
    generatedLabel: report.generatedData ? words.generatedLabel : null,
    generatedShort: report.generatedData ? words.generatedShort : null,
    cover: {
      organisation: campaign.organisationName,
      reportTitle: words.reportTitle,
      state: signatures.length > 0 ? account.signed : account.draft(report.preparation.round),
      isDraft: signatures.length === 0,
      facts: [
        [words.fields.window, windowText(report)],
        [words.fields.preparedAt, preparedAtText(report)],
        [words.fields.campaignId, campaign.id],
      ],
      contents: account.contents,
    },
    keyFigures: [
      // The three add up: where something went back, the first is net and its note says what of.
      {
        label: hasRefunds(report) ? words.fields.net : words.fields.raised,
        value: moneyText(summary.netMinor),
        note: giftsNote(report),
      },
      {
        label: words.fields.matched,
        value: moneyText(add(summary.matchedMinor, summary.lumpMinor)),
        note: remainingNote(report, words),
      },
      { label: words.fields.total, value: moneyText(summary.totalMinor), note: targetNote(report, words) },
    ],
    sections: numbered(report, [
      { heading: account.headings.channels, blocks: channelBlocks(report) },
      { heading: words.headings.campaign, blocks: campaignBlocks(report, words) },
      { heading: account.headings.outcome, blocks: outcomeBlocks(report) },
      {
        heading: words.headings.units,
        blocks: [...chartBlock(unitChart(report)), ...unitBlocks(report, words), ...commendationBlocks(report)],
      },
      { heading: words.headings.days, blocks: [...chartBlock(timeChart(report)), dayBlock(report, words)] },
      { heading: account.headings.spending, blocks: spendingBlocks(report) },
      { heading: words.headings.match, blocks: [...chartBlock(matchChart(report)), ...matchBlocks(report, words)] },
      ...yearSection(report),
      { heading: words.headings.reconciliation, blocks: reconciliationBlocks(report, words) },
      { heading: account.headings.disclosure, blocks: disclosureBlocks(report) },
      {
        heading: account.headings.signatures,
        blocks: signatureBlocks(report, reportSha256, signatures),
        newPage: true,
      },
    ]),
    footer: {
      left: `${words.fields.campaignId} ${campaign.id} · ${words.fields.preparedAt} ${preparedAtText(report)}`,
      fingerprint: reportSha256 === undefined ? null : `${words.fields.fingerprint} SHA-256 ${reportSha256}`,
    },
    pageText: account.page,
  };
}

/** Sections with their numbers, and after them the appendices. */
function numbered(report: CloseoutReport, sections: readonly Section[]): Section[] {
  const words = accountWords(report.language);
  const appendices = [
    { heading: words.headings.evidence, blocks: evidenceBlocks(report) },
    { heading: words.headings.sources, blocks: sourceBlocks(report) },
  ];
  return [
    ...sections.map((section, position) => ({
      ...section,
      heading: `${words.sectionNumber(position + 1)}${section.heading}`,
    })),
    ...appendices.map((section, position) => ({
      ...section,
      heading: `${words.appendix('AB'[position] ?? '')}${section.heading}`,
    })),
  ];
}

const left = (label: string, width: Column['width'] = 'fit'): Column => ({ label, align: 'left', width });
const right = (label: string): Column => ({ label, align: 'right', width: 'fit' });

/** Where nothing went back, the paper says nothing of refunds: a column of zeros would only take room. */
const hasRefunds = ({ summary }: CloseoutReport): boolean => summary.refundedMinor > 0;

function giftsNote(report: CloseoutReport): string {
  const { summary, language } = report;
  const isChinese = language === 'zh-CN';
  const [raised, refunded] = [moneyText(summary.raisedMinor), moneyText(summary.refundedMinor)];
  const netOfWhat = isChinese ? `${raised} 减去退还 ${refunded}` : `${raised} less ${refunded} refunded`;
  const average = `${isChinese ? '笔均' : 'average'} ${moneyText(summary.averageGiftMinor)}`;
  return [
    ...(hasRefunds(report) ? [netOfWhat] : []),
    `${countText(summary.gifts)} ${isChinese ? '笔' : 'gifts'}`,
    ...(summary.donors === undefined ? [] : [`${countText(summary.donors)} ${isChinese ? '人' : 'donors'}`]),
    // Beside a net sum the average of gross gifts would only puzzle.
    ...(hasRefunds(report) ? [] : [average]),
  ].join(' · ');
}

function remainingNote({ match }: CloseoutReport, words: ReportWords): string {
  return `${words.fields.remaining} ${moneyText(match.remainingMinor)}`;
}

function targetNote({ summary, campaign, language }: CloseoutReport, words: ReportWords): string {
  const rate = percentText(summary.fundingRateBasisPoints);
  const target = moneyText(campaign.targetMinor);
  return language === 'zh-CN' ? `${words.fields.target} ${target} 的 ${rate}` : `${rate} of ${target}`;
}

// Organisation and window stand in the subtitle already.
function campaignBlocks({ campaign }: CloseoutReport, words: ReportWords): Block[] {
  return [
    {
      kind: 'facts',
      rows: [
        [words.fields.purpose, campaign.purpose],
        [words.fields.beneficiaries, campaign.beneficiaries],
      ],
    },
  ];
}

function unitBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  const { units, summary, match } = report;
  const best = Math.max(1, ...units.map(netOf));
  const refunds = hasRefunds(report);
  return [
    {
      kind: 'table',
      columns: [
        right(words.fields.rank),
        left(words.fields.unit, 'wide'),
        right(words.fields.gifts),
        right(words.fields.raised),
        ...(refunds ? [right(words.fields.refunded)] : []),
        right(words.fields.matched),
        right(words.fields.share),
        left(''),
      ],
      rows: units.map((unit) => [
        unit.rank === null ? words.none : String(unit.rank),
        unit.name ?? words.noUnit,
        countText(unit.gifts),
        moneyText(unit.raisedMinor),
        ...(refunds ? [moneyText(unit.refundedMinor)] : []),
        moneyText(unit.matchedMinor),
        percentText(unit.shareBasisPoints),
        { barPermille: floorRatio(netOf(unit), PERMILLE, best) },
      ]),
      total: [
        '',
        words.fields.total,
        countText(summary.gifts),
        moneyText(summary.raisedMinor),
        ...(refunds ? [moneyText(summary.refundedMinor)] : []),
        moneyText(summary.matchedMinor),
        percentText(units.reduce((all, unit) => all + unit.shareBasisPoints, 0)),
        '',
      ],
    },
    { kind: 'note', tone: 'plain', text: words.shareNote },
    ...(match.lumpMinor === 0 ? [] : [{ kind: 'note', tone: 'plain', text: words.lumpNote } as const]),
  ];
}

function dayBlock(report: CloseoutReport, words: ReportWords): Block {
  const { days, summary, language } = report;
  const refunds = hasRefunds(report);
  return {
    kind: 'table',
    columns: [
      left(words.fields.day, 'wide'),
      right(words.fields.gifts),
      right(words.fields.raised),
      ...(refunds ? [right(words.fields.refunded)] : []),
      right(words.fields.matched),
      right(words.fields.total),
    ],
    rows: days.map((day) => [
      longDate(day.day, language),
      countText(day.gifts),
      moneyText(day.raisedMinor),
      ...(refunds ? [moneyText(day.refundedMinor)] : []),
      moneyText(day.matchedMinor),
      moneyText(add(netOf(day), day.matchedMinor)),
    ]),
    total: [
      words.fields.total,
      countText(summary.gifts),
      moneyText(summary.raisedMinor),
      ...(refunds ? [moneyText(summary.refundedMinor)] : []),
      moneyText(summary.matchedMinor),
      moneyText(subtract(summary.totalMinor, summary.lumpMinor)),
    ],
  };
}
function reconciliationBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  const { reconciliation } = report;
  const { totals } = reconciliation;
  const status: Block = {
    kind: 'note',
    tone: reconciliation.status === 'agrees' ? 'good' : 'warning',
    text: words.statuses[reconciliation.status],
  };
  const bills: Block = {
    kind: 'table',
    columns: [
      left(words.fields.billDate, 'wide'),
      left(words.fields.provider),
      right(words.fields.billLines),
      right(words.fields.billAmount),
      right(words.fields.entries),
      right(words.fields.entriesAmount),
      right(words.fields.difference),
    ],
    rows: reconciliation.bills.map((bill) => [
      longDate(bill.billDate, report.language),
      providerText(words, bill.provider),
      countText(bill.billLines),
      moneyText(bill.billMinor),
      countText(bill.entries),
      moneyText(bill.entriesMinor),
      moneyText(minor(bill.billMinor - bill.entriesMinor)),
    ]),
    total: [
      words.fields.total,
      '',
      countText(totals.billLines),
      moneyText(totals.billMinor),
      countText(totals.entries),
      moneyText(totals.entriesMinor),
      moneyText(totals.differenceMinor),
    ],
  };
  const facts: Block = {
    kind: 'pairs',
    rows: [
      [words.fields.coverage, coverageText(report)],
      [words.fields.unexplained, moneyText(totals.unexplainedMinor)],
      [words.fields.refundLines, countText(totals.refundLines)],
      [words.fields.refundAmount, moneyText(totals.refundMinor)],
    ],
  };
  const refunds: Block[] = totals.refundLines === 0 ? [] : [{ kind: 'note', tone: 'plain', text: words.refundNote }];
  return [
    status,
    bills,
    facts,
    ...refunds,
    ...discrepancyBlocks(report, words),
    ...itemBlocks(report),
    ...fundBlocks(report, words),
  ];
}

function fundBlocks({ reconciliation }: CloseoutReport, words: ReportWords): Block[] {
  const { funds } = reconciliation;
  if (funds.length === 0) return [];
  const { fields } = words;
  return [
    { kind: 'subheading', text: words.headings.funds },
    {
      kind: 'table',
      small: true,
      columns: [
        left(fields.account, 'wide'),
        right(fields.paidIn),
        right(fields.refundAmount),
        right(fields.feesBilled),
        right(fields.fees),
        right(fields.campaignFees),
        right(fields.withdrawn),
        right(fields.otherMovements),
      ],
      rows: funds.map((one) => [
        `${providerText(words, one.provider)} ${one.merchantId}`,
        moneyText(one.paidMinor),
        moneyText(one.refundedMinor),
        moneyText(one.feesBilledMinor),
        moneyText(one.feesMinor),
        moneyText(one.campaignFeesMinor),
        moneyText(one.withdrawnMinor),
        moneyText(one.otherMinor),
      ]),
    },
    { kind: 'note', tone: 'plain', text: words.fundsNote },
  ];
}

function discrepancyBlocks({ reconciliation, language }: CloseoutReport, words: ReportWords): Block[] {
  const heading: Block = { kind: 'subheading', text: words.headings.discrepancies };
  if (reconciliation.discrepancies.length === 0)
    return [heading, { kind: 'note', tone: 'plain', text: words.noDiscrepancies }];
  return [
    heading,
    {
      kind: 'table',
      small: true,
      columns: [
        left(words.fields.day),
        left(words.fields.discrepancyKind),
        left(words.fields.transactionId, 'wide'),
        left(words.fields.orderNo, 'wide'),
        right(words.fields.ourAmount),
        right(words.fields.theirAmount),
      ],
      rows: reconciliation.discrepancies.map((one) => [
        shortDate(one.day, language),
        words.discrepancies[one.kind],
        one.transactionId,
        one.orderNo ?? words.none,
        one.ourAmountMinor === undefined ? words.none : moneyText(one.ourAmountMinor),
        one.theirAmountMinor === undefined ? words.none : moneyText(one.theirAmountMinor),
      ]),
    },
  ];
}
