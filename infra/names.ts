import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FunctionName, WorkflowName } from '../functions/manifest.ts';

/**
 * What every name begins with that people or other stacks use: the runbook's commands name functions, workflows and their
 * logs, and one stack finds what another deploys by its name.
 */
export const APPLICATION = 'Yiqi';

/** SES's configuration set of all our mail. */
export const MAIL_CONFIGURATION_SET = `${APPLICATION}-mail`;

/** Name of a function, and the end of its log group's. */
export const functionNameOf = (name: FunctionName): string => `${APPLICATION}-${name}`;

/**
 * The address of a function, made from its stable name: an address that one stack hands to another as an export could
 * not be withdrawn while the other uses it, and a function could never be removed in one deploy.
 */
export const functionArnOf = (scope: Construct, name: FunctionName): string =>
  Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionNameOf(name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Name of a workflow's state machine. */
export const workflowNameOf = (name: WorkflowName): string => `${APPLICATION}-${name}`;

/**
 * The address of a workflow, made from its stable name: a function that answers the lifecycle and is called by it
 * could not be deployed if each waited for the other's address.
 */
export const workflowArn = (scope: Construct, name: WorkflowName): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: workflowNameOf(name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
