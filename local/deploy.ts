import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { emulatedAwsEnvironment, LOCAL_ACCOUNT_ID, LOCAL_REGION } from './local-environment.ts';
import { type Places, REPOSITORY, shownPath } from './places.ts';
import type { ChildProcesses, Finished } from './processes.ts';
import { StartupProblem } from './startup-problem.ts';

/** Settings of the CDK app, as `-c key=value`; what there is to set: infra/settings.ts. */
export type CdkContext = Readonly<Record<string, string>>;

/** Tells how far a deploy is, in a few words. */
export type OnProgress = (doing: string) => void;

/** A reason has to fit into a sentence. */
const LONGEST_REASON = 300;

const templateShape = z.object({ Resources: z.record(z.string(), z.object({ Condition: z.string().optional() })) });
const outputsShape = z.record(z.string(), z.record(z.string(), z.string()));

/** The ordinary CDK CLI, pointed at an emulator. */
export class Cdk {
  readonly #endpoint: string;
  readonly #places: Places;
  readonly #processes: ChildProcesses;

  constructor(endpoint: string, places: Places, processes: ChildProcesses) {
    this.#endpoint = endpoint;
    this.#places = places;
    this.#processes = processes;
  }

  /** Builds the functions and the templates. @throws StartupProblem when the app does not synthesise. */
  async synth(context: CdkContext): Promise<void> {
    // An asset is named after its contents and never removed by CDK: what earlier starts left would only pile up.
    rmSync(this.#places.assembly, { recursive: true, force: true });
    const pairs = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
    const finished = await this.#cdk(
      'synth',
      ['synth', '--quiet', '--output', this.#places.assembly, ...pairs],
      REPOSITORY,
    );
    this.#check(finished, 'The CDK app does not synthesise', 'synth');
  }

  /**
   * Prepares the account for CDK, once per emulator. Away from cdk.json, because the app is not needed for it and
   * the CLI would synthesise it.
   */
  async bootstrap(): Promise<void> {
    const finished = await this.#cdk(
      'bootstrap',
      ['bootstrap', `aws://${LOCAL_ACCOUNT_ID}/${LOCAL_REGION}`],
      this.#places.run,
    );
    this.#check(finished, 'CDK could not bootstrap the emulator', 'bootstrap');
  }

  /**
   * Removes what an earlier start has deployed into an emulator that outlives it: a start begins with empty books, and
   * functions that stayed warm would know the sandbox of then. Nothing there is fine too.
   */
  async destroy(): Promise<void> {
    const finished = await this.#cdk(
      'destroy',
      ['destroy', '--all', '--force', '--app', this.#places.assembly],
      REPOSITORY,
    );
    this.#check(finished, 'What an earlier start deployed could not be removed from the emulator', 'destroy');
  }

  /** Deploys what was synthesised. @returns the outputs of all stacks by name. */
  async deploy(onProgress: OnProgress): Promise<Record<string, string>> {
    rmSync(this.#places.outputs, { force: true });
    const total = resourcesIn(this.#places.assembly);
    const args = ['deploy', '--all', '--app', this.#places.assembly, '--outputs-file', this.#places.outputs];
    const options = ['--require-approval', 'never', '--progress', 'events', '--method', 'direct'];
    const finishedIn = new Map<string, number>();
    const finished = await this.#cdk('deploy', [...args, ...options], REPOSITORY, (line) => {
      const told = finishedResources(line);
      if (told === undefined) return;
      finishedIn.set(told.stack, told.finished);
      onProgress(`${[...finishedIn.values()].reduce((sum, count) => sum + count, 0)} of ${total} resources`);
    });
    this.#check(finished, 'The deploy failed', 'deploy');
    return readOutputs(readFileSync(this.#places.outputs, 'utf8'));
  }

  #cdk(name: string, args: readonly string[], cwd: string, onLine?: (line: string) => void): Promise<Finished> {
    const program = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
    return this.#processes.run(
      {
        name: `cdk ${name}`,
        file: process.execPath,
        args: [program, ...args, '--ci', '--no-color', '--no-notices'],
        cwd,
        env: emulatedAwsEnvironment(process.env, this.#endpoint, this.#places),
        logFile: this.#logFile(name),
      },
      onLine,
    );
  }

  #logFile(name: string): string {
    return join(this.#places.logs, `${name}.log`);
  }

  #check(finished: Finished, what: string, name: string): void {
    if (finished.code === 0) return;
    const reason = failureReason(finished.lines);
    throw new StartupProblem(
      reason === undefined ? what : `${what} (${reason})`,
      'read the log, put that right and start again',
      shownPath(this.#logFile(name)),
    );
  }
}

/**
 * How many resources of a stack are finished, from a line that the CLI prints for one, such as
 * `Yiqi |  71 | 8:48:04 PM | CREATE_COMPLETE | AWS::SQS::Queue | Queues/Notice (QueuesNoticeE88E7A3A)`.
 */
export function finishedResources(line: string): { readonly stack: string; readonly finished: number } | undefined {
  const [, stack, finished] = /^(\S+) \|\s*(\d+)(?:\/\d+)? \| .*_COMPLETE /.exec(line) ?? [];
  return stack === undefined ? undefined : { stack, finished: Number(finished) };
}

/** How many resources a deploy of an assembly makes, the stacks themselves included; conditional ones may not come. */
function resourcesIn(assembly: string): number {
  const templates = readdirSync(assembly).filter((name) => name.endsWith('.template.json'));
  return templates
    .map((name) => templateShape.parse(JSON.parse(readFileSync(join(assembly, name), 'utf8'))))
    .reduce(
      (sum, { Resources }) =>
        sum + Object.values(Resources).filter(({ Condition }) => Condition === undefined).length + 1,
      0,
    );
}

/** The line that says why the CLI failed, without its decoration. */
export function failureReason(lines: readonly string[]): string | undefined {
  // The CLI's own last words, after the app has said what is wrong.
  const told = lines.filter((line) => line.trim() !== '' && !/Subprocess exited with error/.test(line));
  const telling = [/_FAILED\s*\|/, /❌/, /\bfailed: /, /Error: /, /error/i];
  for (const pattern of telling) {
    const line = told.find((candidate) => pattern.test(candidate));
    if (line !== undefined) return withoutDecoration(line);
  }
  const last = told.at(-1);
  return last === undefined ? undefined : withoutDecoration(last);
}

function withoutDecoration(line: string): string {
  return line.replace(/❌\s*/u, '').replace(/\s+/g, ' ').trim().slice(0, LONGEST_REASON);
}

/** Reads the CLI's outputs file. @throws Error when two stacks have an output of the same name. */
export function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [stack, values] of Object.entries(outputsShape.parse(JSON.parse(text)))) {
    for (const [name, value] of Object.entries(values)) {
      if (name in outputs) throw new Error(`Output ${name} of stack ${stack} exists in another stack too`);
      outputs[name] = value;
    }
  }
  return outputs;
}
