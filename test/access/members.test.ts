import { beforeEach, describe, expect, it } from 'vitest';
import { definition as manageMembers } from '../../functions/access/manage-members.lambda.ts';
import { changeMember, findMember } from '../../functions/access/member.store.ts';
import { memberChangeSchema } from '../../functions/access/member.ts';
import { definition as readAuditTrail } from '../../functions/audit/read-audit-trail.lambda.ts';
import { definition as showOrganisations } from '../../functions/organisations/show-organisations.lambda.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { ADMIN, MANAGER } from '../stories/people.ts';
import { type Answer, World } from '../stories/world.ts';
import { membershipOf, putMembership, ROOT } from './people.ts';

const AUDITOR: Actor = { id: 'auditor-sun', groups: ['auditor'] };
const QIAN = { email: 'Qian@Example.org', name: '钱进', roles: ['manager'], reach: 'here' };
const QIAN_ID = 'person-qian';

let world: World;
beforeEach(async () => {
  world = new World();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
});

const path = (organisationId: string, personId?: string): string =>
  `/organisations/${organisationId}/members${personId === undefined ? '' : `/${personId}`}`;

function call(method: string, organisationId: string, more: object = {}, personId?: string): Promise<Answer> {
  return world.request('manage-members', manageMembers, {
    method,
    path: path(organisationId, personId),
    routeParameters: { organisationId, ...(personId === undefined ? {} : { personId }) },
    actor: ADMIN,
    ...more,
  });
}
const invite = (invitation: object, organisationId = 'dazhou', actor = ADMIN) =>
  call('POST', organisationId, { body: JSON.stringify(invitation), actor });
const show = (personId: string, organisationId = 'dazhou', actor = ADMIN) =>
  call('GET', organisationId, { actor }, personId);
/** Changes a member as read just now, unless another If-Match is sent. */
async function change(
  personId: string,
  body: object,
  more: { organisationId?: string; actor?: Actor; tag?: string } = {},
) {
  const { organisationId = 'dazhou', actor = ADMIN } = more;
  const tag = more.tag ?? String((await show(personId, organisationId)).headers['etag']);
  return call('PATCH', organisationId, { body: JSON.stringify(body), headers: { 'If-Match': tag }, actor }, personId);
}
const mine = (actor: Actor) => world.request('show-organisations', showOrganisations, { path: '/me', actor });
const titleOf = ({ status, body }: Answer) => [status, body.title];

describe('an invitation', () => {
  it('makes an account, a membership and its groups, and the person may act from their first token on', async () => {
    const answer = await invite(QIAN);
    expect([answer.status, answer.headers['etag']]).toEqual([201, 'W/"1"']);
    expect(answer.body).toMatchObject({
      personId: QIAN_ID,
      email: 'qian@example.org',
      roles: ['manager'],
      reach: 'here',
    });
    expect(world.accounts.invited).toEqual(['qian@example.org']);
    const token = world.accounts.tokenOf(QIAN_ID);
    expect(token.groups).toEqual(['manager']);
    expect((await mine(token)).body).toEqual({
      personId: QIAN_ID,
      memberships: [
        { organisationId: 'dazhou', name: '达州市红十字会', path: [ROOT, 'dazhou'], roles: ['manager'], reach: 'here' },
      ],
    });
  });

  it('that is sent twice makes one member and one mail, and another mail only where it is asked for', async () => {
    await invite(QIAN);
    expect((await invite(QIAN)).status).toBe(200);
    expect(world.accounts.invited).toHaveLength(1);
    expect((await invite({ ...QIAN, resend: true })).status).toBe(200);
    expect(world.accounts.invited).toHaveLength(2);
    expect(titleOf(await invite({ ...QIAN, roles: ['admin'] }))).toEqual([409, 'already-member']);
    expect((await show(QIAN_ID)).body.roles).toEqual(['manager']);
  });

  it('that was cut off before the user pool heard of its groups is made whole by the same again', async () => {
    const keepInStep = world.accounts.keepInStep.bind(world.accounts);
    world.accounts.keepInStep = async () => Promise.reject(new Error('cut off'));
    expect((await invite(QIAN)).status).toBe(503);
    world.accounts.keepInStep = keepInStep;
    expect((await invite(QIAN)).status).toBe(200);
    expect(world.accounts.tokenOf(QIAN_ID).groups).toEqual(['manager']);
  });

  it.each([
    [{ email: 'nobody' }, 'email'],
    [{ roles: [] }, 'roles'],
    [{ roles: ['owner'] }, 'roles[0]'],
    [{ roles: ['admin', 'admin'] }, 'roles'],
    [{ reach: 'everywhere' }, 'reach'],
    [{ name: ' ' }, 'name'],
    [{ state: 'active' }, '(body)'],
  ])('with %j is refused with its field', async (wrong, field) => {
    const answer = await invite({ ...QIAN, ...wrong });
    expect([answer.status, answer.body.problems[0].field]).toEqual([422, field]);
    expect(world.accounts.invited).toEqual([]);
  });

  it('comes from an admin of that organisation or above it, and never to oneself', async () => {
    await invite({ ...QIAN, roles: ['admin'], reach: 'here' });
    const qian = world.accounts.tokenOf(QIAN_ID);
    expect((await invite({ ...QIAN, email: 'sun@example.org' }, 'dazhou', qian)).status).toBe(201);
    for (const [organisationId, actor] of [
      [ROOT, qian],
      ['dazhou', MANAGER],
      ['dazhou', AUDITOR],
      ['nowhere', ADMIN],
    ] as const)
      expect(titleOf(await invite({ ...QIAN, email: 'zhou@example.org' }, organisationId, actor))).toEqual([
        403,
        'forbidden',
      ]);
    expect(titleOf(await invite({ ...QIAN, roles: ['finance'] }, 'dazhou', qian))).toEqual([403, 'own-membership']);
  });
});

describe('a change of what somebody may do', () => {
  beforeEach(async () => {
    await invite(QIAN);
  });

  it('counts from the next call on, while the token that is out still says what was', async () => {
    const token = world.accounts.tokenOf(QIAN_ID);
    expect((await mine(token)).status).toBe(200);
    const answer = await change(QIAN_ID, { state: 'suspended' });
    expect([answer.status, answer.headers['etag'], answer.body.state]).toEqual([200, 'W/"2"', 'suspended']);
    expect(titleOf(await mine(token))).toEqual([403, 'forbidden']);
    expect(world.accounts.tokenOf(QIAN_ID).groups).toEqual([]);
    await change(QIAN_ID, { state: 'active' });
    expect((await mine(token)).status).toBe(200);
    expect(world.accounts.tokenOf(QIAN_ID).groups).toEqual(['manager']);
  });

  it('leaves the account open for whoever is a member elsewhere', async () => {
    await invite({ ...QIAN, roles: ['finance'] }, ROOT);
    await change(QIAN_ID, { state: 'suspended' });
    expect(world.accounts.tokenOf(QIAN_ID).groups).toEqual(['finance']);
  });

  it('is made on what was read: not blindly, and not over somebody else’s', async () => {
    const body = JSON.stringify({ roles: ['finance'] });
    expect(titleOf(await call('PATCH', 'dazhou', { body }, QIAN_ID))).toEqual([428, 'if-match-needed']);
    await change(QIAN_ID, { roles: ['approver'] });
    const late = await change(QIAN_ID, { roles: ['finance'] }, { tag: 'W/"1"' });
    expect(titleOf(late)).toEqual([412, 'changed-meanwhile']);
    const both = await Promise.all(
      ['finance', 'auditor'].map((role) => change(QIAN_ID, { roles: [role] }, { tag: 'W/"2"' })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await show(QIAN_ID)).headers['etag']).toBe('W/"3"');
  });

  it('to what is so already writes nothing, and tells the user pool again', async () => {
    world.accounts.groups.clear();
    const answer = await change(QIAN_ID, { roles: ['manager'] });
    expect([answer.status, answer.headers['etag']]).toEqual([200, 'W/"1"']);
    expect(world.accounts.tokenOf(QIAN_ID).groups).toEqual(['manager']);
  });

  it('is nobody’s to make for themselves, and finds nobody who is no member', async () => {
    const admin = await change('admin-zhao', { roles: ['admin', 'finance'] }, { organisationId: ROOT });
    expect(titleOf(admin)).toEqual([403, 'own-membership']);
    for (const personId of ['nobody', 'MEMBER#x', 'auditor-sun'])
      expect(titleOf(await show(personId))).toEqual([404, 'unknown-member']);
    expect(titleOf(await change(QIAN_ID, {}, { tag: 'W/"1"' }))).toEqual([422, 'invalid']);
    expect((await change(QIAN_ID, { roles: ['admin'] }, { actor: AUDITOR, tag: 'W/"1"' })).status).toBe(403);
  });

  it('is in the audit trail with what was before, and without the address', async () => {
    await change(QIAN_ID, { roles: ['finance'], reach: 'and-below' });
    const { body } = await world.request('read-audit-trail', readAuditTrail, {
      path: '/organisations/dazhou/audit-lines',
      routeParameters: { organisationId: 'dazhou' },
      actor: AUDITOR,
    });
    expect(body.lines.at(-1)).toMatchObject({
      by: ADMIN.id,
      action: 'PATCH /organisations/{organisationId}/members/{personId}',
      from: '127.0.0.1',
      changes: [
        {
          item: 'membership',
          fields: [
            { field: 'roles', before: ['manager'], after: ['finance'] },
            { field: 'reach', before: 'here', after: 'and-below' },
          ],
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('example.org');
  });
});

describe('the top of a tree', () => {
  const second = membershipOf('admin-two', ROOT, ['admin']);
  const TWO: Actor = { id: 'admin-two', groups: ['admin'] };

  it('keeps its last admin: whoever was let pass a moment ago cannot take that role either', async () => {
    const last = await findMember(world.table, ROOT, 'admin-zhao');
    if (last === undefined) throw new Error('there is an admin');
    for (const wrong of [{ state: 'suspended' }, { roles: ['auditor'] }] as const)
      expect(await changeMember(world.table, last, memberChangeSchema.parse(wrong), world.now)).toMatchObject({
        kind: 'refused',
        code: 'last-admin',
      });
    expect(await changeMember(world.table, last, { reach: 'here' }, world.now)).toMatchObject({ kind: 'changed' });
  });

  it('keeps one of two who take the role from each other at the same moment', async () => {
    expect((await mine(ADMIN)).status).toBe(200);
    await putMembership(world.table, second);
    const statuses = await Promise.all([
      change('admin-zhao', { roles: ['auditor'] }, { organisationId: ROOT, actor: TWO, tag: 'W/"1"' }),
      change('admin-two', { state: 'suspended' }, { organisationId: ROOT, actor: ADMIN, tag: 'W/"1"' }),
    ]);
    expect(statuses.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    const roots = world.table.everything().filter(({ pk, type }) => pk === `ORGANISATION#${ROOT}` && type === 'member');
    const admins = roots.filter((member) => member['state'] === 'active' && String(member['roles']).includes('admin'));
    expect(admins).toHaveLength(1);
  });
});

describe('the list of members', () => {
  it('gives fifty at a time to admins and auditors, and goes on after a person', async () => {
    for (let n = 10; n < 70; n += 1) await putMembership(world.table, membershipOf(`m-${n}`, 'dazhou', ['manager']));
    const first = (await call('GET', 'dazhou', { actor: AUDITOR })).body;
    expect([first.members.length, first.next]).toEqual([50, '?after=m-59']);
    const rest = (await call('GET', 'dazhou', { query: { after: 'm-59' } })).body;
    expect([rest.members.map(({ personId }: { personId: string }) => personId), rest.next]).toEqual([
      Array.from({ length: 10 }, (_, n) => `m-${60 + n}`),
      null,
    ]);
    expect((await call('GET', 'dazhou', { actor: MANAGER })).status).toBe(403);
    expect(titleOf(await call('GET', 'dazhou', { query: { after: '#' } }))).toEqual([400, 'bad-cursor']);
  });
});

describe('an organisation', () => {
  it('is shown with those right below it, to its members and to those above', async () => {
    const parts = { path: '/organisations/sichuan', routeParameters: { organisationId: ROOT }, actor: MANAGER };
    const { body } = await world.request('show-organisations', showOrganisations, parts);
    expect(body).toMatchObject({ organisationId: ROOT, parentId: null, path: [ROOT] });
    expect(body.children).toEqual([{ organisationId: 'dazhou', name: '达州市红十字会' }]);
  });

  it('is never made at the top of a tree by a call of the API', async () => {
    const answer = await world.createOrganisation(
      { organisationId: 'hunan', name: '湖南', parentId: undefined },
      ADMIN,
    );
    expect(titleOf(answer)).toEqual([422, 'invalid']);
    expect(answer.body.problems[0].field).toBe('parentId');
  });
});
