import type { paths } from '../../client/api-types.ts';

/** A proposal as it is sent. */
export type ProposalRequest = paths['/campaigns']['post']['requestBody']['content']['application/json'];

/**
 * What a made-up proposal says beside its days, its money and its units: one place for the demo, the simulator and the tests,
 * so that a field which a proposal needs is added once. People, numbers and addresses are made up.
 */
export const SAMPLE_PLAN = {
  purpose: '为全市困难党员家庭提供生活救助与医疗补助。',
  cause: 'poverty-relief',
  region: '四川省达州市',
  personInCharge: {
    name: '李（演示）',
    officeAddress: '四川省达州市通川区演示路 1 号',
    phone: '0818-0000000',
    email: 'li@example.org',
  },
  waysToGive: ['wechat-pay', 'bank-transfer', 'cash'],
  bankAccount: { holder: '达州市红十字会（演示）', bank: '演示银行达州分行', number: '6200000000000000000' },
  certificate: { holder: '达州市红十字会（演示）', number: '演示-公募-0001', validUntil: '2099-12-31' },
  beneficiaries: {
    group: '经社区公示的困难党员家庭，预计 200 户',
    count: 200,
    howChosen: '由基层党组织推荐，社区公示七天无异议后确定。',
  },
  needEvidence: '各社区上报的困难家庭名册与入户走访记录。',
  useOfProceeds: '按户发放生活救助金，并支付宣传印刷与管理费用。',
  fundraisingCost: '宣传印刷费用从募得款中列支，金额见预算。',
  surplus: '剩余款项继续用于本项目的救助，并公示。',
  executionPlan: [
    { stage: '筹款', fromDay: '2026-09-07', untilDay: '2026-09-09', activities: '线上线下动员与募捐。' },
    { stage: '发放', fromDay: '2026-10-01', untilDay: '2026-12-31', activities: '审核名单，按户发放，回访。' },
  ],
  receiptPolicy: '捐赠人可申请电子捐赠票据。',
  refundPolicy: '活动取消且未执行的，原路退回。',
  progressReportMonths: 3,
  platforms: [{ name: '本会网站（演示）', address: 'https://give.dazhou.example/' }],
  mediaConsent: 'consent-on-file',
} satisfies Partial<ProposalRequest>;

type Kind = 'programme' | 'fundraising' | 'management';
/** A budget line of one piece at its whole price. */
export const lumpLine = (item: string, kind: Kind, amountMinor: number) => ({
  item,
  kind,
  unit: '项',
  quantity: 1,
  unitPriceMinor: amountMinor,
  amountMinor,
  basis: '按上年决算',
});
