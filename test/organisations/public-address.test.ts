import { beforeEach, describe, expect, it } from 'vitest';
import { definition as manageNotices } from '../../functions/notices/manage-notices.lambda.ts';
import { definition } from '../../functions/organisations/manage-public-address.lambda.ts';
import { publicAddressOf } from '../../functions/organisations/public-address.store.ts';
import { noticeSettingsKey, receiptSettingsKey } from '../../functions/platform/keys.ts';
import { ROOT } from '../access/people.ts';
import { ADMIN, MANAGER } from '../stories/people.ts';
import { World } from '../stories/world.ts';

const [CITY, COUNTY] = ['dazhou', 'dazhou-xuanhan'];
let world: World;
beforeEach(async () => {
  world = new World();
  await world.createOrganisation({ organisationId: CITY, name: '达州市红十字会' }, ADMIN);
  await world.createOrganisation({ organisationId: COUNTY, name: '宣汉县红十字会', parentId: CITY }, ADMIN);
});

const call = (method: 'GET' | 'PUT' | 'DELETE', organisationId: string, body?: object, ifMatch?: string) =>
  world.request('manage-public-address', definition, {
    method,
    path: `/organisations/${organisationId}/public-address`,
    routeParameters: { organisationId },
    actor: method === 'GET' ? MANAGER : ADMIN,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(ifMatch === undefined ? {} : { headers: { 'If-Match': ifMatch } }),
  });
const inForce = (organisationId: string, above: readonly string[]) =>
  publicAddressOf(world.table, [...above, organisationId]);
const ofCity = () => inForce(CITY, [ROOT]);
const ofCounty = () => inForce(COUNTY, [ROOT, CITY]);

const SAVED = { version: 1, savedBy: 'admin', updatedAt: '2026-08-01T00:00:00.000Z' };
/** What an organisation had said before there was this setting. */
const said = (organisationId: string, where: 'letters' | 'receipts', address: string) =>
  world.table.write({
    put:
      where === 'letters'
        ? {
            ...{ ...noticeSettingsKey(organisationId), type: 'notice-settings', organisationId, ...SAVED },
            ...{ channels: ['mail'], quietHours: {}, linkHosts: [], publicAddress: address },
          }
        : { ...receiptSettingsKey(organisationId), type: 'receipt-settings', organisationId, publicUrl: address },
  });

describe('an organisation’s public address', () => {
  it('is what it says itself, else what the nearest above it says, else nobody’s', async () => {
    expect((await call('GET', CITY)).body).toEqual({ address: null, from: null });
    expect(await call('PUT', ROOT, { address: 'https://province.example.org' })).toMatchObject({ status: 201 });
    expect((await call('GET', CITY)).body).toEqual({ address: 'https://province.example.org', from: ROOT });
    await call('PUT', CITY, { address: 'https://city.example.org/give' });
    expect(await ofCounty()).toEqual({ address: 'https://city.example.org/give', from: CITY });
    const own = await call('GET', CITY);
    expect((await call('DELETE', CITY, undefined, String(own.headers['etag']))).status).toBe(204);
    expect(await ofCounty()).toEqual({ address: 'https://province.example.org', from: ROOT });
    expect((await call('DELETE', CITY)).body.title).toBe('no-public-address');
  });

  it('is changed by who has seen what stands, and the change is in the trail', async () => {
    const first = await call('PUT', CITY, { address: 'https://a.example.org' });
    expect((await call('PUT', CITY, { address: 'https://b.example.org' })).status).toBe(428);
    expect((await call('PUT', CITY, { address: 'https://b.example.org' }, 'W/"9"')).status).toBe(412);
    const second = await call('PUT', CITY, { address: 'https://b.example.org' }, String(first.headers['etag']));
    expect(second).toMatchObject({ status: 200, body: { address: 'https://b.example.org', from: CITY } });
    const lines = world.table.everything().filter(({ type }) => type === 'audit-line');
    expect(lines.filter((line) => JSON.stringify(line).includes('https://b.example.org'))).toHaveLength(1);
  });

  it('that letters or receipts said for themselves before still counts, where the organisation says nothing here', async () => {
    await said(ROOT, 'letters', 'https://letters.example.org');
    await said(COUNTY, 'receipts', 'https://receipts.example.org/');
    expect(await ofCounty()).toEqual({ address: 'https://receipts.example.org', from: COUNTY });
    expect(await ofCity()).toEqual({ address: 'https://letters.example.org', from: ROOT });
    await said(COUNTY, 'letters', 'https://own-letters.example.org');
    expect(await ofCounty()).toMatchObject({ address: 'https://own-letters.example.org' });
    await call('PUT', CITY, { address: 'https://city.example.org' });
    expect(await ofCity()).toEqual({ address: 'https://city.example.org', from: CITY });
  });

  it('that letters said for themselves before stays when their settings are saved anew', async () => {
    await said(CITY, 'letters', 'https://letters.example.org');
    const saved = await world.request('manage-notices', manageNotices, {
      method: 'PUT',
      path: `/organisations/${CITY}/notice-settings`,
      routeParameters: { organisationId: CITY },
      actor: ADMIN,
      headers: { 'If-Match': 'W/"1"' },
      body: JSON.stringify({ channels: ['mail'], linkHosts: ['www.example.org'] }),
    });
    expect(saved.status).toBe(200);
    expect(await ofCity()).toEqual({ address: 'https://letters.example.org', from: CITY });
  });

  it.each([
    'http://give.example.org',
    'https://give.example.org/',
    'https://u@give.example.org',
    'https://x.org?a=1',
    'give',
  ])('%s is refused', async (address) => {
    const { status, body } = await call('PUT', CITY, { address });
    expect([status, body.problems[0].field]).toEqual([422, 'address']);
  });
});
