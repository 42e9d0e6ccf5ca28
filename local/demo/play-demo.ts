import { Listr, type ListrTask, PRESET_TIMER } from 'listr2';
import { dataOf } from '../../client/client.ts';
import { dueAt } from '../../functions/campaigns/campaign-calendar.ts';
import { instantOf, localDateOf, plusSeconds, SECONDS_PER_DAY, windowBounds } from '../../functions/kernel/time.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { RunningSystem } from '../start-system.ts';
import { Api } from './api.ts';
import { type AuditTrail, readAuditTrail } from './audit-trail.ts';
import { type SignedReport, signReport } from './closeout-scene.ts';
import { type Deciding, decideInTwoRounds, saveRoute } from './decisions.ts';
import { DEMO_ORGANISATIONS, DEMO_UNITS, DEMO_WINDOW, demoProposal } from './demo-campaign.ts';
import type { DemoClock } from './demo-clock.ts';
import { type Disclosed, disclose, proveGift } from './disclosure-scene.ts';
import { generateGifts } from './gifts.ts';
import { type GivenGifts, giveAll } from './give.ts';
import { closeOldProjects, type LegacyResult } from './legacy-scene.ts';
import { issueReceipts, type ReceiptsIssued } from './receipts-scene.ts';
import { type SettledDiscrepancies, settleDiscrepancies } from './reconciliation-scene.ts';
import { arrangeSchedules, keepSchedules, runJob, type ScheduleLine } from './schedules-scene.ts';
import { decideSurplus, playSpending } from './spending-scene.ts';
import { DEMO_ROOT, type StaffRole, signInStaff } from './staff.ts';
import { waitFor } from './waiting.ts';

export type DemoOptions = { readonly gifts: number; readonly seed: number; readonly signal: AbortSignal };
export type DemoResult = {
  readonly campaignId: string;
  readonly figures: Awaited<ReturnType<typeof figuresOf>>;
  readonly history: readonly { readonly to: string; readonly at: string; readonly by: string }[];
  readonly given: GivenGifts;
  /** What the campaign had to do by when, and what is done. */
  readonly calendar: readonly CalendarLine[];
  /** What did not agree with the provider's bills, and what a person made of it. */
  readonly settled: SettledDiscrepancies;
  readonly report: SignedReport;
  readonly receipts: ReceiptsIssued;
  readonly spending: Spending;
  readonly disclosed: Disclosed;
  /** 132 old projects, closed in one exercise. */
  readonly legacy: LegacyResult;
  readonly schedules: readonly ScheduleLine[];
  /** Who did what in the campaign's organisation. */
  readonly trail: AuditTrail;
  /** Addresses that a person can open. */
  readonly addresses: {
    readonly page: string;
    readonly figures: string;
    readonly gifts: string;
    readonly reportPdf: string;
    readonly reportXlsx: string;
    readonly reportJson: string;
  };
};

/** What was spent, as the API shows it. */
export type Spending = {
  readonly lines: readonly {
    readonly item: string;
    readonly plannedMinor: number;
    readonly currentMinor: number;
    readonly spentMinor: number;
  }[];
  readonly spentMinor: number;
  readonly aid: { readonly beneficiaries: number; readonly payments: number; readonly amountMinor: number };
  readonly goodsReceivedMinor: number;
  readonly goodsIssuedMinor: number;
};

/** One duty as the API shows it. */
export type CalendarLine = {
  readonly dueOn: string;
  readonly title: { readonly en: string };
  readonly state: string;
  readonly doneOn: string | null;
};

/** What a demo is played on: a running system, the payment provider's stand-in, and the clock that both go by. */
export type Stage = { readonly system: RunningSystem; readonly sandbox: Sandbox; readonly clock: DemoClock };

type Scene = Stage & {
  readonly options: DemoOptions;
  readonly api: Api;
  tokens?: Record<StaffRole, string>;
  campaignId?: string;
  given?: GivenGifts;
  settled?: SettledDiscrepancies;
  report?: SignedReport;
  receipts?: ReceiptsIssued;
  disclosed?: Disclosed;
  legacy?: LegacyResult;
  schedules?: readonly ScheduleLine[];
};

/** How long a step of the workflow may take on a slow machine before the demo says that something is wrong. */
const STEP_SECONDS = 120;
/** Of the made-up lists of old projects. */
const LEGACY_SEED = 2020;
const PLANNED_AHEAD_SECONDS = 14 * SECONDS_PER_DAY;

/** Plays one campaign from proposal to archive through the deployed system, showing its steps. @throws Error naming the step that failed. */
export async function playDemo(stage: Stage, options: DemoOptions): Promise<DemoResult> {
  const scene: Scene = { ...stage, options, api: new Api(stage.system) };
  const steps: readonly [string, (scene: Scene, show: (text: string) => void) => Promise<void>][] = [
    ['Go back to two weeks before the first day', prepare],
    ['Propose the campaign; three people decide, and return it once', proposeAndApprove],
    ['File the plan with the authority, more than ten days ahead', file],
    ['Wait for the first day and open', open],
    [`Give ${options.gifts} gifts over three days`, give],
    ['Close at 24:00 of the last day, settle, finalise the matching', close],
    ['Let the public notice of the matches pass', confirm],
    ['Issue receipts in a batch; one becomes void and is issued anew', receipts],
    ['Spend by the lines of the budget: goods, aid, printing, what is left', spend],
    ['Sign the days; publish how it goes, and correct a word of it', publish],
    ['Reconcile with the bills; a person settles what does not agree', reconcile],
    ['State what only people can say; sign the report, publish, archive', archive],
    ['Prove that one gift is in the published total', prove],
    ['Close 132 old projects in one exercise', oldProjects],
    ['Mail the report by its schedule; see what runs again and again', runSchedules],
  ];
  await new Listr(
    steps.map(
      ([title, play]): ListrTask => ({
        title,
        task: (_, task) =>
          play(scene, (text) => {
            if (task.output !== text) task.output = text;
          }),
      }),
    ),
    {
      registerSignalListeners: false,
      rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  ).run();
  return resultOf(scene);
}

/** The proposal is written two weeks before the first day, and the system's clock goes by the demo's. */
async function prepare({ system, clock }: Scene): Promise<void> {
  await clock.put(system, plusSeconds(windowBounds(DEMO_WINDOW).opensAt, -PLANNED_AHEAD_SECONDS));
}

async function proposeAndApprove(scene: Scene, show: (text: string) => void): Promise<void> {
  const { api, system, options } = scene;
  const tokens = await signInStaff(system);
  scene.tokens = tokens;
  for (const organisation of DEMO_ORGANISATIONS)
    await dataOf(api.staff(tokens.admin).POST('/organisations', { body: organisation }));
  await saveRoute(api, tokens);
  const manager = api.staff(tokens.manager);
  const { campaignId } = await dataOf(
    manager.POST('/campaigns', {
      // An emulator that is used again remembers execution names: each deployment has campaigns of its own.
      params: { header: { 'Idempotency-Key': `demo-${options.seed}-${options.gifts}-${system.outputs['ApiId']}` } },
      body: demoProposal(options.gifts),
    }),
  );
  await dataOf(manager.POST('/campaigns/{campaignId}/submissions', { params: { path: { campaignId } } }));
  scene.campaignId = campaignId;
  await decideInTwoRounds(acting(scene, show));
  await reached(scene, 'approved', show);
  await keepSchedules(acting(scene, show), 'demo-first-look');
}

/** The plan is handed in on the day of its approval, and the authority's number is on the campaign before it opens. */
async function file(scene: Scene, show: (text: string) => void): Promise<void> {
  const filedOn = localDateOf(scene.clock.now(), DEMO_WINDOW.zone);
  const manager = managerOf(scene);
  const path = { campaignId: campaignIdOf(scene) };
  const { response } = await manager.GET('/campaigns/{campaignId}', { params: { path } });
  await dataOf(
    manager.PUT('/campaigns/{campaignId}/filing', {
      params: { path, header: { 'If-Match': response.headers.get('etag') ?? '' } },
      body: { number: '51170020260001', filedOn, authority: '达州市民政局（演示）' },
    }),
  );
  await reached(scene, 'filed', show);
}

async function open(scene: Scene, show: (text: string) => void): Promise<void> {
  await scene.clock.put(scene.system, windowBounds(DEMO_WINDOW).opensAt);
  await reached(scene, 'open', show);
}

async function give(scene: Scene, show: (text: string) => void): Promise<void> {
  const { options } = scene;
  const gifts = generateGifts({ seed: options.seed, count: options.gifts, window: DEMO_WINDOW, units: DEMO_UNITS });
  scene.given = await giveAll({ ...scene, campaignId: campaignIdOf(scene), signal: options.signal, show }, gifts);
}

async function close(scene: Scene, show: (text: string) => void): Promise<void> {
  await scene.clock.put(scene.system, plusSeconds(windowBounds(DEMO_WINDOW).closesAt, 1));
  await reached(scene, 'closed', show);
  await scene.clock.put(scene.system, plusSeconds(dueAt('settling', DEMO_WINDOW), 1));
  await reached(scene, 'finalised', show, STEP_SECONDS + scene.options.gifts / 20);
}

/** Ten days in which the public may object to a match; nobody does. */
async function confirm(scene: Scene, show: (text: string) => void): Promise<void> {
  const { clock, system, options } = scene;
  const pool = async () => (await figuresOf(scene)).match;
  const { noticeUntil } = await pool();
  if (noticeUntil === null) throw new Error('the matches are under no notice');
  await clock.put(system, plusSeconds(instantOf(noticeUntil), 1));
  await waitFor(
    'the matches to be confirmed',
    async () => {
      const { stage } = await pool();
      show(stage);
      return stage === 'confirmed' ? true : undefined;
    },
    { seconds: STEP_SECONDS + options.gifts / 20, signal: options.signal },
  );
}

async function receipts(scene: Scene, show: (text: string) => void): Promise<void> {
  scene.receipts = await issueReceipts(acting(scene, show));
}

async function spend(scene: Scene, show: (text: string) => void): Promise<void> {
  const stage = { ...acting(scene, show), today: localDateOf(scene.clock.now(), DEMO_WINDOW.zone) };
  await playSpending(stage);
  await decideSurplus(stage);
}

/** The days are signed first: what is published of a campaign is published of signed days. */
async function publish(scene: Scene, show: (text: string) => void): Promise<void> {
  await runJob(acting(scene, show), 'sign-day', 'demo-days');
  await disclose(acting(scene, show));
}

async function reconcile(scene: Scene, show: (text: string) => void): Promise<void> {
  scene.settled = await settleDiscrepancies(acting(scene, show));
}

async function archive(scene: Scene, show: (text: string) => void): Promise<void> {
  scene.report = await signReport(acting(scene, show));
  await reached(scene, 'archived', show, STEP_SECONDS + scene.options.gifts / 10);
}

async function prove(scene: Scene, show: (text: string) => void): Promise<void> {
  scene.disclosed = await proveGift(acting(scene, show));
}

async function oldProjects(scene: Scene, show: (text: string) => void): Promise<void> {
  scene.legacy = await closeOldProjects({ ...acting(scene, show), seed: LEGACY_SEED });
}

async function runSchedules(scene: Scene, show: (text: string) => void): Promise<void> {
  const as = acting(scene, show);
  await runJob(as, 'mail-closeout-reports', 'demo-mail');
  // The demo has leapt through weeks: what was due meanwhile is made up for once.
  await keepSchedules(as, 'demo-last-look');
  scene.schedules = await arrangeSchedules(as);
}

/** What scenes of people take. */
function acting(scene: Scene, show: (text: string) => void): Deciding {
  const { api, tokens, options } = scene;
  if (tokens === undefined) throw new Error('nobody is signed in yet');
  return { api, tokens, campaignId: campaignIdOf(scene), seconds: STEP_SECONDS, signal: options.signal, show };
}

/** Waits until the campaign's workflow has brought it to a status. @throws Error with the reason when it needs a person. */
async function reached(
  scene: Scene,
  status: string,
  show: (text: string) => void,
  seconds = STEP_SECONDS,
): Promise<void> {
  await waitFor(
    `the campaign to be ${status}`,
    async () => {
      const campaign = await campaignOf(scene);
      show(campaign.status);
      if (campaign.attention !== null)
        throw new Error(`The campaign needs attention: ${JSON.stringify(campaign.attention)}`);
      return campaign.history.some(({ to }) => to === status) ? true : undefined;
    },
    { seconds, signal: scene.options.signal },
  );
}

const managerOf = ({ api, tokens }: Scene) => api.staff(tokens?.manager ?? '');

/** The campaign as its manager sees it. */
async function campaignOf(scene: Scene) {
  const campaign = await dataOf(
    managerOf(scene).GET('/campaigns/{campaignId}', { params: { path: { campaignId: campaignIdOf(scene) } } }),
  );
  if ('problems' in campaign) throw new Error('the campaign has not been handed in yet');
  return campaign;
}

/** Its figures as everybody sees them. */
const figuresOf = (scene: Scene) =>
  dataOf(
    scene.api.everybody.GET('/public/campaigns/{campaignId}', {
      params: { path: { campaignId: campaignIdOf(scene) } },
    }),
  );

function campaignIdOf({ campaignId }: Scene): string {
  if (campaignId === undefined) throw new Error('the campaign has not been submitted yet');
  return campaignId;
}

async function resultOf(scene: Scene): Promise<DemoResult> {
  const { api, system, given, tokens, settled, report, receipts, disclosed, legacy, schedules } = scene;
  const campaignId = campaignIdOf(scene);
  if (given === undefined || settled === undefined || report === undefined || schedules === undefined)
    throw new Error('a scene was not played');
  if (receipts === undefined || disclosed === undefined || legacy === undefined)
    throw new Error('a scene was not played');
  const spending = (await api.call('GET', `/campaigns/${campaignId}/spending`, { token: tokens?.finance ?? '' })).body;
  const figures = await figuresOf(scene);
  const { history } = await campaignOf(scene);
  const { duties: calendar } = await dataOf(
    managerOf(scene).GET('/campaigns/{campaignId}/calendar', { params: { path: { campaignId } } }),
  );
  const trail = await readAuditTrail(api.staff(tokens?.admin ?? ''), DEMO_ROOT.organisationId);
  const file = (format: string): string =>
    `${system.endpoint}/${system.outputs['BucketName']}/campaigns/${campaignId}/closeout/report.${format}`;
  return {
    campaignId,
    figures,
    history,
    given,
    calendar,
    settled,
    report,
    receipts,
    spending: spending as unknown as Spending,
    disclosed,
    legacy,
    schedules,
    trail,
    addresses: {
      page: api.address(`/public/campaigns/${campaignId}/page`),
      figures: api.address(`/public/campaigns/${campaignId}`),
      gifts: api.address(`/public/campaigns/${campaignId}/gifts`),
      reportPdf: file('pdf'),
      reportXlsx: file('xlsx'),
      reportJson: file('json'),
    },
  };
}
