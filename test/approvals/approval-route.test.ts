import { describe, expect, it } from 'vitest';
import { DEFAULT_ROUTES, routeRequestSchema } from '../../functions/approvals/approval-route.ts';
import { routeProblems } from '../../functions/approvals/route-problems.ts';
import { routeOf, THREE_STEPS } from './sample-approval.ts';

const step = (more: object = {}) => ({ name: 'a', who: { role: 'approver' }, ...more });
const listed = (...personIds: string[]) => ({ personIds });
const fieldsOf = (route: object): string[] => routeProblems(routeOf(route)).map(({ field }) => field);

describe('a route that could be decided', () => {
  it('has no problems', () => {
    expect(routeProblems(THREE_STEPS)).toEqual([]);
    for (const route of Object.values(DEFAULT_ROUTES)) expect(routeProblems(route)).toEqual([]);
  });

  it('by default is one approver, who is reminded after two days', () => {
    expect(DEFAULT_ROUTES.campaign.steps).toMatchObject([
      { who: { role: 'approver', of: 'campaign' }, quorum: 1, collective: false, remindAfterHours: 48 },
    ]);
  });

  it('of a closeout report by default is finance before the leader, and not one person for both', () => {
    expect(DEFAULT_ROUTES.closeout.steps.map(({ who }) => who)).toMatchObject([
      { role: 'finance' },
      { role: 'approver' },
    ]);
    expect(DEFAULT_ROUTES.closeout.mayRepeat).toBe(false);
  });
});

describe('a route is refused when it is saved', () => {
  const REFUSED: readonly (readonly [why: string, route: object, fields: readonly string[]])[] = [
    [
      'more people asked for than listed',
      { steps: [step({ who: listed('p1', 'p2'), quorum: 3 })] },
      ['steps[0].quorum'],
    ],
    [
      'somebody listed twice, and so one too few',
      { steps: [step({ who: listed('p1', 'p1'), quorum: 2 })] },
      ['steps[0].who.personIds[1]', 'steps[0].quorum'],
    ],
    [
      'nothing decides small amounts',
      { steps: [step({ aboveMinor: 100 }), step({ name: 'b', aboveMinor: 5 })] },
      ['steps'],
    ],
    ['two steps of one name', { steps: [step(), step()] }, ['steps[1].name']],
    ['an escalation to nobody', { steps: [step({ escalateAfterHours: 60 })] }, ['steps[0].escalateTo']],
    ['an escalation at no time', { steps: [step({ escalateTo: { role: 'admin' } })] }, ['steps[0].escalateAfterHours']],
    [
      'an escalation to the same people',
      { steps: [step({ escalateAfterHours: 60, escalateTo: { role: 'approver' } })] },
      ['steps[0].escalateTo'],
    ],
    [
      'an escalation to some of the same people',
      { steps: [step({ who: listed('p1', 'p2'), escalateAfterHours: 60, escalateTo: listed('p2') })] },
      ['steps[0].escalateTo'],
    ],
    [
      'a reminder after the escalation',
      { steps: [step({ remindAfterHours: 72, escalateAfterHours: 48, escalateTo: { role: 'admin' } })] },
      ['steps[0].remindAfterHours'],
    ],
    [
      'a reminder at the escalation',
      { steps: [step({ remindAfterHours: 48, escalateAfterHours: 48, escalateTo: { role: 'admin' } })] },
      ['steps[0].remindAfterHours'],
    ],
    [
      'one person for two steps',
      { steps: [step({ who: listed('p1') }), step({ name: 'b', who: listed('p1') })] },
      ['steps[1].who.personIds'],
    ],
    [
      'three people for four seats',
      {
        steps: [
          step({ who: listed('p1', 'p2', 'p3'), quorum: 2 }),
          step({ name: 'b', who: listed('p1', 'p2', 'p3'), quorum: 2 }),
        ],
      },
      ['steps[1].who.personIds'],
    ],
  ];
  it.each(REFUSED)('%s', (_, route, fields) => {
    expect(fieldsOf(route)).toEqual(fields);
  });

  it('with all its problems at once, each with what to do', () => {
    const problems = routeProblems(
      routeOf({
        steps: [step({ aboveMinor: 1, who: listed('p1'), quorum: 2, escalateAfterHours: 9 }), step({ aboveMinor: 1 })],
      }),
    );
    expect(problems.map(({ field }) => field)).toEqual([
      'steps[0].escalateTo',
      'steps[0].quorum',
      'steps[1].name',
      'steps',
    ]);
    for (const { problem, fix } of problems) expect([problem, fix].every((text) => text.length > 5)).toBe(true);
  });

  it.each([
    ['no step', { steps: [] }],
    ['eleven steps', { steps: Array.from({ length: 11 }, (_, n) => step({ name: `s${n}` })) }],
    ['a role that is none', { steps: [step({ who: { role: 'boss' } })] }],
    ['a role and people at once', { steps: [step({ who: { role: 'approver', personIds: ['p1'] } })] }],
    ['nobody listed', { steps: [step({ who: listed() })] }],
    ['an id with a space', { steps: [step({ who: listed('p 1') })] }],
    ['a quorum of none', { steps: [step({ quorum: 0 })] }],
    ['a reminder after the end of thirty days', { steps: [step({ remindAfterHours: 720 })] }],
    ['half an hour', { steps: [step({ remindAfterHours: 0.5 })] }],
    ['an unknown field', { steps: [step({ optional: true })] }],
    ['an amount of nothing', { steps: [step({ aboveMinor: 0 })] }],
  ])('%s', (_, route) => {
    expect(routeRequestSchema.safeParse(route).success).toBe(false);
  });
});

describe('people listed for several steps where nobody decides twice', () => {
  it('are enough when each seat finds a person of its own, whatever the order', () => {
    // p1 alone can take the last step, so the first two must make do with the others.
    const steps = [
      step({ who: listed('p1', 'p2') }),
      step({ name: 'b', who: listed('p2', 'p3', 'p1') }),
      step({ name: 'c', who: listed('p1') }),
    ];
    expect(fieldsOf({ steps })).toEqual([]);
    expect(fieldsOf({ steps: [...steps, step({ name: 'd', who: listed('p3') })] })).toEqual(['steps[3].who.personIds']);
    expect(fieldsOf({ mayRepeat: true, steps: [...steps, step({ name: 'd', who: listed('p3') })] })).toEqual([]);
  });
});
