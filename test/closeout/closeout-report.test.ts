import { describe, expect, it } from 'vitest';
import { assembleCloseoutReport, closeoutReportSchema } from '../../functions/closeout/closeout-report.ts';
import { itemsReadOf } from '../../functions/closeout/report-reconciliation.ts';
import { minor } from '../../functions/kernel/money.ts';
import type { LocalDate } from '../../functions/kernel/time.ts';
import type { SampleInput } from './sample-report.ts';
import { agreeing, eventful, parsedInput, sampleReport } from './sample-report.ts';

const first = <T>(list: readonly T[]): T => {
  const [one] = list;
  if (one === undefined) throw new Error('the sample has no first element');
  return one;
};

describe('the closeout report', () => {
  it('survives being written as JSON and read back by its own schema', () => {
    const report = sampleReport();
    expect(closeoutReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('adds up: units, days, hours and shares all give the campaign’s totals', () => {
    const { units, days, hours, budget, summary, match } = sampleReport();
    const total = (lines: readonly { raisedMinor: number }[]) => lines.reduce((all, line) => all + line.raisedMinor, 0);
    expect([total(units), total(days), total(hours)]).toEqual(Array(3).fill(503_390));
    expect(summary).toMatchObject({ gifts: 300, raisedMinor: 503_390, matchedMinor: 300_000, totalMinor: 803_390 });
    expect(summary.fundingRateBasisPoints).toBe(8033);
    expect(summary.averageGiftMinor).toBe(1677);
    expect(match.remainingMinor).toBe(0);
    for (const lines of [units, budget.lines])
      expect(lines.reduce((all, line) => all + line.shareBasisPoints, 0)).toBe(10_000);
  });

  it('ranks units by what they raised and puts gifts of no unit last, however many they are', () => {
    const { units } = sampleReport('zh-CN', (input) => {
      const [unit, unclaimed] = [first(input.unitTotals), input.unitTotals[5]];
      if (unclaimed === undefined) throw new Error('the sample has no line without a unit');
      unclaimed.raisedMinor += unit.raisedMinor;
      unit.raisedMinor = 0;
    });
    expect(units.map(({ id, rank }) => [id, rank])).toEqual([
      ['u2', 1],
      ['u4', 2],
      ['u3', 3],
      ['u5', 4],
      ['u1', 5],
      [null, null],
    ]);
  });

  it('gives units that raised the same the same rank', () => {
    const { units } = sampleReport('zh-CN', (input) => {
      const [one, two] = [input.unitTotals[2], input.unitTotals[3]];
      if (one === undefined || two === undefined) throw new Error('the sample has too few units');
      const both = one.raisedMinor + two.raisedMinor + ((one.raisedMinor + two.raisedMinor) % 2);
      first(input.unitTotals).raisedMinor -= both - one.raisedMinor - two.raisedMinor;
      one.raisedMinor = both / 2;
      two.raisedMinor = both / 2;
    });
    expect(units.map(({ rank }) => rank)).toEqual([1, 2, 2, 4, 5, null]);
  });

  it('shows a unit and a day without gifts with zeros rather than leaving them out', () => {
    const report = sampleReport('zh-CN', (input) => {
      input.campaign.units.push({ id: 'u6', name: '开江县红十字会' });
      input.campaign.lastDay = '2026-09-10';
    });
    expect(report.units.find(({ id }) => id === 'u6')).toMatchObject({ gifts: 0, raisedMinor: 0, rank: 6 });
    expect(report.days.at(-1)).toEqual({
      day: '2026-09-10',
      gifts: 0,
      raisedMinor: 0,
      refundedMinor: 0,
      matchedMinor: 0,
    });
  });

  it('has no line without a unit when every gift belongs to one', () => {
    const report = sampleReport('zh-CN', (input) => {
      const unclaimed = input.unitTotals.pop();
      const unit = first(input.unitTotals);
      unit.gifts += unclaimed?.gifts ?? 0;
      unit.raisedMinor += unclaimed?.raisedMinor ?? 0;
      unit.matchedMinor += unclaimed?.matchedMinor ?? 0;
    });
    expect(report.units).toHaveLength(5);
  });

  it('reports a campaign that received nothing without dividing by zero', () => {
    const report = sampleReport('zh-CN', (input) => {
      const nothing = { gifts: 0, raisedMinor: 0, refundedMinor: 0, matchedMinor: 0 };
      Object.assign(input, {
        totals: { ...nothing, refundedGifts: 0 },
        unitTotals: [],
        channelTotals: [],
        dayTotals: [],
        hourTotals: [],
        reconciliation: { bills: [], discrepancies: [], funds: [] },
      });
      Object.assign(input.match, {
        matchedMinor: 0,
        drawnMinor: 0,
        remainingMinor: input.match.poolMinor,
        matchedGifts: 0,
        cappedGifts: 0,
        exhaustedGifts: 0,
      });
      Object.assign(first(input.match.rules), { matchedMinor: 0, remainingMinor: input.match.poolMinor });
    });
    expect(report.summary).toMatchObject({ averageGiftMinor: 0, fundingRateBasisPoints: 0 });
    expect(report.units.map(({ shareBasisPoints }) => shareBasisPoints)).toEqual([0, 0, 0, 0, 0]);
    expect(report.reconciliation.status).toBe('agrees');
  });

  it('never invents what nobody has said or spent', () => {
    const silent = sampleReport('zh-CN', (input) => {
      input.statement = null;
      input.spending.lines = input.spending.lines.map((line) => ({ ...line, spentMinor: 0 }));
      input.spending.spentMinor = 0;
    });
    expect(silent).toMatchObject({ interestMinor: null, outcome: null, yearOnYear: [], commendation: null });
    expect(silent.budget).toMatchObject({
      spentMinor: 0,
      unspentMinor: silent.summary.totalMinor - silent.feesMinor,
    });
    expect(silent.budget.lines.map(({ varianceMinor }) => varianceMinor)).toEqual([
      -480_000, -353_333, -126_667, -40_000,
    ]);
  });

  it('counts money that is not spent with its interest, less fees, and goods on neither side', () => {
    const { budget, summary, feesMinor } = sampleReport();
    expect(feesMinor).toBeGreaterThan(0);
    expect(budget.unspentMinor).toBe(summary.totalMinor + 1_234 - feesMinor - budget.spentMinor);
    const decidedOn = '2026-12-01' as LocalDate;
    const handed = sampleReport('zh-CN', (input) => {
      const surplusIn = [{ from: '博爱家园 (绵阳市红十字会)', amountMinor: 700, decidedOn }];
      const surplus = { amountMinor: 300, destination: '同类项目', decidedOn };
      Object.assign(input.spending, { surplusIn, surplus });
    });
    const before = budget.unspentMinor + (sampleReport().budget.surplus?.amountMinor ?? 0);
    expect(handed.budget.unspentMinor).toBe(before + 700 - 300);
    const withGoods = sampleReport('zh-CN', (input) => {
      const [first] = input.channelTotals;
      if (first !== undefined) first.channel = 'goods';
    });
    const goods = withGoods.channels.find(({ channel }) => channel === 'goods');
    expect(withGoods.budget.unspentMinor).toBe(budget.unspentMinor - (goods?.raisedMinor ?? 0));
  });

  it('takes the reason of a variance from the statement, and else from what was noted with the spending', () => {
    const { budget } = sampleReport('zh-CN', (input) => {
      for (const line of input.spending.lines) Object.assign(line, { varianceReason: 'noted' });
    });
    expect(budget.lines.map(({ varianceReason }) => varianceReason)).toEqual([
      'noted',
      'noted',
      'noted',
      '宣传品由志愿者自筹',
    ]);
  });

  it('puts earlier campaigns before this one, and marks what was typed by hand', () => {
    expect(sampleReport().yearOnYear.map(({ year, from }) => [year, from.kind])).toEqual([
      [2025, 'by-hand'],
      [2026, 'this-report'],
    ]);
  });

  it('commends by rank, by a threshold or by growth, and never the line without a unit', () => {
    const commendedBy = (rule: { kind: string; units?: number; raisedMinor?: number }) =>
      sampleReport('zh-CN', (input) => {
        if (input.statement === null) return;
        input.statement.commendation = rule;
        input.statement.earlierUnits = [
          { id: 'u1', name: 'x', netMinor: 1_000 },
          { id: 'old-2', name: '通川区红十字会', netMinor: 500 },
          { id: 'u3', name: 'y', netMinor: 99_999_999 },
        ];
      }).commendation?.units.map(({ id, growthBasisPoints }) => [id, growthBasisPoints]);
    const ranked = sampleReport().units.flatMap(({ id }) => (id === null ? [] : [id]));
    expect(commendedBy({ kind: 'top', units: 3 })).toEqual(ranked.slice(0, 3).map((id) => [id, undefined]));
    expect(commendedBy({ kind: 'threshold', raisedMinor: 1 })).toHaveLength(5);
    expect(commendedBy({ kind: 'threshold', raisedMinor: 90_000_000 })).toEqual([]);
    // A unit is known by its name where its id was made anew, and one that shrank is not in it.
    expect(commendedBy({ kind: 'growth', units: 5 })?.map(([id]) => id)).toEqual(['u2', 'u1']);
  });
});

describe('a closeout report whose figures contradict each other is refused, and the figure is named', () => {
  const contradictions: [string, (input: SampleInput) => void, RegExp][] = [
    [
      'a unit has one fen too many',
      (input) => {
        first(input.unitTotals).raisedMinor += 1;
      },
      /raisedMinor of all units is 503391, but should be 503390/,
    ],
    [
      'a unit’s match is one fen short',
      (input) => {
        first(input.unitTotals).matchedMinor -= 1;
      },
      /matchedMinor of all units/,
    ],
    [
      'a day lost a gift',
      (input) => {
        first(input.dayTotals).gifts -= 1;
      },
      /gifts of all days is 299/,
    ],
    [
      'a way of giving lost a fen',
      (input) => {
        first(input.channelTotals).raisedMinor -= 1;
      },
      /raisedMinor of all channels/,
    ],
    [
      'a budget line was spent a fen more than all lines together',
      (input) => {
        first(input.spending.lines).spentMinor += 1;
      },
      /spentMinor of all budget lines/,
    ],
    [
      'money was moved from nowhere between budget lines',
      (input) => {
        const line = first(input.spending.lines);
        line.transferredMinor += 1;
        line.currentMinor += 1;
      },
      /transfers between budget lines is 1/,
    ],
    [
      'an hour moved to another day',
      (input) => Object.assign(first(input.hourTotals), { day: '2026-09-08', hour: 3 }),
      /gifts by hour of 2026-09-07 is/,
    ],
    [
      'an hour lies on a day that has no total',
      (input) =>
        void input.hourTotals.push({ day: '2026-09-20', hour: 1, gifts: 1, raisedMinor: 100, matchedMinor: 0 }),
      /gifts by hour is 301/,
    ],
    [
      'the pool is not matched plus remaining',
      (input) => {
        input.match.remainingMinor += 1;
      },
      /poolMinor against matched \+ remaining/,
    ],
    [
      'the match summary and the totals differ',
      (input) => {
        input.match.matchedMinor -= 1;
      },
      /match\.matchedMinor/,
    ],
    [
      'the budget lines do not make the target',
      (input) => {
        input.campaign.targetMinor += 1;
      },
      /targetMinor against the sum of budgetLines/,
    ],
    [
      'more gifts were matched than given',
      (input) => {
        input.match.matchedGifts = 301;
      },
      /matchedGifts is 301, but cannot be above 300/,
    ],
    [
      'more gifts were capped than given',
      (input) => {
        input.match.cappedGifts = 301;
      },
      /cappedGifts is 301/,
    ],
    [
      'more gifts are held than were given',
      (input) => {
        input.match.heldGifts = 301;
      },
      /heldGifts is 301/,
    ],
    [
      'more gifts ended with the pool than were given',
      (input) => {
        input.match.exhaustedGifts = 301;
      },
      /exhaustedGifts is 301/,
    ],
    [
      'the recomputation agrees with differences',
      (input) => {
        input.match.recomputation.differences = 1;
      },
      /recomputation\.agrees/,
    ],
    [
      'a unit stands twice',
      (input) =>
        void input.unitTotals.push({ unitId: 'u1', gifts: 0, raisedMinor: 0, refundedMinor: 0, matchedMinor: 0 }),
      /units list "u1" twice/,
    ],
    [
      'a unit is unknown to the campaign',
      (input) => {
        first(input.unitTotals).unitId = 'u9' as never;
      },
      /"u9", which the campaign does not list/,
    ],
  ];
  it.each(contradictions)('%s', (_, change, message) => {
    expect(() => assembleCloseoutReport(parsedInput(change))).toThrow(
      expect.objectContaining({ name: 'PermanentError', message: expect.stringMatching(message) }),
    );
  });
});

describe('a closeout report of a campaign in which matches changed', () => {
  it('is net: what went back is in no total, and gross, refunds and net are all told', () => {
    const quiet = sampleReport();
    const { summary, match, units, days } = sampleReport('zh-CN', eventful);
    expect(summary).toMatchObject({
      raisedMinor: quiet.summary.raisedMinor,
      refundedMinor: 13_410,
      netMinor: quiet.summary.raisedMinor - 13_410,
      refundedGifts: 1,
      lumpMinor: 88_500,
    });
    expect(summary.totalMinor).toBe(summary.netMinor + summary.matchedMinor + summary.lumpMinor);
    const changed = match.adjustments.reduce((all, { matchMinor }) => all + matchMinor, 0);
    expect(changed).toBeLessThan(0);
    expect(summary.matchedMinor).toBe(quiet.summary.matchedMinor + changed);
    for (const lines of [units, days])
      expect(lines.reduce((all, line) => all + line.refundedMinor, 0)).toBe(summary.refundedMinor);
  });

  it('ranks a unit by what it kept: a gift that went back lifts nobody', () => {
    const { units } = sampleReport('zh-CN', (input) => {
      const [unit] = input.unitTotals;
      if (unit === undefined) throw new Error('the sample has no units');
      unit.refundedMinor = unit.raisedMinor;
      input.totals.refundedMinor = unit.raisedMinor;
      const [day] = input.dayTotals;
      if (day !== undefined) day.refundedMinor = unit.raisedMinor;
      const way = input.channelTotals.at(-1);
      if (way !== undefined) way.refundedMinor = unit.raisedMinor;
      input.match.adjustments.push({
        number: 1,
        kind: 'refund',
        at: '2026-09-12T02:00:00.000Z',
        by: 'system',
        giftNo: 1,
        refundMinor: unit.raisedMinor,
        matchMinor: 0,
        lumpMinor: 0,
        changes: [],
      });
    });
    expect(units.find(({ id }) => id === 'u1')).toMatchObject({ rank: 5, shareBasisPoints: 0 });
    expect(units.reduce((all, { shareBasisPoints }) => all + shareBasisPoints, 0)).toBe(10_000);
  });

  it.each([
    [
      'a refund is missing from the list',
      (input: SampleInput) => void input.match.adjustments.splice(2, 1),
      /drawnMinor with all adjustments/,
    ],
    [
      'a refund is a fen larger than what the entries say',
      (input: SampleInput) => {
        const one = input.match.adjustments[2];
        if (one !== undefined) one.refundMinor = (one.refundMinor ?? 0) + 1;
      },
      /refundMinor of all adjustments is 13411, but should be 13410/,
    ],
    [
      'a lump sum is counted twice',
      (input: SampleInput) => {
        input.match.lumpMinor += 50_000;
      },
      /match\.matchedMinor/,
    ],
    [
      'the rules do not sum to the pool',
      (input: SampleInput) => {
        first(input.match.rules).remainingMinor += 1;
      },
      /remainingMinor of all rules/,
    ],
    [
      'a unit keeps a match that went back',
      (input: SampleInput) => {
        first(input.unitTotals).matchedMinor += 1;
      },
      /matchedMinor of all units/,
    ],
  ])('is refused when %s', (_, change, message) => {
    const contradicting = () =>
      assembleCloseoutReport(
        parsedInput((input) => {
          eventful(input);
          change(input);
        }),
      );
    expect(contradicting).toThrow(
      expect.objectContaining({ name: 'PermanentError', message: expect.stringMatching(message) }),
    );
  });
});

describe('reconciliation in the closeout report', () => {
  it('says that bills and books agree only when every gift is covered', () => {
    expect(sampleReport('zh-CN', agreeing).reconciliation.status).toBe('agrees');
    const dayMissing = sampleReport('zh-CN', (input) => {
      agreeing(input);
      input.reconciliation.bills.pop();
    });
    expect(dayMissing.reconciliation.status).toBe('incomplete');
  });

  it('explains the whole difference by the listed discrepancies', () => {
    const { totals, status } = sampleReport().reconciliation;
    expect({ status, ...totals }).toMatchObject({ status: 'differs', differenceMinor: 1_200, unexplainedMinor: 0 });
  });

  it('is not explained by what fees and refunds differ by', () => {
    const { totals, status } = sampleReport('zh-CN', (input) => {
      agreeing(input);
      for (const kind of ['fee-differs', 'funds-differ', 'refund-differs'] as const)
        input.reconciliation.discrepancies.push({
          kind,
          provider: 'wechat-pay',
          transactionId: '4200000000000000000000000001',
          ourAmountMinor: 10,
          theirAmountMinor: 20,
          day: '2026-09-07',
        });
    }).reconciliation;
    expect([status, totals.differenceMinor, totals.unexplainedMinor]).toEqual(['differs', 0, 0]);
  });

  it('shows what no discrepancy explains', () => {
    const { totals, status } = sampleReport('zh-CN', (input) => {
      input.reconciliation.discrepancies = [];
    }).reconciliation;
    expect({ status, unexplainedMinor: totals.unexplainedMinor }).toEqual({
      status: 'differs',
      unexplainedMinor: 1_200,
    });
  });

  it('leaves a state that differs without an amount out of the difference, but not out of the list', () => {
    const { discrepancies, status } = sampleReport('zh-CN', (input) => {
      agreeing(input);
      input.reconciliation.discrepancies.push({
        kind: 'state-differs',
        provider: 'wechat-pay',
        transactionId: 't9',
        day: '2026-09-09',
        ourAmountMinor: 520,
        theirAmountMinor: 520,
        orderNo: 'o9',
      });
    }).reconciliation;
    expect({ status, kinds: discrepancies.map(({ kind }) => kind) }).toEqual({
      status: 'differs',
      kinds: ['state-differs'],
    });
  });

  it('counts items by state and by how they were resolved, with what is at stake', () => {
    const { standing, items } = sampleReport().reconciliation;
    expect(standing).toMatchObject({
      open: { items: 1, atStakeMinor: 50 },
      carried: { items: 1, atStakeMinor: 520 },
      resolved: { items: 2, atStakeMinor: 1_770 },
      resolvedAs: [
        { kind: 'explained', items: 1, atStakeMinor: 1_770 },
        { kind: 'written-off', items: 1, atStakeMinor: 0 },
      ],
      signedOver: { by: { name: '赵强' }, items: 1, atStakeMinor: 50 },
    });
    expect(items).toHaveLength(4);
  });

  it('is refused where a listed discrepancy is no item, or an item of another kind', () => {
    const input = parsedInput();
    const [first, ...others] = input.itemsRead.items;
    const of = (items: typeof input.itemsRead.items) => () =>
      assembleCloseoutReport({ ...input, itemsRead: { ...input.itemsRead, items } });
    const sentence =
      'items of the discrepancy "missing-here" of wechat-pay 4200002409202609070012345678 is 0, but should be 1';
    expect(of(others)).toThrow(sentence);
    expect(of(first === undefined ? [] : [{ ...first, class: 'fee-differs' }, ...others])).toThrow(sentence);
    expect(of(first === undefined ? [] : [first, first, ...others])).toThrow('items list');
  });

  it('is refused where an item is open that nobody has signed over', () => {
    const standing = { version: 1, open: 1, resolved: 0, carried: 0, uncovered: 1, openMinor: minor(5), items: [] };
    expect(() => itemsReadOf(standing, String)).toThrow('nobody has signed over is 1, but should be 0');
  });
});
