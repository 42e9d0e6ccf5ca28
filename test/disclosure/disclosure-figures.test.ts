import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../functions/campaigns/campaign.ts';
import { accountCsv, accountRows } from '../../functions/disclosure/account-csv.ts';
import {
  type DisclosureFigures,
  disclosureFigures,
  figureProblems,
} from '../../functions/disclosure/disclosure-figures.ts';
import { disclosurePage } from '../../functions/disclosure/disclosure-page.ts';
import { minor } from '../../functions/kernel/money.ts';
import type { LocalDate } from '../../functions/kernel/time.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { dayStatementSchema } from '../../functions/proofs/day-statement.ts';
import type { SpendingFigures } from '../../functions/spending/spending-figures.ts';

const NOTHING = {
  changes: 0,
  moneyBackMinor: 0,
  goodsBackMinor: 0,
  matchAddedMinor: 0,
  matchTakenMinor: 0,
  lumpAddedMinor: 0,
  lumpTakenMinor: 0,
};
const statement = (toDate: object = {}) =>
  dayStatementSchema.parse({
    version: 'yiqi-day-1',
    campaignId: 'cmp_1',
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    day: '2026-09-08',
    number: 2,
    key: 'a'.repeat(64),
    previous: 'b'.repeat(64),
    gifts: { root: 'c'.repeat(64), gifts: 0, moneyMinor: 0, goodsMinor: 0, matchMinor: 0 },
    changes: { root: 'd'.repeat(64), ...NOTHING },
    toDate: {
      gifts: 10,
      moneyMinor: 5_000,
      goodsMinor: 800,
      matchMinor: 2_000,
      ...NOTHING,
      moneyBackMinor: 400,
      matchTakenMinor: 150,
      lumpAddedMinor: 1_000,
      channels: { alipay: { gifts: 4, moneyMinor: 3_000 }, cash: { gifts: 5, moneyMinor: 2_000 } },
      ...toDate,
    },
  });
const spending = (more: Partial<SpendingFigures> = {}): SpendingFigures => ({
  lines: [
    {
      lineNo: 1,
      item: '棉衣',
      kind: 'programme',
      plannedMinor: minor(4_000),
      transferredMinor: minor(0),
      currentMinor: minor(4_000),
      spentMinor: minor(1_500),
      isInPlan: true,
    } as never,
  ],
  spentMinor: minor(1_500),
  aid: { beneficiaries: 5, payments: 6, amountMinor: minor(900) },
  aidByLine: [],
  goods: [],
  goodsReceivedMinor: minor(0),
  goodsIssuedMinor: minor(300),
  surplusInMinor: minor(0),
  surplusIn: [],
  entries: 3,
  ...more,
});
const figures = (more: object = {}): DisclosureFigures =>
  disclosureFigures({
    day: statement(),
    statementHash: 'e'.repeat(64),
    spendingDay: localDateSchema.parse('2026-09-20'),
    matchPaidMinor: 700,
    feesMinor: 30,
    spending: spending(),
    subPlans: [],
    ...more,
  });

describe('figures that are published', () => {
  it('keep money, match and goods apart, and say what is left of the money', () => {
    expect(figures()).toMatchObject({
      raised: { moneyMinor: 5_000, moneyBackMinor: 400, netMinor: 4_600 },
      match: { matchMinor: 1_850, lumpMinor: 1_000, paidMinor: 700 },
      goods: { receivedMinor: 800, issuedMinor: 300 },
      spending: { spentMinor: 1_500 },
      balanceMinor: 4_600 + 700 - 30 - 1_500,
    });
  });

  it('count a surplus that was handed on as gone, and one that came as there', () => {
    const surplus = { amountMinor: minor(2_000), destination: '同类项目', decidedOn: '2026-12-01' as LocalDate };
    const handedOn = figures({ spending: spending({ surplus }) });
    expect(handedOn.balanceMinor).toBe(figures().balanceMinor - 2_000);
    const decidedOn = '2026-12-01' as LocalDate;
    const from = { from: '博爱家园 (达州市红十字会)', fromCampaignId: 'cmp_a', amountMinor: minor(300), decidedOn };
    const received = figures({ spending: spending({ surplusInMinor: minor(300), surplusIn: [from] }) });
    expect(received.balanceMinor).toBe(figures().balanceMinor + 300);
    expect(received.spending?.surplusIn).toEqual([{ from: from.from, amountMinor: 300, decidedOn }]);
    expect(figureProblems(received, undefined)).toEqual([]);
    const rows = accountRows(received, 'en').map(({ what }) => what);
    expect(rows).toContain('Of that from 博爱家园 (达州市红十字会), decided on 2026-12-01');
    const nameless = figures({ spending: spending({ surplusInMinor: minor(300) }) });
    expect(figureProblems(nameless, undefined)).toEqual([
      'what single campaigns handed on does not add up to what came of them',
    ]);
  });

  it('count a surplus in no gift, so that a project that gives and a project that takes are together what was given', () => {
    const raised = { gifts: 2, moneyMinor: 900, moneyBackMinor: 0, netMinor: 900 };
    const subPlans = [{ campaignId: 'cmp_sub', title: '子计划', raised }];
    const surplusIn = [
      { from: '子计划', fromCampaignId: 'cmp_sub', amountMinor: minor(300), decidedOn: '2026-12-01' as LocalDate },
    ];
    const project = (more: Partial<SpendingFigures>) => figures({ spending: spending(more), subPlans }).project;
    const received = project({ surplusInMinor: minor(300), surplusIn });
    expect(received).toEqual(project({}));
    expect(received?.together.netMinor).toBe(4_600 + 900);
  });

  it('show aid only where three people or more had some', () => {
    const of = (beneficiaries: number) =>
      figures({ spending: spending({ aid: { beneficiaries, payments: 1, amountMinor: minor(900) } }) }).spending?.aid;
    expect([of(0), of(1), of(2), of(3)]).toEqual([
      { beneficiaries: 0, payments: 1, amountMinor: 900 },
      null,
      null,
      { beneficiaries: 3, payments: 1, amountMinor: 900 },
    ]);
  });

  it('say in the file and on the page how many had aid, why a line came out otherwise, and where what is left goes', () => {
    const lines = spending().lines.map((line) => ({ ...line, varianceReason: '=棉衣涨价' }));
    const surplus = { amountMinor: minor(500), destination: '同类项目', decidedOn: '2026-12-01' as LocalDate };
    const shown = figures({ spending: spending({ lines, surplus }) });
    const campaign = { proposal: { title: '冬衣', generatedData: false } } as Campaign;
    const page = disclosurePage({ campaign, entries: [], figures: shown, language: 'zh-CN' });
    const file = accountCsv(shown, 'zh-CN');
    for (const face of [page, file]) {
      expect(face).toContain('其中救助 5 人、6 笔');
      expect(face).toContain('第 1 项支出与预算不同的原因：=棉衣涨价');
      expect(face).toContain('剩余财产用于：同类项目（2026-12-01 决定）');
    }
    expect(file).toContain('其中救助 5 人、6 笔,9.00');
    expect(page.match(/其中救助/g)).toHaveLength(1);
  });

  it('of a project are those of its parts together', () => {
    const part = (campaignId: string, netMinor: number) => ({
      campaignId,
      title: campaignId,
      raised: { gifts: 1, moneyMinor: netMinor, moneyBackMinor: 0, netMinor },
    });
    expect(figures({ subPlans: [part('a', 100), part('b', 20)] }).project?.together).toEqual({
      gifts: 12,
      moneyMinor: 5_120,
      moneyBackMinor: 400,
      netMinor: 4_720,
    });
  });
});

describe('before they are published figures are refused', () => {
  const wrong = (changed: (figures: DisclosureFigures) => unknown, before?: DisclosureFigures): string[] => {
    const copy = structuredClone(figures());
    changed(copy);
    return figureProblems(copy, before);
  };

  it('not where they add up and nothing went down', () => {
    expect(figureProblems(figures(), undefined)).toEqual([]);
    expect(figureProblems(figures(), figures())).toEqual([]);
  });

  it('where the channels are not the total, or the lines not what was spent: the total below the sum of two banks', () => {
    expect(wrong((copy) => Object.assign(copy.raised.channels[0] ?? {}, { moneyMinor: 1 }))).toHaveLength(1);
    expect(wrong((copy) => Object.assign(copy.spending ?? {}, { spentMinor: 1 }))).toHaveLength(1);
  });

  it.each(['gifts', 'moneyMinor', 'moneyBackMinor'] as const)(
    'where the count of %s went down since the entry before',
    (name) => {
      const before = figures();
      Object.assign(before.raised, { [name]: before.raised[name] + 1 });
      expect(figureProblems(figures(), before)).toEqual([`${name} is less than what was published before`]);
    },
  );

  it('where they stand on an earlier day than what was published before', () => {
    const before = figures();
    Object.assign(before.asOf, { number: 3, day: localDateSchema.parse('2026-09-09') });
    expect(figureProblems(figures(), before)).toHaveLength(1);
    const later = figures({ spendingDay: localDateSchema.parse('2026-09-21') });
    expect(figureProblems(figures(), later)).toEqual([
      'its spending stands on an earlier day than what was published before',
    ]);
  });
});
