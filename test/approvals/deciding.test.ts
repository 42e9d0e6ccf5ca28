import { describe, expect, it } from 'vitest';
import type { Approval } from '../../functions/approvals/approval.ts';
import { asOf, currentStepOf, decide, stateAt } from '../../functions/approvals/deciding.ts';
import type { Decider } from '../../functions/approvals/entitlement.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, plusSeconds, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';
import {
  asks,
  BEGUN,
  begun,
  CITY,
  COUNTY_APPROVER,
  DIRECTOR,
  delegation,
  LEADERS,
  MINUTES,
  OTHER_APPROVER,
  person,
  REASONS,
  routeOf,
  SECRETARY,
  self,
} from './sample-approval.ts';

const later = (hours: number): Instant => plusSeconds(BEGUN, hours * SECONDS_PER_HOUR);
const [FIRST, SECOND, THIRD] = LEADERS.map(self) as [Decider, Decider, Decider];

/** The approval after a decision that must count. */
function decidedBy(approval: Approval, decider: Decider, request: object = {}, now = later(1)): Approval {
  const outcome = decide(approval, asks(request), decider, now);
  if (outcome.kind !== 'decided') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`);
  return outcome.approval;
}
const codeOf = (approval: Approval, decider: Decider, request: object = {}, now = later(1)): string => {
  const outcome = decide(approval, asks(request), decider, now);
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
};
const atStep = (approval: Approval): number | undefined => {
  const position = currentStepOf(approval);
  return position === undefined ? undefined : position + 1;
};

describe('the steps of an approval', () => {
  it('are taken in order, each by as many people as it asks for, and the last one approves', () => {
    let approval = begun();
    expect(approval.steps.map(({ name }) => name)).toEqual(['县级负责人', '市级领导', '党组会议']);
    approval = decidedBy(approval, self(COUNTY_APPROVER));
    expect([atStep(approval), approval.steps[1]?.begunAt]).toEqual([2, later(1)]);
    approval = decidedBy(approval, FIRST, {}, later(2));
    expect([atStep(approval), approval.state]).toEqual([2, 'waiting']);
    approval = decidedBy(approval, THIRD, {}, later(3));
    expect([atStep(approval), approval.state]).toEqual([3, 'waiting']);
    approval = decidedBy(approval, self(SECRETARY), { minutes: MINUTES }, later(4));
    expect([atStep(approval), approval.state, approval.finishedAt]).toEqual([undefined, 'approved', later(4)]);
    expect(approval.version).toBe(5);
  });

  it('that begin above an amount are left out below it, and apply at just that amount', () => {
    expect(begun({ amountMinor: minor(9_999_999) }).steps).toHaveLength(2);
    expect(begun({ amountMinor: minor(10_000_000) }).steps).toHaveLength(3);
  });

  it('are a copy of the route: they say which version of whose it was', () => {
    expect(begun().route).toEqual({ organisationId: 'dazhou', version: 2 });
  });

  it('wait for their own people: who decides a later step is told what waits now', () => {
    expect(codeOf(begun(), FIRST)).toBe('not-your-step');
    expect(codeOf(decidedBy(begun(), self(COUNTY_APPROVER)), self(OTHER_APPROVER))).toBe('not-your-step');
  });

  it('that are named must be the one that waits', () => {
    expect(codeOf(begun(), self(COUNTY_APPROVER), { step: 2 })).toBe('another-step');
    expect(codeOf(begun(), self(COUNTY_APPROVER), { step: 1 })).toBe('decided');
  });

  it.each([
    ['return', 'returned'],
    ['reject', 'rejected'],
  ] as const)('end with one person’s %s, with the reasons', (decision, state) => {
    const ended = decidedBy(decidedBy(begun(), self(COUNTY_APPROVER)), SECOND, { decision, reasons: REASONS });
    expect([ended.state, ended.finishedAt]).toEqual([state, later(1)]);
    expect(ended.steps[1]?.decisions).toMatchObject([{ decision, by: 'leader-2', reasons: REASONS }]);
  });

  it('of a meeting need its minutes, but to send something back needs none', () => {
    const waiting = decidedBy(decidedBy(decidedBy(begun(), self(COUNTY_APPROVER)), FIRST), SECOND);
    expect(codeOf(waiting, self(SECRETARY))).toBe('minutes-needed');
    expect(codeOf(waiting, self(SECRETARY), { decision: 'return', reasons: REASONS })).toBe('decided');
    const tomorrow = { ...MINUTES, heldOn: '2026-08-21' };
    expect(codeOf(waiting, self(SECRETARY), { minutes: tomorrow })).toBe('invalid');
    // It is the 21st in Dazhou while it is still the 20th in Greenwich.
    expect(codeOf(waiting, self(SECRETARY), { minutes: tomorrow }, later(15))).toBe('decided');
  });
});

describe('one person', () => {
  it('counts once in a step', () => {
    const waiting = decidedBy(decidedBy(begun(), self(COUNTY_APPROVER)), FIRST);
    expect(codeOf(waiting, FIRST, { decision: 'return', reasons: REASONS })).toBe('decided-before');
    expect(codeOf(waiting, FIRST)).toBe('already-decided-so');
  });

  const twice = (mayRepeat: boolean) =>
    begun({
      inForce: routeOf({
        mayRepeat,
        steps: [
          { name: 'a', who: { role: 'approver' } },
          { name: 'b', who: { role: 'approver' } },
        ],
      }),
    });

  it('does not decide two steps, unless the route says so', () => {
    const once = decidedBy(twice(false), self(COUNTY_APPROVER));
    expect(codeOf(once, self(COUNTY_APPROVER), { step: 2 })).toBe('decided-before');
    const again = decidedBy(decidedBy(twice(true), self(COUNTY_APPROVER)), self(COUNTY_APPROVER), { step: 2 });
    expect(again.state).toBe('approved');
  });

  it('who repeats the decision on the first step has not decided the second', () => {
    const once = decidedBy(twice(true), self(COUNTY_APPROVER));
    const again = decide(once, asks(), self(COUNTY_APPROVER), later(2));
    expect(again).toMatchObject({ kind: 'already-decided-so', step: 1, decision: { at: later(1) } });
  });

  it('who worked on the proposal in any round decides nothing of it', () => {
    const approval = begun({ workedOnBy: ['approver-wang', 'manager-li'] });
    for (const decision of ['approve', 'return', 'reject'])
      expect(codeOf(approval, self(COUNTY_APPROVER), { decision, reasons: REASONS })).toBe('own-proposal');
    expect(codeOf(approval, self(OTHER_APPROVER))).toBe('decided');
  });
});

describe('who is entitled', () => {
  const CASES: readonly (readonly [who: string, Decider, code: string])[] = [
    ['an approver of the county', self(COUNTY_APPROVER), 'decided'],
    [
      'an approver of the city whose role reaches down',
      self(person('x', ['approver'], { ...CITY, reach: 'and-below' })),
      'decided',
    ],
    ['an approver of the city alone', self(person('x', ['approver'], CITY)), 'forbidden'],
    [
      'an approver of another county',
      self(person('x', ['approver'], { path: ['dazhou', 'dazhou-kaijiang'] })),
      'forbidden',
    ],
    [
      'an approver of another city',
      self(person('x', ['approver'], { path: ['chengdu'], reach: 'and-below' })),
      'forbidden',
    ],
    ['a suspended approver', self(person('approver-wang', ['approver'], { isActive: false })), 'forbidden'],
    ['a manager of the county', self(person('x', ['manager'])), 'forbidden'],
    ['somebody without any membership', { person: { personId: 'approver-wang', memberships: [] } }, 'forbidden'],
    ['a leader listed by name, whose step is the next', FIRST, 'not-your-step'],
    [
      'a leader listed by name who was suspended',
      self(person('leader-1', ['approver'], { ...CITY, isActive: false })),
      'forbidden',
    ],
  ];
  it.each(CASES)('%s: %#', (_, decider, code) => {
    expect(codeOf(begun(), decider)).toBe(code);
  });

  it('for a role of the route’s organisation is who holds it there, not in the county', () => {
    const meeting = begun({ inForce: routeOf({ steps: [{ name: 'a', who: { role: 'finance', of: 'route' } }] }) });
    expect(codeOf(meeting, self(SECRETARY))).toBe('decided');
    expect(codeOf(meeting, self(person('x', ['finance'])))).toBe('forbidden');
  });
});

describe('silence', () => {
  const waiting = decidedBy(begun(), self(COUNTY_APPROVER), {}, BEGUN);

  it('lets the people of the escalation decide as well, from just then on', () => {
    const escalatedAt = later(72);
    expect(codeOf(waiting, self(DIRECTOR), {}, plusSeconds(escalatedAt, -1))).toBe('forbidden');
    const one = decidedBy(waiting, self(DIRECTOR), {}, escalatedAt);
    // One of the two that are needed: an escalation brings people in, it does not lower the bar.
    expect([one.state, atStep(one)]).toEqual(['waiting', 2]);
    expect(atStep(decidedBy(one, FIRST, {}, escalatedAt))).toBe(3);
  });

  it('of thirty days ends the approval, whether or not anything noticed', () => {
    const end = plusSeconds(BEGUN, 30 * SECONDS_PER_DAY);
    expect(codeOf(waiting, FIRST, {}, plusSeconds(end, -1))).toBe('decided');
    const late = decide(waiting, asks(), FIRST, end);
    expect(late).toMatchObject({ kind: 'over', approval: { state: 'expired', finishedAt: end } });
    expect(stateAt(waiting, end)).toBe('expired');
    expect(asOf(asOf(waiting, end), later(10_000))).toEqual(asOf(waiting, end));
  });
});

describe('an admin of the organisation', () => {
  const admin = self(person('admin-zhao', ['admin'], { ...CITY, reach: 'and-below' }));

  it('may give back what waits for others who are not there, and neither approve nor reject it', () => {
    expect(codeOf(begun(), admin)).toBe('not-your-step');
    expect(codeOf(begun(), admin, { decision: 'reject', reasons: REASONS })).toBe('not-your-step');
    expect(decidedBy(begun(), admin, { decision: 'return', reasons: REASONS }).state).toBe('returned');
  });

  it('of another organisation may not, nor one who worked on it, nor a deputy of theirs', () => {
    const back = { decision: 'return', reasons: REASONS };
    expect(codeOf(begun(), self(DIRECTOR), back)).toBe('forbidden');
    expect(codeOf(begun({ workedOnBy: ['admin-zhao'] }), admin, back)).toBe('own-proposal');
    const by = delegation({ fromPersonId: 'admin-zhao', toPersonId: 'deputy-tang' });
    const deputy = { person: person('deputy-tang', ['finance']), for: { person: admin.person, by } };
    expect(codeOf(begun(), deputy, { ...back, onBehalfOf: 'admin-zhao' })).toBe('forbidden');
  });
});

describe('an approval that has ended', () => {
  const returned = decidedBy(begun(), self(COUNTY_APPROVER), { decision: 'return', reasons: REASONS });

  it('tells whoever decides too late what happened instead', () => {
    expect(decide(returned, asks(), self(OTHER_APPROVER), later(2))).toEqual({ kind: 'over', approval: returned });
    expect(decide(returned, asks(), FIRST, later(2))).toEqual({ kind: 'over', approval: returned });
  });

  it('tells strangers nothing', () => {
    expect(codeOf(returned, self(person('stranger', ['manager'])))).toBe('forbidden');
  });

  it('answers the same to the same person who says the same again', () => {
    const again = decide(returned, asks({ decision: 'return', reasons: REASONS }), self(COUNTY_APPROVER), later(900));
    expect(again).toMatchObject({ kind: 'already-decided-so', decision: { at: later(1) } });
    expect(codeOf(returned, self(COUNTY_APPROVER))).toBe('over');
  });
});

describe('a delegation', () => {
  const deputy = person('deputy-tang', ['finance']);
  const forWang = (more = {}, principal = COUNTY_APPROVER): Decider => ({
    person: deputy,
    for: { person: principal, by: delegation(more) },
  });
  const asDeputy = { onBehalfOf: 'approver-wang' };

  it('lets a colleague decide, and both names are kept', () => {
    const approval = decidedBy(begun(), forWang(), asDeputy);
    expect(approval.steps[0]?.decisions).toMatchObject([
      { by: 'deputy-tang', onBehalfOf: 'approver-wang', delegationId: 'dlg_1', decision: 'approve' },
    ]);
  });

  const WORTHLESS: readonly (readonly [why: string, Decider])[] = [
    ['has not begun', forWang({ from: later(2) })],
    ['ended yesterday', forWang({ until: plusSeconds(later(1), -SECONDS_PER_DAY) })],
    ['ends at this moment', forWang({ until: later(1) })],
    ['was taken back', forWang({ revokedAt: BEGUN })],
    ['is for another organisation', forWang({ organisationId: 'dazhou-kaijiang' })],
    ['is for other roles', forWang({ roles: ['finance'] })],
    ['is to somebody else', forWang({ toPersonId: 'somebody-else' })],
    ['is from somebody else', forWang({ fromPersonId: 'approver-sun' })],
    ['is from somebody who is suspended', forWang({}, person('approver-wang', ['approver'], { isActive: false }))],
    ['is from somebody without the role', forWang({}, person('approver-wang', ['manager']))],
    [
      'is to somebody of another tree',
      { ...forWang(), person: person('deputy-tang', ['approver'], { path: ['chengdu'] }) },
    ],
    [
      'is to somebody who is suspended',
      { ...forWang(), person: person('deputy-tang', ['approver'], { isActive: false }) },
    ],
  ];
  it.each(WORTHLESS)('that %s is worth nothing', (_, decider) => {
    expect(codeOf(begun(), decider, asDeputy)).toBe('forbidden');
  });

  it('of the city holds for its counties, and one for the role is enough', () => {
    const leader = person('approver-wang', ['approver'], { ...CITY, reach: 'and-below' });
    expect(codeOf(begun(), forWang({ organisationId: 'dazhou', roles: ['approver'] }, leader), asDeputy)).toBe(
      'decided',
    );
  });

  it('for a role does not hold for what the person is listed for by name', () => {
    const waiting = decidedBy(begun(), self(OTHER_APPROVER));
    const leader = person('leader-1', ['approver'], CITY);
    const given = { fromPersonId: 'leader-1', organisationId: 'dazhou' };
    const onBehalfOf = { onBehalfOf: 'leader-1' };
    expect(codeOf(waiting, forWang({ ...given, roles: ['approver'] }, leader), onBehalfOf)).toBe('forbidden');
    expect(codeOf(waiting, forWang(given, leader), onBehalfOf)).toBe('decided');
  });

  it('does not help around one’s own proposal, the deputy’s or the other’s', () => {
    for (const name of ['deputy-tang', 'approver-wang'])
      expect(codeOf(begun({ workedOnBy: [name] }), forWang(), asDeputy)).toBe('own-proposal');
  });

  it('does not make two of one person: neither votes again', () => {
    const two = begun({ inForce: routeOf({ steps: [{ name: 'a', who: { role: 'approver' }, quorum: 2 }] }) });
    const one = decidedBy(two, forWang(), asDeputy);
    expect(codeOf(one, self(COUNTY_APPROVER))).toBe('decided-before');
    const alsoApprover = person('deputy-tang', ['approver']);
    expect(codeOf(one, self(alsoApprover))).toBe('decided-before');
    expect(
      codeOf(
        one,
        { person: alsoApprover, for: { person: OTHER_APPROVER, by: delegation({ fromPersonId: 'approver-sun' }) } },
        { onBehalfOf: 'approver-sun' },
      ),
    ).toBe('decided-before');
    expect(decidedBy(one, self(OTHER_APPROVER)).state).toBe('approved');
  });
});
