import Table from 'cli-table3';
import { formatMoney, minor } from '../../functions/kernel/money.ts';
import { auditTrailTable, verificationText } from './audit-trail.ts';
import { DEMO_WINDOW } from './demo-campaign.ts';
import type { DemoResult } from './play-demo.ts';

const yuan = (amount: number): string => formatMoney(minor(amount), 'CNY');

/** A screen holds the summary, and of the audit trail this much: from the last decisions to the archive. */
const SHOWN_TRAIL_LINES = 15;

/**
 * What the demo shows at its end: the campaign's figures beside what was really given, the leaderboard, the calendar of
 * duties, the audit trail, and where to look.
 */
export function demoSummary(result: DemoResult, inboxUrl: string): string {
  const { figures, given, history, calendar, trail, addresses } = result;
  const { raised, match } = figures;
  const totals = plainTable(['', 'Given', 'In the books'], ['left', 'right', 'right']);
  totals.push(
    ['Gifts', given.notified, raised.gifts],
    ['Amount', yuan(given.amountMinor), yuan(raised.giftsMinor)],
    ['Refunded of it', yuan(given.refundedMinor), yuan(raised.refundedMinor)],
    ['Donors', given.donors, raised.donors],
    ['Notifications sent, repeats included', given.notifications, ''],
    ['Match', '', yuan(raised.matchMinor)],
    ['Lump sums', '', yuan(raised.lumpMinor)],
    ['Match pool left', '', `${yuan(match.remainingMinor)} of ${yuan(match.poolMinor)}`],
    ['Raised with match', '', yuan(raised.totalMinor)],
  );
  const units = plainTable(['Rank', 'Unit', 'Gifts', 'Amount', 'Match'], ['right', 'left', 'right', 'right', 'right']);
  for (const unit of figures.units)
    units.push([unit.rank, unit.name, unit.gifts, yuan(unit.giftsMinor), yuan(unit.matchMinor)]);
  return [
    '',
    `${figures.title} (generated data): ${history.map(({ to }) => to).join(' -> ')}`,
    totals.toString(),
    units.toString(),
    calendarTable(calendar),
    auditTrailTable(trail.lines, {
      zone: DEMO_WINDOW.zone,
      nameOf: (by) => trail.names.get(by) ?? by,
      most: SHOWN_TRAIL_LINES,
    }),
    `  Audit trail     ${verificationText(trail.verified)}`,
    '',
    `  Public page     ${addresses.page}`,
    `  Public figures  ${addresses.figures}`,
    `  Recent gifts    ${addresses.gifts}`,
    `  Report          ${addresses.reportPdf}`,
    `                  ${addresses.reportXlsx}`,
    `  Mail inbox      ${inboxUrl}  (thank-yous, and the report for finance@example.org)`,
    '',
  ].join('\n');
}

/** What has to be done by when, and what is done, as a table that people can read. */
export function calendarTable(calendar: DemoResult['calendar']): string {
  const table = plainTable(['Due on', 'Duty', 'State', 'Done on'], ['left', 'left', 'left', 'left']);
  for (const { dueOn, title, state, doneOn } of calendar) table.push([dueOn, title.en, state, doneOn ?? '']);
  return table.toString();
}

/** Whether the books hold exactly what was given; the demo ends with an error when they do not. */
export function booksAgree({ figures, given }: DemoResult): boolean {
  const { raised, match } = figures;
  return (
    raised.gifts === given.notified &&
    raised.giftsMinor === given.amountMinor &&
    raised.refundedMinor === given.refundedMinor &&
    raised.donors === given.donors &&
    raised.matchMinor + raised.lumpMinor + match.remainingMinor === match.poolMinor
  );
}

function plainTable(head: string[], colAligns: ('left' | 'right')[]): InstanceType<typeof Table> {
  return new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
}
