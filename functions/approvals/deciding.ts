import { type Refusal, refuse } from '../kernel/errors.ts';
import { type Instant, localDateOf, plusSeconds, SECONDS_PER_HOUR } from '../kernel/time.ts';
import type { Approval, ApprovalState, ApprovalStep, Decision, DecisionRequest } from './approval.ts';
import { DECIDE_WITHIN_HOURS, type RouteRequest, stepsFor } from './approval-route.ts';
import { type Decider, isConcerned, isEntitled, mayGiveBack } from './entitlement.ts';

/** What an approval is begun with: all that is known of its subject, and the route in force. */
export type Beginning = Omit<
  Approval,
  'type' | 'mayRepeat' | 'steps' | 'state' | 'begunAt' | 'decideBy' | 'finishedAt' | 'withdrawn' | 'version'
> & { readonly inForce: RouteRequest };

/** Begins an approval: the steps that apply to the amount are copied, and the first one begins. */
export function beginApproval({ inForce, ...about }: Beginning, now: Instant): Approval {
  const steps = stepsFor(inForce, about.amountMinor).map((step): ApprovalStep => ({ ...step, decisions: [] }));
  return {
    ...about,
    type: 'approval',
    mayRepeat: inForce.mayRepeat,
    steps: steps.map((step, position) => (position === 0 ? { ...step, begunAt: now } : step)),
    state: 'waiting',
    begunAt: now,
    decideBy: plusSeconds(now, DECIDE_WITHIN_HOURS * SECONDS_PER_HOUR),
    version: 1,
  };
}

/** How an approval stands at a moment: one whose time is over has expired, whether or not that was written down. */
export const stateAt = ({ state, decideBy }: Approval, now: Instant): ApprovalState =>
  state === 'waiting' && now >= decideBy ? 'expired' : state;

/** The same approval with what the clock alone has done to it; itself where that is nothing. */
export function asOf(approval: Approval, now: Instant): Approval {
  if (stateAt(approval, now) === approval.state) return approval;
  return { ...approval, state: 'expired', finishedAt: approval.decideBy, version: approval.version + 1 };
}

/** Ends an approval that waits, because what it is about is no more what people were shown. What was decided so far stays on it. */
export const withdrawnApproval = (approval: Approval, why: string, now: Instant): Approval => ({
  ...approval,
  state: 'returned',
  withdrawn: { at: now, why },
  finishedAt: now,
  version: approval.version + 1,
});

/** Position of the step that waits; `undefined` once the approval has ended. */
export function currentStepOf({ state, steps }: Approval): number | undefined {
  if (state !== 'waiting') return undefined;
  const position = steps.findIndex(({ doneAt }) => doneAt === undefined);
  return position < 0 ? undefined : position;
}

export type DecideOutcome =
  | { readonly kind: 'decided'; readonly approval: Approval; readonly decision: Decision; readonly step: number }
  /** The same person has said the same before: what stands is the answer. */
  | {
      readonly kind: 'already-decided-so';
      readonly approval: Approval;
      readonly decision: Decision;
      readonly step: number;
    }
  /** It ended before this decision came: otherwise, by somebody else, or because its time was over. */
  | { readonly kind: 'over'; readonly approval: Approval }
  | Refusal;

/**
 * One person's decision on the step that waits. Changes nothing unless that person may decide it; once an approval has ended
 * nothing changes it. `step` counts from 1.
 */
export function decide(standing: Approval, request: DecisionRequest, decider: Decider, now: Instant): DecideOutcome {
  const approval = asOf(standing, now);
  const before = sameBefore(approval, request, decider);
  if (before !== undefined) return { kind: 'already-decided-so', approval, ...before };
  if (!isConcerned(approval, decider, now)) return notEntitled(decider);
  const position = currentStepOf(approval);
  const step = position === undefined ? undefined : approval.steps[position];
  if (position === undefined || step === undefined) return { kind: 'over', approval };
  const refusal =
    ownProposal(approval, decider) ??
    anotherStep(step, position, request) ??
    notTheirs(approval, step, position, request, decider, now) ??
    repeatedPerson(approval, position, decider) ??
    minutesProblem(approval, step, request, now);
  if (refusal !== undefined) return refusal;
  const decision = decisionOf(request, decider, now);
  return { kind: 'decided', approval: withDecision(approval, position, decision, now), decision, step: position + 1 };
}

/**
 * Whether somebody could approve what waits now: what their list of waiting things shows, and whom mails are written to.
 * For a meeting's step, once they have its minutes.
 */
export function canDecide(standing: Approval, decider: Decider, now: Instant): boolean {
  const approval = asOf(standing, now);
  const position = currentStepOf(approval);
  const step = position === undefined ? undefined : approval.steps[position];
  if (position === undefined || step === undefined || ownProposal(approval, decider) !== undefined) return false;
  return isEntitled(approval, step, decider, now) && repeatedPerson(approval, position, decider) === undefined;
}

/** The decision that a repeat repeats. Who decides a second step has to name it, or a repeat of the first would count there. */
function sameBefore(
  { steps }: Approval,
  { decision, step, onBehalfOf }: DecisionRequest,
  { person }: Decider,
): { decision: Decision; step: number } | undefined {
  for (const [position, { decisions }] of steps.entries()) {
    if (step !== undefined && step !== position + 1) continue;
    const same = decisions.find(
      (made) => made.by === person.personId && made.onBehalfOf === onBehalfOf && made.decision === decision,
    );
    if (same !== undefined) return { decision: same, step: position + 1 };
  }
  return undefined;
}

function notEntitled({ for: other }: Decider): Refusal {
  return refuse(
    'forbidden',
    other === undefined
      ? 'You may not decide this.'
      : 'You may not decide this for another: no delegation to you holds for it now.',
  );
}

function ownProposal({ workedOnBy }: Approval, decider: Decider): Refusal | undefined {
  const own = namesOf(decider).some((name) => workedOnBy.includes(name));
  return own
    ? refuse('own-proposal', 'Nobody decides on a proposal that they have worked on, nor lets another do it for them.')
    : undefined;
}

function anotherStep({ name }: ApprovalStep, position: number, { step }: DecisionRequest): Refusal | undefined {
  if (step === undefined || step === position + 1) return undefined;
  return refuse('another-step', `Step ${position + 1} (${name}) is what waits now, not step ${step}.`);
}

function notTheirs(
  approval: Approval,
  step: ApprovalStep,
  position: number,
  { decision }: DecisionRequest,
  decider: Decider,
  now: Instant,
): Refusal | undefined {
  if (isEntitled(approval, step, decider, now)) return undefined;
  if (decision === 'return' && mayGiveBack(approval, decider)) return undefined;
  return refuse('not-your-step', `Step ${position + 1} (${step.name}) waits for others to decide.`);
}

/** One person counts once in a step, whether for themselves or for another, and so does whoever they decided for. */
function repeatedPerson({ steps, mayRepeat }: Approval, position: number, decider: Decider): Refusal | undefined {
  const counted = mayRepeat ? steps.slice(position, position + 1) : steps.slice(0, position + 1);
  const names = new Set(
    counted.flatMap(({ decisions }) => decisions.flatMap(({ by, onBehalfOf }) => [by, onBehalfOf])),
  );
  if (!namesOf(decider).some((name) => names.has(name))) return undefined;
  return refuse('decided-before', 'Every person decides once. Ask another who may decide this step.');
}

function minutesProblem(
  { zone }: Approval,
  { collective, name }: ApprovalStep,
  { decision, minutes }: DecisionRequest,
  now: Instant,
): Refusal | undefined {
  if (collective && decision === 'approve' && minutes === undefined) {
    return refuse('minutes-needed', `Step ${name} is decided by a meeting: attach its minutes.`, [
      { field: 'minutes', problem: 'is missing', fix: 'give attachmentId, heldOn and attendees' },
    ]);
  }
  if (minutes === undefined || minutes.heldOn <= localDateOf(now, zone)) return undefined;
  return refuse('invalid', 'Some fields are not as they must be.', [
    { field: 'minutes.heldOn', problem: 'lies ahead', fix: 'give the day on which the meeting was held' },
  ]);
}

const namesOf = ({ person, for: other }: Decider): string[] =>
  other === undefined ? [person.personId] : [person.personId, other.person.personId];

function decisionOf({ decision, reasons, minutes }: DecisionRequest, decider: Decider, now: Instant): Decision {
  const { person, for: other } = decider;
  return {
    decision,
    by: person.personId,
    at: now,
    reasons: reasons ?? [],
    ...(other === undefined ? {} : { onBehalfOf: other.person.personId, delegationId: other.by.delegationId }),
    ...(minutes === undefined ? {} : { minutes }),
  };
}

const STATE_OF = { return: 'returned', reject: 'rejected' } as const;

function withDecision(approval: Approval, position: number, decision: Decision, now: Instant): Approval {
  const next = { ...approval, version: approval.version + 1 };
  const changed = (change: (step: ApprovalStep, at: number) => ApprovalStep): ApprovalStep[] =>
    approval.steps.map(change);
  if (decision.decision !== 'approve') {
    return {
      ...next,
      steps: changed((step, at) => (at === position ? { ...step, decisions: [...step.decisions, decision] } : step)),
      state: STATE_OF[decision.decision],
      finishedAt: now,
    };
  }
  const decisions = [...(approval.steps[position]?.decisions ?? []), decision];
  const isDone = decisions.length >= (approval.steps[position]?.quorum ?? 1);
  const isLast = position === approval.steps.length - 1;
  return {
    ...next,
    steps: changed((step, at) => {
      if (at === position) return { ...step, decisions, ...(isDone ? { doneAt: now } : {}) };
      return at === position + 1 && isDone ? { ...step, begunAt: now } : step;
    }),
    ...(isDone && isLast ? { state: 'approved', finishedAt: now } : {}),
  };
}
