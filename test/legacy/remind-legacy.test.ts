import { describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import type { Paper } from '../../functions/legacy/legacy-project.ts';
import type { DocumentKind } from '../../functions/legacy/legacy-settings.ts';
import { papersAfter } from '../../functions/legacy/papers.ts';
import { definition as remind } from '../../functions/legacy/remind-legacy.lambda.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
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
    expect(await run()).toMatchObject({ kind: 'reminded', exercises: 1, sent: 1 });
    expect(office.mails.map(({ to }) => to)).toEqual(['xuanhan-zhou@example.org']);
    expect(office.mails[0]?.text).toContain('便民桥');
    expect(office.mails[0]?.text).not.toContain('避险广场');
    expect(await run()).toMatchObject({ sent: 0 });
    const [bridge] = await office.projects({ county: '宣汉县' });
    for (const { kind } of bridge.papers) await office.bring(bridge.projectId, kind);
    const later = instantOf('2020-11-30T08:30:00+08:00');
    expect(await remind.handle({ organisationId: 'dazhou', dueAt: later }, use, later)).toMatchObject({ sent: 0 });
  });

  it('are told of once to each, where one mail fails: the others get theirs, the run fails, and its repeat mails who was left', async () => {
    const office = await owing();
    office.sendMail = async (mail) => {
      if (mail.to.startsWith('xuanhan-zhou')) throw new NotAccepted('the provider is busy', { forGood: false });
      office.mails.push(mail);
      return { messageId: 'm-1' };
    };
    await expect(run(office, monday)).rejects.toThrow(TransientError);
    expect(office.mails.map(({ to }) => to)).toEqual(['manager-wang@example.org']);
    office.sendMail = async (mail) => {
      office.mails.push(mail);
      return { messageId: 'm-2' };
    };
    // Lambda begins the run again, perhaps after midnight: it is about the same Monday.
    expect(await run(office, instantOf('2020-11-24T00:30:00+08:00'))).toMatchObject({ sent: 1 });
    expect(office.mails.map(({ to }) => to)).toEqual(['manager-wang@example.org', 'xuanhan-zhou@example.org']);
  });
});

const run = (office: OldOffice, now: Instant) =>
  remind.handle(
    { organisationId: 'dazhou', dueAt: monday },
    { table: restrictedTable(office.table, 'remind-legacy'), sendMail: office.sendMail },
    now,
  );

/** An office in which two people have papers to find by Wednesday. */
async function owing(): Promise<OldOffice> {
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
  for (const [county, assignee] of [
    ['宣汉县', 'xuanhan-zhou'],
    ['渠县', 'manager-wang'],
  ])
    await office.bulk('assignments', { select: { county }, assignee, dueOn: '2020-11-25' }, MANAGER);
  return office;
}

describe('papers of a project whose kind is corrected', () => {
  it('keep whoever has to find them, and until when, where the other kind needs them too', () => {
    const papers: Paper[] = [
      { kind: 'plan', state: 'missing', assignee: 'xuanhan-zhou', dueOn: '2020-11-25' },
      { kind: 'photos', state: 'missing', assignee: 'xuanhan-zhou', dueOn: '2020-11-25' },
      { kind: 'audit', state: 'stored' },
    ];
    const kinds = [{ kindId: 'aid', name: '救助', words: [], documents: ['report', 'plan'] as DocumentKind[] }];
    expect(papersAfter(papers, 'aid', { kinds })).toEqual([papers[0], papers[2], { kind: 'report', state: 'missing' }]);
  });
});
