import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { APPLICATION } from './names.ts';
import { Routes } from './routes.ts';
import type { Settings } from './settings.ts';
import type { Staff } from './staff.ts';

/**
 * A city's giving day brings 200 payments a second at its peak; 500 leave room for its readers, and 1,000 at once for
 * the moment at which a page is shared. Above that callers get 429, and WeChat Pay sends again.
 */
const REQUESTS_PER_SECOND = 500;
const REQUESTS_AT_ONCE = 1000;
/** Browsers ask again after an hour whether they may call. */
const CORS_ANSWER_HOURS = 1;
/** The route whose failures wake somebody, and which is therefore counted by itself. */
export const WEBHOOK_ROUTE = { method: 'POST', path: '/webhooks/wechat-pay' } as const;

export type ApiProps = {
  readonly staff: Staff;
  readonly settings: Settings;
};

/**
 * The HTTP API, with the routes of gifts and of the office; those of what follows a gift are a stack of their own, because all of
 * them are more than CloudFormation takes in one.
 */
export class Api extends Construct {
  readonly httpApi: HttpApi;
  readonly stage: HttpStage;
  /** Whoever has an account of the user pool; what they may, the functions know. */
  readonly staffOnly: HttpUserPoolAuthorizer;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const origins = [...props.settings.corsOrigins];
    this.httpApi = new HttpApi(this, 'HttpApi', {
      apiName: APPLICATION,
      createDefaultStage: false,
      ...(origins.length === 0
        ? {}
        : {
            corsPreflight: {
              allowOrigins: origins,
              allowMethods: [
                CorsHttpMethod.GET,
                CorsHttpMethod.POST,
                CorsHttpMethod.PUT,
                CorsHttpMethod.PATCH,
                CorsHttpMethod.DELETE,
              ],
              allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
              exposeHeaders: ['etag'],
              maxAge: Duration.hours(CORS_ANSWER_HOURS),
            },
          }),
    });
    this.staffOnly = new HttpUserPoolAuthorizer('Staff', props.staff.userPool, {
      userPoolClients: [props.staff.client],
    });
    this.stage = this.#stage(props.settings);
    // The stage's settings of the webhook's route can only be made once the route is there.
    const { httpApi, staffOnly } = this;
    this.stage.node.addDependency(new Routes(this, 'Gifts', { of: 'Gifts', httpApi, staffOnly }));
    new Routes(this, 'Office', { of: 'Office', httpApi, staffOnly });
  }

  #stage(settings: Settings): HttpStage {
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: REQUESTS_AT_ONCE },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            logGroupName: `/aws/vendedlogs/http-api/${APPLICATION}`,
            retention: settings.logRetentionDays,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(LOGGED)),
      },
    });
    // Counted by itself, this route costs a few metrics while payments come in and nothing while none do.
    (stage.node.defaultChild as CfnStage).routeSettings = {
      [`${WEBHOOK_ROUTE.method} ${WEBHOOK_ROUTE.path}`]: {
        DetailedMetricsEnabled: true,
        ThrottlingRateLimit: REQUESTS_PER_SECOND,
        ThrottlingBurstLimit: REQUESTS_AT_ONCE,
      },
    };
    return stage;
  }
}

/** One line for each request: no body, no header. The address is there to tell one forger from many. */
const LOGGED = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  answerBytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
};
