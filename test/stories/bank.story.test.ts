import { beforeEach, describe, expect, it } from 'vitest';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { definition as checkBills } from '../../functions/reconciliation/check-bills.lambda.ts';
import { readReconciliationStanding } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { definition as review } from '../../functions/reconciliation/review-reconciliation.lambda.ts';
import { definition as showDays } from '../../functions/reconciliation/show-reconciliation-days.lambda.ts';
import { alipaySectionOf, makeAlipayKeys } from '../../local/sandbox/alipay.ts';
import { Book } from '../../local/sandbox/book.ts';
import { merchantSecretOf } from '../../local/sandbox/keys.ts';
import { ROOT } from '../access/people.ts';
import { BANK_MAPPING, type BankCsvRow, BankDesk, bankFile } from './bank-statement.ts';
import { AUDITOR, FINANCE, MANAGER } from './people.ts';
import { notify, openedCampaign, order } from './play.ts';
import { billsOf } from './sandbox-bills.ts';
import { World } from './world.ts';

const GIFT = { paidAt: '2026-09-07T10:00:00+08:00', openid: 'openid-chen', amountMinor: 10_000 };
const TENPAY = '财付通支付科技有限公司';
const ALIPAY = '支付宝（中国）网络技术有限公司';

const keys = makeAlipayKeys();

let world: World;
let book: Book;
let desk: BankDesk;
let campaignId: string;
let accounts: ReturnType<typeof parseAlipayAccounts>;

const hourly = (moment: string) => {
  world.at(moment);
  return world.job('check-bills', checkBills, {
    ...billsOf(world, book),
    fetchAlipay: async () => ({ kind: 'no-statement' }),
    readAccounts: async () => accounts,
    baseUrl: 'https://provider.example',
    gatewayUrl: 'https://provider.example',
  });
};
const shown = async () =>
  (
    await world.request('show-reconciliation-days', showDays, {
      path: `/organisations/${ROOT}/reconciliation-days`,
      routeParameters: { organisationId: ROOT },
      query: { from: '2026-09-07', to: '2026-09-12' },
      actor: AUDITOR,
    })
  ).body;
const standing = () => readReconciliationStanding(world.table, campaignId);
const openItems = async () => (await standing()).items.filter(({ state }) => state === 'open');
const gifts = () => world.table.everything().filter(({ type }) => type === 'donation');
const imported = (rows: readonly BankCsvRow[], openingMinor = 0, decided: object = {}) =>
  desk.imported(
    bankFile(rows, openingMinor),
    { campaignId, covers: { from: '2026-09-08', to: '2026-09-09' } },
    decided,
  );
const allRows = async () => (await desk.rows({ from: '2026-09-01', to: '2026-09-30' })).body.rows;

beforeEach(async () => {
  world = new World();
  book = new Book();
  accounts = undefined as never;
  campaignId = await openedCampaign(world);
  desk = new BankDesk(world, ROOT);
  expect(await desk.saveMapping()).toMatchObject({ status: 200 });
  const paid = book.pay({ ...GIFT, orderNo: await order(world, campaignId, GIFT), paidAt: instantOf(GIFT.paidAt) });
  expect(await notify(world, paid)).toBe(200);
  await world.drainStream();
  book.withdraw(9_000, instantOf('2026-09-08T18:00:00+08:00'));
  await hourly('2026-09-09T10:05:00+08:00');
  world.at('2026-09-10T12:00:00+08:00');
});

describe('a statement of the bank', () => {
  const ROWS: readonly BankCsvRow[] = [
    ['2026-09-08 09:00:00', '贷', '50.00', 'B0001', '周', '捐款'],
    ['2026-09-08 10:00:00', '借', '20.00', 'B0002', '达州印务', '材料费'],
    ['2026-09-08 10:00:00', '借', '0.50', 'B0002', '达州印务', '手续费'],
    ['2026-09-09 08:00:00', '贷', '90.00', 'B0003', TENPAY, '商户提现'],
    ['2026-09-09 23:00:00', '贷', '1.23', 'B0004', '', '结息'],
  ];

  it('keeps every row for what it is, and takes a payout for no gift: what is in it is booked from the provider', async () => {
    const done = await imported(ROWS, 100_000);
    expect(done.preview.bank).toEqual({
      from: '2026-09-08',
      to: '2026-09-09',
      openingMinor: 100_000,
      closingMinor: 112_073,
      kinds: [
        { kind: 'gift', rows: 1, inMinor: 5_000, outMinor: 0 },
        { kind: 'payout', rows: 1, inMinor: 9_000, outMinor: 0 },
        { kind: 'outgoing', rows: 1, inMinor: 0, outMinor: 2_000 },
        { kind: 'fee', rows: 1, inMinor: 0, outMinor: 50 },
        { kind: 'interest', rows: 1, inMinor: 123, outMinor: 0 },
      ],
    });
    expect(done.booked).toMatchObject({ recorded: 1, bankRows: 4 });
    expect(gifts()).toHaveLength(2);
    const rows = await allRows();
    expect(rows.map((row: { kind: string; number: string }) => `${row.kind} ${row.number.slice(0, 5)}`).sort()).toEqual(
      [
        `fee bkr_${rows.find(({ kind }: { kind: string }) => kind === 'fee').number[4]}`,
        'interest B0004',
        'outgoing B0002',
        'payout B0003',
      ],
    );
    // The same file again keeps and books nothing twice.
    expect((await imported(ROWS, 100_000)).booked).toMatchObject({ recorded: 0, repeated: 1, bankRows: 4 });
    expect(await allRows()).toEqual(rows);
  });

  it('says by itself that the payout has come, by its exact amount, its day and the name of who paid it', async () => {
    await imported(ROWS);
    await hourly('2026-09-10T12:05:00+08:00');
    const { payouts, bankDays } = await shown();
    expect(payouts).toMatchObject([
      {
        state: 'arrived',
        arrival: { by: 'workflow', arrivedOn: '2026-09-09', bankReference: 'B0003', amountMinor: 9_000 },
      },
    ]);
    expect(bankDays).toMatchObject([
      {
        day: '2026-09-08',
        account: 'bank-6222',
        state: 'balanced',
        openingMinor: 0,
        closingMinor: 2_950,
        isWhole: true,
      },
      { day: '2026-09-09', account: 'bank-6222', state: 'balanced', openingMinor: 2_950, closingMinor: 12_073 },
    ]);
    expect(await standing()).toMatchObject({ items: [] });
    // Again, and nothing changes.
    const before = world.table.everything().filter(({ type }) => type === 'payout' || type === 'bank-row');
    await hourly('2026-09-10T13:05:00+08:00');
    expect(world.table.everything().filter(({ type }) => type === 'payout' || type === 'bank-row')).toEqual(before);
  });

  it('leaves two rows that may be one payout to a person, with both named', async () => {
    await imported([
      ['2026-09-08 19:00:00', '贷', '90.00', 'B0003', TENPAY, '提现'],
      ['2026-09-09 08:00:00', '贷', '90.00', 'B0004', TENPAY, '提现'],
    ]);
    await hourly('2026-09-10T12:05:00+08:00');
    const [payout] = (await shown()).payouts;
    expect(payout).toMatchObject({
      state: 'in-transit',
      candidates: [
        { arrivedOn: '2026-09-08', bankReference: 'B0003' },
        { arrivedOn: '2026-09-09', bankReference: 'B0004' },
      ],
    });
    const { payoutId, version } = payout;
    const said = await world.request('show-reconciliation-days', showDays, {
      method: 'POST',
      path: `/organisations/${ROOT}/reconciliation-days/2026-09-08/arrivals`,
      routeParameters: { organisationId: ROOT, day: '2026-09-08' },
      body: JSON.stringify({ payoutId, version, arrivedOn: '2026-09-09', amountMinor: 9_000, bankReference: 'B0004' }),
      actor: FINANCE,
    });
    expect(said).toMatchObject({ status: 201, body: { state: 'arrived' } });
    expect(said.body.candidates).toBeUndefined();
    await hourly('2026-09-13T10:05:00+08:00');
    // The other one is money that nobody knows.
    expect(await openItems()).toMatchObject([
      { class: 'missing-here', provider: 'statement', transactionId: 'B0003', theirAmountMinor: 9_000 },
    ]);
  });

  it('takes nothing for a payout that has another amount, or came from somebody else', async () => {
    await imported([
      ['2026-09-09 08:00:00', '贷', '89.99', 'B0003', TENPAY, '提现'],
      ['2026-09-09 09:00:00', '贷', '90.00', 'B0004', ALIPAY, '提现'],
      ['2026-09-09 10:00:00', '贷', '90.00', 'B0005', '周', '捐款'],
    ]);
    await hourly('2026-09-10T12:05:00+08:00');
    expect((await shown()).payouts).toMatchObject([{ state: 'in-transit' }]);
    expect((await shown()).payouts[0].candidates).toBeUndefined();
    expect(gifts().filter(({ provider }) => provider === 'statement')).toHaveLength(1);
  });

  it('does not follow a file that does not add up, and says which row breaks it', async () => {
    const lines = bankFile(ROWS, 100_000).split('\r\n');
    const rest = { campaignId };
    const cut = await desk.checked([...lines.slice(0, 2), ...lines.slice(3)].join('\r\n'), rest);
    expect(cut).toMatchObject({
      state: 'refused',
      refusal: {
        problem: 'does not add up: by the row before it, the balance in line 3 would be ¥1,049.50, and it is ¥1,029.50',
      },
    });
    const [header = '', ...rows] = lines;
    const newestFirst = await desk.checked([header, ...rows.reverse()].join('\r\n'), rest);
    expect(newestFirst).toMatchObject({
      state: 'checked',
      preview: { bank: { openingMinor: 100_000, closingMinor: 112_073 } },
    });
  });

  it('refuses rows outside the days that it is said to cover', async () => {
    const answer = await desk.checked(bankFile(ROWS), { campaignId, covers: { from: '2026-09-08', to: '2026-09-08' } });
    expect(answer).toMatchObject({
      state: 'refused',
      refusal: { problem: expect.stringContaining('2026-09-09 in line 5') },
    });
  });
});

describe('the statements of two banks', () => {
  it('may give two rows of a day one number, and neither hides the other', async () => {
    const county = new BankDesk(world, 'dazhou');
    expect(await county.saveMapping({ ...BANK_MAPPING, account: 'bank-2' })).toMatchObject({ status: 200 });
    const row = (name: string): BankCsvRow => ['2026-09-09 08:00:00', '贷', '90.00', 'B0003', name, '提现'];
    await county.imported(bankFile([row(ALIPAY)]), { campaignId });
    await imported([row(TENPAY)]);
    await hourly('2026-09-12T10:05:00+08:00');
    expect((await shown()).payouts).toMatchObject([{ provider: 'wechat-pay', state: 'arrived' }]);
    expect(await openItems()).toMatchObject([{ class: 'missing-here', merchantId: 'bank-2', transactionId: 'B0003' }]);
    accounts = parseAlipayAccounts(merchantSecretOf(world.keys, undefined, [alipaySectionOf(keys)]));
    await hourly('2026-09-12T11:05:00+08:00');
    expect(await openItems()).toEqual([]);
    expect((await shown()).payouts).toHaveLength(2);
    // The merchant secret is being put anew: for an hour it names no account of Alipay.
    accounts = undefined as never;
    await hourly('2026-09-12T12:05:00+08:00');
    expect((await shown()).payouts).toHaveLength(2);
  });
});

describe('money that Alipay pays out, whose lists say nothing of it', () => {
  const ROWS: readonly BankCsvRow[] = [['2026-09-09 08:00:00', '贷', '60.00', 'B0007', ALIPAY, '提现']];

  it('is known by its row at the bank alone, lessens what Alipay holds, and falls with the row', async () => {
    accounts = parseAlipayAccounts(merchantSecretOf(world.keys, undefined, [alipaySectionOf(keys)]));
    await imported(ROWS);
    await hourly('2026-09-10T12:05:00+08:00');
    expect((await shown()).payouts.filter(({ provider }: { provider: string }) => provider === 'alipay')).toMatchObject(
      [
        {
          merchantId: keys.sellerId,
          day: '2026-09-09',
          amountMinor: 6_000,
          state: 'arrived',
          bankRowId: expect.any(String),
        },
      ],
    );
    expect(await openItems()).toEqual([]);
    const [row] = await allRows();
    const { day, rowId, version } = row;
    const naming = { version, kind: 'own-transfer', reason: '从我们自己的支付宝账户转来' };
    expect(await desk.name({ day, rowId }, naming, MANAGER)).toMatchObject({ status: 403 });
    const named = await desk.name({ day, rowId }, naming);
    expect(named).toMatchObject({ status: 201, body: { kind: 'own-transfer', named: { by: FINANCE.id }, version: 2 } });
    expect(await desk.name({ day, rowId }, naming)).toMatchObject({ status: 200, body: named.body });
    expect(await desk.name({ day, rowId }, { ...naming, kind: 'other' })).toMatchObject({ status: 409 });
    await hourly('2026-09-10T13:05:00+08:00');
    expect((await shown()).payouts.filter(({ provider }: { provider: string }) => provider === 'alipay')).toEqual([]);
    expect(await openItems()).toEqual([]);
  });

  it('is a question to a person where no account is known, who says which it was', async () => {
    await imported(ROWS);
    await hourly('2026-09-12T10:05:00+08:00');
    expect(await openItems()).toMatchObject([
      { class: 'missing-here', transactionId: 'B0007', theirAmountMinor: 6_000 },
    ]);
    const [{ day, rowId, version }] = await allRows();
    const naming = { version, kind: 'payout', alipayAccount: keys.sellerId, reason: '支付宝提现' };
    expect(await desk.name({ day, rowId }, naming)).toMatchObject({ status: 201 });
    accounts = parseAlipayAccounts(merchantSecretOf(world.keys, undefined, [alipaySectionOf(keys)]));
    await hourly('2026-09-12T11:05:00+08:00');
    expect(await standing()).toMatchObject({ open: 0, resolved: 1 });
    expect((await shown()).payouts).toContainEqual(
      expect.objectContaining({ merchantId: keys.sellerId, state: 'arrived' }),
    );
  });
});

describe('the account at the bank, day by day', () => {
  const entry = { receivedOn: '2026-09-08', amountMinor: 5_000 };
  const row = (no: string, yuan = '50.00'): BankCsvRow => ['2026-09-08 09:00:00', '贷', yuan, no, '周', '捐款'];

  it('finds a transfer that was entered by hand and never came, until its row or its reversal does', async () => {
    expect((await desk.enter(campaignId, { ...entry, bankReference: 'B0009' }, 'never')).status).toBe(201);
    await hourly('2026-09-10T12:05:00+08:00');
    expect(await openItems()).toEqual([]);
    await imported([row('B0001', '1.00')]);
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await openItems()).toMatchObject([
      { class: 'missing-there', merchantId: 'bank-6222', transactionId: 'B0009', ourAmountMinor: 5_000 },
    ]);
    // A closeout waits for it.
    expect(await world.task('review-reconciliation', review, { campaignId })).toMatchObject({
      kind: 'waiting',
      open: 1,
    });
    await imported([row('B0001', '1.00'), ['2026-09-09 09:00:00', '贷', '50.00', 'B0009', '周', '捐款']]);
    expect(await world.task('review-reconciliation', review, { campaignId })).toMatchObject({
      kind: 'settled',
      open: 0,
    });
    expect((await standing()).items).toMatchObject([{ state: 'resolved', resolution: { kind: 'agreed' } }]);
  });

  it('finds a row with another amount than the entry by hand', async () => {
    expect((await desk.enter(campaignId, { ...entry, bankReference: 'B0009' }, 'typed')).status).toBe(201);
    expect((await imported([row('B0009', '500.00')])).booked).toMatchObject({ contradicted: 1 });
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await openItems()).toMatchObject([
      { class: 'amount-differs', transactionId: 'B0009', ourAmountMinor: 5_000, theirAmountMinor: 50_000 },
    ]);
  });

  it('is found again by the closeout, on whatever account the row is', async () => {
    expect((await desk.enter(campaignId, { ...entry, bankReference: 'B0009' }, 'typed')).status).toBe(201);
    // Imported for no campaign, by the organisation above: nothing says that the account is the campaign's.
    await desk.imported(bankFile([row('B0009', '500.00')]));
    const county = new BankDesk(world, 'dazhou');
    expect(await county.saveMapping({ ...BANK_MAPPING, account: 'bank-2' })).toMatchObject({ status: 200 });
    await county.imported(bankFile([row('B0001', '1.00')]), { campaignId });
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await world.task('review-reconciliation', review, { campaignId })).toMatchObject({
      kind: 'waiting',
      open: 1,
    });
  });

  it('finds an entry by hand that is perhaps a gift which the statement has brought', async () => {
    await imported([row('B0001')]);
    expect((await desk.enter(campaignId, entry, 'twice')).status).toBe(201);
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await openItems()).toMatchObject([{ class: 'duplicate', provider: 'offline', ourAmountMinor: 5_000 }]);
  });

  it('knows an entry by hand whose row a person has left out of the import', async () => {
    expect((await desk.enter(campaignId, entry, 'first')).status).toBe(201);
    await imported([row('B0001')], 0, { perhapsOffline: 'leave-out' });
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await openItems()).toEqual([]);
    expect(gifts().filter(({ amountMinor }) => amountMinor === 5_000)).toHaveLength(1);
  });

  it('finds a second row with the number of a gift, and books it by no name', async () => {
    await imported([row('B0001'), row('B0001')]);
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await openItems()).toMatchObject([{ class: 'duplicate', theirAmountMinor: 5_000 }]);
    // It is a second gift: somebody enters it by the row's own number.
    const [{ number }] = await allRows();
    expect((await desk.enter(campaignId, { ...entry, bankReference: number }, 'second')).status).toBe(201);
    await hourly('2026-09-10T14:05:00+08:00');
    expect(await openItems()).toEqual([]);
    expect(gifts().filter(({ amountMinor }) => amountMinor === 5_000)).toHaveLength(2);
  });

  it('finds that a day begins with other money than the day before ended with', async () => {
    await desk.imported(bankFile([row('B0001')], 0), { campaignId });
    await desk.imported(bankFile([['2026-09-09 09:00:00', '贷', '1.00', 'B0002', '周', '捐款']], 4_000), {
      campaignId,
    });
    await hourly('2026-09-10T13:05:00+08:00');
    expect(await openItems()).toMatchObject([
      { class: 'funds-differ', day: '2026-09-09', ourAmountMinor: 5_000, theirAmountMinor: 4_000 },
    ]);
    expect((await shown()).bankDays).toMatchObject([{ state: 'balanced' }, { state: 'differs', findings: 1 }]);
  });
});
