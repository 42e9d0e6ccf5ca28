import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import { amountMinorSchema } from '../../kernel/money.ts';
import {
  type CampaignWindow,
  type Instant,
  instantOfLocal,
  type LocalDateTime,
  localDateTimeSchema,
  plusDays,
} from '../../kernel/time.ts';
import type { Money } from './caps.ts';
import { slugSchema } from './slug.ts';

/** Three days of some hours each, or a power hour on each day: no campaign known to us has had more. */
const MOST_WINDOWS = 100;

/** Part of a rule's money, kept for certain windows: "100 million for each of the three days" is three of these. */
export const subPoolSchema = z.strictObject({ id: slugSchema, poolMinor: amountMinorSchema });

/** Rule R8: when a rule is in force, in the campaign's own time: half-open, `from` is inside and `until` is not. */
export const windowSchema = z.strictObject({
  from: localDateTimeSchema,
  until: localDateTimeSchema,
  /** The sub-pool that this window draws from; left out where the rule has none. */
  subPoolId: slugSchema.optional(),
});
export type RuleWindow = z.infer<typeof windowSchema>;
export const windowsSchema = z.array(windowSchema).min(1).max(MOST_WINDOWS);
export const subPoolsSchema = z.array(subPoolSchema).min(1).max(MOST_WINDOWS);

/** A window as instants, `[from, until)`. */
export type OpenWindow = { readonly from: Instant; readonly until: Instant; readonly subPoolId: string | undefined };

/** The windows of a rule in time order; without any, the whole campaign. */
export function openWindows(
  windows: readonly RuleWindow[] | undefined,
  campaign: { readonly zone: string; readonly opensAt: Instant; readonly closesAt: Instant },
): OpenWindow[] {
  if (windows === undefined) return [{ from: campaign.opensAt, until: campaign.closesAt, subPoolId: undefined }];
  return windows
    .map(({ from, until, subPoolId }) => ({
      from: instantOfLocal(from, campaign.zone),
      until: instantOfLocal(until, campaign.zone),
      subPoolId,
    }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** The window that a moment falls into, if any. Windows of one rule never overlap, so there is at most one. */
export function windowAt(windows: readonly OpenWindow[], moment: Instant): OpenWindow | undefined {
  for (const window of windows) {
    if (moment < window.from) return undefined;
    if (moment < window.until) return window;
  }
  return undefined;
}

export type WindowFinder = (moment: Instant) => OpenWindow | undefined;

/**
 * {@link windowAt} for very many moments. They mostly come in order, so that the window, or the gap between two, in which the last
 * one lay is looked at first: two comparisons of texts instead of two for each window.
 */
export function windowFinder(windows: readonly OpenWindow[]): WindowFinder {
  let from: string = END_OF_TIME;
  let until: string = END_OF_TIME;
  let window: OpenWindow | undefined;
  return (moment) => {
    if (from <= moment && moment < until) return window;
    const next = windows.findIndex((one) => moment < one.until);
    const ahead = windows[next];
    window = ahead !== undefined && ahead.from <= moment ? ahead : undefined;
    if (window !== undefined) ({ from, until } = window);
    else {
      from = (next < 0 ? windows.at(-1) : windows[next - 1])?.until ?? BEGINNING_OF_TIME;
      until = ahead?.from ?? END_OF_TIME;
    }
    return window;
  };
}
// Before and after every instant, as texts.
const BEGINNING_OF_TIME = '';
const END_OF_TIME = '~';

type Windowed = {
  readonly poolMinor: number;
  readonly windows?: readonly RuleWindow[] | undefined;
  readonly subPools?: readonly z.infer<typeof subPoolSchema>[] | undefined;
};

/**
 * What contradicts itself in a rule's windows and sub-pools. `at` is the rule's place, e.g. `matching.rules[0]`. Times are
 * compared as moments and not as they read: a change of clocks can turn two windows into one.
 */
export function windowProblems(rule: Windowed, at: string, money: Money, campaign: CampaignWindow): FieldProblem[] {
  const windows = rule.windows ?? [];
  return [
    ...windows.flatMap((window, position) => timeProblems(window, `${at}.windows[${position}]`, campaign)),
    ...overlapProblems(windows, at, campaign.zone),
    ...subPoolProblems(rule, windows, at, money),
  ];
}

type Span = { readonly from?: LocalDateTime | undefined; readonly until?: LocalDateTime | undefined };

/** A time that ends before it begins, or that lies outside the campaign, whose gifts are the only ones there are. */
export function timeProblems({ from, until }: Span, at: string, campaign: CampaignWindow): FieldProblem[] {
  const { firstDay, lastDay, zone } = campaign;
  const problems: FieldProblem[] = [];
  if (from !== undefined && until !== undefined && instantOfLocal(from, zone) >= instantOfLocal(until, zone))
    problems.push({ field: `${at}.until`, problem: `is not after ${from}`, fix: 'end it after it begins' });
  if (from !== undefined && from < `${firstDay}T00:00`)
    problems.push({
      field: `${at}.from`,
      problem: `is before the campaign’s first day, ${firstDay}`,
      fix: 'begin it inside the campaign',
    });
  if (until !== undefined && until > `${plusDays(lastDay, 1)}T00:00`)
    problems.push({
      field: `${at}.until`,
      problem: `is after the campaign’s last day, ${lastDay}`,
      fix: 'end it at the last day’s 24:00 at the latest, which is written as the next day’s 00:00',
    });
  return problems;
}

function overlapProblems(windows: readonly RuleWindow[], at: string, zone: string): FieldProblem[] {
  const inOrder = windows
    .map((window, position) => ({
      ...window,
      position,
      start: instantOfLocal(window.from, zone),
      end: instantOfLocal(window.until, zone),
    }))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.position - b.position));
  return inOrder.flatMap((window, index) => {
    const earlier = inOrder.slice(0, index).find(({ end }) => end > window.start);
    if (earlier === undefined) return [];
    return [
      {
        field: `${at}.windows[${window.position}].from`,
        problem: `lies inside the window that begins ${earlier.from} and ends ${earlier.until}`,
        fix: 'let each window of a rule begin when the one before has ended; two offers at the same time are two rules',
      },
    ];
  });
}

function subPoolProblems(rule: Windowed, windows: readonly RuleWindow[], at: string, money: Money): FieldProblem[] {
  const { subPools } = rule;
  const problems: FieldProblem[] = [];
  const ids = new Set(subPools?.map(({ id }) => id));
  for (const [position, window] of windows.entries()) {
    if (window.subPoolId === undefined && subPools !== undefined)
      problems.push({
        field: `${at}.windows[${position}].subPoolId`,
        problem: 'is missing, while the rule keeps its money in sub-pools',
        fix: 'name the sub-pool that this window draws from',
      });
    if (window.subPoolId !== undefined && !ids.has(window.subPoolId))
      problems.push({
        field: `${at}.windows[${position}].subPoolId`,
        problem: `names no sub-pool of this rule: ${window.subPoolId}`,
        fix: 'name one of subPools, or leave it out where there are none',
      });
  }
  if (subPools === undefined) return problems;
  const parts = subPools.reduce((total, { poolMinor }) => total + poolMinor, 0);
  if (parts !== rule.poolMinor)
    problems.push({
      field: `${at}.subPools`,
      problem: `sum to ${money(parts)}, but poolMinor is ${money(rule.poolMinor)}`,
      fix: 'let the sub-pools be the whole pool',
    });
  if (ids.size !== subPools.length)
    problems.push({ field: `${at}.subPools`, problem: 'repeat an id', fix: 'give every sub-pool its own id' });
  for (const [position, { id }] of subPools.entries())
    if (!windows.some(({ subPoolId }) => subPoolId === id))
      problems.push({
        field: `${at}.subPools[${position}].id`,
        problem: `is drawn from by no window: ${id}`,
        fix: 'give it a window, or take it away',
      });
  return problems;
}
