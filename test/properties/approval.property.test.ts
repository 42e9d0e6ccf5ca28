import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval, DecisionRequest } from '../../functions/approvals/approval.ts';
import { type RouteRequest, routeRequestSchema } from '../../functions/approvals/approval-route.ts';
import { asOf, currentStepOf, decide } from '../../functions/approvals/deciding.ts';
import type { Decider, Person } from '../../functions/approvals/entitlement.ts';
import { routeProblems } from '../../functions/approvals/route-problems.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, plusSeconds, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';
import { asks, BEGUN, begun, delegation, MINUTES, person, REASONS } from '../approvals/sample-approval.ts';

const COUNTY = ['dazhou', 'dazhou-xuanhan'];
/** Those who may have a right to something here: by role or because a route lists them. */
const STAFF: readonly Person[] = [
  person('p0', ['approver'], { path: COUNTY }),
  person('p1', ['approver'], { path: ['dazhou'], reach: 'and-below' }),
  person('p2', ['finance'], { path: COUNTY }),
  person('p3', ['admin'], { path: ['dazhou'] }),
  person('p4', ['approver', 'finance'], { path: COUNTY }),
  person('p5', ['manager'], { path: COUNTY }),
];
/** Those who have a right to nothing, whatever a route says. */
const STRANGERS: readonly Person[] = [
  person('s0', ['approver', 'finance', 'admin', 'manager', 'auditor'], {
    path: ['dazhou', 'dazhou-kaijiang'],
    reach: 'and-below',
  }),
  person('s1', ['approver', 'admin'], { path: ['chengdu'], reach: 'and-below' }),
  person('p0', ['approver'], { path: COUNTY, isActive: false }),
  { personId: 's2', memberships: [] },
  person('s3', [], { path: COUNTY }),
];

const who = fc.oneof(
  fc.record({ role: fc.constantFrom('approver', 'finance', 'admin'), of: fc.constantFrom('campaign', 'route') }),
  fc.record({
    personIds: fc.uniqueArray(fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'), { minLength: 1, maxLength: 4 }),
  }),
);
const step = fc.record(
  {
    who,
    quorum: fc.integer({ min: 1, max: 2 }),
    aboveMinor: fc.integer({ min: 1, max: 100 }),
    collective: fc.boolean(),
    remindAfterHours: fc.constant(5),
    escalateAfterHours: fc.integer({ min: 6, max: 100 }),
    escalateTo: who,
  },
  { requiredKeys: ['who', 'remindAfterHours'] },
);
/** Any route that may be saved. */
const route = fc
  .record({ steps: fc.array(step, { minLength: 1, maxLength: 3 }), mayRepeat: fc.boolean() })
  .map(({ steps, mayRepeat }) => ({ mayRepeat, steps: steps.map((one, n) => ({ ...one, name: `step ${n}` })) }))
  .map((request) => routeRequestSchema.parse(request))
  .filter((request) => routeProblems(request).length === 0);

type Act = { readonly decider: Decider; readonly request: DecisionRequest; readonly hours: number };
const actBy = (people: readonly Person[]) =>
  fc
    .record(
      {
        person: fc.constantFrom(...people),
        principal: fc.constantFrom(...people),
        // Mostly approved, or hardly any approval would come to its end.
        decision: fc.oneof({ weight: 60, arbitrary: fc.constant('approve') }, fc.constantFrom('return', 'reject')),
        step: fc.integer({ min: 1, max: 4 }),
        hours: fc.integer({ min: 0, max: 12 }),
        hasMinutes: fc.boolean(),
      },
      { requiredKeys: ['person', 'decision', 'hours', 'hasMinutes'] },
    )
    .map(({ person: actor, principal, decision, hours, hasMinutes, ...rest }): Act => {
      const isForAnother = principal !== undefined && principal.personId !== actor.personId;
      return {
        decider: {
          person: actor,
          ...(isForAnother
            ? {
                for: {
                  person: principal,
                  by: delegation({
                    fromPersonId: principal.personId,
                    toPersonId: actor.personId,
                    organisationId: 'dazhou',
                    until: plusSeconds(BEGUN, 10_000 * SECONDS_PER_HOUR),
                  }),
                },
              }
            : {}),
        },
        request: asks({
          ...rest,
          decision,
          ...(decision === 'approve' ? {} : { reasons: REASONS }),
          ...(hasMinutes ? { minutes: MINUTES } : {}),
          ...(isForAnother ? { onBehalfOf: principal.personId } : {}),
        }),
        hours,
      };
    });

type Played = { readonly approval: Approval; readonly history: readonly Approval[] };
function play(first: Approval, acts: readonly Act[]): Played {
  let approval = first;
  let now: Instant = BEGUN;
  const history = [approval];
  for (const { decider, request, hours } of acts) {
    now = plusSeconds(now, hours * SECONDS_PER_HOUR);
    const outcome = decide(approval, request, decider, now);
    if (outcome.kind === 'decided') approval = outcome.approval;
    history.push(approval);
  }
  return { approval, history };
}

const first = (inForce: RouteRequest, amountMinor: number, workedOnBy: string[]): Approval =>
  begun({ inForce, amountMinor: minor(amountMinor), workedOnBy });
const amounts = fc.integer({ min: 1, max: 100 });
const authors = fc.uniqueArray(fc.constantFrom('p0', 'p2', 'p4', 'p5'), { minLength: 1, maxLength: 2 });

describe('any approval by any route', () => {
  it('is not changed by whoever has no right to it, whatever they send in whatever order', () => {
    fc.assert(
      fc.property(
        route,
        amounts,
        authors,
        fc.array(actBy(STRANGERS), { maxLength: 30 }),
        (inForce, amount, by, acts) => {
          const start = first(inForce, amount, by);
          expect(play(start, acts).approval).toBe(start);
        },
      ),
    );
  });

  it('is approved only with every step done in order by just as many different people as it asks for, none of them an author', () => {
    let approvals = 0;
    fc.assert(
      fc.property(
        route,
        amounts,
        authors,
        fc.array(actBy([...STAFF, ...STAFF, ...STAFF, ...STRANGERS]), { minLength: 20, maxLength: 80 }),
        (inForce, amount, by, acts) => {
          const { approval } = play(first(inForce, amount, by), acts);
          const names = approval.steps.map(({ decisions }) =>
            decisions.map((made) => [made.by, made.onBehalfOf ?? made.by]),
          );
          for (const inStep of names)
            expect(new Set(inStep.flat()).size).toBe(inStep.reduce((all, pair) => all + new Set(pair).size, 0));
          if (!inForce.mayRepeat) {
            const pairs = names.flat();
            expect(new Set(pairs.flat()).size).toBe(pairs.reduce((all, pair) => all + new Set(pair).size, 0));
          }
          expect(names.flat(2).filter((name) => (by as string[]).includes(name))).toEqual([]);
          for (const [position, done] of approval.steps.entries()) {
            const approvingBefore = approval.steps.slice(0, position).every(({ doneAt }) => doneAt !== undefined);
            expect(done.begunAt !== undefined).toBe(approvingBefore);
            if (done.begunAt === undefined) expect(done.decisions).toEqual([]);
            const approving = done.decisions.filter(({ decision }) => decision === 'approve');
            expect(done.doneAt !== undefined).toBe(approving.length === done.quorum);
            if (done.collective) expect(approving.every(({ minutes }) => minutes !== undefined)).toBe(true);
          }
          expect(approval.state === 'approved').toBe(approval.steps.every(({ doneAt }) => doneAt !== undefined));
          if (approval.state === 'approved') approvals += 1;
        },
      ),
      { numRuns: 600 },
    );
    // Had no route ever been completed, the property would have said nothing.
    expect(approvals).toBeGreaterThan(20);
  });

  it('never changes once it has ended, keeps every decision made, and counts each change once', () => {
    fc.assert(
      fc.property(route, amounts, authors, fc.array(actBy(STAFF), { maxLength: 40 }), (inForce, amount, by, acts) => {
        const { history } = play(first(inForce, amount, by), acts);
        for (const [position, next] of history.slice(1).entries()) {
          const before = history[position] as Approval;
          if (before.state !== 'waiting') expect(next).toBe(before);
          else expect(next.version - before.version).toBe(next === before ? 0 : 1);
          for (const [at, { decisions }] of before.steps.entries())
            expect(next.steps[at]?.decisions.slice(0, decisions.length)).toEqual(decisions);
        }
      }),
    );
  });

  it('waits at exactly one step until it ends, and has ended when its time is over', () => {
    fc.assert(
      fc.property(route, amounts, authors, fc.array(actBy(STAFF), { maxLength: 40 }), (inForce, amount, by, acts) => {
        const { approval } = play(first(inForce, amount, by), acts);
        expect(currentStepOf(approval) === undefined).toBe(approval.state !== 'waiting');
        const late = asOf(approval, approval.decideBy);
        expect(late.state).not.toBe('waiting');
        expect(late.state === approval.state || late.state === 'expired').toBe(true);
      }),
    );
  });
});
