import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDonation } from '../../functions/donations/donation-entry.store.ts';
import { giftIdOf } from '../../functions/donations/payment-event.ts';
import { dynamodbTable } from '../../functions/platform/table.dynamodb.ts';
import { Api } from '../../local/demo/api.ts';
import { DEMO_ROOT, type StaffRole, signInStaff } from '../../local/demo/staff.ts';
import { waitFor } from '../../local/demo/waiting.ts';
import { readSystemAddresses } from '../../local/running-system.ts';

const MAPPING = {
  mappingId: 'e2e',
  name: 'Platform list',
  file: 'delimited',
  columns: { paidAt: 'time', amount: 'amount', paymentId: 'no' },
  timeFormat: 'YYYY-MM-DD HH:mm:ss',
  summary: { label: 'total', amount: 'amount' },
  account: 'platform-e2e',
};
/** Numbers of this run alone: an emulator that is used again has those of the run before in its books. */
const RUN = Date.now().toString(36);
const FILE = [
  'time,amount,no',
  `2026-09-07 10:00:00,17.70,E2E-${RUN}-1`,
  `2026-09-07 10:00:00,0.30,E2E-${RUN}-2`,
  'total,18.00,',
].join('\r\n');

describe('a statement, uploaded to the deployed system', () => {
  const system = readSystemAddresses();
  const { endpoint, region, credentials, outputs } = system;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const table = dynamodbTable(client, outputs['TableName'] ?? '');
  const api = new Api(system);
  let tokens: Record<StaffRole, string>;

  beforeAll(async () => {
    tokens = await signInStaff(system);
    const organisation = { organisationId: 'statements', name: 'Statements', parentId: DEMO_ROOT.organisationId };
    await api.call('POST', '/organisations', { body: organisation, token: tokens.admin });
    const path = `/organisations/statements/statement-mappings/${MAPPING.mappingId}`;
    await api.call('PUT', path, { body: MAPPING, token: tokens.manager });
  });
  afterAll(() => client.destroy());

  const settled = (importId: string, states: readonly string[]) =>
    waitFor(
      `the import to be ${states.join(' or ')}`,
      async () => {
        const { body } = await api.call('GET', `/statement-imports/${importId}`, { token: tokens.manager });
        return states.includes(String(body['state'])) ? body : undefined;
      },
      { seconds: 60 },
    );

  it('is put at the address that the import gave, read, previewed and booked, once', async () => {
    for (const expected of [
      { recorded: 0, unassigned: 2, repeated: 0 },
      { recorded: 0, unassigned: 0, repeated: 2 },
    ]) {
      const request = { organisationId: 'statements', mappingId: 'e2e', fileName: 'e2e.csv', bytes: FILE.length };
      const { body } = await api.call('POST', '/statement-imports', { body: request, token: tokens.manager });
      const importId = String(body['importId']);
      const put = await fetch(String(body['uploadUrl']), { method: 'PUT', body: FILE });
      expect(put.status).toBe(200);
      const run = { token: tokens.manager, expected: [202] };
      await api.call('POST', `/statement-imports/${importId}/checks`, run);
      expect(await settled(importId, ['checked', 'refused', 'failed'])).toMatchObject({
        state: 'checked',
        preview: { gifts: 2, giftsMinor: 1_800, problems: 0, summary: 'agrees' },
      });
      await api.call('POST', `/statement-imports/${importId}/bookings`, run);
      expect(await settled(importId, ['booked', 'failed'])).toMatchObject({ state: 'booked', booked: expected });
    }
    const giftId = giftIdOf({ provider: 'statement', paymentId: `E2E-${RUN}-2` });
    expect(await findDonation(table, giftId)).toMatchObject({ amountMinor: 30, campaignId: 'unassigned' });
  });

  it('and imported for no campaign, waits on the list of the top of the tree, from where a person sends it back', async () => {
    const giftId = giftIdOf({ provider: 'statement', paymentId: `E2E-${RUN}-2` });
    const path = `/organisations/${DEMO_ROOT.organisationId}/unassigned-money`;
    const one = () => api.call('GET', `${path}/${giftId}`, { token: tokens.finance });
    expect((await one()).body).toMatchObject({ state: 'waiting', why: 'unknown-order', amountMinor: 30 });
    const listed = async () =>
      JSON.stringify((await api.call('GET', path, { token: tokens.finance })).body).includes(giftId);
    expect(await listed()).toBe(true);
    const body = { kind: 'return', reason: 'Nobody knows what it was for.' };
    const again = { body, token: tokens.finance, key: `e2e-${RUN}` };
    const { body: proposed } = await api.call('POST', `${path}/${giftId}/proposals`, again);
    // A bank's transfer goes back by hand: nobody can be asked for it here, and it stays on the list until it has gone.
    expect(proposed).toMatchObject({ state: 'returning', asked: 'by-hand' });
    expect((await api.call('POST', `${path}/${giftId}/proposals`, again)).status).toBe(200);
    expect((await one()).body).toMatchObject({ state: 'returning', refund: null });
    expect(await listed()).toBe(true);
  });
});
