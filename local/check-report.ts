import Table from 'cli-table3';
import * as z from 'zod';

/** Tests by how they ended. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** One step of the checks, as it ended. `note` says in a few words what a reader should know about it. */
export type StepReport = {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  readonly counts: Counts | undefined;
  readonly note: string;
};

const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };

// The part of vitest's JSON report that is read here (https://vitest.dev/guide/reporters#json-reporter).
const vitestReport = z.object({
  numPassedTests: z.int().nonnegative(),
  numFailedTests: z.int().nonnegative(),
  numPendingTests: z.int().nonnegative(),
  numTodoTests: z.int().nonnegative(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Counts the tests of a vitest JSON report. A file that could not even be loaded counts as one failure. */
export function countsOf(report: string): Counts {
  const parsed = vitestReport.parse(JSON.parse(report));
  const unloadable = parsed.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: parsed.numPassedTests,
    failed: parsed.numFailedTests + unloadable.length,
    skipped: parsed.numPendingTests + parsed.numTodoTests,
  };
}

/** The whole run's counts. A step that failed without a failed test (format, types, a deploy) is one failure. */
export function totalOf(steps: readonly StepReport[]): Counts {
  return steps.reduce((total, { counts = NO_TESTS, outcome }) => {
    const failed = outcome === 'failed' ? Math.max(1, counts.failed) : counts.failed;
    return {
      passed: total.passed + counts.passed,
      failed: total.failed + failed,
      skipped: total.skipped + counts.skipped,
    };
  }, NO_TESTS);
}

/** The last line of a run: `N passed, N failed`, and `, N skipped` if any were. */
export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** What was run, as a table. */
export function summaryTable(steps: readonly StepReport[]): string {
  const table = new Table({ head: ['step', 'outcome', 'seconds', 'tests', ''], style: { head: [], border: [] } });
  for (const { name, outcome, seconds, counts, note } of steps) {
    table.push([name, outcome, seconds.toFixed(1), counts === undefined ? '' : lastLine(counts), note]);
  }
  return table.toString();
}
