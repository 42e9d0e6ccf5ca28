import { TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import type { NoticeMessage } from '../../functions/notices/notice-message.ts';
import type { HttpAnswer } from '../../functions/platform/http.ts';
import { donorContactKey, intentKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { definition as manageReceipts } from '../../functions/receipts/manage-receipts.lambda.ts';
import type { Payer } from '../../functions/receipts/receipt.ts';
import { keepReceiptRequest } from '../../functions/receipts/receipt-request.store.ts';
import { saveReceiptSettings } from '../../functions/receipts/receipt-settings.store.ts';
import { receiptSettingsRequestSchema } from '../../functions/receipts/receipt-settings.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { entry, hurried, record } from '../matching/money-path.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { ORGANISATION, SETTINGS_REQUEST } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const ORDER = 'int_00000000000000000000';
export const GIFT = 'gft_0';

type Done = { readonly status: number; readonly body: Record<string, unknown> };

/** The desk at which finance issues receipts, with one counted gift whose donor left what a test says. */
export class Office {
  readonly table: MemoryTable;
  readonly told: NoticeMessage[] = [];
  queueIsDown = false;
  now: Instant = NOW;

  private constructor(table: MemoryTable) {
    this.table = table;
  }

  static async open(contact: object): Promise<Office> {
    const table = memoryTable();
    const { proposal } = await putCampaign(table);
    await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, 'CNY') });
    const gift = entry(0, { campaignId: CAMPAIGN_ID, unitId: undefined, orderNo: ORDER });
    await record(table, [gift]);
    await allocateGifts(table, CAMPAIGN_ID, [gift], NOW, hurried);
    const intent = { orderNo: ORDER, campaignId: CAMPAIGN_ID, amountMinor: 1_000, currency: 'CNY', anonymous: false };
    const rest = { emailGiven: true, language: 'zh-CN', zone: 'Asia/Shanghai', createdAt: NOW };
    await table.write({ put: { ...intentKey(ORDER), type: 'donation-intent', ...intent, ...rest } });
    const left = { orderNo: ORDER, ...contact, expiresAt: 2_000_000_000 };
    await table.write({ put: { ...donorContactKey(ORDER), type: 'donor-contact', ...left } });
    const settings = receiptSettingsRequestSchema.parse(SETTINGS_REQUEST);
    await saveReceiptSettings(table, ORGANISATION, settings, 0, 'chen', NOW);
    return new Office(table);
  }

  issue(body: object = {}): Promise<Done> {
    const path = '/campaigns/{campaignId}/gifts/{giftId}/receipts';
    return this.#do(path, { campaignId: CAMPAIGN_ID, giftId: GIFT }, body);
  }

  void(receipt: Done, reason: string): Promise<Done> {
    return this.#ofReceipt('voids', receipt, { reason });
  }

  reverse(receipt: Done, reason: string): Promise<Done> {
    return this.#ofReceipt('reversals', receipt, { reason });
  }

  handOut(receipt: Done, key: string): Promise<Done> {
    return this.#ofReceipt('copies', receipt, {}, key);
  }

  #ofReceipt(what: string, { body }: Done, sent: object, key = 'a-key'): Promise<Done> {
    const path = `/organisations/{organisationId}/receipts/{receiptId}/${what}`;
    return this.#do(path, { organisationId: ORGANISATION, receiptId: String(body['receiptId']) }, sent, key);
  }

  async #do(path: string, parameters: Record<string, string>, body: object, key = 'a-key'): Promise<Done> {
    const use = {
      table: restrictedTable(this.table, 'manage-receipts'),
      readDonorKey: async () => 'donor key of the test',
      queueNotices: async (messages: readonly NoticeMessage[]) => {
        if (this.queueIsDown) throw new TransientError('the queue is down');
        this.told.push(...messages);
      },
      patience: hurried,
    };
    const request = {
      method: 'POST',
      path,
      route: `POST ${path}`,
      sourceAddress: '127.0.0.1',
      parameters,
      query: {},
      headers: { 'idempotency-key': key },
      body: Buffer.from(JSON.stringify(body)),
      actor: { id: 'finance-chen', groups: ['finance'] },
      standing: { organisationId: ORGANISATION },
    };
    const answer: HttpAnswer = await manageReceipts.handle(
      request as unknown as Parameters<typeof manageReceipts.handle>[0],
      use,
      this.now,
    );
    return { status: answer.status, body: answer.body as Record<string, unknown> };
  }
}

/** The donor of the gift asks for its receipt in a name. */
export async function askFor(table: Table, { name, creditCode }: Payer, now: Instant): Promise<void> {
  const ask = { orderNo: ORDER, contact: 'zhang@example.org', payerName: name };
  const kept = await keepReceiptRequest(table, { ...ask, ...(creditCode === undefined ? {} : { creditCode }) }, now);
  if (kept !== 'kept') throw new Error(kept);
}
