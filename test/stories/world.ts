import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import type { TellApprovalTask } from '../../functions/approvals/approval-task.gateway.ts';
import { definition as awaitDecision } from '../../functions/approvals/await-decision.lambda.ts';
import { definition as decideApproval } from '../../functions/approvals/decide-approval.lambda.ts';
import { definition as mailApproval } from '../../functions/approvals/mail-approval.lambda.ts';
import { definition as reviewApproval } from '../../functions/approvals/review-approval.lambda.ts';
import { definition as changeLife } from '../../functions/campaigns/change-life.lambda.ts';
import { definition as checkDue } from '../../functions/campaigns/check-due.lambda.ts';
import { definition as checkProposal } from '../../functions/campaigns/check-proposal.lambda.ts';
import { definition as flagCampaign } from '../../functions/campaigns/flag-campaign.lambda.ts';
import { definition as getCampaign } from '../../functions/campaigns/get-campaign.lambda.ts';
import type { Lifecycle } from '../../functions/campaigns/lifecycle.gateway.ts';
import { definition as moveCampaign } from '../../functions/campaigns/move-campaign.lambda.ts';
import { definition as saveCampaign } from '../../functions/campaigns/save-campaign.lambda.ts';
import { definition as submitCampaign } from '../../functions/campaigns/submit-campaign.lambda.ts';
import { definition as tellStaff } from '../../functions/campaigns/tell-staff.lambda.ts';
import type { CampaignFiles } from '../../functions/closeout/campaign-files.gateway.ts';
import { definition as getPublicFigures } from '../../functions/disclosure/get-public-figures.lambda.ts';
import { definition as getPublicPage } from '../../functions/disclosure/get-public-page.lambda.ts';
import { definition as listPublicGifts } from '../../functions/disclosure/list-public-gifts.lambda.ts';
import { definition as createIntent } from '../../functions/donations/create-donation-intent.lambda.ts';
import { definition as receiveWechatPay } from '../../functions/donations/receive-wechat-pay.lambda.ts';
import { merchantReader } from '../../functions/donations/wechat-pay.gateway.ts';
import { definition as recordFiling } from '../../functions/filing/record-filing.lambda.ts';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { definition as allocateDonations } from '../../functions/matching/allocate-donations.lambda.ts';
import { definition as confirmMatching } from '../../functions/matching/confirm-matching.lambda.ts';
import { definition as finaliseMatching } from '../../functions/matching/finalise-matching.lambda.ts';
import { definition as checkThankYous } from '../../functions/notices/check-thank-yous.lambda.ts';
import type { Mail, SendMail } from '../../functions/notices/mail.gateway.ts';
import type { NoticeMessage } from '../../functions/notices/notice-queue.gateway.ts';
import { definition as queueThankYous } from '../../functions/notices/queue-thank-yous.lambda.ts';
import { definition as sendNotice } from '../../functions/notices/send-notice.lambda.ts';
import { readReceipt, readUpdate } from '../../functions/notices/told-things.store.ts';
import { definition as createOrganisation } from '../../functions/organisations/create-organisation.lambda.ts';
import { queueFunction, streamFunction } from '../../functions/platform/batch.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { type JobDefinition, type JobInput, jobFunction } from '../../functions/platform/job.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import type { PoisonNote } from '../../functions/platform/poison.gateway.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import { type TaskDefinition, taskFunction } from '../../functions/platform/task.ts';
import { makeSandboxKeys, merchantSecretOf, type SandboxKeys } from '../../local/sandbox/keys.ts';
import { putPeople, ROOT } from '../access/people.ts';
import { StaffAccounts } from '../access/staff-accounts.ts';
import { type AnyHttpDefinition, anyHttpFunction } from '../platform/any-http-function.ts';
import { freshContext, type HttpEventParts, httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedFiles } from '../platform/restricted-files.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { FILING, MANAGER } from './people.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON; a story says by name what it expects of it
  readonly body: any;
};

/** No organisation of a story has set up another channel than mail, unless the story does. */
const notSetUp = async (): Promise<never> => {
  throw new Error('this channel is not set up');
};

/** Made once for all stories of a file: RSA keys take a few tenths of a second. */
const KEYS = makeSandboxKeys();

/**
 * The whole system in memory: every real handler with its whole stack, each behind a table that allows what its manifest
 * entry grants. Only what is outside is replaced: the table's store, the queue, the mail provider, Step Functions.
 */
export class World {
  readonly table: MemoryTable = memoryTable();
  readonly keys: SandboxKeys = KEYS;
  readonly mails: Mail[] = [];
  readonly accounts = new StaffAccounts();
  readonly files = new Map<string, Uint8Array>();
  readonly poison: PoisonNote[] = [];
  readonly started: { campaignId: string; round: number }[] = [];
  /** Task tokens of approvals whose workflow was told to look again. */
  readonly told: string[] = [];
  /** Task tokens on which nothing waits any more. */
  readonly tokensGone = new Set<string>();
  readonly notices: NoticeMessage[] = [];
  now: Instant = instantOf('2026-08-20T09:00:00+08:00');
  /** Replaced by a story that wants the mail provider to fail. */
  sendMail: SendMail = async (mail) => {
    this.mails.push(mail);
    return { messageId: `message-${this.mails.length}` };
  };
  /** Stand-ins for what only some stories meet. */
  more: object = {};
  #streamedChanges = 0;
  /** The top of the tree with everybody who acts in stories: what the operator and the first admin have made. */
  readonly #peopled = putPeople(this.table);
  readonly #readMerchants = merchantReader(async () => merchantSecretOf(this.keys));

  readonly campaignFiles: CampaignFiles = {
    write: async (key, content) =>
      void this.files.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    read: async (key) => {
      const file = this.files.get(key);
      if (file === undefined) throw new PermanentError(`there is no file ${key}`);
      return file;
    },
  };

  readonly #lifecycle: Lifecycle = {
    start: async (campaignId, round) => void this.started.push({ campaignId, round }),
  };
  /** Replaced by a story in which Step Functions cannot be reached. */
  tellApprovalTask: TellApprovalTask = async (taskToken) => {
    this.told.push(taskToken);
    return this.tokensGone.has(taskToken) ? 'gone' : 'told';
  };

  at(moment: string): this {
    this.now = instantOf(moment);
    return this;
  }

  /** What every handler gets: the restricted table and the stand-ins for what is outside. */
  use(name: FunctionName) {
    return {
      table: restrictedTable(this.table, name),
      lifecycle: this.#lifecycle,
      tellApprovalTask: (taskToken: string) => this.tellApprovalTask(taskToken),
      directory: this.accounts,
      readMerchants: this.#readMerchants,
      readStripeAccounts: async () => [],
      readSources: async () => new Map(),
      readDonorKey: async () => 'donor key of the story',
      setAside: async (note: PoisonNote) => void this.poison.push(note),
      patience: { random: () => 0, pause: async () => undefined },
      queueNotices: async (messages: readonly NoticeMessage[]) => void this.notices.push(...messages),
      readUpdate,
      readReceipt,
      mailPace: { take: async () => 'now' as const, slowDown: async () => undefined },
      sendSms: notSetUp,
      sendWechat: notSetUp,
      readMessagingAccounts: async () => ({ wechat: [], sms: [] }),
      sendMail: (mail: Mail) => this.sendMail(mail),
      files: restrictedFiles(this.campaignFiles, name),
      ...this.more,
    };
  }

  async #http<Use>(name: FunctionName, definition: AnyHttpDefinition<Use>, parts: HttpEventParts): Promise<Answer> {
    await this.#peopled;
    const handler = anyHttpFunction(definition, {
      use: this.use(name) as unknown as Use,
      tellTime: async () => this.now,
    });
    const result = await handler(httpEvent({ ...parts, name }), lambdaContext);
    return {
      status: result.statusCode ?? 0,
      headers: result.headers ?? {},
      body: parsedBody(result.body, String(result.headers?.['content-type'])),
    };
  }

  /** Sends a request that a story writes itself, such as a malformed one or one with a header of its own. */
  request<Use>(name: FunctionName, definition: AnyHttpDefinition<Use>, parts: HttpEventParts): Promise<Answer> {
    return this.#http(name, definition, parts);
  }

  createOrganisation(body: object, actor: Actor) {
    return this.#http('create-organisation', createOrganisation, {
      method: 'POST',
      path: '/organisations',
      body: JSON.stringify({ parentId: ROOT, ...body }),
      actor,
    });
  }

  /** Makes a draft. */
  draft(fields: object, actor: Actor, idempotencyKey = 'story') {
    return this.#http('save-campaign', saveCampaign, {
      method: 'POST',
      path: '/campaigns',
      body: JSON.stringify(fields),
      actor,
      headers: { 'Idempotency-Key': idempotencyKey },
    });
  }

  /** Saves parts of what is being written; made on the version that stands unless a story says otherwise. */
  async save(campaignId: string, changes: object, actor: Actor, ifMatch?: string) {
    const etag = ifMatch ?? String((await this.campaign(campaignId, actor)).headers['etag']);
    return this.#http('save-campaign', saveCampaign, {
      method: 'PATCH',
      path: `/campaigns/${campaignId}`,
      routeParameters: { campaignId },
      body: JSON.stringify(changes),
      actor,
      headers: { 'If-Match': etag },
    });
  }

  withdraw(campaignId: string, actor: Actor) {
    return this.#http('save-campaign', saveCampaign, {
      method: 'POST',
      path: `/campaigns/${campaignId}/withdrawals`,
      routeParameters: { campaignId },
      actor,
    });
  }

  handIn(campaignId: string, actor: Actor, headers: Record<string, string> = {}) {
    return this.#http('submit-campaign', submitCampaign, {
      method: 'POST',
      path: `/campaigns/${campaignId}/submissions`,
      routeParameters: { campaignId },
      actor,
      headers,
    });
  }

  /** Writes a proposal whole and hands it in; of one that was returned, the changed one. Gives the first answer that is no success. */
  async submit(proposal: object, actor: Actor, campaignId?: string, idempotencyKey = 'story') {
    const written =
      campaignId === undefined
        ? await this.draft(proposal, actor, idempotencyKey)
        : await this.save(campaignId, proposal, actor);
    return written.status >= 400 ? written : this.handIn(written.body.campaignId, actor);
  }

  decide(campaignId: string, decision: object, actor: Actor) {
    const path = `/campaigns/${campaignId}/decisions`;
    return this.#http('decide-approval', decideApproval, {
      method: 'POST',
      path,
      routeParameters: { campaignId },
      body: JSON.stringify(decision),
      actor,
    });
  }

  campaign(campaignId: string, actor: Actor) {
    return this.#http('get-campaign', getCampaign, {
      path: `/campaigns/${campaignId}`,
      routeParameters: { campaignId },
      actor,
    });
  }

  async file(campaignId: string, filing: object = FILING, actor: Actor = MANAGER, ifMatch?: string) {
    return this.#http('record-filing', recordFiling, {
      method: 'PUT',
      path: `/campaigns/${campaignId}/filing`,
      routeParameters: { campaignId },
      headers: { 'If-Match': ifMatch ?? (await this.etag(campaignId)) },
      body: JSON.stringify(filing),
      actor,
    });
  }

  /** The ETag of a campaign as it stands. */
  async etag(campaignId: string): Promise<string> {
    return `W/"${(await this.table.get(campaignKey(campaignId)))?.['version']}"`;
  }

  /** Pauses, resumes or cancels. */
  changeLife(
    campaignId: string,
    change: 'pauses' | 'resumptions' | 'cancellations',
    body: object = {},
    actor: Actor = MANAGER,
  ) {
    return this.#http('change-life', changeLife, {
      method: 'POST',
      path: `/campaigns/${campaignId}/${change}`,
      routeParameters: { campaignId },
      body: JSON.stringify(body),
      actor,
    });
  }

  intend(campaignId: string, request: object, idempotencyKey?: string) {
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
    const path = `/campaigns/${campaignId}/donation-intents`;
    return this.#http('create-donation-intent', createIntent, {
      method: 'POST',
      path,
      routeParameters: { campaignId },
      headers,
      body: JSON.stringify(request),
    });
  }

  notify(headers: Record<string, string>, body: Buffer) {
    return this.#http('receive-wechat-pay', receiveWechatPay, {
      method: 'POST',
      path: '/webhooks/wechat-pay',
      headers,
      body,
    });
  }

  figures(campaignId: string, headers: Record<string, string> = {}) {
    return this.#http('get-public-figures', getPublicFigures, {
      path: `/public/campaigns/${campaignId}`,
      routeParameters: { campaignId },
      headers,
    });
  }

  publicPlan(campaignId: string) {
    return this.#http('get-public-figures', getPublicFigures, {
      path: `/public/campaigns/${campaignId}/plan`,
      routeParameters: { campaignId },
    });
  }

  publicPage(campaignId: string, query: Record<string, string> = {}) {
    return this.#http('get-public-page', getPublicPage, {
      path: `/public/campaigns/${campaignId}/page`,
      routeParameters: { campaignId },
      query,
    });
  }

  publicGifts(campaignId: string, query: Record<string, string> = {}) {
    return this.#http('list-public-gifts', listPublicGifts, {
      path: `/public/campaigns/${campaignId}/gifts`,
      routeParameters: { campaignId },
      query,
    });
  }

  /** Runs one task of a workflow as Step Functions would call it. */
  async #task<Input, Use>(
    name: FunctionName,
    definition: TaskDefinition<Input, Use>,
    input: object,
  ): Promise<Record<string, unknown>> {
    const handler = taskFunction(definition, {
      use: this.use(name) as unknown as Use,
      tellTime: async () => this.now,
    });
    return (await handler(input, lambdaContext)) as unknown as Record<string, unknown>;
  }

  checkProposal = (campaignId: string) => this.#task('check-proposal', checkProposal, { campaignId });
  /** What the approval's workflow does before it waits: looks where it stands, and waits if there is anything to wait for. */
  async requestApproval(campaignId: string, round: number, taskToken: string, subject = 'campaign') {
    const id = { campaignId, subject, round };
    const standing = await this.#task('review-approval', reviewApproval, id);
    if (standing['kind'] !== 'waiting') return standing;
    return this.awaitDecision(campaignId, round, Number(standing['version']), taskToken, subject);
  }
  awaitDecision = (campaignId: string, round: number, version: number, taskToken: string, subject = 'campaign') =>
    this.#task('await-decision', awaitDecision, { campaignId, subject, round, version, taskToken });
  reviewApproval = (campaignId: string, round: number, subject = 'campaign') =>
    this.#task('review-approval', reviewApproval, { campaignId, subject, round });
  tellApprovers = (campaignId: string, round: number, subject = 'campaign') =>
    this.#task('mail-approval', mailApproval, { campaignId, subject, round });
  move = (campaignId: string, to: string, reason?: string) =>
    this.#task('move-campaign', moveCampaign, { campaignId, to, ...(reason === undefined ? {} : { reason }) });
  checkDue = (campaignId: string, phase: string) => this.#task('check-due', checkDue, { campaignId, phase });
  tellStaff = (campaignId: string, event: string) => this.#task('tell-staff', tellStaff, { campaignId, event });
  finalise = (campaignId: string) => this.#task('finalise-matching', finaliseMatching, { campaignId });
  confirm = (campaignId: string) => this.#task('confirm-matching', confirmMatching, { campaignId });
  checkThankYous = (campaignId: string) => this.#task('check-thank-yous', checkThankYous, { campaignId });
  flag = (campaignId: string, phase: string, failure: object) =>
    this.#task('flag-campaign', flagCampaign, { campaignId, phase, failure });

  /** Runs a task that a story builds itself, such as those of the closeout. */
  task<Input, Use>(
    name: FunctionName,
    definition: TaskDefinition<Input, Use>,
    input: object,
    more: object = {},
  ): Promise<Record<string, unknown>> {
    const handler = taskFunction(definition, {
      use: { ...this.use(name), ...more } as unknown as Use,
      tellTime: async () => this.now,
    });
    return handler(input, lambdaContext) as unknown as Promise<Record<string, unknown>>;
  }

  /** Runs a job now: of the system, or, as its schedule would, for the organisation of `input` and what is due then. */
  job<Use extends { readonly table: Table }>(
    name: FunctionName,
    definition: JobDefinition<Use>,
    more: object = {},
    input: Partial<JobInput> = {},
  ): Promise<Record<string, unknown>> {
    const handler = jobFunction(definition, {
      use: { ...this.use(name), ...more } as unknown as Use,
      tellTime: async () => this.now,
    });
    return handler(input, freshContext());
  }

  /**
   * Delivers what the stream holds since the last time, in batches, `times` times each, to the functions whose triggers
   * name its kind. Goes on until nothing new comes.
   */
  async drainStream(batchSize = 100, times = 1): Promise<void> {
    for (;;) {
      const fresh = this.table.changes
        .slice(this.#streamedChanges)
        .filter(({ before, after }) => before === undefined && after !== undefined);
      this.#streamedChanges = this.table.changes.length;
      if (fresh.length === 0) return;
      for (let time = 0; time < times; time += 1) {
        for (const batch of batchesOf(fresh.filter(startsFunction('allocate-donations')), batchSize))
          await this.allocate(streamEvent(batch));
        for (const batch of batchesOf(fresh.filter(startsFunction('queue-thank-yous')), batchSize))
          await this.#queueThankYous(streamEvent(batch));
      }
    }
  }

  allocate(event: DynamoDBStreamEvent) {
    const use = this.use('allocate-donations');
    return streamFunction(allocateDonations, { use, tellTime: async () => this.now })(event, lambdaContext);
  }

  #queueThankYous(event: DynamoDBStreamEvent) {
    const use = this.use('queue-thank-yous');
    return streamFunction(queueThankYous, { use, tellTime: async () => this.now })(event, lambdaContext);
  }

  /** Delivers every queued notice `times` times; what failed goes back into the queue. */
  async drainNotices(times = 1): Promise<void> {
    const messages = this.notices.splice(0);
    const handler = queueFunction(sendNotice, { use: this.use('send-notice'), tellTime: async () => this.now });
    for (const message of messages) {
      const event = {
        Records: Array.from({ length: times }, () => ({ messageId: 'm', body: JSON.stringify(message) })),
      } as unknown as SQSEvent;
      const { batchItemFailures } = await handler(event, lambdaContext);
      if (batchItemFailures.length > 0) this.notices.push(message);
    }
  }
}

/** Whether an item is of a kind that a function's trigger names: what the stream's filter lets through. */
function startsFunction(name: 'allocate-donations' | 'queue-thank-yous') {
  const types: readonly string[] = MANIFEST[name].trigger.itemTypes;
  return ({ after }: { readonly after?: Item | undefined }): boolean => types.includes(after?.type ?? '');
}

const parsedBody = (body: string | undefined, contentType: string): unknown =>
  body === undefined || !contentType.includes('json') ? body : JSON.parse(body);

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

/** Items as the table's stream hands them to a function. */
export function streamEvent(changes: readonly { readonly after: object | undefined }[]): DynamoDBStreamEvent {
  return {
    Records: changes.map(({ after }, position) => ({
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: String(position + 1),
        NewImage: marshall(after ?? {}, { removeUndefinedValues: true }),
      },
    })),
  } as DynamoDBStreamEvent;
}
