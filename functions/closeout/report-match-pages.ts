import { shortDate } from '../kernel/day-text.ts';
import { minor } from '../kernel/money.ts';
import { localDateOf } from '../kernel/time.ts';
import { adjustmentText, shareOutcomeText, stageSentence } from '../matching/change-words.ts';
import { ruleSentence } from '../matching/rule-words.ts';
import type { CloseoutReport } from './closeout-report.ts';
import type { Block, Column } from './report-pages.ts';
import {
  changeText,
  countText,
  finalRounds,
  moneyText,
  moreText,
  type ReportWords,
  recomputationText,
  sponsorOf,
  unitName,
  whyText,
} from './report-words.ts';

/** Changed matches on paper: two pages at most. Workbook and JSON have all of them, however many refunds there were. */
const LARGEST_PRINTED_LIST = 60;

const left = (label: string, width: Column['width'] = 'fit'): Column => ({ label, align: 'left', width });
const right = (label: string): Column => ({ label, align: 'right', width: 'fit' });

/** The match on paper: stage, pools rule by rule, how gifts fared, the recomputation, and every change with why. */
export function matchBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  const { match, language } = report;
  const { stage, noticeUntil, recomputation } = match;
  return [
    {
      kind: 'note',
      tone: stage === 'confirmed' || stage === 'paid' ? 'good' : 'warning',
      text: stageSentence(stage, { until: noticeUntil, zone: report.campaign.zone }, language),
    },
    ruleTable(report, words),
    { kind: 'pairs', rows: pairsOf(report, words) },
    {
      kind: 'note',
      tone: recomputation.agrees ? 'good' : 'warning',
      text: `${words.fields.recomputation}${language === 'zh-CN' ? '：' : ': '}${recomputationText(report)}`,
    },
    ...changeBlocks(report, words),
    ...poolBlocks(report, words),
    ...shareBlocks(report, words),
  ];
}

function ruleTable({ match, language, currency }: CloseoutReport, words: ReportWords): Block {
  return {
    kind: 'table',
    columns: [
      left(words.fields.rule, 'wide'),
      right(words.fields.pool),
      right(words.fields.matched),
      right(words.fields.remaining),
    ],
    rows: match.rules.map(({ rule, matchedMinor, remainingMinor }) => [
      ruleSentence(rule, language, currency),
      moneyText(rule.poolMinor),
      moneyText(matchedMinor),
      moneyText(remainingMinor),
    ]),
    total: [
      words.fields.total,
      moneyText(match.poolMinor),
      moneyText(match.matchedMinor),
      moneyText(match.remainingMinor),
    ],
  };
}

/** Figures that are zero in a simple campaign are left out of the print: nothing was refunded, held or shared. */
function pairsOf({ match, summary }: CloseoutReport, words: ReportWords): [string, string][] {
  const { fields } = words;
  const some = (label: string, figure: number, text: string): [string, string][] =>
    figure === 0 ? [] : [[label, text]];
  return [
    [fields.drawn, moneyText(match.drawnMinor)],
    [fields.changed, signed(summary.matchedMinor - match.drawnMinor)],
    ...some(fields.lump, match.lumpMinor, moneyText(match.lumpMinor)),
    [fields.allMatch, moneyText(match.matchedMinor)],
    [fields.matchedGifts, countText(match.matchedGifts)],
    [fields.cappedGifts, countText(match.cappedGifts)],
    [fields.exhaustedGifts, countText(match.exhaustedGifts)],
    [fields.outsideWindowGifts, countText(match.outsideWindowGifts)],
    ...some(fields.heldGifts, match.heldGifts, countText(match.heldGifts)),
    ...some(fields.refundedGifts, summary.refundedGifts, countText(summary.refundedGifts)),
  ];
}

/** Below zero with a minus that is as wide as a digit. */
const signed = (amountMinor: number): string =>
  amountMinor === 0 ? moneyText(minor(0)) : `${amountMinor > 0 ? '+' : '−'}${moneyText(minor(Math.abs(amountMinor)))}`;

function changeBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  const { language, campaign } = report;
  const changes = report.match.adjustments.filter(({ giftNo }) => giftNo !== undefined);
  const heading: Block = { kind: 'subheading', text: words.headings.changes };
  if (changes.length === 0) return [heading, { kind: 'note', tone: 'plain', text: words.noChanges }];
  const printed = changes.slice(0, LARGEST_PRINTED_LIST);
  const rest = changes.length - printed.length;
  const table: Block = {
    kind: 'table',
    small: true,
    columns: [
      right(words.fields.changeNo),
      left(words.fields.day),
      right(words.fields.giftNo),
      left(words.fields.what, 'wide'),
      left(words.fields.why, 'wide'),
      right(words.fields.change),
    ],
    rows: printed.map((one) => [
      String(one.number),
      shortDate(localDateOf(one.at, campaign.zone), language),
      String(one.giftNo ?? words.none),
      changeText(report, one),
      whyText(one, words),
      signed(one.matchMinor),
    ]),
  };
  return rest === 0
    ? [heading, table]
    : [heading, table, { kind: 'note', tone: 'plain', text: moreText(rest, language) }];
}

/** What changed pools and lump sums without being about one gift. Few: each is a sponsor's decision or a challenge. */
function poolBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  const { language, campaign } = report;
  const changes = report.match.adjustments.filter(({ giftNo }) => giftNo === undefined);
  if (changes.length === 0) return [];
  return [
    { kind: 'subheading', text: words.headings.poolChanges },
    {
      kind: 'table',
      small: true,
      columns: [
        right(words.fields.changeNo),
        left(words.fields.day),
        left(words.fields.what, 'wide'),
        left(words.fields.why),
        right(words.fields.lumpChange),
      ],
      rows: changes.map((one) => [
        String(one.number),
        shortDate(localDateOf(one.at, campaign.zone), language),
        adjustmentText(one, sponsorOf(report), language, report.currency),
        whyText(one, words),
        signed(one.lumpMinor),
      ]),
    },
  ];
}

function shareBlocks(report: CloseoutReport, words: ReportWords): Block[] {
  return finalRounds(report).flatMap(({ ruleId, shares }): Block[] => [
    { kind: 'subheading', text: `${words.headings.shares} · ${sponsorOf(report)(ruleId)}` },
    {
      kind: 'table',
      small: true,
      columns: [left(words.fields.unit, 'wide'), left(words.fields.why, 'wide'), right(words.fields.unitShare)],
      rows: shares.map(({ unitId, shareMinor, outcome }) => [
        unitName(report, unitId),
        shareOutcomeText(outcome, report.language),
        moneyText(minor(shareMinor)),
      ]),
      total: [words.fields.total, '', moneyText(minor(shares.reduce((all, { shareMinor }) => all + shareMinor, 0)))],
    },
  ]);
}
