import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST, WORKFLOWS, type WorkflowName } from '../../functions/manifest.ts';

/** As much of the Amazon States Language as our tests look at. */
export type State = {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts?: number }[];
  readonly ItemProcessor?: Machine;
};
export type Machine = {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
};

/** A workflow's text as it is in the tree, placeholders and all. */
export const workflowText = (name: WorkflowName): string =>
  readFileSync(join(import.meta.dirname, '../../workflows', WORKFLOWS[name].definition), 'utf8');

const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The text with every placeholder standing for something that looks like a deployed function or machine. */
export function filledWorkflow(name: WorkflowName): string {
  const arns = new Map<string, string>();
  for (const id of Object.keys(MANIFEST))
    arns.set(pascalCase(id), `arn:aws:lambda:us-east-1:000000000000:function:${id}`);
  for (const id of Object.keys(WORKFLOWS))
    arns.set(pascalCase(id), `arn:aws:states:us-east-1:000000000000:stateMachine:${id}`);
  return workflowText(name).replace(/\$\{(\w+)\}/g, (placeholder, key: string) => arns.get(key) ?? placeholder);
}

/** Every state of a machine by name, those inside a Map too. */
export function statesOf(machine: Machine): Map<string, State> {
  const states = new Map<string, State>();
  for (const [name, state] of Object.entries(machine.States)) {
    states.set(name, state);
    for (const [inner, innerState] of state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor))
      states.set(inner, innerState);
  }
  return states;
}

/** Every way out of a state that an execution can take: `State -> Next`. */
export function edgesOf(machine: Machine): Set<string> {
  const edges = new Set<string>();
  for (const [name, state] of Object.entries(machine.States)) {
    const targets = [
      state.Next,
      state.Default,
      ...(state.Choices ?? []).map(({ Next }) => Next),
      ...(state.Catch ?? []).map(({ Next }) => Next),
    ];
    for (const target of targets) if (target !== undefined) edges.add(`${name} -> ${target}`);
  }
  return edges;
}
