import Table from 'cli-table3';
import { formatMoney, minor } from '../../functions/kernel/money.ts';
import { instantOf, localTimeText } from '../../functions/kernel/time.ts';
import { auditTrailTable, verificationText } from './audit-trail.ts';
import { DEMO_WINDOW } from './demo-campaign.ts';
import { legacyRows } from './legacy-scene.ts';
import type { DemoResult } from './play-demo.ts';

const yuan = (amount: number): string => formatMoney(minor(amount), 'CNY');

/** A screen holds the summary, and of the audit trail this much: from the last decisions to the archive. */
const SHOWN_TRAIL_LINES = 15;

/**
 * What the demo shows at its end: the campaign's figures beside what was really given, the leaderboard, the calendar of
 * duties, the audit trail, and where to look.
 */
export function demoSummary(result: DemoResult, inboxUrl: string): string {
  const { figures, given, history, calendar, settled, report, receipts, spending, disclosed } = result;
  const { legacy, schedules, trail, addresses } = result;
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
    spendingTable(spending),
    settledTable(settled),
    legacyTable(legacy),
    schedulesTable(schedules),
    auditTrailTable(trail.lines, {
      zone: DEMO_WINDOW.zone,
      nameOf: (by) => trail.names.get(by) ?? by,
      most: SHOWN_TRAIL_LINES,
    }),
    `  Receipts        ${receipts.issued} for ${yuan(receipts.issuedMinor)}, ${receipts.waived} gifts without; ${receipts.voidNumber} is void, ${receipts.newNumber} in its place; ${receipts.problems.length === 0 ? 'no number is missing' : 'NUMBERS DO NOT HOLD'}`,
    `                  ${receipts.sample.amountInWords} (${yuan(receipts.sample.amountMinor)}), check code ${receipts.sample.checkCode}`,
    `  Verify it       ${receipts.verification}`,
    `  Published       ${disclosed.entries.length} entries: ${disclosed.page}`,
    `  Proof           gift ${disclosed.proof.giftNo} is in the signed total of ${disclosed.proof.day} (${disclosed.proof.dayGifts} gifts, ${yuan(disclosed.proof.dayMoneyMinor)}) by ${disclosed.proof.steps} hashes; ${disclosed.signedDays} days signed`,
    `                  ${disclosed.proofPage}`,
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

/** What the lines of the budget were planned at, came to after transfers, and cost. */
function spendingTable(spending: DemoResult['spending']): string {
  const table = plainTable(['Budget line', 'Planned', 'Now', 'Spent'], ['left', 'right', 'right', 'right']);
  for (const { item, plannedMinor, currentMinor, spentMinor } of spending.lines)
    table.push([item, yuan(plannedMinor), yuan(currentMinor), yuan(spentMinor)]);
  const { beneficiaries, amountMinor } = spending.aid;
  table.push([`of it aid to ${beneficiaries} people`, '', '', yuan(amountMinor)]);
  table.push(['Goods received, and issued', '', yuan(spending.goodsReceivedMinor), yuan(spending.goodsIssuedMinor)]);
  return table.toString();
}

/** The summary of the old projects: its totals are the sums of its rows, and money and goods stand apart. */
function legacyTable({ byYear, bySource, byCounty, total }: DemoResult['legacy']): string {
  return (
    [
      ['Year', byYear],
      ['Source', bySource],
      ['County', byCounty],
    ] as const
  )
    .map(([of, lines]) => {
      const table = plainTable([of, 'Projects', 'Money', 'Goods'], ['left', 'right', 'right', 'right']);
      for (const row of legacyRows(lines, total)) table.push(row);
      return table.toString();
    })
    .join('\n');
}

/** What did not agree with the provider, and what people of finance made of it. */
function settledTable(settled: DemoResult['settled']): string {
  const table = plainTable(['Does not agree', 'Became'], ['left', 'left']);
  for (const item of settled) table.push([item.class, item.what]);
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
  // A gift of which the provider never told is found where the sweep of orders came by in time; then it is in the books too.
  const found = raised.gifts === given.notified + 1 ? given.neverNotifiedMinor : 0;
  return (
    raised.gifts === given.notified + Number(found > 0) &&
    raised.giftsMinor === given.amountMinor + found &&
    raised.refundedMinor === given.refundedMinor &&
    raised.donors === given.donors + Number(found > 0) &&
    raised.matchMinor + raised.lumpMinor + match.remainingMinor === match.poolMinor
  );
}

function plainTable(head: string[], colAligns: ('left' | 'right')[]): InstanceType<typeof Table> {
  return new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
}
