import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { summaryPages } from '../../functions/legacy/legacy-summary-pages.ts';
import { draftSheet, utf8Bytes } from '../../local/demo/legacy/sheet-writer.ts';
import { LEADER, OldOffice, quietly } from './office.ts';

quietly();

const HEAD = ['项目名称', '县区', '年度', '来源', '资金（元）'];
/** Two projects that can be read, two rows that cannot (one for two reasons), and a total that says so. */
function listWithGaps(): Uint8Array {
  const sheet = draftSheet('');
  sheet.rows.push(
    HEAD,
    ['便民桥', '宣汉县', '2012', '省红会', '45000'],
    ['避险广场', '渠县', '2013', '省红会', '46000'],
    ['博爱卫生站', '渠县', '2013', '省红会', '约5万'],
    ['博爱小学', '渠县', '2013年初', '省红会', '20余万'],
    ['合计', '', '', '', '341000'],
  );
  return utf8Bytes(sheet);
}
function otherList(): Uint8Array {
  const sheet = draftSheet('');
  sheet.rows.push(HEAD, ['提灌站', '渠县', '2014', '省红会', '47000']);
  return utf8Bytes(sheet);
}

/** The exercise closed with what could be read of the one list; of the other, which was read, nobody imported anything. */
async function closed(): Promise<OldOffice> {
  const office = new OldOffice();
  await office.open();
  const fileId = await office.upload('清单.csv', listWithGaps());
  await office.read(fileId);
  await office.read(await office.upload('补报.csv', otherList()));
  await office.import(fileId, { leaveOutProblems: true });
  await office.settlePapers();
  await office.bulk('decisions', { select: { fromYear: 2008 }, decision: 'close' }, LEADER);
  await office.close();
  await office.play();
  return office;
}

describe('rows of lists that were left out', () => {
  it('are in the summary with their cells, list by list, beside totals that they are missing from', async () => {
    const office = await closed();
    expect((await office.show()).body).toMatchObject({ state: 'closed', summary: { projects: 2, rowsOutside: 3 } });
    const lists = office.summary().lists.toSorted((left, right) => right.projects - left.projects);
    expect(lists).toMatchObject([
      {
        fileName: '清单.csv',
        state: 'imported',
        projects: 2,
        notImported: 0,
        leftOut: [
          { row: 4, cell: 'E4', text: '约5万', problem: expect.stringContaining('about how much') },
          { row: 5, problem: expect.any(String) },
        ],
        totals: [{ cell: 'E6', label: '合计', saidMinor: 34_100_000, foundMinor: 9_100_000 }],
      },
      { fileName: '补报.csv', state: 'read', projects: 0, notImported: 1, leftOut: [], totals: [] },
    ]);
    expect(office.mails[0]?.text).toContain('3 行未列入本汇总');
  });

  it('are told in PDF and workbook', async () => {
    const office = await closed();
    const pages = summaryPages(office.summary(), 'f'.repeat(64));
    expect(pages.facts).toContainEqual(['未列入的登记行', '3 行']);
    expect(pages.facts).toContainEqual(['未导入的登记表', '1 份']);
    expect(pages.leftOut).toEqual([
      ['清单.csv  第4行', '约5万', expect.stringContaining('about how much')],
      ['清单.csv  第5行', expect.any(String), expect.any(String)],
    ]);
    expect(pages.totals).toEqual([['清单.csv  E6', '合计', '341,000.00', '91,000.00']]);
    const workbook = new ExcelJS.Workbook();
    const file = office.stored.get(`legacy/${office.exerciseId}/summaries/1/summary.xlsx`);
    await workbook.xlsx.load(Buffer.from(file ?? '') as never);
    expect(workbook.getWorksheet('未列入的行')?.getRow(2).values).toEqual(expect.arrayContaining(['E4', '约5万']));
    expect(workbook.getWorksheet('合计不符')?.getRow(2).values).toEqual(expect.arrayContaining([341_000, 91_000]));
  });
});
