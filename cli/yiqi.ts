#!/usr/bin/env node
import { homedir } from 'node:os';
import { systemOnThisMachine } from '../local/running-locally.ts';
import { StartupProblem } from '../local/startup-problem.ts';
import { awsOperator } from './operator.gateway.ts';
import { runYiqi } from './program.ts';
import { settingsFolder } from './settings.ts';
import type { System } from './system.ts';
import { processTerminal } from './terminal.ts';
import { cognitoUserPool } from './user-pool.gateway.ts';

// What `npm run yiqi -- <command>` runs.

function localSystem(): System | undefined {
  try {
    const { endpoint, region, credentials, outputs, apiUrl } = systemOnThisMachine();
    return { endpoint, region, credentials, outputs, apiUrl };
  } catch (error) {
    if (error instanceof StartupProblem) return undefined;
    throw error;
  }
}

process.exitCode = await runYiqi(process.argv.slice(2), {
  terminal: processTerminal(),
  environment: process.env,
  folder: settingsFolder(process.env, homedir()),
  now: Date.now,
  localSystem,
  openUserPool: cognitoUserPool,
  openOperator: awsOperator,
});
