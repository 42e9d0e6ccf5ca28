import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitsWrite } from '../../functions/approvals/confirmation.store.ts';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { auditLineKey, campaignKey } from '../../functions/platform/keys.ts';
import { ADMIN } from '../stories/people.ts';
import { REFRESH_TOKEN, Stage } from './stage.ts';
import { API_URL, tokenOf } from './world-api.ts';

// Every command from its line to the real handlers and back, in memory.

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const EXAMPLE = readFileSync('docs/examples/proposal.yaml', 'utf8');
/** The organisation of the example, as the first import would make it. */
const withDazhou = () => stage.world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);

/** Hands the example in, and lets its workflow ask for the approval. Gives its id. */
async function handedIn(text = EXAMPLE): Promise<string> {
  await withDazhou();
  const { out } = await stage.signedInAs('manager-wu').run('submit', stage.file('rain.yaml', text), '--json');
  const { campaignId } = JSON.parse(out);
  await stage.world.requestApproval(campaignId, 1, 'task-token-1');
  return campaignId;
}

describe('yiqi legacy', () => {
  it('opens an exercise of old projects and shows how far it has come', async () => {
    await withDazhou();
    const desk = stage.signedInAs('manager-wu');
    const opened = await desk.run(
      'legacy',
      'open',
      'dazhou',
      '--title',
      '2008年以来项目',
      '--recipient',
      'a@example.org',
      '--json',
    );
    const { exerciseId } = JSON.parse(opened.out);
    const { out } = await desk.run('legacy', 'show', exerciseId);
    expect(out).toContain('2008年以来项目');
    expect(out).toMatch(/Projects +0, and 0 copies/);
    const closed = await desk.run('legacy', 'close', exerciseId, '--yes');
    expect(closed.exitCode).toBe(1);
    expect(closed.err).toContain('undecided');
  });
});

describe('yiqi schedules', () => {
  const schedules = (...typed: string[]) => stage.run('schedules', ...typed);
  beforeEach(() => {
    stage.world.at('2026-11-24T12:00:00+08:00');
    stage.world.more = {
      ...stage.world.more,
      systemZone: 'Asia/Shanghai',
      startJob: async () => undefined,
      scheduler: { copyOf: ({ version }: { version: number }) => `version ${version}`, place: async () => undefined },
    };
    stage.signedInAs('manager-li');
  });

  it('lists every job with when it runs next', async () => {
    const { out } = await schedules('list', 'sichuan');
    expect(out).toMatch(/disclose +cron\(0 9 \* \* \? \*\) +Asia\/Shanghai +active +2026-11-25 09:00/);
    expect(out).toMatch(/sign-day .*of the system/);
    expect(JSON.parse((await schedules('list', 'sichuan', '--json')).out)[0]).toMatchObject({ job: 'sweep-orders' });
  });

  it('sets, pauses, resumes and runs one', async () => {
    expect((await schedules('set', 'sichuan', 'disclose', '--at', 'cron(30 7 * * ? *)')).out).toBe(
      'disclose runs by cron(30 7 * * ? *), next at 2026-11-25 07:30 (Asia/Shanghai).\n',
    );
    expect((await schedules('pause', 'sichuan', 'disclose', '--reason', 'corrections')).out).toBe(
      'disclose is paused: corrections.\n',
    );
    expect((await schedules('runs', 'sichuan', 'disclose')).out).toBe('disclose has not run yet.\n');
    expect((await schedules('run', 'sichuan', 'disclose')).out).toMatch(/^disclose: asked\./);
    expect((await schedules('runs', 'sichuan', 'disclose')).out).toMatch(/manager-li +0 +asked/);
    expect((await schedules('resume', 'sichuan', 'disclose')).out).toMatch(/^disclose runs by cron\(30 7/);
  });

  it('says what is wrong, and ends with 1', async () => {
    const wrong = await schedules('set', 'sichuan', 'disclose', '--at', 'every day');
    expect([wrong.exitCode, wrong.err]).toEqual([1, expect.stringMatching(/is no schedule/)]);
    expect((await schedules('set', 'sichuan', 'sign-day', '--at', 'rate(1 day)')).err).toMatch(/runs for everybody/);
    expect((await schedules('runs', 'sichuan', 'brew-tea')).err).toMatch(/There is no job brew-tea/);
  });
});

describe('yiqi configure', () => {
  const outputs = {
    YiqiState: { UserPoolClientId: 'c', UserPoolId: 'p' },
    YiqiApi: { ApiUrl: 'https://x.example.org/' },
  };

  it('takes what the CDK wrote, for this person alone', async () => {
    const path = stage.file('outputs.json', JSON.stringify(outputs));
    expect(await stage.run('configure', '--outputs', path, '--region', 'eu-central-1')).toMatchObject({ exitCode: 0 });
    const settings = join(stage.folder, 'config.json');
    expect(JSON.parse(readFileSync(settings, 'utf8'))).toMatchObject({
      apiUrl: 'https://x.example.org',
      region: 'eu-central-1',
    });
    expect(statSync(settings).mode & 0o777).toBe(0o600);
  });

  it('is what counts before the system on this machine, unless that is asked for', async () => {
    stage.signedInAs('manager-li');
    await stage.run(
      'configure',
      '--api-url',
      'https://x.example.org',
      '--user-pool-client-id',
      'c',
      '--region',
      'eu-central-1',
    );
    expect((await stage.run('whoami')).err).toBe(
      'Nobody is signed in to https://x.example.org: run yiqi sign-in --email <address>.\n',
    );
    expect(await stage.run('whoami', '--local')).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [[], 'Give --outputs'],
    [['--api-url', 'ftp://x', '--user-pool-client-id', 'c', '--region', 'eu-central-1'], 'apiUrl'],
    [['--api-url', 'https://x.example.org', '--user-pool-client-id', 'c', '--region', 'Frankfurt'], 'region'],
    [['--api-url', 'https://x.example.org', '--user-pool-client-id', 'c'], 'Give --region'],
    [['--outputs', '/nowhere/outputs.json'], 'cannot be read (ENOENT)'],
    [['--outputs', 'package.json'], 'is not what cdk deploy'],
  ])('refuses %j', async (args, sentence) => {
    const { exitCode, err, out } = await stage.run('configure', ...args);
    expect([exitCode, out, err.split('\n')]).toEqual([2, '', [expect.stringContaining(sentence), '']]);
  });
});

describe('yiqi sign-in', () => {
  it('asks for the password and keeps the session for this person alone, without printing a token', async () => {
    stage.accounts.set('manager-li@example.org', { password: 'Right-password-1' });
    stage.answers.push('Right-password-1');
    const { exitCode, out, err } = await stage.run('sign-in', '--email', 'Manager-Li@Example.org');
    expect([exitCode, out]).toEqual([0, `Signed in to ${API_URL} as manager-li@example.org.\n`]);
    expect(out + err).not.toMatch(/token/);
    expect(statSync(join(stage.folder, 'session.json')).mode & 0o777).toBe(0o600);
    expect((await stage.run('whoami')).out).toContain('manager-li');
  });

  it("sets a password of one's own and enrols a second factor at the first time", async () => {
    stage.accounts.set('manager-li@example.org', { password: 'temporary', isTemporary: true, needsFactor: true });
    stage.environment = { YIQI_PASSWORD: 'temporary' };
    stage.answers.push('My-own-password-1', 'My-own-password-1', '123456');
    const { exitCode, err } = await stage.run('sign-in', '--email', 'manager-li@example.org');
    expect(exitCode).toBe(0);
    expect(err).toContain('JBSWY3DPEHPK3PXP');
    expect(err).toContain('otpauth://totp/');
  });

  it.each([
    ['a wrong password', { password: 'other' }, ['guess'], 1, 'wrong'],
    ['a wrong code', { password: 'guess', hasFactor: true }, ['guess', '000000'], 1, 'wrong'],
    ['a weak new password', { password: 'guess', isTemporary: true }, ['guess', 'short'], 2, 'lacks 12 characters'],
    [
      'two different new passwords',
      { password: 'guess', isTemporary: true },
      ['guess', 'Good-password-1', 'Good-password-2'],
      2,
      'differ',
    ],
    ['nobody to answer', { password: 'guess' }, [], 2, 'no terminal'],
  ])('is refused with %s, in one sentence', async (_, account, answers, code, sentence) => {
    stage.accounts.set('li@example.org', account);
    stage.answers.push(...answers);
    const { exitCode, err } = await stage.run('sign-in', '--email', 'li@example.org');
    expect(exitCode).toBe(code);
    expect(err).toContain(sentence);
    expect((await stage.run('whoami')).err).toContain('Nobody is signed in');
  });

  it('is needed once more when the session is over; before that its token is renewed after its hour', async () => {
    stage.signedInAs('manager-li').now += 3_600_000;
    expect(await stage.run('whoami')).toMatchObject({ exitCode: 0 });
    stage.now += 3_600_000;
    stage.isSessionOver = true;
    const { exitCode, err } = await stage.run('whoami');
    expect([exitCode, err]).toEqual([
      1,
      'The session of manager-li@example.org is over: run yiqi sign-in --email manager-li@example.org.\n',
    ]);
  });

  it('is undone by sign-out, here and at the pool', async () => {
    expect((await stage.signedInAs('manager-li').run('sign-out')).out).toBe('manager-li@example.org is signed out.\n');
    expect(stage.isSessionOver).toBe(true);
    expect((await stage.run('whoami')).exitCode).toBe(1);
    expect((await stage.run('sign-out')).out).toBe('Nobody was signed in.\n');
  });
});

describe('yiqi first-admin', () => {
  const args = ['first-admin', '--organisation-id', 'sichuan', '--name', '四川省红十字会', '--person', '赵敏'];

  it('hands the function what it wants', async () => {
    const { exitCode, out } = await stage.run(...args, '--email', 'Zhao@Example.org');
    expect([exitCode, stage.appointed]).toEqual([
      0,
      [{ organisationId: 'sichuan', organisationName: '四川省红十字会', name: '赵敏', email: 'zhao@example.org' }],
    ]);
    expect(out).toContain('first admin of sichuan');
  });

  it('says why the function refuses', async () => {
    stage.appoint = async () => ({ kind: 'refused', code: 'has-an-admin', message: 'sichuan has an admin already.' });
    expect(await stage.run(...args, '--email', 'zhao@example.org')).toMatchObject({
      exitCode: 1,
      err: 'sichuan has an admin already.\n',
    });
  });

  it('sends nothing that cannot be right', async () => {
    expect(await stage.run(...args, '--email', 'zhao')).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching('email'),
    });
    expect(await stage.run('first-admin')).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching('--organisation-id'),
    });
    expect(stage.appointed).toEqual([]);
  });
});

describe('yiqi import', () => {
  const ORGANISATIONS = '编号,名称,上级\ndazhou-xuanhan,宣汉县红十字会,dazhou\ndazhou,达州市红十字会,sichuan\n';

  it('adds parents before children, and again finds them', async () => {
    const path = stage.signedInAs('admin-zhao').file('organisations.csv', ORGANISATIONS);
    expect(await stage.run('import', 'organisations', path)).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('2 created, 0 already there, 0 failed.'),
    });
    expect((await stage.run('import', 'organisations', path)).out).toContain('0 created, 2 already there, 0 failed.');
  });

  it('goes on after a row that is refused, and does not try what hangs below it', async () => {
    const text = 'id,name,parent\nnew,New,nowhere\nnew-below,Below,new\ndazhou,达州市红十字会,sichuan\n';
    const { exitCode, out } = await stage
      .signedInAs('admin-zhao')
      .run('import', 'organisations', stage.file('o.csv', text), '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { line: 2, what: 'new', outcome: 'failed' },
      { line: 4, what: 'dazhou', outcome: 'created' },
      { line: 3, what: 'new-below', outcome: 'failed', reason: 'its parent new failed' },
    ]);
  });

  it('invites people, who can then sign in with the roles that they were given', async () => {
    await withDazhou();
    const text = '机构,邮箱,姓名,角色\ndazhou,lin@example.org,林,财务\ndazhou,mei@example.org,梅,项目负责人、审批人\n';
    const path = stage.signedInAs('admin-zhao').file('people.csv', text);
    expect((await stage.run('import', 'people', path)).out).toContain('2 created, 0 already there, 0 failed.');
    expect((await stage.run('import', 'people', path)).out).toContain('0 created, 2 already there, 0 failed.');
    expect(stage.world.accounts.invited).toEqual(['lin@example.org', 'mei@example.org']);
    const { out } = await stage.signedInAs('person-mei').run('whoami', '--json');
    expect(JSON.parse(out).memberships).toMatchObject([{ organisationId: 'dazhou', roles: ['manager', 'approver'] }]);
  });

  it('sends nothing of a file that is wrong, and names each line', async () => {
    const path = stage
      .signedInAs('admin-zhao')
      .file('people.csv', 'organisation,email,name,roles\ndazhou,lin,林,boss\n');
    const { exitCode, out, err } = await stage.run('import', 'people', path);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(`Nothing was sent: 2 mistakes in ${path}.`);
    expect(err).toContain(`${path}:2  email:`);
    expect(stage.world.accounts.invited).toEqual([]);
  });

  it('stops where the session is not taken, and where there is no file', async () => {
    const path = stage.file('organisations.csv', ORGANISATIONS);
    stage.signedInAs('admin-zhao').fetch = async () => Response.json({ message: 'Unauthorized' }, { status: 401 });
    expect(await stage.run('import', 'organisations', path)).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'The API does not take this session any more: run yiqi sign-in again.\n',
    });
    expect(await stage.run('import', 'people', '/nowhere.csv')).toMatchObject({ exitCode: 2 });
  });
});

describe('yiqi submit', () => {
  it('hands a whole proposal in, once: again it is found', async () => {
    await withDazhou();
    const path = stage.signedInAs('manager-wu').file('rain.yaml', EXAMPLE);
    const first = await stage.run('submit', path);
    expect([first.exitCode, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/^cmp_\w+: handed in as round 1; it is submitted\.\n$/);
    expect(stage.world.started).toHaveLength(1);
    const again = await stage.run('submit', path);
    expect([again.exitCode, again.out]).toEqual([0, expect.stringContaining('is handed in already')]);
    expect(stage.world.started).toHaveLength(1);
  });

  it('prints every problem at once: what is wrong and what is missing, with its rule, its fix and its place in the file', async () => {
    await withDazhou();
    const text = EXAMPLE.replace('count: 120\n', 'count: many\n')
      .replace('amountMinor: 6000000', 'amountMinor: 6000001')
      .replace(/^surplus:.*\n/m, '');
    const { exitCode, err } = await stage.signedInAs('manager-wu').run('submit', stage.file('rain.yaml', text));
    expect(exitCode).toBe(1);
    const lineOf = (part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;
    expect(err).toMatch(new RegExp(`rain.yaml:${lineOf('count: many')}:3  beneficiaries.count `));
    expect(err).toMatch(
      new RegExp(`rain.yaml:${lineOf('amountMinor: 6000001')}:5  budgetLines\\[0\\].amountMinor is 6000001`),
    );
    expect(err).toMatch(/rain.yaml:1?\d:\d+ {2}surplus is missing/);
    expect(err).toMatch(/rule {2}Charity Law art. 24/);
    expect(stage.world.started).toEqual([]);
  });

  it('saves a draft that is unfinished, goes on with it, and takes out what the file no longer has', async () => {
    await withDazhou();
    const draft = 'id: rain-2027\norganisationId: dazhou\ntitle: Rain\nslogan: To be taken out\n';
    const path = stage.signedInAs('manager-wu').file('rain.yaml', draft);
    const saved = await stage.run('submit', path, '--draft');
    expect([saved.exitCode, saved.out]).toEqual([0, expect.stringMatching(/saved as a draft; \d+ things are missing/)]);
    stage.file('rain.yaml', EXAMPLE.replace(/^slogan:.*\n/m, ''));
    const handed = JSON.parse((await stage.run('submit', path, '--json')).out);
    expect(handed).toMatchObject({ campaignId: saved.out.split(':')[0], status: 'submitted' });
    const { body } = await stage.world.campaign(handed.campaignId, ADMIN);
    expect(body.proposal).toMatchObject({ title: '春雨助学（示例）' });
    expect(body.proposal).not.toHaveProperty('slogan');
  });

  it('hands in again what was returned', async () => {
    const campaignId = await handedIn();
    await stage.signedInAs('approver-wang').run('return', campaignId, '--reason', '单价过高', '--yes');
    await stage.world.move(campaignId, 'returned', '单价过高');
    const { out } = await stage.signedInAs('manager-wu').run('submit', stage.file('rain.yaml', EXAMPLE));
    expect(out).toContain('handed in as round 2');
  });

  it('sends nothing of a file that cannot be read', async () => {
    stage.signedInAs('manager-wu');
    const path = stage.file('rain.yaml', 'id: rain\norganisationId: dazhou\ntitle: a\ntitle: b\n');
    expect(await stage.run('submit', path)).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining(`${path}:4:1`),
    });
    expect(await stage.run('submit', join(stage.folder, 'none.yaml'))).toMatchObject({ exitCode: 2 });
    expect(await stage.run('submit')).toMatchObject({ exitCode: 2 });
  });

  it('is refused to who is no manager there', async () => {
    await withDazhou();
    expect(await stage.signedInAs('auditor-sun').run('submit', stage.file('rain.yaml', EXAMPLE))).toMatchObject({
      exitCode: 1,
      out: '',
    });
    expect(stage.world.started).toEqual([]);
  });
});

describe('a decision', () => {
  it('is found in the inbox, shown, asked about and taken', async () => {
    const campaignId = await handedIn();
    stage.signedInAs('approver-wang');
    expect((await stage.run('inbox')).out).toContain(campaignId);
    stage.answers.push('y');
    const approved = await stage.run('approve', campaignId);
    expect(approved).toMatchObject({ exitCode: 0, out: 'Approved step 1. It is approved.\n' });
    expect(approved.err).toContain('¥100,000.00');
    expect(stage.asked).toEqual(['Approve? [y/N] ']);
    expect((await stage.run('inbox')).out).toBe('Nothing waits for you.\n');
    const { out } = await stage.run('show', campaignId);
    expect(out).toContain('approved');
    expect(out).toContain('running, at AwaitApproval');
  });

  it('stands in the inbox beside what waits for a second person, with the request’s number', async () => {
    const campaignId = await handedIn();
    const { table } = stage.world;
    const campaign = campaignSchema.parse(await table.get(campaignKey(campaignId)));
    const waits = await waitsWrite(table, campaign, {
      subject: 'goods',
      campaignId,
      requestId: 'gds_00000000000000000001',
      kind: 'write-off',
      quantity: 3,
      enteredBy: 'finance-chen',
      enteredAt: stage.world.now,
    });
    await table.transact([waits]);
    const { out } = await stage.signedInAs('approver-wang').run('inbox');
    expect(out).toContain('Decide by');
    expect(out).toMatch(/write-off.*3 pieces.*finance-chen.*gds_00000000000000000001/);
    const { out: json } = await stage.run('inbox', '--json');
    expect(JSON.parse(json).map(({ subject }: { subject: string }) => subject)).toEqual(['campaign', 'goods']);
  });

  it('is not taken unless somebody says yes', async () => {
    const campaignId = await handedIn();
    stage.signedInAs('approver-wang').answers.push('');
    expect(await stage.run('approve', campaignId)).toMatchObject({ exitCode: 1, out: '' });
    expect((await stage.run('inbox')).out).toContain(campaignId);
  });

  it("on another round, of one's own proposal or without a right is refused in a sentence", async () => {
    const campaignId = await handedIn();
    expect(await stage.run('approve', campaignId, '--yes')).toMatchObject({ exitCode: 1, out: '' });
    stage.signedInAs('approver-wang');
    expect((await stage.run('approve', campaignId, '--yes', '--round', '2')).err).toContain('round 1');
    expect(await stage.run('approve', 'cmp_nowhere', '--yes')).toMatchObject({ exitCode: 1, out: '' });
    expect(await stage.run('approve', campaignId, '--yes', '--on-behalf-of', 'approver-sun')).toMatchObject({
      exitCode: 1,
      out: '',
    });
  });

  it.each([
    [['return', 'cmp_1'], '--reason'],
    [['reject', 'cmp_1'], '--reason'],
    [['approve', 'cmp_1', '--round', 'two'], 'whole number'],
    [['approve', 'cmp_1', '--round', '1', '--amendment', '1'], 'cannot be used'],
    [['approve', 'cmp_1', '--minutes', 'att_1'], '--held-on'],
    [['approve'], 'missing required argument'],
    [['approve', 'cmp_1', 'cmp_2'], 'too many arguments'],
  ])('typed as %j is refused before anything is sent', async (args, part) => {
    stage.signedInAs('approver-wang').fetch = async () => {
      throw new Error('something was sent');
    };
    expect(await stage.run(...args)).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining(part) });
  });
});

describe('yiqi show and calendar', () => {
  it('show an approved campaign with its next duty, as text and as data', async () => {
    const campaignId = await handedIn();
    await stage.signedInAs('approver-wang').run('approve', campaignId, '--yes');
    await stage.world.move(campaignId, 'approved');
    expect((await stage.run('show', campaignId)).out).toMatch(/Next duty +\d{4}-\d\d-\d\d/);
    expect((await stage.run('calendar', campaignId)).out).toMatch(/Due on/);
    const shown = JSON.parse((await stage.run('show', campaignId, '--json')).out);
    expect(shown).toMatchObject({ campaign: { status: 'approved' }, workflow: { state: 'AwaitApproval' } });
    expect(JSON.parse((await stage.run('calendar', campaignId, '--json')).out)[0]).toHaveProperty('dueOn');
  });

  it('show a draft with what is missing; a campaign that is unknown or not approved has no calendar', async () => {
    await withDazhou();
    const path = stage.signedInAs('manager-wu').file('rain.yaml', 'id: r\norganisationId: dazhou\ntitle: Rain\n');
    const { campaignId } = JSON.parse((await stage.run('submit', path, '--draft', '--json')).out);
    expect((await stage.run('show', campaignId)).out).toMatch(/Missing +\d+ things/);
    expect(await stage.run('calendar', campaignId)).toMatchObject({ exitCode: 1, out: '' });
    for (const command of ['show', 'calendar'])
      expect(await stage.run(command, 'cmp_nowhere')).toMatchObject({ exitCode: 1, out: '' });
  });
});

describe('yiqi audit', () => {
  it('finds a trail whole, and every line that was edited or taken out', async () => {
    await handedIn();
    stage.signedInAs('auditor-sun');
    const whole = await stage.run('audit', 'verify', 'dazhou');
    expect(whole).toMatchObject({ exitCode: 0, out: expect.stringContaining('is whole') });
    const anchor = /--anchor next time: (\S+)/.exec(whole.out)?.[1] ?? '';
    expect(await stage.run('audit', 'verify', 'dazhou', '--anchor', anchor)).toMatchObject({ exitCode: 0 });
    const other = anchor.replace(/:[0-9a-f]{4}/, ':0000');
    expect(await stage.run('audit', 'verify', 'dazhou', '--anchor', other)).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('differs from the anchor'),
    });
    await stage.world.table.write({ update: auditLineKey('dazhou', 2), set: { by: 'nobody' } });
    const broken = await stage.run('audit', 'verify', 'dazhou');
    expect(broken.exitCode).toBe(1);
    expect(broken.out).toMatch(/^ {2}2 +was edited +this machine$/m);
    expect(broken.out).toMatch(/^ {2}2 +was edited +the API$/m);
    const found = JSON.parse((await stage.run('audit', 'verify', 'dazhou', '--json')).out);
    expect(found).toMatchObject({ isWhole: false });
  });

  it('names a line that cannot be read as edited', async () => {
    await handedIn();
    await stage.world.table.write({ update: auditLineKey('dazhou', 1), set: { hash: 7 } });
    const { exitCode, out } = await stage.signedInAs('auditor-sun').run('audit', 'verify', 'dazhou');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^ {2}1 +was edited +the API$/m);
  });

  it('exports the whole trail, and over no file that is there', async () => {
    await handedIn();
    const path = join(stage.folder, 'trail.csv');
    expect(await stage.signedInAs('auditor-sun').run('audit', 'export', 'dazhou', '--csv', path)).toMatchObject({
      exitCode: 0,
    });
    const rows = readFileSync(path, 'utf8').split('\r\n');
    expect(rows[0]).toMatch(/^\ufeffnumber,at,by/);
    expect(rows.filter((row) => /number,at,by/.test(row))).toHaveLength(1);
    expect(await stage.run('audit', 'export', 'dazhou', '--csv', path)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('is there already'),
    });
  });

  it('is for auditors and admins; a wrong anchor and a missing file are told', async () => {
    await withDazhou();
    expect(await stage.signedInAs('finance-chen').run('audit', 'verify', 'dazhou')).toMatchObject({
      exitCode: 1,
      out: '',
    });
    expect(await stage.run('audit', 'verify', 'dazhou', '--anchor', '12')).toMatchObject({ exitCode: 2 });
    expect(await stage.run('audit', 'export', 'dazhou')).toMatchObject({ exitCode: 2 });
  });
});

describe('yiqi dead-letters', () => {
  const letterOf = (body: object) => ({ id: '1', receipt: 'r1', sentAt: stage.now, body: JSON.stringify(body) });
  beforeEach(() => {
    stage.letters.notice.push(
      letterOf({ kind: 'thank-you', giftId: 'gft_1', orderNo: 'o', campaignId: 'cmp_1', email: 'donor@example.org' }),
    );
    stage.letters.poison.push(
      letterOf({ source: 'allocate-donations', pk: 'GIFT#gft_2', sk: 'ENTRY#1', reason: 'bad donor@example.org' }),
    );
  });

  it('lists both queues without any contact', async () => {
    for (const json of [[], ['--json']]) {
      const { exitCode, out } = await stage.run('dead-letters', 'list', ...json);
      expect(exitCode).toBe(0);
      expect(out).toContain('gft_1');
      expect(out).toContain('GIFT#gft_2');
      expect(out).not.toContain('donor@example.org');
    }
  });

  it('sends notices back after a yes, and not without', async () => {
    stage.answers.push('n', 'yes');
    expect(await stage.run('dead-letters', 'replay', 'notice')).toMatchObject({ exitCode: 1 });
    expect(stage.letters.notice).toHaveLength(1);
    expect(await stage.run('dead-letters', 'replay', 'notice')).toMatchObject({ exitCode: 0 });
    expect(stage.letters.notice).toEqual([]);
    expect(await stage.run('dead-letters', 'replay', 'notice')).toMatchObject({ exitCode: 0 });
  });

  it('hands records to their function again, and takes out what it took only', async () => {
    stage.replayOutcome = 'failed-again';
    expect(await stage.run('dead-letters', 'replay', 'poison', '--yes')).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('stays in the queue'),
    });
    expect(stage.letters.poison).toHaveLength(1);
    stage.replayOutcome = 'replayed';
    expect(await stage.run('dead-letters', 'replay', 'poison', '--yes')).toMatchObject({ exitCode: 0 });
    expect(stage.letters.poison).toEqual([]);
    expect(stage.replayed).toEqual(Array(2).fill('allocate-donations GIFT#gft_2 ENTRY#1'));
  });

  it('knows two queues', async () => {
    expect(await stage.run('dead-letters', 'replay', 'other')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('notice or poison'),
    });
  });
});

describe('whatever goes wrong', () => {
  it('is told in one sentence, without a stack and without a token', async () => {
    stage.signedInAs('manager-li').fetch = async () => {
      throw new TypeError('fetch failed');
    };
    expect((await stage.run('inbox')).err).toMatch(/^The system cannot be reached: .*\n$/);
    stage.fetch = async () => {
      throw new Error(`odd\n    at somewhere (${tokenOf('manager-li')})`);
    };
    const { exitCode, err } = await stage.run('inbox');
    expect([exitCode, err]).toEqual([1, 'Something unexpected went wrong (Error: odd).\n']);
    expect(err).not.toContain(REFRESH_TOKEN);
  });

  it('no system, an unknown command and a spoilt settings file are told too', async () => {
    expect(await stage.run('frobnicate')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('unknown command'),
    });
    stage.local = undefined;
    expect(await stage.run('inbox')).toMatchObject({ exitCode: 1, err: expect.stringContaining('No system is known') });
    stage.file('config.json', '{');
    expect(await stage.run('inbox')).toMatchObject({ exitCode: 1, err: expect.stringContaining('yiqi configure') });
    expect(await stage.run('help')).toMatchObject({ exitCode: 0, out: expect.stringContaining('dead-letters') });
  });
});
