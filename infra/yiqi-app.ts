import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { CodeOf } from './bundles.ts';
import type { Settings } from './settings.ts';
import { yiqiStacks } from './yiqi-stacks.ts';

/** The app with its stacks, checked against the AwsSolutions rules: a finding that nobody accepted stops synthesis. */
export function yiqiApp(
  app: App,
  settings: Settings,
  codeOf: CodeOf,
): { readonly app: App; readonly stacks: readonly Stack[] } {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stacks: yiqiStacks(app, { settings, codeOf }) };
}
