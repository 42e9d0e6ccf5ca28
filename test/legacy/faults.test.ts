import { describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import type { Table } from '../../functions/platform/table.ts';
import { draftSheet, utf8Bytes } from '../../local/demo/legacy/sheet-writer.ts';
import { FINANCE, LEADER, OldOffice, quietly } from './office.ts';

quietly();

const HEAD = ['项目名称', '县区', '年度', '来源', '资金（元）'];
/** As many plain projects as wanted: enough for several batches and transactions. */
function plainList(count: number): Uint8Array {
  const sheet = draftSheet('');
  sheet.rows.push(HEAD);
  for (let at = 1; at <= count; at += 1)
    sheet.rows.push([`便民桥援建${at}号`, '宣汉县', String(2008 + (at % 10)), '四川省红十字会', String(100_000 + at)]);
  sheet.rows.push(['合计', '', '', '', String(count * 100_000 + (count * (count + 1)) / 2)]);
  return utf8Bytes(sheet);
}

const COUNT = 130;

/** An exercise whose projects are imported, complete and decided on. */
async function decided(office: OldOffice): Promise<void> {
  await office.open();
  const fileId = await office.upload('便民桥.csv', plainList(COUNT));
  const { preview } = await office.read(fileId);
  expect(preview.sheets[0].totals).toMatchObject([{ outcome: 'agrees' }]);
  await office.import(fileId);
  await office.settlePapers();
  const answer = await office.bulk('decisions', { select: { kind: 'building' }, decision: 'close' }, LEADER);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
}

/** Breaks off at the given request to the table, counted over all: before it happens, or after it with its answer lost. */
function breaksAt(office: OldOffice, when: number, lost: 'before' | 'after'): () => boolean {
  let requests = 0;
  let broke = false;
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    requests += 1;
    const isNow = requests === when;
    if (isNow && lost === 'before') {
      broke = true;
      throw new TransientError('the request never arrived');
    }
    const answer = await act();
    if (isNow) {
      broke = true;
      throw new TransientError('the answer was lost');
    }
    return answer;
  };
  office.wrap = (table): Table => ({
    get: (...request) => guarded(() => table.get(...request)),
    getMany: (...request) => guarded(() => table.getMany(...request)),
    query: (...request) => guarded(() => table.query(...request)),
    write: (...request) => guarded(() => table.write(...request)),
    transact: (...request) => guarded(() => table.transact(...request)),
  });
  return () => broke;
}

const itemsOf = (office: OldOffice, type: string) => office.table.everything().filter((item) => item.type === type);

function expectClosedOnce(office: OldOffice): void {
  expect(itemsOf(office, 'legacy-closing')).toHaveLength(COUNT);
  expect(itemsOf(office, 'legacy-summary')).toHaveLength(1);
  expect(office.summary().total).toMatchObject({
    projects: COUNT,
    moneyMinor: (COUNT * 100_000 + (COUNT * (COUNT + 1)) / 2) * 100,
    goodsMinor: 0,
  });
  expect(office.mails.map(({ to }) => to).sort()).toEqual(['sheng@example.org', 'shi@example.org']);
}

describe('a closing that breaks off', () => {
  it('at any request to the table, before or after it took effect, closes and mails everything once all the same', async () => {
    const probe = new OldOffice();
    await decided(probe);
    await probe.close();
    const count = breaksAtNone(probe);
    await probe.play();
    expectClosedOnce(probe);
    const requests = count();
    expect(requests).toBeGreaterThan(40);
    for (const lost of ['before', 'after'] as const)
      for (let when = 1; when <= requests; when += 29) {
        const office = new OldOffice();
        await decided(office);
        await office.close();
        const broke = breaksAt(office, when, lost);
        await office.play();
        expect(broke()).toBe(true);
        const { body } = await office.show();
        // A mail whose answer was lost is never sent again: one of the two may wait for a person, and the rest is done.
        expect(['closed', 'stopped'], `${lost} ${when}: ${body.failure}`).toContain(body.state);
        expect(itemsOf(office, 'legacy-closing')).toHaveLength(COUNT);
        expect(office.mails.length).toBeLessThanOrEqual(2);
        expect(new Set(office.mails.map(({ to }) => to)).size).toBe(office.mails.length);
      }
  }, 300_000);

  it('because something refuses for good goes on in the same round once a person starts it again', async () => {
    const office = new OldOffice();
    await decided(office);
    const send = office.sendMail;
    office.sendMail = async () => {
      throw new TransientError('no answer from the mail provider');
    };
    await office.close();
    await office.play();
    office.sendMail = send;
    const stopped = (await office.show()).body;
    expect(itemsOf(office, 'legacy-closing')).toHaveLength(COUNT);
    expect(stopped.rounds).toBe(1);
    // Both mails may have been sent, for all that is known: neither is sent again.
    expect(office.mails).toEqual([]);
    if (stopped.state === 'stopped') {
      await office.close();
      await office.play();
    }
    expect((await office.show()).body).toMatchObject({ state: 'closed', rounds: 1 });
    expect(itemsOf(office, 'legacy-closing')).toHaveLength(COUNT);
    expect(itemsOf(office, 'legacy-summary')).toHaveLength(1);
  }, 60_000);

  it('starts one execution however often the call is repeated', async () => {
    const office = new OldOffice();
    await decided(office);
    await office.close();
    await office.close();
    expect(office.started).toHaveLength(1);
  }, 60_000);
});

describe('a project that cannot be closed', () => {
  it('stops none of the others, is listed with its reason, and is closed in a further round', async () => {
    const office = new OldOffice();
    await decided(office);
    const [project] = await office.projects();
    const item = office.table
      .everything()
      .find(({ projectId, type }) => type === 'legacy-project' && projectId === project.projectId);
    const papers = ((item?.['papers'] ?? []) as { kind: string; state: string }[]).map((paper, at) =>
      at === 0 ? { ...paper, state: 'missing' } : paper,
    );
    await office.close();
    await office.table.write({ put: { ...item, papers } as never });
    await office.play();
    const after = (await office.show()).body;
    expect(after).toMatchObject({ state: 'open', summary: { projects: COUNT - 1, failures: 1 } });
    expect(office.summary().failures).toMatchObject([{ projectId: project.projectId }]);
    expect((await office.bring(project.projectId, papers[0]?.kind ?? '')).status).toBe(200);
    await office.close();
    await office.play();
    expect((await office.show()).body).toMatchObject({
      state: 'closed',
      rounds: 2,
      summary: { round: 2, projects: COUNT, failures: 0 },
    });
    expect(itemsOf(office, 'legacy-closing')).toHaveLength(COUNT);
  }, 60_000);
});

describe('an import that breaks off', () => {
  it('at any request makes every project once all the same', async () => {
    for (const lost of ['before', 'after'] as const)
      for (let when = 1; when <= 22; when += 1) {
        const office = new OldOffice();
        await office.open();
        const fileId = await office.upload('便民桥.csv', plainList(COUNT));
        await office.read(fileId);
        const answer = await office.call(
          'files',
          'POST /legacy-exercises/{exerciseId}/files/{fileId}/imports',
          { fileId },
          FINANCE,
          {},
        );
        expect(answer.status).toBe(202);
        breaksAt(office, when, lost);
        await office.play();
        office.wrap = (table) => table;
        expect(itemsOf(office, 'legacy-project'), `${lost} ${when}`).toHaveLength(COUNT);
        expect((await office.file(fileId)).state).toBe('imported');
      }
  }, 120_000);
});

/** Counts the requests of whatever comes next. */
function breaksAtNone(office: OldOffice): () => number {
  let requests = 0;
  const counted = <T>(act: () => Promise<T>): Promise<T> => {
    requests += 1;
    return act();
  };
  office.wrap = (table): Table => ({
    get: (...request) => counted(() => table.get(...request)),
    getMany: (...request) => counted(() => table.getMany(...request)),
    query: (...request) => counted(() => table.query(...request)),
    write: (...request) => counted(() => table.write(...request)),
    transact: (...request) => counted(() => table.transact(...request)),
  });
  return () => requests;
}
