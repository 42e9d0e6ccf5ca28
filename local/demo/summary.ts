import Table from 'cli-table3';
import { formatMoney, minor } from '../../functions/kernel/money.ts';
import { instantOf, localTimeText } from '../../functions/kernel/time.ts';
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
  const { figures, given, history, calendar, settled, report, schedules, trail, addresses } = result;
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
    settledTable(settled),
    schedulesTable(schedules),
    auditTrailTable(trail.lines, {
      zone: DEMO_WINDOW.zone,
      nameOf: (by) => trail.names.get(by) ?? by,
      most: SHOWN_TRAIL_LINES,
    }),
    `  Report signed   ${report.signatures.map(({ name }) => name).join(', ')}; SHA-256 ${report.reportSha256}`,
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

/** What did not agree with the provider, and what a person of finance made of it. */
function settledTable(settled: DemoResult['settled']): string {
  const table = plainTable(
    ['Does not agree', 'Day', 'Ours', 'Theirs', 'Became', 'Because'],
    ['left', 'left', 'right', 'right', 'left', 'left'],
  );
  const amount = (minorUnits: number | undefined): string => (minorUnits === undefined ? '-' : yuan(minorUnits));
  for (const item of settled)
    table.push([
      item.class,
      item.day,
      amount(item.ourAmountMinor),
      amount(item.theirAmountMinor),
      item.state,
      item.reason,
    ]);
  return table.toString();
}

/** What runs again and again, when next, and how it went. */
function schedulesTable(schedules: DemoResult['schedules']): string {
  const table = plainTable(['Job', 'When', 'State', 'Next run', 'Last run'], ['left', 'left', 'left', 'left', 'left']);
  for (const { job, expression, zone, of, state, nextRunAt, lastRun } of schedules)
    table.push([
      job,
      expression,
      of === 'system' ? 'of the system' : state,
      nextRunAt === null ? '' : localTimeText(instantOf(nextRunAt), zone).slice(0, MINUTE_LENGTH),
      lastRun === null ? '' : `${lastRun.by}: ${String(lastRun.outcome?.['kind'] ?? lastRun.state)}`,
    ]);
  return table.toString();
}
const MINUTE_LENGTH = '2026-09-07 12:00'.length;

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
