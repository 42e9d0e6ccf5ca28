import { beforeAll, describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { type Books, INVARIANTS, type InvariantName, violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import type { Patience } from '../../functions/matching/patience.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { booksOf, CAMPAIGN, entry, openCampaignPool } from '../matching/money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const hurried: Patience = { random: () => 0, pause: async () => undefined };

/** Six gifts in two batches: the first two for one unit by one donor, the third for none; the pool of 150 yuan ends at the fifth. */
const GIFTS = [
  entry(1, { amountMinor: 1_000 }),
  entry(2, { amountMinor: 2_000, donorId: 'dnr_1', unitId: 'unit-1' }),
  entry(3, { amountMinor: 20_000, unitId: undefined }),
  entry(4, { amountMinor: 1_500, day: '2026-09-08', occurredAt: '2026-09-08T10:00:00+08:00' }),
  entry(5, { amountMinor: 3_000, day: '2026-09-08', occurredAt: '2026-09-08T11:00:00+08:00' }),
  entry(6, { amountMinor: 4_000, unitId: 'unit-0', day: '2026-09-08', occurredAt: '2026-09-08T12:00:00+08:00' }),
];

// Books whose figures can be changed by hand, as nobody should.
type OpenSums = { gifts: number; amountMinor: number; matchMinor: number; refundedMinor: number };
type OpenLine = {
  giftId: string;
  unitId?: string;
  day: string;
  amountMinor: number;
  matchMinor: number;
  draws: { ruleId: string; matchMinor: number }[];
};
type OpenBooks = {
  pool: {
    remainingMinor: number;
    sequence: number;
    finalisedSequence?: number;
    plan: { rules: { perGift: { capMinor: number } }[] };
  };
  journal: OpenLine[];
  arrived: Set<string>;
  totals: {
    campaign: OpenSums & { donors: number; matchedGifts: number };
    units: Map<string, OpenSums>;
    days: Map<string, OpenSums>;
  };
};

let rightBooks: Books;
beforeAll(async () => {
  const table = memoryTable();
  await openCampaignPool(table, { poolMinor: 15_000 });
  await allocateGifts(table, CAMPAIGN, GIFTS.slice(0, 3), NOW, hurried);
  await allocateGifts(table, CAMPAIGN, GIFTS.slice(3), NOW, hurried);
  rightBooks = await booksOf(table, GIFTS);
});

/** Which invariants notice what somebody did to right books. */
function noticedBy(tamper: (books: OpenBooks) => void): InvariantName[] {
  const books = structuredClone(rightBooks) as unknown as OpenBooks;
  tamper(books);
  return [...new Set(violationsOf(books as unknown as Books).map(({ invariant }) => invariant))];
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test looks for something that its books do not hold');
  return value;
}
const line = (books: OpenBooks, no: number): OpenLine => present(books.journal[no - 1]);

/** What can go wrong with books, and which invariants have to say so: these, and no others. */
const TAMPERINGS: readonly (readonly [
  what: string,
  tamper: (books: OpenBooks) => void,
  noticed: readonly InvariantName[],
])[] = [
  [
    'a pool that was overdrawn by a fen',
    (books) => {
      books.pool.remainingMinor = -1;
    },
    ['no pool is below zero', 'what was matched is what the pool gave'],
  ],
  [
    'a pool that says a fen more is left than there is',
    (books) => {
      books.pool.remainingMinor += 1;
    },
    ['what was matched is what the pool gave'],
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
      for (const sums of [
        books.totals.campaign,
        present(books.totals.units.get(again.unitId ?? '')),
        present(books.totals.days.get(again.day)),
      ]) {
        sums.gifts += 1;
        sums.amountMinor += again.amountMinor;
      }
    },
    ['every gift is counted at most once'],
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
      present(books.pool.plan.rules[0]).perGift.capMinor = 9_999;
    },
    ['every match is what the rules give in recorded order'],
  ],
  [
    'a gift that was matched after matching had been finalised',
    (books) => {
      books.pool.finalisedSequence = 4;
    },
    ['no gift is matched after matching was finalised'],
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

describe('the invariants of the books', () => {
  it('find nothing wrong with books that the allocator wrote', () => {
    expect(violationsOf(rightBooks)).toEqual([]);
    expect(rightBooks.journal.map(({ matchMinor }) => matchMinor)).toEqual([1_000, 2_000, 10_000, 1_500, 500, 0]);
  });

  it.each(TAMPERINGS)('notice %s', (_what, tamper, noticed) => {
    expect(noticedBy(tamper).sort()).toEqual([...noticed].sort());
  });

  it('can each be broken: no invariant is a sentence that always holds', () => {
    const broken = new Set(TAMPERINGS.flatMap(([, , noticed]) => noticed));
    expect([...broken].sort()).toEqual(Object.keys(INVARIANTS).sort());
  });

  it('name the gift, its place in the order and both amounts', () => {
    const books = structuredClone(rightBooks) as unknown as OpenBooks;
    line(books, 2).matchMinor = 2_001;
    expect(violationsOf(books as unknown as Books)).toContainEqual({
      invariant: 'every match is what the rules give in recorded order',
      detail: 'gift gft_2 (no. 2) has 2001, the oracle says 2000',
    });
  });
});
