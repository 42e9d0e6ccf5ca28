import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import {
  ALARMS,
  type AlarmLine,
  type AlarmMetric,
  type AlarmName,
  YIQI_NAMESPACE,
  YIQI_SERVICE,
} from './alarm-catalogue.ts';
import { type Api, WEBHOOK_ROUTE } from './api.ts';
import { APPLICATION, functionNameOf, workflowArn } from './names.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';
import { CAMPAIGN_INDEX } from './state.ts';

export type AlarmsProps = {
  readonly api: Api;
  readonly queues: Queues;
  readonly table: Table;
  readonly settings: Settings;
};

/** Every line of the catalogue as an alarm that tells one topic, when it begins and when it is over. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.topic = new Topic(this, 'Topic', { displayName: 'Yiqi alarms', enforceSSL: true });
    // A topic with a policy of its own lets nobody in whom that policy does not name, CloudWatch included.
    const stack = Stack.of(this);
    const ours = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${APPLICATION}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': ours } },
      }),
    );
    if (props.settings.alarmEmail !== undefined) {
      this.topic.addSubscription(new EmailSubscription(props.settings.alarmEmail));
    }
    for (const [name, line] of Object.entries(ALARMS)) this.#alarm(name as AlarmName, line);
  }

  #alarm(name: AlarmName, line: AlarmLine): void {
    const alarm = new Alarm(this, name, {
      alarmName: `${APPLICATION}-${name}`,
      alarmDescription: `${line.meaning} What to do: docs/runbook.md#${name}`,
      metric: this.#metric(line.metric, Duration.minutes(line.periodMinutes)),
      threshold: line.above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: line.periods?.of ?? 1,
      datapointsToAlarm: line.periods?.bad ?? 1,
      // No gifts, no numbers: silence between campaigns is not an alarm.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }

  #metric(metric: AlarmMetric, period: Duration): IMetric {
    const { api, queues, table } = this.#props;
    const sum = { statistic: Stats.SUM, period };
    const largest = { statistic: Stats.MAXIMUM, period };
    switch (metric.from) {
      case 'yiqi':
        return new Metric({
          namespace: YIQI_NAMESPACE,
          metricName: metric.name,
          dimensionsMap: { service: YIQI_SERVICE },
          ...sum,
        });
      case 'webhook':
        return new Metric({
          namespace: 'AWS/ApiGateway',
          metricName: metric.name,
          dimensionsMap: {
            ApiId: api.httpApi.apiId,
            Method: WEBHOOK_ROUTE.method,
            Resource: WEBHOOK_ROUTE.path,
            Stage: api.stage.stageName,
          },
          ...sum,
        });
      case 'stream':
        return new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'IteratorAge',
          dimensionsMap: { FunctionName: functionNameOf(metric.function) },
          ...largest,
        });
      case 'queue':
        return metric.name === 'oldest'
          ? queues[metric.queue].metricApproximateAgeOfOldestMessage(largest)
          : queues[metric.queue].metricApproximateNumberOfMessagesVisible(largest);
      case 'ses':
        return new Metric({ namespace: 'AWS/SES', metricName: metric.name, ...largest });
      case 'workflow':
        return new Metric({
          namespace: 'AWS/States',
          metricName: metric.name === 'failed' ? 'ExecutionsFailed' : 'ExecutionsTimedOut',
          dimensionsMap: { StateMachineArn: workflowArn(this, metric.workflow) },
          ...sum,
        });
      case 'function':
        return new Metric({
          namespace: 'AWS/Lambda',
          metricName: metric.name,
          dimensionsMap: { FunctionName: functionNameOf(metric.function) },
          ...sum,
        });
      case 'functions':
        // Without a dimension: all functions of the account in this region. Ours alone would be more metrics than one
        // alarm can add up (ten), and an account of its own is what docs/deploy.md asks for.
        return new Metric({ namespace: 'AWS/Lambda', metricName: metric.name, ...sum });
      // One alarm each: sums of metrics cannot be deployed to the emulator of a local run.
      case 'table':
      case 'index':
        return new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: metric.name,
          dimensionsMap: {
            TableName: table.tableName,
            ...(metric.from === 'index' ? { GlobalSecondaryIndexName: CAMPAIGN_INDEX } : {}),
          },
          ...sum,
        });
    }
  }
}
