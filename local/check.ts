import { performance } from 'node:perf_hooks';
import { Command, Option } from 'commander';
import { lastLine, type StepReport, summaryTable, totalOf } from './check-report.ts';
import { CHECK_NAMES, CHECK_STEPS, type CheckName } from './check-steps.ts';
import { listenForInterruption } from './interruption.ts';
import { LocalRun } from './local-run.ts';
import { StartupProblem, sentenceOf } from './startup-problem.ts';

// What `npm test` runs, and nothing else is what CI runs. It ends with a line of how many tests passed and failed.

const interruption = listenForInterruption();

async function main(): Promise<number> {
  const only = new Option('--only <step>', 'run this step alone').choices(CHECK_NAMES);
  const program = new Command('npm test --').description('Runs everything that CI runs.').addOption(only).parse();
  const chosen = program.opts<{ only?: CheckName }>().only;
  let run: LocalRun;
  try {
    run = await LocalRun.open('check');
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    return 1;
  }
  try {
    return await runSteps(run, chosen === undefined ? CHECK_NAMES : [chosen]);
  } finally {
    await run.close();
  }
}

async function runSteps(run: LocalRun, names: readonly CheckName[]): Promise<number> {
  const reports: StepReport[] = [];
  for (const name of names) {
    const stopped = interruption.signal.aborted || reports.some((report) => report.outcome === 'failed');
    reports.push(
      stopped ? { name, outcome: 'not run', seconds: 0, counts: undefined, note: '' } : await runStep(name, run),
    );
  }
  const total = totalOf(reports);
  process.stdout.write(`\n${summaryTable(reports)}\n${lastLine(total)}\n`);
  if (interruption.signal.aborted) return interruption.exitCode();
  return total.failed === 0 ? 0 : 1;
}

async function runStep(name: CheckName, run: LocalRun): Promise<StepReport> {
  process.stdout.write(`\n── ${name} ──\n`);
  const startedAt = performance.now();
  const report = async (): Promise<Omit<StepReport, 'seconds'>> => {
    try {
      const { passed, counts, note } = await CHECK_STEPS[name](run, interruption.signal);
      return { name, outcome: passed ? 'passed' : 'failed', counts, note };
    } catch (error) {
      process.stderr.write(`${detailsOf(error)}\n`);
      return { name, outcome: 'failed', counts: undefined, note: 'could not be run' };
    }
  };
  const ended = await report();
  const seconds = (performance.now() - startedAt) / 1_000;
  process.stdout.write(`── ${name} ${ended.outcome}, ${seconds.toFixed(1)} s ──\n`);
  return { ...ended, seconds };
}

/** A defect of ours is shown whole: nobody can ask CI to run again with more detail. */
function detailsOf(error: unknown): string {
  if (error instanceof StartupProblem || !(error instanceof Error)) return sentenceOf(error);
  return error.stack ?? error.message;
}

process.exitCode = await main();
