export const PAGE_LANGUAGES = ['zh-CN', 'en'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

const chinese = {
  generated: '演示数据：本页的捐赠由程序生成，并非真实捐赠。',
  gifts: '捐款',
  match: '配捐',
  total: '合计',
  giftCount: '笔',
  count: '笔数',
  donors: '位捐赠人',
  poolLeft: '配捐池余额',
  target: '目标',
  units: '动员单位',
  rank: '名次',
  unit: '单位',
  amount: '金额',
  recent: '最近的捐赠',
  number: '编号',
  time: '时间',
  donor: '捐赠人',
  anonymous: '爱心人士',
  whatCounts: '各项数字的口径',
  explanations: [
    '捐款：已支付并入账的捐款，未扣除退款和手续费，不含配捐。',
    '配捐：配捐方按规则追加的款项，活动结束并核定之前为暂定数。',
    '捐赠人：按支付账户计算；同一人使用两个账户计为两位。',
    '动员单位：捐赠人指明的单位；未指明单位的捐款只计入合计。',
  ],
  status: {
    approved: '即将开始',
    open: '进行中',
    closed: '已截止，核对中',
    finalised: '已截止，配捐已核定',
    reported: '已结项',
    archived: '已结项归档',
  } as Record<string, string>,
  refunded: '已退款',
  seedHash: '随机配捐种子的哈希（SHA-256）',
  seed: '种子',
};

export type PageWords = typeof chinese;

const english: PageWords = {
  generated: 'Demonstration data: the gifts on this page were generated and nobody gave them.',
  gifts: 'Gifts',
  match: 'Match',
  total: 'Together',
  giftCount: 'gifts',
  count: 'Gifts',
  donors: 'donors',
  poolLeft: 'Left in the match pool:',
  target: 'Target',
  units: 'Units',
  rank: 'Rank',
  unit: 'Unit',
  amount: 'Amount',
  recent: 'Recent gifts',
  number: 'No.',
  time: 'Time',
  donor: 'Donor',
  anonymous: 'Anonymous',
  whatCounts: 'What each figure counts',
  explanations: [
    'Gifts: paid and booked, before refunds and provider fees, without match.',
    'Match: what the sponsor adds; provisional until the campaign is finalised.',
    'Donors: distinct payment accounts; one person with two accounts counts twice.',
    'Units: gifts whose donor named the unit; gifts without one are in the total only.',
  ],
  status: {
    approved: 'opens soon',
    open: 'open',
    closed: 'closed, being checked',
    finalised: 'closed, match final',
    reported: 'closed out',
    archived: 'closed out and archived',
  },
  refunded: 'refunded',
  seedHash: 'Hash of the seed of the random match (SHA-256)',
  seed: 'Seed',
};

export const pageWords = (language: PageLanguage): PageWords => (language === 'en' ? english : chinese);
