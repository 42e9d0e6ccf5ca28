import { beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../functions/notices/manage-letter-templates.lambda.ts';
import { ROOT } from '../access/people.ts';
import { ADMIN, AUDITOR, MANAGER } from '../stories/people.ts';
import { World } from '../stories/world.ts';

const TEXT = { subject: '谢谢{{donorName}}', heading: '谢谢', paragraphs: ['您捐给{{campaign}}：{{amount}}。'] };
const THANK_YOU = 'thank-you/zh-CN';

let world: World;
beforeEach(async () => {
  world = new World();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
});

type Call = {
  readonly body?: object;
  readonly etag?: string;
  readonly organisationId?: string;
  readonly actor?: typeof ADMIN;
};
function call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', rest: string, options: Call = {}) {
  const { body, etag, organisationId = 'dazhou', actor = MANAGER } = options;
  const [kind = '', language = ''] = rest.split('/');
  return world.request('manage-letter-templates', definition, {
    method,
    path: `/organisations/${organisationId}/letter-templates${rest === '' ? '' : `/${rest}`}`,
    routeParameters: { organisationId, ...(rest === '' ? {} : { kind, language }) },
    actor,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(etag === undefined ? {} : { headers: { 'if-match': etag } }),
  });
}

describe('templates of letters', () => {
  it('are ours until somebody words them, then those of the nearest organisation', async () => {
    expect((await call('GET', THANK_YOU)).body).toMatchObject({ from: null, template: null });
    expect((await call('PUT', THANK_YOU, { body: TEXT, organisationId: ROOT, actor: ADMIN })).status).toBe(201);
    const inherited = await call('GET', THANK_YOU);
    expect(inherited.body).toMatchObject({ from: ROOT, template: TEXT });
    expect(inherited.headers['etag']).toBeUndefined();
    const own = await call('PUT', THANK_YOU, { body: { ...TEXT, heading: '达州谢谢您' } });
    expect([own.status, own.headers['etag']]).toEqual([201, 'W/"1"']);
    expect((await call('GET', THANK_YOU)).body).toMatchObject({ from: 'dazhou', template: { heading: '达州谢谢您' } });
    const letters = (await call('GET', '', { actor: AUDITOR })).body.letters as { kind: string; from: string | null }[];
    expect(letters).toHaveLength(14);
    expect(letters.filter(({ from }) => from !== null)).toMatchObject([{ kind: 'thank-you', from: 'dazhou' }]);
    expect((await call('DELETE', THANK_YOU, { etag: 'W/"1"' })).status).toBe(204);
    expect((await call('GET', THANK_YOU)).body).toMatchObject({ from: ROOT });
    expect((await call('DELETE', THANK_YOU, { etag: 'W/"1"' })).status).toBe(404);
  });

  it('are changed only on the version that was read', async () => {
    await call('PUT', THANK_YOU, { body: TEXT });
    expect((await call('PUT', THANK_YOU, { body: TEXT })).status).toBe(428);
    expect((await call('PUT', THANK_YOU, { body: TEXT, etag: 'W/"1"' })).headers['etag']).toBe('W/"2"');
    expect((await call('PUT', THANK_YOU, { body: TEXT, etag: 'W/"1"' })).status).toBe(412);
  });

  it('are refused with everything that is wrong at once, and nothing is saved', async () => {
    const answer = await call('PUT', THANK_YOU, {
      body: { ...TEXT, subject: '{{nobody}}', paragraphs: ['www.evil.example', '{{amount'] },
    });
    expect(answer.status).toBe(422);
    expect(answer.body.problems.map(({ field }: { field: string }) => field)).toEqual([
      'subject',
      'paragraphs[0]',
      'paragraphs[1]',
    ]);
    const html = await call('PUT', THANK_YOU, { body: { ...TEXT, html: '<b>x</b>' } });
    expect(html.status).toBe(422);
    expect((await call('PUT', THANK_YOU, { body: { ...TEXT, subject: 'a\r\nBcc: x@y.z' } })).status).toBe(422);
    expect((await call('GET', THANK_YOU)).body).toMatchObject({ from: null });
  });

  it.each(['thanks/zh-CN', 'thank-you/fr'])('are of known kinds and languages: not %s', async (rest) => {
    expect((await call('GET', rest)).status).toBe(404);
  });

  it('are shown as a letter would be, worded as in the body or as in force', async () => {
    const shown = await call('POST', `${THANK_YOU}/previews`, { body: TEXT });
    expect(shown.body).toMatchObject({ subject: '谢谢张小明', html: expect.stringContaining('¥1,200.00') });
    expect((await call('POST', `${THANK_YOU}/previews`)).body.subject).toBe('感谢您的捐款：困难家庭帮扶计划');
    await call('PUT', THANK_YOU, { body: TEXT });
    expect((await call('POST', `${THANK_YOU}/previews`)).body.subject).toBe('谢谢张小明');
    expect((await call('POST', `${THANK_YOU}/previews`, { body: { ...TEXT, subject: '{{x}}' } })).status).toBe(422);
  });

  it('are tried out on the caller alone, marked as a test', async () => {
    const answer = await call('POST', `${THANK_YOU}/test-sends`, { body: TEXT });
    expect(answer.status).toBe(202);
    expect(world.mails).toHaveLength(1);
    expect(world.mails[0]?.subject).toBe('【测试】谢谢张小明');
    expect(world.mails[0]?.to).toMatch(/manager-li/);
    expect((await call('POST', `${THANK_YOU}/test-sends`, { actor: AUDITOR })).status).toBe(403);
    expect((await call('POST', `${THANK_YOU}/test-sends`, { body: { ...TEXT, to: 'x@y.z' } })).status).toBe(422);
  });
});
