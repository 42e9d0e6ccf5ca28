import { describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { donorContactKey, intentKey, receiptRequestKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import {
  keepReceiptRequest,
  MOST_TRIES,
  receiptRequestsWaiting,
} from '../../functions/receipts/receipt-request.store.ts';
import { isOwnContact, receiptAskSchema } from '../../functions/receipts/receipt-request.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const ORDER = 'int_00000000000000000000';
const ASK = { orderNo: ORDER, contact: 'sun@example.org', payerName: '孙丽' };

async function ordered(): Promise<MemoryTable> {
  const table = memoryTable();
  await putCampaign(table);
  const intent = { orderNo: ORDER, campaignId: CAMPAIGN_ID, amountMinor: 1_000, currency: 'CNY', anonymous: true };
  const rest = { emailGiven: true, language: 'zh-CN', zone: 'Asia/Shanghai', createdAt: NOW };
  await table.write({ put: { ...intentKey(ORDER), type: 'donation-intent', ...intent, ...rest } });
  const contact = { orderNo: ORDER, email: 'sun@example.org', phone: '+86 138-0000-0001', expiresAt: 2_000_000_000 };
  await table.write({ put: { ...donorContactKey(ORDER), type: 'donor-contact', ...contact } });
  return table;
}

describe('a donor who asks for a receipt later', () => {
  it('is known by the address or the telephone number of the order, however they are written', () => {
    const contact = { email: 'Sun@Example.org', phone: '+86 138-0000-0001' };
    const right = ['sun@example.org', ' SUN@EXAMPLE.ORG ', '13800000001', '0086 138 0000 0001'];
    const wrong = ['sun@example.com', '138', '13800000002', '', '@'];
    expect(right.map((said) => isOwnContact(said, contact))).toEqual(right.map(() => true));
    expect(wrong.map((said) => isOwnContact(said, contact))).toEqual(wrong.map(() => false));
    expect(isOwnContact('', undefined)).toBe(false);
    expect(isOwnContact('1234567', { phone: '' })).toBe(false);
  });

  it('is put on the list of the organisation, once, with the name they said last', async () => {
    const table = await ordered();
    expect(await keepReceiptRequest(table, ASK, NOW)).toBe('kept');
    expect(await keepReceiptRequest(table, { ...ASK, payerName: '孙丽丽' }, NOW)).toBe('kept');
    const { requests, next } = await receiptRequestsWaiting(table, 'dazhou', undefined);
    expect(requests).toMatchObject([{ orderNo: ORDER, payerName: '孙丽丽' }]);
    expect(next).toBeNull();
  });

  it('who does not know the contact is not, and cannot try for long', async () => {
    const table = await ordered();
    for (let tries = 0; tries < MOST_TRIES; tries += 1)
      expect(await keepReceiptRequest(table, { ...ASK, contact: `guess-${tries}@example.org` }, NOW)).toBe(
        'not-theirs',
      );
    expect(await keepReceiptRequest(table, ASK, NOW)).toBe('too-many-tries');
    expect(await table.get(receiptRequestKey(ORDER))).toBeUndefined();
  });

  it('for an order that is not there leaves nothing behind', async () => {
    const table = await ordered();
    const before = table.everything().length;
    expect(await keepReceiptRequest(table, { ...ASK, orderNo: 'int_zzzzzzzzzzzzzzzzzzzz' }, NOW)).toBe('not-theirs');
    expect(table.everything()).toHaveLength(before);
  });

  it('may not write anything into the name that is no name', () => {
    for (const payerName of ['', ' ', 'a\nb', 'a\u202eb', 'x'.repeat(101)])
      expect(receiptAskSchema.safeParse({ ...ASK, payerName }).success).toBe(false);
    expect(receiptAskSchema.safeParse({ ...ASK, payerName: '𠮷野' }).success).toBe(true);
  });
});
