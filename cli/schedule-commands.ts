import { randomUUID } from 'node:crypto';
import type { components } from '../client/api-types.ts';
import type { YiqiClient } from '../client/client.ts';
import { afterOf, answered, apiOf } from './api.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { jsonText, shown, tableText, timeText } from './table.ts';

type Typed = { readonly local: boolean; readonly json: boolean };
type Schedule = components['schemas']['Schedule'];
type Run = components['schemas']['JobRun'];
/** A job of the catalogue, or what somebody took for one: the API says which there are. */
type Job = Schedule['job'];

const apiFor = (surroundings: Surroundings, typed: Typed): YiqiClient =>
  apiOf(surroundings, systemOf(surroundings, typed.local));
const pathOf = (organisationId: string, job: string) => ({ path: { organisationId, job: job as Job } });

/** Everything that runs again and again for an organisation. */
export async function listSchedules(surroundings: Surroundings, organisationId: string, typed: Typed): Promise<void> {
  const api = apiFor(surroundings, typed);
  const params = { path: { organisationId } };
  const { data } = await answered(api.GET('/organisations/{organisationId}/schedules', { params }));
  surroundings.terminal.write(
    typed.json
      ? jsonText(data.schedules)
      : tableText(['Job', 'When', 'Zone', 'State', 'Next run', 'Last run', 'How it went'], data.schedules.map(rowOf)),
  );
}

const rowOf = ({ job, expression, zone, state, nextRunAt, lastRun, of }: Schedule): string[] => [
  job,
  expression,
  zone,
  of === 'system' ? 'of the system' : state,
  nextRunAt === null ? '' : timeText(nextRunAt, zone),
  lastRun === null ? '' : timeText(lastRun.dueAt, zone),
  lastRun === null ? '' : runText(lastRun),
];

/** What one run did, in one line: its figures are the job's own. */
function runText({ state, outcome, reason, missed }: Run): string {
  const figures = Object.entries(outcome ?? {})
    .filter(([name, value]) => name !== 'kind' && value !== 0)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const did = state === 'done' ? [String(outcome?.['kind'] ?? 'done'), ...figures].join(', ') : state;
  const madeUp = missed === null ? '' : ` (for ${missed} that were missed)`;
  return shown(`${did}${madeUp}${reason === null ? '' : `: ${reason}`}`);
}

/** The newest runs of a job. */
export async function listRuns(
  surroundings: Surroundings,
  organisationId: string,
  job: string,
  typed: Typed & { readonly all: boolean },
): Promise<void> {
  const api = apiFor(surroundings, typed);
  const runs: Run[] = [];
  let after: string | undefined;
  do {
    const params = { ...pathOf(organisationId, job), query: after === undefined ? {} : { after } };
    const { data } = await answered(api.GET('/organisations/{organisationId}/schedules/{job}/runs', { params }));
    runs.push(...data.runs);
    after = typed.all ? afterOf(data.next) : undefined;
  } while (after !== undefined);
  const { terminal } = surroundings;
  if (typed.json) terminal.write(jsonText(runs));
  else if (runs.length === 0) terminal.write(`${job} has not run yet.\n`);
  else
    terminal.write(
      tableText(
        ['Due', 'By', 'Began', 'Attempts', 'How it went'],
        runs.map((run) => [
          timeText(run.dueAt),
          run.personId ?? run.by,
          run.startedAt === null ? '' : timeText(run.startedAt),
          String(run.attempts),
          runText(run),
        ]),
      ),
    );
}

/** Says when a job runs, on the version that stands now. */
export async function setSchedule(
  surroundings: Surroundings,
  organisationId: string,
  job: string,
  typed: Typed & { readonly at: string; readonly zone?: string },
): Promise<void> {
  const api = apiFor(surroundings, typed);
  const params = pathOf(organisationId, job);
  const { data, response } = await answered(api.GET('/organisations/{organisationId}/schedules/{job}', { params }));
  // A job of the system has no version; what it answers to a change says so.
  const header = { 'If-Match': response.headers.get('etag') ?? 'W/"1"' };
  const changed = await answered(
    api.PUT('/organisations/{organisationId}/schedules/{job}', {
      params: { ...params, header },
      body: { expression: typed.at, zone: typed.zone ?? data.zone },
    }),
  );
  tell(surroundings, changed.data, typed);
}

export async function pauseSchedule(
  surroundings: Surroundings,
  organisationId: string,
  job: string,
  typed: Typed & { readonly reason: string },
): Promise<void> {
  const params = pathOf(organisationId, job);
  const call = apiFor(surroundings, typed).POST('/organisations/{organisationId}/schedules/{job}/pauses', {
    params,
    body: { reason: typed.reason },
  });
  tell(surroundings, (await answered(call)).data, typed);
}

export async function resumeSchedule(
  surroundings: Surroundings,
  organisationId: string,
  job: string,
  typed: Typed,
): Promise<void> {
  const params = pathOf(organisationId, job);
  const call = apiFor(surroundings, typed).POST('/organisations/{organisationId}/schedules/{job}/resumptions', {
    params,
  });
  tell(surroundings, (await answered(call)).data, typed);
}

function tell({ terminal }: Surroundings, schedule: Schedule, typed: Typed): void {
  const { job, state, nextRunAt, zone, expression, pauseReason, isPlaced } = schedule;
  if (typed.json) {
    terminal.write(jsonText(schedule));
    return;
  }
  const when = nextRunAt === null ? '' : `, next at ${timeText(nextRunAt, zone)} (${zone})`;
  const late = isPlaced ? '' : ' EventBridge Scheduler could not be told just now; it is within the hour.';
  terminal.write(
    state === 'paused'
      ? `${job} is paused${pauseReason === null ? '' : `: ${shown(pauseReason)}`}.${late}\n`
      : `${job} runs by ${expression}${when}.${late}\n`,
  );
}

/** Runs a job now. A repeat of the command with the same key finds the run that the first one began. */
export async function runNow(
  surroundings: Surroundings,
  organisationId: string,
  job: string,
  typed: Typed & { readonly key?: string },
): Promise<void> {
  const key = typed.key ?? randomUUID();
  const params = { ...pathOf(organisationId, job), header: { 'Idempotency-Key': key } };
  const call = apiFor(surroundings, typed).POST('/organisations/{organisationId}/schedules/{job}/runs', { params });
  const { data } = await answered(call);
  surroundings.terminal.write(
    typed.json
      ? jsonText(data)
      : `${job}: ${runText(data)}. yiqi schedules runs ${organisationId} ${job} shows how it goes.\n`,
  );
}
