import { shortDate } from '../kernel/day-text.ts';
import type { CloseoutReport } from './closeout-report.ts';
import type { Block } from './report-pages.ts';
import {
  classText,
  deciderText,
  decisionText,
  itemWords,
  sideTexts,
  standingRows,
  standingText,
  stateText,
} from './report-reconciliation-words.ts';
import { countText, moreText, wordsOf } from './report-words.ts';

/** Rows that are printed; the workbook and the JSON have them all. */
const ROWS_PRINTED = 60;

/** How the discrepancies were settled, and by whom; nothing where there never was one. */
export function itemBlocks(report: CloseoutReport): Block[] {
  const { language, reconciliation } = report;
  const { standing, items } = reconciliation;
  const said = standingText(report);
  if (said === undefined) return [];
  const [words, { fields, reasonAndWho }] = [itemWords(language), wordsOf(language)];
  const ways = standing.resolvedAs.map(({ kind, items: number }) => `${words.resolvedAs[kind]} ${countText(number)}`);
  const left = items.length - ROWS_PRINTED;
  return [
    { kind: 'subheading', text: words.heading },
    { kind: 'note', tone: standing.open.items > 0 ? 'warning' : 'good', text: said },
    {
      kind: 'facts',
      rows: [
        ...standingRows(standing, language),
        ...(ways.length === 0 ? [] : ([[words.ways, ways.join(words.join)]] as const)),
      ],
    },
    {
      kind: 'table',
      small: true,
      columns: [
        { label: fields.day, align: 'left', width: 'fit' },
        { label: fields.discrepancyKind, align: 'left', width: 'fit' },
        { label: fields.transactionId, align: 'left', width: 'wide' },
        { label: fields.ourAmount, align: 'right', width: 'fit' },
        { label: fields.theirAmount, align: 'right', width: 'fit' },
        { label: words.state, align: 'left', width: 'fit' },
        { label: words.decision, align: 'left', width: 'wide' },
      ],
      rows: items
        .slice(0, ROWS_PRINTED)
        .map((item) => [
          shortDate(item.day, language),
          classText(item, language),
          item.transactionId,
          ...sideTexts(item, language),
          stateText(item, language),
          reasonAndWho(decisionText(item, language), deciderText(item, report)),
        ]),
    },
    ...(left > 0 ? [{ kind: 'note', tone: 'plain', text: moreText(left, language) } as const] : []),
    { kind: 'note', tone: 'plain', text: words.note },
  ];
}
