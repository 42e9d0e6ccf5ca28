import type { FieldProblem } from '../kernel/errors.ts';
import type { RouteRequest, RouteStep, Who } from './approval-route.ts';

/** What is wrong with a route, all at once: whatever could never be decided, or would decide nothing. Empty when nothing is. */
export function routeProblems(route: RouteRequest): FieldProblem[] {
  const problems = [
    ...route.steps.flatMap((step, position) => stepProblems(step, `steps[${position}]`)),
    ...repeatedNames(route.steps),
    ...neverEmpty(route.steps),
  ];
  return problems.length > 0 ? problems : peopleProblems(route);
}

function stepProblems(step: RouteStep, field: string): FieldProblem[] {
  const { who, quorum, remindAfterHours, escalateAfterHours, escalateTo } = step;
  const problems = [...repeatedPeople(who, `${field}.who`), ...escalationProblems(step, field)];
  if ('personIds' in who && quorum > new Set(who.personIds).size) {
    problems.push({
      field: `${field}.quorum`,
      problem: `asks for ${quorum} people, and ${new Set(who.personIds).size} are listed`,
      fix: 'list more people or ask for fewer',
    });
  }
  if (escalateAfterHours !== undefined && escalateTo !== undefined && remindAfterHours >= escalateAfterHours) {
    problems.push({
      field: `${field}.remindAfterHours`,
      problem: `comes after ${remindAfterHours} hours, and the escalation after ${escalateAfterHours}`,
      fix: 'remind before others are asked',
    });
  }
  return problems;
}

function escalationProblems({ who, escalateAfterHours, escalateTo }: RouteStep, field: string): FieldProblem[] {
  if ((escalateAfterHours === undefined) !== (escalateTo === undefined)) {
    return [
      {
        field: `${field}.${escalateTo === undefined ? 'escalateTo' : 'escalateAfterHours'}`,
        problem: 'is missing, though the other half of the escalation is given',
        fix: 'give both, or neither',
      },
    ];
  }
  if (escalateTo === undefined) return [];
  const problems = repeatedPeople(escalateTo, `${field}.escalateTo`);
  if (bringsNobody(who, escalateTo)) {
    problems.push({
      field: `${field}.escalateTo`,
      problem: 'names only people who may decide the step anyway',
      fix: 'name somebody else, or leave the escalation out',
    });
  }
  return problems;
}

function bringsNobody(who: Who, escalateTo: Who): boolean {
  if ('personIds' in who && 'personIds' in escalateTo)
    return escalateTo.personIds.every((id) => who.personIds.includes(id));
  return 'role' in who && 'role' in escalateTo && who.role === escalateTo.role && who.of === escalateTo.of;
}

function repeatedPeople(who: Who, field: string): FieldProblem[] {
  if (!('personIds' in who)) return [];
  return who.personIds.flatMap((id, position) =>
    who.personIds.indexOf(id) === position
      ? []
      : [{ field: `${field}.personIds[${position}]`, problem: `repeats ${id}`, fix: 'list everybody once' }],
  );
}

function repeatedNames(steps: readonly RouteStep[]): FieldProblem[] {
  const names = steps.map(({ name }) => name);
  return names.flatMap((name, position) =>
    names.indexOf(name) === position
      ? []
      : [{ field: `steps[${position}].name`, problem: `repeats ${name}`, fix: 'give every step its own name' }],
  );
}

function neverEmpty(steps: readonly RouteStep[]): FieldProblem[] {
  if (steps.some(({ aboveMinor }) => aboveMinor === undefined)) return [];
  const least = Math.min(...steps.map(({ aboveMinor }) => aboveMinor ?? 0));
  return [
    {
      field: 'steps',
      problem: `let everything below ${least} minor units pass without any decision`,
      fix: 'leave aboveMinor out of at least one step',
    },
  ];
}

/**
 * Where nobody may decide twice, the people listed must be enough for all steps together: each seat of each step needs a
 * person of its own (a matching of seats to people, grown seat by seat along augmenting paths). Steps that a role decides
 * are left out: how many hold it is not known here and changes.
 */
function peopleProblems({ steps, mayRepeat }: RouteRequest): FieldProblem[] {
  if (mayRepeat) return [];
  const seatOf = new Map<string, readonly string[]>();
  for (const [position, { who, quorum }] of steps.entries()) {
    if (!('personIds' in who)) continue;
    for (let seat = 0; seat < quorum; seat += 1) {
      if (isSeated(who.personIds, seatOf, new Set())) continue;
      return [
        {
          field: `steps[${position}].who.personIds`,
          problem: 'are too few: they are needed for other steps, and nobody decides twice',
          fix: 'list more people, or set mayRepeat',
        },
      ];
    }
  }
  return [];
}

/** Gives one of `candidates` a seat, moving whoever sits there to another seat of theirs if that can be. */
function isSeated(candidates: readonly string[], seatOf: Map<string, readonly string[]>, tried: Set<string>): boolean {
  for (const person of candidates) {
    if (tried.has(person)) continue;
    tried.add(person);
    const others = seatOf.get(person);
    if (others !== undefined && !isSeated(others, seatOf, tried)) continue;
    seatOf.set(person, candidates);
    return true;
  }
  return false;
}
