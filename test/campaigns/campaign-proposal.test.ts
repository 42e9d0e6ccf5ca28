import { describe, expect, it } from 'vitest';
import { campaignProposalSchema, proposalProblems } from '../../functions/campaigns/campaign-proposal.ts';
import { LARGEST_AMOUNT_MINOR } from '../../functions/kernel/money.ts';
import { problemsOf } from '../../functions/platform/http.ts';
import { PROPOSAL } from '../stories/people.ts';

/** What a manager would be told of the fields of a proposal, each on its own. */
function fieldProblems(changes: object) {
  const parsed = campaignProposalSchema.safeParse({ ...PROPOSAL, ...changes });
  return parsed.success ? [] : problemsOf(parsed.error);
}
const fieldsOf = (problems: readonly { readonly field: string }[]): string[] => problems.map(({ field }) => field);
/** What a manager would be told of fields that contradict each other. */
const contradictions = (changes: object) => proposalProblems(campaignProposalSchema.parse({ ...PROPOSAL, ...changes }));
const windowOf = (firstDay: string, lastDay: string, zone = 'Asia/Shanghai') => ({
  window: { firstDay, lastDay, zone },
});
const many = (count: number, make: (n: number) => object): object[] => Array.from({ length: count }, (_, n) => make(n));
const [rule] = PROPOSAL.matching.rules;
/** A plan of one rule that differs so from the story's. */
const withRule = (changes: object) => ({ matching: { rules: [{ ...rule, ...changes }] } });

describe('a proposal', () => {
  it('that is whole is taken as it is, in yuan, without units and as real data unless it says otherwise', () => {
    const { units: _units, language: _language, ...least } = PROPOSAL;
    expect(campaignProposalSchema.parse(least)).toMatchObject({
      currency: 'CNY',
      units: [],
      language: 'zh-CN',
      generatedData: false,
    });
    expect(contradictions({})).toEqual([]);
  });

  it('names every contradiction at once, each with its field and what to do', () => {
    const problems = contradictions({
      ...windowOf('2026-09-07', '2026-09-06'),
      targetMinor: 100_001,
      units: [
        { id: 'a', name: 'A' },
        { id: 'b', name: 'B' },
        { id: 'a', name: 'C' },
      ],
      ...withRule({ poolMinor: 4_999 }),
    });
    expect(problems).toEqual([
      {
        field: 'window.lastDay',
        problem: 'is before the first day, 2026-09-07',
        fix: 'give the last day on which gifts are taken',
      },
      {
        field: 'budgetLines',
        problem: 'sum to ¥1,000.00, but the target is ¥1,000.01',
        fix: 'change lines or target by ¥0.01',
        rule: expect.stringContaining('Charity Law'),
      },
      { field: 'units[2].id', problem: 'repeats a', fix: 'give every unit its own id' },
      {
        field: 'matching.rules[0].perGift.capMinor',
        problem: 'is above the whole pool of ¥49.99',
        fix: 'lower the cap or raise the pool',
      },
    ]);
  });

  it('has a budget that sums to its target, to the fen and on either side', () => {
    expect(fieldsOf(contradictions({ targetMinor: 99_999 }))).toEqual(['budgetLines']);
    expect(contradictions({ targetMinor: 99_999 })[0]?.fix).toBe('change lines or target by -¥0.01');
    expect(contradictions({ targetMinor: 100_000 })).toEqual([]);
  });

  it('runs for one day or for sixty, and not for sixty-one', () => {
    expect(contradictions(windowOf('2026-09-07', '2026-09-07'))).toEqual([]);
    expect(contradictions(windowOf('2026-09-01', '2026-10-30'))).toEqual([]);
    expect(contradictions(windowOf('2026-09-01', '2026-10-31'))).toEqual([
      { field: 'window.lastDay', problem: 'makes a campaign of 61 days', fix: 'plan at most 60 days' },
    ]);
    // Nobody waits while the days of two centuries are listed.
    expect(contradictions(windowOf('2000-01-01', '2199-12-31'))[0]?.problem).toMatch(
      /^makes a campaign of 730\d\d days$/,
    );
  });

  it('may name a cap of the pool’s own size', () => {
    expect(contradictions(withRule({ poolMinor: 5_000 }))).toEqual([]);
  });

  it('without matching has no rules: a rule without money would only look like one', () => {
    expect(contradictions({ matching: { rules: [] } })).toEqual([]);
    // Its cap is above the pool as well, but whoever reads that would raise the cap.
    expect(contradictions(withRule({ poolMinor: 0 }))).toEqual([
      {
        field: 'matching.rules[0].poolMinor',
        problem: 'is zero, so that the rule would give nothing',
        fix: 'give it money, or leave the rule out',
      },
    ]);
  });

  it('names every repetition of a unit after the first', () => {
    const units = ['a', 'a', 'b', 'a'].map((id) => ({ id, name: id }));
    expect(fieldsOf(contradictions({ units }))).toEqual(['units[1].id', 'units[3].id']);
  });

  it('refuses fields that nobody knows, wherever they are, and says which', () => {
    const problems = [
      ...fieldProblems({ titel: 'x' }),
      ...fieldProblems({ window: { ...PROPOSAL.window, timezone: 'x' } }),
      ...fieldProblems({ budgetLines: [{ ...PROPOSAL.budgetLines[0], vat: 1 }] }),
      ...fieldProblems({ units: [{ id: 'a', name: 'A', chief: 'x' }] }),
      ...fieldProblems({ matching: { ...PROPOSAL.matching, perDayCapMinor: 1 } }),
      ...fieldProblems(withRule({ rounding: 'up' })),
    ];
    expect(problems.map(({ field, problem, fix }) => [field, /"(\w+)"/.exec(problem)?.[1], fix])).toEqual(
      [
        ['(body)', 'titel'],
        ['window', 'timezone'],
        ['budgetLines[0]', 'vat'],
        ['units[0]', 'chief'],
        ['matching', 'perDayCapMinor'],
        ['matching.rules[0]', 'rounding'],
      ].map(([field, name]) => [field, name, 'leave out what is not documented']),
    );
  });

  it('names every field that is wrong in itself at once', () => {
    const problems = fieldProblems({
      title: ' ',
      targetMinor: 0.5,
      reportRecipients: ['no address'],
      window: undefined,
    });
    expect(fieldsOf(problems).sort()).toEqual(['reportRecipients[0]', 'targetMinor', 'title', 'window']);
  });

  const LIMITS: readonly (readonly [what: string, within: object, beyond: object, field: string])[] = [
    ['title of 80 characters', { title: '字'.repeat(80) }, { title: '字'.repeat(81) }, 'title'],
    ['purpose of 2,000 characters', { purpose: 'x'.repeat(2000) }, { purpose: 'x'.repeat(2001) }, 'purpose'],
    [
      'group of beneficiaries of 1,000 characters',
      { beneficiaries: { ...PROPOSAL.beneficiaries, group: 'x'.repeat(1000) } },
      { beneficiaries: { ...PROPOSAL.beneficiaries, group: 'x'.repeat(1001) } },
      'beneficiaries.group',
    ],
    ['target of at least one fen', { targetMinor: 1 }, { targetMinor: 0 }, 'targetMinor'],
    [
      'target of ten billion yuan',
      { targetMinor: LARGEST_AMOUNT_MINOR },
      { targetMinor: LARGEST_AMOUNT_MINOR + 1 },
      'targetMinor',
    ],
    [
      'budget of 100 lines',
      { budgetLines: many(100, () => PROPOSAL.budgetLines[0]) },
      { budgetLines: many(101, () => PROPOSAL.budgetLines[0]) },
      'budgetLines',
    ],
    [
      'list of 300 units',
      { units: many(300, (n) => ({ id: `u${n}`, name: 'U' })) },
      { units: many(301, (n) => ({ id: `u${n}`, name: 'U' })) },
      'units',
    ],
    [
      'list of 20 recipients',
      { reportRecipients: Array(20).fill('a@example.org') },
      { reportRecipients: Array(21).fill('a@example.org') },
      'reportRecipients',
    ],
    [
      'list of at least one recipient',
      { reportRecipients: ['a@example.org'] },
      { reportRecipients: [] },
      'reportRecipients',
    ],
    [
      'unit id in lower case',
      { units: [{ id: 'tong-chuan-1', name: 'x' }] },
      { units: [{ id: 'Tong', name: 'x' }] },
      'units[0].id',
    ],
    [
      'time zone by its IANA name',
      windowOf('2026-09-07', '2026-09-07', 'Asia/Urumqi'),
      windowOf('2026-09-07', '2026-09-07', '+08:00'),
      'window.zone',
    ],
    ['day that exists', windowOf('2028-02-29', '2028-02-29'), windowOf('2026-02-29', '2026-03-01'), 'window.firstDay'],
    ['day of this age', windowOf('2026-09-07', '2199-12-31'), windowOf('2026-09-07', '9999-12-31'), 'window.lastDay'],
    ['campaign in yuan', { currency: 'CNY' }, { currency: 'USD' }, 'currency'],
    [
      'ratio of up to a thousand',
      withRule({ numerator: 1000 }),
      withRule({ numerator: 1001 }),
      'matching.rules[0].numerator',
    ],
    [
      'ratio that divides by something',
      withRule({ denominator: 1 }),
      withRule({ denominator: 0 }),
      'matching.rules[0].denominator',
    ],
  ];

  it.each(LIMITS)('takes a %s and nothing beyond it', (_what, within, beyond, field) => {
    expect(fieldProblems(within)).toEqual([]);
    expect([...new Set(fieldsOf(fieldProblems(beyond)))]).toEqual([field]);
  });
});
