import { lumpLine, SAMPLE_PLAN } from '../../local/demo/sample-plan.ts';

/**
 * A whole proposal, for every test that needs one and says itself only what it is about. The campaign of 2020 in Dazhou, retold
 * with a small pool: 7 to 9 September, yuan for yuan up to 50 yuan a gift.
 */
export const SAMPLE_PROPOSAL = {
  ...SAMPLE_PLAN,
  organisationId: 'dazhou',
  title: '困难党员帮扶计划',
  window: { firstDay: '2026-09-07', lastDay: '2026-09-09', zone: 'Asia/Shanghai' },
  targetMinor: 100_000,
  budgetLines: [
    {
      item: '生活救助金',
      kind: 'programme',
      unit: '户',
      quantity: 200,
      unitPriceMinor: 450,
      amountMinor: 90_000,
      basis: '市级救助标准',
    },
    lumpLine('宣传印刷', 'fundraising', 6_000),
    lumpLine('管理费', 'management', 4_000),
  ],
  units: [
    { id: 'wanyuan', name: '万源市红十字会' },
    { id: 'xuanhan', name: '宣汉县红十字会' },
  ],
  matching: {
    rules: [
      {
        version: 2,
        kind: 'ratio',
        id: 'kelun',
        sponsor: '科伦药业（演示）',
        poolMinor: 15_000,
        numerator: 1,
        denominator: 1,
        perGift: { capMinor: 5_000 },
      },
    ],
  },
  reportRecipients: ['finance@example.org', 'leader@example.org'],
  language: 'zh-CN',
} as const;

/** A budget that sums to a target: one programme line of the whole. */
export const wholeBudget = (amountMinor: number) => [lumpLine('Support', 'programme', amountMinor)];
