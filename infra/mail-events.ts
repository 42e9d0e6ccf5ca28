import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnConfigurationSet, CfnConfigurationSetEventDestination } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Trigger } from '../functions/function-spec.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { MAIL_CONFIGURATION_SET } from './names.ts';

/** The configuration set of every mail, by which SES reports on EventBridge's own bus what came back and who complained. */
export class MailEvents extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const set = new CfnConfigurationSet(this, 'Set', {
      name: MAIL_CONFIGURATION_SET,
      // Rates of bounces and complaints, which the alarms look at.
      reputationOptions: { reputationMetricsEnabled: true },
      // SES's own list is the second lock: it drops what ours has missed.
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      deliveryOptions: { tlsPolicy: 'REQUIRE' },
    });
    const eventBusArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const destination = new CfnConfigurationSetEventDestination(this, 'Reports', {
      configurationSetName: MAIL_CONFIGURATION_SET,
      eventDestination: {
        name: 'event-bus',
        enabled: true,
        matchingEventTypes: ['bounce', 'complaint'],
        eventBridgeDestination: { eventBusArn },
      },
    });
    destination.addDependency(set);
  }
}

/** Events of AWS's own bus that are about our mail. EventBridge tries again for a day when the function fails. */
export function consumeMailEvents(target: DeployedFunction, trigger: Extract<Trigger, { kind: 'mail-event' }>): void {
  new Rule(target, 'MailEvents', {
    description: target.spec.purpose,
    eventPattern: {
      source: ['aws.ses'],
      detailType: [...trigger.detailTypes],
      detail: { mail: { tags: { 'ses:configuration-set': [MAIL_CONFIGURATION_SET] } } },
    },
    targets: [new LambdaFunction(target.lambda)],
  });
}
