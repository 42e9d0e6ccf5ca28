import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundledCode } from './bundles.ts';
import { SETTING_NAMES, SettingsError, settingsFrom } from './settings.ts';
import { yiqiApp } from './yiqi-app.ts';

const app = new App();
try {
  const context = Object.fromEntries(SETTING_NAMES.map((name) => [name, app.node.tryGetContext(name) as unknown]));
  // Beside the templates, so that two deploys at once from one checkout do not write over each other.
  yiqiApp(app, settingsFrom(context), bundledCode(join(app.outdir, 'functions')));
} catch (error) {
  // A wrong setting is the operator's to mend: a sentence helps, a stack trace does not.
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
