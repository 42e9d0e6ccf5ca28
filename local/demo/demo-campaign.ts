import { type CampaignWindow, localDateSchema } from '../../functions/kernel/time.ts';
import { AVERAGE_GIFT_MINOR } from '../../functions/matching/giving-day/gift-amounts.ts';
import { lumpLine, type ProposalRequest, SAMPLE_PLAN } from './sample-plan.ts';

/**
 * The campaign that the demo plays, modelled on what the Red Cross of Dazhou did on the 99 Giving Day of 2020. Its gifts,
 * donors and sponsor are made up, and everything it sends says so.
 */
export const DEMO_WINDOW: CampaignWindow = {
  firstDay: localDateSchema.parse('2026-09-07'),
  lastDay: localDateSchema.parse('2026-09-09'),
  zone: 'Asia/Shanghai',
};

/** Those below the top of the tree, which is there with its first admin (staff.ts). */
export const DEMO_ORGANISATIONS = [
  { organisationId: 'dazhou-wanyuan', name: '万源市红十字会', parentId: 'dazhou' },
  { organisationId: 'dazhou-xuanhan', name: '宣汉县红十字会', parentId: 'dazhou' },
  { organisationId: 'dazhou-tongchuan', name: '通川区红十字会', parentId: 'dazhou' },
  { organisationId: 'dazhou-kaijiang', name: '开江县红十字会', parentId: 'dazhou' },
  { organisationId: 'dazhou-gaoxin', name: '达州高新区红十字会', parentId: 'dazhou' },
] as const;

export const DEMO_UNITS = [
  { id: 'wanyuan', name: '万源市红十字会' },
  { id: 'xuanhan', name: '宣汉县红十字会' },
  { id: 'tongchuan', name: '通川区红十字会' },
  { id: 'kaijiang', name: '开江县红十字会' },
  { id: 'gaoxin', name: '达州高新区红十字会' },
];

/** A proposal whose pool ends shortly before the last evening's peak does: so that every kind of match occurs. */
export function demoProposal(gifts: number) {
  // Target and pool are sized to the number of gifts.
  const expectedMinor = AVERAGE_GIFT_MINOR * gifts;
  // Whole tens of yuan, so that the numbers on the page look like a plan.
  const round = (minor: number): number => Math.max(1_000, Math.ceil(minor / 1_000) * 1_000);
  const poolMinor = round(expectedMinor * 0.7);
  const targetMinor = round(expectedMinor * 1.6);
  const fundraisingMinor = Math.floor(targetMinor * 0.03);
  const managementMinor = Math.floor(targetMinor * 0.05);
  const medicalMinor = Math.floor(targetMinor * 0.32);
  return {
    ...SAMPLE_PLAN,
    organisationId: 'dazhou',
    title: '困难党员帮扶计划',
    purpose: '为全市生活困难的党员家庭提供生活救助、医疗补助与应急帮扶，款项由市红十字会统一管理，按季度公示使用情况。',
    beneficiaries: {
      group: '经基层党组织推荐、社区公示的困难党员家庭',
      count: 240,
      howChosen: '由基层党组织推荐，社区公示七天无异议后确定。',
    },
    window: DEMO_WINDOW,
    targetMinor,
    budgetLines: [
      lumpLine('困难党员家庭生活救助金', 'programme', targetMinor - medicalMinor - fundraisingMinor - managementMinor),
      lumpLine('重大疾病医疗补助', 'programme', medicalMinor),
      lumpLine('宣传资料与操作手册印刷', 'fundraising', fundraisingMinor),
      lumpLine('项目管理费', 'management', managementMinor),
    ],
    units: DEMO_UNITS,
    matching: {
      rules: [
        {
          version: 2,
          kind: 'ratio',
          id: 'aixin',
          sponsor: '爱心企业配捐池（演示）',
          poolMinor,
          numerator: 1,
          denominator: 1,
          perGift: { capMinor: Math.min(5_000, poolMinor) },
        },
      ],
    },
    reportRecipients: ['finance@example.org', 'leader@example.org'],
    language: 'zh-CN',
    generatedData: true,
  } satisfies ProposalRequest;
}
