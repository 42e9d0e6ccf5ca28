import { type Minor, minor } from '../kernel/money.ts';
import { localTimeText } from '../kernel/time.ts';
import { adjustmentKindText, shareOutcomeText, stageSentence } from '../matching/change-words.ts';
import { ruleSentence } from '../matching/rule-words.ts';
import type { CloseoutReport } from './closeout-report.ts';
import type { ReportedAdjustment } from './report-match.ts';
import {
  changeText,
  finalRounds,
  type ReportWords,
  recomputationText,
  sponsorOf,
  unitName,
  whyText,
} from './report-words.ts';
import {
  type Cell,
  COUNT_WIDTH,
  column,
  count,
  MONEY_WIDTH,
  money,
  moneyFormula,
  moneySum,
  type Table,
  text,
} from './workbook-table.ts';

const empty = text('');

/** Rule by rule: its pool, what it gave and what is left. */
export function ruleTable({ match, language, currency }: CloseoutReport, words: ReportWords): Table {
  return {
    columns: [
      column(words.fields.rule, 60),
      column(words.fields.matched, MONEY_WIDTH),
      column(words.fields.remaining, MONEY_WIDTH),
      column(words.fields.pool, MONEY_WIDTH),
    ],
    rows: match.rules.map(({ rule, matchedMinor, remainingMinor }) => [
      text(ruleSentence(rule, language, currency)),
      money(matchedMinor, 'match.rules[].matchedMinor'),
      money(remainingMinor, 'match.rules[].remainingMinor'),
      moneyFormula('B{row}+C{row}', rule.poolMinor),
    ]),
    ...(match.rules.length === 0
      ? {}
      : {
          total: [
            text(words.fields.total),
            moneySum('B', match.matchedMinor),
            moneySum('C', match.remainingMinor),
            moneySum('D', match.poolMinor),
          ],
        }),
  };
}

/** How gifts fared, and how what they drew became what the sponsors owe. */
export function figureTable(report: CloseoutReport, words: ReportWords): Table {
  const { match, summary, campaign, language } = report;
  const { fields } = words;
  const { stage, noticeUntil } = match;
  return {
    columns: [column(fields.figure, 60), column(fields.value, MONEY_WIDTH)],
    rows: [
      [text(fields.stage), text(stageSentence(stage, { until: noticeUntil, zone: campaign.zone }, language))],
      [text(fields.matchedGifts), count(match.matchedGifts, 'match.matchedGifts')],
      [text(fields.cappedGifts), count(match.cappedGifts, 'match.cappedGifts')],
      [text(fields.exhaustedGifts), count(match.exhaustedGifts, 'match.exhaustedGifts')],
      [text(fields.outsideWindowGifts), count(match.outsideWindowGifts, 'match.outsideWindowGifts')],
      [text(fields.heldGifts), count(match.heldGifts, 'match.heldGifts')],
      [text(fields.recomputation), text(recomputationText(report))],
      [text(fields.drawn), money(match.drawnMinor, 'match.drawnMinor')],
      [text(fields.changed), money(minor(summary.matchedMinor - match.drawnMinor), 'match.adjustments[].matchMinor')],
      [text(fields.lump), money(match.lumpMinor, 'match.lumpMinor')],
    ],
    total: [text(fields.allMatch), moneyFormula('B{last-2}+B{last-1}+B{last}', match.matchedMinor)],
  };
}

/** What rounds gave to each unit; no table where there was no round. */
export function shareTable(report: CloseoutReport, words: ReportWords): Table[] {
  const { fields } = words;
  const shares = finalRounds(report).flatMap((round) =>
    round.shares.map((share) => ({ ...share, sponsor: sponsorOf(report)(round.ruleId) })),
  );
  if (shares.length === 0) return [];
  return [
    {
      columns: [
        column(fields.unit, 60),
        column(fields.unitShare, MONEY_WIDTH),
        column(fields.why, MONEY_WIDTH),
        column(fields.rule, MONEY_WIDTH),
      ],
      rows: shares.map(({ unitId, shareMinor, outcome, sponsor }) => [
        text(unitName(report, unitId)),
        money(minor(shareMinor), 'match.adjustments[].shares[].shareMinor'),
        text(shareOutcomeText(outcome, report.language)),
        text(sponsor),
      ]),
      total: [
        text(fields.total),
        moneySum('B', minor(shares.reduce((all, { shareMinor }) => all + shareMinor, 0))),
        empty,
        empty,
      ],
    },
  ];
}

/** Every entry beside the gifts, in its order: all of them, however many. */
export function changeTable(report: CloseoutReport, words: ReportWords): Table {
  const { match, summary, campaign, language } = report;
  const { fields } = words;
  const optional = (amountMinor: Minor | undefined, figure: string): Cell =>
    amountMinor === undefined ? empty : money(amountMinor, figure);
  const rowOf = (one: ReportedAdjustment): Cell[] => [
    count(one.number, 'match.adjustments[].number'),
    text(localTimeText(one.at, campaign.zone)),
    one.giftNo === undefined ? empty : count(one.giftNo, 'match.adjustments[].giftNo'),
    text(adjustmentKindText(one.kind, language)),
    text(changeText(report, one)),
    optional(one.giftMinor, 'match.adjustments[].giftMinor'),
    optional(one.refundMinor, 'match.adjustments[].refundMinor'),
    money(minor(one.matchMinor), 'match.adjustments[].matchMinor'),
    money(minor(one.lumpMinor), 'match.adjustments[].lumpMinor'),
    text(one.by === 'system' ? whyText(one, words) : (one.reason ?? '')),
    text(one.by === 'system' ? words.system : one.by),
    text(one.giftId ?? ''),
  ];
  const rows = match.adjustments.map(rowOf);
  return {
    columns: [
      column(fields.changeNo, 8),
      column(fields.time, 20),
      column(fields.giftNo, 10),
      column(fields.kind, 18),
      column(fields.what, 44),
      column(fields.gift, COUNT_WIDTH),
      column(fields.refunded, COUNT_WIDTH),
      column(fields.change, MONEY_WIDTH),
      column(fields.lumpChange, MONEY_WIDTH),
      column(fields.why, 30),
      column(fields.who, 18),
      column(fields.giftId, 26),
    ],
    rows: rows.length === 0 ? [[text(words.noChanges)]] : rows,
    ...(rows.length === 0
      ? {}
      : {
          total: [
            text(fields.total),
            empty,
            empty,
            empty,
            empty,
            empty,
            moneySum('G', summary.refundedMinor),
            moneySum('H', minor(summary.matchedMinor - match.drawnMinor)),
            moneySum('I', match.lumpMinor),
          ],
        }),
  };
}
