import { beforeEach, describe, expect, it } from 'vitest';
import { recordPayment } from '../../functions/donations/payment-intake.store.ts';
import { parseStandardSources } from '../../functions/donations/standard-webhook-source.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import { definition as checkBills } from '../../functions/reconciliation/check-bills.lambda.ts';
import { importedBillFile } from '../../functions/reconciliation/fetched-bills.ts';
import { PLATFORM_STATEMENT_COLUMNS } from '../../functions/reconciliation/platform-statement.ts';
import { readReconciliationStanding } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { definition as showDays } from '../../functions/reconciliation/show-reconciliation-days.lambda.ts';
import { ROOT } from '../access/people.ts';
import { FINANCE, PROPOSAL } from './people.ts';
import { openedCampaign } from './play.ts';
import { World } from './world.ts';

const DAY = '2026-09-07' as LocalDate;
const SOURCE = 'joint-giving';
const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let world: World;
let campaignId: string;
let source: object;

const nightly = (day: string) => {
  world.at(`2026-09-${day}T10:05:00+08:00`);
  const secret = JSON.stringify({ standardWebhook: [{ sourceId: SOURCE, keys: [KEY], ...source }] });
  return world.job('check-bills', checkBills, {
    fetchTrade: async () => ({ kind: 'no-statement' }),
    fetchFunds: async () => ({ kind: 'no-statement' }),
    readAccounts: async () => undefined,
    readSources: async () => parseStandardSources(secret),
    baseUrl: 'https://provider.example',
  });
};
async function given(id: string, amount: number, time: string, to: string | undefined = campaignId): Promise<void> {
  const occurredAt = instantOf(`2026-09-07T${time}:00+08:00`);
  const payment = {
    provider: 'standard-webhook',
    merchantId: SOURCE,
    paymentId: `${SOURCE}:${id}`,
    orderNo: `${SOURCE}:${id}`,
    amountMinor: minor(amount),
    payerAmountMinor: amount,
    currency: 'CNY',
    occurredAt,
    payerReference: `payment:${id}`,
    ...(to === undefined ? {} : { designation: { campaignId: to, anonymous: true, thankYouDue: false } }),
  } as const;
  const use = { table: world.table, readDonorKey: async () => 'donor key' };
  await recordPayment(use, payment, plusSeconds(occurredAt, 2));
  await world.drainStream();
}
/** Somebody brings the platform's statement: rows of `[type, payment, reference, campaign, amount, fee]`. */
function bring(...rows: readonly (readonly [string, string, string, string, number, number])[]): void {
  const net = rows.reduce((sum, [type, , , , amount, fee]) => sum + (type === 'payment' ? amount : -amount) - fee, 0);
  const lines = rows.map(([type, payment, reference, campaign, amount, fee]) =>
    [type, payment, reference, '', campaign, amount, 'CNY', fee, `${DAY}T20:00:00+08:00`].join(','),
  );
  const total = `total,,${rows.length},,,${net},CNY,,`;
  const text = [PLATFORM_STATEMENT_COLUMNS.join(','), ...lines, total].join('\n');
  world.files.set(importedBillFile('standard-webhook', SOURCE, DAY), Buffer.from(text));
}
const open = async () =>
  (await readReconciliationStanding(world.table, campaignId)).items
    .filter(({ state }) => state === 'open')
    .map((item) => [item.class, item.transactionId, item.ourAmountMinor, item.theirAmountMinor])
    .sort();
async function days() {
  const { body } = await world.request('show-reconciliation-days', showDays, {
    path: `/organisations/${ROOT}/reconciliation-days`,
    routeParameters: { organisationId: ROOT },
    query: { from: DAY, to: DAY },
    actor: FINANCE,
  });
  return body.days;
}

beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world, PROPOSAL);
  source = { statements: true };
});

describe('a platform that sends us its gifts', () => {
  it('and gives no statements is asked for none, day after day', async () => {
    source = {};
    await given('p-1', 1_770, '20:00');
    await nightly('08');
    await nightly('09');
    expect(await days()).toEqual([]);
    expect(await open()).toEqual([]);
  });

  it('and gives statements has a day without one, until a person brings it', async () => {
    await given('p-1', 1_770, '20:00');
    await nightly('08');
    expect(await days()).toMatchObject([{ provider: 'standard-webhook', merchantId: SOURCE, state: 'bill-missing' }]);
    expect(await open()).toEqual([['bill-missing', SOURCE, 1_770, undefined]]);
    bring(['payment', 'p-1', '', '', 1_770, 11], ['payout', '', 'out-1', '', 1_000, 0]);
    await nightly('09');
    expect(await days()).toMatchObject([
      { state: 'balanced', account: { grossMinor: 1_770, feesMinor: 11, netMinor: 1_759, settledMinor: 1_000 } },
    ]);
    expect(await open()).toEqual([]);
  });

  it('is held against the books line by line: what it alone has, what we alone have, and what went back', async () => {
    await given('p-1', 1_770, '20:00');
    await given('p-2', 5_000, '20:00');
    await given('p-3', 900, '20:00');
    bring(
      ['payment', 'p-1', '', '', 1_700, 0],
      ['payment', 'p-3', '', '', 900, 0],
      ['refund', 'p-3', 'r-1', '', 400, 0],
      ['payment', 'p-4', '', campaignId, 2_500, 0],
    );
    await nightly('08');
    expect(await open()).toEqual([
      ['amount-differs', `${SOURCE}:p-1`, 1_770, 1_700],
      ['missing-here', `${SOURCE}:p-4`, undefined, 2_500],
      ['missing-there', `${SOURCE}:p-2`, 5_000, undefined],
      ['refunded-there', `${SOURCE}:p-3`, 0, 400],
    ]);
    // The platform sends p-4 again after all: it was lost on its way.
    await given('p-4', 2_500, '20:00');
    await nightly('09');
    expect((await open()).map(([kind]) => kind)).not.toContain('missing-here');
  });

  it('has a payment that is booked and belongs to no campaign yet, which is not missing', async () => {
    await given('p-1', 1_770, '20:00', 'cmp_nowhere');
    bring(['payment', 'p-1', '', '', 1_770, 0]);
    await nightly('08');
    expect(await days()).toMatchObject([{ state: 'balanced', account: { foreignLines: 1, foreignMinor: 1_770 } }]);
  });

  it('has a statement refused with the line and the fix, which stops nobody else', async () => {
    await given('p-1', 1_770, '20:00');
    bring(['payment', 'p-1', '', '', 17.7, 0]);
    expect(await nightly('08')).toMatchObject({ days: 1 });
    expect(await days()).toMatchObject([
      { state: 'bill-missing', refusedBill: expect.stringContaining('line 2: amountMinor is not a whole number') },
    ]);
  });
});
