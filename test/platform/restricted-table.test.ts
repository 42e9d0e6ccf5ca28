import { describe, expect, it } from 'vitest';
import {
  auditLinesFrom,
  campaignKey,
  donationEntryKey,
  poolKey,
  totalsOfCampaign,
} from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { restrictedFiles } from './restricted-files.ts';
import { restrictedTable } from './restricted-table.ts';

const CAMPAIGN = campaignKey('cmp_1');
const item = { ...CAMPAIGN, type: 'campaign' };

// The stories prove grants by this wrapper, so it has to refuse what the deployment would refuse.
describe('the table as a function’s grant lets it see it', () => {
  it('answers what is granted', async () => {
    const table = restrictedTable(memoryTable(), 'submit-campaign');
    expect(await table.write({ put: item, when: { absent: true } })).toEqual({ kind: 'written' });
    expect(await table.get(CAMPAIGN)).toEqual(item);
    expect(await table.getMany([CAMPAIGN])).toEqual([item]);
    const ORGANISATION = { pk: 'ORGANISATION#dazhou', sk: 'ORGANISATION' };
    const creating = restrictedTable(memoryTable(), 'create-organisation');
    await creating.write({ put: { ...ORGANISATION, type: 'organisation' } });
    const check = { check: ORGANISATION, when: { equals: { type: 'organisation' } } };
    expect(await creating.transact([check])).toEqual({ kind: 'committed' });
  });

  it('refuses verbs that are not, alone and inside a transaction', async () => {
    const memory = memoryTable();
    const table = restrictedTable(memory, 'get-campaign');
    await expect(table.write({ put: item })).rejects.toThrow('get-campaign has no grant to put (CAMPAIGN#cmp_1)');
    await expect(table.write({ update: CAMPAIGN })).rejects.toThrow('no grant to update');
    await expect(table.write({ delete: CAMPAIGN })).rejects.toThrow('no grant to delete');
    await expect(table.transact([{ check: CAMPAIGN, when: {} }])).rejects.toThrow('no grant to check');
    const submit = restrictedTable(memory, 'submit-campaign');
    await expect(submit.query(auditLinesFrom('dazhou', 1))).rejects.toThrow('no grant to query');
    await expect(submit.transact([{ put: item }, { delete: CAMPAIGN }])).rejects.toThrow('no grant to delete');
    expect(memory.changes).toEqual([]);
  });

  it('refuses partitions that are not, alone and among others', async () => {
    const table = restrictedTable(memoryTable(), 'get-campaign');
    await expect(table.get(poolKey('cmp_1'))).rejects.toThrow('get-campaign has no grant on POOL#cmp_1');
    await expect(table.getMany([CAMPAIGN, donationEntryKey('gft_1')])).rejects.toThrow('no grant on GIFT#gft_1');
    await expect(table.query(totalsOfCampaign('cmp_1'))).rejects.toThrow('no grant on TOTALS#cmp_1');
  });

  it('refuses everything to a function that has no table', async () => {
    const table = restrictedTable(memoryTable(), 'queue-thank-yous');
    await expect(table.get(CAMPAIGN)).rejects.toThrow('queue-thank-yous has no grant on CAMPAIGN#cmp_1');
  });
});

describe('the files as a function’s grant lets it see them', () => {
  const files = { write: async () => undefined, read: async () => new Uint8Array([1]) };

  it('answers what is granted and refuses the rest', async () => {
    const mail = restrictedFiles(files, 'mail-closeout-reports');
    expect(await mail.read('campaigns/cmp_1/closeout/report.json')).toEqual(new Uint8Array([1]));
    await expect(mail.write('campaigns/x', '', '')).rejects.toThrow(
      'mail-closeout-reports has no grant to put (campaigns/x)',
    );
    await expect(mail.read('secrets/x')).rejects.toThrow('mail-closeout-reports has no grant on secrets/x');
    await expect(restrictedFiles(files, 'summarise-partition').read('campaigns/x')).rejects.toThrow('no grant to get');
    await expect(restrictedFiles(files, 'get-campaign').read('x')).rejects.toThrow('no grant on the bucket');
  });
});
