import { shortDate } from '../kernel/day-text.ts';
import { type Minor, minor, shownNumber } from '../kernel/money.ts';
import { type CloseoutReport, netOf } from './closeout-report.ts';
import { accountWords } from './report-account-words.ts';
import { barChart, type Chart, climbChart, columnChart } from './report-charts.ts';
import { countText, moneyText, wordsOf } from './report-words.ts';

/** Above this many days a bar an hour would be thinner than a hair: the charts then go by days. */
const LARGEST_HOURLY_CHART_DAYS = 5;
/** Rows of a chart of units: what is legible on a page; the table lists all. */
const CHARTED_UNITS = 20;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** A picture needs no exactness to the fen: the number nearest to the exact decimal text. */
const yuan = (amount: number): number => shownNumber(amount, 'CNY');
const clockHour = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
const separator = ({ language }: CloseoutReport): string => (language === 'zh-CN' ? '；' : '; ');

type Slot = {
  readonly label: string;
  readonly gifts: number;
  readonly raisedMinor: number;
  readonly matchedMinor: number;
};

/** The campaign's time in equal parts: hours of a short one, days of a long one. */
function slotsOf({ days, hours, language }: CloseoutReport): readonly Slot[] {
  if (days.length > LARGEST_HOURLY_CHART_DAYS)
    return days.map(({ day, ...figures }) => ({ label: shortDate(day, language), ...figures }));
  const byHour = new Map(hours.map((one) => [`${one.day} ${one.hour}`, one]));
  return days.flatMap(({ day }) =>
    HOURS.map((hour) => {
      const { gifts = 0, raisedMinor = 0, matchedMinor = 0 } = byHour.get(`${day} ${hour}`) ?? {};
      return { label: `${shortDate(day, language)} ${clockHour(hour)}`, gifts, raisedMinor, matchedMinor };
    }),
  );
}

/** What was raised, hour by hour or day by day. */
export function timeChart(report: CloseoutReport): Chart {
  const words = accountWords(report.language);
  const slots = slotsOf(report);
  const title = report.days.length > LARGEST_HOURLY_CHART_DAYS ? words.charts.days : words.charts.hours;
  const best = slots.reduce<Slot | undefined>(
    (found, slot) => (slot.raisedMinor > (found?.raisedMinor ?? 0) ? slot : found),
    undefined,
  );
  return columnChart(
    slots.map(({ label }) => label),
    { name: wordsOf(report.language).fields.raised, yuan: slots.map(({ raisedMinor }) => yuan(raisedMinor)) },
    words.unit,
    best === undefined
      ? title
      : `${title}${separator(report)}${words.charts.highest(best.label, moneyText(minor(best.raisedMinor)))}`,
  );
}

/** How the pools were used up: what stands of the matches, added up over the time in which their gifts came. `undefined` without a pool. */
export function matchChart(report: CloseoutReport): Chart | undefined {
  const { match, language, summary } = report;
  if (match.poolMinor === 0) return undefined;
  const words = accountWords(language);
  const slots = slotsOf(report);
  let used = 0;
  const climbing = slots.map(({ matchedMinor }) => {
    used += matchedMinor;
    return yuan(used);
  });
  return climbChart(
    slots.map(({ label }) => label),
    { name: words.charts.used, yuan: climbing },
    { name: words.charts.pool, yuan: yuan(match.poolMinor) },
    words.unit,
    `${words.charts.match}${separator(report)}${words.charts.usedOf(moneyText(summary.matchedMinor), moneyText(match.poolMinor))}`,
  );
}

/** `undefined` where no unit has anything. */
export function unitChart(report: CloseoutReport): Chart | undefined {
  const words = accountWords(report.language);
  const shown = report.units.filter((unit) => unit.id !== null && netOf(unit) > 0).slice(0, CHARTED_UNITS);
  const [first] = shown;
  if (first === undefined) return undefined;
  const nameOf = (unit: { readonly name: string | null; readonly id: string | null }) => unit.name ?? unit.id ?? '';
  return barChart(
    shown.map(nameOf),
    [{ name: words.charts.net, yuan: shown.map((unit) => yuan(netOf(unit))) }],
    words.unit,
    `${words.charts.units}${separator(report)}${words.charts.highest(nameOf(first), moneyText(netOf(first)))}`,
  );
}

/** Budget lines of a chart: more than this are in the table only. */
const CHARTED_LINES = 15;

/** `undefined` without a line. */
export function budgetChart({ budget, language }: CloseoutReport): Chart | undefined {
  const words = accountWords(language);
  const lines = budget.lines.slice(0, CHARTED_LINES);
  if (lines.length === 0) return undefined;
  const total = lines.reduce((all, line) => all + line.currentMinor, 0);
  return barChart(
    lines.map(({ item }) => item),
    [
      { name: words.charts.plan, yuan: lines.map((line) => yuan(line.currentMinor)) },
      { name: words.charts.actual, yuan: lines.map((line) => yuan(line.spentMinor)) },
    ],
    words.unit,
    `${words.charts.budget}: ${words.charts.plan} ${moneyText(minor(total))}, ${words.charts.actual} ${moneyText(budget.spentMinor)}`,
  );
}

/** `undefined` where no earlier campaign was named. */
export function yearChart({ yearOnYear, language }: CloseoutReport): Chart | undefined {
  if (yearOnYear.length === 0) return undefined;
  const words = accountWords(language);
  const amounts = (of: (one: (typeof yearOnYear)[number]) => Minor): number[] => yearOnYear.map((one) => yuan(of(one)));
  const last = yearOnYear.at(-1);
  return barChart(
    yearOnYear.map(({ year, title }) => `${year} ${title}`),
    [
      { name: words.charts.net, yuan: amounts(({ netMinor }) => netMinor) },
      { name: words.charts.matched, yuan: amounts(({ matchedMinor }) => matchedMinor) },
    ],
    words.unit,
    `${words.charts.years}: ${last === undefined ? '' : `${last.year} ${moneyText(last.netMinor)}`} (${countText(yearOnYear.length)})`,
  );
}
