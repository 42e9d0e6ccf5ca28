import { describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { receiptRequestsWaiting } from '../../functions/receipts/receipt-request.store.ts';
import { askFor, GIFT, Office } from './receipt-office.ts';
import { ORGANISATION, register } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const waiting = async (office: Office) =>
  (await receiptRequestsWaiting(office.table, ORGANISATION, undefined)).requests.map(({ payerName }) => payerName);

describe('a receipt that a person issues', () => {
  it('is announced by the repeat of a request whose announcement did not get into the queue', async () => {
    const office = await Office.open({ name: '张三', email: 'zhang@example.org' });
    office.queueIsDown = true;
    await expect(office.issue()).rejects.toThrow(TransientError);
    office.queueIsDown = false;
    const repeat = await office.issue();
    expect(repeat).toMatchObject({ status: 200, body: { payer: { name: '张三' } } });
    const [receipt] = (await register(office.table)).receipts;
    expect(office.told).toMatchObject([{ kind: 'receipt-issued', giftId: GIFT, receiptId: receipt?.receiptId }]);
  });

  it.each([{ phone: '13800000001' }, { openid: 'o-zhang' }, { email: 'zhang@example.org' }])(
    'is announced to whoever left any way to reach them: %o',
    async (contact) => {
      const office = await Office.open({ name: '张三', ...contact });
      await office.issue();
      expect(office.told).toHaveLength(1);
    },
  );

  it('is announced to nobody who left no way to reach them', async () => {
    const office = await Office.open({ name: '张三' });
    expect((await office.issue()).status).toBe(201);
    expect(office.told).toEqual([]);
  });
});

describe('a donor who asks for a receipt in another name than the valid one has', () => {
  const COMPANY = { name: '四川科伦药业股份有限公司', creditCode: '91350100M000100Y43' };

  it('goes on waiting, and staff are told what to do first', async () => {
    const office = await Office.open({ name: '张三', email: 'zhang@example.org' });
    await office.issue();
    await askFor(office.table, COMPANY, NOW);
    const refused = { status: 409, body: { title: 'already-issued', problems: [{ field: 'payer' }] } };
    expect(await office.issue({ payer: COMPANY })).toMatchObject(refused);
    // Nobody sends a name: the donor's own request has one.
    expect(await office.issue()).toMatchObject(refused);
    expect(await waiting(office)).toEqual([COMPANY.name]);
    expect((await register(office.table)).receipts).toHaveLength(1);
  });

  it('waits no more once the first receipt is void and another is issued in that name', async () => {
    const office = await Office.open({ name: '张三', email: 'zhang@example.org' });
    const first = await office.issue();
    await askFor(office.table, COMPANY, NOW);
    await office.void(first, '改开单位抬头');
    expect(await office.issue()).toMatchObject({ status: 201, body: { payer: COMPANY } });
    expect(await waiting(office)).toEqual([]);
  });

  it('is not taken for met by a repeat in the name of the valid receipt', async () => {
    const office = await Office.open({ name: '张三', email: 'zhang@example.org' });
    await office.issue();
    await askFor(office.table, COMPANY, NOW);
    expect((await office.issue({ payer: { name: '张三' } })).status).toBe(200);
    expect(await waiting(office)).toEqual([COMPANY.name]);
  });

  it('of the same name is met by the receipt that is there', async () => {
    const office = await Office.open({ name: '张三', email: 'zhang@example.org' });
    await office.issue();
    await askFor(office.table, { name: '张三' }, NOW);
    expect((await office.issue()).status).toBe(200);
    expect(await waiting(office)).toEqual([]);
  });
});

describe('a wrong receipt of last year', () => {
  it('cannot be made void; it is reversed with a number of this year, once', async () => {
    const office = await Office.open({ name: '张三' });
    const wrong = await office.issue();
    office.now = instantOf('2027-01-05T10:00:00+08:00');
    expect(await office.void(wrong, '姓名有误')).toMatchObject({ status: 409, body: { title: 'year-over' } });
    const reversal = { kind: 'reversal', year: 2027, amountMinor: -1_000, reverses: { year: 2026 } };
    expect(await office.reverse(wrong, '姓名有误')).toMatchObject({ status: 201, body: reversal });
    expect(await office.reverse(wrong, '姓名有误')).toMatchObject({ status: 200, body: reversal });
    expect(await office.issue({ payer: { name: '张三丰' } })).toMatchObject({ status: 201, body: { year: 2027 } });
  });
});

describe('a receipt on paper', () => {
  const handedOut = async (office: Office, receipt: Awaited<ReturnType<Office['issue']>>, key: string) =>
    (await office.handOut(receipt, key)).body['copy'];

  it('is the original once, and a numbered duplicate ever after', async () => {
    const office = await Office.open({ name: '张三' });
    const receipt = await office.issue();
    const copies: unknown[] = [];
    // A repeat is the same piece of paper, also where others were handed out in between.
    for (const key of ['A', 'B', 'A', 'C', 'B', 'A']) copies.push(await handedOut(office, receipt, key));
    expect(copies).toEqual([0, 1, 0, 2, 1, 0]);
    expect((await register(office.table)).receipts).toMatchObject([{ copies: 2, handedOutAt: office.now }]);
  });

  it('is the original for one of two who hand it out at the same moment', async () => {
    const office = await Office.open({ name: '张三' });
    const receipt = await office.issue();
    const copies = await Promise.all(['A', 'B'].map((key) => handedOut(office, receipt, key)));
    expect(copies.toSorted()).toEqual([0, 1]);
  });
});
