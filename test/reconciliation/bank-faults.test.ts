import { describe, expect, it } from 'vitest';
import { recordPayment } from '../../functions/donations/payment-intake.store.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusDays } from '../../functions/kernel/time.ts';
import { campaignKey, payoutKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import { reviewBank } from '../../functions/reconciliation/bank-day.store.ts';
import { matchPayoutsWithBank } from '../../functions/reconciliation/bank-payout.store.ts';
import type { Payout } from '../../functions/reconciliation/payout.ts';
import { keepBankDays, keepBankRow } from '../../functions/statements/bank-row.store.ts';
import type { BankRow } from '../../functions/statements/bank-row.ts';
import { type StatementImport, statementImportSchema } from '../../functions/statements/statement-import.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { faultyTable } from '../faults/faulty-table.ts';
import { BANK_MAPPING } from '../stories/bank-statement.ts';

const NOW = instantOf('2026-09-12T12:00:00+08:00');
const DAY = '2026-09-08' as LocalDate;
const ALIPAY = { provider: 'alipay', merchantId: '2088101117955611' } as const;
const RATES = { lostBefore: 0.04, lostAfter: 0.04, conflict: 0.06, throttle: 0.04, unreadable: 0.02 };
const SEEDS = 60;
const MOST_RUNS = 40;

const OF: StatementImport = statementImportSchema.parse({
  type: 'statement-import',
  importId: 'stm_1',
  organisationId: 'dazhou',
  campaignId: CAMPAIGN_ID,
  source: { kind: 'mapping', mapping: BANK_MAPPING },
  fileName: 'bank.csv',
  bytes: 1,
  state: 'booking',
  createdBy: 'p',
  createdAt: NOW,
  updatedAt: NOW,
});
const rowOf = (number: string, amountMinor: number, rest: Partial<BankRow> = {}): BankRow => ({
  type: 'bank-statement-row',
  rowId: `bkr_${number}`,
  organisationId: 'dazhou',
  account: 'bank-6222',
  campaignId: CAMPAIGN_ID,
  importId: 'stm_1',
  line: 1,
  day: plusDays(DAY, 1),
  paidAt: instantOf('2026-09-09T08:00:00+08:00'),
  direction: 'in',
  amountMinor: minor(amountMinor),
  currency: 'CNY',
  kind: 'payout',
  paymentId: number,
  reference: number,
  version: 1,
  ...rest,
});

/** Payouts of ten days with their rows, some alike; rows of Alipay; rows that nobody knows; one with another amount than its gift. */
async function filled(): Promise<MemoryTable> {
  const table = memoryTable();
  await putCampaign(table);
  expect(await table.get(campaignKey(CAMPAIGN_ID))).toBeDefined();
  for (let n = 1; n <= 6; n += 1) {
    const payout: Payout = {
      type: 'payout',
      payoutId: `pyo_${n}`,
      provider: 'wechat-pay',
      merchantId: '1900000109',
      day: DAY,
      businessNo: '',
      amountMinor: minor(n > 4 ? 500 : n * 100),
      campaignId: CAMPAIGN_ID,
      version: 1,
    };
    await table.write({ put: { ...payoutKey(DAY, payout.payoutId), ...payout } });
    await keepBankRow(table, rowOf(`W000${n}`, payout.amountMinor, { provider: 'wechat-pay' }));
  }
  for (const n of [1, 2]) await keepBankRow(table, rowOf(`A000${n}`, n * 1_000, { provider: 'alipay' }));
  for (const n of [1, 2, 3]) await keepBankRow(table, rowOf(`U000${n}`, n, { kind: 'unnamed' }));
  await recordPayment(
    { table, readDonorKey: async () => 'donor key' },
    {
      provider: 'statement',
      merchantId: 'dazhou',
      paymentId: 'G0001',
      orderNo: 'int_bank',
      amountMinor: minor(700),
      payerAmountMinor: 700,
      currency: 'CNY',
      occurredAt: instantOf('2026-09-09T08:00:00+08:00'),
      payerReference: 'payment:G0001',
      designation: { campaignId: CAMPAIGN_ID, anonymous: true, thankYouDue: false },
    },
    NOW,
  );
  await keepBankRow(table, rowOf('G0001', 70, { kind: 'unnamed' }));
  await keepBankDays(table, OF, [{ day: plusDays(DAY, 1), moved: {}, isWhole: true }]);
  return table;
}

async function look(table: Table): Promise<void> {
  await matchPayoutsWithBank(table, { accounts: [ALIPAY], knownUntil: '2026-09-11' as LocalDate, now: NOW });
  await reviewBank(table, NOW);
}

/** What the looks have written; how often, and by how many lines of the audit trail, is their own affair. */
const written = (table: MemoryTable): Item[] =>
  table
    .everything()
    .filter(({ type }) => ['payout', 'bank-row', 'bank-day', 'reconciliation-item'].includes(String(type)))
    .sort((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));

async function untilThrough(act: () => Promise<void>): Promise<number> {
  for (let run = 1; run <= MOST_RUNS; run += 1)
    try {
      await act();
      return run;
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
    }
  throw new Error(`did not get through in ${MOST_RUNS} runs`);
}

describe('the look at the bank', () => {
  it('finds four payouts, two of Alipay, and four things that are wrong', async () => {
    const table = await filled();
    await look(table);
    const items = written(table);
    const of = (type: string) => items.filter((item) => item.type === type);
    expect(of('payout').filter(({ arrival }) => arrival !== undefined)).toHaveLength(6);
    expect(of('payout').filter(({ candidates }) => candidates !== undefined)).toHaveLength(2);
    expect(of('bank-row')).toHaveLength(6);
    expect(
      of('reconciliation-item')
        .map((item) => `${item['class']} ${item['transactionId']}`)
        .sort(),
    ).toEqual([
      'amount-differs G0001',
      'missing-here U0001',
      'missing-here U0002',
      'missing-here U0003',
      'missing-here W0005',
      'missing-here W0006',
    ]);
    await look(table);
    expect(written(table)).toEqual(items);
  });

  it('comes to the same whatever fails in between, and when two look at once', async () => {
    const calm = await filled();
    await look(calm);
    const expected = written(calm);
    let struck = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const table = await filled();
      const faulty = faultyTable(table, RATES, seed);
      await Promise.all([untilThrough(() => look(faulty)), untilThrough(() => look(faulty))]);
      // What was in the way of a pair is looked at by the next run.
      await look(table);
      expect(written(table), `seed ${seed}`).toEqual(expected);
      struck += Object.values(faulty.struck).reduce((sum, times) => sum + times, 0);
    }
    expect(struck).toBeGreaterThan(SEEDS);
  });
});
