/** Exit codes: 0 is done, 1 is refused or found broken, 2 is a command line or a file that is wrong, with nothing sent. */
export const FAILED = 1;
export const WRONG_INPUT = 2;
export type ExitCode = 0 | typeof FAILED | typeof WRONG_INPUT;

/** Something a person can put right: told in one sentence, without a stack trace. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly exitCode: ExitCode;

  constructor(sentence: string, exitCode: ExitCode = FAILED) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** The same, of what was typed or of what a file holds. */
export const wrongInput = (sentence: string): CommandProblem => new CommandProblem(sentence, WRONG_INPUT);
