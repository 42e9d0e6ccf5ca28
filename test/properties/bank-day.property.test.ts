import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusDays } from '../../functions/kernel/time.ts';
import {
  type BankBooks,
  type BookedGift,
  compareBank,
  type HandTransfer,
} from '../../functions/reconciliation/bank-day.ts';
import type { DiscrepancyClass } from '../../functions/reconciliation/reconciliation-item.ts';
import type { BankDay, BankRow } from '../../functions/statements/bank-row.ts';

const FIRST = '2026-09-01' as LocalDate;
const TODAY = '2026-09-30' as LocalDate;
const COVERED = plusDays(FIRST, 3);
const UNCOVERED = plusDays(FIRST, 20);
const HALF_COVERED = plusDays(FIRST, 4);
const AMOUNT = minor(5_000);
const CAMPAIGN = 'cmp_1';

/** What happened to one sum of money, and what must be found of it. */
const CASES = {
  'entered by hand, and its row came with its number': undefined,
  'entered by hand, and a person says that a row is it': undefined,
  'entered by hand, and its row came on another day': undefined,
  'entered by hand, and no statement has its day': undefined,
  'entered by hand, and one of two accounts has no statement of its day': undefined,
  'entered by hand, and its row never came': 'missing-there',
  'entered by hand, and its row has another amount': 'amount-differs',
  'entered by hand, and the statement has brought a gift that looks the same': 'duplicate',
  'came, and nobody knows what it is': 'missing-here',
  'came, was unknown, and was entered under its number': undefined,
  'came, was unknown, and was entered with another amount': 'amount-differs',
  'came, and the books have it for no campaign yet': undefined,
  'came, and a person has named it': undefined,
  'came as interest': undefined,
  'came from a provider, and is a payout': undefined,
  'came from a provider long ago, and is no payout': 'missing-here',
  'came from a provider yesterday, and is no payout yet': undefined,
  'is a payout, and somebody has entered it as a gift too': 'duplicate',
  'stands twice under one number': 'duplicate',
  'left for a printer': undefined,
} as const satisfies Record<string, DiscrepancyClass | undefined>;
type Case = keyof typeof CASES;

class Making {
  readonly rows: BankRow[] = [];
  readonly transfers: HandTransfer[] = [];
  readonly claimed = new Set<string>();
  readonly gifts = new Map<string, BookedGift>();
  readonly twins = new Map<string, string[]>();

  row(name: string, rest: Partial<BankRow> = {}): BankRow {
    const row: BankRow = {
      type: 'bank-statement-row',
      rowId: `bkr_${name}`,
      organisationId: 'o',
      account: 'a',
      importId: 'stm_1',
      line: 1,
      day: COVERED,
      paidAt: instantOf('2026-09-04T08:00:00+08:00'),
      direction: 'in',
      amountMinor: AMOUNT,
      currency: 'CNY',
      kind: 'unnamed',
      paymentId: `n-${name}`,
      reference: `n-${name}`,
      version: 1,
      ...rest,
    };
    this.rows.push(row);
    return row;
  }

  gift = (name: string, amountMinor = AMOUNT): BookedGift => ({
    giftId: `gft_${name}`,
    campaignId: CAMPAIGN,
    amountMinor,
  });

  transfer(name: string, receivedOn: LocalDate = COVERED): HandTransfer {
    const transfer: HandTransfer = {
      ...this.gift(name),
      campaignId: CAMPAIGN,
      provider: 'statement',
      paymentId: `n-${name}`,
      offlineId: `off_${name}`,
      organisationId: 'o',
      receivedOn,
    };
    this.transfers.push(transfer);
    return transfer;
  }

  make(kind: Case, name: string): void {
    const { giftId } = this.gift(name);
    const makers: Record<Case, () => void> = {
      'entered by hand, and its row came with its number': () => {
        this.transfer(name);
        this.gifts.set(this.row(name, { kind: 'gift', giftId }).rowId, this.gift(name));
      },
      'entered by hand, and a person says that a row is it': () =>
        void this.row(name, { kind: 'gift', offlineId: this.transfer(name).offlineId }),
      'entered by hand, and its row came on another day': () => {
        this.transfer(name);
        this.gifts.set(this.row(name, { kind: 'gift', giftId, day: plusDays(COVERED, 2) }).rowId, this.gift(name));
      },
      'entered by hand, and no statement has its day': () => void this.transfer(name, UNCOVERED),
      'entered by hand, and one of two accounts has no statement of its day': () =>
        void this.transfer(name, HALF_COVERED),
      'entered by hand, and its row never came': () => void this.transfer(name),
      'entered by hand, and its row has another amount': () => {
        this.transfer(name);
        const row = this.row(name, { kind: 'gift', giftId, amountMinor: minor(50_000) });
        this.gifts.set(row.rowId, this.gift(name));
      },
      'entered by hand, and the statement has brought a gift that looks the same': () =>
        void this.twins.set(this.transfer(name).offlineId, [`gft_twin_${name}`]),
      'came, and nobody knows what it is': () => void this.row(name),
      'came, was unknown, and was entered under its number': () => {
        this.transfer(name);
        this.gifts.set(this.row(name).rowId, this.gift(name));
      },
      'came, was unknown, and was entered with another amount': () =>
        void this.gifts.set(this.row(name).rowId, this.gift(name, minor(1))),
      'came, and the books have it for no campaign yet': () =>
        void this.gifts.set(this.row(name).rowId, { giftId, amountMinor: AMOUNT }),
      'came, and a person has named it': () =>
        void this.row(name, {
          kind: 'other',
          named: { kind: 'other', reason: 'sold a chair', by: 'p', at: instantOf('2026-09-09T00:00:00Z') },
        }),
      'came as interest': () => void this.row(name, { kind: 'interest' }),
      'came from a provider, and is a payout': () => void this.claimed.add(this.row(name, { kind: 'payout' }).rowId),
      'came from a provider long ago, and is no payout': () => void this.row(name, { kind: 'payout' }),
      'came from a provider yesterday, and is no payout yet': () =>
        void this.row(name, { kind: 'payout', day: plusDays(TODAY, -1) }),
      'is a payout, and somebody has entered it as a gift too': () => {
        const { rowId } = this.row(name, { kind: 'payout' });
        this.claimed.add(rowId);
        this.gifts.set(rowId, this.gift(name));
      },
      'stands twice under one number': () => void this.row(name, { repeats: 'n-other' }),
      'left for a printer': () => void this.row(name, { direction: 'out', kind: 'outgoing' }),
    };
    makers[kind]();
  }

  books(): BankBooks {
    const { rows, transfers, claimed, gifts, twins } = this;
    const dayOf = (day: LocalDate, account: string): BankDay => ({
      type: 'bank-day',
      organisationId: 'o',
      account,
      importId: 'stm_1',
      currency: 'CNY',
      day,
      moved: {},
      isWhole: true,
      version: 1,
    });
    const days = [
      dayOf(COVERED, 'a'),
      dayOf(COVERED, 'b'),
      dayOf(HALF_COVERED, 'a'),
      { ...dayOf(HALF_COVERED, 'b'), isWhole: false },
    ];
    const campaignOf = new Map([['o a', CAMPAIGN]]);
    const accounts = ['a', 'b'].map((account) => ({ organisationId: 'o', account }));
    return { today: TODAY, rows, days, claimed, gifts, transfers, twins, campaignOf, accountsOf: () => accounts };
  }
}

it('of any world of the bank and the books, just what is wrong is found, whatever else is in it', () => {
  const cases = Object.keys(CASES) as Case[];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...cases), { maxLength: 12 }), (kinds) => {
      const making = new Making();
      for (const [index, kind] of kinds.entries()) making.make(kind, String(index));
      const found = compareBank(making.books());
      const expected = kinds.flatMap((kind, index) => (CASES[kind] === undefined ? [] : [`${CASES[kind]} ${index}`]));
      const nameOf = (id: string): string => id.replace(/^(n-|bkr_)/, '');
      expect(found.map(({ finding }) => `${finding.class} ${nameOf(finding.transactionId)}`).sort()).toEqual(
        expected.sort(),
      );
      expect(found.every(({ campaignId }) => campaignId === CAMPAIGN)).toBe(true);
    }),
    { numRuns: 2_000, examples: [[cases]] },
  );
});

it('a gift of a statement is the twin of one entry by hand and not of two', () => {
  const making = new Making();
  for (const name of ['1', '2']) making.twins.set(making.transfer(name).offlineId, ['gft_one']);
  expect(
    compareBank(making.books())
      .map(({ finding }) => finding.class)
      .sort(),
  ).toEqual(['duplicate', 'missing-there']);
});
