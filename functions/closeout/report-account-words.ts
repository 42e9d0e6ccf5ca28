import { longDate } from '../kernel/day-text.ts';
import { formatMoney, type Minor } from '../kernel/money.ts';
import { localDateOf, localTimeText } from '../kernel/time.ts';
import type { Signature } from './closeout.ts';
import type { CloseoutReport, ReportLanguage } from './closeout-report.ts';
import type { CloseoutStatement, CommendationRule } from './closeout-statement.ts';
import type { Channel } from './gift-channel.ts';
import { countText, percentText } from './report-words.ts';

/** Words of the parts that give account: where money came from, what was done with it, and who says so. */
export type AccountWords = typeof chinese;

const chinese = {
  contents: '目录',
  page: ['第 ', ' 页 共 ', ' 页'] as [string, string, string],
  draft: (round: number) => (round === 0 ? '数字草稿：尚无结项说明，未签署' : `草稿（第 ${round} 稿）：未签署`),
  signed: '已签署',
  unit: '元',
  unit10k: '万元',
  headings: {
    overview: '摘要',
    outcome: '执行成果',
    channels: '收入来源',
    commendation: '表扬名单',
    spending: '预算与执行',
    goods: '物资',
    years: '年度对比',
    disclosure: '审计与公开',
    signatures: '签署',
    evidence: '附件清单',
    sources: '各项数字的计算方法',
    variances: '偏差说明',
  },
  channels: {
    public: '公众在线捐赠',
    enterprise: '企业定向捐赠（协议）',
    offline: '线下捐赠（转账、现金、导入账单）',
    goods: '实物捐赠（评估价值）',
  } satisfies Record<Channel, string>,
  matchChannel: '配捐',
  interest: '银行利息',
  fees: '支付手续费',
  feesNote: '手续费为支付机构账单所列本活动的费用，不从捐款中扣减列示；未提供资金账单的渠道不在其内。',
  channelNote: '各来源合计等于捐款金额；配捐与利息不属于捐款，单独列示；实物按评估价值计，不与资金相加使用。',
  channel: '来源',
  notStated: '尚未说明',
  narrative: '执行情况',
  reached: '受益人数',
  achieved: '完成',
  planned: '计划',
  output: '成果',
  unitOf: '单位',
  current: '可用预算',
  transferred: '调剂',
  spent: '实际支出',
  variance: '偏差',
  varianceReason: '偏差原因',
  unspent: '尚未使用的资金',
  aid: (people: string, times: string, amount: string) => `发放救助 ${times} 次，惠及 ${people} 人，共 ${amount}。`,
  surplus: '剩余财产处置',
  surplusFrom: (from: string) => `转入的剩余财产：${from}`,
  surplusText: (amount: string, to: string, on: string) => `${amount}，${on}决定用于：${to}`,
  noSurplus: '未作出剩余财产处置决定。',
  goodsColumns: { item: '物资', received: '收入', issued: '发出', onHand: '结存', receivedValue: '收入价值' },
  year: '年份',
  campaign: '活动',
  source: '数据来源',
  fromReport: (hash: string) => `结项报告 ${hash}…`,
  byHand: (from: string) => `人工录入：${from}`,
  here: '本报告',
  yearNote: '标为“人工录入”的数字由人录自所注明的材料，未经本系统核算。',
  audit: '审计意见',
  opinions: {
    unqualified: '标准无保留意见',
    qualified: '保留意见',
    adverse: '否定意见',
    disclaimer: '无法表示意见',
  },
  notAudited: (why: string) => `未单独审计：${why}`,
  opinionText: (kind: string, auditor: string, reference: string, on: string) =>
    `${kind}，${auditor}，${reference}，${on}`,
  links: '公开链接',
  noLinks: '未填写。',
  file: '文件',
  kind: '类别',
  size: '大小',
  hash: 'SHA-256',
  noFiles: '没有附件。',
  evidenceNote: '附件原件存于系统；任何人持有文件即可计算其 SHA-256 值并与此处核对。',
  fileKinds: {
    evidence: '佐证材料',
    photo: '照片',
    agreement: '协议',
    minutes: '会议纪要',
    certificate: '证书',
    other: '其他',
  },
  preparedBy: '编制',
  signsAs: '签署环节',
  signer: '签署人',
  signedAt: '签署时间',
  forOther: (who: string, other: string) => `${who}（代${other}）`,
  signNote: '签署的是上列报告数据文件（JSON）的 SHA-256 值；编制人不签署自己编制的报告。',
  unsigned: '本稿尚未签署。下列签署栏供打印使用。',
  signBoxes: ['编制', '财务复核', '负责人'],
  dateLine: '日期',
  rules: (rule: CommendationRule, money: (amount: Minor) => string): string => {
    if (rule.kind === 'top') return `按捐款净额，表扬前 ${rule.units} 名单位。`;
    if (rule.kind === 'growth') return `按比上次活动的增长，表扬增幅最大的 ${rule.units} 个单位。`;
    return `表扬捐款净额达到 ${money(rule.raisedMinor)} 的单位。`;
  },
  growth: '增长',
  noCommended: '没有单位符合条件。',
  cells: '所在表与单元格',
  figuresOf: '数字',
  computedBy: '查询',
  from: '分区',
  itemCount: '条数',
  sourcesNote:
    '“查询”是数据表访问方式的名称（functions/platform/keys.ts）；报告数据文件（JSON）的 sources 逐项列出。金额由逐笔记录加总，不取自运行总计。',
  charts: {
    units: '各单位捐款净额（前 20 名）',
    hours: '逐时捐款',
    days: '逐日捐款',
    match: '配捐资金使用进度',
    budget: '预算与实际支出',
    years: '历次活动捐款净额与配捐',
    used: '累计配捐',
    pool: '资金总额',
    plan: '可用预算',
    actual: '实际支出',
    net: '捐款净额',
    matched: '配捐',
    highest: (where: string, amount: string) => `最高：${where}，${amount}`,
    usedOf: (used: string, pool: string) => `截至期末累计 ${used}，资金总额 ${pool}`,
  },
  sectionNumber: (number: number) => `${chineseNumber(number)}、`,
  appendix: (letter: string) => `附录${letter} `,
};

const english: AccountWords = {
  contents: 'Contents',
  page: ['Page ', ' of ', ''],
  draft: (round) => (round === 0 ? 'Draft of the figures: no statement yet, not signed' : `Draft ${round}: not signed`),
  signed: 'Signed',
  unit: 'yuan',
  unit10k: '10,000 yuan',
  headings: {
    overview: 'Summary',
    outcome: 'What was achieved',
    channels: 'Where the money came from',
    commendation: 'Commended units',
    spending: 'Budget against actual',
    goods: 'Goods',
    years: 'Year against year',
    disclosure: 'Audit and disclosure',
    signatures: 'Signatures',
    evidence: 'Attachments',
    sources: 'How each figure was computed',
    variances: 'Why lines came out otherwise',
  },
  channels: {
    public: 'Public, online',
    enterprise: 'Enterprises, by agreement',
    offline: 'Offline (transfers, cash, imported statements)',
    goods: 'Goods, at their assessed value',
  },
  matchChannel: 'Match',
  interest: 'Bank interest',
  fees: 'Provider fees',
  feesNote:
    'Fees are what providers charged for this campaign’s payments by their statements; they are not taken off what was given. Providers without such a statement are not in it.',
  channelNote:
    'The ways add up to what was raised. Match and interest are no gifts and stand beside them. Goods are at their assessed value and never spent as money.',
  channel: 'Way',
  notStated: 'not stated yet',
  narrative: 'What was done',
  reached: 'People reached',
  achieved: 'Achieved',
  planned: 'Planned',
  output: 'Output',
  unitOf: 'Unit',
  current: 'Budget',
  transferred: 'Transferred',
  spent: 'Spent',
  variance: 'Variance',
  varianceReason: 'Why',
  unspent: 'Money not yet spent',
  aid: (people, times, amount) => `Aid was paid ${times} times to ${people} people, ${amount} in all.`,
  surplus: 'Surplus',
  surplusFrom: (from) => `Surplus handed on by ${from}`,
  surplusText: (amount, to, on) => `${amount}, by the decision of ${on}, to: ${to}`,
  noSurplus: 'No decision about a surplus has been made.',
  goodsColumns: {
    item: 'Goods',
    received: 'Received',
    issued: 'Issued',
    onHand: 'On hand',
    receivedValue: 'Value received',
  },
  year: 'Year',
  campaign: 'Campaign',
  source: 'Taken from',
  fromReport: (hash) => `closeout report ${hash}…`,
  byHand: (from) => `entered by hand: ${from}`,
  here: 'this report',
  yearNote: 'Figures “entered by hand” were typed from what is named beside them, and are not of these books.',
  audit: 'Audit opinion',
  opinions: {
    unqualified: 'Unqualified',
    qualified: 'Qualified',
    adverse: 'Adverse',
    disclaimer: 'Disclaimer of opinion',
  },
  notAudited: (why) => `Not audited by itself: ${why}`,
  opinionText: (kind, auditor, reference, on) => `${kind}, ${auditor}, ${reference}, ${on}`,
  links: 'Disclosed at',
  noLinks: 'None given.',
  file: 'File',
  kind: 'Kind',
  size: 'Size',
  hash: 'SHA-256',
  noFiles: 'There are none.',
  evidenceNote: 'The files are kept in the system; whoever has one can compute its SHA-256 and compare.',
  fileKinds: {
    evidence: 'Evidence',
    photo: 'Photo',
    agreement: 'Agreement',
    minutes: 'Minutes',
    certificate: 'Certificate',
    other: 'Other',
  },
  preparedBy: 'Prepared by',
  signsAs: 'Signed as',
  signer: 'By',
  signedAt: 'At',
  forOther: (who, other) => `${who} (for ${other})`,
  signNote: 'What is signed is the SHA-256 of the report’s JSON document above. Nobody signs what they prepared.',
  unsigned: 'This draft is not signed. The boxes are for signing on paper.',
  signBoxes: ['Prepared by', 'Reviewed by finance', 'Leader'],
  dateLine: 'Date',
  rules: (rule, money) => {
    if (rule.kind === 'top') return `The ${rule.units} units that raised most, net of refunds.`;
    if (rule.kind === 'growth') return `The ${rule.units} units that grew most since the campaign before.`;
    return `Units that raised ${money(rule.raisedMinor)} or more, net of refunds.`;
  },
  growth: 'Growth',
  noCommended: 'No unit meets the rule.',
  cells: 'Sheet and cells',
  figuresOf: 'Figures',
  computedBy: 'Query',
  from: 'Partitions',
  itemCount: 'Items',
  sourcesNote:
    'A query is an access pattern of the table by its name (functions/platform/keys.ts); the report’s JSON lists the same under “sources”. Sums are added up from single entries, not taken from running totals.',
  charts: {
    units: 'Raised by unit, net (the first 20)',
    hours: 'Raised by hour',
    days: 'Raised by day',
    match: 'Use of the match over time',
    budget: 'Budget against spending',
    years: 'Raised and matched, campaign by campaign',
    used: 'Matched so far',
    pool: 'All pools',
    plan: 'Budget',
    actual: 'Spent',
    net: 'Raised, net',
    matched: 'Matched',
    highest: (where, amount) => `highest: ${where}, ${amount}`,
    usedOf: (used, pool) => `${used} in the end, of ${pool}`,
  },
  sectionNumber: (number) => `${number}. `,
  appendix: (letter) => `Appendix ${letter}. `,
};

export const accountWords = (language: ReportLanguage): AccountWords => (language === 'zh-CN' ? chinese : english);

const DIGITS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'] as const;
/** 1 to 19, as sections are numbered. */
function chineseNumber(number: number): string {
  if (number <= 10) return DIGITS[number] ?? String(number);
  return `十${DIGITS[number - 10] ?? ''}`;
}

export function opinionText(opinion: NonNullable<CloseoutStatement['auditOpinion']>, language: ReportLanguage): string {
  const words = accountWords(language);
  if (opinion.kind === 'not-audited') return words.notAudited(opinion.reason);
  const on = longDate(opinion.issuedOn, language);
  return words.opinionText(words.opinions[opinion.kind], opinion.auditor, opinion.reference, on);
}

export const ruleText = (rule: CommendationRule, language: ReportLanguage): string =>
  accountWords(language).rules(rule, (amount) => formatMoney(amount, 'CNY'));

/** 1,250 of 10,000 basis points grown: "+12.50%". */
export const growthText = (basisPoints: number): string => `+${percentText(basisPoints)}`;

export const signerText = ({ name, onBehalfOf }: Signature, language: ReportLanguage): string =>
  onBehalfOf === undefined ? name : accountWords(language).forOther(name, onBehalfOf);

type Placed = { readonly campaign: Pick<CloseoutReport['campaign'], 'zone'>; readonly language: ReportLanguage };
export function signedAtText({ at }: Signature, { campaign, language }: Placed): string {
  const time = localTimeText(at, campaign.zone).slice(11, 16);
  return `${longDate(localDateOf(at, campaign.zone), language)} ${time}`;
}

/** 1234567 bytes -> "1,206 KB". */
export const sizeText = (bytes: number): string => `${countText(Math.max(1, Math.round(bytes / 1024)))} KB`;
