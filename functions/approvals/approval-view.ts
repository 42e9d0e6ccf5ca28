import type { Approval, ApprovalStep, Decision } from './approval.ts';
import { currentStepOf } from './deciding.ts';

/** How an approval stands, in short: beside a campaign, and for who decided too late. */
export function standingView(approval: Approval) {
  const { state, steps, begunAt, decideBy, finishedAt, withdrawn } = approval;
  const position = currentStepOf(approval);
  const last = steps.flatMap(({ decisions }) => decisions).at(-1);
  return {
    state,
    begunAt,
    decideBy,
    finishedAt: finishedAt ?? null,
    withdrawn: withdrawn ?? null,
    step: position === undefined ? null : { number: position + 1, of: steps.length, name: steps[position]?.name ?? '' },
    decidedBy: last?.by ?? null,
    reasons: last?.reasons ?? [],
  };
}

/** The whole of an approval for people: who decided what and when, by which route. */
export function approvalView(approval: Approval, names: ReadonlyMap<string, string>) {
  const { subject, round, amountMinor, route, mayRepeat, workedOnBy, steps } = approval;
  return {
    subject,
    round,
    amountMinor,
    route,
    mayRepeat,
    workedOnBy: workedOnBy.map((personId) => named(personId, names)),
    ...standingView(approval),
    steps: steps.map((step, position) => stepView(step, position, names)),
  };
}

function stepView(step: ApprovalStep, position: number, names: ReadonlyMap<string, string>) {
  const { name, who, quorum, collective, escalateAfterHours, escalateTo, begunAt, doneAt, decisions } = step;
  return {
    number: position + 1,
    name,
    who,
    quorum,
    collective,
    escalateAfterHours: escalateAfterHours ?? null,
    escalateTo: escalateTo ?? null,
    begunAt: begunAt ?? null,
    doneAt: doneAt ?? null,
    decisions: decisions.map((decision) => decisionView(decision, names)),
  };
}

function decisionView(
  { decision, by, onBehalfOf, at, reasons, minutes }: Decision,
  names: ReadonlyMap<string, string>,
) {
  return {
    decision,
    by: named(by, names),
    onBehalfOf: onBehalfOf === undefined ? null : named(onBehalfOf, names),
    at,
    reasons,
    minutes: minutes ?? null,
  };
}

const named = (personId: string, names: ReadonlyMap<string, string>) => ({
  personId,
  name: names.get(personId) ?? null,
});
