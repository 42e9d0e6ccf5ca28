import { longDate, shortDate } from '../kernel/day-text.ts';
import { add, floorRatio, minor, subtract, ZERO } from '../kernel/money.ts';
import { localDateOf } from '../kernel/time.ts';
import { type CloseoutReport, netOf } from './closeout-report.ts';
import { matchBlocks } from './report-match-pages.ts';
import type { ReportWords } from './report-words.ts';
import {
  budgetKindText,
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
  | { readonly kind: 'note'; readonly tone: 'plain' | 'good' | 'warning'; readonly text: string }
  | { readonly kind: 'subheading'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
      readonly total?: readonly Cell[];
      readonly small?: true;
    }
  | {
      readonly kind: 'bars';
      /** The caption, and what a screen reader says in place of the picture. */
      readonly description: string;
      readonly groups: readonly {
        readonly label: string;
        readonly barsPermille: readonly number[];
        readonly ticks: readonly { readonly position: number; readonly label: string }[];
      }[];
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
  readonly keyFigures: readonly { readonly label: string; readonly value: string; readonly note: string }[];
  readonly sections: readonly { readonly heading: string; readonly blocks: readonly Block[] }[];
  readonly footer: { readonly left: string; readonly fingerprint: string | null };
};

/** Above this many days one bar an hour would be thinner than a hair: the chart then shows days. */
const LARGEST_HOURLY_CHART_DAYS = 5;
const PERMILLE = 1000;

export function reportPages(report: CloseoutReport, reportSha256?: string): ReportPages {
  const words = wordsOf(report.language);
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
    sections: [
      { heading: words.headings.campaign, blocks: campaignBlocks(report, words) },
      { heading: words.headings.units, blocks: unitBlocks(report, words) },
      { heading: words.headings.days, blocks: dayBlocks(report, words) },
      { heading: words.headings.budget, blocks: budgetBlocks(report, words) },
      { heading: words.headings.match, blocks: matchBlocks(report, words) },
      { heading: words.headings.reconciliation, blocks: reconciliationBlocks(report, words) },
    ],
    footer: {
      left: `${words.fields.campaignId} ${campaign.id} · ${words.fields.preparedAt} ${preparedAtText(report)}`,
      fingerprint: reportSha256 === undefined ? null : `${words.fields.fingerprint} SHA-256 ${reportSha256}`,
    },
  };
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

function dayBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  const { days, summary, language } = report;
  const refunds = hasRefunds(report);
  return [
    {
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
    },
    days.length <= LARGEST_HOURLY_CHART_DAYS ? hourChart(report, words) : dayChart(report, words),
  ];
}

function hourChart({ days, hours, language }: CloseoutReport, words: ReportWords): Block {
  const highest = Math.max(1, ...hours.map((hour) => hour.raisedMinor));
  const peak = hours.find((hour) => hour.raisedMinor === highest);
  return {
    kind: 'bars',
    description: chartCaption(
      words.headings.hours,
      words,
      peak && `${shortDate(peak.day, language)} ${clockHour(peak.hour)}, ${moneyText(peak.raisedMinor)}`,
    ),
    groups: days.map((day) => ({
      label: shortDate(day.day, language),
      barsPermille: Array.from({ length: 24 }, (_, hour) => {
        const raised = hours.find((one) => one.day === day.day && one.hour === hour)?.raisedMinor ?? ZERO;
        return floorRatio(raised, PERMILLE, highest);
      }),
      ticks: [0, 6, 12, 18].map((hour) => ({ position: hour, label: clockHour(hour) })),
    })),
  };
}

const clockHour = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

const chartCaption = (heading: string, words: ReportWords, peak: string | undefined): string =>
  peak === undefined ? heading : `${heading} · ${words.fields.highest} ${peak}`;

function dayChart({ days, language }: CloseoutReport, words: ReportWords): Block {
  const highest = Math.max(1, ...days.map((day) => day.raisedMinor));
  const peak = days.find((day) => day.raisedMinor === highest);
  // About six labels fit under the axis, whatever the number of days.
  const step = Math.ceil(days.length / 6);
  return {
    kind: 'bars',
    description: chartCaption(
      words.headings.days,
      words,
      peak && `${shortDate(peak.day, language)}, ${moneyText(peak.raisedMinor)}`,
    ),
    groups: [
      {
        label: '',
        barsPermille: days.map((day) => floorRatio(day.raisedMinor, PERMILLE, highest)),
        ticks: days.flatMap((day, position) =>
          position % step === 0 ? [{ position, label: shortDate(day.day, language) }] : [],
        ),
      },
    ],
  };
}

function budgetBlocks({ budget, campaign, summary }: CloseoutReport, words: ReportWords): Block[] {
  return [
    {
      kind: 'table',
      columns: [
        left(words.fields.item, 'wide'),
        left(words.fields.kind),
        right(words.fields.planned),
        right(words.fields.share),
        right(words.fields.spent),
      ],
      rows: budget.lines.map((line) => [
        line.item,
        budgetKindText(words, line.kind),
        moneyText(line.amountMinor),
        percentText(line.shareBasisPoints),
        words.notRecorded,
      ]),
      total: [words.fields.total, '', moneyText(budget.plannedMinor), percentText(10_000), words.notRecorded],
    },
    { kind: 'note', tone: 'plain', text: words.spendingNote },
    {
      kind: 'pairs',
      rows: [
        [words.fields.target, moneyText(campaign.targetMinor)],
        [words.fields.raisedAndMatched, moneyText(summary.totalMinor)],
        [words.fields.fundingRate, percentText(summary.fundingRateBasisPoints)],
      ],
    },
  ];
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
  return [status, bills, facts, ...refunds, ...discrepancyBlocks(report, words), ...fundBlocks(report, words)];
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
