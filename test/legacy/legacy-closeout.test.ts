import ExcelJS from 'exceljs';
import { beforeAll, describe, expect, it } from 'vitest';
import { summaryProblems } from '../../functions/legacy/legacy-summary.ts';
import { type LegacyFiles, legacyFiles } from '../../local/demo/legacy/legacy-files.ts';
import { correctionsFor, truthOf as rowTruth, wrongValues } from '../../local/demo/legacy/scripted-person.ts';
import { GOODS_MINOR, MONEY_MINOR, PROJECT_COUNT } from '../../local/demo/legacy/true-projects.ts';
import { type Body, FINANCE, LEADER, MANAGER, OldOffice, quietly } from './office.ts';

quietly();

/** What the people of an office do from the first file to the word that closes everything. */
async function workThrough(office: OldOffice, made: LegacyFiles): Promise<void> {
  for (const { fileName, bytes } of made.files) {
    const fileId = await office.upload(fileName, bytes);
    await office.read(fileId);
    const entries = made.entries
      .filter((entry) => entry.fileName === fileName)
      .map(({ fileName: _, ...entry }) => entry);
    if (entries.length > 0) {
      await office.enter(fileId, entries);
      await office.read(fileId);
    }
    const imported = await office.import(fileId, { acceptDifferences: true });
    expect(imported.state).toBe('imported');
  }
  await holdAgainstTruth(office, made);
  await office.bulk(
    'confirmations',
    {
      select: { fromYear: 1990 },
      fields: ['year', 'moneyMinor', 'goodsMinor', 'county', 'source', 'kind', 'startedOn', 'name', 'goods'],
      reason: '逐项核对账簿',
    },
    FINANCE,
  );
  for (const { pairId, projectIds } of (await office.show()).body.pairs) {
    const [first, second] = await Promise.all(projectIds.map((projectId: string) => truthOf(office, made, projectId)));
    const same = first === second;
    await office.decidePair(
      pairId,
      same
        ? { decision: 'same', keep: projectIds[0], reason: '两表同一项目' }
        : { decision: 'different', reason: '不同期次' },
    );
  }
}

/** Somebody looks at every inferred value, and corrects what is not so in the books. */
async function holdAgainstTruth(office: OldOffice, made: LegacyFiles): Promise<void> {
  const names = await fileNames(office);
  for (const project of await office.projects()) {
    const known = rowTruth(made, names.get(project.fileId), project);
    if (known === undefined) throw new Error(`no truth about ${project.sheet} ${project.row}`);
    const wrong = wrongValues(known.truth, known.isCopy, project.facts);
    expect(wrong.filter(({ told }) => told.how !== 'inferred')).toEqual([]);
    const corrections = correctionsFor(wrong);
    if (Object.keys(corrections).length > 0)
      expect((await office.correct(project.projectId, { ...corrections, reason: '据账簿更正' })).status).toBe(200);
  }
}

const fileNames = async (office: OldOffice): Promise<Map<string, string>> =>
  new Map((await office.show()).body.files.map(({ fileId, fileName }: Body) => [fileId, fileName]));

async function truthOf(office: OldOffice, made: LegacyFiles, projectId: string): Promise<number | undefined> {
  const names = await fileNames(office);
  const { body } = await office.call(
    'projects',
    'GET /legacy-exercises/{exerciseId}/projects/{projectId}',
    { projectId },
    MANAGER,
  );
  return rowTruth(made, names.get(body.fileId), body)?.truth.number;
}

const MINUTES = { heldOn: '2020-11-18', reference: '党组会纪要〔2020〕18号' };

describe('132 old projects', () => {
  const office = new OldOffice();
  const made = legacyFiles(2020);
  beforeAll(async () => {
    await office.open();
    await workThrough(office, made);
  }, 120_000);

  it('are all there with their true values, and 50,000,000.00 yuan of funds and goods, once people have confirmed', async () => {
    const { progress, pairs } = (await office.show()).body;
    expect(pairs).toEqual([]);
    expect(progress.projects).toBe(PROJECT_COUNT);
    expect(progress.moneyMinor).toBe(MONEY_MINOR);
    expect(progress.goodsMinor).toBe(GOODS_MINOR);
    expect(progress.moneyMinor + progress.goodsMinor).toBe(5_000_000_000);
    expect(progress.unconfirmedValues).toBe(0);
    expect(progress.standings.same).toBe(6);
  });

  it('are not made twice by an import that is repeated', async () => {
    const before = office.table.everything().filter(({ type }) => type === 'legacy-project').length;
    for (const { fileId } of (await office.show()).body.files) await office.import(fileId, { acceptDifferences: true });
    expect(office.table.everything().filter(({ type }) => type === 'legacy-project')).toHaveLength(before);
  });

  it('cannot be decided on while papers are missing: every reason is told, and nothing is half done', async () => {
    const answer = await office.bulk('decisions', { select: { fromYear: 2008 }, decision: 'close' }, LEADER);
    expect(answer.status).toBe(422);
    expect(answer.body.problems.length).toBeGreaterThan(PROJECT_COUNT);
    expect(answer.body.problems.map(({ field }: Body) => field)).toContain('minutes');
    expect((await office.show()).body.taken).toEqual([]);
  });

  it('have their missing papers given to people, who bring them or say with a second person that they are lost', async () => {
    const assigned = await office.bulk(
      'assignments',
      { select: { county: '宣汉县' }, assignee: 'xuanhan-zhou', dueOn: '2020-11-25' },
      MANAGER,
    );
    expect(assigned.body.changed).toBeGreaterThan(0);
    const stranger = await office.bulk(
      'assignments',
      { select: { county: '宣汉县' }, assignee: 'nobody', dueOn: '2020-11-25' },
      MANAGER,
    );
    expect(stranger.status).toBe(422);
    const [own] = await office.projects({ assignee: 'xuanhan-zhou' });
    const zhou = { id: 'xuanhan-zhou', groups: ['manager'] };
    expect((await office.bring(own.projectId, own.papers[0].kind, zhou)).status).toBe(200);
    const [other] = await office.projects({ county: '渠县' });
    expect((await office.bring(other.projectId, other.papers[0].kind, zhou)).status).toBe(403);
    expect((await office.sayLost(own.projectId, own.papers[1].kind, '找不到', MANAGER)).status).toBe(201);
    const alone = await office.confirmLoss(own.projectId, own.papers[1].kind, {
      ...MANAGER,
      groups: ['finance', 'manager'],
    });
    expect(alone.status).toBe(403);
    await bringPapersLeft(office);
    expect((await office.show()).body.progress.missingPapers).toBe(0);
  }, 120_000);

  it('are decided on in batches, large sums only with the minutes of a meeting', async () => {
    const without = await office.bulk('decisions', { select: { fromYear: 2008 }, decision: 'close' }, LEADER);
    expect(without.status).toBe(422);
    expect(without.body.problems.map(({ field }: Body) => field)).toEqual(['minutes']);
    const stale = await office.call(
      'projects',
      'POST /legacy-exercises/{exerciseId}/decisions',
      {},
      LEADER,
      { select: { fromYear: 2008 }, decision: 'close', minutes: MINUTES },
      'W/"1"',
    );
    expect(stale.status).toBe(412);
    const closed = await office.bulk(
      'decisions',
      { select: { untilYear: 2016, standing: 'ready' }, decision: 'close', minutes: MINUTES },
      LEADER,
    );
    expect(closed.status, JSON.stringify(closed.body)).toBe(201);
    const remarked = await office.bulk(
      'decisions',
      {
        select: { fromYear: 2017, standing: 'ready' },
        decision: 'close-with-remarks',
        remarks: '资料补正后结项',
        minutes: MINUTES,
      },
      LEADER,
    );
    expect(remarked.status).toBe(201);
    const {
      body: [eastWest],
    } = { body: await office.projects({ kind: 'east-west' }) };
    const over = await office.bulk(
      'decisions',
      {
        select: { projectIds: [eastWest.projectId] },
        decision: 'hand-over',
        handedTo: '宣汉县红十字会',
        minutes: MINUTES,
      },
      LEADER,
    );
    expect(over.status).toBe(201);
    expect((await office.show()).body.progress.standings).toMatchObject({ decided: PROJECT_COUNT, ready: 0 });
  });

  it('are closed in one exercise, and its summary by year, source and county is the sum of its rows', async () => {
    expect((await office.close()).status).toBe(202);
    await office.play();
    const { body } = await office.show();
    expect(body.failure).toBeNull();
    expect(body.state).toBe('closed');
    expect(body.summary).toMatchObject({
      round: 1,
      projects: PROJECT_COUNT,
      moneyMinor: MONEY_MINOR,
      goodsMinor: GOODS_MINOR,
      failures: 0,
    });
    const summary = office.summary();
    expect(summaryProblems(summary)).toEqual([]);
    expect(summary.byCounty.length).toBeGreaterThan(7);
    const misread = { ...summary, byYear: summary.byYear.slice(1) };
    expect(summaryProblems(misread).length).toBeGreaterThan(0);
  });

  it('are mailed to each recipient once, with PDF and workbook', async () => {
    expect(office.mails.map(({ to }) => to).sort()).toEqual(['sheng@example.org', 'shi@example.org']);
    expect(office.mails[0]?.attachments?.map(({ filename }) => filename.split('.').at(-1))).toEqual(['pdf', 'xlsx']);
    await office.close();
    await office.play();
    expect(office.mails).toHaveLength(2);
  });

  it('have a workbook whose formulas give what their cells say', async () => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(
      Buffer.from(office.stored.get(`legacy/${office.exerciseId}/summaries/1/summary.xlsx`) ?? '') as never,
    );
    const rows = workbook.getWorksheet('项目明细');
    const years = workbook.getWorksheet('按年度');
    if (rows === undefined || years === undefined) throw new Error('a sheet is missing');
    const list = Array.from({ length: PROJECT_COUNT }, (_, at) => rows.getRow(at + 2));
    const money = (row: ExcelJS.Row): number => Math.round(Number(row.getCell(7).value) * 100);
    expect(list.reduce((all, row) => all + money(row), 0)).toBe(MONEY_MINOR);
    for (let number = 2; number < years.rowCount; number += 1) {
      const { formula, result } = years.getRow(number).getCell(3).value as ExcelJS.CellFormulaValue;
      expect(formula).toContain(`$A${number}`);
      const own = list.filter((row) => row.getCell(2).value === years.getRow(number).getCell(1).value);
      expect(Math.round(Number(result) * 100)).toBe(own.reduce((all, row) => all + money(row), 0));
    }
  });

  it('change no more once they are closed', async () => {
    const [project] = await office.projects();
    expect((await office.correct(project.projectId, { year: 2009, reason: 'x' })).status).toBe(409);
    expect((await office.bring(project.projectId, project.papers[0].kind)).status).toBe(409);
  });
});

async function bringPapersLeft(office: OldOffice): Promise<void> {
  let lost = 0;
  for (const { projectId, papers, sameAs } of await office.projects()) {
    if (sameAs !== undefined) continue;
    for (const { kind, state } of papers) {
      if (state === 'stored') continue;
      if (state === 'said-lost') {
        expect((await office.confirmLoss(projectId, kind, FINANCE)).status).toBe(200);
        expect((await office.confirmLoss(projectId, kind, LEADER)).status).toBe(200);
      } else if (kind === 'photos' && lost < 2) {
        lost += 1;
        expect((await office.sayLost(projectId, kind, '2010年洪水损毁', FINANCE)).status).toBe(201);
        const same = await office.confirmLoss(projectId, kind, FINANCE);
        expect([same.status, same.body.title]).toEqual([409, 'same-person']);
        expect((await office.confirmLoss(projectId, kind, LEADER)).status).toBe(200);
      } else expect((await office.bring(projectId, kind)).status).toBe(200);
    }
  }
}
