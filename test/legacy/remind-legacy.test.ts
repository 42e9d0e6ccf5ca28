import { describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { definition as remind } from '../../functions/legacy/remind-legacy.lambda.ts';
import { draftSheet, utf8Bytes } from '../../local/demo/legacy/sheet-writer.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { MANAGER, OldOffice, quietly } from './office.ts';

quietly();

const monday = instantOf('2020-11-23T08:30:00+08:00');

describe('papers of old projects that are due', () => {
  it('are mailed to whoever has to find them, once a run, and to nobody else', async () => {
    const office = new OldOffice();
    await office.open();
    const sheet = draftSheet('');
    sheet.rows.push(
      ['项目名称', '县区', '年度', '来源', '资金（元）'],
      ['便民桥', '宣汉县', '2012', '省红会', '100000'],
      ['避险广场', '渠县', '2013', '省红会', '200000'],
    );
    const fileId = await office.upload('清单.csv', utf8Bytes(sheet));
    await office.read(fileId);
    await office.import(fileId);
    await office.bulk(
      'assignments',
      { select: { county: '宣汉县' }, assignee: 'xuanhan-zhou', dueOn: '2020-11-25' },
      MANAGER,
    );
    await office.bulk(
      'assignments',
      { select: { county: '渠县' }, assignee: 'manager-wang', dueOn: '2021-03-01' },
      MANAGER,
    );
    const use = { table: restrictedTable(office.table, 'remind-legacy'), sendMail: office.sendMail };
    const run = () => remind.handle({ organisationId: 'dazhou', dueAt: monday }, use, monday);
    expect(await run()).toMatchObject({ kind: 'reminded', exercises: 1, sent: 1, failed: 0 });
    expect(office.mails.map(({ to }) => to)).toEqual(['xuanhan-zhou@example.org']);
    expect(office.mails[0]?.text).toContain('便民桥');
    expect(office.mails[0]?.text).not.toContain('避险广场');
    expect(await run()).toMatchObject({ sent: 0 });
    const [bridge] = await office.projects({ county: '宣汉县' });
    for (const { kind } of bridge.papers) await office.bring(bridge.projectId, kind);
    const later = instantOf('2020-11-30T08:30:00+08:00');
    expect(await remind.handle({ organisationId: 'dazhou', dueAt: later }, use, later)).toMatchObject({ sent: 0 });
  });
});
