import { beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { type JobInput, type JobOutcome, jobFunction } from '../../functions/platform/job.ts';
import { organisationKey, rootIndexKey } from '../../functions/platform/keys.ts';
import { JOBS } from '../../functions/schedules/job.ts';
import { definition as keepSchedules } from '../../functions/schedules/keep-schedules.lambda.ts';
import { definition as manageSchedules } from '../../functions/schedules/manage-schedules.lambda.ts';
import type { Schedule } from '../../functions/schedules/schedule.ts';
import { ROOT } from '../access/people.ts';
import { freshContext } from '../platform/http-event.ts';
import { ADMIN, AUDITOR, FINANCE, MANAGER } from './people.ts';
import { type Answer, World } from './world.ts';

let world: World;
/** EventBridge Scheduler: the copies that it has, by their names. */
let copies: Map<string, Schedule>;
let isSchedulerAway: boolean;
/** What happens while EventBridge Scheduler is being told, once. */
let meanwhile: (() => Promise<unknown>) | undefined;
/** What was started, and not yet run. */
let started: JobInput[];

beforeEach(async () => {
  world = new World();
  world.at('2026-11-24T12:00:00+08:00');
  copies = new Map();
  isSchedulerAway = false;
  meanwhile = undefined;
  started = [];
  const away = () => {
    if (isSchedulerAway) throw new TransientError('EventBridge Scheduler is away');
  };
  world.more = {
    systemZone: 'Asia/Shanghai',
    startJob: async (input: JobInput) => void started.push(input),
    scheduler: {
      copyOf: ({ expression, zone, state }: Schedule) => JSON.stringify([expression, zone, state]),
      place: async (schedule: Schedule) => {
        away();
        const act = meanwhile;
        meanwhile = undefined;
        await act?.();
        copies.set(`${schedule.organisationId}.${schedule.job}`, schedule);
      },
      remove: async ({ organisationId, job }: Schedule) => void copies.delete(`${organisationId}.${job}`),
    },
  };
  // As who appoints the first admin makes it.
  await world.table.write({ update: organisationKey(ROOT), set: rootIndexKey(ROOT) });
});

const ask = (
  method: 'GET' | 'PUT' | 'POST',
  rest: string,
  { actor = MANAGER, body, ...headers }: { actor?: Actor; body?: object; [header: string]: unknown } = {},
  organisationId = ROOT,
): Promise<Answer> => {
  const [job, act] = rest.split('/').filter((part) => part !== '');
  const [tail, query] = (act ?? '').split('?after=');
  const path = `/organisations/${organisationId}/schedules${job === undefined ? '' : `/${job}`}${tail === '' ? '' : `/${tail}`}`;
  return world.request('manage-schedules', manageSchedules, {
    method,
    path,
    routeParameters: { organisationId, ...(job === undefined ? {} : { job }) },
    headers: headers as Record<string, string>,
    ...(query === undefined ? {} : { query: { after: decodeURIComponent(query) } }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    actor,
  });
};
const keep = () => world.job('keep-schedules', keepSchedules);
/** Runs what was started, as the function of any job of an organisation would. */
async function runStarted(
  act: () => Promise<JobOutcome> = async () => ({ kind: 'done', gifts: 7 }),
): Promise<JobOutcome[]> {
  const outcomes: JobOutcome[] = [];
  for (const input of started.splice(0)) {
    const definition = { name: input.job, open: () => ({ table: world.table }), handle: act };
    const handler = jobFunction(definition, { use: { table: world.table }, tellTime: async () => world.now });
    outcomes.push(await handler(input, freshContext()).catch((error: Error) => ({ kind: error.name })));
  }
  return outcomes;
}
/** What EventBridge Scheduler starts when its copy of a schedule is due. */
const due = (job: string, at: string): void => {
  const copy = copies.get(`${ROOT}.${job}`);
  if (copy?.state !== 'active') return;
  const { expression, zone } = copy;
  started.push({ job, organisationId: ROOT, by: 'clock', dueAt: at, expression, zone });
};
const scheduleOf = async (job: string) => (await ask('GET', job)).body;

describe('the schedules of an organisation that has said nothing', () => {
  it('are all listed, with what each does and when it runs next', async () => {
    const { status, body } = await ask('GET', '', { actor: AUDITOR });
    expect(status).toBe(200);
    expect(body.schedules.map(({ job }: { job: string }) => job)).toEqual(Object.keys(JOBS));
    const line = (job: string) => body.schedules.find((one: { job: string }) => one.job === job);
    expect(line('disclose')).toMatchObject({
      of: 'organisation',
      does: { en: "Publishes the progress of campaigns in the law's rhythm" },
      expression: 'cron(0 9 * * ? *)',
      zone: 'Asia/Shanghai',
      state: 'active',
      nextRunAt: '2026-11-25T01:00:00.000Z',
      lastRun: null,
      version: 1,
    });
    expect(line('issue-receipts')).toMatchObject({ state: 'paused', nextRunAt: null });
    expect(line('anchor-audit-trails')).toMatchObject({
      of: 'system',
      version: null,
      nextRunAt: '2026-11-24T17:30:00.000Z',
    });
  });

  it('are made within the hour, once, with the copies that EventBridge Scheduler runs by', async () => {
    const organisations = Object.values(JOBS).filter(({ of }) => of === 'organisation').length;
    expect(await keep()).toEqual({ kind: 'kept', made: organisations, caughtUp: 0, resumed: 0, failed: 0 });
    expect(copies.get(`${ROOT}.disclose`)).toMatchObject({ expression: 'cron(0 9 * * ? *)', state: 'active' });
    expect(copies.get(`${ROOT}.issue-receipts`)).toMatchObject({ state: 'paused' });
    expect(await keep()).toMatchObject({ made: 0, failed: 0 });
    expect(copies.size).toBe(organisations);
  });
});

describe('a schedule', () => {
  it('is changed on the version that was read, told to EventBridge Scheduler, and written into the audit trail', async () => {
    const change = { expression: 'cron(30 7 ? * MON-FRI *)', zone: 'Europe/Berlin' };
    const { status, headers, body } = await ask('PUT', 'disclose', { 'If-Match': 'W/"1"', body: change });
    expect([status, headers['etag']]).toEqual([200, 'W/"2"']);
    expect(body).toMatchObject({
      ...change,
      nextRunAt: '2026-11-24T06:30:00.000Z',
      isPlaced: true,
      changedBy: 'manager-li',
    });
    expect(copies.get(`${ROOT}.disclose`)).toMatchObject(change);
    expect((await ask('PUT', 'disclose', { 'If-Match': 'W/"1"', body: change })).status).toBe(412);
    expect((await ask('PUT', 'disclose', { body: change })).status).toBe(428);
    const lines = world.table.everything().filter(({ type }) => type === 'audit-line');
    expect(JSON.stringify(lines)).toContain('MON-FRI');
  });

  it.each([
    [{ expression: 'cron(0/5 9 * * ? *)' }, /more often than once an hour/],
    [{ expression: 'rate(30 minutes)' }, /more often than once an hour/],
    [{ expression: 'at(2026-11-24T11:59:00)' }, /never comes/],
    [{ expression: 'at(2027-03-28T02:30:00)', zone: 'Europe/Berlin' }, /never comes/],
    [{ expression: 'cron(0 9 30 2 ? *)' }, /never comes/],
    [{ expression: 'nine o’clock' }, /is no schedule/],
    [{ expression: 'cron(0 9 * * ? *)', zone: 'Shanghai' }, /IANA time zone/],
  ])('is refused that nobody should have: %j', async (body, says) => {
    const answer = await ask('PUT', 'disclose', { 'If-Match': 'W/"1"', body });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toMatch(says);
    expect(copies.size).toBe(0);
  });

  it('that EventBridge Scheduler could not be told of counts all the same, and is told within the hour', async () => {
    isSchedulerAway = true;
    const change = { expression: 'rate(2 hours)' };
    const { status, body } = await ask('PUT', 'disclose', { 'If-Match': 'W/"1"', body: change });
    expect([status, body.isPlaced, body.expression]).toEqual([200, false, 'rate(2 hours)']);
    await keep();
    expect(copies.size).toBe(0);
    isSchedulerAway = false;
    expect(await keep()).toMatchObject({ failed: 0 });
    expect(copies.get(`${ROOT}.disclose`)).toMatchObject(change);
    expect(await scheduleOf('disclose')).toMatchObject({ isPlaced: true });
  });

  it('that two people change at once is told as the last of them left it, whoever was told last', async () => {
    const set = (version: number, expression: string) =>
      ask('PUT', 'disclose', { 'If-Match': `W/"${version}"`, body: { expression } });
    meanwhile = () => set(2, 'rate(3 hours)');
    expect((await set(1, 'rate(2 hours)')).status).toBe(200);
    expect(copies.get(`${ROOT}.disclose`)).toMatchObject({ expression: 'rate(3 hours)' });
    expect(await scheduleOf('disclose')).toMatchObject({ expression: 'rate(3 hours)', version: 3, isPlaced: true });
  });

  it('of the system, of a branch, or of no job at all is not to be changed', async () => {
    const change = { 'If-Match': 'W/"1"', body: { expression: 'rate(2 hours)' } };
    expect((await ask('PUT', 'sign-day', change)).body.title).toBe('job-of-the-system');
    expect((await ask('POST', 'sign-day/pauses', { body: { reason: 'x' } })).body.title).toBe('job-of-the-system');
    await world.createOrganisation({ organisationId: 'dazhou', name: 'Dazhou' }, ADMIN);
    expect((await ask('PUT', 'disclose', change, 'dazhou')).body).toMatchObject({ title: 'not-a-root' });
    expect((await ask('GET', 'brew-tea')).body.title).toBe('unknown-job');
    expect((await ask('PUT', 'disclose', { ...change, actor: FINANCE })).status).toBe(403);
  });
});

describe('a pause', () => {
  it('stops the runs, says why, and makes up for nothing afterwards', async () => {
    await keep();
    const paused = await ask('POST', 'disclose/pauses', { body: { reason: 'The figures are being corrected' } });
    expect(paused.body).toMatchObject({
      state: 'paused',
      pauseReason: 'The figures are being corrected',
      nextRunAt: null,
    });
    expect(copies.get(`${ROOT}.disclose`)).toMatchObject({ state: 'paused' });
    expect((await ask('POST', 'disclose/pauses', { body: { reason: 'again' } })).body.version).toBe(
      paused.body.version,
    );
    world.at('2026-11-27T12:00:00+08:00');
    await keep();
    expect(started.filter(({ job }) => job === 'disclose')).toEqual([]);
    const resumed = await ask('POST', 'disclose/resumptions', { actor: ADMIN });
    expect(resumed.body).toMatchObject({ state: 'active', pauseReason: null, nextRunAt: '2026-11-28T01:00:00.000Z' });
    await keep();
    expect(started.filter(({ job }) => job === 'disclose')).toEqual([]);
  });
});

describe('a run that a person asks for', () => {
  const now = (key: string, actor = MANAGER) => ask('POST', 'disclose/runs', { actor, 'Idempotency-Key': key });

  it('begins at once, paused or not, and once for each key', async () => {
    await ask('POST', 'disclose/pauses', { body: { reason: 'corrections' } });
    const asked = await now('k1');
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ by: 'person', personId: 'manager-li', state: 'asked', startedAt: null });
    world.at('2026-11-24T12:00:05+08:00');
    // The first answer was lost: the same run is started, which does nothing twice.
    expect((await now('k1')).status).toBe(200);
    expect(started).toHaveLength(2);
    expect(await runStarted()).toEqual([{ kind: 'done', gifts: 7 }, { kind: 'already-done' }]);
    expect((await now('k1')).body).toMatchObject({ state: 'done', outcome: { kind: 'done', gifts: 7 } });
    expect(started).toEqual([]);
    expect((await now('k1', ADMIN)).body.title).toBe('idempotency-key-reused');
    expect((await ask('POST', 'disclose/runs', {})).status).toBe(400);
  });

  it('waits for the one that is under way', async () => {
    await now('k1');
    let inside: Answer | undefined;
    await runStarted(async () => {
      inside = await now('k2');
      return { kind: 'done' };
    });
    expect(inside?.body.title).toBe('job-running');
    expect((await now('k2')).status).toBe(202);
  });

  it('that was never started is started within the hour', async () => {
    await keep();
    await now('k1');
    started = [];
    world.at('2026-11-24T13:00:00+08:00');
    expect(await keep()).toMatchObject({ resumed: 1 });
    expect(await runStarted()).toEqual([{ kind: 'done', gifts: 7 }]);
  });

  it('of the system tells organisations that it went well, and no figures of others', async () => {
    const asked = await ask('POST', 'check-bills/runs', { 'Idempotency-Key': 'k1' });
    expect(asked.body).toMatchObject({ state: 'asked', personId: null });
    await runStarted();
    const { body } = await ask('GET', 'check-bills/runs', { actor: AUDITOR });
    expect(body.runs).toMatchObject([{ state: 'done', outcome: { kind: 'done' } }]);
  });
});

describe('what was due while nothing ran', () => {
  it('is made up for once, saying how often it was missed', async () => {
    await keep();
    due('disclose', '2026-11-25T01:00:00Z');
    world.at('2026-11-25T09:00:10+08:00');
    await runStarted();
    // From then on nothing runs for four days and a morning.
    world.at('2026-11-30T09:30:00+08:00');
    expect(await keep()).toMatchObject({ failed: 0 });
    const missed = started.filter(({ job }) => job === 'disclose');
    expect(missed).toEqual([
      { job: 'disclose', organisationId: ROOT, by: 'catch-up', dueAt: '2026-11-30T01:00:00.000Z', missed: 5 },
    ]);
    // The event of 09:00 was only late: it and the catch-up are one run.
    due('disclose', '2026-11-30T01:00:00Z');
    await keep();
    started = started.filter(({ job }) => job === 'disclose');
    expect(started).toHaveLength(3);
    expect((await runStarted()).map(({ kind }) => kind)).toEqual(['done', 'already-done', 'already-done']);
    await keep();
    expect(started.filter(({ job }) => job === 'disclose')).toEqual([]);
    const { body } = await ask('GET', 'disclose/runs');
    expect(body.runs.map(({ dueAt, by, missed }: Record<string, unknown>) => [dueAt, by, missed])).toEqual([
      ['2026-11-30T01:00:00.000Z', 'catch-up', 5],
      ['2026-11-25T01:00:00.000Z', 'clock', null],
    ]);
  });

  it('is not what was due before the schedule was set, nor what a person has run since', async () => {
    await keep();
    world.at('2026-11-25T12:00:00+08:00');
    await ask('PUT', 'remind-legacy', { 'If-Match': 'W/"1"', body: { expression: 'cron(0 8 * * ? *)' } });
    await ask('POST', 'disclose/runs', { 'Idempotency-Key': 'k1' });
    await runStarted();
    await keep();
    expect(started.filter(({ job }) => job === 'disclose' || job === 'remind-legacy')).toEqual([]);
  });

  it('of the system is made up for too, but not by a system that is new', async () => {
    await keep();
    expect(started).toEqual([]);
    world.at('2026-11-25T02:00:00+08:00');
    await keep();
    expect(started).toContainEqual({
      job: 'anchor-audit-trails',
      by: 'catch-up',
      dueAt: '2026-11-24T17:30:00.000Z',
      missed: 1,
    });
  });

  it('and began and crashed is begun again until it has failed', async () => {
    await keep();
    due('disclose', '2026-11-25T01:00:00Z');
    world.at('2026-11-25T09:00:10+08:00');
    const crash = () => new Promise<JobOutcome>(() => undefined);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      void runStarted(crash);
      await new Promise((resolve) => setTimeout(resolve, 5));
      world.now = plusSeconds(world.now, 3600);
      expect(await keep()).toMatchObject({ resumed: 1 });
      started = started.filter(({ job }) => job === 'disclose');
    }
    expect(await runStarted()).toEqual([{ kind: 'given-up' }]);
    expect((await scheduleOf('disclose')).lastRun).toMatchObject({ state: 'failed', attempts: 3 });
    expect(await keep()).toMatchObject({ resumed: 0 });
  });
});

describe('the runs of a job', () => {
  it('are shown newest first, page by page, each once', async () => {
    await keep();
    for (let hour = 0; hour < 60; hour += 1) {
      due('disclose', plusSeconds(instantOf('2026-11-25T01:00:00Z'), hour * 3600));
    }
    world.at('2026-11-28T09:00:00+08:00');
    await runStarted();
    const first = await ask('GET', 'disclose/runs');
    expect(first.body.runs).toHaveLength(50);
    const second = await ask('GET', `disclose/runs${first.body.next}`);
    expect([second.body.runs.length, second.body.next]).toEqual([10, null]);
    const all = [...first.body.runs, ...second.body.runs].map(({ dueAt }) => dueAt);
    expect(new Set(all).size).toBe(60);
    expect(all).toEqual(all.toSorted().toReversed());
    expect((await ask('GET', 'disclose/runs?after=nonsense')).status).toBe(400);
  });
});
