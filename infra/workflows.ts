import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type FunctionName, MANIFEST, WORKFLOWS, type WorkflowName } from '../functions/manifest.ts';
import { acknowledge, shownPlace } from './acknowledge.ts';
import { functionArnOf, workflowNameOf } from './names.ts';
import type { Settings } from './settings.ts';
import { definitionOf, placeholderOf, placeholdersIn } from './workflow-files.ts';

export type WorkflowsProps = {
  readonly settings: Settings;
};

/** The state machines. Each may call what its file names, and nothing else. */
export class Workflows extends Construct {
  readonly machines: Readonly<Record<WorkflowName, StateMachine>>;
  readonly #props: WorkflowsProps;

  constructor(scope: Construct, id: string, props: WorkflowsProps) {
    super(scope, id);
    this.#props = props;
    const approval = this.#machine('campaign-approval', {});
    const closeout = this.#machine('campaign-closeout', { 'campaign-approval': approval });
    const nested = { 'campaign-approval': approval, 'campaign-closeout': closeout };
    this.machines = {
      ...nested,
      'campaign-lifecycle': this.#machine('campaign-lifecycle', nested),
      'campaign-amendment': this.#machine('campaign-amendment', nested),
      'report-addendum': this.#machine('report-addendum', nested),
      'statement-import': this.#machine('statement-import', {}),
      'receipt-batch': this.#machine('receipt-batch', {}),
      'legacy-closeout': this.#machine('legacy-closeout', {}),
    };
  }

  #machine(name: WorkflowName, others: Readonly<Partial<Record<WorkflowName, StateMachine>>>): StateMachine {
    const { settings } = this.#props;
    const definition = definitionOf(name);
    const used = placeholdersIn(definition);
    const isUsed = (id: string): boolean => used.includes(placeholderOf(id));
    const called = (Object.keys(MANIFEST) as FunctionName[]).filter(isUsed);
    const started = (Object.entries(others) as [WorkflowName, StateMachine][]).filter(([other]) => isUsed(other));
    const arns = {
      ...Object.fromEntries(called.map((id) => [placeholderOf(id), functionArnOf(this, id)])),
      ...Object.fromEntries(started.map(([other, machine]) => [placeholderOf(other), machine.stateMachineArn])),
    };
    const unknown = used.filter((placeholder) => !Object.hasOwn(arns, placeholder));
    if (unknown.length > 0) {
      throw new Error(`workflows/${WORKFLOWS[name].definition} names what nobody deploys: ${unknown.join(', ')}`);
    }

    const role = new Role(this, `${placeholderOf(name)}Role`, {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    });
    const machine = new StateMachine(this, placeholderOf(name), {
      stateMachineName: workflowNameOf(name),
      comment: WORKFLOWS[name].purpose,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: arns,
      role,
      tracingEnabled: settings.traces,
      removalPolicy: RemovalPolicy.DESTROY,
      logs: {
        // AWS keeps the policies of log groups under this prefix short.
        destination: new LogGroup(this, `${placeholderOf(name)}Log`, {
          logGroupName: `/aws/vendedlogs/states/${workflowNameOf(name)}`,
          retention: settings.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // What goes through the workflow may name people; the log says which step was taken when.
        includeExecutionData: false,
      },
    });
    if (!settings.traces) acknowledge(machine, 'SF2', 'The emulator of a local run keeps no traces.');
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'Log deliveries and X-Ray know no resources: both can only be allowed for all.',
    );
    if (called.length > 0) {
      role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: called.map((id) => functionArnOf(this, id)),
        }),
      );
    }
    for (const [other, startable] of started) this.#allowStart(role, other, startable);
    return machine;
  }

  // What `startExecution.sync` asks for: start it, watch it, stop it when the parent is stopped, and one rule that
  // Step Functions keeps in the account to hear of the end.
  #allowStart(role: Role, name: WorkflowName, machine: StateMachine): void {
    const stack = Stack.of(this);
    const execution = `execution:${workflowNameOf(name)}:*`;
    const executionsArn = stack.formatArn({
      service: 'states',
      resource: execution,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    acknowledge(
      role,
      `IAM5[Resource::arn:<AWS::Partition>:states:${shownPlace(this)}:${execution}]`,
      'Executions of this one workflow, which are named when they begin.',
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [executionsArn],
      }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          stack.formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
          }),
        ],
      }),
    );
  }
}
