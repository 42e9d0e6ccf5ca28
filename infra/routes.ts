import { type HttpApi, HttpMethod, HttpNoneAuthorizer, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import type { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionName } from '../functions/manifest.ts';
import { acknowledge } from './acknowledge.ts';
import { type FunctionStack, functionsOf } from './function-stacks.ts';
import { functionArnOf } from './names.ts';

export type RoutesProps = {
  readonly of: FunctionStack;
  readonly httpApi: HttpApi;
  readonly staffOnly: HttpUserPoolAuthorizer;
};

/** The routes of the functions of one stack, as the manifest has them: who may call, and the right to call the function. */
export class Routes extends Construct {
  constructor(scope: Construct, id: string, { of, httpApi, staffOnly }: RoutesProps) {
    super(scope, id);
    const everybody = new HttpNoneAuthorizer();
    for (const [name, { trigger }] of functionsOf(of)) {
      if (trigger.kind !== 'http') continue;
      const integration = new HttpLambdaIntegration(name, this.#functionOf(name));
      for (const { method, path } of trigger.routes) {
        const route = new HttpRoute(this, `${method} ${path}`, {
          httpApi,
          routeKey: HttpRouteKey.with(path, HttpMethod[method]),
          integration,
          authorizer: trigger.access === 'staff' ? staffOnly : everybody,
        });
        if (trigger.access === 'public') acknowledge(route, 'APIG4', WHY_PUBLIC);
      }
    }
  }

  // The function stands in another stack; the permission to call it belongs to the route and stands here.
  #functionOf(name: FunctionName): IFunction {
    return LambdaFunction.fromFunctionAttributes(this, name, {
      functionArn: functionArnOf(this, name),
      sameEnvironment: true,
    });
  }
}

const WHY_PUBLIC =
  'Donors and readers have no account, and a payment notification proves itself by its signature over the raw bytes.';
