import { beforeAll, describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { type Books, INVARIANTS, type InvariantName, violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { settleRefunds } from '../../functions/matching/settlement.store.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import {
  booksOf,
  CAMPAIGN,
  decided,
  entry,
  hurried,
  openCampaignPool,
  openPool,
  record,
  recordRefunds,
  refundOf,
} from '../matching/money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');

/** Six gifts in two batches: the first two for one unit by one donor, the third for none; the pool of 150 yuan ends at the fifth. */
const GIFTS = [
  entry(1, { amountMinor: 1_000 }),
  entry(2, { amountMinor: 2_000, donorId: 'dnr_1', unitId: 'unit-1' }),
  entry(3, { amountMinor: 20_000, unitId: undefined }),
  entry(4, { amountMinor: 1_500, day: '2026-09-08', occurredAt: '2026-09-08T10:00:00+08:00' }),
  entry(5, { amountMinor: 3_000, day: '2026-09-08', occurredAt: '2026-09-08T11:00:00+08:00' }),
  entry(6, {
    amountMinor: 4_000,
    unitId: 'unit-0',
    teamId: 'team-a',
    day: '2026-09-08',
    occurredAt: '2026-09-08T12:00:00+08:00',
  }),
];

/**
 * The same gifts under every cap, a second sponsor with a sub-pool for each day, and a challenge of four gifts. Gift 1 is
 * refunded by half and then whole, gift 2 in part, gift 4 is taken away by a person.
 */
const PLAN = {
  rules: [
    {
      version: 2,
      kind: 'ratio',
      id: 'main',
      sponsor: 'Sponsor',
      poolMinor: 15_000,
      numerator: 1,
      denominator: 1,
      perGift: { capMinor: 9_000 },
      perDonor: { capMinor: 9_500, perDayMinor: 9_000 },
      perUnit: { capMinor: 9_000 },
    },
    {
      version: 2,
      kind: 'ratio',
      id: 'daily',
      sponsor: 'Second sponsor',
      poolMinor: 3_000,
      numerator: 1,
      denominator: 4,
      subPools: [
        { id: 'first', poolMinor: 2_000 },
        { id: 'second', poolMinor: 1_000 },
      ],
      windows: [
        { from: '2026-09-07T00:00', until: '2026-09-08T00:00', subPoolId: 'first' },
        { from: '2026-09-08T00:00', until: '2026-09-09T00:00', subPoolId: 'second' },
      ],
    },
    {
      version: 2,
      kind: 'challenge',
      id: 'four-gifts',
      sponsor: 'Third sponsor',
      poolMinor: 5_000,
      measure: 'gifts',
      threshold: 4,
    },
  ],
};

// Books whose figures can be changed by hand, as nobody should.
type OpenSums = { gifts: number; amountMinor: number; matchMinor: number; refundedMinor: number };
type OpenLine = {
  giftId: string;
  donorId: string;
  unitId?: string;
  day: string;
  amountMinor: number;
  matchMinor: number;
  draws: { ruleId: string; matchMinor: number }[];
};
type OpenFund = { poolMinor: number; remainingMinor: number; subPools?: Record<string, number> };
type OpenAdjustment = {
  kind: string;
  number: number;
  giftId?: string;
  refundMinor?: number;
  changes: { ruleId: string; matchMinor: number }[];
};
type OpenBooks = {
  pool: {
    remainingMinor: number;
    sequence: number;
    adjustments: number;
    finalisedSequence?: number;
    funds: OpenFund[];
    plan: {
      rules: {
        numerator: number;
        perGift: { capMinor: number };
        perDonor: { capMinor: number; perDayMinor: number };
        perUnit: { capMinor: number };
      }[];
    };
  };
  journal: OpenLine[];
  adjustments: OpenAdjustment[];
  arrived: Set<string>;
  refunds: { giftId: string; refundId: string; amountMinor: number }[];
  totals: {
    campaign: OpenSums & { donors: number; matchedGifts: number; refundedGifts: number; lumpMinor: number };
    units: Map<string, OpenSums>;
    days: Map<string, OpenSums>;
  };
  teams: Map<string, OpenSums>;
};

let plainBooks: Books;
let settledBooks: Books;
beforeAll(async () => {
  const plain = memoryTable();
  await openCampaignPool(plain, { poolMinor: 15_000 });
  await allocateGifts(plain, CAMPAIGN, GIFTS.slice(0, 3), NOW, hurried);
  await allocateGifts(plain, CAMPAIGN, GIFTS.slice(3), NOW, hurried);
  plainBooks = await booksOf(plain, GIFTS);

  const settled = memoryTable();
  await openPool(settled, PLAN);
  await record(settled, GIFTS);
  const [first, second] = GIFTS;
  await allocateGifts(settled, CAMPAIGN, GIFTS.slice(0, 3), NOW, hurried);
  await recordRefunds(settled, [refundOf(first, 'half', 500, NOW), refundOf(second, 'part', 800, NOW)]);
  for (const giftId of ['gft_1', 'gft_2']) await settleRefunds(settled, giftId, NOW, hurried);
  await allocateGifts(settled, CAMPAIGN, GIFTS.slice(3), NOW, hurried);
  await recordRefunds(settled, [refundOf(first, 'rest', 500, NOW)]);
  await settleRefunds(settled, 'gft_1', NOW, hurried);
  await decided(settled, 'gft_4', 'void', NOW);
  settledBooks = await booksOf(settled, GIFTS);
});

/** Which invariants notice what somebody did to right books. */
function noticedBy(right: Books, tamper: (books: OpenBooks) => void): InvariantName[] {
  const books = structuredClone(right) as unknown as OpenBooks;
  tamper(books);
  return [...new Set(violationsOf(books as unknown as Books).map(({ invariant }) => invariant))];
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test looks for something that its books do not hold');
  return value;
}
const line = (books: OpenBooks, no: number): OpenLine => present(books.journal[no - 1]);
const fund = (books: OpenBooks, place: number): OpenFund => present(books.pool.funds[place]);
const rule = (books: OpenBooks) => present(books.pool.plan.rules[0]);
const settlementOf = (books: OpenBooks, kind: string, giftId: string): OpenAdjustment =>
  present(books.adjustments.find((one) => one.kind === kind && one.giftId === giftId));

/** The totals that a gift of this unit and day was counted in. */
const sumsWith = (books: OpenBooks, unitId: string, day: string): OpenSums[] => [
  books.totals.campaign,
  present(books.totals.units.get(unitId)),
  present(books.totals.days.get(day)),
];

const LEFT: InvariantName = 'what is left of each sponsor’s money is what the oracle has left';

/** What can go wrong with books, and which invariants have to say so: these, and no others. */
const PLAIN_TAMPERINGS: readonly (readonly [
  what: string,
  tamper: (books: OpenBooks) => void,
  noticed: readonly InvariantName[],
])[] = [
  [
    'a pool that was overdrawn by a fen',
    (books) => {
      books.pool.remainingMinor = -1;
      fund(books, 0).remainingMinor = -1;
    },
    ['no pool is below zero', 'what was matched is what the pool gave', LEFT],
  ],
  [
    'a rule that says a fen more is left of its money than the pool does',
    (books) => {
      fund(books, 0).remainingMinor += 1;
    },
    ['a pool is the sum of its parts', LEFT],
  ],
  [
    'a pool that says a fen more is left than there is',
    (books) => {
      books.pool.remainingMinor += 1;
      fund(books, 0).remainingMinor += 1;
    },
    ['what was matched is what the pool gave', LEFT],
  ],
  [
    'a match raised by a fen in the journal alone',
    (books) => {
      line(books, 1).matchMinor = 1_001;
    },
    [
      'what was matched is what the pool gave',
      'every match is what the rules give in recorded order',
      'totals are the sums of what was counted',
    ],
  ],
  [
    'a fen moved from one match to another of the same unit and day, so that every sum still holds',
    (books) => {
      line(books, 1).matchMinor = 1_001;
      line(books, 2).matchMinor = 1_999;
    },
    ['every match is what the rules give in recorded order'],
  ],
  [
    'the last two places in the order exchanged, so that every sum still holds',
    (books) => {
      books.journal.push(...books.journal.splice(4, 1));
    },
    ['every match is what the rules give in recorded order'],
  ],
  [
    'a line struck from the journal',
    (books) => {
      books.journal.pop();
    },
    [
      'every gift that arrived is counted',
      'the pool has counted as many gifts and adjustments as its journal holds',
      'totals are the sums of what was counted',
    ],
  ],
  [
    'a gift written into the journal that nobody gave',
    (books) => {
      books.journal.push({ ...line(books, 6), giftId: 'gft_invented' });
    },
    [
      'nothing is counted that did not arrive',
      'the pool has counted as many gifts and adjustments as its journal holds',
      'totals are the sums of what was counted',
    ],
  ],
  [
    'a gift that was counted twice, in every book alike',
    (books) => {
      const again = line(books, 6);
      books.journal.push({ ...again });
      books.pool.sequence += 1;
      for (const sums of sumsWith(books, again.unitId ?? '', again.day)) {
        sums.gifts += 1;
        sums.amountMinor += again.amountMinor;
      }
    },
    // The totals are those of distinct gifts, so they notice as well.
    ['every gift is counted at most once', 'totals are the sums of what was counted'],
  ],
  [
    'a gift that arrived and was forgotten',
    (books) => {
      books.arrived.add('gft_forgotten');
    },
    ['every gift that arrived is counted'],
  ],
  [
    'an entry that disappeared after it was counted',
    (books) => {
      books.arrived.delete('gft_2');
    },
    ['nothing is counted that did not arrive'],
  ],
  [
    'a pool whose sequence ran ahead of its journal',
    (books) => {
      books.pool.sequence += 1;
    },
    ['the pool has counted as many gifts and adjustments as its journal holds'],
  ],
  [
    'a rule that was changed after gifts were matched by it',
    (books) => {
      rule(books).numerator = 2;
    },
    ['every match is what the rules give in recorded order'],
  ],
  [
    'a gift that was matched after matching had been finalised',
    (books) => {
      books.pool.finalisedSequence = 4;
    },
    ['every match is what the rules give in recorded order', 'no gift is matched after matching was finalised', LEFT],
  ],
  [
    'a campaign’s gifts one fen too high',
    (books) => {
      books.totals.campaign.amountMinor += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a campaign’s match one fen too low',
    (books) => {
      books.totals.campaign.matchMinor -= 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a donor counted twice',
    (books) => {
      books.totals.campaign.donors += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a donor who is not counted',
    (books) => {
      books.totals.campaign.donors -= 1;
    },
    ['every donor of a counted gift is counted'],
  ],
  [
    'a matched gift too many',
    (books) => {
      books.totals.campaign.matchedGifts += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a unit’s gift too many on the leaderboard',
    (books) => {
      present(books.totals.units.get('unit-1')).gifts += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a team’s gift too many',
    (books) => {
      present(books.teams.get('team-a')).gifts += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a team for which nobody gave',
    (books) => {
      books.teams.set('team-invented', { gifts: 1, amountMinor: 1, matchMinor: 0, refundedMinor: 0 });
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a unit on the leaderboard for which nobody gave',
    (books) => {
      books.totals.units.set('unit-invented', { gifts: 1, amountMinor: 1, matchMinor: 0, refundedMinor: 0 });
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a day that lost its figures',
    (books) => {
      books.totals.days.delete('2026-09-08');
    },
    ['totals are the sums of what was counted'],
  ],
];

/** What can go wrong with books in which money went back. */
const SETTLED_TAMPERINGS: typeof PLAIN_TAMPERINGS = [
  [
    'a sub-pool that was overdrawn at the expense of another',
    (books) => {
      const parts = present(fund(books, 1).subPools);
      parts['second'] = (parts['second'] ?? 0) + (parts['first'] ?? 0) + 1;
      parts['first'] = -1;
    },
    ['no pool is below zero', LEFT],
  ],
  [
    'sub-pools that together hold a fen less than their rule',
    (books) => {
      const parts = present(fund(books, 1).subPools);
      parts['first'] = (parts['first'] ?? 0) - 1;
    },
    ['a pool is the sum of its parts', LEFT],
  ],
  [
    'a fen moved from one sponsor’s pool to another’s, so that every sum still holds',
    (books) => {
      const parts = present(fund(books, 1).subPools);
      parts['first'] = (parts['first'] ?? 0) - 1;
      fund(books, 1).remainingMinor -= 1;
      fund(books, 0).remainingMinor += 1;
    },
    [LEFT],
  ],
  [
    'a refund that arrived and was not settled',
    (books) => {
      books.refunds.push({ giftId: 'gft_3', refundId: 'forgotten', amountMinor: 1 });
    },
    ['every refund of a counted gift is settled'],
  ],
  [
    'a refund that was settled and never arrived',
    (books) => {
      books.refunds = books.refunds.filter(({ refundId }) => refundId !== 'part');
    },
    ['every refund is settled at most once, and only one that arrived'],
  ],
  [
    'a refund that was settled a second time, in every book alike',
    (books) => {
      const again = settlementOf(books, 'refund', 'gft_2');
      books.adjustments.push({ ...structuredClone(again), number: books.adjustments.length + 1, changes: [] });
      books.pool.adjustments += 1;
      for (const sums of sumsWith(books, 'unit-1', '2026-09-07')) sums.refundedMinor += again.refundMinor ?? 0;
    },
    [
      'every refund is settled at most once, and only one that arrived',
      'every match is what the rules give in recorded order',
      LEFT,
    ],
  ],
  [
    'a refund larger than its gift, in every book alike',
    (books) => {
      const refund = settlementOf(books, 'refund', 'gft_2');
      refund.refundMinor = (refund.refundMinor ?? 0) + 2_000;
      for (const sums of sumsWith(books, 'unit-1', '2026-09-07')) sums.refundedMinor += 2_000;
    },
    [
      'refunds of a gift are at most the gift, and its match at least zero',
      'every match is what the rules give in recorded order',
      LEFT,
    ],
  ],
  [
    'a fen too much taken back from a match that was void',
    (books) => {
      const [change] = settlementOf(books, 'void', 'gft_4').changes;
      present(change).matchMinor -= 1;
    },
    [
      'refunds of a gift are at most the gift, and its match at least zero',
      'what was matched is what the pool gave',
      'every match is what the rules give in recorded order',
      'totals are the sums of what was counted',
    ],
  ],
  [
    'a pool whose adjustments ran ahead of its journal',
    (books) => {
      books.pool.adjustments += 1;
    },
    ['the pool has counted as many gifts and adjustments as its journal holds'],
  ],
  [
    'a lump sum that nobody wrote down',
    (books) => {
      books.adjustments = books.adjustments.filter(({ kind }) => kind !== 'challenge');
    },
    [
      'what was matched is what the pool gave',
      'the pool has counted as many gifts and adjustments as its journal holds',
      'every match is what the rules give in recorded order',
      'totals are the sums of what was counted',
    ],
  ],
  [
    'a donor who drew more than their cap',
    (books) => {
      rule(books).perDonor.capMinor = 8_999;
    },
    ['no donor, day or unit has drawn more than its cap', 'every match is what the rules give in recorded order'],
  ],
  [
    'a donor who drew more in a day than their cap for it',
    (books) => {
      rule(books).perDonor.perDayMinor = 8_999;
    },
    ['no donor, day or unit has drawn more than its cap', 'every match is what the rules give in recorded order'],
  ],
  [
    'a unit whose gifts drew more than its cap',
    (books) => {
      rule(books).perUnit.capMinor = 8_999;
    },
    ['no donor, day or unit has drawn more than its cap', 'every match is what the rules give in recorded order'],
  ],
  [
    'a gift that drew more than the cap for one',
    (books) => {
      rule(books).perGift.capMinor = 8_999;
    },
    ['no donor, day or unit has drawn more than its cap', 'every match is what the rules give in recorded order'],
  ],
  [
    'a campaign’s refunds one fen too high',
    (books) => {
      books.totals.campaign.refundedMinor += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a unit whose refund stands at another unit',
    (books) => {
      present(books.totals.units.get('unit-1')).refundedMinor -= 1;
      present(books.totals.units.get('unit-0')).refundedMinor += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a gift that went back in part and is counted as one that went back whole',
    (books) => {
      books.totals.campaign.refundedGifts += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a gift whose match was taken away and that is still counted as matched',
    (books) => {
      books.totals.campaign.matchedGifts += 1;
    },
    ['totals are the sums of what was counted'],
  ],
  [
    'a lump sum that is missing from the totals',
    (books) => {
      books.totals.campaign.lumpMinor = 0;
    },
    ['totals are the sums of what was counted'],
  ],
];
const TAMPERINGS = [...PLAIN_TAMPERINGS, ...SETTLED_TAMPERINGS];

describe('the invariants of the books', () => {
  it('find nothing wrong with books that the allocator wrote', () => {
    expect(violationsOf(plainBooks)).toEqual([]);
    expect(plainBooks.journal.map(({ matchMinor }) => matchMinor)).toEqual([1_000, 2_000, 10_000, 1_500, 500, 0]);
  });

  it('find nothing wrong with books in which money went back', () => {
    expect(violationsOf(settledBooks)).toEqual([]);
    expect(settledBooks.journal.map(({ matchMinor }) => matchMinor)).toEqual([1_250, 2_500, 10_250, 1_875, 3_425, 0]);
    const changesOf = ({ kind, giftId, changes }: Books['adjustments'][number]) => [
      kind,
      giftId,
      ...changes.map(({ matchMinor }) => matchMinor),
    ];
    expect(settledBooks.adjustments.map(changesOf)).toEqual([
      ['refund', 'gft_1', -500, -125],
      ['refund', 'gft_2', -800, -200],
      ['challenge', undefined, 5_000],
      ['refund', 'gft_1', -500, -125],
      ['void', 'gft_4', -1_500, -375],
    ]);
  });

  it.each(PLAIN_TAMPERINGS)('notice %s', (_what, tamper, noticed) => {
    expect(noticedBy(plainBooks, tamper).sort()).toEqual([...noticed].sort());
  });

  it.each(SETTLED_TAMPERINGS)('notice %s', (_what, tamper, noticed) => {
    expect(noticedBy(settledBooks, tamper).sort()).toEqual([...noticed].sort());
  });

  it('can each be broken: no invariant is a sentence that always holds', () => {
    const broken = new Set(TAMPERINGS.flatMap(([, , noticed]) => noticed));
    expect([...broken].sort()).toEqual(Object.keys(INVARIANTS).sort());
  });

  it('name the gift, its place in the order and both amounts', () => {
    const books = structuredClone(plainBooks) as unknown as OpenBooks;
    line(books, 2).matchMinor = 2_001;
    expect(violationsOf(books as unknown as Books)).toContainEqual({
      invariant: 'every match is what the rules give in recorded order',
      detail: 'gift gft_2 (at no. 2) has 2001, the oracle says 2000',
    });
  });
});
