import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { WorkflowName } from '../../functions/manifest.ts';
import { LOCAL_WAIT_SCALE } from '../../local/start-system.ts';
import { filledWorkflow } from './asl.ts';

/** What a state's task answers, one after another: a result, or an error to be thrown. The last one is repeated. */
export type Answer = { readonly returns: unknown } | { readonly throws: string };
export type Scenario = {
  readonly name: string;
  readonly input: object;
  readonly answers: Readonly<Record<string, readonly Answer[]>>;
};
export type Run = {
  readonly status: string;
  readonly error: string | undefined;
  readonly visited: readonly string[];
  readonly edges: ReadonlySet<string>;
};

/** Far more attempts than any retrier makes. */
const REPEATED = 99;
const PATIENCE_MS = 60_000;

/**
 * Runs workflow texts on the emulator's own Step Functions engine, with answers in place of functions (the mock
 * configuration that AWS's Step Functions Local has, which the emulator reads at its configuration address).
 */
export class MachineRuns {
  readonly #client: SFNClient;
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
    this.#client = new SFNClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  /** Runs every scenario of one workflow, at once and without waiting for Wait states. */
  async runAll(workflow: WorkflowName, scenarios: readonly Scenario[]): Promise<Map<string, Run>> {
    const name = `scenarios-${workflow}-${Date.now().toString(36)}`;
    await this.#configure({
      'stepfunctions._SFN_WAIT_SCALE': 0,
      'stepfunctions._sfn_mock_config': mockConfig(name, scenarios),
    });
    const roleArn = 'arn:aws:iam::000000000000:role/scenarios';
    const created = await this.#client.send(
      new CreateStateMachineCommand({ name, definition: filledWorkflow(workflow), roleArn }),
    );
    const stateMachineArn = created.stateMachineArn ?? '';
    try {
      return new Map(
        await Promise.all(
          scenarios.map(async (scenario) => [scenario.name, await this.#run(stateMachineArn, scenario)] as const),
        ),
      );
    } finally {
      await this.#client.send(new DeleteStateMachineCommand({ stateMachineArn }));
      // Whatever runs on this emulator next waits as it did before.
      await this.#configure({
        'stepfunctions._SFN_WAIT_SCALE': LOCAL_WAIT_SCALE,
        'stepfunctions._sfn_mock_config': {},
      });
    }
  }

  async #configure(settings: object): Promise<void> {
    const answer = await fetch(`${this.#endpoint}/_ministack/config`, {
      method: 'POST',
      body: JSON.stringify(settings),
    });
    const { applied } = (await answer.json()) as { applied: object };
    const missing = Object.keys(settings).filter((key) => !(key in applied));
    if (missing.length > 0) throw new Error(`the emulator did not take ${missing.join(', ')}`);
  }

  async #run(stateMachineArn: string, scenario: Scenario): Promise<Run> {
    const started = await this.#client.send(
      new StartExecutionCommand({
        stateMachineArn: `${stateMachineArn}#${scenario.name}`,
        input: JSON.stringify(scenario.input),
      }),
    );
    const executionArn = started.executionArn ?? '';
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
      const { status, error } = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return { status: status ?? '', error, ...visitedIn(await this.#history(executionArn)) };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const soFar = visitedIn(await this.#history(executionArn)).visited;
    throw new Error(`scenario ${scenario.name} did not end; it visited ${soFar.slice(-10).join(', ')}`);
  }

  async #history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new GetExecutionHistoryCommand({
          executionArn,
          maxResults: 1000,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
  }
}

function visitedIn(events: readonly HistoryEvent[]): { visited: string[]; edges: Set<string> } {
  const visited = events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  const edges = new Set(visited.slice(1).map((name, position) => `${visited[position]} -> ${name}`));
  return { visited, edges };
}

function mockConfig(machine: string, scenarios: readonly Scenario[]) {
  const responses: Record<string, object> = {};
  const cases: Record<string, Record<string, string>> = {};
  for (const scenario of scenarios) {
    const states: Record<string, string> = {};
    for (const [state, answers] of Object.entries(scenario.answers)) {
      const response = `${scenario.name} ${state}`;
      states[state] = response;
      responses[response] = Object.fromEntries(
        answers.map((answer, position) => [
          position === answers.length - 1 ? `${position}-${REPEATED}` : String(position),
          'returns' in answer
            ? { Return: answer.returns }
            : { Throw: { Error: answer.throws, Cause: `scenario ${scenario.name}` } },
        ]),
      );
    }
    cases[scenario.name] = states;
  }
  return { StateMachines: { [machine]: { TestCases: cases } }, MockedResponses: responses };
}
