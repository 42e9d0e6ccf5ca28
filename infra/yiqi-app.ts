import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { CodeOf } from './bundles.ts';
import type { Settings } from './settings.ts';
import { YiqiStack } from './yiqi-stack.ts';

/** The app with its one stack, checked against the AwsSolutions rules: a finding that nobody accepted stops synthesis. */
export function yiqiApp(
  app: App,
  settings: Settings,
  codeOf: CodeOf,
): { readonly app: App; readonly stack: YiqiStack } {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new YiqiStack(app, 'Yiqi', {
    settings,
    codeOf,
    // A local stack is bound to the emulator's made-up account: the CDK refuses to deploy it with anybody's real credentials.
    ...(settings.target === 'local' ? { env: { account: '000000000000', region: 'us-east-1' } } : {}),
    description: 'Yiqi: campaigns from proposal to closeout',
    terminationProtection: settings.keepsData,
  });
  Tags.of(stack).add('application', 'yiqi');
  return { app, stack };
}
