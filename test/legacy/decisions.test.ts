import { describe, expect, it } from 'vitest';
import { draftSheet, utf8Bytes } from '../../local/demo/legacy/sheet-writer.ts';
import { ADMIN, type Body, DAZHOU, FINANCE, LEADER, MANAGER, OldOffice, quietly } from './office.ts';
import { SETTINGS } from './true-reading.ts';

quietly();

/** An exercise with two small projects, whose papers are all there. `source`: empty where it is to be inferred. */
async function officeWith({ source = '省红会', amount = '45000' } = {}): Promise<OldOffice> {
  const office = new OldOffice();
  await office.open();
  const fileId = await office.upload('清单.csv', list(source, amount));
  await office.read(fileId);
  await office.import(fileId);
  await office.settlePapers();
  return office;
}
function list(source: string, amount: string): Uint8Array {
  const sheet = draftSheet('');
  sheet.rows.push(
    ['项目名称', '县区', '年度', '来源', '资金（元）'],
    ['便民桥', '宣汉县', '2012', source, amount],
    ['避险广场', '渠县', '2013', '省红会', '46000'],
  );
  return utf8Bytes(sheet);
}
const CLOSE = { select: { fromYear: 2008 }, decision: 'close' };
const bridgeOf = async (office: OldOffice): Promise<Body> => (await office.projects({ county: '宣汉县' }))[0];
const problemsOf = ({ body }: { body: Body }): string[] => body.problems.map(({ problem }: Body) => problem);

describe('a decision on old projects', () => {
  it('holds no more once a value changed: what nobody decided on is not closed, and needs its minutes', async () => {
    const office = await officeWith();
    expect((await office.bulk('decisions', CLOSE, LEADER)).status).toBe(201);
    const bridge = await bridgeOf(office);
    expect(bridge.decision).toMatchObject({ decision: 'close' });
    const corrected = await office.correct(bridge.projectId, { moneyMinor: 500_000_000, reason: '据账簿' });
    expect(corrected.body).toMatchObject({ decision: null, standing: 'ready' });
    const closing = await office.close();
    expect(closing).toMatchObject({ status: 422, body: { title: 'cannot-be-closed' } });
    expect(problemsOf(closing)).toEqual(['“便民桥” has other values than those that were decided on']);
    const again = await office.bulk('decisions', CLOSE, LEADER);
    expect([again.status, again.body.problems[0].field]).toEqual([422, 'minutes']);
    // Nor does the first decision come back with the first value: the last one on a project counts.
    const minutes = { heldOn: '2020-11-18', reference: '党组会纪要〔2020〕18号' };
    expect((await office.bulk('decisions', { ...CLOSE, minutes }, LEADER)).status).toBe(201);
    await office.correct(bridge.projectId, { moneyMinor: 4_500_000, reason: '据账簿' });
    expect((await bridgeOf(office)).decision).toBeNull();
  });

  it('is looked at once more when it is carried out: what is a large sum by then is not closed without minutes', async () => {
    const office = await officeWith();
    expect((await office.bulk('decisions', CLOSE, LEADER)).status).toBe(201);
    const of = { organisationId: DAZHOU };
    const route = '/organisations/{organisationId}/legacy-settings';
    const { etag } = await office.call('exercises', `GET ${route}`, of, MANAGER);
    const settings = { ...SETTINGS, collectiveFromMinor: 4_600_000 };
    expect((await office.call('exercises', `PUT ${route}`, of, MANAGER, settings, etag)).status).toBe(200);
    await office.close();
    await office.play();
    expect(office.summary()).toMatchObject({
      total: { projects: 1 },
      failures: [{ name: '避险广场', reason: expect.stringContaining('minutes of its decision are missing') }],
    });
  });

  it('outlives what does not change a value: papers, and a value that somebody confirms as it is', async () => {
    const office = await officeWith({ source: '' });
    expect((await office.bulk('decisions', CLOSE, LEADER)).status).toBe(201);
    const seen = { select: CLOSE.select, fields: ['source'], reason: '查账簿' };
    expect((await office.bulk('confirmations', seen, FINANCE)).body).toMatchObject({ changed: 1 });
    expect((await bridgeOf(office)).decision).toMatchObject({ number: 1 });
    await office.close();
    await office.play();
    expect((await office.show()).body).toMatchObject({ state: 'closed', summary: { projects: 2, failures: 0 } });
  });
});

describe('nobody closes old projects alone', () => {
  it('who corrected a value does not decide on it, and somebody else does', async () => {
    const office = await officeWith();
    const { projectId } = await bridgeOf(office);
    await office.correct(projectId, { moneyMinor: 1, reason: '据账簿' }, ADMIN);
    const own = await office.bulk('decisions', { ...CLOSE, decision: 'write-off', remarks: '无余额' }, ADMIN);
    expect([own.status, own.body.title]).toEqual([422, 'cannot-be-decided']);
    expect(problemsOf(own)).toEqual([expect.stringContaining('moneyMinor')]);
    const open = { select: { projectIds: [projectId] }, decision: 'keep-open', remarks: '继续' };
    expect((await office.bulk('decisions', open, ADMIN)).status).toBe(201);
    expect((await office.bulk('decisions', CLOSE, LEADER)).status).toBe(201);
  });

  it('who confirmed a value does not decide on it, before or after', async () => {
    const office = await officeWith({ source: '' });
    const seen = { select: CLOSE.select, fields: ['source'], reason: '查账簿' };
    const before = await officeWith({ source: '' });
    await before.bulk('confirmations', seen, ADMIN);
    expect((await before.bulk('decisions', CLOSE, ADMIN)).status).toBe(422);
    expect((await office.bulk('decisions', CLOSE, ADMIN)).status).toBe(201);
    await office.bulk('confirmations', seen, ADMIN);
    await office.close();
    await office.play();
    expect(office.summary()).toMatchObject({
      total: { projects: 1 },
      failures: [{ name: '便民桥', reason: expect.stringContaining('confirmed by whoever decides') }],
    });
  });

  it('who wrote a cell of the list does not decide on it, though others wrote into the list after them', async () => {
    const office = new OldOffice();
    await office.open();
    const fileId = await office.upload('清单.csv', list('省红会', '约5万'));
    await office.read(fileId);
    const entry = { sheet: '', cell: 'E2', text: '45000元', reason: '查账簿' };
    await office.enter(fileId, [entry], ADMIN);
    await office.enter(fileId, [entry, { sheet: '', cell: 'E3', text: '46001元', reason: '查账簿' }], FINANCE);
    await office.read(fileId);
    await office.import(fileId);
    await office.settlePapers();
    expect((await bridgeOf(office)).facts.moneyMinor).toMatchObject({ how: 'entered', confirmed: { by: ADMIN.id } });
    const own = await office.bulk('decisions', CLOSE, ADMIN);
    expect([own.status, problemsOf(own)]).toEqual([422, [expect.stringContaining('便民桥')]]);
    expect((await office.bulk('decisions', CLOSE, LEADER)).status).toBe(201);
  });

  it('who decided does not start the closing', async () => {
    const office = await officeWith();
    expect((await office.bulk('decisions', CLOSE, ADMIN)).status).toBe(201);
    const own = await office.close(ADMIN);
    expect([own.status, own.body.title]).toEqual([409, 'same-person']);
    expect((await office.close(MANAGER)).status).toBe(202);
  });
});
