import { describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import type { NoticeMessage } from '../../functions/notices/notice-message.ts';
import {
  campaignIndexKey,
  campaignKey,
  donorContactKey,
  receiptRequestIndexKey,
  receiptRequestKey,
} from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { issueCampaign } from '../../functions/receipts/issue-batch.store.ts';
import { definition as issueReceipts } from '../../functions/receipts/issue-receipts.lambda.ts';
import { findBatch, readBatchView } from '../../functions/receipts/receipt-batch.store.ts';
import type { ReceiptBatch } from '../../functions/receipts/receipt-batch.ts';
import { receiptRequestsWaiting } from '../../functions/receipts/receipt-request.store.ts';
import { saveReceiptSettings } from '../../functions/receipts/receipt-settings.store.ts';
import { receiptSettingsRequestSchema } from '../../functions/receipts/receipt-settings.ts';
import { ROOT } from '../access/people.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { entry, hurried, record } from '../matching/money-path.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { issuer, ORGANISATION, problems, register, SETTINGS_REQUEST } from './receipt-world.ts';

const NOW = instantOf('2026-09-12T03:00:00+08:00');
const BATCH: ReceiptBatch = {
  type: 'receipt-batch',
  batchId: 'rcb_1',
  organisationId: ORGANISATION,
  campaignIds: [CAMPAIGN_ID],
  policy: 'identified',
  createdBy: 'finance-chen',
  createdAt: NOW,
  attempts: 1,
};

/** An open campaign with counted gifts; those of `named` have a donor with a name and an address. */
async function campaignWith(count: number, named: (n: number) => boolean): Promise<MemoryTable> {
  const table = memoryTable();
  const { proposal } = await putCampaign(table);
  await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, 'CNY') });
  const days = ['2026-09-07', '2026-09-08', '2026-09-09'];
  const gifts = Array.from({ length: count }, (_, n) =>
    entry(n, { campaignId: CAMPAIGN_ID, unitId: undefined, day: days[n % 3] }),
  );
  await record(table, gifts);
  await allocateGifts(table, CAMPAIGN_ID, gifts, NOW, hurried);
  for (const [n, { orderNo }] of gifts.entries())
    if (named(n)) {
      const contact = { orderNo, name: `捐赠人${n}`, email: 'donor@example.org', expiresAt: 2_000_000_000 };
      await table.write({ put: { ...donorContactKey(orderNo), type: 'donor-contact', ...contact } });
    }
  return table;
}

const told: NoticeMessage[] = [];
const use = (table: Table) => ({
  table,
  patience: hurried,
  queueNotices: async (messages: readonly NoticeMessage[]) => void told.push(...messages),
});
/** Runs until it is through, `pages` pages a call. */
async function run(table: Table, batch: ReceiptBatch, pages = 40): Promise<void> {
  for (;;) {
    let seen = 0;
    const mayGoOn = () => {
      seen += 1;
      return seen <= pages;
    };
    if ((await issueCampaign(use(table), issuer(NOW, batch.batchId), batch, CAMPAIGN_ID, mayGoOn)) === 'done') return;
  }
}

describe('a batch of receipts', () => {
  it('gives every named donor a receipt and puts the others on record, page after page', async () => {
    const table = await campaignWith(500, (n) => n % 5 !== 0);
    await run(table, BATCH, 1);
    const { state, figures } = await readBatchView(table, BATCH);
    expect(state).toBe('finished');
    expect(figures).toEqual({
      gifts: 500,
      issued: 400,
      issuedMinor: 400_000,
      waived: 100,
      before: 0,
      notAsked: 0,
      notReady: 0,
    });
    const { receipts, waivers } = await register(table);
    expect([receipts.length, waivers.length]).toEqual([400, 100]);
    expect(await problems(table)).toEqual([]);
  });

  it('leaves named donors who have not asked alone where only those who ask get one', async () => {
    const table = await campaignWith(20, (n) => n < 15);
    await run(table, { ...BATCH, policy: 'asked' });
    expect((await readBatchView(table, BATCH)).figures).toMatchObject({
      gifts: 20,
      issued: 0,
      waived: 5,
      notAsked: 15,
    });
  });

  it('goes on where it was stopped, wherever that was, with every number and every figure as if it had not been', async () => {
    let crashes = 0;
    for (let crashAt = 0; crashAt < 24; crashAt += 1) {
      const table = await campaignWith(200, () => true);
      told.length = 0;
      let writes = 0;
      // Every write counts, receipts and notes of progress alike; the answer of one of them never comes, after or before it happened.
      const dying = async <T>(write: () => Promise<T>): Promise<T> => {
        writes += 1;
        if (writes !== crashAt + 1) return write();
        if (crashAt % 2 === 0) await write();
        crashes += 1;
        throw new Error('the machine stopped');
      };
      const stopped: Table = {
        get: (key, options) => table.get(key, options),
        getMany: (keys) => table.getMany(keys),
        query: (question, options) => table.query(question, options),
        write: (write) => dying(() => table.write(write)),
        transact: (items) => dying(() => table.transact(items)),
      };
      await run(stopped, BATCH).catch(() => undefined);
      await run(table, BATCH);
      expect((await readBatchView(table, BATCH)).figures).toMatchObject({
        gifts: 200,
        issued: 200,
        issuedMinor: 200_000,
      });
      expect((await register(table)).receipts).toHaveLength(200);
      expect(await problems(table)).toEqual([]);
      expect(new Set(told.map((message) => ('receiptId' in message ? message.receiptId : ''))).size).toBe(200);
    }
    expect(crashes).toBeGreaterThan(10);
  });

  it('announces its receipts to whoever left any way to reach them, and to nobody else', async () => {
    const table = await campaignWith(4, () => true);
    const ways = [{ phone: '13800000001' }, { openid: 'o-1' }, { email: 'donor@example.org' }, {}];
    for (const [n, way] of ways.entries()) {
      const { orderNo } = entry(n);
      const contact = { orderNo, name: `捐赠人${n}`, ...way, expiresAt: 2_000_000_000 };
      await table.write({ put: { ...donorContactKey(orderNo), type: 'donor-contact', ...contact } });
    }
    told.length = 0;
    await run(table, BATCH);
    expect(new Set(told.map((message) => ('giftId' in message ? message.giftId : '')))).toEqual(
      new Set([entry(0).giftId, entry(1).giftId, entry(2).giftId]),
    );
  });

  it('takes no request for met that came in another name after the receipt was issued and before that was written down', async () => {
    const table = await campaignWith(1, () => true);
    const { orderNo } = entry(0);
    const dying: Table = {
      ...table,
      get: (key, options) => table.get(key, options),
      getMany: (keys) => table.getMany(keys),
      query: (question, options) => table.query(question, options),
      transact: (items) => table.transact(items),
      write: (write) =>
        'put' in write && write.put.type === 'receipt-batch-part' && write.put['issued'] === 1
          ? Promise.reject(new Error('the machine stopped'))
          : table.write(write),
    };
    await expect(run(dying, BATCH)).rejects.toThrow('the machine stopped');
    const ask = { orderNo, organisationId: ORGANISATION, campaignId: CAMPAIGN_ID, payerName: '四川科伦药业' };
    const request = { ...ask, requestedAt: NOW, expiresAt: 2_000_000_000 };
    const index = receiptRequestIndexKey(ORGANISATION, NOW, orderNo);
    await table.write({ put: { ...receiptRequestKey(orderNo), ...index, type: 'receipt-request', ...request } });
    await run(table, BATCH);
    expect((await receiptRequestsWaiting(table, ORGANISATION, undefined)).requests).toHaveLength(1);
  });

  it('issues nothing twice where two runs of it meet', async () => {
    const table = await campaignWith(150, () => true);
    const runs = await Promise.allSettled([run(table, BATCH), run(table, BATCH)]);
    // One may have been told that the other has come further; then it begins again.
    for (const one of runs) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(TransientError);
    await run(table, BATCH);
    expect((await register(table)).receipts).toHaveLength(150);
    expect(await problems(table)).toEqual([]);
  });
});

describe('the month’s receipts', () => {
  const started: string[] = [];
  const job = (table: Table) =>
    issueReceipts.handle(
      { organisationId: ROOT, dueAt: NOW },
      { table, startBatch: async ({ batchId }) => void started.push(batchId) },
      NOW,
    );

  it('are started for every organisation below that has said what its receipts say, once for a run', async () => {
    const table = await campaignWith(3, () => true);
    const campaign = await table.get(campaignKey(CAMPAIGN_ID));
    const listed = campaignIndexKey([ROOT, ORGANISATION], '2026-08-20T00:00:00.000Z', CAMPAIGN_ID);
    if (campaign !== undefined) await table.write({ put: { ...campaign, ...listed } });
    const restricted = restrictedTable(table, 'issue-receipts');
    expect(await job(restricted)).toEqual({ kind: 'started', batches: 0, campaigns: 0 });
    await saveReceiptSettings(
      table,
      ORGANISATION,
      receiptSettingsRequestSchema.parse(SETTINGS_REQUEST),
      0,
      'chen',
      NOW,
    );
    expect(await job(restricted)).toEqual({ kind: 'started', batches: 1, campaigns: 1 });
    expect(await job(restricted)).toEqual({ kind: 'started', batches: 1, campaigns: 1 });
    expect(new Set(started).size).toBe(1);
  });

  /** An organisation that issues receipts, with open campaigns under these ids. */
  async function withCampaigns(campaignIds: readonly string[]): Promise<MemoryTable> {
    const table = await campaignWith(0, () => true);
    await saveReceiptSettings(
      table,
      ORGANISATION,
      receiptSettingsRequestSchema.parse(SETTINGS_REQUEST),
      0,
      'chen',
      NOW,
    );
    for (const campaignId of campaignIds) await open(table, campaignId);
    return table;
  }
  async function open(table: MemoryTable, campaignId: string): Promise<void> {
    const campaign = await table.get(campaignKey(CAMPAIGN_ID));
    if (campaign === undefined) throw new Error('there is no campaign');
    const listed = campaignIndexKey([ROOT, ORGANISATION], '2026-08-20T00:00:00.000Z', campaignId);
    await table.write({ put: { ...campaign, ...campaignKey(campaignId), ...listed, campaignId } });
  }
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `cmp_${String(n).padStart(3, '0')}`);

  it('are started by the next try where the first could not, also when a campaign has opened in between', async () => {
    const table = await withCampaigns(ids(1));
    const begun: string[][] = [];
    let isDown = true;
    const startBatch = async ({ batchId }: { batchId: string }) => {
      if (isDown) throw new TransientError('Step Functions is down');
      begun.push((await findBatch(table, batchId))?.campaignIds ?? []);
    };
    const attempt = () => issueReceipts.handle({ organisationId: ROOT, dueAt: NOW }, { table, startBatch }, NOW);
    await expect(attempt()).rejects.toThrow('Step Functions is down');
    await open(table, 'cmp_new');
    isDown = false;
    expect(await attempt()).toEqual({ kind: 'started', batches: 2, campaigns: 2 });
    expect(begun).toEqual([['cmp_000'], ['cmp_new']]);
  });

  it('leave no campaign out where there are more than one batch takes', async () => {
    const table = await withCampaigns(ids(230));
    const begun: string[] = [];
    const startBatch = async ({ batchId }: { batchId: string }) => {
      begun.push(...((await findBatch(table, batchId))?.campaignIds ?? []));
    };
    const attempt = () => issueReceipts.handle({ organisationId: ROOT, dueAt: NOW }, { table, startBatch }, NOW);
    expect(await attempt()).toEqual({ kind: 'started', batches: 3, campaigns: 230 });
    expect(begun.toSorted()).toEqual(ids(230));
    expect(await attempt()).toEqual({ kind: 'started', batches: 3, campaigns: 230 });
  });
});
