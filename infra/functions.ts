import { Construct } from 'constructs';
import { tableNeedsOf } from '../functions/function-spec.ts';
import {
  bindAddenda,
  bindAlipay,
  bindAmendments,
  bindApprovalTask,
  bindBucket,
  bindDemoClock,
  bindJobStart,
  bindLegacyCloseout,
  bindLifecycle,
  bindMail,
  bindMailQuota,
  bindQueue,
  bindReceiptBatches,
  bindSchedules,
  bindSecret,
  bindSigningKey,
  bindStaffDirectory,
  bindStatementImport,
  bindTable,
  bindWechatPay,
} from './bindings.ts';
import type { CodeOf } from './bundles.ts';
import { DeployedFunction } from './deployed-function.ts';
import { consumeQueue, consumeStream } from './event-sources.ts';
import { type FunctionStack, functionsOf } from './function-stacks.ts';
import { consumeMailEvents } from './mail-events.ts';
import type { Queues } from './queues.ts';
import { type Scheduling, scheduleJob } from './schedules.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Staff } from './staff.ts';
import type { State } from './state.ts';

export type FunctionsProps = {
  readonly of: FunctionStack;
  readonly codeOf: CodeOf;
  readonly state: State;
  readonly secrets: Secrets;
  readonly queues: Queues;
  readonly staff: Staff;
  readonly scheduling: Scheduling;
  readonly settings: Settings;
};

/** Every function of the manifest that belongs to one stack, with what it needs. */
export class Functions extends Construct {
  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    for (const [name, spec] of functionsOf(props.of)) {
      const { settings } = props;
      const deployed = new DeployedFunction(this, name, { name, spec, code: props.codeOf(name), settings });
      bindNeeds(deployed, props);
      connectSource(deployed, props);
    }
  }
}

const SECRETS = {
  merchant: ['MERCHANT_SECRET_ID', 'merchant'],
  'donor-key': ['DONOR_KEY_SECRET_ID', 'donorKey'],
  messaging: ['MESSAGING_SECRET_ID', 'messaging'],
} as const;

function bindNeeds(
  target: DeployedFunction,
  { state, secrets, queues, staff, scheduling, settings }: FunctionsProps,
): void {
  const { needs } = target.spec;
  for (const need of tableNeedsOf(target.spec)) bindTable(target, state.table, need);
  if (settings.clock === 'demo') bindDemoClock(target, state.table);
  if (needs.bucket !== undefined) bindBucket(target, state.bucket, needs.bucket);
  for (const secret of needs.secrets ?? []) {
    const [variable, owner] = SECRETS[secret];
    bindSecret(target, variable, secrets[owner]);
  }
  if (needs.signing === true) bindSigningKey(target, secrets.signingKey);
  for (const queue of needs.queues ?? []) {
    if (queue === 'notice') bindQueue(target, 'NOTICE_QUEUE_URL', queues.notice);
    else bindQueue(target, 'POISON_QUEUE_URL', queues.poison);
  }
  bindWorkflowNeeds(target);
  if (needs.staffDirectory === true) bindStaffDirectory(target, staff.userPool);
  if (needs.schedules === true) bindSchedules(target, scheduling);
  if (needs.startsJobs === true) bindJobStart(target);
  if (needs.mail === true) bindMail(target);
  if (needs.mailQuota === true) bindMailQuota(target);
  if (needs.wechatPay === true) bindWechatPay(target);
  if (needs.alipay === true) bindAlipay(target);
}

function bindWorkflowNeeds(target: DeployedFunction): void {
  const { needs } = target.spec;
  if (needs.lifecycle !== undefined) bindLifecycle(target);
  if (needs.approvalTask === true) bindApprovalTask(target);
  if (needs.statementImport === true) bindStatementImport(target);
  if (needs.amendments === true) bindAmendments(target);
  if (needs.addenda === true) bindAddenda(target);
  if (needs.receiptBatches === true) bindReceiptBatches(target);
  if (needs.legacyCloseout === true) bindLegacyCloseout(target);
}

function connectSource(target: DeployedFunction, { state, queues, scheduling, settings }: FunctionsProps): void {
  const { trigger } = target.spec;
  if (trigger.kind === 'stream') consumeStream(target, state.table, queues.poison, trigger);
  if (trigger.kind === 'queue') consumeQueue(target, queues[trigger.queue], trigger);
  if (trigger.kind === 'mail-event') consumeMailEvents(target, trigger);
  if (trigger.kind === 'job') scheduleJob(target, trigger.job, scheduling, settings);
}
