import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { PermanentError, TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import {
  type DueRun,
  type JobInput,
  type JobOutcome,
  jobFunction,
  SCHEDULED_TIME,
} from '../../functions/platform/job.ts';
import { jobRunKey, scheduleKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import { freshContext } from './http-event.ts';

const DUE = instantOf('2026-09-08T01:00:00Z');
const NINE = 'cron(0 9 * * ? *)';
const byClock: JobInput = {
  job: 'disclose',
  organisationId: 'sichuan',
  by: 'clock',
  dueAt: '2026-09-08T01:00:00Z',
  expression: NINE,
  zone: 'Asia/Shanghai',
};

let table: Table;
let began: DueRun[];
let now: Instant;
let act: () => Promise<JobOutcome>;

beforeEach(() => {
  table = memoryTable();
  began = [];
  now = plusSeconds(DUE, 20);
  act = async () => ({ kind: 'published', campaigns: 3 });
});

const invoke = (input: unknown = byClock, context: Context = freshContext()): Promise<JobOutcome> =>
  jobFunction(
    {
      name: 'disclose',
      open: (): { table: Table } => {
        throw new Error('a replaced function must open nothing');
      },
      handle: async (run) => {
        began.push(run);
        return act();
      },
    },
    { use: { table }, tellTime: async () => now },
  )(input, context);
const run = (dueAt: string = DUE): Promise<Item | undefined> => table.get(jobRunKey('sichuan', 'disclose', dueAt));

describe('a run that is due', () => {
  it('begins with its organisation and its moment, and is kept with what it did', async () => {
    expect(await invoke()).toEqual({ kind: 'published', campaigns: 3 });
    expect(began).toEqual([{ organisationId: 'sichuan', dueAt: DUE }]);
    expect(await run()).toMatchObject({
      by: 'clock',
      state: 'done',
      attempts: 1,
      dueAt: DUE,
      outcome: { kind: 'published', campaigns: 3 },
    });
  });

  it('begins once, however often and in whatever order its events come, a catch-up of it among them', async () => {
    await invoke();
    expect(await invoke()).toEqual({ kind: 'already-done' });
    expect(await invoke({ job: 'disclose', organisationId: 'sichuan', by: 'catch-up', dueAt: DUE, missed: 1 })).toEqual(
      {
        kind: 'already-done',
      },
    );
    expect(began).toHaveLength(1);
  });

  it('begins once where two events come at one instant', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    act = async () => {
      await held;
      return { kind: 'published' };
    };
    const first = invoke();
    const second = invoke();
    await Promise.resolve();
    setTimeout(release, 5);
    const outcomes = (await Promise.all([first, second])).map(({ kind }) => kind).toSorted();
    expect(outcomes).toEqual(['already-running', 'published']);
    expect(began).toHaveLength(1);
  });

  it('of another moment or another organisation is another run', async () => {
    await invoke();
    await invoke({ ...byClock, dueAt: '2026-09-09T01:00:00Z' });
    await invoke({ ...byClock, organisationId: 'hubei' });
    expect(began).toHaveLength(3);
  });

  it('is that of the expression where the emulator does not say when it was due', async () => {
    now = instantOf('2026-09-08T05:17:00Z');
    await invoke({ ...byClock, dueAt: SCHEDULED_TIME });
    expect(began).toEqual([{ organisationId: 'sichuan', dueAt: DUE }]);
    await invoke({ ...byClock, dueAt: SCHEDULED_TIME, expression: 'rate(1 hour)' });
    expect(began[1]?.dueAt).toBe('2026-09-08T05:17:00.000Z');
  });

  it('does not begin where people have paused it meanwhile, unless one of them says so', async () => {
    await table.write({ put: { ...scheduleKey('sichuan', 'disclose'), type: 'schedule', state: 'paused' } });
    expect(await invoke()).toEqual({ kind: 'paused' });
    const byPerson: JobInput = {
      job: 'disclose',
      organisationId: 'sichuan',
      by: 'person',
      dueAt: DUE,
      personId: 'manager-li',
      requestId: 'k1',
    };
    expect(await invoke(byPerson)).toMatchObject({ kind: 'published' });
    expect(began).toHaveLength(1);
  });
});

describe('a run that fails', () => {
  it('is begun again, with the reason kept, until it succeeds', async () => {
    const context = freshContext();
    act = async () => {
      throw new TransientError('the store is away');
    };
    await expect(invoke(byClock, context)).rejects.toThrow('the store is away');
    expect(await run()).toMatchObject({ state: 'running', reason: 'TransientError: the store is away' });
    act = async () => ({ kind: 'published' });
    expect(await invoke(byClock, context)).toEqual({ kind: 'published' });
    expect(await run()).toMatchObject({ state: 'done', attempts: 2 });
    expect(await run()).not.toHaveProperty('reason');
  });

  it('for good is not begun again', async () => {
    act = async () => {
      throw new PermanentError('there is no such template');
    };
    await expect(invoke()).rejects.toThrow('no such template');
    expect(await run()).toMatchObject({ state: 'failed', reason: 'PermanentError: there is no such template' });
    expect(await invoke()).toEqual({ kind: 'already-failed' });
    expect(began).toHaveLength(1);
  });

  it('three times has failed, and people see why', async () => {
    act = async () => {
      throw new TransientError('the store is away');
    };
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(invoke()).rejects.toThrow();
    expect(await run()).toMatchObject({ state: 'failed', attempts: 3, reason: 'TransientError: the store is away' });
    expect(await invoke()).toEqual({ kind: 'already-failed' });
    expect(began).toHaveLength(3);
  });
});

describe('a run whose function crashed', () => {
  /** The first attempt never comes to its end: nothing after the claim is written. */
  async function crash(context: Context = freshContext()): Promise<void> {
    act = () => new Promise(() => undefined);
    void invoke(byClock, context);
    await new Promise((resolve) => setTimeout(resolve, 5));
    act = async () => ({ kind: 'published' });
  }

  it('is not begun by somebody else while it may still run, and is when its time is over', async () => {
    await crash();
    expect(await invoke()).toEqual({ kind: 'already-running' });
    // A minute of time, and another because clocks differ.
    now = plusSeconds(now, 119);
    expect(await invoke()).toEqual({ kind: 'already-running' });
    now = plusSeconds(now, 1);
    expect(await invoke()).toEqual({ kind: 'published' });
    expect(await run()).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('is begun at once where Lambda repeats it, for then the first is over', async () => {
    const context = freshContext();
    await crash(context);
    expect(await invoke(byClock, context)).toEqual({ kind: 'published' });
  });

  it('three times has failed, and is seen', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await crash();
      now = plusSeconds(now, 121);
    }
    expect(await invoke()).toEqual({ kind: 'given-up' });
    expect(await run()).toMatchObject({ state: 'failed', attempts: 3 });
    expect(began).toHaveLength(3);
  });
});

describe('what starts no run', () => {
  it.each([
    [{ ...byClock, job: 'sign-day' }, /for the job sign-day/],
    [{ ...byClock, expression: 'every day' }, /wrong input/],
    [{ ...byClock, dueAt: 'tomorrow' }, /wrong input/],
    [{ job: 'disclose', by: 'person', dueAt: DUE }, /wrong input/],
    ['disclose', /wrong input/],
  ])('is refused: %j', async (input, says) => {
    await expect(invoke(input)).rejects.toThrow(says);
    expect(began).toEqual([]);
  });

  it('but nothing at all is an operator who wants a run now', async () => {
    await invoke({});
    expect(began).toEqual([{ organisationId: undefined, dueAt: now }]);
  });
});
