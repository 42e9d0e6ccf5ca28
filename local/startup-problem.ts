/**
 * Something a person can put right before the system starts: no Python, a taken port, no network on a first run.
 * It is told in one sentence, "what is wrong: what to do", without a stack trace; the rest is in the log file.
 */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';
  /** What to do about it; completes the sentence after a colon. */
  readonly advice: string;
  /** Where the details are, if a file holds them. */
  readonly logFile: string | undefined;

  constructor(what: string, advice: string, logFile?: string) {
    super(what);
    this.advice = advice;
    this.logFile = logFile;
  }

  /** The whole sentence as it is shown. */
  sentence(): string {
    const details = this.logFile === undefined ? '' : ` (details: ${this.logFile})`;
    return `${this.message}: ${this.advice}${details}.`;
  }
}

/** The sentence for any error: a problem speaks for itself, a defect of ours asks to be reported. */
export function sentenceOf(error: unknown): string {
  if (error instanceof StartupProblem) return error.sentence();
  const reason = error instanceof Error ? error.message : String(error);
  return `Something unexpected went wrong (${reason}): run again with --debug and report what it prints.`;
}
