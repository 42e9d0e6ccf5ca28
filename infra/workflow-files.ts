import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { WORKFLOWS, type WorkflowName } from '../functions/manifest.ts';

const FOLDER = resolve(import.meta.dirname, '..', 'workflows');

/** How a workflow file names a function or another workflow: `check-proposal` is written `${CheckProposal}`. */
export const placeholderOf = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The placeholders that a workflow file uses, without the braces. */
export const placeholdersIn = (definition: string): readonly string[] => [
  ...new Set([...definition.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? '')),
];

/** The text of a workflow file. */
export const definitionOf = (name: WorkflowName): string =>
  readFileSync(join(FOLDER, WORKFLOWS[name].definition), 'utf8');

/**
 * The address of a workflow, made from its stable name: a function that answers the lifecycle and is called by it
 * could not be deployed if each waited for the other's address.
 */
export const workflowArn = (scope: Construct, name: WorkflowName): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: stableNameOf(scope, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Name of a workflow's state machine. */
export const stableNameOf = (scope: Construct, name: string): string => `${Stack.of(scope).stackName}-${name}`;
