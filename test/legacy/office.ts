import { beforeAll, expect } from 'vitest';
import type { AttachmentFiles } from '../../functions/campaigns/attachment-files.gateway.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { definition as closeProjects } from '../../functions/legacy/close-legacy-projects.lambda.ts';
import { definition as finishStep } from '../../functions/legacy/finish-legacy-step.lambda.ts';
import { definition as importFile } from '../../functions/legacy/import-legacy-file.lambda.ts';
import type { LegacySummary } from '../../functions/legacy/legacy-summary.ts';
import type { LegacyRun } from '../../functions/legacy/legacy-workflow.gateway.ts';
import { definition as mailSummary } from '../../functions/legacy/mail-legacy-summary.lambda.ts';
import { definition as exercises } from '../../functions/legacy/manage-legacy-exercises.lambda.ts';
import { definition as files } from '../../functions/legacy/manage-legacy-files.lambda.ts';
import { definition as papers } from '../../functions/legacy/manage-legacy-papers.lambda.ts';
import { definition as projects } from '../../functions/legacy/manage-legacy-projects.lambda.ts';
import { definition as prepareClosing } from '../../functions/legacy/prepare-legacy-closing.lambda.ts';
import { definition as readFile } from '../../functions/legacy/read-legacy-file.lambda.ts';
import { definition as writeSummary } from '../../functions/legacy/write-legacy-summary.lambda.ts';
import type { FunctionName } from '../../functions/manifest.ts';
import type { Mail } from '../../functions/notices/mail.gateway.ts';
import { log } from '../../functions/platform/log.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { membershipOf, organisationPut, putMembership, ROOT } from '../access/people.ts';
import { type AnyHttpDefinition, anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { assetsFolder } from '../press/press-folder.ts';
import { SETTINGS } from './true-reading.ts';

export const DAZHOU = 'dazhou';
export const MANAGER = { id: 'manager-wang', groups: ['manager'] };
export const FINANCE = { id: 'finance-chen', groups: ['finance'] };
export const LEADER = { id: 'leader-he', groups: ['approver'] };
/** Who may do everything, and so has to be kept from doing all of it alone. */
export const ADMIN = { id: 'admin-tang', groups: ['admin'] };
type Person = typeof MANAGER;

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON; a test says by name what it expects of it
export type Body = any;
export type Answer = { readonly status: number; readonly body: Body; readonly etag: string };
const HANDLERS = { exercises, files, projects, papers } as const;

/** An office that closes its old projects, in memory: every handler behind its grants, the workflow played by hand. */
export class OldOffice {
  readonly table: MemoryTable = memoryTable();
  readonly stored = new Map<string, Uint8Array>();
  readonly started: LegacyRun[] = [];
  readonly mails: Mail[] = [];
  now: Instant = instantOf('2020-11-20T10:00:00+08:00');
  exerciseId = '';
  /** What stands between a handler and its table: a test that wants faults puts them here. */
  wrap: (table: Table, name: FunctionName) => Table = (table) => table;
  sendMail = async (mail: Mail) => {
    this.mails.push(mail);
    return { messageId: `m-${this.mails.length}` };
  };

  readonly #bucket = {
    uploadAddress: async (key: string) => `https://files.example/${key}`,
    downloadAddress: async (key: string) => `https://files.example/${key}?download`,
    sizeOf: async (key: string) => this.stored.get(key)?.length,
    write: async (key: string, content: Uint8Array | string) =>
      void this.stored.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    read: async (key: string) => {
      const file = this.stored.get(key);
      if (file === undefined) throw new Error(`no file ${key}`);
      return file;
    },
  };
  readonly attachments = new Map<string, Uint8Array>();
  readonly #attachmentFiles: AttachmentFiles = {
    upload: async ({ attachmentId }) => ({ url: `https://files.example/${attachmentId}`, headers: {} }),
    downloadAddress: async ({ attachmentId }) => `https://files.example/${attachmentId}?download`,
    look: async ({ attachmentId, contentType, sha256, bytes }) =>
      this.attachments.has(attachmentId)
        ? { bytes, contentType, sha256, begins: new TextEncoder().encode('%PDF-1.7') }
        : undefined,
    remove: async ({ attachmentId }) => void this.attachments.delete(attachmentId),
  };

  async open(): Promise<void> {
    await this.table.write(organisationPut([ROOT, DAZHOU], '达州市红十字会'));
    await this.table.write(organisationPut([ROOT, DAZHOU, 'dazhou-xuanhan'], '宣汉县红十字会'));
    for (const [person, role] of [
      [MANAGER, 'manager'],
      [FINANCE, 'finance'],
      [LEADER, 'approver'],
      [ADMIN, 'admin'],
    ] as const)
      await putMembership(this.table, membershipOf(person.id, DAZHOU, [role], { reach: 'and-below' }));
    await putMembership(this.table, membershipOf('xuanhan-zhou', 'dazhou-xuanhan', ['manager'], {}));
    const path = `/organisations/${DAZHOU}/legacy-settings`;
    const before = await this.call(
      'exercises',
      'GET /organisations/{organisationId}/legacy-settings',
      { organisationId: DAZHOU },
      MANAGER,
    );
    const saved = await this.call(
      'exercises',
      'PUT /organisations/{organisationId}/legacy-settings',
      { organisationId: DAZHOU },
      MANAGER,
      { ...SETTINGS },
      before.etag,
    );
    expect(saved.status, path).toBe(200);
    const opened = await this.call('exercises', 'POST /legacy-exercises', {}, MANAGER, {
      organisationId: DAZHOU,
      title: '2008年以来项目清理结项',
      recipients: ['shi@example.org', 'sheng@example.org'],
    });
    expect(opened.status).toBe(201);
    this.exerciseId = opened.body.exerciseId;
  }

  #use(name: FunctionName) {
    return {
      table: this.wrap(restrictedTable(this.table, name), name),
      files: name === 'manage-legacy-papers' ? this.#attachmentFiles : this.#bucket,
      workflow: {
        start: async (run: LegacyRun) =>
          void (
            this.started.some((one) => one.attempt === run.attempt && JSON.stringify(one) === JSON.stringify(run)) ||
            this.started.push(run)
          ),
      },
      sendMail: (mail: Mail) => this.sendMail(mail),
      assetsFolder: assetsFolder(),
    };
  }

  async call(
    which: keyof typeof HANDLERS,
    route: string,
    parameters: Record<string, string>,
    actor: Person,
    body?: object,
    ifMatch?: string,
    query: Record<string, string> = {},
  ): Promise<Answer> {
    const definition = HANDLERS[which] as unknown as AnyHttpDefinition<unknown> & { name: string };
    const [method = '', template = ''] = route.split(' ');
    const routeParameters: Record<string, string> = { exerciseId: this.exerciseId, ...parameters };
    const path = template.replace(/\{(\w+)\}/g, (_, key: string) => routeParameters[key] ?? '');
    const handler = anyHttpFunction(definition, {
      use: this.#use(definition.name as FunctionName),
      tellTime: async () => this.now,
    });
    const result = await handler(
      httpEvent({
        name: definition.name as FunctionName,
        method,
        path,
        routeParameters,
        query,
        actor,
        headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      lambdaContext,
    );
    return {
      status: result.statusCode ?? 0,
      body: JSON.parse(String(result.body ?? '{}')),
      etag: String(result.headers?.['etag'] ?? ''),
    };
  }

  summary(round = 1): LegacySummary {
    const file = this.stored.get(`legacy/${this.exerciseId}/summaries/${round}/summary.json`);
    return JSON.parse(new TextDecoder().decode(file)) as LegacySummary;
  }

  show = () => this.call('exercises', 'GET /legacy-exercises/{exerciseId}', {}, MANAGER);

  /** Announces a file, puts it in its place, and has it read. */
  async upload(fileName: string, bytes: Uint8Array): Promise<string> {
    const { status, body } = await this.call('files', 'POST /legacy-exercises/{exerciseId}/files', {}, MANAGER, {
      fileName,
      bytes: bytes.length,
    });
    expect(status).toBe(201);
    this.stored.set(`legacy/${this.exerciseId}/files/${body.fileId}/original`, bytes);
    return body.fileId;
  }

  async read(fileId: string): Promise<Body> {
    const { status, body } = await this.call(
      'files',
      'POST /legacy-exercises/{exerciseId}/files/{fileId}/readings',
      { fileId },
      MANAGER,
    );
    expect(status, JSON.stringify(body)).toBe(202);
    await this.play();
    return this.file(fileId);
  }
  file = async (fileId: string): Promise<Body> =>
    (await this.call('files', 'GET /legacy-exercises/{exerciseId}/files/{fileId}', { fileId }, MANAGER)).body;

  async enter(fileId: string, entries: readonly object[], actor: Person = MANAGER): Promise<void> {
    const { etag } = await this.call('files', 'GET /legacy-exercises/{exerciseId}/files/{fileId}', { fileId }, MANAGER);
    const { status, body } = await this.call(
      'files',
      'PUT /legacy-exercises/{exerciseId}/files/{fileId}/entries',
      { fileId },
      actor,
      { entries },
      etag,
    );
    expect(status, JSON.stringify(body)).toBe(200);
  }

  async import(fileId: string, body: object = {}): Promise<Body> {
    const answer = await this.call(
      'files',
      'POST /legacy-exercises/{exerciseId}/files/{fileId}/imports',
      { fileId },
      MANAGER,
      body,
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    await this.play();
    return this.file(fileId);
  }

  /** Every project of the exercise, page after page. */
  async projects(query: Record<string, string> = {}): Promise<Body[]> {
    const found: Body[] = [];
    let next: string | null = new URLSearchParams(query).toString();
    while (next !== null) {
      const { body, status }: Answer = await this.call(
        'projects',
        'GET /legacy-exercises/{exerciseId}/projects',
        {},
        MANAGER,
        undefined,
        undefined,
        Object.fromEntries(new URLSearchParams(next)),
      );
      expect(status, JSON.stringify(body)).toBe(200);
      found.push(...body.projects);
      next = body.next;
    }
    return found;
  }

  /** Something that is done to many, on the exercise as it is now. */
  async bulk(what: 'confirmations' | 'assignments' | 'decisions', body: object, actor: Person): Promise<Answer> {
    const { etag } = await this.show();
    return this.call('projects', `POST /legacy-exercises/{exerciseId}/${what}`, {}, actor, body, etag);
  }

  async correct(projectId: string, body: object, actor: Person = FINANCE): Promise<Answer> {
    const { etag } = await this.call(
      'projects',
      'GET /legacy-exercises/{exerciseId}/projects/{projectId}',
      { projectId },
      actor,
    );
    return this.call(
      'projects',
      'PATCH /legacy-exercises/{exerciseId}/projects/{projectId}',
      { projectId },
      actor,
      body,
      etag,
    );
  }

  decidePair = (pairId: string, body: object) =>
    this.call('projects', 'POST /legacy-exercises/{exerciseId}/pairs/{pairId}/decisions', { pairId }, MANAGER, body);
  close = (actor: Person = MANAGER) =>
    this.call('projects', 'POST /legacy-exercises/{exerciseId}/closings', {}, actor, {});

  /** A paper brought: announced, put, seen. */
  async bring(projectId: string, paper: string, actor: Person = MANAGER): Promise<Answer> {
    const of = { projectId, paper };
    const sha256 = Buffer.from(`${projectId}${paper}`).toString('hex').padEnd(64, '0').slice(0, 64);
    const announced = await this.call('papers', `${PAPER_POST}/uploads`, of, actor, {
      name: `${paper}.pdf`,
      contentType: 'application/pdf',
      bytes: 100,
      sha256,
    });
    if (announced.status !== 201) return announced;
    this.attachments.set(announced.body.paper.file.attachmentId, new Uint8Array(100));
    return this.call('papers', `${PAPER_POST}/confirmations`, of, actor, {});
  }
  /** Every paper is there, straight into the table, for tests that are about something else. */
  async settlePapers(): Promise<void> {
    for (const item of this.table.everything())
      if (item.type === 'legacy-project') {
        const papers = (item['papers'] as { kind: string }[]).map((paper) => ({ ...paper, state: 'stored' }));
        await this.table.write({ put: { ...item, papers } as never });
      }
  }
  sayLost = (projectId: string, paper: string, reason: string, actor: Person) =>
    this.call('papers', `${PAPER_POST}/losses`, { projectId, paper }, actor, { reason });
  confirmLoss = (projectId: string, paper: string, actor: Person) =>
    this.call('papers', `${PAPER_POST}/loss-confirmations`, { projectId, paper }, actor, { isLost: true });

  /** Plays every execution that was started and not played yet, as workflows/legacy-closeout.asl.json would. */
  async play(): Promise<void> {
    for (let run = this.started.shift(); run !== undefined; run = this.started.shift()) await this.run(run);
  }

  async run(run: LegacyRun): Promise<void> {
    const { exerciseId } = run;
    try {
      if (run.mode === 'read') await this.task(readFile, { exerciseId, fileId: run.fileId });
      else if (run.mode === 'import') await this.task(importFile, { exerciseId, fileId: run.fileId });
      else if (run.mode === 'close') await this.#closeRound(exerciseId, run.round);
    } catch (error) {
      const failure = { Error: error instanceof Error ? error.name : 'Error', Cause: String(error) };
      await this.task(finishStep, { ...run, failure } as never);
    }
  }

  async #closeRound(exerciseId: string, round: number): Promise<void> {
    const plan = (await this.task(prepareClosing, { exerciseId, round })) as unknown as {
      batches: { projectIds: string[] }[];
    };
    for (const { projectIds } of plan.batches) await this.task(closeProjects, { exerciseId, round, projectIds });
    await this.task(writeSummary, { exerciseId, round });
    await this.task(mailSummary, { exerciseId, round });
    await this.task(finishStep, { mode: 'close', exerciseId, round } as never);
  }

  /** A task behind its grants, repeated as the workflow's retriers would: what is thrown more often than that stops it. */
  async task<Input, Use>(
    definition: { readonly name: string; handle: (input: Input, use: Use, now: Instant) => Promise<{ kind: string }> },
    input: Input,
  ): Promise<{ kind: string }> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await definition.handle(input, this.#use(definition.name as FunctionName) as unknown as Use, this.now);
      } catch (error) {
        if (attempt >= 5 || !(error instanceof Error) || error.name === 'PermanentError') throw error;
      }
    }
  }
}

const PAPER_POST = 'POST /legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}';

export function quietly(): void {
  beforeAll(() => void log.setLogLevel('SILENT'));
}
