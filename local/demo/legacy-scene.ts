import { createHash } from 'node:crypto';
import type { LegacyFacts } from '../../functions/legacy/legacy-project.ts';
import { defaultSettings, type LegacySettings } from '../../functions/legacy/legacy-settings.ts';
import type { Api } from './api.ts';
import { legacyFiles } from './legacy/legacy-files.ts';
import { correctionsFor, truthOf, wrongValues } from './legacy/scripted-person.ts';
import { PLACES } from './legacy/true-projects.ts';
import { DEMO_ROOT, type StaffRole } from './staff.ts';
import { inParallel, waitFor } from './waiting.ts';

export type LegacyScene = {
  readonly api: Api;
  readonly tokens: Record<StaffRole, string>;
  readonly seed: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly show: (text: string) => void;
};
type SumLine = {
  readonly name: string;
  readonly projects: number;
  readonly moneyMinor: number;
  readonly goodsMinor: number;
};
/** What the summary of the exercise says; money and goods each for itself. */
export type LegacyResult = {
  readonly exerciseId: string;
  readonly sha256: string;
  readonly total: SumLine;
  readonly byYear: readonly SumLine[];
  readonly bySource: readonly SumLine[];
  readonly byCounty: readonly SumLine[];
  /** How many values were inferred and confirmed, corrected by a person, and how many rows were another list's copies. */
  readonly confirmed: number;
  readonly corrected: number;
  readonly copies: number;
  readonly addresses: { readonly pdf: string; readonly xlsx: string; readonly json: string };
};

type Project = {
  readonly projectId: string;
  readonly fileId: string;
  readonly sheet: string;
  readonly row: number;
  readonly facts: LegacyFacts;
  readonly papers: readonly { readonly kind: string }[];
  readonly unconfirmed: readonly string[];
};
type Shown = {
  readonly state: string;
  readonly failure: string | null;
  readonly files: readonly { readonly fileId: string; readonly fileName: string }[];
  readonly pairs: readonly { readonly pairId: string; readonly projectIds: readonly [string, string] }[];
  readonly summary: {
    readonly sha256: string;
    readonly jsonUrl: string;
    readonly xlsxUrl: string;
    readonly pdfUrl: string;
  } | null;
};

/** Calls to the emulator at once: each adds a line to one audit trail, and more would only wait for one another. */
const AT_ONCE = 3;
const FIELDS = [
  'year',
  'moneyMinor',
  'goodsMinor',
  'county',
  'source',
  'kind',
  'startedOn',
  'finishedOn',
  'name',
  'goods',
  'note',
];
const MINUTES = { heldOn: '2026-11-18', reference: '党组会纪要〔2026〕18号' };

/**
 * 132 made-up old projects in five offices' lists are uploaded, read, corrected, confirmed, told apart, brought their papers,
 * decided on in batches and closed in one exercise. Gives the summary, whose funds and goods are 50,000,000.00 yuan.
 */
export async function closeOldProjects(scene: LegacyScene): Promise<LegacyResult> {
  const { show, seed } = scene;
  const made = legacyFiles(seed);
  await saveSettings(scene);
  const exerciseId = await openExercise(scene);
  const desk = new Desk(scene, exerciseId);
  for (const [at, file] of made.files.entries()) {
    show(`list ${at + 1} of ${made.files.length}: ${file.fileName}`);
    await desk.bringList(
      file,
      made.entries.filter(({ fileName }) => fileName === file.fileName),
    );
  }
  const corrected = await desk.lookUp(made);
  const confirmed = await desk.confirmAll();
  const copies = await desk.tellApart(made);
  await desk.bringPapers();
  await desk.decide();
  show('closing');
  return { ...(await desk.close()), corrected, confirmed, copies };
}

/** Settings with the places of the made-up county lists; a project's file needs one paper, so that the demo does not take an hour. */
async function saveSettings({ api, tokens }: LegacyScene): Promise<void> {
  const path = `/organisations/${DEMO_ROOT.organisationId}/legacy-settings`;
  const { etag = '' } = await api.call('GET', path, { token: tokens.manager });
  const usual = defaultSettings('');
  const settings: LegacySettings = {
    ...usual,
    places: PLACES.map(({ name, otherNames }) => ({ name, otherNames: [...otherNames] })),
    kinds: usual.kinds.map((kind) => ({ ...kind, documents: kind.kindId === 'goods' ? ['receipt-list'] : ['report'] })),
  };
  await api.call('PUT', path, { body: settings, token: tokens.manager, ifMatch: etag });
}

async function openExercise({ api, tokens }: LegacyScene): Promise<string> {
  const body = {
    organisationId: DEMO_ROOT.organisationId,
    title: '2008年以来项目清理结项（演示数据）',
    recipients: ['li@example.org', 'luo@example.org'],
  };
  const answer = await api.call('POST', '/legacy-exercises', { body, token: tokens.manager, key: 'demo-old-projects' });
  return String(answer.body['exerciseId']);
}

type Made = ReturnType<typeof legacyFiles>;

/** The people at work on one exercise. */
class Desk {
  readonly #scene: LegacyScene;
  readonly #path: string;
  readonly #exerciseId: string;

  constructor(scene: LegacyScene, exerciseId: string) {
    this.#scene = scene;
    this.#exerciseId = exerciseId;
    this.#path = `/legacy-exercises/${exerciseId}`;
  }

  async #get<Body>(path: string): Promise<{ body: Body; etag: string }> {
    const { body, etag = '' } = await this.#scene.api.call('GET', `${this.#path}${path}`, {
      token: this.#scene.tokens.manager,
    });
    return { body: body as Body, etag };
  }

  #send(method: string, path: string, role: StaffRole, body: object, ifMatch?: string) {
    const { api, tokens } = this.#scene;
    return api.call(method, `${this.#path}${path}`, {
      body,
      token: tokens[role],
      ...(ifMatch === undefined ? {} : { ifMatch }),
      expected: [200, 201, 202],
    });
  }

  /** Something that is done to many at once, on the exercise as it is now. */
  async #bulk(what: string, role: StaffRole, body: object): Promise<Record<string, unknown>> {
    const { etag } = await this.#get('');
    return (await this.#send('POST', `/${what}`, role, body, etag)).body;
  }

  async bringList({ fileName, bytes }: Made['files'][number], entries: Made['entries']): Promise<void> {
    const { body } = await this.#send('POST', '/files', 'manager', { fileName, bytes: bytes.length });
    const fileId = String(body['fileId']);
    await put(String(body['uploadUrl']), bytes, {});
    await this.#step(fileId, 'readings', 'read');
    if (entries.length > 0) {
      const { etag } = await this.#get(`/files/${fileId}`);
      await this.#send(
        'PUT',
        `/files/${fileId}/entries`,
        'manager',
        { entries: entries.map(({ fileName: _, ...entry }) => entry) },
        etag,
      );
      await this.#step(fileId, 'readings', 'read');
    }
    await this.#step(fileId, 'imports', 'imported', { acceptDifferences: true });
  }

  async #step(fileId: string, what: 'readings' | 'imports', until: string, body: object = {}): Promise<void> {
    const { seconds, signal, show } = this.#scene;
    await this.#send('POST', `/files/${fileId}/${what}`, 'manager', body);
    await waitFor(
      `a list of old projects to be ${until}`,
      async () => {
        const { body: file } = await this.#get<{ state: string; fileName: string; refusal: unknown; failure: unknown }>(
          `/files/${fileId}`,
        );
        show(`${file.fileName}: ${file.state}`);
        if (file.state === 'refused' || file.state === 'failed')
          throw new Error(`${file.fileName}: ${JSON.stringify(file.refusal ?? file.failure)}`);
        return file.state === until ? (true as const) : undefined;
      },
      { seconds, signal },
    );
  }

  async #projects(): Promise<Project[]> {
    const found: Project[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: { body: { projects: Project[]; next: string | null } } = await this.#get(`/projects?${next}`);
      found.push(...page.body.projects);
      next = page.body.next;
    }
    return found;
  }

  /** Finance looks every value up in the books, and corrects what is otherwise there. Gives how many projects that were. */
  async lookUp(made: Made): Promise<number> {
    const names = await this.#fileNames();
    let corrected = 0;
    for (const project of await this.#projects()) {
      const known = truthOf(made, names.get(project.fileId), project);
      if (known === undefined)
        throw new Error(`Nobody wrote ${project.facts.name.value} (${project.sheet} ${project.row})`);
      const corrections = correctionsFor(wrongValues(known.truth, known.isCopy, project.facts));
      if (Object.keys(corrections).length === 0) continue;
      const { etag } = await this.#get(`/projects/${project.projectId}`);
      await this.#send(
        'PATCH',
        `/projects/${project.projectId}`,
        'finance',
        { ...corrections, reason: '据账簿更正' },
        etag,
      );
      corrected += 1;
      this.#scene.show(`corrected ${corrected} projects by the books`);
    }
    return corrected;
  }

  async #fileNames(): Promise<Map<string, string>> {
    const { body } = await this.#get<Shown>('');
    return new Map(body.files.map(({ fileId, fileName }) => [fileId, fileName]));
  }

  /** Gives how many inferred values were confirmed. */
  async confirmAll(): Promise<number> {
    const open = (await this.#projects()).flatMap(({ unconfirmed }) => unconfirmed).length;
    await this.#bulk('confirmations', 'finance', {
      select: { fromYear: 1990 },
      fields: FIELDS,
      reason: '逐项核对账簿',
    });
    return open;
  }

  /** Somebody decides on every pair that may be one project. Gives how many rows were copies. */
  async tellApart(made: Made): Promise<number> {
    const names = await this.#fileNames();
    const projects = new Map((await this.#projects()).map((project) => [project.projectId, project]));
    const numberOf = (projectId: string): number | undefined => {
      const project = projects.get(projectId);
      return project === undefined ? undefined : truthOf(made, names.get(project.fileId), project)?.truth.number;
    };
    let copies = 0;
    for (const { pairId, projectIds } of (await this.#get<Shown>('')).body.pairs) {
      const isSame = numberOf(projectIds[0]) === numberOf(projectIds[1]);
      copies += isSame ? 1 : 0;
      const decision = isSame
        ? { decision: 'same', keep: projectIds[0], reason: '两表登记同一项目' }
        : { decision: 'different', reason: '不是同一项目' };
      await this.#send('POST', `/pairs/${pairId}/decisions`, 'manager', decision);
    }
    return copies;
  }

  /** All missing papers are given to the manager, who brings them; one is lost, and two people say so. */
  async bringPapers(): Promise<void> {
    const { api, tokens, show } = this.#scene;
    const me = await api.call('GET', '/me', { token: tokens.manager });
    await this.#bulk('assignments', 'manager', {
      select: { fromYear: 1990 },
      assignee: me.body['personId'],
      dueOn: '2026-12-15',
    });
    const papers = (await this.#projects()).flatMap(({ projectId, papers: own }) =>
      own.map(({ kind }) => ({ projectId, kind })),
    );
    let brought = 0;
    await inParallel(papers, AT_ONCE, async ({ projectId, kind }) => {
      const path = `/projects/${projectId}/papers/${kind}`;
      if (projectId === papers[0]?.projectId) {
        await this.#send('POST', `${path}/losses`, 'manager', {
          reason: '2010年洪水中损毁，已在档案室与县红十字会查找',
        });
        await this.#send('POST', `${path}/loss-confirmations`, 'finance', { isLost: true });
      } else await this.#bring(path, `${projectId} ${kind}`);
      brought += 1;
      show(`paper ${brought} of ${papers.length}`);
    });
  }

  async #bring(path: string, what: string): Promise<void> {
    const content = new TextEncoder().encode(`%PDF-1.4\n% ${what}, made up for the demo\n%%EOF\n`);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const file = { name: '材料.pdf', contentType: 'application/pdf', bytes: content.length, sha256 };
    const { body } = await this.#send('POST', `${path}/uploads`, 'manager', file);
    const { url, headers } = body['upload'] as { url: string; headers: Record<string, string> };
    await put(url, content, headers);
    await this.#send('POST', `${path}/confirmations`, 'manager', {});
  }

  /** The leader decides in batches, large sums by the minutes of a meeting. */
  async decide(): Promise<void> {
    this.#scene.show('deciding');
    await this.#bulk('decisions', 'leader', {
      select: { untilYear: 2012, standing: 'ready' },
      decision: 'close',
      minutes: MINUTES,
    });
    await this.#bulk('decisions', 'leader', {
      select: { fromYear: 2013, untilYear: 2019, standing: 'ready' },
      decision: 'close-with-remarks',
      remarks: '资料补正后结项。',
      minutes: MINUTES,
    });
    await this.#bulk('decisions', 'leader', {
      select: { fromYear: 2020, standing: 'ready' },
      decision: 'close',
      minutes: MINUTES,
    });
  }

  async close(): Promise<Omit<LegacyResult, 'confirmed' | 'corrected' | 'copies'>> {
    const { seconds, signal, show } = this.#scene;
    await this.#send('POST', '/closings', 'manager', {});
    const summary = await waitFor(
      'the old projects to be closed',
      async () => {
        const { body } = await this.#get<Shown>('');
        show(`the exercise is ${body.state}`);
        if (body.state === 'stopped') throw new Error(`The closing of old projects stopped: ${body.failure}`);
        return body.state === 'closed' ? (body.summary ?? undefined) : undefined;
      },
      { seconds, signal },
    );
    const { total, byYear, bySource, byCounty } = (await (await fetch(summary.jsonUrl)).json()) as Pick<
      LegacyResult,
      'total' | 'byYear' | 'bySource' | 'byCounty'
    >;
    return {
      exerciseId: this.#exerciseId,
      sha256: summary.sha256,
      total,
      byYear,
      bySource,
      byCounty,
      addresses: { pdf: summary.pdfUrl, xlsx: summary.xlsxUrl, json: summary.jsonUrl },
    };
  }
}

async function put(url: string, bytes: Uint8Array, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, {
    method: 'PUT',
    body: Buffer.from(bytes),
    headers: { 'content-length': String(bytes.length), ...headers },
  });
  if (!answer.ok)
    throw new Error(`A file could not be put to its address: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
}

/** The summary as lines of a table: name, projects, money, goods; the total last. */
export function legacyRows(lines: readonly SumLine[], total: SumLine): string[][] {
  const yuan = (amountMinor: number): string =>
    `${Math.floor(amountMinor / 100)}.${String(amountMinor % 100).padStart(2, '0')}`.replace(
      /\B(?=(\d{3})+(?!\d)(?=.*\.))/g,
      ',',
    );
  return [...lines, total].map(({ name, projects, moneyMinor, goodsMinor }) => [
    name,
    String(projects),
    yuan(moneyMinor),
    yuan(goodsMinor),
  ]);
}
