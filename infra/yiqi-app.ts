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
    description: 'Yiqi: campaigns from proposal to closeout',
    terminationProtection: settings.keepsData,
  });
  Tags.of(stack).add('application', 'yiqi');
  return { app, stack };
}
