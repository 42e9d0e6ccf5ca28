import { describe, expect, test } from 'vitest';
import { countsOf, lastLine, type StepReport, summaryTable, totalOf } from '../../local/check-report.ts';

function report(counts: { passed?: number; failed?: number; pending?: number; todo?: number }, files: unknown[] = []) {
  return JSON.stringify({
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.pending ?? 0,
    numTodoTests: counts.todo ?? 0,
    testResults: files,
  });
}

function step(name: string, outcome: StepReport['outcome'], counts?: StepReport['counts']): StepReport {
  return { name, outcome, seconds: 1.25, counts, note: '' };
}

describe('the report of npm test', () => {
  test('counts the tests of a report, and skipped ones as skipped', () => {
    expect(countsOf(report({ passed: 12, failed: 1, pending: 2, todo: 1 }))).toEqual({
      passed: 12,
      failed: 1,
      skipped: 3,
    });
  });

  test('counts a test file that could not be loaded as a failure', () => {
    const files = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(countsOf(report({ passed: 1, failed: 1 }, files))).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  test('refuses a report that it does not understand rather than count nothing', () => {
    expect(() => countsOf('{"success":true}')).toThrow();
  });

  test('adds up all steps, and a step that fails without a failed test is one failure', () => {
    const passed = step('tests', 'passed', { passed: 300, failed: 0, skipped: 0 });
    expect(
      totalOf([step('format', 'passed'), passed, step('e2e', 'passed', { passed: 9, failed: 0, skipped: 1 })]),
    ).toEqual({ passed: 309, failed: 0, skipped: 1 });
    expect(totalOf([step('format', 'failed'), step('types', 'not run')])).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(totalOf([passed, step('e2e', 'failed')])).toEqual({ passed: 300, failed: 1, skipped: 0 });
    expect(totalOf([step('tests', 'failed', { passed: 298, failed: 2, skipped: 0 })]).failed).toBe(2);
  });

  test('ends with a line of what passed and failed, and what was skipped if anything was', () => {
    expect(lastLine({ passed: 309, failed: 0, skipped: 0 })).toBe('309 passed, 0 failed');
    expect(lastLine({ passed: 309, failed: 2, skipped: 1 })).toBe('309 passed, 2 failed, 1 skipped');
  });

  test('lists every step with its outcome and time', () => {
    const table = summaryTable([step('format', 'passed'), step('e2e', 'not run')]);
    expect(table).toMatch(/format.*passed.*1\.3/);
    expect(table).toMatch(/e2e.*not run/);
  });
});
