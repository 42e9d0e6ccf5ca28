/**
 * The three names a failure can have. Step Functions retriers, stream consumers and the HTTP stack decide
 * by name alone, so the name is set explicitly: minifiers rename classes, and ASL matches on text.
 */
export type FailureName = 'TransientError' | 'ThrottledError' | 'PermanentError';

/** Something outside failed and may work in a moment: retried a few times. */
export class TransientError extends Error {
  override readonly name: FailureName = 'TransientError';
}

/** Somebody asked us to slow down: retried for long, with growing pauses, but not for ever. */
export class ThrottledError extends Error {
  override readonly name: FailureName = 'ThrottledError';
}

/** It will fail the same way next time: never retried; a person must look. */
export class PermanentError extends Error {
  override readonly name: FailureName = 'PermanentError';
}

/**
 * One thing that is wrong with what somebody sent: which field, what is wrong, what to do about it.
 * `field` is a path such as `budgetLines[2].amountMinor`; `rule` names the source where a law or a provider asks for it.
 */
export type FieldProblem = {
  readonly field: string;
  readonly problem: string;
  readonly fix: string;
  readonly rule?: string;
};

/** What a caller may be told. The code is stable (docs/api.md); the message is for people. */
export type Refusal = {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
  readonly problems?: readonly FieldProblem[];
};

/** Builds a {@link Refusal}: a normal outcome, returned and never thrown. */
export function refuse(code: string, message: string, problems?: readonly FieldProblem[]): Refusal {
  return problems === undefined ? { kind: 'refused', code, message } : { kind: 'refused', code, message, problems };
}

/** The text of anything that was thrown, for logs that must not carry a whole object. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
