import { describe, expect, it } from 'vitest';
import { phaseOf } from '../../functions/campaigns/campaign-calendar.ts';
import { batchesOf, partitionsOf } from '../../functions/closeout/closeout-partition.ts';
import { statementLookSeconds } from '../../functions/closeout/statement-reminder.ts';
import { daysBetween, type Instant, instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import { WORKFLOWS, type WorkflowName } from '../../functions/manifest.ts';
import { MOST_FINAL_GIFTS } from '../../functions/matching/final-books.store.ts';
import { INTAKE_SHARDS } from '../../functions/platform/keys.ts';
import { lookAgainSeconds } from '../../functions/reconciliation/look-again.ts';
import { edgesOf, filledWorkflow, type Machine, type State } from './asl.ts';

/** What an execution of a standard workflow may have (AWS Step Functions, quotas); it fails with the next event. */
const MOST_EVENTS = 25_000;
/** A fifth is left for retries, each of which is three events: 1,600 of them. */
const MOST_PLANNED = 20_000;
const DAY_SECONDS = 86_400;
const BEGUN = instantOf('2026-01-01T00:00:00+08:00');

/** Events of one pass through a state (AWS Step Functions, GetExecutionHistory). `items`: of a Map, one state each. */
function eventsOf(state: State, items = 0): number {
  if (state.ItemProcessor !== undefined) {
    const [inner, ...more] = Object.values(state.ItemProcessor.States);
    if (inner === undefined || more.length > 0) throw new Error('a Map of more states than one is not counted here');
    // Entered, started, succeeded, exited; and of each item that it started and succeeded.
    return 4 + items * (2 + eventsOf(inner));
  }
  // Entered, scheduled, started, succeeded, exited; and that it was submitted where somebody else says how it ended.
  if (state.Type === 'Task') return /sync|waitForTaskToken/.test(state.Resource ?? '') ? 6 : 5;
  return 2;
}

/** A way through a workflow that an execution can take so often; a loop comes back to its first state. */
type Way = { readonly path: readonly string[]; readonly times: number; readonly isLoop?: true };

/** How often something is looked at until a time is over. */
function looks(seconds: number, waitSeconds: (now: Instant) => number): number {
  const end = plusSeconds(BEGUN, seconds);
  let count = 0;
  for (let now = BEGUN; now < end; now = plusSeconds(now, Math.max(1, waitSeconds(now)))) count += 1;
  return count;
}
const everySoOften = (days: number, hours: number): number => Math.ceil((days * 24) / hours);
const loop = (times: number, ...path: string[]): Way => ({ path, times, isLoop: true });
const once = (...path: string[]): Way => ({ path, times: 1 });

/** The longest campaign that may be proposed, and the days on which its last gifts may come. */
const DAYS = daysBetween('2026-09-07' as LocalDate, '2026-11-05' as LocalDate);
const LATE_DAYS = 10;
/** As many gifts as matching takes, spread so that no two partitions of these days fit into one call. */
const LARGE_PARTITION = 10_001;
const largeDays = new Set<string>(DAYS.slice(0, Math.floor(MOST_FINAL_GIFTS / LARGE_PARTITION / INTAKE_SHARDS)));
const addedUp = batchesOf(
  partitionsOf([...DAYS, ...daysBetween('2026-11-06' as LocalDate, '2026-11-15' as LocalDate)]),
  (day) => (largeDays.has(day) ? LARGE_PARTITION * INTAKE_SHARDS : 0),
);
const MAPS: Readonly<Record<string, number>> = {
  ReconcileDays: DAYS.length + 2 + LATE_DAYS,
  SummarisePartitions: addedUp.length,
  // A million rows in parts of 5,000; 2,000 projects in batches of 100.
  BookParts: 200,
  CloseProjects: 20,
};

/** From the first day of the window to its end, with nobody who files the campaign. */
const unfiled = looks(DAYS.length * DAY_SECONDS, (now) => {
  const window = { firstDay: '2026-01-01', lastDay: '2026-03-01', zone: 'Asia/Shanghai' };
  const outcome = phaseOf('filing', { status: 'approved', proposal: { window } } as never, now);
  if (outcome.kind !== 'unfiled') throw new Error(`a campaign that nobody files is ${outcome.kind}`);
  return outcome.waitSeconds;
});

const CLOSEOUT_DAYS = WORKFLOWS['campaign-closeout'].timeoutDays;
/** Rounds of a statement: each is returned after three days, so that it is looked at as often as can be. */
const RETURNS = 30;
/** Rounds before which the books had moved, so that everything is added up anew. */
const ANEW = 3;
const ROUND_DAYS = 3;
const statementLooks = Array.from({ length: RETURNS }, (_, round) =>
  looks(ROUND_DAYS * DAY_SECONDS, (now) => statementLookSeconds(round, BEGUN, now)),
).reduce((all, count) => all + count, 0);
const closeoutLooks = looks((CLOSEOUT_DAYS - RETURNS * ROUND_DAYS) * DAY_SECONDS, (now) =>
  lookAgainSeconds(BEGUN, now),
);
const ADD_UP = [
  'PrepareCloseout',
  'BillsReady',
  'ReconcileDays',
  'ReconcileBills',
  'ReviewReconciliation',
  'ItemsSettled',
  'SummarisePartitions',
  'WriteReport',
  'ReportWritten',
  'ReviewCloseout',
  'WhereItStands',
];
const LIFE_DAYS = WORKFLOWS['campaign-lifecycle'].timeoutDays;

const WORST: Readonly<Record<WorkflowName, readonly Way[]>> = {
  // As long ahead of its window as an execution lasts, then never filed. What follows a campaign that opens is less: see the test below.
  'campaign-lifecycle': [
    once('Begin', 'CheckProposal', 'ProposalPassed', 'RequestApproval', 'Approved', 'MarkApproved', 'CheckFiling'),
    loop(everySoOften(LIFE_DAYS - DAYS.length, 6), 'CheckFiling', 'FilingDue', 'Filing'),
    loop(unfiled, 'CheckFiling', 'FilingDue', 'TellUnfiled', 'Filing'),
    once('FilingDue', 'CancelMissed', 'TellMissed', 'NeverOpened'),
  ],
  // An hour of silence each, for as long as an approval may take.
  'campaign-approval': [
    loop(
      WORKFLOWS['campaign-approval'].timeoutDays * 24,
      'ReviewApproval',
      'TellPeople',
      'WhereItStands',
      'AwaitDecision',
    ),
  ],
  // Half-hourly from half a day before the end of the window, which is over then.
  'campaign-amendment': [
    once('RequestApproval', 'SettleAmendment'),
    loop(
      everySoOften(WORKFLOWS['campaign-amendment'].timeoutDays, 6) + 24,
      'SettleAmendment',
      'AmendmentSettled',
      'WaitForFiling',
    ),
  ],
  'campaign-closeout': [
    once(...ADD_UP),
    loop(everySoOften(1, 6), 'PrepareCloseout', 'BillsReady', 'WaitForBills'),
    loop(closeoutLooks, 'ReviewReconciliation', 'ItemsSettled', 'WaitForPeople'),
    loop(statementLooks, 'ReviewCloseout', 'WhereItStands', 'WaitForStatement'),
    loop(RETURNS, 'ReviewCloseout', 'WhereItStands', 'WriteReport', 'ReportWritten'),
    loop(RETURNS, 'ReviewCloseout', 'WhereItStands', 'RequestSignOffs', 'SignReport'),
    loop(ANEW, ...ADD_UP),
    once('WhereItStands', 'PublishDisclosure', 'Reported'),
  ],
  // The books move every day while it is signed.
  'report-addendum': [
    loop(WORKFLOWS['report-addendum'].timeoutDays, 'RequestSignOffs', 'SignReport', 'WhatBecameOfIt'),
  ],
  // Ten million gifts, 3,840 a call, and a hundred campaigns that begin a call each.
  'receipt-batch': [loop(Math.ceil(10_000_000 / 3_840) + 100, 'IssueReceiptBatch', 'IsThrough')],
  'statement-import': [once('Begin', 'BookParts', 'FinishStatement', 'Booked')],
  'legacy-closeout': [
    once('Begin', 'PrepareClosing', 'CloseProjects', 'WriteSummary', 'MailSummary', 'FinishClosing', 'Closed'),
  ],
};

/** A campaign that opens on the last day on which its execution can still see it closed: every wait of its life, one after the other. */
const LIFE: readonly Way[] = [
  loop(everySoOften(LIFE_DAYS - DAYS.length - CLOSEOUT_DAYS, 6), 'CheckFiling', 'FilingDue', 'Filing'),
  loop(everySoOften(1, 6), 'CheckOpening', 'OpeningDue', 'WaitForOpening'),
  // Papers that change before it opens send it back to filing.
  loop(everySoOften(10, 24), 'CheckOpening', 'OpeningDue', 'CheckFiling', 'FilingDue'),
  loop(unfiled, 'CheckFiling', 'FilingDue', 'TellUnfiled', 'Filing'),
  // Opened on the last day of its window: every day that it is open is a day that it is not waited for any more, at a third of the events.
  loop(everySoOften(1, 6), 'CheckClosing', 'ClosingDue', 'WaitForClose'),
  loop(1, 'CheckClosing', 'ClosingDue', 'PauseUnfiled', 'TellPaused'),
  loop(everySoOften(2, 6), 'CheckSettling', 'SettlingDue', 'SettleLateNotices'),
  // Five minutes each, for six hours and for a day.
  loop(72, 'FinaliseMatching', 'MatchingFinalised', 'WaitForCounting'),
  loop(everySoOften(24, 6), 'ConfirmMatching', 'MatchingConfirmed', 'PublicNotice'),
  loop(288, 'DrainThankYous', 'ThankYousDrained', 'WaitForThankYous'),
  once('ThankYousDrained', 'Closeout', 'MarkReported', 'Archive', 'Archived'),
];

const machineOf = (name: WorkflowName) => JSON.parse(filledWorkflow(name)) as Machine;

function eventsOfWays(machine: Machine, ways: readonly Way[]): number {
  const edges = edgesOf(machine);
  let events = 2;
  for (const { path, times, isLoop } of ways) {
    const steps = path.map((state, position) => [state, path[position + 1] ?? (isLoop ? path[0] : undefined)]);
    for (const [from = '', to] of steps)
      if (to !== undefined && !edges.has(`${from} -> ${to}`)) throw new Error(`there is no way from ${from} to ${to}`);
    const ofOnce = path.reduce((all, name) => all + eventsOf(machine.States[name] as State, MAPS[name]), 0);
    events += times * ofOnce;
  }
  return events;
}

/** States that an execution can come back to. */
function statesInLoops(machine: Machine): string[] {
  const edges = [...edgesOf(machine)].map((edge) => edge.split(' -> ') as [string, string]);
  const canReachItself = (state: string): boolean => {
    const seen = new Set<string>();
    const waiting = [state];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
      for (const [from, to] of edges)
        if (from === at && !seen.has(to)) {
          seen.add(to);
          waiting.push(to);
        }
    return seen.has(state);
  };
  return Object.keys(machine.States).filter(canReachItself);
}

describe('the history of an execution', () => {
  it.each(Object.entries(WORST) as [WorkflowName, readonly Way[]][])(
    'of %s has room for its worst path, and a fifth for retries',
    (name, ways) => {
      expect(eventsOfWays(machineOf(name), ways)).toBeLessThan(MOST_PLANNED);
    },
  );

  it('of a campaign has room for all of its life too, unfiled for as long as can be and closed out at the last', () => {
    expect(eventsOfWays(machineOf('campaign-lifecycle'), LIFE)).toBeLessThan(MOST_PLANNED);
  });

  it.each(Object.entries(WORST) as [WorkflowName, readonly Way[]][])(
    'of %s is counted with every state that it can come back to',
    (name, ways) => {
      const counted = new Set(
        [...ways, ...(name === 'campaign-lifecycle' ? LIFE : [])].flatMap(({ path, isLoop }) => (isLoop ? path : [])),
      );
      expect(statesInLoops(machineOf(name)).filter((state) => !counted.has(state))).toEqual([]);
    },
  );

  it('would not have room for looks by the hour or half-hour to the end', () => {
    const closeout = machineOf('campaign-closeout');
    const hourly = loop(60 * 24, 'ReviewCloseout', 'WhereItStands', 'WaitForStatement');
    expect(eventsOfWays(closeout, [hourly, hourly])).toBeGreaterThan(MOST_EVENTS);
    const halfHourly = loop(DAYS.length * 48, 'CheckFiling', 'FilingDue', 'TellUnfiled', 'Filing');
    expect(eventsOfWays(machineOf('campaign-lifecycle'), [halfHourly])).toBeGreaterThan(MOST_EVENTS);
  });
});

describe('a report that waits for its statement', () => {
  const waitOf = (round: number, days: number) =>
    statementLookSeconds(round, BEGUN, plusSeconds(BEGUN, days * DAY_SECONDS)) / 3_600;

  it('is looked at by the hour for three days, then every six hours', () => {
    expect([0, 2.9, 3, 59].map((days) => waitOf(0, days))).toEqual([1, 1, 6, 6]);
  });

  it('is looked at every six hours where it came back a fourth time', () => {
    expect([0, 3, 4, 9].map((round) => waitOf(round, 0))).toEqual([1, 1, 6, 6]);
  });
});

describe('the partitions of a closeout', () => {
  const partitions = partitionsOf(DAYS);

  it('are what its workflow works on, a batch at a time', () => {
    const { SummarisePartitions } = machineOf('campaign-closeout').States;
    expect(SummarisePartitions).toMatchObject({ ItemsPath: '$.prepared.outcome.batches' });
  });

  it('are each in one batch, in order', () => {
    for (const gifts of [0, 3_000, 40_000, 1_000_000])
      expect(batchesOf(partitions, () => gifts).flat()).toEqual(partitions);
  });

  it('of a quiet campaign of sixty days are added up in six calls, and of a great day in one each', () => {
    expect(batchesOf(partitions, () => 10)).toHaveLength(6);
    expect(batchesOf(partitionsOf(DAYS.slice(0, 1)), () => 1_000_000)).toHaveLength(INTAKE_SHARDS);
  });

  it('are no more together than a call adds up quickly', () => {
    for (const batch of batchesOf(partitions, () => 40_000)) expect(batch.length * 5_000).toBeLessThanOrEqual(20_000);
  });
});
