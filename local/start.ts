import { connectSandbox } from './connect-sandbox.ts';
import { DemoClock } from './demo/demo-clock.ts';
import { playDemo, type Stage } from './demo/play-demo.ts';
import { booksAgree, demoSummary } from './demo/summary.ts';
import { listenForInterruption } from './interruption.ts';
import { choosePort } from './ports.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { parseStartOptions, type StartOptions } from './start-options.ts';
import { type RunningSystem, startSystem } from './start-system.ts';
import { sentenceOf } from './startup-problem.ts';

// What `npm start` runs: the whole system on this machine, and one campaign played through it.

const interruption = listenForInterruption();
/** A machine that does other things too takes longer than a provider would wait. */
const SANDBOX_ANSWER_MS = 30_000;

async function main(): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2), process.env['AWS_ENDPOINT_URL'], write);
  if ('exitCode' in options) return options.exitCode;
  try {
    return await run(options);
  } catch (error) {
    if (interruption.signal.aborted) return interruption.exitCode();
    process.stderr.write(`\n${sentenceOf(error)}\n`);
    if (options.debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

async function run(options: StartOptions): Promise<number> {
  const clock = new DemoClock();
  const port = await choosePort('payment sandbox', '--sandbox-port', options.sandboxPort);
  const sandbox = await startSandbox({ port, now: () => Date.parse(clock.now()), answerMs: SANDBOX_ANSWER_MS });
  try {
    const system = await startSystem(
      { ...options, run: 'start', context: {}, sandboxUrl: sandbox.url },
      interruption.signal,
    );
    try {
      await connectSandbox(system, sandbox);
      return await use({ system, sandbox, clock }, options);
    } finally {
      await system.stop();
    }
  } finally {
    await sandbox.stop();
    write('Everything has been stopped.\n');
  }
}

async function use(stage: Stage, options: StartOptions): Promise<number> {
  const { system } = stage;
  if (options.demo !== undefined) {
    const result = await playDemo(stage, { ...options.demo, signal: interruption.signal });
    write(demoSummary(result, system.inboxUrl));
    if (!booksAgree(result)) throw new Error('The books are not what was given: this is a defect, please report it.');
    if (!result.trail.verified.isWhole)
      throw new Error('The audit trail does not hold together: this is a defect, please report it.');
  }
  write(addresses(system));
  if (options.exit) return 0;
  write('\nThe system stays up until Ctrl-C.\n');
  await interruption.came;
  return 0;
}

function addresses(system: RunningSystem): string {
  return [
    '',
    `  Mail inbox       ${system.inboxUrl}`,
    `  HTTP API         ${system.apiUrl}`,
    `  AWS emulator     ${system.endpoint} (region ${system.region})`,
    `  Payment sandbox  ${system.sandboxUrl}`,
    '',
  ].join('\n');
}

function write(text: string): void {
  process.stdout.write(text);
}

process.exitCode = await main();
