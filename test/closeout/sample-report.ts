import type { CloseoutReport, CloseoutReportInput } from '../../functions/closeout/closeout-report.ts';
import { assembleCloseoutReport, closeoutReportInputSchema } from '../../functions/closeout/closeout-report.ts';

type Gift = { unit: number; day: number; hour: number; amount: number; match: number };

const POOL_MINOR = 300_000;
const CAP_MINOR = 5_000;
const UNIT_IDS = ['u1', 'u2', 'u3', 'u4', 'u5', null] as const;
const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'] as const;
// Three evening peaks and a quiet day between, as giving days have.
const HOURS = [9, 10, 12, 14, 17, 18, 19, 19, 20, 20, 20, 20, 21, 21, 22, 23] as const;

/** 300 gifts of 17 yuan on average, the match drawn in order until the pool is empty. No randomness: the same every time. */
function sampleGifts(): Gift[] {
  let left = POOL_MINOR;
  return Array.from({ length: 300 }, (_, number) => {
    const amount = number % 30 === 7 ? 10_000 + number * 11 : 200 + ((number * 7919) % 2_300);
    const match = Math.min(amount, CAP_MINOR, left);
    left -= match;
    const unit = (number * number + (number % 7)) % 11 > 8 ? 5 : (number * 13) % 5;
    return { unit, day: Math.floor(number / 100), hour: HOURS[(number * 5) % HOURS.length] ?? 20, amount, match };
  });
}

const figuresOf = (gifts: readonly Gift[]) => ({
  gifts: gifts.length,
  raisedMinor: gifts.reduce((all, gift) => all + gift.amount, 0),
  refundedMinor: 0,
  matchedMinor: gifts.reduce((all, gift) => all + gift.match, 0),
});

const TEXTS = {
  'zh-CN': {
    title: '困难党员帮扶计划',
    purpose: '为全市生活困难的老党员、因病因灾致困党员家庭提供生活补助、医疗救助与慰问物资，帮助其渡过难关。',
    beneficiaries: '达州市七个县（市、区）经核实的困难党员家庭约 120 户',
    organisationName: '达州市红十字会',
    units: ['市直机关工作委员会', '通川区红十字会', '宣汉县红十字会', '万源市红十字会', '达州高新区企业联队'],
    sponsors: ['科伦药业', '达州商会', '益起公益基金会'],
    items: ['困难党员生活补助', '大病医疗救助', '慰问物资采购与发放', '宣传品与志愿者培训'],
  },
  en: {
    title: 'Hardship Party Members Support Plan',
    purpose:
      'Living allowances, help with medical bills and relief goods for elderly members in hardship and for families struck by illness or disaster.',
    beneficiaries: 'About 120 verified families in the seven counties and districts of Dazhou',
    organisationName: 'Dazhou Red Cross Society',
    units: [
      'City directly-affiliated organs',
      'Tongchuan District Red Cross',
      'Xuanhan County Red Cross',
      'Wanyuan City Red Cross',
      'Hi-tech Zone companies',
    ],
    sponsors: ['Kelun Pharmaceutical', 'Dazhou Chamber of Commerce', 'Yiqi Foundation'],
    items: ['Living allowances', 'Help with medical bills', 'Relief goods', 'Printed materials and training'],
  },
} as const;

type SampleRule = {
  rule: { id: string; poolMinor: number; [field: string]: unknown };
  matchedMinor: number;
  remainingMinor: number;
};

type SampleAdjustment = {
  number: number;
  kind: string;
  at: string;
  by: string;
  reason?: string;
  giftNo?: number;
  giftId?: string;
  giftMinor?: number;
  refundMinor?: number;
  matchMinor: number;
  lumpMinor: number;
  changes: { ruleId: string; matchMinor: number }[];
  challenges?: { ruleId: string; kind: string; lumpMinor: number }[];
  resizes?: { ruleId: string; fromMinor: number; toMinor: number }[];
  ruleId?: string;
  shares?: { unitId: string; shareMinor: number; outcome?: string }[];
};

type SampleDiscrepancy = {
  kind: string;
  provider: string;
  transactionId: string;
  orderNo?: string;
  ourAmountMinor?: number;
  theirAmountMinor?: number;
  day: string;
};

const DISCREPANCIES: readonly SampleDiscrepancy[] = [
  {
    kind: 'missing-here',
    provider: 'wechat-pay',
    transactionId: '4200002409202609070012345678',
    theirAmountMinor: 1_770,
    day: '2026-09-07',
  },
  {
    kind: 'amount-differs',
    provider: 'wechat-pay',
    transactionId: '4200002409202609080087654321',
    orderNo: 'YQ20260908000123',
    ourAmountMinor: 2_050,
    theirAmountMinor: 2_000,
    day: '2026-09-08',
  },
  {
    kind: 'missing-there',
    provider: 'wechat-pay',
    transactionId: '4200002409202609090011223344',
    orderNo: 'YQ20260909000007',
    ourAmountMinor: 520,
    day: '2026-09-09',
  },
];

type SamplePerson = { personId: string; name: string };
type SampleItem = {
  itemId: string;
  class: string;
  provider: string;
  merchantId: string;
  day: string;
  transactionId: string;
  orderNo?: string;
  ourAmountMinor?: number;
  theirAmountMinor?: number;
  atStakeMinor: number;
  state: string;
  resolvedAs?: string;
  decided: { by: SamplePerson; at: string; reason: string; [more: string]: unknown };
};

/** The item of a discrepancy, explained by somebody unless `more` says otherwise. */
function itemOf(
  { kind, ...listed }: SampleDiscrepancy,
  finance: SamplePerson,
  more: Partial<SampleItem> = {},
): SampleItem {
  const atStakeMinor = Math.abs((listed.theirAmountMinor ?? 0) - (listed.ourAmountMinor ?? 0));
  return {
    itemId: `dsc_${kind}_${listed.transactionId}`,
    class: kind === 'refund-differs' ? 'refunded-there' : kind,
    ...listed,
    merchantId: '1900000109',
    atStakeMinor,
    state: 'resolved',
    resolvedAs: 'explained',
    decided: { by: finance, at: '2026-09-11T08:00:00.000Z', reason: finance.name },
    ...more,
  };
}

/** One of the three explained, one signed over, one carried on; and a payment that came twice, written off by two. */
function itemsOf(isChinese: boolean) {
  const finance = { personId: 'finance-wang', name: isChinese ? '王芳' : 'Wang Fang' };
  const leader = { personId: 'approver-zhao', name: isChinese ? '赵强' : 'Zhao Qiang' };
  const at = '2026-09-11T08:00:00.000Z';
  const [missing, differs, notThere] = DISCREPANCIES as [SampleDiscrepancy, SampleDiscrepancy, SampleDiscrepancy];
  const reason = isChinese
    ? '理事会同意先行结项，差额由本会垫付'
    : 'the board lets the report go ahead and bears the difference';
  const again = { ...missing, kind: 'duplicate', transactionId: '4200002409202609070055667788', ourAmountMinor: 1_770 };
  return {
    signedOver: { by: leader, at: '2026-09-11T09:00:00.000Z', reason, items: 1, atStakeMinor: 50 },
    items: [
      itemOf(missing, finance, {
        class: 'paid-not-booked',
        decided: {
          by: finance,
          at,
          reason: isChinese ? '捐赠人本人来电，次年入账' : 'the donor called; it is for next year',
          evidence: isChinese ? '银行流水 0907-12' : 'bank line 0907-12',
        },
      }),
      itemOf(again, finance, {
        resolvedAs: 'written-off',
        decided: {
          by: leader,
          at,
          reason: isChinese ? '无法联系付款人' : 'the payer cannot be reached',
          proposedBy: finance,
        },
      }),
      itemOf(differs, finance, {
        state: 'open',
        resolvedAs: undefined as unknown as string,
        decided: { by: leader, at: '2026-09-11T09:00:00.000Z', reason },
      }),
      itemOf(notThere, finance, {
        state: 'carried',
        resolvedAs: undefined as unknown as string,
        decided: {
          by: finance,
          at,
          reason: isChinese ? '待渠道补发账单' : 'the provider will send it',
          dueOn: '2026-10-15',
        },
      }),
    ] as SampleItem[],
  };
}

/** Three gifts by agreement, and every fortieth at a counter; the rest came online. */
function channelsOf(gifts: readonly Gift[]) {
  const channelOf = (number: number) => (number < 3 ? 'enterprise' : number % 40 === 0 ? 'offline' : 'public');
  return ['enterprise', 'offline', 'public'].map((channel) => {
    const ours = gifts.filter((_, number) => channelOf(number) === channel);
    const { gifts: number, raisedMinor, refundedMinor } = figuresOf(ours);
    return { channel, gifts: number, raisedMinor, refundedMinor };
  });
}

const PLANNED = [500_000, 333_333, 126_667, 40_000] as const;
const SPENT = [480_000, 351_200, 126_667, 0] as const;
const MOVED = [-20_000, 20_000, 0, 0] as const;

function spendingOf(items: readonly string[], isChinese: boolean) {
  return {
    lines: items.map((item, position) => ({
      lineNo: position + 1,
      item,
      kind: position === 3 ? 'fundraising' : 'programme',
      plannedMinor: PLANNED[position] as number,
      transferredMinor: MOVED[position] as number,
      currentMinor: (PLANNED[position] ?? 0) + (MOVED[position] ?? 0),
      spentMinor: SPENT[position] as number,
    })),
    spentMinor: SPENT.reduce<number>((all, spent) => all + spent, 0),
    aid: { beneficiaries: 118, payments: 121, amountMinor: 480_000 } as null | Record<
      'beneficiaries' | 'payments' | 'amountMinor',
      number
    >,
    goods: [
      {
        item: isChinese ? '棉被' : 'Quilts',
        unit: isChinese ? '床' : 'quilts',
        received: 200,
        issued: 180,
        onHand: 20,
        receivedMinor: 2_400_000,
        issuedMinor: 2_160_000,
      },
    ],
    goodsReceivedMinor: 2_400_000,
    goodsIssuedMinor: 2_160_000,
    entries: 126,
  };
}

function statementOf(language: 'zh-CN' | 'en') {
  const isChinese = language === 'zh-CN';
  return {
    outcome: {
      narrative: isChinese
        ? '九月至十一月，七个县（市、区）红十字会入户核实并发放补助，为大病家庭垫付医疗费用，冬季前完成棉被发放。\n志愿者回访了全部受益家庭。'
        : 'From September to November the seven county societies visited every family, paid allowances and medical bills, and handed out quilts before the winter.',
      interestMinor: 1_234,
      beneficiariesReached: 118,
      beneficiariesNote: isChinese ? '其中重病家庭 37 户' : '37 of them families with serious illness',
      outputs: [
        {
          what: isChinese ? '入户核实' : 'Families visited',
          unit: isChinese ? '户' : 'families',
          planned: 120,
          achieved: 118,
        },
        { what: isChinese ? '发放棉被' : 'Quilts handed out', unit: isChinese ? '床' : 'quilts', achieved: 180 },
      ],
      auditOpinion: {
        kind: 'unqualified',
        auditor: isChinese ? '四川某会计师事务所' : 'A firm of auditors in Sichuan',
        reference: isChinese ? '川审〔2026〕118号' : 'SC-2026-118',
        issuedOn: '2026-12-01',
      },
      disclosureLinks: [{ label: isChinese ? '慈善中国' : 'Charity China', url: 'https://cszg.mca.gov.cn/' }],
      evidence: [
        {
          attachmentId: 'att_0123456789abcdefghij',
          name: isChinese ? '发放签收表.pdf' : 'signed lists.pdf',
          kind: 'evidence',
          contentType: 'application/pdf',
          bytes: 1_234_567,
          sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        },
      ],
    },
    variances: [{ lineNo: 4, reason: isChinese ? '宣传品由志愿者自筹' : 'Printed by volunteers at their own cost' }],
    commendation: { kind: 'top', units: 5 } as { kind: string; units?: number; raisedMinor?: number },
    earlier: [
      {
        title: isChinese ? '困难党员帮扶计划' : 'Hardship Party Members Support Plan',
        year: 2025,
        gifts: 220,
        donors: 190 as number | null,
        netMinor: 310_000,
        matchedMinor: 200_000,
        from: {
          kind: 'by-hand',
          takenFrom: isChinese ? '2025 年结项报告（纸质）第 3 页' : 'report of 2025 on paper, page 3',
        },
      },
    ],
    earlierUnits: [] as { id: string; name: string; netMinor: number }[],
  };
}

/** Input as another part of the system would hand it over, before the schema has looked at it. */
export function sampleInput(language: 'zh-CN' | 'en' = 'zh-CN') {
  const gifts = sampleGifts();
  const words = TEXTS[language];
  const totals = figuresOf(gifts);
  return {
    campaign: {
      id: 'cmp_7k2m9q4x1v8n3t6w5z0a',
      title: words.title as string,
      purpose: words.purpose as string,
      beneficiaries: words.beneficiaries as string,
      organisationName: words.organisationName as string,
      zone: 'Asia/Shanghai',
      firstDay: DAYS[0] as string,
      lastDay: DAYS[2] as string,
      targetMinor: 1_000_000,
      budgetLines: [
        { id: 'b1', item: words.items[0] as string, kind: 'programme', amountMinor: 500_000 },
        { id: 'b2', item: words.items[1] as string, kind: 'programme', amountMinor: 333_333 },
        { id: 'b3', item: words.items[2] as string, kind: 'programme', amountMinor: 126_667 },
        { id: 'b4', item: words.items[3] as string, kind: 'fundraising', amountMinor: 40_000 },
      ],
      units: words.units.map((name, position) => ({ id: `u${position + 1}`, name: name as string })),
      language,
    },
    totals: { ...totals, refundedGifts: 0, donors: 271 },
    unitTotals: UNIT_IDS.map((unitId, unit) => ({ unitId, ...figuresOf(gifts.filter((gift) => gift.unit === unit)) })),
    dayTotals: DAYS.map((day, position) => ({
      day: day as string,
      ...figuresOf(gifts.filter((gift) => gift.day === position)),
    })),
    hourTotals: DAYS.flatMap((day, position) =>
      [...new Set(HOURS)].map((hour) => {
        const {
          gifts: number,
          raisedMinor,
          matchedMinor,
        } = figuresOf(gifts.filter((gift) => gift.day === position && gift.hour === hour));
        return { day: day as string, hour: hour as number, gifts: number, raisedMinor, matchedMinor };
      }),
    ),
    match: {
      stage: 'publicised',
      noticeUntil: '2026-09-21T16:00:00.000Z',
      rules: [
        {
          rule: {
            version: 2,
            kind: 'ratio',
            id: 'kelun',
            sponsor: words.sponsors[0] as string,
            poolMinor: POOL_MINOR as number,
            numerator: 1,
            denominator: 1,
            perGift: { capMinor: CAP_MINOR as number },
          },
          matchedMinor: totals.matchedMinor,
          remainingMinor: POOL_MINOR - totals.matchedMinor,
        },
      ] as SampleRule[],
      poolMinor: POOL_MINOR as number,
      matchedMinor: totals.matchedMinor,
      remainingMinor: POOL_MINOR - totals.matchedMinor,
      drawnMinor: totals.matchedMinor,
      lumpMinor: 0,
      matchedGifts: gifts.filter((gift) => gift.match > 0).length,
      heldGifts: 0,
      cappedGifts: gifts.filter((gift) => gift.match === CAP_MINOR).length,
      exhaustedGifts: gifts.filter((gift) => gift.match < Math.min(gift.amount, CAP_MINOR)).length,
      outsideWindowGifts: 0,
      adjustments: [] as SampleAdjustment[],
      recomputation: { agrees: true, giftsCompared: 300, adjustmentsCompared: 0, differences: 0 },
    },
    reconciliation: {
      bills: DAYS.map((billDate, position) => {
        const { gifts: entries, raisedMinor } = figuresOf(gifts.filter((gift) => gift.day === position));
        // Day 1: one payment is missing here. Day 2: one amount differs by 50 fen. Day 3: one payment is missing there.
        const [lines, difference] = (
          [
            [1, 1_770],
            [0, -50],
            [-1, -520],
          ] as const
        )[position] ?? [0, 0];
        return {
          provider: 'wechat-pay',
          billDate: billDate as string,
          billLines: entries + lines,
          billMinor: raisedMinor + difference,
          entries,
          entriesMinor: raisedMinor,
          refundLines: position === 2 ? 2 : 0,
          refundMinor: position === 2 ? 3_500 : 0,
        };
      }),
      discrepancies: DISCREPANCIES.map((one) => ({ ...one })),
      funds: [
        {
          provider: 'wechat-pay',
          merchantId: '1900000109',
          paidMinor: 1_234_567,
          refundedMinor: 3_500,
          feesMinor: 7_407,
          feesBilledMinor: 7_407,
          campaignFeesMinor: 5_120,
          withdrawnMinor: 1_000_000,
          otherMinor: 0,
          settlements: [{ account: 'BASIC', day: '2026-09-08', businessNo: '1000', changeMinor: -1_000_000 }],
        },
      ],
    },
    itemsRead: itemsOf(language === 'zh-CN') as Omit<ReturnType<typeof itemsOf>, 'signedOver'> & {
      signedOver: ReturnType<typeof itemsOf>['signedOver'] | null;
    },
    channelTotals: channelsOf(gifts),
    spending: spendingOf(words.items, language === 'zh-CN'),
    statement: statementOf(language) as ReturnType<typeof statementOf> | null,
    preparation: {
      round: 1,
      statementVersion: 4,
      submittedAt: '2026-09-12T02:00:00.000Z',
      preparedBy: [{ personId: 'manager-li', name: language === 'zh-CN' ? '李敏' : 'Li Min' }],
    },
    read: { partitions: 24, adjustments: 0, directedGifts: 3 },
    preparedAt: '2026-09-12T02:30:00.000Z',
    generatedData: true,
  };
}

export type SampleInput = ReturnType<typeof sampleInput>;

/** The sample's input after the schema, changed by `change` before it. */
export function parsedInput(
  change: (input: SampleInput) => void = () => {},
  language: 'zh-CN' | 'en' = 'zh-CN',
): CloseoutReportInput {
  const input = sampleInput(language);
  change(input);
  // A discrepancy that a test adds has an item like every other one.
  const known = new Set(input.itemsRead.items.map(({ transactionId }) => transactionId));
  for (const one of input.reconciliation.discrepancies)
    if (!known.has(one.transactionId))
      input.itemsRead.items.push(itemOf(one, { personId: 'finance-wang', name: 'Wang Fang' }));
  return closeoutReportInputSchema.parse(input);
}

export const sampleReport = (
  language: 'zh-CN' | 'en' = 'zh-CN',
  change: (input: SampleInput) => void = () => {},
): CloseoutReport => assembleCloseoutReport(parsedInput(change, language));

/** Takes back what the nth gift drew, and with `refundMinor` that much of the gift too. */
function settle(
  input: SampleInput,
  giftNo: number,
  about: Pick<SampleAdjustment, 'kind' | 'by'> & Partial<SampleAdjustment>,
): void {
  const gift = sampleGifts()[giftNo - 1];
  if (gift === undefined) throw new Error(`the sample has no gift ${giftNo}`);
  const refundMinor = about.refundMinor ?? 0;
  const kept = about.kind === 'void' ? 0 : Math.floor((gift.match * (gift.amount - refundMinor)) / gift.amount);
  const back = about.kind === 'release' ? 0 : kept - gift.match;
  const { match, totals } = input;
  match.adjustments.push({
    number: match.adjustments.length + 1,
    at: '2026-09-12T02:00:00.000Z',
    giftNo,
    giftId: `gft_sample${giftNo}`,
    giftMinor: gift.amount,
    matchMinor: back,
    lumpMinor: 0,
    changes: back === 0 ? [] : [{ ruleId: 'kelun', matchMinor: back }],
    ...about,
  });
  const unit = input.unitTotals.find(({ unitId }) => unitId === UNIT_IDS[gift.unit]);
  const [day, rule] = [input.dayTotals[gift.day], match.rules[0]];
  for (const sums of [totals, unit, day]) {
    if (sums === undefined) continue;
    sums.refundedMinor += refundMinor;
    sums.matchedMinor += back;
  }
  const hour = input.hourTotals.find((one) => one.day === DAYS[gift.day as 0] && one.hour === gift.hour);
  if (hour !== undefined) hour.matchedMinor += back;
  const channel = giftNo <= 3 ? 'enterprise' : (giftNo - 1) % 40 === 0 ? 'offline' : 'public';
  const way = input.channelTotals.find((one) => one.channel === channel);
  if (way !== undefined) way.refundedMinor += refundMinor;
  if (refundMinor === gift.amount) totals.refundedGifts += 1;
  if (gift.match > 0 && gift.match + back === 0) match.matchedGifts -= 1;
  match.matchedMinor += back;
  match.remainingMinor -= back;
  if (rule !== undefined) {
    rule.matchedMinor += back;
    rule.remainingMinor -= back;
  }
}

/** A rule that gives a lump sum, all of which it gave but `leftMinor`. */
function addLump(input: SampleInput, rule: SampleRule['rule'], leftMinor: number): void {
  const { match } = input;
  match.rules.push({ rule, matchedMinor: rule.poolMinor - leftMinor, remainingMinor: leftMinor });
  match.poolMinor += rule.poolMinor;
  match.matchedMinor += rule.poolMinor - leftMinor;
  match.lumpMinor += rule.poolMinor - leftMinor;
  match.remainingMinor += leftMinor;
}

/** Everything that can change after gifts were counted: a raised pool, a challenge, refunds, decisions, and a round. */
export function eventful(input: SampleInput): void {
  const { match } = input;
  const isChinese = input.campaign.language === 'zh-CN';
  const words = TEXTS[isChinese ? 'zh-CN' : 'en'];
  const common = { version: 2, sponsor: words.sponsors[1] };
  const challenge = {
    ...common,
    kind: 'challenge',
    id: 'chamber',
    poolMinor: 50_000,
    measure: 'gifts',
    threshold: 300,
  };
  const round = {
    ...common,
    sponsor: words.sponsors[2],
    kind: 'quadratic',
    id: 'foundation',
    poolMinor: 40_000,
    variant: 'linear',
    scaleUp: false,
    capShareBasisPoints: 3_000,
  };
  match.adjustments.push({
    number: 1,
    kind: 'pool',
    at: '2026-09-08T02:00:00.000Z',
    by: 'manager-li',
    reason: isChinese ? '配捐方来函增资' : 'the sponsor’s letter of 8 September',
    matchMinor: 0,
    lumpMinor: 0,
    changes: [],
    resizes: [{ ruleId: 'kelun', fromMinor: 200_000, toMinor: 300_000 }],
  });
  addLump(input, challenge, 0);
  match.adjustments.push({
    number: 2,
    kind: 'challenge',
    at: '2026-09-09T14:59:00.000Z',
    by: 'system',
    matchMinor: 0,
    lumpMinor: 50_000,
    changes: [{ ruleId: 'chamber', matchMinor: 50_000 }],
    challenges: [{ ruleId: 'chamber', kind: 'unlocked', lumpMinor: 50_000 }],
  });
  settle(input, 8, { kind: 'refund', by: 'system', refundMinor: 10_077 });
  settle(input, 38, { kind: 'refund', by: 'system', refundMinor: 3_333 });
  settle(input, 21, { kind: 'release', by: 'auditor-sun', reason: isChinese ? '电话核实为本人' : 'reached by phone' });
  settle(input, 22, {
    kind: 'void',
    by: 'auditor-sun',
    reason: isChinese ? '=同一账户一分钟内连捐六笔' : '=six gifts of one account within a minute',
  });
  addLump(input, round, 1_500);
  match.adjustments.push({
    number: 7,
    kind: 'round',
    at: '2026-09-12T02:20:00.000Z',
    by: 'system',
    matchMinor: 0,
    lumpMinor: 38_500,
    changes: [{ ruleId: 'foundation', matchMinor: 38_500 }],
    ruleId: 'foundation',
    shares: [
      { unitId: 'u1', shareMinor: 12_000, outcome: 'capped' },
      { unitId: 'u2', shareMinor: 11_000, outcome: 'with-overflow' },
      { unitId: 'u3', shareMinor: 9_000, outcome: 'as-computed' },
      { unitId: 'u4', shareMinor: 6_500, outcome: 'as-computed' },
      { unitId: 'u5', shareMinor: 0, outcome: 'single-donor' },
    ],
  });
  match.recomputation.adjustmentsCompared = match.adjustments.length;
}

/** A campaign whose bill agrees with its books line by line. */
export function agreeing(input: SampleInput): void {
  input.reconciliation.discrepancies = [];
  input.reconciliation.funds = [];
  input.itemsRead = { items: [], signedOver: null };
  for (const bill of input.reconciliation.bills) {
    bill.billLines = bill.entries;
    bill.billMinor = bill.entriesMinor;
  }
}
