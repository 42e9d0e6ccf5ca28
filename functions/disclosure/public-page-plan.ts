import type { publicFields } from '../campaigns/plan-change.ts';
import { escaped } from './page-html.ts';
import type { PageLanguage } from './public-page-words.ts';

export type PublicPlan = ReturnType<typeof publicFields>;

const WORDS = {
  'zh-CN': {
    heading: '募捐方案',
    certificate: '公开募捐资格证书',
    validUntil: (day: string): string => `有效期至 ${day}`,
    inCharge: '负责人与联系方式',
    region: '地域',
    partner: '合作方',
    beneficiaries: '受益人',
    count: (count: number): string => `共 ${count}`,
    use: '款物用途',
    need: '需求依据',
    cost: '募捐成本',
    account: '银行账户',
    surplus: '剩余财产的处理',
    receipts: '捐赠票据',
    refunds: '退款',
    platforms: '募捐网站',
    stages: '执行计划',
    lookUp: '可在“慈善中国”（https://cszg.mca.gov.cn）查询本组织与备案信息。',
  },
  en: {
    heading: 'The fundraising plan',
    certificate: 'Certificate for public fundraising',
    validUntil: (day: string): string => `valid until ${day}`,
    inCharge: 'In charge, and how to reach them',
    region: 'Region',
    partner: 'Partner',
    beneficiaries: 'Beneficiaries',
    count: (count: number): string => `${count} in all`,
    use: 'Use of the proceeds',
    need: 'What shows the need',
    cost: 'Cost of the fundraising',
    account: 'Bank account',
    surplus: 'What becomes of a surplus',
    receipts: 'Receipts',
    refunds: 'Refunds',
    platforms: 'Where gifts are asked for',
    stages: 'Stages',
    lookUp: 'The organisation and its filing can be looked up at Charity China (https://cszg.mca.gov.cn).',
  },
} as const;

/** What Charity Law art. 25 has shown where gifts are asked for, as text: nothing of it is ever markup or a link. */
export function planSection(plan: PublicPlan, language: PageLanguage): string {
  const words = WORDS[language];
  const { certificate, contact, partner, beneficiaries, bankAccount } = plan;
  const rows: readonly (readonly [label: string, text: string])[] = [
    [
      words.certificate,
      [
        certificate.holder,
        certificate.number,
        ...(certificate.validUntil === undefined ? [] : [words.validUntil(certificate.validUntil)]),
      ].join(' · '),
    ],
    [words.inCharge, [contact.name, contact.officeAddress, contact.phone].join(' · ')],
    [words.region, plan.region],
    ...(partner === null ? [] : ([[words.partner, `${partner.name}: ${partner.duties}`]] as const)),
    [words.beneficiaries, `${beneficiaries.group} (${words.count(beneficiaries.count)})\n${beneficiaries.howChosen}`],
    [words.need, plan.needEvidence],
    [words.use, plan.useOfProceeds],
    [words.cost, plan.fundraisingCost],
    [words.account, [bankAccount.holder, bankAccount.bank, bankAccount.number].join(' · ')],
    [words.surplus, plan.surplus],
    [words.stages, plan.executionPlan.map(stageText).join('\n')],
    [words.receipts, plan.receiptPolicy],
    [words.refunds, plan.refundPolicy],
    [words.platforms, plan.platforms.map(({ name, address }) => `${name} ${address}`).join('\n')],
  ];
  const shown = rows.map(([label, text]) => `<dt>${label}</dt><dd dir="auto">${lines(text)}</dd>`).join('\n');
  return `<h2>${words.heading}</h2>\n<dl class="plan">\n${shown}\n</dl>\n<p class="muted">${words.lookUp}</p>`;
}

const stageText = ({ stage, fromDay, untilDay, activities }: PublicPlan['executionPlan'][number]): string =>
  `${fromDay} – ${untilDay} ${stage}: ${activities}`;

const lines = (text: string): string => escaped(text).replaceAll('\n', '<br>');
