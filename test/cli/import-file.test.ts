import { describe, expect, it } from 'vitest';
import { MOST_ROWS, readOrganisations, readPeople, textOf } from '../../cli/import-file.ts';

const organisations = (...lines: string[]) => readOrganisations(lines.join('\n'));
const people = (...lines: string[]) => readPeople(lines.join('\n'));
const problemsOf = (read: ReturnType<typeof readOrganisations> | ReturnType<typeof readPeople>) =>
  read.kind === 'bad' ? read.problems.map(({ line, column, problem }) => `${line} ${column}: ${problem}`) : [];

describe('a file of organisations', () => {
  it('is read with each parent before its children, whatever the order of its lines', () => {
    const read = organisations(
      'organisationId,name,parentId',
      'dazhou-xuanhan-dongxiang,东乡镇,dazhou-xuanhan',
      'dazhou-xuanhan,宣汉县红十字会,dazhou',
      'dazhou,达州市红十字会,sichuan',
    );
    expect(read.kind === 'good' && read.rows.map(({ organisationId, line }) => [organisationId, line])).toEqual([
      ['dazhou', 4],
      ['dazhou-xuanhan', 3],
      ['dazhou-xuanhan-dongxiang', 2],
    ]);
  });

  it('may have Chinese heads, empty rows and a limit of its own for management', () => {
    const read = organisations(
      '编号,名称,上级,管理费上限（万分比）',
      'dazhou,达州市红十字会,sichuan,800',
      ',,,',
      'wanyuan,万源,dazhou,',
    );
    expect(read).toMatchObject({
      kind: 'good',
      rows: [
        { organisationId: 'dazhou', name: '达州市红十字会', parentId: 'sichuan', managementLimitBasisPoints: 800 },
        { organisationId: 'wanyuan' },
      ],
    });
  });

  it('is read as a spreadsheet in China saves it, in GB18030', () => {
    const bytes = Buffer.concat([
      Buffer.from('organisationId,name,parentId\ndazhou,'),
      Buffer.from([0xb4, 0xef, 0xd6, 0xdd]),
      Buffer.from(',sichuan'),
    ]);
    expect(readOrganisations(textOf(bytes))).toMatchObject({ rows: [{ name: '达州' }] });
  });

  it('tells every mistake at once, each with its line', () => {
    const read = organisations(
      'organisationId,name,parentId,managementLimitBasisPoints',
      'Dazhou,达州市红十字会,sichuan,',
      'wanyuan,,sichuan,',
      'quxian,渠县,quxian,',
      'kaijiang,开江县,sichuan,ten percent',
      'kaijiang,开江县,sichuan,',
      'tongchuan,"通川,区",,',
    );
    expect(problemsOf(read)).toHaveLength(5);
    expect(problemsOf(read).map((text) => text.split(':')[0])).toEqual([
      '2 organisationId',
      '3 name',
      '4 parentId',
      '5 managementLimitBasisPoints',
      '7 parentId',
    ]);
  });

  it('says the same id once, and hangs in no circle', () => {
    expect(problemsOf(organisations('id,name,parent', 'a1,A,sichuan', 'a1,A,sichuan'))).toEqual([
      '3 organisationId: a1 is on line 2 already',
    ]);
    expect(problemsOf(organisations('id,name,parent', 'a1,A,b1', 'b1,B,a1', 'c1,C,b1'))).toHaveLength(3);
  });

  it.each([
    ['nothing', [''], '1 (file): holds no row below its head'],
    ['a head alone', ['id,name,parent'], '1 (file): holds no row below its head'],
    ['a column that is missing', ['id,name', 'a1,A'], '1 (head): the column parentId is missing'],
    ['a column that is there twice', ['id,name,parent,编号', 'a1,A,b1,a1'], '1 (head): organisationId is there twice'],
    [
      'more cells than columns',
      ['id,name,parent', 'a1,A, B,b1'],
      '2 (row): has more cells than the head: put quotes around a text with commas',
    ],
    [
      'an open quotation mark',
      ['id,name,parent', 'a1,"A,b1'],
      '2 (file): is no CSV: a quotation mark is not closed or stands inside a text',
    ],
  ])('is refused with %s', (_, lines, problem) => {
    expect(problemsOf(organisations(...lines))).toEqual([problem]);
  });

  it('is refused with a column that is unknown, so that a misspelt one is not lost', () => {
    expect(problemsOf(organisations('id,name,parent,limit', 'a1,A,b1,1'))[0]).toMatch('1 (head): "limit" is no column');
  });

  it('has a limit', () => {
    const lines = Array.from({ length: MOST_ROWS + 1 }, (_, n) => `a${n},A,sichuan`);
    expect(problemsOf(organisations('id,name,parent', ...lines))[0]).toMatch(`more than ${MOST_ROWS} rows`);
  });
});

describe('a file of people', () => {
  it('names roles in either language, and a reach or none', () => {
    const read = people(
      '机构,邮箱,姓名,角色,范围',
      'dazhou,Li@Example.org,李华,项目负责人、审批人,本级及下级',
      'dazhou,wang@example.org,王强,finance auditor,',
    );
    expect(read).toMatchObject({
      kind: 'good',
      rows: [
        { email: 'li@example.org', name: '李华', roles: ['manager', 'approver'], reach: 'and-below', line: 2 },
        { roles: ['finance', 'auditor'], reach: 'here', line: 3 },
      ],
    });
  });

  it('tells every mistake at once, each with its line', () => {
    const read = people(
      'organisation,email,name,roles,reach',
      'dazhou,li.example.org,李华,manager,here',
      'dazhou,wang@example.org,,manager,everywhere',
      'DAZHOU,sun@example.org,孙,boss,here',
      'dazhou,he@example.org,何,,here',
      'dazhou,he@example.org,何,manager manager,here',
    );
    expect(problemsOf(read).map((text) => text.split(':')[0])).toEqual([
      '2 email',
      '3 name',
      '3 reach',
      '4 organisationId',
      '4 roles',
      '5 roles',
      '6 roles',
    ]);
  });

  it('invites nobody twice into one organisation, and may invite them into two', () => {
    const two = ['dazhou,li@example.org,李,manager', 'wanyuan,li@example.org,李,manager'];
    expect(people('organisation,email,name,roles', ...two).kind).toBe('good');
    expect(problemsOf(people('organisation,email,name,roles', ...two, 'dazhou,LI@example.org,李,finance'))).toEqual([
      '4 email: li@example.org in dazhou is on line 2 already',
    ]);
  });
});
