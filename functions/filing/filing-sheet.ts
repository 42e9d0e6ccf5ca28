import type { Campaign } from '../campaigns/campaign.ts';
import type { CampaignProposal } from '../campaigns/campaign-proposal.ts';
import { formatMoney, type Minor } from '../kernel/money.ts';
import { type Instant, localTimeText } from '../kernel/time.ts';

/** One row of the sheet, as it is printed. */
export type SheetRow = { readonly label: string; readonly value: string; readonly rule: string };
export type SheetSection = { readonly heading: string; readonly rows: readonly SheetRow[] };

/**
 * What is handed in to the authority: the plan that Charity Law art. 24 asks for, in its order, with what MCA Order 74 and the
 * form of 民发〔2025〕57号 add. The order of the form itself is general knowledge; its text was not seen. In Chinese whatever
 * the campaign's language, because the authority reads it.
 */
export type FilingSheet = {
  readonly campaignId: string;
  readonly title: string;
  readonly organisationName: string;
  /** The proposal's round, or the number of the amendment that changed it last. */
  readonly version: string;
  readonly preparedAt: Instant;
  readonly preparedAtText: string;
  readonly sections: readonly SheetSection[];
  readonly budget: {
    readonly heads: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly total: string;
  };
  readonly stages: { readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly annexes: readonly string[];
  /** Set where the campaign is made up: the sheet says so on every page. */
  readonly warning: string | null;
};

const CAUSES: Readonly<Record<CampaignProposal['cause'], string>> = {
  'poverty-relief': '扶贫济困',
  'care-of-people': '扶老、救孤、恤病、助残、优抚',
  'disaster-relief': '救助自然灾害、事故灾难和公共卫生事件等突发事件造成的损害',
  'education-science-culture-health-sport': '促进教育、科学、文化、卫生、体育等事业的发展',
  environment: '防治污染和其他公害，保护和改善生态环境',
  'other-public-good': '其他公益活动',
};

const WAYS: Readonly<Record<CampaignProposal['waysToGive'][number], string>> = {
  'wechat-pay': '微信支付',
  alipay: '支付宝',
  card: '银行卡',
  'bank-transfer': '银行转账',
  cash: '现金',
  goods: '实物',
  'collection-box': '募捐箱',
  platform: '互联网公开募捐信息平台',
};

const BUDGET_KINDS: Readonly<Record<CampaignProposal['budgetLines'][number]['kind'], string>> = {
  programme: '项目支出',
  fundraising: '募捐成本',
  management: '管理费用',
};

const ATTACHMENT_KINDS: Readonly<Record<string, string>> = {
  evidence: '需求证明',
  photo: '图片',
  agreement: '协议',
  minutes: '会议纪要',
  certificate: '证书',
  other: '其他',
};

/** The sheet of a campaign as its plan stands. `annexes`: the files that belong to it. */
export function filingSheetOf(
  campaign: Pick<Campaign, 'campaignId' | 'proposal' | 'round' | 'amendments' | 'filing' | 'emergency'>,
  organisationName: string,
  annexes: readonly { readonly name: string; readonly kind: string }[],
  now: Instant,
): FilingSheet {
  const { campaignId, proposal, round, amendments } = campaign;
  const money = (amount: Minor): string => formatMoney(amount, proposal.currency);
  return {
    campaignId,
    title: proposal.title,
    organisationName,
    version: amendments === undefined ? `第 ${round} 稿` : `第 ${round} 稿，第 ${amendments} 次变更`,
    preparedAt: now,
    preparedAtText: localTimeText(now, proposal.window.zone).slice(0, 16),
    sections: [
      organisationSection(proposal, organisationName),
      planSection(proposal, money),
      onlineSection(proposal),
      ...emergencySection(campaign),
    ],
    budget: {
      heads: ['用途', '类别', '单位', '数量', '单价', '金额', '依据'],
      rows: proposal.budgetLines.map((line) => [
        line.item,
        BUDGET_KINDS[line.kind],
        line.unit,
        String(line.quantity),
        money(line.unitPriceMinor),
        money(line.amountMinor),
        line.basis,
      ]),
      total: money(proposal.targetMinor),
    },
    stages: {
      heads: ['阶段', '起止日期', '工作内容'],
      rows: proposal.executionPlan.map(({ stage, fromDay, untilDay, activities }) => [
        stage,
        `${fromDay} 至 ${untilDay}`,
        activities,
      ]),
    },
    annexes: annexes.map(({ name, kind }) => `${ATTACHMENT_KINDS[kind] ?? kind}：${name}`),
    warning: proposal.generatedData ? '演示数据：本表所列活动、人员和账号均为虚构，不得报送。' : null,
  };
}

const row = (label: string, value: string, rule: string): SheetRow => ({ label, value, rule });
const ART_24 = '慈善法第24条';

function organisationSection(
  { certificate, bankAccount, partner }: CampaignProposal,
  organisationName: string,
): SheetSection {
  const valid = certificate.validUntil === undefined ? '' : `，有效期至 ${certificate.validUntil}`;
  return {
    heading: '一、慈善组织',
    rows: [
      row('组织名称', organisationName, ART_24),
      row('公开募捐资格证书', `${certificate.holder}，证书编号 ${certificate.number}${valid}`, '慈善法第22条'),
      row('银行账户', `${bankAccount.holder}，${bankAccount.bank}，账号 ${bankAccount.number}`, ART_24),
      ...(partner === undefined
        ? []
        : [
            row(
              '合作方',
              `${partner.name}：${partner.duties}（合作协议 ${partner.agreement.reference}，${partner.agreement.signedOn} 签订）`,
              '慈善法第26条',
            ),
          ]),
    ],
  };
}

function planSection(proposal: CampaignProposal, money: (amount: Minor) => string): SheetSection {
  const { window, personInCharge, beneficiaries } = proposal;
  const mail = personInCharge.email === undefined ? '' : `，${personInCharge.email}`;
  return {
    heading: '二、募捐方案',
    rows: [
      row('活动名称', proposal.title, '民政部令第74号第11条'),
      row('募捐目的', proposal.purpose, ART_24),
      row('慈善领域', CAUSES[proposal.cause], '慈善法第3条'),
      row('起止时间', `${window.firstDay} 至 ${window.lastDay}（${window.zone}）`, ART_24),
      row('地域', proposal.region, ART_24),
      row(
        '活动负责人',
        `${personInCharge.name}，办公地址：${personInCharge.officeAddress}，电话 ${personInCharge.phone}${mail}`,
        ART_24,
      ),
      row('接受捐赠方式', proposal.waysToGive.map((way) => WAYS[way]).join('、'), ART_24),
      row('预计募捐金额', money(proposal.targetMinor), '民政部令第74号第11条'),
      row(
        '受益人',
        `${beneficiaries.group}（${beneficiaries.count} 名/户）。确定方式：${beneficiaries.howChosen}`,
        ART_24,
      ),
      row('募得款物用途', proposal.useOfProceeds, ART_24),
      row('募捐成本', proposal.fundraisingCost, ART_24),
      row('剩余财产的处理', proposal.surplus, ART_24),
    ],
  };
}

function onlineSection({
  platforms,
  receiptPolicy,
  refundPolicy,
  progressReportMonths,
}: CampaignProposal): SheetSection {
  return {
    heading: '三、募捐信息的发布与捐赠人权益',
    rows: [
      row('互联网募捐平台', platforms.map(({ name, address }) => `${name} ${address}`).join('；'), '慈善法第27条'),
      row('捐赠票据', receiptPolicy, '慈善法第38条'),
      row('退款办法', refundPolicy, '捐赠人权益'),
      row('进展公布', `每 ${progressReportMonths} 个月`, '慈善法第79条'),
    ],
  };
}

function emergencySection({ emergency }: Pick<Campaign, 'emergency'>): SheetSection[] {
  if (emergency == null) return [];
  return [
    {
      heading: '四、突发事件',
      rows: [
        row('先行开展的理由', emergency.reason, '慈善法第73条'),
        row('突发事件发生日期', emergency.sinceOn, '慈善法第73条'),
      ],
    },
  ];
}
