import type { Actor } from '../../functions/platform/http.ts';

/** Who acts in the stories. */
export const ADMIN: Actor = { id: 'admin-zhao', groups: ['admin'] };
export const MANAGER: Actor = { id: 'manager-li', groups: ['manager'] };
export const APPROVER: Actor = { id: 'approver-wang', groups: ['approver'] };
export const FINANCE: Actor = { id: 'finance-chen', groups: ['finance'] };
export const AUDITOR: Actor = { id: 'auditor-sun', groups: ['auditor'] };
export const BOTH: Actor = { id: 'manager-li', groups: ['manager', 'approver'] };

/** What the authority answers to a plan handed in on the day on which stories begin. */
export const FILING = { number: '51170020260001', filedOn: '2026-08-20', authority: '达州市民政局' } as const;

/** The campaign of 2020 in Dazhou, retold with a small pool: 7 to 9 September, yuan for yuan up to 50 yuan a gift. */
export const PROPOSAL = {
  organisationId: 'dazhou',
  title: '困难党员帮扶计划',
  purpose: '为全市困难党员家庭提供生活救助与医疗补助。',
  beneficiaries: '经社区公示的困难党员家庭，预计 200 户',
  window: { firstDay: '2026-09-07', lastDay: '2026-09-09', zone: 'Asia/Shanghai' },
  targetMinor: 100_000,
  budgetLines: [
    { item: '生活救助金', kind: 'programme', amountMinor: 90_000 },
    { item: '宣传印刷', kind: 'fundraising', amountMinor: 6_000 },
    { item: '管理费', kind: 'management', amountMinor: 4_000 },
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
