import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tradeBillOf } from '../local/sandbox/bill.ts';
import { fundFlowBillOf, type Movement } from '../local/sandbox/fund-flow-bill.ts';
import { type Benchmark, number } from './findings.ts';
import { type DayPlan, paymentsOf } from './reconcile-gifts.ts';

const MERCHANT_ID = '1900000109';
/** A million gifts as a giving week has them, and all of a day that is as busy as a bill can be. */
const PLAN: DayPlan = {
  merchantId: MERCHANT_ID,
  days: Array.from({ length: 10 }, (_, index) => `2026-09-${String(index + 1).padStart(2, '0')}`),
  giftsPerDay: 100_000,
};
/** What the function is given; V8 is held to it, as Lambda's runtime holds it. */
const LAMBDA_MB = 1024;

/** Reconciling a closeout of 1,000,000 gifts at one account, 100,000 a day, each day in the step that does it. */
export const reconcile: Benchmark = {
  title: 'Reconciliation: the closeout of 1,000,000 gifts on one account, ten days of 100,000',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'yiqi-reconcile-'));
    try {
      for (const day of PLAN.days) writeBills(folder, day);
      const ran = spawnSync(
        process.execPath,
        [
          `--max-old-space-size=${Math.floor(LAMBDA_MB * 0.8)}`,
          join(import.meta.dirname, 'reconcile-step.ts'),
          folder,
          JSON.stringify(PLAN),
        ],
        { encoding: 'utf8', maxBuffer: 10_000_000 },
      );
      if (ran.status !== 0) return { skipped: `the step failed: ${ran.stderr.slice(0, 500)}` };
      const { dayMs, togetherMs, daysRssKb, outcome } = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '') as Ran;
      const slowest = Math.max(...dayMs);
      const median = dayMs.toSorted((a, b) => a - b)[Math.floor(dayMs.length / 2)] ?? 0;
      const figures = { dayMs: median, slowestDayMs: slowest, togetherMs, peakRssMb: daysRssKb / 1024 };
      return {
        tables: [
          {
            head: ['step', 'processor time, s', 'peak memory, MB'],
            rows: [
              ['one day of 100,000 payments: median', number(median / 1000), number(figures.peakRssMb)],
              ['the slowest of ten', number(slowest / 1000), ''],
              ['ten days put together', number(togetherMs / 1000), ''],
            ],
          },
        ],
        notes: [
          `Found: ${outcome.discrepancies} discrepancies, of which ${2 * PLAN.days.length} were made. The books are made in the same process, which is part of its time; the store and the providers take none here.`,
          `The function has ${LAMBDA_MB} MB, and V8 was held to four fifths of it. All ten days ran in one process, as a warm function does.`,
        ],
        figures,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

type Ran = {
  readonly dayMs: number[];
  readonly togetherMs: number;
  readonly daysRssKb: number;
  readonly outcome: { readonly discrepancies: number };
};

function writeBills(folder: string, day: string): void {
  const payments = paymentsOf(PLAN, day);
  const movements = payments.map(
    ({ paidAt, transactionId, amountMinor, orderNo }): Movement => ({
      at: paidAt,
      businessNo: transactionId,
      name: '交易',
      type: '交易',
      isIncome: true,
      amountMinor,
      applicant: 'system',
      remark: '',
      voucherNo: orderNo,
    }),
  );
  writeFileSync(join(folder, `trade-${day}.csv`), tradeBillOf({ appid: 'wx0', mchid: MERCHANT_ID }, payments, []));
  writeFileSync(join(folder, `funds-${day}.csv`), fundFlowBillOf(movements, 0));
}
