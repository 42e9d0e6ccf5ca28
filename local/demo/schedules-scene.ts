import type { components } from '../../client/api-types.ts';
import { dataOf } from '../../client/client.ts';
import type { Deciding } from './decisions.ts';
import { DEMO_ROOT } from './staff.ts';
import { waitFor } from './waiting.ts';

export type ScheduleLine = components['schemas']['Schedule'];
type Run = components['schemas']['JobRun'];
type Acting = Omit<Deciding, 'campaignId'>;

/** Runs a job now, as a person does, and waits for its end. @throws Error with the reason where it failed. */
export async function runJob(acting: Acting, job: ScheduleLine['job'], key: string): Promise<Run> {
  const { api, tokens, seconds, signal, show } = acting;
  const manager = api.staff(tokens.manager);
  const path = { organisationId: DEMO_ROOT.organisationId, job };
  const ask = () =>
    dataOf(
      manager.POST('/organisations/{organisationId}/schedules/{job}/runs', {
        params: { path, header: { 'Idempotency-Key': key } },
      }),
    );
  return waitFor(
    `${job} to be run`,
    async () => {
      // The same key again finds the run that the first call began.
      const run = await ask();
      show(`${job}: ${run.state}`);
      if (run.state === 'failed') throw new Error(`${job} failed: ${run.reason}`);
      return run.state === 'done' ? run : undefined;
    },
    { seconds, signal },
  );
}

/** The hourly look at schedules: the usual ones are made, and what the demo's leaps through time have missed runs once. */
export async function keepSchedules(acting: Acting, key: string): Promise<void> {
  await runJob(acting, 'keep-schedules', key);
}

/** One person moves the reminder of old projects to Tuesdays, and resumes the monthly batch of receipts; all are listed. */
export async function arrangeSchedules(acting: Acting): Promise<readonly ScheduleLine[]> {
  const { api, tokens } = acting;
  const manager = api.staff(tokens.manager);
  const of = (job: ScheduleLine['job']) => ({ path: { organisationId: DEMO_ROOT.organisationId, job } });
  const { response } = await manager.GET('/organisations/{organisationId}/schedules/{job}', {
    params: of('remind-legacy'),
  });
  await dataOf(
    manager.PUT('/organisations/{organisationId}/schedules/{job}', {
      params: { ...of('remind-legacy'), header: { 'If-Match': response.headers.get('etag') ?? '' } },
      body: { expression: 'cron(0 9 ? * TUE *)', zone: 'Asia/Shanghai' },
    }),
  );
  await dataOf(
    manager.POST('/organisations/{organisationId}/schedules/{job}/resumptions', { params: of('issue-receipts') }),
  );
  const { organisationId } = DEMO_ROOT;
  const { schedules } = await dataOf(
    manager.GET('/organisations/{organisationId}/schedules', { params: { path: { organisationId } } }),
  );
  return schedules;
}
