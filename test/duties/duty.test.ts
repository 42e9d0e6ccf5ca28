import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { campaignProposalSchema, proposalProblems } from '../../functions/campaigns/campaign-proposal.ts';
import {
  type Completions,
  type DutyFacts,
  dutiesOf,
  dutyFactsOf,
  dutyFactsSchema,
  isLongerThan,
  organisationDutiesOf,
  yearsOf,
} from '../../functions/duties/duty.ts';
import { type Reminder, reminderFor } from '../../functions/duties/reminder.ts';
import { instantOf, type LocalDate, localDateSchema, plusDays, plusMonths } from '../../functions/kernel/time.ts';
import { PROPOSAL } from '../stories/people.ts';

const day = (text: string): LocalDate => localDateSchema.parse(text);
const factsOf = (more: object = {}): DutyFacts =>
  dutyFactsSchema.parse({
    window: { firstDay: '2026-09-07', lastDay: '2026-09-09', zone: 'Asia/Shanghai' },
    isEmergency: false,
    hasPartner: false,
    ...more,
  });
const doneOn = (on: string): Completions[string] => ({
  on: day(on),
  by: 'manager-li',
  note: 'published',
  at: instantOf('2026-12-01T00:00:00Z'),
});
const calendar = (facts: DutyFacts, today: string, done: Completions = {}): string[] =>
  dutiesOf(facts, done, day(today)).map(({ dueOn, id, state }) => `${dueOn} ${id} ${state}`);

describe('months', () => {
  it.each([
    ['2026-08-31', 3, '2026-11-30'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2027-11-30', 3, '2028-02-29'],
    ['2026-09-09', 3, '2026-12-09'],
    ['2026-10-31', 1, '2026-11-30'],
    ['2026-12-31', 2, '2027-02-28'],
  ])('%s and %i months are %s', (from, months, to) => {
    expect(plusMonths(day(from), months)).toBe(to);
  });

  it.each([
    ['2026-01-01', '2026-06-30', false],
    ['2026-01-01', '2026-07-01', true],
    ['2026-08-31', '2027-02-27', false],
    ['2026-08-31', '2027-02-28', true],
  ])('a campaign from %s to %s is longer than six months: %s', (first, last, isLong) => {
    expect(isLongerThan(6, day(first), day(last))).toBe(isLong);
  });
});

describe('the duties of a campaign of 7 to 9 September', () => {
  it('are known with their days when it is approved', () => {
    expect(calendar(factsOf(), '2026-08-20')).toEqual([
      '2026-08-28 filing near',
      '2026-09-11 settling waiting',
      '2026-09-22 match-notice waiting',
      '2026-10-09 closeout waiting',
      '2026-12-09 full-disclosure waiting',
      '2026-12-09 report-back waiting',
      '2026-12-09 surplus waiting',
    ]);
  });

  it('say of each of them where it is written', () => {
    for (const { rule } of dutiesOf(factsOf({ hasPartner: true }), {}, day('2026-08-20')))
      expect(rule).toMatch(/Law|Order|Our own/);
  });

  it('are near from fourteen days before and overdue from the day after', () => {
    const stateOn = (today: string) => dutiesOf(factsOf(), {}, day(today)).find(({ id }) => id === 'filing')?.state;
    expect(['2026-08-13', '2026-08-14', '2026-08-28', '2026-08-29'].map(stateOn)).toEqual([
      'waiting',
      'near',
      'near',
      'overdue',
    ]);
  });

  it('are done by the filing, by the workflow and by what people say, each with who said so', () => {
    const facts = factsOf({
      filedOn: '2026-08-20',
      filedBy: 'manager-li',
      openedOn: '2026-09-07',
      finalisedOn: '2026-09-11',
      reportedOn: '2026-09-23',
    });
    const duties = dutiesOf(facts, { surplus: doneOn('2026-11-01') }, day('2026-12-10'));
    expect(duties.map(({ id, state, doneOn: on, by }) => [id, state, on, by])).toEqual([
      ['filing', 'done', '2026-08-20', 'manager-li'],
      ['settling', 'done', '2026-09-11', 'workflow'],
      ['match-notice', 'done', '2026-09-23', 'workflow'],
      ['closeout', 'done', '2026-09-23', 'workflow'],
      ['full-disclosure', 'overdue', undefined, undefined],
      ['report-back', 'overdue', undefined, undefined],
      ['surplus', 'done', '2026-11-01', 'manager-li'],
    ]);
  });

  it('ask for another filing where the first day was moved to less than ten days after it', () => {
    const moved = factsOf({
      filedOn: '2026-08-20',
      window: { firstDay: '2026-08-29', lastDay: '2026-09-09', zone: 'Asia/Shanghai' },
    });
    expect(calendar(moved, '2026-08-25')[0]).toBe('2026-08-19 filing overdue');
  });

  it('are those of an emergency where there is one: filed within ten days after the start', () => {
    const emergency = factsOf({ isEmergency: true, openedOn: '2026-09-07' });
    expect(calendar(emergency, '2026-09-10')).toContain('2026-09-17 emergency-filing near');
    expect(calendar(emergency, '2026-09-18')).toContain('2026-09-17 emergency-filing overdue');
  });

  it('count from its end where it was cancelled, and vanish where it never opened', () => {
    const cancelled = factsOf({ openedOn: '2026-09-07', cancelledOn: '2026-09-08' });
    expect(calendar(cancelled, '2026-09-08')).toContain('2026-12-08 full-disclosure waiting');
    expect(calendar(factsOf({ cancelledOn: '2026-09-01' }), '2026-09-08')).toEqual([]);
  });

  it('add the evaluation of partners where others raise money with it', () => {
    expect(calendar(factsOf({ hasPartner: true }), '2026-08-20')).toContain('2026-12-09 partner-evaluation waiting');
  });
});

describe('a campaign that lasts longer than six months', () => {
  const long = factsOf({ window: { firstDay: '2026-08-31', lastDay: '2027-08-30', zone: 'Asia/Shanghai' } });
  const progress = (done: Completions = {}): string[] =>
    dutiesOf(long, done, day('2026-09-01'))
      .filter(({ kind }) => kind === 'progress-disclosure')
      .map(({ dueOn }) => dueOn);

  it('reports every three months, each counted from the one before', () => {
    expect(progress()).toEqual(['2026-11-30', '2027-02-28', '2027-05-28', '2027-08-28']);
  });

  it('reports again three months after a report that came early', () => {
    expect(progress({ 'progress-disclosure-1': doneOn('2026-11-15') })).toEqual([
      '2026-11-30',
      '2027-02-15',
      '2027-05-15',
      '2027-08-15',
    ]);
  });

  it('never leaves more than three months without a report, whatever its days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 184, max: 900 }), (offset, length) => {
        const firstDay = plusDays(day('2026-01-01'), offset);
        const window = { firstDay, lastDay: plusDays(firstDay, length), zone: 'Asia/Shanghai' };
        const facts = factsOf({ window });
        const days = [
          firstDay,
          ...dutiesOf(facts, {}, firstDay).flatMap(({ kind, dueOn }) =>
            kind === 'progress-disclosure' ? [dueOn] : [],
          ),
        ];
        for (const [index, next] of days.slice(1).entries())
          expect(next <= plusMonths(days[index] ?? firstDay, 3)).toBe(true);
        expect(plusMonths(days.at(-1) ?? firstDay, 3) > window.lastDay).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('carrying the project out', () => {
  /** What a manager hands in: gifts of three days in September, carried out until 31 August of the next year. */
  const plan = (more: object = {}) => {
    const proposal = campaignProposalSchema.parse({ ...PROPOSAL, ...more });
    expect(proposalProblems(proposal)).toEqual([]);
    return dutyFactsOf({ proposal });
  };
  const stage = (fromDay: string, untilDay: string) => ({ stage: '实施', fromDay, untilDay, activities: '按户发放。' });
  const YEAR = { executionPlan: [stage('2026-10-01', '2027-03-31'), stage('2027-03-01', '2027-08-31')] };
  const project = (facts: DutyFacts, done: Completions = {}): string[] =>
    dutiesOf(facts, done, day('2026-09-07')).flatMap(({ id, dueOn }) =>
      id.startsWith('project') ? [`${dueOn} ${id}`] : [],
    );

  it('is told of every three months until it ends, and in full within three months after that', () => {
    expect(project(plan(YEAR))).toEqual([
      '2027-01-01 project-progress-1',
      '2027-04-01 project-progress-2',
      '2027-07-01 project-progress-3',
      '2027-11-30 project-full',
    ]);
  });

  it('is told of as often as the filed plan promises, where that is more often, and from a report that came early', () => {
    const often = plan({ ...YEAR, progressReportMonths: 2 });
    expect(project(often).slice(0, 3)).toEqual([
      '2026-12-01 project-progress-1',
      '2027-02-01 project-progress-2',
      '2027-04-01 project-progress-3',
    ]);
    expect(project(often, { 'project-progress-1': doneOn('2026-11-15') }).slice(0, 2)).toEqual([
      '2026-12-01 project-progress-1',
      '2027-01-15 project-progress-2',
    ]);
  });

  it('is accounted for after the last gift, also where the plan ends before it', () => {
    expect(project(plan({ executionPlan: [stage('2026-08-01', '2026-09-08')] }))).toEqual(['2026-12-09 project-full']);
  });

  it('ends with a campaign that was cancelled, whose own account says where the money went', () => {
    const facts = { ...plan(YEAR), openedOn: day('2026-09-07'), cancelledOn: day('2026-09-08') };
    expect(project(facts)).toEqual([]);
  });

  it('is planned for ten years at most, so that its reports can be listed', () => {
    const proposal = campaignProposalSchema.parse({ ...PROPOSAL, executionPlan: [stage('2026-10-01', '2036-09-10')] });
    expect(proposalProblems(proposal)).toMatchObject([
      { field: 'executionPlan[0].untilDay', fix: 'plan until 2036-09-09 at most' },
    ]);
    expect(project(dutyFactsOf({ proposal }))).toHaveLength(40);
  });

  it('never leaves more than the promised months without a report', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 3 }), (length, reportMonths) => {
        const lastDay = plusDays(day('2026-10-31'), length);
        const facts = factsOf({ project: { firstDay: '2026-10-31', lastDay, reportMonths } });
        const days = dutiesOf(facts, {}, lastDay).flatMap(({ kind, dueOn }) =>
          kind === 'project-progress' ? [dueOn] : [],
        );
        const all = [day('2026-10-31'), ...days];
        for (const [index, next] of days.entries())
          expect(next <= plusMonths(all[index] ?? lastDay, reportMonths)).toBe(true);
        expect(plusMonths(all.at(-1) ?? lastDay, reportMonths) > lastDay).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the duties of an organisation', () => {
  it('are a report by 31 May for every year in which it took gifts, and what has happened, within 30 days', () => {
    const event = {
      eventId: 'evt_1',
      about: '重大资产变动',
      happenedOn: day('2026-10-01'),
      by: 'admin',
      at: instantOf(0),
    };
    const years = new Set([2026, 2027]);
    expect(
      organisationDutiesOf({ years, events: [event] }, {}, day('2026-10-20')).map(
        ({ id, dueOn, state }) => `${dueOn} ${id} ${state}`,
      ),
    ).toEqual([
      '2026-10-31 evt_1 near',
      '2027-05-31 annual-report-2026 waiting',
      '2028-05-31 annual-report-2027 waiting',
    ]);
  });

  it('count every year that a campaign touches, and none of one that never opened', () => {
    const overNewYear = { firstDay: '2026-12-20', lastDay: '2027-01-10', zone: 'Asia/Shanghai' };
    expect(yearsOf(factsOf({ window: overNewYear }))).toEqual([2026, 2027]);
    expect(yearsOf(factsOf({ window: overNewYear, openedOn: '2026-12-20', cancelledOn: '2026-12-24' }))).toEqual([
      2026,
    ]);
    expect(yearsOf(factsOf({ cancelledOn: '2026-09-01' }))).toEqual([]);
  });
});

describe('reminders of a filing that is due on 28 August', () => {
  const reminderOn = (today: string): Reminder | undefined => {
    const [filing] = dutiesOf(factsOf(), {}, day(today));
    return filing === undefined ? undefined : reminderFor(filing, day(today));
  };

  it.each([
    ['2026-08-13', undefined],
    ['2026-08-14', '14'],
    ['2026-08-20', '14'],
    ['2026-08-21', '7'],
    ['2026-08-23', '7'],
    ['2026-08-25', '3'],
    ['2026-08-27', '1'],
    ['2026-08-28', '1'],
    ['2026-08-29', 'overdue-0'],
    ['2026-09-04', 'overdue-0'],
    ['2026-09-05', 'overdue-1'],
  ])('on %s are those of %s', (today, threshold) => {
    expect(reminderOn(today)?.claim).toBe(threshold === undefined ? undefined : `duty-filing-2026-08-28-${threshold}`);
    expect(reminderOn(today)?.isEscalated ?? false).toBe(threshold?.startsWith('overdue') ?? false);
  });

  it('stop once it is done', () => {
    const [filing] = dutiesOf(factsOf({ filedOn: '2026-08-20' }), {}, day('2026-08-27'));
    expect(filing === undefined ? 'no filing' : reminderFor(filing, day('2026-08-27'))).toBeUndefined();
  });
});
