import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../functions/function-spec.ts';
import type { FunctionName } from '../functions/manifest.ts';
import { acknowledge } from './acknowledge.ts';
import { functionNameOf } from './names.ts';
import type { Settings } from './settings.ts';

export type DeployedFunctionProps = {
  readonly name: FunctionName;
  readonly spec: FunctionSpec;
  readonly code: Code;
  readonly settings: Settings;
};

/**
 * One function with a role and a log group of its own. It may write its log and nothing else; what it needs besides
 * is bound to it by infra/bindings.ts.
 */
export class DeployedFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly spec: FunctionSpec;
  readonly settings: Settings;

  constructor(scope: Construct, id: string, props: DeployedFunctionProps) {
    super(scope, id);
    this.spec = props.spec;
    this.settings = props.settings;
    const functionName = functionNameOf(props.name);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Yiqi: ${props.spec.purpose}`.slice(0, LONGEST_DESCRIPTION),
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.spec.purpose.slice(0, LONGEST_DESCRIPTION),
      runtime: Runtime.NODEJS_24_X,
      // A fifth cheaper than x86 for the same work, and nothing that we ship is native.
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      role: this.role,
      logGroup,
      timeout: Duration.seconds(
        Math.min(LONGEST_TIMEOUT_SECONDS, props.spec.timeoutSeconds * props.settings.timeoutFactor),
      ),
      memorySize: props.spec.memoryMb,
      tracing: props.settings.traces ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: { CLOCK: props.settings.clock },
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    if (props.settings.traces) {
      acknowledge(
        this.role,
        'IAM5[Resource::*]',
        'X-Ray knows no resources: sending a trace can only be allowed for all.',
      );
    }
  }

  /** Adds one statement to the role of this function. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
  }
}

/** IAM conditions: operator -> key -> values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Lambda's own limit. */
const LONGEST_TIMEOUT_SECONDS = 900;
/** Lambda takes 256 characters of description, IAM 1,000. */
const LONGEST_DESCRIPTION = 256;
