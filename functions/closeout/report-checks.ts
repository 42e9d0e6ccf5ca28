import { PermanentError } from '../kernel/errors.ts';

// A report whose own tables contradict each other must never be signed: these stop it and name the figure.

export function mustEqual(figure: string, found: number, expected: number): void {
  if (found !== expected) throw new PermanentError(`closeout report: ${figure} is ${found}, but should be ${expected}`);
}

export function mustBeAtMost(figure: string, found: number, limit: number): void {
  if (found > limit) throw new PermanentError(`closeout report: ${figure} is ${found}, but cannot be above ${limit}`);
}

export function mustBeDistinct(part: string, ids: readonly string[]): void {
  const repeated = ids.find((id, position) => ids.indexOf(id) !== position);
  if (repeated !== undefined) throw new PermanentError(`closeout report: ${part} list "${repeated}" twice`);
}

/** Throws where something that a statement names is not there any more: it was when it was submitted. */
export function mustBeThere<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new PermanentError(`closeout report: ${what} is not there any more`);
  return found;
}
